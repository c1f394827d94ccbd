"""From points to the value of a track, and from votes to the value of a vote: computed by hand, and exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest

from programs.evaluations import Criterion, Track
from programs.stages import Vote
from states.scales import read_points
from states.scoring import Evaluated, counted, counted_votes, half_up, total_of, value_of, vote_values

WORK = {"id": "work", "name": "业绩", "full_marks": 30}
SKILL = {"id": "skill", "name": "技能", "full_marks": 70, "step": "0.5"}
GRADED = {"id": "work", "name": "业绩", "grades": [{"name": "优", "points": 95}, {"name": "良", "points": 80}]}


def track(*criteria, **facts) -> Track:
    return Track(id="materials", name="材料评审", clause="一", criteria=criteria or (WORK, SKILL), **facts)


def given(*totals: str | int, group: str | None = None) -> list[Evaluated]:
    """Evaluators 1, 2, … who give so many points of 100 together."""
    return [
        Evaluated(f"评委{place}", {"work": Decimal(0), "skill": Decimal(total)}, group=group)
        for place, total in enumerate(totals, start=1)
    ]


@pytest.mark.parametrize(
    ("criteria", "points", "total"),
    [
        ((WORK, SKILL), {"work": 28, "skill": 60}, 88),
        (({**WORK, "full_marks": 10}, {**SKILL, "full_marks": 40}), {"work": 9, "skill": 30}, 78),
        (
            ({**WORK, "weight_percent": 60}, {**SKILL, "weight_percent": 40}),
            {"work": 15, "skill": 70},
            70,
        ),
        (({**WORK, "weight_percent": 100},), {"work": 10}, Fraction(100, 3)),
    ],
    ids=["full marks of 100", "other full marks", "weights", "no decimal"],
)
def test_one_evaluator_s_points_are_put_on_a_scale_of_100(criteria, points, total):
    assert total_of(track(*criteria), {key: Decimal(value) for key, value in points.items()}) == total


@pytest.mark.parametrize(
    ("scoring", "totals", "value"),
    [
        ({}, (60, 70, 65), 65),
        ({}, (60, 61, 60), Fraction(181, 3)),
        ({"digits": 2}, (60, 61, 60), Fraction("60.33")),
        ({"digits": 0}, (60, 61), 61),
        ({"method": "median"}, (10, 70, 60), 60),
        ({"method": "median"}, (10, 60, 63, 70), Fraction("61.5")),
        ({"method": "trimmed", "at_least": 3}, (10, 60, 70), 60),
        ({"method": "trimmed", "at_least": 5}, (60, 60, 60, 70, 10), 60),
        ({"method": "trimmed", "trim": 2, "at_least": 5}, (10, 20, 55, 60, 70), 55),
    ],
)
def test_points_of_several_evaluators_become_one_value(scoring, totals, value):
    assert value_of(track(scoring=scoring), Fraction(1), given(*totals)).value == value


def test_trimmed_mean_says_whom_it_left_out():
    found = value_of(track(scoring={"method": "trimmed", "at_least": 4}), Fraction(1), given(50, 70, 70, 60))
    assert [(mark.evaluated.evaluator, mark.left_out) for mark in found.marks] == [
        ("评委1", True),
        ("评委2", False),
        ("评委3", True),
        ("评委4", False),
    ]


def test_groups_have_results_of_their_own_that_are_weighed():
    groups = [
        {"id": "experts", "name": "专家组", "weight_percent": 70},
        {"id": "public", "name": "群众", "weight_percent": 30},
    ]
    evaluations = [
        *given(60, 70, group="experts"),
        Evaluated("群众1", {"work": Decimal(0), "skill": Decimal(40)}, group="public"),
    ]
    found = value_of(track(groups=groups), Fraction(1), evaluations)
    assert [group.value for group in found.groups] == [65, 40]
    assert found.value == Fraction("57.5")


def test_too_few_evaluators_give_no_value_and_say_how_many_are_missing():
    found = value_of(track(scoring={"at_least": 3}), Fraction(1), given(60, 70))
    assert (found.value, found.missing.zh) == (None, "材料评审已有 2 人评分，须有 3 人")


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [("2.5", 0, 3), ("0.125", 2, "0.13"), ("0.124999", 2, "0.12"), ("1/3", 3, "0.333"), ("0.5", 0, 1), ("7", 2, 7)],
)
def test_rounding_is_half_up(value, digits, expected):
    assert half_up(Fraction(value), digits) == Fraction(expected)


@pytest.mark.parametrize(
    ("criterion", "text", "found"),
    [
        (WORK, "28", Decimal(28)),
        (WORK, " 30 ", Decimal(30)),
        (WORK, "0", Decimal(0)),
        (WORK, "31", "31 分不在 0 至 30 之间"),
        (WORK, "28.5", "28.5 分不是 1 的整数倍"),
        (SKILL, "28.50", Decimal("28.5")),
        (SKILL, "28.3", "28.3 分不是 0.5 的整数倍"),
        (WORK, "-1", "“-1”不是分数"),
        (WORK, "1e1", "“1e1”不是分数"),
        (WORK, "NaN", "“NaN”不是分数"),
        (WORK, "２８", "“２８”不是分数"),
        (WORK, "9" * 5000, f"“{'9' * 20}”不是分数"),
        (GRADED, "良", Decimal(80)),
        (GRADED, "80", "“80”不是等次；应为：优、良"),
    ],
)
def test_points_are_read_within_their_scale(criterion, text, found):
    read = read_points(Criterion.model_validate(criterion), text)
    assert (read if isinstance(read, Decimal) else read.zh) == found


VOTES = {"a": {"甲台": 300, "乙台": 10}, "b": {"甲台": 100, "乙台": 30}}


@pytest.mark.parametrize(
    ("facts", "amounts"),
    [
        ({}, {"a": 310, "b": 130}),
        ({"counting": "equal-platforms"}, {"a": 50, "b": 50}),
        ({"counting": "weighted-platforms", "weights": (90, 10)}, {"a": 70, "b": 30}),
    ],
)
def test_votes_of_several_platforms_are_counted_as_the_program_says(facts, amounts):
    vote = Vote(id="vote", name="投票", clause="一", platforms=("甲台", "乙台"), **facts)
    assert {number: counted(platforms) for number, platforms in counted_votes(vote, VOTES).items()} == amounts


@pytest.mark.parametrize(
    ("points", "values"),
    [
        ("top", {"a": 100, "b": Fraction(13, 31) * 100}),
        ("share", {"a": Fraction(31, 44) * 100, "b": Fraction(13, 44) * 100}),
    ],
)
def test_votes_become_points_by_the_most_or_by_the_share(points, values):
    vote = Vote(id="vote", name="投票", clause="一")
    found = vote_values(vote, VOTES, Fraction(1, 2), points=points)
    assert {number: one.value for number, one in found.items()} == values


def test_nobody_voted_for_anybody_gives_nobody_points():
    vote = Vote(id="vote", name="投票", clause="一", platforms=("台",), counting="equal-platforms")
    found = vote_values(vote, {"a": {"台": 0}, "b": {"台": 0}}, Fraction(1), points="top")
    assert {number: (one.counted, one.value) for number, one in found.items()} == {"a": (0, 0), "b": (0, 0)}
