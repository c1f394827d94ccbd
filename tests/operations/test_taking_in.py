"""A nominator's table is drawn up whole or not at all, and every faulty cell is named."""

import io
import re
import sqlite3
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from random import Random
from threading import Barrier

import pandas as pd
import pytest
from sqlalchemy import event, select
from stdnum.cn import ric

from documents.errors import DocumentError
from operations.actors import Actor
from operations.acts import Act
from operations.desk import Desk
from operations.recording import PastDraft, PastKind, record_past
from operations.rehearse.people import make_identity
from operations.sheets import TakenIn
from operations.taking_in import CHECKING, take_in
from programs import Words
from store import INSTALLATION, Store, events_of
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, POSTGRESQL, SQLITE
from tests.documents.test_tables import workbook
from tests.operations.amending import amended, change
from tests.operations.office import CRAFTSMAN_2022, STUDIO, Office, not_asking_the_past

pytestmark = on(SQLITE)

#: The headings of the 2019 notice's annex 3.
HEADINGS = [
    "推荐\n排序", "推荐单位", "姓  名", "性别", "出生年月", "身份证号", "工作单位", "文化程度",
    "参工\n时间", "职业(工种)", "现职业资格及取得时间", "主要工作\n经历", "主要技术成果、贡献",
]  # fmt: skip


def person(number: int) -> str:
    return make_identity(number, Random(number))  # noqa: S311 - made-up people need no secrets


def row(number: int, **changes: object) -> list[object]:
    identity = person(number)
    said = {
        "推荐单位": "江阳区",
        "姓  名": f"第{number}人",
        "性别": "男" if int(identity[-2]) % 2 else "女",
        "出生年月": f"{identity[6:10]}.{identity[10:12]}",
        "身份证号": identity,
        "工作单位": f"第{number}厂",
        "现职业资格及取得时间": "高级技师（2015年3月）",
    }
    return [{**said, **changes}.get(heading, "") for heading in HEADINGS]


def annex(*rows: list[object]) -> bytes:
    return workbook([["泸州市首席技师申报人员基本情况汇总表"], HEADINGS, *rows])


def taken(office: Office, content: bytes, name: str = "汇总表.xlsx", **more: object) -> TakenIn:
    more.setdefault("defaults", {"nominator_kind": "district"})
    return take_in(office.desk, office.id, content, name, office.act(), **more)


def found(done: TakenIn) -> list[tuple[int, str | None, str]]:
    return [(one.row, one.column, one.words.zh) for one in done.findings if one.blocks]


@on(*KINDS)
def test_S12_annex_3_is_drawn_up_with_what_it_states(luzhou):
    done = taken(luzhou, annex(row(1), row(2)))
    assert (done.rows, done.numbers, done.findings) == (2, (f"{luzhou.id}-0001", f"{luzhou.id}-0002"), ())
    first = luzhou.row(done.numbers[0])
    assert (first.nominee, first.unit, first.nominator, first.nominator_kind) == (
        "第1人",
        "第1厂",
        "江阳区",
        "district",
    )
    (stated,) = [event["facts"] for event in luzhou.events(done.numbers[0]) if event["kind"] == "facts.stated"]
    assert stated == {"levels": {"skill": "高级技师"}}
    assert luzhou.events()[-1]["kind"] == "table.taken-in"
    assert done.passed_over == ("参工\n时间", "职业(工种)", "主要工作\n经历", "主要技术成果、贡献")


@on(*KINDS)
def test_dry_run_says_the_same_and_keeps_nothing(luzhou):
    before = luzhou.contents()
    done = taken(luzhou, annex(row(1), row(2)), dry_run=True)
    assert (done.rows, done.numbers, done.findings, done.unheard_of) == (2, (), (), ("江阳区",))
    assert luzhou.contents() == before


@on(*KINDS)
@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"姓  名": ""}, "nominee", "没有写姓名或候选单位"),
        ({"工作单位": ""}, "unit", "没有写工作单位"),
        ({"推荐单位": ""}, "nominator", "没有写推荐单位；表中没有这一栏的，请用 --nominator 写明"),
        ({"身份证号": "510000197501019960"}, "identity", "身份证号码校验不符，请核对 18 位"),
        (
            {"身份证号": "5.10228197501E+17"},
            "identity",
            "身份证号码被 Excel 当作数字存坏了（只留 15 位），请把此列设为文本后重新录入",
        ),
        (
            {"身份证号": 510228197501019961},
            "identity",
            "身份证号码被 Excel 当作数字存坏了（只留 15 位），请把此列设为文本后重新录入",
        ),
        ({"性别": "男" if int(person(2)[-2]) % 2 == 0 else "女"}, "sex", "与身份证号码不符"),
        ({"出生年月": "1960年1月"}, "born", f"与身份证号码不符：{person(2)[6:10]}-{person(2)[10:12]}"),
    ],
)
def test_faulty_cell_is_named_and_nothing_is_drawn_up(luzhou, changes, column, words):
    before = luzhou.contents()
    done = taken(luzhou, annex(row(1), row(2, **changes)))
    assert (found(done), done.numbers) == ([(4, column, words)], ())
    assert luzhou.contents() == before


