"""Rankings: the same whatever the order, never turned round by more points, told so that all can be computed again."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from programs.evaluations import Ties, Track
from programs.mistakes import faults_of
from programs.stages import Review, Vote
from states.explaining import explain, line_json
from states.jumps import jumps
from states.ranking import Entry, Resolution, Way, exact, rank, rules_of
from states.scoring import REPORTED, Evaluated, half_up

WORK, SKILL = {"id": "work", "name": "业绩", "full_marks": 30}, {"id": "skill", "name": "技能", "full_marks": 70}
PANEL = {"id": "panel", "name": "评审", "clause": "一", "criteria": [WORK, SKILL]}
VISIT = {"id": "visit", "name": "考察", "clause": "一", "criteria": [{**WORK, "full_marks": 10}]}


def review(**facts) -> Review:
    return Review.model_validate({"id": "review", "name": "评审", "clause": "一", "tracks": [PANEL], **facts})


VOTE = Vote(id="vote", name="投票", clause="一")


def scored(number: str, *points: tuple[int, int], votes: int | None = None) -> Entry:
    evaluations = [
        Evaluated(f"评委{place}", {"work": Decimal(work), "skill": Decimal(skill)})
        for place, (work, skill) in enumerate(points, start=1)
    ]
    return Entry(number, {"panel": evaluations}, None if votes is None else {"台": votes})


def voted(**votes: int) -> list[Entry]:
    return [Entry(number, {}, {"台": count}) for number, count in votes.items()]


def places(ranking) -> dict[str, tuple[int | None, bool | None]]:
    return {line.number: (line.place, line.goes_on) for line in ranking.lines}


def test_ranking_of_totals_with_those_who_are_level_on_one_place():
    ranking = rank(
        rules_of(review(), None, left=None),
        [scored("d", (1, 1)), scored("b", (9, 9)), scored("a", (9, 9)), scored("c", (8, 9))],
    )
    assert places(ranking) == {"a": (1, None), "b": (1, None), "c": (3, None), "d": (4, None)}
    assert ranking.line("a").level == ("b",)


def test_blend_of_votes_and_points_by_the_percent_that_was_ruled():
    rules = rules_of(review(vote_percent=50), VOTE, left=None)
    ranking = rank(rules, [scored("a", (30, 50), votes=100), scored("b", (30, 60), votes=50)])
    assert {line.number: line.total for line in ranking.lines} == {"a": 90, "b": 70}


def test_weights_of_tracks_and_the_part_of_the_vote_make_up_the_whole():
    tracks = [{**PANEL, "weight_percent": 75}, {**VISIT, "weight_percent": 25}]
    rules = rules_of(review(tracks=tracks, vote_percent=20), VOTE, left=None)
    assert [weight for _, weight in rules.tracks] == [Fraction(3, 5), Fraction(1, 5)]
    entry = Entry(
        "a",
        {
            "panel": [Evaluated("甲", {"work": Decimal(20), "skill": Decimal(60)})],
            "visit": [Evaluated("乙", {"work": Decimal(5)})],
        },
        {"台": 7},
    )
    assert rank(rules, [entry]).line("a").total == 80 * Fraction(3, 5) + 50 * Fraction(1, 5) + 20


def test_vote_beside_an_evaluation_at_one_stage():
    tracks = [
        {"id": "public", "name": "投票", "clause": "一", "evaluation": "vote", "weight_percent": 40},
        {**PANEL, "weight_percent": 60},
    ]
    stage = Vote.model_validate({"id": "vote", "name": "投票", "clause": "一", "tracks": tracks})
    ranking = rank(rules_of(stage, stage, left=1), [scored("a", (30, 70), votes=50), scored("b", (30, 60), votes=100)])
    assert {line.number: line.total for line in ranking.lines} == {"a": 80, "b": 94}
    assert ranking.going_on == ("b",)


def test_what_only_opinions_were_given_on_leaves_its_part_to_the_others():
    stage = review(
        tracks=[{"id": "materials", "name": "材料", "clause": "一"}, {"id": "visit", "name": "考察", "clause": "一"}]
    )
    entries = [
        Entry(
            number,
            {"materials": [Evaluated("甲", {REPORTED: Decimal(points)})], "visit": [Evaluated("乙", {}, "属实")]},
        )
        for number, points in (("a", 80), ("b", 90))
    ]
    ranking = rank(rules_of(stage, None, left=None), entries)
    assert [(line.number, line.total) for line in ranking.lines] == [("b", 90), ("a", 80)]
    assert "【考察】只提意见，不计分" in [words.zh for words in explain(ranking.lines[0], ranking)]


def test_nobody_is_ranked_before_all_that_counts_is_there():
    rules = rules_of(review(vote_percent=50), VOTE, left=1)
    ranking = rank(rules, [scored("a", (1, 1), votes=1), scored("b", (1, 1)), Entry("c", {}, {"台": 3})])
    assert places(ranking) == {"a": (1, True), "b": (None, None), "c": (None, None)}
    assert [[one.zh for one in line.missing] for line in ranking.incomplete] == [
        ["没有导入票数"],
        ["评审已有 0 人评分，须有 1 人"],
    ]


# ── ties ──────────────────────────────────────────────────────────────────────────────────────────

LEVEL = voted(a=9, b=5, c=5, d=5, e=1)


@pytest.mark.parametrize(
    ("ties", "going", "open_ties"),
    [
        (Ties.ADMIT, ("a", "b", "c", "d"), ()),
        (Ties.DROP, ("a",), ()),
        (Ties.PANEL, ("a",), (("b", "c", "d"),)),
        (Ties.REVOTE, ("a",), (("b", "c", "d"),)),
    ],
)
def test_Z23_ties_at_the_cut_end_as_the_program_says(ties, going, open_ties):
    rules = replace(rules_of(VOTE, VOTE, left=2), ties=ties)
    ranking = rank(rules, LEVEL)
    assert (ranking.going_on, ranking.open_ties) == (going, open_ties)


def test_Z23_ties_elsewhere_than_at_the_cut_are_nobody_s_business():
    rules = replace(rules_of(VOTE, VOTE, left=4), ties=Ties.PANEL)
    assert rank(rules, LEVEL).open_ties == ()


def test_second_vote_tells_apart_and_a_third_those_who_are_level_again():
    rules = replace(rules_of(VOTE, VOTE, left=2), ties=Ties.REVOTE)
    second = Resolution(Way.REVOTE, {"b": 3, "c": 3, "d": 1}, "第二轮")
    assert rank(rules, LEVEL, [second]).open_ties == (("b", "c"),)
    ranking = rank(rules, LEVEL, [second, Resolution(Way.REVOTE, {"b": 1, "c": 2}, "第三轮")])
    assert places(ranking) == {"a": (1, True), "c": (2, True), "b": (3, False), "d": (4, False), "e": (5, False)}
    assert [words.zh for words in ranking.line("c").told_apart] == ["再次投票：第二轮，3", "再次投票：第三轮，2"]


@pytest.mark.parametrize(
    "named", [{"b": 2, "c": 1}, {"b": 3, "c": 2, "d": 1, "e": 0}, {"a": 1, "b": 2, "c": 3, "d": 4}]
)
def test_what_was_found_on_others_than_those_who_are_level_tells_nobody_apart(named):
    rules = replace(rules_of(VOTE, VOTE, left=2), ties=Ties.PANEL)
    assert rank(rules, LEVEL, [Resolution(Way.PANEL, named)]).open_ties == (("b", "c", "d"),)


def test_later_finding_on_the_same_nominees_counts():
    rules = replace(rules_of(VOTE, VOTE, left=2), ties=Ties.PANEL)
    found = [Resolution(Way.PANEL, {"b": 3, "c": 2, "d": 1}), Resolution(Way.PANEL, {"b": 1, "c": 2, "d": 3})]
    assert rank(rules, LEVEL, found).going_on == ("a", "d")


def test_declared_tie_break_compares_in_turn():
    stage = review(ties="tie-break", tie_break=["panel.skill", "votes"], keep=1)
    entries = [scored("a", (20, 50), votes=1), scored("b", (10, 60), votes=1), scored("c", (10, 60), votes=2)]
    ranking = rank(rules_of(stage, VOTE, left=1), entries)
    assert places(ranking) == {"c": (1, True), "b": (2, False), "a": (3, False)}
    assert [words.zh for words in ranking.line("b").told_apart] == ["比较 panel.skill，60", "比较 votes，1"]


def test_rounding_that_was_declared_makes_level_and_none_is_not():
    entries = [
        Entry(n, {"panel": [Evaluated("甲", {REPORTED: Decimal(p)})]}) for n, p in (("a", "88.004"), ("b", "88.001"))
    ]
    stage = review(tracks=[{"id": "panel", "name": "评审", "clause": "一"}])
    assert places(rank(rules_of(stage, None, left=None), entries)) == {"a": (1, None), "b": (2, None)}
    rounded = stage.model_copy(update={"digits": 2})
    assert places(rank(rules_of(rounded, None, left=None), entries)) == {"a": (1, None), "b": (1, None)}


def test_explanation_names_every_step():
    stage = review(
        tracks=[{**PANEL, "scoring": {"method": "trimmed", "at_least": 3, "digits": 2}}],
        vote_percent=50,
        digits=1,
        keep=1,
    )
    entries = [
        Entry("a", {"panel": [
            Evaluated("王一", {"work": Decimal(20), "skill": Decimal(60)}, "业绩突出"),
            Evaluated("李二", {"work": Decimal(25), "skill": Decimal(60)}),
            Evaluated("赵三", {"work": Decimal(10), "skill": Decimal(10)}),
        ]}, {"台": 30}),
    ]  # fmt: skip
    ranking = rank(rules_of(stage, VOTE, left=1), entries)
    assert [words.zh for words in explain(ranking.lines[0], ranking)] == [
        "【评审】占 50%",
        "　李二：业绩 25/30、技能 60/70，计 85（去掉）",
        "　王一：业绩 20/30、技能 60/70，计 80；意见：业绩突出",
        "　赵三：业绩 10/30、技能 10/70，计 20（去掉）",
        "　去掉最高、最低后平均：80",
        "得分 80（四舍五入到 2 位小数）",
        "【投票】占 50%",
        "　台：30 票",
        "合计 30，以 30 为 100 分，折合 100",
        "总分 80×50% + 100×50% = 90（四舍五入到 1 位小数）",
        "第 1 名，入围（取前 1 名）",
    ]


# ── invariants ────────────────────────────────────────────────────────────────────────────────────

EVALUATIONS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 70)), min_size=3, max_size=6)
ENTRIES = st.lists(st.tuples(EVALUATIONS, st.integers(0, 500)), min_size=1, max_size=6).map(
    lambda many: [scored(f"n{place}", *points, votes=votes) for place, (points, votes) in enumerate(many)]
)
SCORING = st.sampled_from(
    [
        {},
        {"digits": 0},
        {"method": "median", "digits": 1},
        {"method": "trimmed", "at_least": 3},
        {"method": "trimmed", "at_least": 3, "digits": 2},
    ]
)
RULES = st.builds(
    lambda scoring, percent, digits, left: rules_of(
        review(tracks=[{**PANEL, "scoring": scoring}], vote_percent=percent, digits=digits), VOTE, left=left
    ),
    SCORING,
    st.sampled_from([0, 30, 50]),
    st.sampled_from([None, 0, 2]),
    st.sampled_from([None, 1, 3]),
)


@given(rules=RULES, entries=ENTRIES, data=st.data())
def test_ranking_is_the_same_in_whatever_order_its_inputs_come(rules, entries, data):
    shuffled = [
        entry._replace(
            evaluations={track: data.draw(st.permutations(some)) for track, some in entry.evaluations.items()}
        )
        for entry in data.draw(st.permutations(entries))
    ]
    assert rank(rules, shuffled).lines == rank(rules, entries).lines


@given(rules=RULES, entries=ENTRIES, data=st.data())
def test_more_points_never_put_anybody_further_back(rules, entries, data):
    whose = data.draw(st.sampled_from(entries))
    evaluations = list(whose.evaluations["panel"])
    at = data.draw(st.integers(0, len(evaluations) - 1))
    work = evaluations[at].points["work"]
    evaluations[at] = evaluations[at]._replace(
        points={**evaluations[at].points, "work": Decimal(data.draw(st.integers(int(work), 30)))}
    )
    better = whose._replace(evaluations={"panel": evaluations})
    before, after = rank(rules, entries), rank(rules, [better if one is whose else one for one in entries])
    assert after.line(whose.number).total >= before.line(whose.number).total
    assert after.line(whose.number).place <= before.line(whose.number).place


@given(rules=RULES, entries=ENTRIES)
def test_S27_explanation_computes_to_the_total(rules, entries):
    """Computed again from the JSON of the explanation alone, by other code than the product's."""
    ranking = rank(rules, entries)
    for line in map(json.loads, (json.dumps(line_json(one)) for one in ranking.lines)):
        parts = []
        for track in line["tracks"]:
            kept = []
            for mark in track["groups"][0]["marks"]:
                total = sum(map(Fraction, mark["points"].values()))
                assert total == Fraction(mark["total"])
                kept += [] if mark["left_out"] else [total]
            value = median(kept) if track["method"] == "median" else sum(kept) / len(kept)
            value = value if track["digits"] is None else half_up(Fraction(value), track["digits"])
            assert value == Fraction(track["value"])
            parts.append(value * Fraction(track["weight"]))
        vote = line["vote"]
        assert Fraction(vote["counted"]) == sum(one["votes"] for one in vote["platforms"])
        base = Fraction(vote["base"])
        value = Fraction(vote["counted"]) * 100 / base if base else Fraction(0)
        assert value == Fraction(vote["value"])
        total = sum(parts) + value * Fraction(vote["weight"])
        assert Fraction(line["total"]) == (total if rules.digits is None else half_up(total, rules.digits))


