"""What a program says of evaluations, votes and ties is read as it is written, and held against its other stages."""

from decimal import Decimal

import pytest

from programs import Program, check_program
from programs.stages import Review

WORK, SKILL = {"id": "work", "name": "业绩"}, {"id": "skill", "name": "技能"}
TRACK = {"id": "panel", "name": "评审", "clause": "一", "criteria": [WORK, SKILL]}
STAGE = {"id": "stage", "name": "评议", "clause": "一"}


@pytest.mark.parametrize("step", [0.1, "0.1"])
def test_scale_is_decimal_however_it_is_written_and_comes_back_from_json(step):
    review = Review.model_validate({**STAGE, "tracks": [{**TRACK, "criteria": [{**WORK, "step": step}]}]})
    assert review.tracks[0].criteria[0].step == Decimal("0.1")
    assert Review.model_validate_json(review.model_dump_json()) == review


@pytest.mark.parametrize(
    ("changes", "place"),
    [({"vote_percent": 20}, "vote_percent"), ({"ties": "tie-break", "tie_break": ["votes"]}, "tie_break")],
)
def test_review_that_counts_a_vote_needs_one_before_it(shipped, changes, place):
    document = shipped("luzhou-chief-technician-2019").model_dump()
    next(stage for stage in document["stages"] if stage["id"] == "review").update(changes)
    faults = check_program(Program.model_validate(document))
    assert [fault.place for fault in faults] == [f"stages.review.{place}"]