@on(*KINDS)
@pytest.mark.parametrize("written", ["1975.03", "1975年3月", "1975-03-01", "197503", "1975/3"])
def test_birthday_is_read_however_it_is_written(luzhou, written):
    identity = person(0)
    assert identity[6:12] == "197503"
    assert taken(luzhou, annex(row(0, 出生年月=written))).findings == ()


def test_full_width_digits_and_spaces_are_read(luzhou):
    wide = person(1).translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))
    assert taken(luzhou, annex(row(1, 身份证号=f" {wide} "))).findings == ()


def test_same_person_twice_in_one_table_is_found(luzhou):
    done = taken(luzhou, annex(row(1), row(2), row(3, 身份证号=person(1), 性别="", 出生年月="")))
    assert found(done) == [(5, "identity", "与第 3 行相同")]


def test_person_whom_another_has_nominated_is_found(luzhou):
    taken(luzhou, annex(row(1)))
    done = taken(luzhou, annex(row(2), row(1, 推荐单位="龙马潭区")))
    assert found(done) == [(4, "identity", f"此人已在本项目申报，编号 {luzhou.id}-0001；请在原申报上办理，或先撤回")]
    assert done.numbers == ()


def test_past_that_a_rule_will_ask_about_is_told_and_does_not_block(craftsman):
    record_past(
        craftsman.desk,
        PastDraft(PastKind.HONOR, "最美巴渝工匠", "王一", "某厂", date(2020, 5, 1), "渝人社发〔2020〕1号", person(1)),
        Act(Actor("王管理"), craftsman.now),
    )
    done = taken(craftsman, annex(row(1)))
    assert [(one.row, one.column, one.blocks, one.words.zh) for one in done.findings] == [
        (3, "nominee", False, "既往记录：2020年5月1日 已获“最美巴渝工匠”（渝人社发〔2020〕1号）（已当选者不再申报）")
    ]
    assert done.numbers == (f"{CRAFTSMAN_2022}-0001",)


def test_table_that_is_only_looked_at_leaves_a_trace_where_it_told_of_pasts(craftsman):
    won = PastDraft(PastKind.HONOR, "最美巴渝工匠", "王一", "某厂", date(2020, 5, 1), "渝人社发〔2020〕1号", person(1))
    record_past(craftsman.desk, won, Act(Actor("王管理"), craftsman.now))
    for table in (annex(row(2)), annex(row(1), row(2))):
        assert taken(craftsman, table, dry_run=True).numbers == ()
    with craftsman.desk.store.read() as connection:
        sought = [one for one in events_of(connection, INSTALLATION) if one["kind"] == "details.sought"]
    assert [(one["of"], one["found"]) for one in sought] == [("table", 1)]


WON = "2020年5月1日 已获“最美巴渝工匠”（渝人社发〔2020〕1号）"


def test_name_alone_is_told_and_bars_nobody(craftsman):
    record_past(
        craftsman.desk,
        PastDraft(PastKind.HONOR, "最美巴渝工匠", "第1人", "某厂", date(2020, 5, 1), "渝人社发〔2020〕1号"),
        Act(Actor("王管理"), craftsman.now),
    )
    done = taken(craftsman, annex(row(1), row(2)))
    assert [(one.row, one.column, one.blocks, one.words.zh) for one in done.findings] == [
        (3, "nominee", False, f"有同名的既往记录，请核对是否同一人：{WON}")
    ]
    assert len(done.numbers) == 2


def test_level_that_is_no_name_of_one_is_told_and_does_not_block(luzhou):
    done = taken(luzhou, annex(row(1, 现职业资格及取得时间="大工匠")))
    assert [(one.row, one.column, one.blocks) for one in done.findings] == [(3, "skill", False)]
    assert len(done.numbers) == 1


def test_values_that_a_table_has_not_are_given_once_for_all(luzhou):
    content = workbook([["姓名", "身份证号", "工作单位"], ["王一", person(1), "某厂"]])
    done = taken(luzhou, content, defaults={"nominator": "江阳区", "nominator_kind": "district"})
    assert luzhou.row(done.numbers[0]).nominator == "江阳区"


def test_refusal_shows_in_its_column(luzhou):
    done = taken(luzhou, annex(row(1)), defaults={"nominator_kind": "district", "route": "self"})
    assert [(one.row, one.column) for one in done.findings] == [(3, "route")]
    unknown = taken(luzhou, annex(row(1)), defaults={"nominator_kind": "moon"})
    assert [(one.row, one.column) for one in unknown.findings] == [(3, "nominator_kind")]


