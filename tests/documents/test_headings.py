"""Headings in one row, or in groups over two or three, are found by how many of them are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.headings import find_headings, folded
from operations.columns import HEADINGS, is_of_others

MEANINGS = {word: meaning for meaning, words in HEADINGS.items() for word in words}

#: `|` between cells. Merged cells as (first row, first column, last row, last column).
TABLES = [
    pytest.param(
        ["姓名|基本情况||工作单位", "|性别|身份证号|"],
        [(0, 1, 0, 2), (0, 0, 1, 0), (0, 3, 1, 3)],
        (0, 2, {"nominee": 0, "sex": 1, "identity": 2, "unit": 3}),
        id="one-group-merged",
    ),
    pytest.param(
        ["姓名|基本情况||工作单位", "|性别|身份证号|"],
        [],
        (0, 2, {"nominee": 0, "sex": 1, "identity": 2, "unit": 3}),
        id="one-group-not-merged",
    ),
    pytest.param(
        ["序号|姓名|基本情况|||工作单位|职业技能等级|业绩情况||", "||性别|出生年月|身份证号码|||称号|职称|竞赛名次"],
        [(0, 2, 0, 4), (0, 7, 0, 9)],
        (
            0,
            2,
            {
                "nominee": 1,
                "sex": 2,
                "born": 3,
                "identity": 4,
                "unit": 5,
                "skill": 6,
                "honor": 7,
                "title": 8,
                "competition": 9,
            },
        ),
        id="two-groups-and-every-heading-known",
    ),
    pytest.param(
        ["姓名|工作单位|证件|职业技能等级|", "||身份证号|工种|等级"],
        [(0, 3, 0, 4)],
        (0, 2, {"nominee": 0, "unit": 1, "identity": 2, "skill": 4}),
        id="one-column-under-a-group-and-a-known-group",
    ),
    pytest.param(
        ["姓名|工作单位|业绩情况||", "||所带徒弟||论文", "||姓名|竞赛名次|"],
        [(0, 2, 0, 4), (1, 2, 1, 3)],
        (0, 3, {"nominee": 0, "unit": 1, "apprentice": 3}),
        id="three-rows",
    ),
    pytest.param(
        ["推荐单位|||姓名|工作单位", "名称|联系人|联系电话||"],
        [(0, 0, 0, 2)],
        (0, 2, {"nominator": 0, "nominee": 3, "unit": 4}),
        id="phone-of-the-nominator-is-not-the-nominee's",
    ),
    pytest.param(
        ["姓名|工作单位|所带徒弟|||", "||姓名|身份证号|电话|竞赛名次"],
        [(0, 2, 0, 5)],
        (0, 2, {"nominee": 0, "unit": 1, "apprentice": 5}),
        id="number-of-an-apprentice-is-not-the-nominee's",
    ),
    pytest.param(
        ["候选人||推荐人", "姓名|单位|电话"], [(0, 0, 0, 1)], (0, 2, {"nominee": 0, "unit": 1}), id="phone-of-another"
    ),
    pytest.param(
        ["姓名|工作单位|类别", "张三|某厂|单位"], [], (0, 1, {"nominee": 0, "unit": 1, "category": 2}), id="one-row"
    ),
    pytest.param(
        ["推荐单位：|江阳区||联系电话：|1", "姓名|工作单位|身份证号||"],
        [],
        (1, 1, {"nominee": 0, "unit": 1, "identity": 2}),
        id="label-above-is-no-group",
    ),
    pytest.param(
        ["姓名|工作单位|主要业绩|", "||专利|论文", "张三|某厂|1|2"],
        [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3)],
        (0, 2, {"nominee": 0, "unit": 1}),
        id="heading-merged-downwards-counts-the-row-below",
    ),
]


def found(lines, merged=()):
    rows = [line.split("|") for line in lines]
    ranges = [((top, left), (bottom, right)) for top, left, bottom, right in merged]
    headings = find_headings(rows, ranges, MEANINGS.get, is_of_others, "nominee")
    return None if headings is None else (headings.place, headings.height, headings.columns)


@pytest.mark.parametrize(("lines", "merged", "wanted"), TABLES)
def test_headings_are_found_in_as_many_rows_as_they_take(lines, merged, wanted):
    assert found(lines, merged) == wanted


@pytest.mark.parametrize(("lines", "merged", "wanted"), TABLES)
def test_title_above_and_rows_below_change_nothing(lines, merged, wanted):
    width = lines[0].count("|")
    title, row = f"推荐单位汇总表{'|' * width}", "|".join(f"甲{at}" for at in range(width + 1))
    lower = [(top + 1, left, bottom + 1, right) for top, left, bottom, right in merged]
    place, height, columns = wanted
    assert found([title, *lines, row], [(0, 0, 0, width), *lower]) == (place + 1, height, columns)


def test_heading_that_is_not_known_is_named_with_its_group():
    rows = [["姓名", "业绩情况", ""], ["", "称号", "发明专利数"]]
    headings = find_headings(rows, [((0, 1), (0, 2))], MEANINGS.get, is_of_others, "nominee")
    assert headings.unknown == ("业绩情况 发明专利数",)


OTHERS = sorted(HEADINGS.keys() - {"nominee"})
KNOWN = st.lists(st.sampled_from(OTHERS), unique=True, min_size=1, max_size=8).map(lambda some: ["nominee", *some])


@given(KNOWN, st.data())
def test_known_headings_are_found_however_they_are_grouped(meanings, data):
    """Whatever stands under a group that says nothing is what it is without it."""
    own = [data.draw(st.sampled_from(HEADINGS[meaning])) for meaning in meanings]
    grouped = [data.draw(st.booleans()) for _ in own]
    upper = ["情况" if is_grouped else heading for is_grouped, heading in zip(grouped, own, strict=True)]
    lower = [heading if is_grouped else "" for is_grouped, heading in zip(grouped, own, strict=True)]
    headings = find_headings([upper, lower], [], lambda text: MEANINGS.get(folded(text)), is_of_others, "nominee")
    assert headings.columns == {meaning: place for place, meaning in enumerate(meanings)}
