"""`linxuan program check`: what an official reads, and what a script gets, by file and line."""

import pytest

from programs.loader import program_text
from tests.cli.selection import LUZHOU

FIELDS = {"code", "severity", "file", "line", "place", "where", "message", "remedy", "clause"}


@pytest.fixture
def written(tmp_path):
    """Write the plainest program with some of its text replaced."""

    def wrote(*replaced):
        text = program_text(LUZHOU)
        for before, after in replaced:
            assert before in text
            text = text.replace(before, after, 1)
        file = tmp_path / "star.toml"
        file.write_text(text, "utf-8")
        return file, {row: number for number, row in enumerate(text.split("\n"), 1)}

    return wrote


def test_an_error_is_told_with_file_line_words_clause_and_remedy(linxuan, written):
    file, line = written(("at_least = 5", "at_least = 5\nat_most = 3"))
    run = linxuan("program", "check", str(file))
    assert (run.code, run.err) == (1, "")
    assert run.out == (
        f"错误　{file}:{line['at_least = 5']}　条件“每年为本单位培养5名以上青年高技能人才”（rules.trainees.at_least）："
        "“每年为本单位培养5名以上青年高技能人才”的下限5高于上限3，谁都不符合（依据：二、（五））\n"
        "　怎么办：请核对 at_least、at_most\n"
        f"{LUZHOU}：未通过：1 处错误、0 处警告，请修改后再核对\n"
    )


def test_an_error_is_told_in_english(linxuan, written):
    file, line = written(("at_least = 5", "at_least = 5\nat_most = 3"))
    run = linxuan("program", "check", str(file), language="en")
    assert run.out.startswith(
        f"error　{file}:{line['at_least = 5']}  rule “每年为本单位培养5名以上青年高技能人才” (rules."
    )
    assert "\n  Remedy: check `at_least`, `at_most`\n" in run.out


def test_a_document_says_the_same(linxuan, written):
    file, line = written(("at_least = 5", "at_least = 5\nat_most = 3"), ("2019年7月30日", "2019年7月28日"))
    run = linxuan("program", "check", str(file), "--json")
    (fault,), (finding,) = run.document["faults"], run.document["findings"]
    assert (run.code, run.document["passed"], fault.keys(), finding.keys()) == (1, False, FIELDS, FIELDS | {"id"})
    assert {key: fault[key] for key in ("code", "severity", "file", "line", "place", "clause")} == {
        "code": "bounds_impossible",
        "severity": "error",
        "file": str(file),
        "line": line["at_least = 5"],
        "place": "rules.trainees.at_least",
        "clause": "二、（五）",
    }
    assert (finding["id"], finding["code"], finding["severity"], finding["clause"]) == (
        "recommendation.office",
        "on_day_off",
        "warning",
        "三、（八）",
    )


def test_a_file_that_is_no_program_is_bad_input_with_its_lines(linxuan, written):
    file, line = written(('kind = "screening"', 'kind = "screning"'), ('nominee = "person"', "nominee = 3"))
    nominee, kind = line["nominee = 3"], line['kind = "screning"']
    run = linxuan("program", "check", str(file))
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        f"项目 {file} 有误：\n"
        f"  {file}:{nominee}　nominee：没有“3”这一项\n"
        "    怎么办：可用：person（个人）、unit（单位）、studio（工作室）、team（团队）\n"
        f"  {file}:{kind}　环节“资格审查”（stages.screening.kind）：没有“screning”这一项\n"
        "    怎么办：可用：recommendation（推荐）、screening（资格审查）、consultation（征求意见）、vote（投票）、"
        "review（专家评议）、decision（评审确定）、approval（审批）、publicity（公示）、issuance（发文）、"
        "promotion（宣传）、tenure（聘期管理）；是否想写 screening？\n"
    )


def test_a_file_that_is_no_program_is_a_document_too(linxuan, written):
    file, line = written(('kind = "screening"', 'kind = "screning"'))
    run = linxuan("program", "check", str(file), "--json")
    (fault,) = run.document["faults"]
    assert (run.code, run.document["program"], run.document["passed"], run.document["findings"]) == (2, None, False, [])
    assert (fault["line"], fault["place"], fault["code"]) == (
        line['kind = "screning"'],
        "stages.screening.kind",
        "unknown_choice",
    )


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"award = \xe2\x80\x9c\xe5\xa5\x96\xe2\x80\x9d\n", "not_toml", 1),
        (b"\n\n[a]\n[a]\n", "written_twice", 4),
        ('# 说明\naward = "奖"\n'.encode("gbk"), "encoding", 1),
        (b"", "empty", 1),
        (b" " * 10_000_000, "too_large", None),
        (b"a = " + b"[" * 100_000, "not_toml", None),
    ],
    ids=["quotes", "twice", "GBK", "nothing", "ten megabytes", "brackets"],
)
def test_what_cannot_be_read_is_told_without_a_traceback(linxuan, tmp_path, data, code, line):
    file = tmp_path / "star.toml"
    file.write_bytes(data)
    told, document = linxuan("program", "check", str(file)), linxuan("program", "check", str(file), "--json")
    assert (told.code, told.out, document.code) == (2, "", 2)
    assert told.err.startswith(f"项目 {file} 有误：\n  {file}")
    assert "Traceback" not in told.err
    assert [(fault["code"], fault["line"]) for fault in document.document["faults"]] == [(code, line)]


def test_a_folder_and_a_file_that_is_not_there_are_told(linxuan, tmp_path):
    folder, gone = linxuan("program", "check", str(tmp_path)), linxuan("program", "check", str(tmp_path / "x.toml"))
    assert (folder.code, "这是文件夹，不是文件" in folder.err) == (2, True)
    assert (gone.code, "没有这个项目，也没有这个文件" in gone.err) == (2, True)


@pytest.mark.usefixtures("office")
def test_a_program_in_the_database_is_told_by_the_lines_of_the_file_that_ships(linxuan):
    run = linxuan("program", "check", "bayu-special-grade-technician", "--json")
    assert {one["file"] for one in run.document["faults"]} == {"bayu-special-grade-technician.toml"}
    assert linxuan("program", "check", LUZHOU).out.startswith(f"{LUZHOU}：核对通过")


def test_a_draft_tells_what_is_still_a_draft_in_it(linxuan, tmp_path):
    out = tmp_path / "star.toml"
    asked = ["--award", "星", "--edition", "2026年", "--title", "通知", "--issuer", "某局", "--office", "某处"]
    asked += ["--issued", "2026-03-02", "--seats", "5", "--deadline", "2026年3月31日", "--publicity-days", "5"]
    run = linxuan("program", "new", "--id", "star-2026", *asked, "--out", str(out), "--json")
    assert [(one["code"], one["place"]) for one in run.document["findings"]] == [("clauses_as_drafted", "program")]
    assert linxuan("program", "check", str(out)).code == 0