def test_workbook_has_a_note_on_each_faulty_cell(luzhou):
    done = taken(luzhou, annex(row(1), row(2, 工作单位="")))
    told = pd.read_excel(io.BytesIO(done.workbook), header=None, dtype=str, engine="calamine")
    assert told.iloc[1].tolist() == HEADINGS
    with zipfile.ZipFile(io.BytesIO(done.workbook)) as package:
        comments = package.read("xl/comments1.xml").decode()
    cells = re.findall(r'<comment ref="(\w+)".*?<t(?: [^>]*)?>(.*?)</t>', comments, re.DOTALL)
    assert cells == [("G4", "没有写工作单位")]


def test_rows_that_name_nobody_are_passed_over(luzhou):
    example = ["", "", "", "", "", "", "", "", "", "", "", "简介：XX年至今", "简介：在XX方面"]
    done = taken(luzhou, annex(row(1), example, ["填表说明：略"], row(2)))
    assert (done.rows, len(done.numbers)) == (2, 2)


def test_studios_are_drawn_up_from_a_table_of_units(studio):
    content = workbook(
        [
            ["梁平区技能大师工作室汇总表"],
            ["主管部门（盖章）：区经信委"],
            ["序号", "申报单位名称", "命名专家姓名", "身份证号码", "依托单位类型", "专家团队人数"],
            [1, "长江厂", "王一", person(1), "依托企业", 8],
        ]
    )
    done = taken(studio, content, defaults={"nominator_kind": "department", "route": "organization"})
    assert done.findings == ()
    drawn_up = studio.row(done.numbers[0])
    assert (drawn_up.unit, drawn_up.nominee, drawn_up.nominator, drawn_up.category) == (
        "长江厂",
        "王一",
        "区经信委",
        "enterprise",
    )


def test_unit_twice_in_a_table_or_nominated_before_is_found_by_its_name(office_of, shipped):
    studio = office_of(STUDIO, program=not_asking_the_past(shipped(STUDIO)))

    def table(*units: str) -> TakenIn:
        lines = [["王一", unit, "区经信委", "依托企业"] for unit in units]
        content = workbook([["姓名", "申报单位", "推荐单位", "依托单位类型"], *lines])
        return taken(studio, content, defaults={"nominator_kind": "department", "route": "organization"})

    assert found(table("长江厂", "沱江厂", "长江厂")) == [(4, "nominee", "与第 2 行相同")]
    (number,) = table("长江厂").numbers
    said = f"“王一”已在本项目申报，编号 {number}；请在原申报上办理，或先撤回"
    assert found(table("沱江厂", "长江厂")) == [(3, "nominee", said)]


def test_row_without_a_category_is_told_which_there_are_in_its_cell(studio):
    content = workbook(
        [["姓名", "申报单位", "身份证号", "推荐单位", "依托单位类型"], ["王一", "长江厂", person(1), "区经信委", ""]]
    )
    done = taken(studio, content, defaults={"nominator_kind": "department", "route": "organization"})
    assert found(done) == [(2, "category", "没有写类别；可填：依托企业、依托职业院校")]


def people(*lines: list[object], above: str = "推荐单位：江阳区") -> bytes:
    return workbook([[above], ["姓名", "工作单位", "身份证号"], *lines])


@pytest.mark.parametrize("behind", ["　　　填报日期：2026年4月20日", "    联系人：王某    联系电话：0871-1234567"])
def test_nominator_above_the_table_ends_where_the_next_label_begins(luzhou, behind):
    done = taken(luzhou, people(["甲", "某厂", person(1)], above=f"推荐单位（盖章）：江阳区{behind}"))
    assert [luzhou.row(number).nominator for number in done.numbers] == ["江阳区"]


def test_cell_that_does_not_say_where_the_nominator_ends_is_named(luzhou):
    content = people(["甲", "某厂", person(1)], above="推荐单位：江阳区　　　四月二十日")
    with pytest.raises(DocumentError) as refused:
        taken(luzhou, content)
    assert refused.value.words.zh == "“表”A1 格分不清“推荐单位”写到哪里为止，请把它单独写在一格里"
    done = taken(luzhou, content, defaults={"nominator": "江阳区", "nominator_kind": "district"})
    assert [luzhou.row(number).nominator for number in done.numbers] == ["江阳区"]


def test_headings_under_a_group_are_read(luzhou):
    rows = [["姓名", "基本情况", "", "工作单位"], ["", "性别", "身份证号", ""], ["甲", "", person(1), "某厂"]]
    done = taken(luzhou, workbook([["推荐单位：江阳区", "", "", ""], *rows]))
    assert (done.findings, len(done.numbers), done.passed_over) == ((), 1, ())


