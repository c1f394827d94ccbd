"""A second table about the same people: every cell that says something else is named, and nothing is changed."""

import pytest

from operations.actors import Actor, Role
from operations.acts import Act
from operations.comparing import compare_table
from operations.results import Denied
from operations.taking_in import take_in
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.documents.test_tables import workbook
from tests.operations.office import Office
from tests.operations.test_taking_in import annex, person, row

pytestmark = on(SQLITE)

#: The headings of the 2019 notice's annex 2, as far as they are about what is stated.
OVERVIEW = ["姓  名", "性别", "身份证号码", "工作单位", "现职业资格等级及取得时间"]


@pytest.fixture
def taken_in(luzhou) -> Office:
    content, kind = annex(row(1), row(2)), {"nominator_kind": "district"}
    done = take_in(luzhou.desk, luzhou.id, content, "汇总表.xlsx", luzhou.act(), defaults=kind)
    assert len(done.numbers) == 2
    return luzhou


def compared(office: Office, *rows: list[object]) -> list[tuple[int, str | None, str]]:
    before = office.contents()
    done = compare_table(office.desk, office.id, workbook([OVERVIEW, *rows]), "一览表.xlsx", office.act())
    assert office.contents() == before
    return [(one.row, one.column, one.words.zh) for one in done.findings]


def line(number: int, **changes: str) -> list[object]:
    said = dict(zip(OVERVIEW, [f"第{number}人", "", person(number), f"第{number}厂", "高级技师"], strict=True))
    return list({**said, **changes}.values())


@on(*KINDS)
def test_S21_table_that_agrees_is_told_so(taken_in):
    assert compared(taken_in, line(1), line(2)) == []


@pytest.mark.parametrize(
    ("changes", "column", "kept"),
    [
        ({"姓  名": "别人"}, "nominee", "第2人"),
        ({"工作单位": "别的厂"}, "unit", "第2厂"),
        ({"现职业资格等级及取得时间": "技师（2010年）"}, "skill", "高级技师"),
    ],
)
def test_S21_cell_that_differs_is_named_with_what_the_form_says(taken_in, changes, column, kept):
    number = f"{taken_in.id}-0002"
    assert compared(taken_in, line(1), line(2, **changes)) == [(3, column, f"与申报 {number} 不一致：申报为“{kept}”")]


def test_category_that_differs_is_named(studio):
    heads = ["姓名", "申报单位", "身份证号", "推荐单位", "依托单位类型"]
    defaults = {"nominator_kind": "department", "route": "organization"}
    table = workbook([heads, ["王一", "长江厂", person(1), "区经信委", "依托企业"]])
    assert take_in(studio.desk, studio.id, table, "汇总表.xlsx", studio.act(), defaults=defaults).numbers
    other = workbook([heads, ["王一", "长江厂", person(1), "区经信委", "依托职业院校"]])
    asked = (studio.desk, studio.id)
    found = [
        [(one.column, one.words.zh) for one in compare_table(*asked, content, "表.xlsx", studio.act()).findings]
        for content in (table, other)
    ]
    assert found == [[], [("category", f"与申报 {studio.id}-0001 不一致：申报为“依托企业”")]]


def test_person_who_is_not_nominated_is_named(taken_in):
    assert compared(taken_in, line(7)) == [(2, "identity", "本项目没有此人的申报")]
    assert compared(taken_in, line(1, 身份证号码="")) == [(2, "identity", "没有身份证号码，无法核对")]


def test_comparing_is_for_who_screens(luzhou):
    act = Act(Actor("某专家", Role.EXPERT, "别处"), luzhou.now)
    assert isinstance(compare_table(luzhou.desk, luzhou.id, workbook([OVERVIEW, line(1)]), "表.xlsx", act), Denied)
