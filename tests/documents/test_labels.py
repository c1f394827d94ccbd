"""What stands above a table gives a name only as far as the name goes, or nothing."""

import pytest

from documents.labels import labels_above
from operations.columns import HEADINGS

MEANINGS = {word: meaning for meaning, words in HEADINGS.items() for word in words}


@pytest.mark.parametrize(
    "cell",
    [
        "推荐单位：江阳区总工会",
        "推荐单位（盖章）：江阳区总工会　　　填报日期：2026年4月20日",
        "推荐单位（盖章）：江阳区总工会    联系人：王某    联系电话：0871-1234567",
        "推荐单位(盖 章):江阳区总工会 填报日期:2026-04-20 10:30",
        "推荐单位：江阳区总工会　联 系 人：王某",
        "推荐单位：江阳区总工会（盖章）",
        "推荐单位：江阳区总工会　　　　（公　章）　　年　月　日",
        "推荐单位：江阳区总工会　　2026年4月20日",
        "推荐单位：__江阳区总工会__ 报送时间：____",
        "填报日期：2026年4月20日　　　推荐单位：江阳区总工会",
        "汇总表　　　推荐单位：江阳区总工会",
        "推荐单位：江阳区总工会　　密级：内部",
        "推荐单位：江阳区总工会\n单位负责人：王某",
    ],
)
def test_name_ends_where_something_else_begins(cell):
    assert labels_above([["", cell, ""]], MEANINGS.get) == ({"nominator": "江阳区总工会"}, {})


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["推荐单位：", "江阳区", "填报时间："], {"nominator": "江阳区"}),
        (["推荐单位（盖章）：", "江阳区　　　填报日期：2026年4月20日"], {"nominator": "江阳区"}),
        (["填报日期：4月20日　　推荐单位：", "江阳区"], {"nominator": "江阳区"}),
        (["推荐单位：", "联系人：王某", "江阳区"], {}),
        (["联系电话：13800000000", "工作单位：某厂"], {"unit": "某厂"}),
        (["推荐单位：安江市　总工会"], {"nominator": "安江市　总工会"}),
    ],
)
def test_label_and_what_it_says_may_stand_in_two_cells(row, told):
    assert labels_above([row], MEANINGS.get) == (told, {})


@pytest.mark.parametrize(
    "cell",
    [
        "推荐单位：江阳区总工会填报日期：2026年4月20日",
        "推荐单位：江阳区总工会 密级：内部",
        "推荐单位：江阳区总工会　　　四月二十日",
    ],
)
def test_cell_in_which_it_is_unclear_where_a_name_ends_gives_none(cell):
    assert labels_above([[""], ["", "", cell]], MEANINGS.get) == ({}, {"nominator": (1, 2)})


def test_long_blanks_are_read_at_once():
    cell = "推荐单位：" + "　1 " * 160 + "x"
    assert labels_above([[cell], ["推荐单位：" + " " * 30_000 + "甲"]], MEANINGS.get)[0] == {}