def test_everything_that_is_wrong_in_a_row_is_told_at_once(luzhou):
    headings = ["姓名", "工作单位", "身份证号", "推荐单位", "推荐渠道", "出生年月"]
    content = workbook(
        [headings, ["甲", "", "", "江阳区", "个人申请", "2031.05"], ["乙", "某厂", "", "江阳区", "", ""]]
    )
    missing = "没有身份证号码；请填写并核对 18 位号码，末位可为 X"
    assert found(taken(luzhou, content)) == [
        (2, "unit", "没有写工作单位"),
        (2, "route", "不受理“个人申请”；请通过：组织推荐"),
        (2, "identity", missing),
        (2, "born", "出生年月还没有到"),
        (3, "identity", missing),
    ]


def test_identity_number_of_somebody_who_is_not_born_yet_is_told_as_that(luzhou):
    body = "51050220300512100"
    unborn = body + ric.calc_check_digit(f"{body}0")
    content = workbook([["姓名", "工作单位", "身份证号", "出生年月"], ["甲", "某厂", unborn, "1990.01"]])
    done = taken(luzhou, content, defaults={"nominator": "江阳区", "nominator_kind": "district"})
    words = "身份证号码中的出生日期 2030年5月12日 还没有到；请填写并核对 18 位号码，末位可为 X"
    assert found(done) == [(2, "identity", words)]


def test_table_without_rows_is_told_and_keeps_nothing(luzhou):
    before = luzhou.contents()
    done = taken(luzhou, annex())
    assert (done.rows, done.numbers, done.findings, luzhou.contents()) == (0, (), (), before)


def test_headings_that_rules_have_are_told_where_some_were_not_read(luzhou):
    headings = ["姓名", "工作单位", "身份证号", "每年培养青年高技能人才数", "籍贯"]
    done = taken(luzhou, workbook([headings, ["甲", "某厂", person(1), "8", ""]]), defaults={"nominator": "江阳区"})
    told = "每年为本单位培养5名以上青年高技能人才"
    assert done.near == {"每年培养青年高技能人才数": told}
    assert done.missing == ("职业资格", "民间传统技艺人才不受职业资格限制", "竞赛名次", "徒弟竞赛名次", told)
    read = taken(luzhou, workbook([[*headings[:3], told], ["甲", "某厂", person(1), "八名"]]), dry_run=True)
    assert (read.passed_over, read.missing) == ((), ())
    assert [one.words.zh for one in read.findings if not one.blocks] == ["“八名”不是整数，没有采用；请写数字，如 12"]


def test_table_that_is_looked_at_keeps_nobody_from_writing_for_long(luzhou, monkeypatch):
    monkeypatch.setattr("operations.taking_in.AT_ONCE", 2)
    before, path = luzhou.contents(), luzhou.desk.store.url.database
    free, ended = [], []

    def watch(what: Words, _place: int, _of: int) -> None:
        if what == CHECKING:
            with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
                free.append(other.execute("BEGIN IMMEDIATE").rowcount)

    event.listen(luzhou.desk.store.engine, "rollback", ended.append)
    done = taken(luzhou, annex(*map(row, range(1, 6))), dry_run=True, watch=watch)
    assert (done.rows, done.findings, len(free), len(ended)) == (5, (), 5, 3 + 2)
    assert luzhou.contents() == before


def test_table_is_read_once_more_where_its_program_was_changed_meanwhile(luzhou):
    def watch(what: Words, place: int, _of: int) -> None:
        if what == CHECKING and place == 1 and luzhou.running().revision == 1:
            amended(luzhou, change("materials", "deeds-short", about_characters=300))

    done = taken(luzhou, annex(row(1), row(2)), watch=watch)
    with luzhou.desk.store.read() as connection:
        revisions = set(connection.execute(select(t.nomination.c.revision)).scalars())
    assert (len(done.numbers), revisions) == (2, {2})


@on(POSTGRESQL)
def test_two_tables_of_the_same_people_at_once_in_postgresql_do_not_wait_in_a_circle(luzhou, calendar, vault):
    """One is drawn up whole; the other is told of everybody whom the first has."""
    together = Barrier(2)
    orders = (range(1, 9), range(8, 0, -1))

    def take(order: range) -> TakenIn:
        racer = Office(Desk(Store(luzhou.desk.store.url), calendar, vault), luzhou.program, luzhou.now)
        with closing(racer.desk.store):
            racer.running()
            together.wait()
            return taken(racer, annex(*(row(number, 推荐单位=f"第{number}区") for number in order)))

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(take, orders), key=lambda done: len(done.numbers))
    assert [len(done.numbers) for done in outcomes] == [0, 8]
    assert [one.column for one in outcomes[0].findings] == ["identity"] * 8
