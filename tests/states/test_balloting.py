"""Ballots of a committee: every threshold and denominator, papers, places, ties, and that no order of papers counts."""

from fractions import Fraction
from itertools import chain, combinations, combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.ballots import Ballot, Quorum, Share
from programs.words import Words
from states.balloting import (
    Attendance,
    Count,
    Mark,
    Slot,
    Tie,
    count_votes,
    outcome,
    polled,
)
from states.papers import Papers, counted_papers, marks_on

MORE_THAN_HALF, TWO_THIRDS = Share(more_than="1/2"), Share(at_least="2/3")
YES, NO, ABSTAIN = Mark.YES, Mark.NO, Mark.ABSTAIN


def ballot(**fields):
    return Ballot.model_validate(
        {"clause": "四", "secret": True, "threshold": {"more_than": "1/2"}, "of": "attending", **fields}
    )


def people(count):
    return frozenset(f"评委{place}" for place in range(count))


def attending(members, present=None, **recused):
    everybody = sorted(people(members))
    return Attendance(
        people(members),
        frozenset(everybody[: members if present is None else present]),
        {number: frozenset(everybody[:count]) for number, count in recused.items()},
    )


@pytest.mark.parametrize(
    ("share", "of", "least"),
    [
        (MORE_THAN_HALF, 7, 4),
        (MORE_THAN_HALF, 8, 5),
        (MORE_THAN_HALF, 1, 1),
        (TWO_THIRDS, 9, 6),
        (TWO_THIRDS, 10, 7),
        (TWO_THIRDS, 11, 8),
        (Share(more_than="2/3"), 9, 7),
        (Share(at_least="1/2"), 7, 4),
        (Share(at_least="1/2"), 8, 4),
        (Share(at_least="4/5"), 5, 4),
        (Share(at_least="1/1"), 6, 6),
    ],
)
def test_share_is_met_from_exactly_so_many_on(share, of, least):
    assert [some for some in range(of + 1) if share.is_met(some, of)] == list(range(least, of + 1))


def test_nothing_is_enough_of_nobody():
    assert not any(share.is_met(0, 0) for share in (MORE_THAN_HALF, TWO_THIRDS))


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 200), st.integers(1, 200))
def test_share_is_met_as_the_fractions_say(over, under, some, of):
    share = Share(at_least=f"{min(over, under)}/{max(over, under)}")
    assert share.is_met(some, of) == (Fraction(some, of) >= Fraction(min(over, under), max(over, under)))


def test_quorum_is_a_share_or_a_number_of_all_members():
    assert [Quorum(share=TWO_THIRDS).is_met(count, 9) for count in (5, 6)] == [False, True]
    assert [Quorum(count=5).is_met(count, 9) for count in (4, 5)] == [False, True]


#: Of ten members eight attend, one who attends is recused; five vote yes, one no, one abstains: what the share is of.
DENOMINATORS = {
    ("cast", "counted"): 7,
    ("cast", "left-out"): 6,
    ("attending", "counted"): 7,
    ("attending", "left-out"): 7,
    ("members", "counted"): 9,
    ("members", "left-out"): 9,
}


@pytest.mark.parametrize(("of", "abstentions"), DENOMINATORS)
def test_share_is_of_the_votes_those_who_attend_or_all_members(of, abstentions):
    rules = ballot(of=of, abstentions=abstentions)
    found = polled(rules, attending(10, 8, A=1), {"A": Count(5, 1, 1)})["A"]
    assert (found.of, found.voting) == (DENOMINATORS[of, abstentions], 7)


@pytest.mark.parametrize("of", ["cast", "attending", "members"])
def test_nobody_recused_and_nobody_absent_leaves_all_denominators_alike(of):
    assert polled(ballot(of=of), attending(9), {"A": Count(6, 2, 1)})["A"].of == 9


