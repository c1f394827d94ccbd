"""Annexes held against what a nomination says: names, levels, numbers and places, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from programs import Path, Program, check_program
from programs.annexes import AnnexRow, FilledAnnex
from programs.facts import Competition, Facts
from programs.mistakes import faults_of
from programs.naming import plain_name
from states import Evidence, Result, verdicts_of
from states.annexes import read_place

PATH = Path(None, "organization")
ANNEX = {
    "id": "team",
    "name": "团队名单",
    "clause": "附件5",
    "rows": "others",
    "columns": [
        {"id": "name", "name": "姓名"},
        {"id": "unit", "name": "单位"},
        {"id": "level", "name": "等级", "vocabulary": "skill"},
        {"id": "size", "name": "人数"},
    ],
}
SIZE = {"id": "size", "name": "人数", "clause": "二", "kind": "quantity", "of": "team-size", "at_least": 1}


@pytest.fixture
def program_with(shipped):
    """The shipped program with these rules and annexes, and no others."""
    blank = shipped("luzhou-chief-technician-2019").model_dump()

    def made(*rules: dict, annexes: tuple[dict, ...] = (ANNEX,)) -> Program:
        named = [{"name": "某条", "clause": "二", **rule} for rule in rules]
        return Program.model_validate(blank | {"rules": named, "annexes": annexes, "rulings": []})

    return made


@pytest.fixture
def held(program_with):
    """Hold one row against what is said: the result, and the lines."""

    def hold(same: dict[str, str], cells: dict[str, str], columns: tuple[str, ...] | None = None, **facts: object):
        rule = {"id": "same", "kind": "agreement", "annex": "team", "same": same}
        filled = FilledAnnex(columns=columns or ("name", "unit", "level", "size"), rows=(AnnexRow(row=3, cells=cells),))
        evidence = Evidence(
            facts=Facts(**facts), annexes={"team": filled}, said={"nominee": "王一", "unit": "某厂（A）"}
        )
        found = next(one for one in verdicts_of(program_with(rule, SIZE), PATH, evidence) if one.rule == "same")
        return found.result.value, [line.zh for line in found.lines]

    return hold


@pytest.mark.parametrize(
    ("same", "cells", "facts", "result"),
    [
        ({"unit": "unit"}, {"unit": "某厂(a)"}, {}, "pass"),
        ({"unit": "unit"}, {"unit": "某厂"}, {}, "fail"),
        ({"unit": "unit"}, {}, {}, "needs-evidence"),
        ({"level": "skill"}, {"level": "高级技师"}, {"levels": {"skill": "一级"}}, "pass"),
        ({"level": "skill"}, {"level": "技师"}, {"levels": {"skill": "一级"}}, "fail"),
        ({"level": "skill"}, {"level": "大工匠"}, {"levels": {"skill": "一级"}}, "fail"),
        ({"level": "skill"}, {"level": "技师"}, {}, "pass"),
        ({"size": "team-size"}, {"size": "8人"}, {"numbers": {"team-size": 8}}, "pass"),
        ({"size": "team-size"}, {"size": "08"}, {"numbers": {"team-size": 8}}, "pass"),
        ({"size": "team-size"}, {"size": "9"}, {"numbers": {"team-size": 8}}, "fail"),
        ({"size": "team-size"}, {"size": "若干"}, {"numbers": {"team-size": 8}}, "fail"),
        ({"name": "nominee", "unit": "unit"}, {"name": "王一"}, {}, "needs-evidence"),
        ({"name": "nominee", "unit": "unit"}, {"name": "王二"}, {}, "fail"),
    ],
)
def test_cell_agrees_with_what_is_said_however_it_is_written(held, same, cells, facts, result):
    assert held(same, cells, **facts)[0] == result


def test_lines_stand_in_the_order_of_the_rows_behind_missing_columns(held):
    same = {"unit": "unit", "level": "skill", "name": "nominee"}
    found = held(same, {"name": "李二", "level": "技师"}, ("name", "level"), levels={"skill": "高级技师"})
    assert found == (
        "fail",
        [
            "表中没有“单位”一栏",
            "第 3 行 李二：姓名为“李二”，申报为“王一”",
            "第 3 行 李二：等级为“技师”，申报为“高级技师”",
        ],
    )


@given(
    st.text(st.sampled_from("泸州某A1（）()【】 　Ａ１"), min_size=1, max_size=12),
    st.sampled_from(["（{}）", "({})", "【{}】", " {} ", "{}\u3000", "［{}］"]),
)
def test_width_spaces_and_brackets_make_no_difference_to_a_name(name, way):
    assert plain_name(way.format(name)) == plain_name(name)
    assert plain_name(plain_name(name)) == plain_name(name)


@pytest.mark.parametrize(
    ("one", "other"), [("某厂（甲）", "某厂"), ("某厂", "某某厂"), ("第1厂", "第11厂"), ("A-B厂", "AB厂")]
)
def test_what_makes_a_difference_stays(one, other):
    assert plain_name(one) != plain_name(other)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("国家一类:3", ("国家一类", 3)),
        ("国家一类：3", ("国家一类", 3)),
        ("国家一类第3名", ("国家一类", 3)),
        (" 省级二类 12 ", ("省级二类", 12)),
        ("国家一类，第10名", ("国家一类", 10)),
        *((text, None) for text in ("", "3", "国家一类", "国家一类:0", "国家一类第一名", "国家一类:12345")),
    ],
)
def test_place_is_read_however_it_is_written(text, place):
    read = read_place(text, "apprentice")
    assert read == (Competition(level=place[0], place=place[1], by="apprentice") if place else None)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"annex": "moon", "same": {"unit": "unit"}}, ("rules.same.annex", "本项目没有定义附表 moon")),
        ({"annex": "team", "same": {"moon": "unit"}}, ("rules.same.same", "本项目没有定义栏目 moon")),
        ({"annex": "team", "same": {"unit": "moon"}}, ("rules.same.same", "本项目没有定义填报项 moon")),
    ],
)
def test_rule_that_refers_to_nothing_is_refused_in_words(program_with, rule, said):
    with pytest.raises(ValidationError) as error:
        program_with({"id": "same", "kind": "agreement", **rule}, SIZE)
    assert [(fault.place, fault.words.zh) for fault in faults_of(error.value)] == [said]


def test_count_that_no_rule_asks_for_is_a_fault(program_with):
    columns = [{"id": "name", "name": "姓名"}, {"id": "year", "name": "年度", "counts": "trainees"}]
    faults = check_program(program_with(SIZE, annexes=({**ANNEX, "columns": columns},)))
    assert [(one.place, one.words.zh) for one in faults if "annexes" in one.place] == [
        ("annexes.team.columns.year.counts", "没有条件用到“trainees”")
    ]


@pytest.mark.parametrize(
    ("stated", "years", "result"),
    [
        (None, ["1", "1", "2"], Result.PASS),
        (None, [], Result.FAIL),
        (1, [], Result.NEEDS_EVIDENCE),
        (1, ["1"], Result.PASS),
    ],
)
def test_rows_are_counted_by_what_they_say(program_with, stated, years, result):
    columns = [{"id": "name", "name": "姓名"}, {"id": "year", "name": "年度", "counts": "team-size"}]
    rows = tuple(AnnexRow(row=place, cells={"year": year}) for place, year in enumerate(years, start=3))
    filled = FilledAnnex(columns=("name", "year"), rows=rows)
    facts = Facts(numbers={"team-size": stated} if stated else {})
    program = program_with(SIZE, annexes=({**ANNEX, "columns": columns},))
    (verdict,) = verdicts_of(program, PATH, Evidence(facts=facts, annexes={"team": filled}))
    assert verdict.result is result
