"""What a program may say of evaluations, votes and ties; the rest is refused with what to do."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from programs import Program, check_program
from programs.stages import Review, Vote

WORK, SKILL = {"id": "work", "name": "业绩"}, {"id": "skill", "name": "技能"}
TRACK = {"id": "panel", "name": "评审", "clause": "一", "criteria": [WORK, SKILL]}
STAGE = {"id": "stage", "name": "评议", "clause": "一"}


def message(kind: type[Review | Vote], **stage) -> str:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate({**STAGE, **stage})
    (error,) = caught.value.errors()
    return error["ctx"]["zh"] if "ctx" in error else error["msg"]


@pytest.mark.parametrize(
    ("track", "zh"),
    [
        ({"criteria": [WORK, WORK]}, "“评审”里有两个 work，请改成不同的 id"),
        ({"criteria": [{**WORK, "weight_percent": 60}, SKILL]}, "“评审”的权重合计 60%，应逐项写明，合计 100%"),
        (
            {"criteria": [{**WORK, "weight_percent": 60}, {**SKILL, "weight_percent": 60}]},
            "“评审”的权重合计 120%，应逐项写明，合计 100%",
        ),
        (
            {"scoring": {"method": "trimmed", "trim": 2, "at_least": 4}},
            "去掉 2 个最高分和 2 个最低分，at_least 至少要写 5",
        ),
        ({"criteria": [{**WORK, "grades": [{"name": "优", "points": 101}]}]}, "“业绩”的等次重名，或分值超过满分"),
        ({"criteria": [], "groups": [{"id": "a", "name": "甲"}]}, "“评审”有评议组（groups）而没有评分项（criteria）"),
        ({"evaluation": "vote"}, "“评审”是投票，不能有评分项或评议意见"),
    ],
)
def test_track_that_cannot_be_scored_is_refused(track, zh):
    assert message(Review, tracks=[{**TRACK, **track}]) == zh


@pytest.mark.parametrize(
    ("kind", "stage", "zh"),
    [
        (Review, {"tracks": [TRACK, TRACK]}, "“评议”里有两个 panel，请改成不同的 id"),
        (Review, {"ties": "tie-break"}, '“评议”：ties = "tie-break" 要和 tie_break（依次比较什么）一起写'),
        (Review, {"tie_break": ["votes"]}, '“评议”：ties = "tie-break" 要和 tie_break（依次比较什么）一起写'),
        (
            Review,
            {"tracks": [TRACK], "ties": "tie-break", "tie_break": ["panel.moon"]},
            "“评议”没有 panel.moon 可比；可用：panel、panel.skill、panel.work、votes",
        ),
        (
            Review,
            {"tracks": [{"id": "v", "name": "投票", "clause": "一", "evaluation": "vote"}]},
            "“评议”不是投票环节；要计入前面的投票，请写 vote_percent",
        ),
        (
            Vote,
            {"platforms": ["甲", "乙"], "counting": "weighted-platforms", "weights": [100]},
            '“评议”：counting = "weighted-platforms" 时，weights 要按平台的次序逐个写明',
        ),
        (
            Vote,
            {"platforms": ["甲"], "weights": [100]},
            '“评议”：counting = "weighted-platforms" 时，weights 要按平台的次序逐个写明',
        ),
        (
            Vote,
            {"platforms": ["甲"], "counting": "weighted-platforms", "weights": [90]},
            "“评议”的权重合计 90%，应逐项写明，合计 100%",
        ),
    ],
)
def test_stage_that_cannot_be_ranked_is_refused(kind, stage, zh):
    assert message(kind, **stage) == zh


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