#: Rules, picks, what a paper says: the marks that it stands for, or what is wrong with it.
PAPERS = [
    ({}, None, {"A": YES, "B": NO}, {"A": YES, "B": NO, "C": ABSTAIN}),
    ({"abstentions": "none"}, None, {"A": YES, "B": NO}, "不得弃权，还没有表决：C"),
    ({}, None, {"Z": YES}, "Z 不在此人的表决名单上"),
    ({}, 2, {"A": YES}, {"A": YES, "B": NO, "C": NO}),
    ({}, 2, {"A": YES, "C": YES}, {"A": YES, "B": NO, "C": YES}),
    ({}, 2, {"A": YES, "B": YES, "C": YES}, "选了 3 名，应选 1 至 2 名"),
    ({"exactly": True}, 2, {"A": YES}, "选了 1 名，应正好选 2 名"),
    ({}, 2, {}, {"A": ABSTAIN, "B": ABSTAIN, "C": ABSTAIN}),
    ({"abstentions": "none"}, 2, {}, "选了 0 名，应选 1 至 2 名"),
    ({"exactly": True}, 9, dict.fromkeys("ABC", YES), dict.fromkeys("ABC", YES)),
]


@pytest.mark.parametrize(("rules", "picks", "paper", "expected"), PAPERS)
def test_paper_says_something_of_everybody_or_is_refused(rules, picks, paper, expected):
    found = marks_on(ballot(picks=picks, **rules), picks, "ABC", paper)
    assert (found.zh if isinstance(found, Words) else found) == expected


TOO_MANY = ["B 得 10 票，而至多 9 票", "9 张有效票合计 19 票，应在 9—18 票之间"]
TOO_FEW = ["9 张有效票合计 17 票，应在 18—18 票之间"]
FEWER = ["5 张有效票合计 10 票，应在 5—9 票之间"]
NOBODY_LEFT = ["5 张有效票，而到会且可投票的 4 人"]
#: Rules, papers, who attends, what was counted: everything that is wrong with it.
COUNTS = [
    ({}, Papers(9), attending(9), {"A": (6, 2, 1)}, []),
    ({}, Papers(8, 1), attending(9), {"A": (6, 1, 0)}, []),
    ({}, Papers(10), attending(9), {"A": (6, 2, 2)}, ["收回 10 张，而到会 9 人"]),
    ({}, Papers(9, 10), attending(9), {"A": (0, 0, 0)}, ["无效票和空白票多于收回的票"]),
    ({}, Papers(9), attending(9), {"A": (6, 2, 0)}, ["A 合计 8 票，应为 9 票"]),
    ({}, Papers(9, 0, 1), attending(9), {"A": (6, 2, 0)}, ["逐人表决的票不另计空白，请记为弃权"]),
    ({}, Papers(9), attending(9, A=2), {"A": (6, 1, 0)}, []),
    ({}, Papers(9), attending(9, A=2), {"A": (6, 2, 0)}, ["A 合计 8 票，应为 7 票"]),
    ({}, Papers(9, 1), attending(9, A=2), {"A": (6, 2, 0)}, ["A 合计 8 票，应为 6—7 票"]),
    ({"abstentions": "none"}, Papers(9), attending(9), {"A": (6, 2, 1)}, ["A 有弃权，而不得弃权"]),
    ({"picks": 1}, Papers(9, 0, 1), attending(9), {"A": (5,), "B": (3,)}, []),
    ({"picks": 1}, Papers(9), attending(9), {"A": (5,), "B": (5,)}, ["9 张有效票合计 10 票，应在 9—9 票之间"]),
    ({"picks": 2}, Papers(9), attending(9), {"A": (9,), "B": (10,)}, TOO_MANY),
    ({"picks": 2, "exactly": True}, Papers(9), attending(9), {"A": (9,), "B": (8,)}, TOO_FEW),
    ({"picks": 2, "exactly": True}, Papers(5), attending(5, A=1), {"A": (4,), "B": (5,)}, []),
    ({"picks": 2, "exactly": True}, Papers(5), attending(5, A=1), {"A": (4,), "B": (5,), "C": (1,)}, []),
    ({"picks": 2, "exactly": True}, Papers(5, 0, 1), attending(5, A=1), {"A": (4,), "B": (4,)}, []),
    ({"picks": 2}, Papers(5), attending(5, A=1), {"A": (4,), "B": (6,)}, ["B 得 6 票，而至多 5 票", *FEWER]),
    ({"picks": 2}, Papers(5), attending(5, A=1, B=1), {"A": (4,), "B": (4,)}, NOBODY_LEFT),
    ({"picks": 1, "abstentions": "none"}, Papers(9, 0, 1), attending(9), {"A": (8,)}, ["不得弃权，空白票请计为无效"]),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "papers", "attendance", "count", "wrong"), COUNTS)
