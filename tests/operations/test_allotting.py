"""Quotas of which each nominator has a number of its own."""

from fractions import Fraction

import pytest

from documents.errors import DocumentError
from operations.actors import Actor, Role
from operations.acts import Act
from operations.allotting import Allotted, allot, allotments_of
from operations.results import Moved, UnknownError
from states import Move
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.documents.test_tables import workbook
from tests.operations.office import said, why

pytestmark = on(SQLITE)

AT_THE_NOMINATOR = "recommendation.recommender"


@on(*KINDS)
def test_each_nominator_has_its_own_number_and_others_what_the_quota_says(craftsman):
    places = {"渝中区": 1, "江北区": 8, "巫溪县": 0}
    assert allot(craftsman.desk, craftsman.id, "district", places, craftsman.act()) == Allotted("district", places)
    for body, most in {**places, "南岸区": 6}.items():
        for _ in range(most):
            craftsman.nominate("recommendation.office", nominator=body)
        refused = craftsman.move(craftsman.nominate(AT_THE_NOMINATOR, nominator=body), Move.ENDORSE)
        assert said(refused) == [f"{body}的名额已用完：每个区县推荐人数（不超过 {most} 名）"]


def test_unit_of_the_centre_uses_what_its_district_was_allotted(craftsman):
    craftsman.nominate(nominator="渝中区")
    allot(craftsman.desk, craftsman.id, "district", {"渝中区": 1}, craftsman.act())
    central = {"nominator": "某央企", "nominator_kind": "central-unit", "host": "渝中区"}
    craftsman.nominate("recommendation.office", **central)
    refused = craftsman.move(craftsman.nominate(AT_THE_NOMINATOR, nominator="渝中区"), Move.ENDORSE)
    assert why(refused) == [("quota-free", "七、（一）")]


def test_allotting_anew_replaces_what_was_and_is_an_event(craftsman):
    allot(craftsman.desk, craftsman.id, "district", {"渝中区": 0}, craftsman.act())
    waiting = craftsman.nominate(AT_THE_NOMINATOR, nominator="渝中区")
    assert why(craftsman.move(waiting, Move.ENDORSE)) == [("quota-free", "七、（一）")]
    allot(craftsman.desk, craftsman.id, "district", {"江北区": 2}, craftsman.act("重新分配"))
    assert isinstance(craftsman.move(waiting, Move.ENDORSE), Moved)
    told = [event["places"] for event in craftsman.events() if event["kind"] == "quota.allotted"]
    assert told == [{"渝中区": 0}, {"江北区": 2}]


def test_fewer_than_were_taken_are_not_allotted(craftsman):
    for _ in range(2):
        craftsman.nominate("recommendation.office", nominator="渝中区")
    before = craftsman.contents()
    refused = allot(craftsman.desk, craftsman.id, "district", {"渝中区": 1, "江北区": 5}, craftsman.act())
    assert (why(refused), said(refused)) == ([("places-taken", "七、（一）")], ["“渝中区”已报 2 名，多于拟给的 1 名"])
    assert craftsman.contents() == before


def test_only_the_office_s_administrators_allot(craftsman):
    act = Act(Actor("某经办", Role.OPERATOR, "渝中区"), craftsman.now)
    assert why(allot(craftsman.desk, craftsman.id, "district", {"渝中区": 9}, act)) == [("authority", None)]
    with pytest.raises(UnknownError):
        allot(craftsman.desk, craftsman.id, "moon", {}, craftsman.act())


def test_table_says_the_places_or_the_figures_to_divide_them_by():
    table = workbook(
        [["名额分配"], ["区县", "名额", "技能\n人才数"], ["甲区", 6, 500], ["乙区", 4, "1,500"], ["合计", 10, 2000]]
    )
    assert allotments_of(table, "表.xlsx", total=None, weights={}) == {"甲区": 6, "乙区": 4}
    assert allotments_of(table, "表.xlsx", total=10, weights={"技能人才数": Fraction(1)}) == {"甲区": 3, "乙区": 7}


@pytest.mark.parametrize(
    ("rows", "weights", "words"),
    [
        ([["区县", "名额"], ["甲区", "很多"]], {}, "第 2 行：“很多”不是数字"),
        ([["区县", "名额"], ["甲区", "1"], ["甲区", "2"]], {}, "第 3 行：甲区 写了两次"),
        ([["区县", "人数"], ["甲区", "1"]], {}, "没有“名额”一栏"),
        ([["区县", "人数"], ["甲区", "0"]], {"人数": Fraction(1)}, "合计为零"),
    ],
)
def test_table_that_does_not_say_enough_is_told(rows, weights, words):
    with pytest.raises(DocumentError) as refused:
        allotments_of(workbook(rows), "表.xlsx", total=10, weights=weights)
    assert words in refused.value.words.zh
