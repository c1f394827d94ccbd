"""Facts that a form states, and the verdicts that follow from them."""

import pytest
from stdnum.cn import ric

from operations.dossiers import restate, state_facts, verdicts_of_nomination
from operations.fact_fields import facts_asked
from operations.results import Denied, MisstatedError, Moved, UnknownError
from programs import Path
from programs.facts import Competition, Facts
from states import Move, Result
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import Office, said, why

pytestmark = on(SQLITE)

PATH = Path(None, "organization")


def stated(office: Office, number: str, *facts: str) -> Facts | Denied:
    return state_facts(office.desk, number, [tuple(fact.split("=")) for fact in facts], office.act())


def results(office: Office, number: str) -> dict[str, Result]:
    return {one.rule: one.result for one in verdicts_of_nomination(office.desk, number, office.now)}


@on(*KINDS)
def test_form_is_asked_for_what_the_rules_judge_by(luzhou):
    assert list(facts_asked(luzhou.program, PATH)) == ["skill", "grant", "competition", "apprentice", "trainees-a-year"]


def test_facts_are_stated_replaced_and_taken_back(luzhou):
    number = luzhou.nominate()
    assert stated(
        luzhou, number, "skill=技师", "trainees-a-year=6", "competition=国家一类:3", "apprentice=省级一类：2"
    ) == Facts(
        levels={"skill": "技师"},
        numbers={"trainees-a-year": 6},
        competitions=(
            Competition(level="国家一类", place=3),
            Competition(level="省级一类", place=2, by="apprentice"),
        ),
    )
    assert stated(luzhou, number, "skill=高级技师", "competition=", "trainees-a-year=") == Facts(
        levels={"skill": "高级技师"},
        competitions=(Competition(level="省级一类", place=2, by="apprentice"),),
        without=("nominee",),
    )
    assert stated(luzhou, number, "competition=国家一类:1", "apprentice=") == Facts(
        levels={"skill": "高级技师"}, competitions=(Competition(level="国家一类", place=1),), without=("apprentice",)
    )
    assert [event["kind"] for event in luzhou.events(number)].count("facts.stated") == 3


def test_same_facts_again_record_nothing(luzhou):
    number = luzhou.nominate()
    stated(luzhou, number, "skill=技师")
    before = luzhou.contents()
    stated(luzhou, number, "skill=技师")
    assert luzhou.contents() == before


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("moon=1", "没有条件用到“moon”"),
        ("trainees-a-year=很多", "“trainees-a-year”应填数字，不是“很多”"),
        ("competition=三", "“三”应写成 级别:名次，如 国家一类:3"),
        ("competition=国家一类:0", "填报的内容不对"),
    ],
)
def test_fact_that_cannot_be_stated_is_told(luzhou, fact, words):
    number = luzhou.nominate()
    before = luzhou.contents()
    with pytest.raises(UnknownError) as refused:
        stated(luzhou, number, "skill=技师", fact)
    assert words in refused.value.words.zh
    assert luzhou.contents() == before


def test_nothing_is_stated_of_a_case_that_has_ended(luzhou):
    number = luzhou.nominate()
    luzhou.move(number, Move.WITHDRAW)
    assert why(stated(luzhou, number, "skill=技师")) == [("not-ended", None)]


def test_what_is_stated_decides_by_itself_and_the_refusal_says_what_and_why(luzhou):
    number = luzhou.nominate("screening")
    assert results(luzhou, number)["skill-level"] is Result.NEEDS_EVIDENCE
    stated(luzhou, number, "skill=高级工")
    luzhou.judge_all(number)
    assert results(luzhou, number)["skill-level"] is Result.FAIL
    refused = luzhou.move(number, Move.ACCEPT)
    assert said(refused) == ["不符合条件：持有技师以上国家职业资格（一、（一）；二）：填报为高级工，须技师以上"]
    assert refused.refusals[0].reason.en.endswith(" (一、（一）；二): stated: 高级工; needed: 技师 or above")
    stated(luzhou, number, "grant=四川省工艺美术大师")
    assert isinstance(luzhou.move(number, Move.ACCEPT), Moved)


def test_age_is_read_from_the_identity_number_at_the_close_of_the_intake(luzhou):
    """S03: the numbers end in 9960 and 9971, a woman's and a man's; both were born on 30 July 1971."""
    numbers = [body + ric.calc_check_digit(f"{body}0") for body in ("51000019710730996", "51000019710730997")]
    found = [results(luzhou, luzhou.nominate("screening", identity=number))["age"] for number in numbers]
    assert found == [Result.FAIL, Result.PASS]


def test_what_is_put_right_is_a_name_that_rules_know_however_it_is_written(luzhou):
    number = luzhou.nominate("screening")
    with luzhou.desk.store.write() as transaction:
        given = (transaction, luzhou.running(), luzhou.row(number))
        with pytest.raises(MisstatedError, match="no standard name"):
            restate(*given, [("skill", "大工匠")], luzhou.act())
        assert restate(*given, [("职业技能等级", "二级（技师）")], luzhou.act()).levels == {"skill": "二级（技师）"}