def test_count_that_cannot_be_right_is_told(rules, papers, attendance, count, wrong):
    found = counted_papers(ballot(**rules), rules.get("picks"), attendance, papers, count)
    assert ([words.zh for words in found] if isinstance(found, list) else []) == wrong


def subsets(numbers):
    return list(chain.from_iterable(combinations(numbers, size) for size in range(len(numbers) + 1)))


def countable(rules, picks, over, recusals):
    """All that papers of members can come to: (how many pick somebody, how often each nominee is picked)."""
    found = {(0, (0,) * len(over))}
    for recused in recusals:
        free = [number for number in over if number not in recused]
        valid = [
            picked
            for picked in subsets(free)
            if picked and not isinstance(marks_on(rules, picks, free, dict.fromkeys(picked, YES)), Words)
        ]
        # Whose paper is blank, invalid or missing picks nobody.
        found |= {
            (marked + 1, tuple(votes + (number in picked) for number, votes in zip(over, each, strict=True)))
            for marked, each in found
            for picked in valid
        }
    return found


def taken(rules, picks, over, recusals):
    """All counts that are taken from tellers where members are so recused, written as above."""
    members = sorted(people(len(recusals)))
    barred = {
        number: frozenset(member for member, some in zip(members, recusals, strict=True) if number in some)
        for number in over
    }
    attendance = Attendance(frozenset(members), frozenset(members), barred)
    found = set()
    for marked in range(len(members) + 1):
        for each in product(range(marked + 1), repeat=len(over)):
            count = {number: (votes,) for number, votes in zip(over, each, strict=True)}
            papers = Papers(len(members), 0, len(members) - marked)
            if isinstance(counted_papers(rules, picks, attendance, papers, count), dict):
                found.add((marked, each))
    return found


def totals(counts):
    """The least and the most votes of all together, by how many papers pick somebody."""
    found = {}
    for marked, total in sorted((marked, sum(each)) for marked, each in counts):
        found[marked] = (found.get(marked, (total,))[0], total)
    return found


@pytest.mark.parametrize("exactly", [True, False])
@pytest.mark.parametrize("picks", [1, 2, 3])
@pytest.mark.parametrize("over", ["AB", "ABC"])
def test_every_count_that_papers_can_give_is_taken_whoever_is_recused(over, picks, exactly):
    rules = ballot(picks=picks, exactly=exactly)
    for recusals in combinations_with_replacement(subsets(over), 3):
        real, accepted = countable(rules, picks, over, recusals), taken(rules, picks, over, recusals)
        assert real <= accepted, recusals
        # More is not proven where members may pick different people; but no sum beyond what papers can have is taken.
        assert totals(real) == totals(accepted), recusals
        assert any(recusals) or real == accepted


def test_vote_of_whoever_is_recused_or_absent_is_not_counted():
    attendance = attending(4, 3, A=1)
    votes = {f"评委{place}": {"A": YES, "B": NO} for place in range(4)}
    assert count_votes("AB", attendance, votes) == {"A": Count(2, 0, 0), "B": Count(0, 3, 0)}


