"""Choosing who goes on: within the seats, everybody or nobody, and all the others not."""

import pytest

from operations.decide import decide
from operations.results import UnknownError
from programs import Program
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import CRAFTSMAN_2022, said, why

#: What is asked here is the same on every database; others race on both.
pytestmark = on(SQLITE)


@pytest.fixture
def committee(craftsman):
    """The committee of the 2022 craftsmen with 23 candidates before it."""
    return craftsman, [craftsman.nominate("decision", nominator=f"{place % 8}区") for place in range(23)]


def test_ten_and_ten_are_chosen_and_all_others_are_not(committee):
    office, numbers = committee
    chosen = dict.fromkeys(numbers[:10], "craftsman") | dict.fromkeys(numbers[10:20], "runner-up")
    batch = office.decide("decision", chosen)
    assert (len(batch.moved), batch.denied) == (23, ())
    assert office.stages(numbers) == ["publicity"] * 20 + ["not-chosen"] * 3
    assert [office.row(number).grade for number in numbers] == ["craftsman"] * 10 + ["runner-up"] * 10 + [None] * 3
    seats = [place for place in office.places() if place[0].startswith("seats.")]
    assert seats == [(f"seats.{grade}", "", place) for grade in ("craftsman", "runner-up") for place in range(1, 11)]


@pytest.mark.parametrize("grade", ["craftsman", "runner-up"])
def test_eleventh_of_a_grade_is_refused_and_then_nobody_is_chosen(committee, grade):
    office, numbers = committee
    before = office.contents()
    batch = office.decide("decision", dict.fromkeys(numbers[:11], grade))
    assert batch.moved == ()
    assert [(one.number, why(one)) for one in batch.denied] == [(numbers[10], [("seat-free", "三")])]
    assert office.contents() == before


def test_nobody_holds_both_grades(committee):
    office, numbers = committee
    office.decide("decision", {numbers[0]: "craftsman"})
    with pytest.raises(UnknownError, match="not at"):
        office.decide("decision", {numbers[0]: "runner-up"})


def test_choice_without_a_grade_is_refused(committee):
    office, numbers = committee
    batch = office.decide("decision", {numbers[0]: None})
    assert said(batch.denied[0]) == ["没有写明授予哪一项"]


def test_choice_of_somebody_elsewhere_is_an_error_that_names_them(committee):
    office, numbers = committee
    elsewhere = office.nominate("review")
    before = office.contents()
    with pytest.raises(UnknownError, match=f"not at “decision”: {elsewhere}"):
        office.decide("decision", {numbers[0]: "craftsman", elsewhere: "craftsman"})
    assert office.contents() == before


@pytest.mark.parametrize("stage", ["publicity", "moon"])
def test_choice_at_a_stage_that_chooses_nobody_is_an_error(craftsman, stage):
    assert craftsman.id == CRAFTSMAN_2022
    with pytest.raises(UnknownError, match=f"{stage} is no stage that chooses; use one of: screening、vote、review"):
        craftsman.decide(stage, {})


def test_target_may_be_exceeded(office_of):
    office = office_of("bayu-special-grade-technician")
    numbers = [office.nominate("decision", category="heritage", nominator_kind="culture") for _ in range(17)]
    batch = office.decide("decision", dict.fromkeys(numbers, "heritage"))
    assert (len(batch.moved), batch.denied) == (17, ())
    assert len(office.places()) == 17


def test_seats_without_a_limit_take_everybody(office_of, shipped):
    document = shipped(CRAFTSMAN_2022).model_dump(mode="json")
    document["seats"] = [{"id": "direct", "award": "直接认定", "clause": "三", "kind": "unlimited"}, *document["seats"]]
    office = office_of(CRAFTSMAN_2022, program=Program.model_validate(document))
    numbers = [office.nominate("decision", nominator=f"{place % 8}区") for place in range(14)]
    batch = office.decide("decision", dict.fromkeys(numbers, "direct"))
    assert (len(batch.moved), batch.denied) == (14, ())


def test_grade_of_another_category_cannot_be_won(office_of):
    office = office_of("bayu-special-grade-technician")
    number = office.nominate("decision", category="heritage", nominator_kind="culture")
    refused = office.decide("decision", {number: "skilled"}).denied[0]
    assert refused.refusals[0].remedy.zh.startswith("请写明：heritage（")


def test_confirming_decision_takes_no_further_seat(office_of):
    office = office_of("bayu-craftsman-2017")
    number = office.nominate("final-decision")
    before = office.places()
    office.decide("final-decision", {number: None})
    assert (office.row(number).stage, office.row(number).grade) == ("issuance", "craftsman")
    assert office.places() == before


def test_choice_of_nobody_eliminates_everybody(luzhou):
    numbers = [luzhou.nominate("decision") for _ in range(2)]
    luzhou.decide("decision", {})
    assert luzhou.stages(numbers) == ["not-chosen"] * 2


def test_screening_with_a_cut_takes_its_fifty_and_eliminates_the_others(craftsman):
    numbers = [craftsman.nominate("screening", nominator=f"{place}区") for place in range(3)]
    for number in numbers:
        craftsman.judge_all(number)
    craftsman.decide("screening", dict.fromkeys(numbers[:2]))
    assert craftsman.stages(numbers) == ["profiles", "profiles", "not-chosen"]


def test_decision_is_refused_where_others_stand_there_than_were_seen(luzhou):
    seen = [luzhou.nominate("decision") for _ in range(2)]
    late = luzhou.nominate("decision")
    before = luzhou.contents()
    place, chosen = (luzhou.desk, luzhou.id, "decision"), {seen[0]: "chief-technician"}
    batch = decide(*place, chosen, luzhou.act(), standing=frozenset(seen))
    assert [why(one) for one in batch.denied] == [[("standing", None)]]
    assert luzhou.contents() == before
    assert len(decide(*place, chosen, luzhou.act(), standing=frozenset([*seen, late])).moved) == 3