@given(rules=RULES, entries=ENTRIES)
def test_those_with_the_same_total_share_a_place_and_nobody_else_does(rules, entries):
    lines = rank(rules, entries).lines
    by_place: dict[int, set[Fraction]] = {}
    for line in lines:
        by_place.setdefault(line.place, set()).add(line.total)
    assert all(len(totals) == 1 for totals in by_place.values())
    assert len({line.total for line in lines}) == len(by_place)
    assert [line.place for line in lines] == [1 + sum(other.total > line.total for other in lines) for line in lines]


@given(rules=RULES, entries=ENTRIES)
def test_those_above_the_cut_are_no_worse_than_those_below_and_no_more_than_may_go_on(rules, entries):
    ranking = rank(rules, entries)
    above = [line.total for line in ranking.lines if line.goes_on]
    below = [line.total for line in ranking.lines if line.goes_on is False]
    assert not above or not below or min(above) > max(below)
    assert rules.left is None or len(above) <= rules.left


@settings(max_examples=200)
@given(st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**4))
def test_exact_text_is_read_back_as_the_same_number(value):
    assert Fraction(exact(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (100, "100"),
        (0, "0"),
        ("5/2", "2.5"),
        ("1/20", "0.05"),
        ("-1/8", "-0.125"),
        ("200/3", "200/3"),
        ("-1/6", "-1/6"),
    ],
)
def test_exact_text_is_a_decimal_where_one_says_it(value, text):
    assert exact(Fraction(value)) == text


# ── jumps ─────────────────────────────────────────────────────────────────────────────────────────

RULE = VOTE.jump.model_copy(update={"times": 10, "at_least": 500})


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ({"a": 110, "b": 120, "c": 130}, []),
        ({"a": 110, "b": 120, "c": 99}, ["c"]),
        ({"a": 110, "b": 120, "c": 800}, ["c"]),
        ({"a": 110, "b": 120, "c": 599}, []),
        ({"a": 900, "b": 900, "c": 900}, []),
        ({"a": 110, "b": 120, "new": 9000}, []),
    ],
    ids=["none", "fell", "far more than the others", "fewer than count", "all alike", "new"],
)
def test_J14_implausible_jumps_between_two_imports_are_found(after, found):
    before = dict.fromkeys(("a", "b", "c"), 100)
    assert [one.number for one in jumps(before, after, RULE)] == found


def test_track_without_evaluators_enough_to_trim_is_no_track():
    with pytest.raises(ValidationError) as refused:
        Track.model_validate({**PANEL, "scoring": {"method": "trimmed", "at_least": 2}})
    assert [fault.remedy.en for fault in faults_of(refused.value)] == [
        "write at_least = 3 or more, or a smaller `trim`"
    ]
