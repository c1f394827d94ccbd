"""Annexes on the command line: taken in with their nominations, and held against what those say, line by line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.selection import DRAWN_UP, HANDED_IN, LUZHOU, SCREENED, Office, identity_of
from tests.documents.test_tables import workbook

DATA = Path(__file__).with_name("data")

#: The columns of the 2019 notice's annex 4; those after them are no part of it, and are judged where they are there.
ANNEX_4 = ["带徒姓名", "年龄", "工  种", "现有等级", "职务", "身份证号", "联系电话"]
TITLE, NOTE = ["泸州市首席技师拟带徒情况汇总表"], ["备注：所带徒弟需是泸州市首席技师本单位人员。"]
#: Those of annex 2 that name people, and what is stated of them.
ANNEX_2 = ["姓  名", "性别", "身份证号码", "工作单位", "文化程度", "现职业资格等级及取得时间"]

Judge = Callable[[str], dict[str, Any]]


@pytest.fixture
def number(office: Office) -> str:
    """陈立秋 of 第0机械厂, drawn up."""
    return office.draws_up(0)


@pytest.fixture
def verdict(linxuan, number) -> Judge:
    """The verdict on one rule, those within others included."""

    def of(rule: str) -> dict[str, Any]:
        ahead = list(linxuan("nomination", "verdicts", number, "--json", "--now", SCREENED).document)
        while ahead:
            one = ahead.pop()
            if one["rule"] == rule:
                return one
            ahead += one["parts"]
        raise AssertionError(rule)

    return of


@pytest.fixture
def state(office, number):
    """State a fact of the nominee."""
    return lambda fact: office.does(DRAWN_UP, "nomination", "state", number, fact)


@pytest.fixture
def intake(linxuan, tmp_path):
    """Take in an annex from a file of this content and name; the command as it ends."""

    def take(content: bytes, *arguments: str, name: str = "附件.xlsx", now: str = DRAWN_UP):
        file = tmp_path / name
        file.write_bytes(content)
        return linxuan("intake", LUZHOU, str(file), *arguments, "--actor", "王管理", "--now", now)

    return take


@pytest.fixture
def apprentices(intake, number):
    """Take in annex 4 with the nomination."""
    return lambda content, *more, **named: intake(
        content, "--annex", "apprentices", "--nomination", number, *more, **named
    )


def annex_4(
    *rows: dict[str, object], more: tuple[str, ...] = ("工作单位",), above: tuple[list[str], ...] = ()
) -> bytes:
    headings = [*ANNEX_4, *more]
    return workbook([TITLE, *above, headings, *([row.get(heading, "") for heading in headings] for row in rows), NOTE])


def person(name: str, **said: object) -> dict[str, object]:
    return {
        "带徒姓名": name,
        "年龄": 25,
        "工  种": "钳工",
        "联系电话": "13800138000",
        "身份证号": identity_of(7),
        **said,
    }


# ── S22: apprentices are of the nominee's employer ────────────────────────────────────────────────


def test_S22_annex_that_was_not_taken_in_waits_for_a_reviewer(verdict):
    found = verdict("apprentices-employer")
    assert (found["result"], found["words"], found["lines"]) == (
        "needs-evidence",
        "没有导入《拟带徒情况汇总表》",
        [],
    )


@pytest.mark.parametrize(
    "employer",
    ["第0机械厂", " 第0 机械厂 ", "第０机械厂", "（第0）机械厂", "[第0]机械厂", "第0机械厂\u3000"],
)  # fmt: skip
def test_S22_apprentices_of_the_employer_pass_however_its_name_is_written(apprentices, verdict, employer):
    run = apprentices(annex_4(person("王小二", 工作单位=employer), person("李小三", 工作单位="第0机械厂")))
    assert (run.code, run.out.splitlines()[-1]) == (0, "2 行，已随 1 件申报留存，与申报一致")
    found = verdict("apprentices-employer")
    assert (found["result"], found["words"], found["clause"]) == ("pass", "2 行均与申报一致", "附件4备注")


def test_S22_apprentice_of_another_employer_fails_line_by_line_with_the_clause(apprentices, verdict, linxuan, number):
    rows = [("王小二", "第0机械厂"), ("李小三", "第1机械厂"), ("赵小四", ""), ("钱小五", "第0机械厂（江阳）分厂")]
    run = apprentices(annex_4(*(person(name, 工作单位=employer) for name, employer in rows)))
    assert (run.code, run.out.splitlines()[:3]) == (
        0,
        [
            "※ 第 4 行：工作单位为“第1机械厂”，申报为“第0机械厂”",
            "※ 第 5 行：没有写工作单位",
            "※ 第 6 行：工作单位为“第0机械厂（江阳）分厂”，申报为“第0机械厂”",
        ],
    )
    found = verdict("apprentices-employer")
    lines = [
        "第 4 行 李小三：工作单位为“第1机械厂”，申报为“第0机械厂”",
        "第 5 行 赵小四：没有写工作单位",
        "第 6 行 钱小五：工作单位为“第0机械厂（江阳）分厂”，申报为“第0机械厂”",
    ]
    assert (found["result"], found["lines"], found["clause"]) == ("fail", lines, "附件4备注")
    shown = linxuan("nomination", "show", number, "--now", SCREENED).out
    assert f"拟带徒弟均为申报人本单位人员（附件4备注，不符合）：\n  ※ {lines[0]}\n  ※ {lines[1]}\n" in shown
    assert "附表：\n  拟带徒情况汇总表（apprentices）　4 行　2019-07-15 09:00\n" in shown
    told = linxuan("nomination", "verdicts", number, "--now", SCREENED).out
    assert [line in told for line in lines] == [True] * 3


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (annex_4(person("王小二", 工作单位="")), ["第 3 行 王小二：没有写工作单位"]),
        (annex_4(person("王小二"), more=()), ["表中没有“工作单位”一栏"]),
    ],
)
def test_S22_employer_that_is_missing_waits_for_a_reviewer_who_may_pass_it(
    apprentices, verdict, office, number, content, lines
):
    assert apprentices(content).code == 0
    found = verdict("apprentices-employer")
    assert (found["result"], found["lines"]) == ("needs-evidence", lines)
    office.hands_in(number)
    office.does(SCREENED, "nomination", "judge", number, "apprentices-employer=pass")
    assert (verdict("apprentices-employer")["result"], verdict("apprentices-employer")["lines"]) == ("pass", lines)


def test_S22_reviewer_cannot_pass_what_differs_and_a_right_annex_does(apprentices, verdict, office, number):
    apprentices(annex_4(person("王小二", 工作单位="别的厂")))
    office.hands_in(number)
    office.screens(number)
    refused = office.ask(SCREENED, "nomination", "move", number, "accept", "--actor", "王管理")
    assert (refused.code, "拟带徒弟均为申报人本单位人员（附件4备注）" in refused.reasons) == (1, True)
    assert apprentices(annex_4(person("王小二", 工作单位="第0机械厂")), now=SCREENED).code == 0
    assert verdict("apprentices-employer")["result"] == "pass"
    office.moves(SCREENED, number, "accept")


def test_S22_employer_above_the_table_is_that_of_all(apprentices, verdict):
    above = (["工作单位（盖章）：第0机械厂"],)
    assert apprentices(annex_4(person("王小二"), person("李小三"), more=(), above=above)).code == 0
    assert verdict("apprentices-employer")["result"] == "pass"


def test_S22_annex_as_an_old_excel_file(apprentices, verdict):
    run = apprentices((DATA / "apprentices.xls").read_bytes(), name="带徒.xls")
    assert (run.code, verdict("apprentices-employer")["lines"]) == (
        0,
        ["第 4 行 李小三：工作单位为“第１机械厂”，申报为“第0机械厂”"],
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_S22_annex_as_csv(apprentices, verdict, encoding):
    text = "带徒姓名,年龄,工作单位\n王小二,25,第0机械厂\n李小三,31,别的厂\n"
    assert apprentices(text.encode(encoding), name="带徒.csv").code == 0
    assert verdict("apprentices-employer")["lines"] == ["第 3 行 李小三：工作单位为“别的厂”，申报为“第0机械厂”"]


# ── S06 and S08 from the same annex ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("place", "result"),
    [
        ("国家一类:6", "pass"),
        ("国家一类第7名", "fail"),
        ("省级一类 第3名", "pass"),
        ("市级一类:1；国家二类：3", "pass"),
        ("无", "fail"),
    ],
)
def test_S06_places_of_apprentices_are_read_from_their_annex(apprentices, verdict, place, result):
    assert verdict("apprentice-competitions")["result"] == "needs-evidence"
    apprentices(annex_4(person("王小二", 工作单位="第0机械厂", 竞赛名次=place), more=("工作单位", "竞赛名次")))
    assert verdict("apprentice-competitions")["result"] == result
    assert verdict("own-competitions")["result"] == "needs-evidence"


@pytest.mark.parametrize(
    ("fewest", "stated", "result"),
    [
        (5, None, "pass"),
        (4, None, "fail"),
        (5, "8", "pass"),
        (4, "8", "needs-evidence"),
        (5, "3", "needs-evidence"),
        (4, "3", "fail"),
    ],
)
def test_S08_apprentices_of_each_year_are_counted_in_their_annex(apprentices, verdict, state, fewest, stated, result):
    if stated:
        state(f"trainees-a-year={stated}")
    years = [2018] * fewest + [2019] * 6
    rows = [person(f"徒弟{place}", 带徒年度=year) for place, year in enumerate(years)]
    apprentices(annex_4(*rows, more=("带徒年度",)))
    assert verdict("trainees")["result"] == result


# ── S21: the overview says what the form says ─────────────────────────────────────────────────────


def line(index: int, **changes: str) -> list[str]:
    said = {
        "姓  名": "陈立秋",
        "身份证号码": identity_of(index),
        "工作单位": "第0机械厂",
        "现职业资格等级及取得时间": "高级技师（2015年）",
    }
    return [{**said, **changes}.get(heading, "") for heading in ANNEX_2]


def annex_2(*lines: list[str]) -> bytes:
    return workbook(
        [["泸州市首席技师申报人员基本情况一览表"], ["推荐单位：江阳区　填报日期："], ANNEX_2, *lines, ["填表说明：略"]]
    )


def test_S21_overview_that_agrees_passes(intake, verdict, office, number):
    office.does(DRAWN_UP, "nomination", "state", number, "skill=高级技师")
    assert verdict("same-facts")["result"] == "needs-evidence"
    run = intake(annex_2(line(0)), "--annex", "overview")
    assert (run.code, run.out.splitlines()[-1]) == (0, "1 行，已随 1 件申报留存，与申报一致")
    assert (verdict("same-facts")["result"], verdict("same-facts")["clause"]) == ("pass", "附件2填表说明")


def test_S21_overview_that_differs_fails_until_one_of_the_two_is_mended(intake, verdict, office, linxuan, number):
    office.does(DRAWN_UP, "nomination", "state", number, "skill=技师")
    assert intake(annex_2(line(0, 工作单位="第0机械厂（集团）")), "--annex", "overview").code == 0
    lines = [
        "第 4 行 陈立秋：工作单位为“第0机械厂（集团）”，申报为“第0机械厂”",
        "第 4 行 陈立秋：现职业资格等级及取得时间为“高级技师”，申报为“技师”",
    ]
    assert (verdict("same-facts")["result"], verdict("same-facts")["lines"]) == ("fail", lines)
    shown = linxuan("nomination", "show", number, "--json", "--now", SCREENED).document
    assert [(one["rule"], one["lines"]) for one in shown["differences"]] == [("same-facts", lines)]
    office.does(HANDED_IN, "nomination", "state", number, "skill=高级技师")
    assert verdict("same-facts")["lines"] == lines[:1]
    assert intake(annex_2(line(0)), "--annex", "overview").code == 0
    assert verdict("same-facts")["result"] == "pass"


def test_S21_what_the_form_does_not_state_is_held_against_nobody(intake, verdict):
    intake(annex_2(line(0)), "--annex", "overview")
    assert verdict("same-facts")["result"] == "pass"


def test_S21_cell_that_is_empty_waits_for_a_reviewer(intake, verdict):
    intake(annex_2(line(0, 工作单位="")), "--annex", "overview")
    assert (verdict("same-facts")["result"], verdict("same-facts")["lines"]) == (
        "needs-evidence",
        ["第 4 行 陈立秋：没有写工作单位"],
    )


def test_S21_overview_of_several_is_kept_whole_or_not_at_all(intake, verdict, office):
    faulty = annex_2(line(0), line(1), line(0), line(2, 身份证号码="510000197501019960"))
    run = intake(faulty, "--annex", "overview")
    assert (run.code, run.out.splitlines()[:3], run.out.splitlines()[-1]) == (
        1,
        [
            "✗ 第 7 行身份证号：身份证号码不对，无法与申报核对",
            "✗ 第 5 行身份证号：本项目没有此人的申报",
            "✗ 第 6 行身份证号：与第 4 行相同",
        ],
        "4 行，有问题须改正，没有导入",
    )
    assert verdict("same-facts")["result"] == "needs-evidence"
    office.draws_up(1)
    assert (
        intake(annex_2(line(0), line(1, **{"姓  名": "李明远", "工作单位": "第1机械厂"})), "--annex", "overview").code
        == 0
    )
    assert verdict("same-facts")["result"] == "pass"


# ── What is kept, and what is not ─────────────────────────────────────────────────────────────────


def test_only_the_columns_of_the_program_are_kept_and_no_number_of_anybody(apprentices, linxuan, number, data):
    content = annex_4(person("王小二", 工作单位="第0机械厂"))
    run = apprentices(content)
    assert "未读的栏目：年龄、工 种、现有等级、职务、身份证号、联系电话" in run.out
    kept = b"".join(file.read_bytes() for file in data.glob("linxuan.db*"))
    assert [one.encode() in kept for one in ("王小二", "钳工", identity_of(7), "13800138000")] == [
        True,
        False,
        False,
        False,
    ]
    events = linxuan("nomination", "history", number, "--json").document
    assert [(one["kind"], one["annex"], one["rows"]) for one in events if one["kind"] == "annex.stated"] == [
        ("annex.stated", "apprentices", 1)
    ]
    assert "王小二" not in repr(events)
    assert "导入附表" in linxuan("nomination", "history", number).out


@pytest.mark.parametrize("value", [identity_of(7), "13800138000", "6222021234567890128", "１３８００１３８０００"])
def test_number_of_somebody_in_a_column_that_is_kept_is_refused(apprentices, verdict, value):
    run = apprentices(annex_4(person("王小二", 工作单位=f"第0机械厂 {value}")))
    assert (run.code, run.out.splitlines()[0]) == (1, "✗ 第 3 行：“工作单位”一栏不能有证件号码、电话或账号")
    assert value not in run.out
    assert verdict("apprentices-employer")["words"].startswith("没有导入")


def test_same_annex_twice_is_one_event_and_another_takes_its_place(apprentices, linxuan, number, verdict):
    for employer in ("第0机械厂", "第0机械厂", "别的厂"):
        assert apprentices(annex_4(person("王小二", 工作单位=employer))).code == 0
    events = linxuan("nomination", "history", number, "--json").document
    assert [one["kind"] for one in events].count("annex.stated") == 2
    assert verdict("apprentices-employer")["result"] == "fail"
    assert linxuan("audit", "verify").code == 0


def test_dry_run_tells_the_same_and_keeps_nothing(apprentices, verdict):
    run = apprentices(annex_4(person("王小二", 工作单位="别的厂")), "--dry-run")
    assert (run.code, run.out.splitlines()[-1]) == (0, "1 行，可以导入（只核对，没有导入），1 处须核对")
    assert verdict("apprentices-employer")["words"].startswith("没有导入")


def test_notes_signatures_and_numbers_of_rows_are_no_apprentices(apprentices, tmp_path):
    rows = [
        TITLE,
        ["序号", *ANNEX_4, "工作单位"],
        [1, "王小二", 25, "钳工", "", "", "", "", "第0机械厂"],
        [2],
        ["填表人：", "填表人：某人", "", "联系电话：0830"],
        NOTE,
    ]
    out = tmp_path / "核对.xlsx"
    run = apprentices(workbook(rows), "--out", str(out), "--json")
    assert (run.document["rows"], run.document["findings"], out.stat().st_size > 1000) == (1, [], True)


def test_row_without_a_name_is_found(apprentices):
    run = apprentices(annex_4(person("王小二", 工作单位="第0机械厂"), {"工作单位": "第0机械厂"}))
    assert (run.code, run.out.splitlines()[0]) == (1, "✗ 第 4 行：没有写带徒姓名")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--annex", "moon", "--nomination", "{number}"), 2, "没有附表 moon；附表：overview（"),
        (("--annex", "apprentices"), 2, "请用 --nomination 写明申报编号"),
        (("--annex", "apprentices", "--nomination", "moon-1"), 2, "没有编号为 moon-1 的申报"),
        (("--annex", "overview", "--nomination", "{number}"), 2, "不用写申报编号"),
        (("--nomination", "{number}"), 2, "--nomination 须与 --annex 同用"),
        (("--annex", "overview", "--compare"), 2, "不能同用"),
        (("--annex", "overview"), 2, "须有一行表头，其中有“身份证号码”一栏"),
    ],
)
def test_what_cannot_be_asked_is_told_in_words(intake, number, arguments, code, said):
    content = workbook([["带徒姓名", "工作单位"], ["王小二", "第0机械厂"]])
    run = intake(content, *(one.format(number=number) for one in arguments))
    assert (run.code, said in run.err, "Traceback" in run.err) == (code, True, False), run


def test_annex_of_nobody_or_of_too_many_is_no_annex(apprentices):
    assert "里没有一行写有带徒姓名" in apprentices(annex_4()).err
    many = annex_4(*(person(f"徒弟{place}", 工作单位="第0机械厂") for place in range(501)))
    assert "《拟带徒情况汇总表》超过 500 行" in apprentices(many).err


def test_annex_is_taken_in_by_whoever_may_hand_in_and_of_nothing_that_has_ended(office, number, tmp_path, linxuan):
    file = tmp_path / "附件.xlsx"
    file.write_bytes(annex_4(person("王小二", 工作单位="第0机械厂")))
    told = ("intake", LUZHOU, str(file), "--annex", "apprentices", "--nomination", number, "--now", DRAWN_UP)
    for who, code in (
        ("某人:operator@江阳区人社局", 0),
        ("某人:operator@别处", 1),
        ("某人:expert", 1),
        ("某人:supervisor", 1),
    ):
        assert (who, linxuan(*told, "--actor", who).code) == (who, code)
    file.write_bytes(annex_2(line(0)))
    overview = (*told[:3], "--annex", "overview", "--actor", "某人:operator@别处", "--now", DRAWN_UP)
    assert (linxuan(*overview).code, "无权办理“收件登记”" in linxuan(*overview).out) == (1, True)
    office.moves(HANDED_IN, number, "withdraw", "--reason", "放弃")
    file.write_bytes(annex_4(person("王小二", 工作单位="第0机械厂")))
    assert "此件已结束" in linxuan(*told, "--actor", "王管理").err