def held(rules, slots, *rounds, members=9, order=None):
    """What rounds of yes votes by number come to: the chosen, who is level for how many places, and what is told."""
    attendance = attending(members)
    counted = [
        polled(rules, attendance, {number: Count(yes, members - yes, 0) for number, yes in one.items()})
        for one in rounds
    ]
    everybody = frozenset(rounds[0])
    places = [Slot(grade, left, everybody, rules.threshold_of(grade)) for grade, left in slots]
    return outcome(rules, places, counted, order)


TWO_GRADES = [("first", 1), ("second", 2)]


def test_grades_are_filled_from_the_highest_by_those_who_reach_its_share():
    rules = ballot(grades=[{"grade": "first", "threshold": {"at_least": "2/3"}}])
    level = held(rules, TWO_GRADES, {"A": 5, "B": 6, "C": 7, "D": 4, "E": 5})
    assert (level.chosen, level.tie) == ({}, Tie("second", ("A", "E"), 1))
    assert held(rules, TWO_GRADES, {"A": 5, "B": 6, "C": 7, "D": 4}).chosen == {
        "C": "first", "B": "second", "A": "second",
    }  # fmt: skip
    assert held(rules, TWO_GRADES, {"A": 5, "B": 5, "C": 4}).chosen == {"A": "second", "B": "second"}


def test_places_without_a_limit_go_to_all_who_reach_the_share():
    assert held(ballot(), [(None, None)], {"A": 5, "B": 4, "C": 9}).chosen == {"A": None, "C": None}


#: How ties are dealt with, the rounds: who is chosen, and who is level still.
TIES = [
    ({}, [{"A": 7, "B": 6, "C": 6}], {}, ("B", "C")),
    ({}, [{"A": 7, "B": 6, "C": 6}, {"B": 4, "C": 5}], {"A": None, "C": None}, None),
    ({}, [{"A": 7, "B": 6, "C": 6}, {"B": 5, "C": 5}], {"A": None}, None),
    ({"revotes": 2}, [{"A": 7, "B": 6, "C": 6}, {"B": 5, "C": 5}], {}, ("B", "C")),
    ({"revotes": 2}, [{"A": 7, "B": 6, "C": 6}, {"B": 5, "C": 5}, {"B": 6, "C": 3}], {"A": None, "B": None}, None),
    ({"ties": "leave-empty"}, [{"A": 7, "B": 6, "C": 6}], {"A": None}, None),
    ({"ties": "leave-empty"}, [{"A": 6, "B": 6, "C": 6}], {}, None),
    ({"ties": "ranking", "ranking": "review"}, [{"A": 7, "B": 6, "C": 6}], {"A": None, "C": None}, None),
    ({}, [{"A": 6, "B": 6, "C": 5}], {"A": None, "B": None}, None),
    ({}, [{"A": 6, "B": 6, "C": 4}], {"A": None, "B": None}, None),
]


@pytest.mark.parametrize(("rules", "rounds", "chosen", "level"), TIES)
def test_those_who_are_level_at_the_last_places_are_told_apart_as_the_program_says(rules, rounds, chosen, level):
    found = held(ballot(**rules), [(None, 2)], *rounds, order={"C": 1, "B": 2})
    assert (found.chosen, found.tie and found.tie.level) == (chosen, level)
    assert found.tie is None or found.tie.places == 1


def test_revote_of_more_than_there_are_places_for_fills_them_and_leaves_the_last_to_another():
    rules = ballot(revotes=2)
    found = held(rules, [(None, 2)], {"A": 6, "B": 6, "C": 6}, {"A": 7, "B": 5, "C": 5})
    assert (found.tie.level, found.tie.places) == (("B", "C"), 1)
    again = held(rules, [(None, 2)], {"A": 6, "B": 6, "C": 6}, {"A": 7, "B": 5, "C": 5}, {"B": 3, "C": 6})
    assert again.chosen == {"A": None, "C": None}


def test_who_is_recused_from_is_compared_by_share_where_the_program_says_so():
    counts = {"A": Count(6, 1, 0), "B": Count(7, 2, 0)}
    for ranked_by, expected in (("votes", {"B": None}), ("share", {"A": None})):
        rules = ballot(ranked_by=ranked_by)
        round_ = polled(rules, attending(9, A=2), counts)
        slot = Slot(None, 1, frozenset("AB"), rules.threshold)
        assert outcome(rules, [slot], [round_]).chosen == expected


def test_outcome_explains_itself():
    found = held(ballot(), [(None, 1)], {"A": 6, "B": 6, "C": 4}, {"A": 5, "B": 4})
    assert {line.number: [words.zh for words in line.told] for line in found.lines} == {
        "A": ["赞成 6，应计 9，达到过半数", "并列，再次投票得 5 票"],
        "B": ["赞成 6，应计 9，达到过半数", "并列，再次投票得 4 票"],
        "C": ["赞成 4，应计 9，未达到过半数"],
    }


NUMBERS = "ABCDE"


@st.composite
def papers(draw):
    """Papers of nine members on five nominees, in some order and in another."""
    votes = draw(
        st.lists(
            st.fixed_dictionaries({number: st.sampled_from(list(Mark)) for number in NUMBERS}), min_size=3, max_size=9
        )
    )
    return votes, draw(st.permutations(votes)), draw(st.permutations(NUMBERS))


@given(papers(), st.sampled_from(["cast", "attending", "members"]), st.integers(1, 4))
def test_no_outcome_depends_on_the_order_of_papers_or_nominees(drawn, of, places):
    votes, shuffled, numbers = drawn
    rules = ballot(of=of)
    attendance = Attendance(people(9), frozenset(sorted(people(9))[: len(votes)]))
    found = []
    for some, order in ((votes, NUMBERS), (shuffled, numbers)):
        named = {f"评委{place}": paper for place, paper in enumerate(some)}
        round_ = polled(rules, attendance, count_votes(order, attendance, named))
        found.append(outcome(rules, [Slot(None, places, frozenset(order), rules.threshold)], [round_]))
    assert found[0] == found[1]


@given(papers())
def test_tellers_count_is_taken_exactly_where_it_is_that_of_the_papers(drawn):
    votes, _, _ = drawn
    attendance = Attendance(people(9), frozenset(sorted(people(9))[: len(votes)]))
    true = {number: [sum(vote[number] is mark for vote in votes) for mark in Mark] for number in NUMBERS}
    counted = counted_papers(ballot(), None, attendance, Papers(len(votes)), true)
    assert counted == {number: Count(*counts) for number, counts in true.items()}
    wrong = counted_papers(
        ballot(), None, attendance, Papers(len(votes)), true | {"A": [true["A"][0] + 1, *true["A"][1:]]}
    )
    assert isinstance(wrong, list)


@given(papers(), st.integers(1, 5))
def test_nobody_is_chosen_beyond_the_places_or_short_of_the_share(drawn, places):
    votes, _, _ = drawn
    rules = ballot()
    attendance = Attendance(people(9), frozenset(sorted(people(9))[: len(votes)]))
    named = {f"评委{place}": paper for place, paper in enumerate(votes)}
    round_ = polled(rules, attendance, count_votes(NUMBERS, attendance, named))
    found = outcome(rules, [Slot(None, places, frozenset(NUMBERS), rules.threshold)], [round_])
    assert len(found.chosen) <= places
    assert all(2 * round_[number].count.yes > len(votes) for number in found.chosen)
    if found.tie:
        assert len({round_[number].count.yes for number in found.tie.level}) == 1
        assert len(found.tie.level) > found.tie.places > 0
