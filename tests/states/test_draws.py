"""The draw of experts: the same for everybody who has the candidates and the seed, and as full as it can be."""

from collections import Counter
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states.draws import Urn, candidates_digest, draw, draw_order, next_in_line

ids = st.sets(st.integers(1, 6), max_size=4)


@st.composite
def urns(draw):
    """Up to three urns that may have candidates in common, in the order of a seed."""
    seed = draw(st.text(max_size=5))
    return [
        Urn(name, draw(st.integers(1, 2)), draw_order(draw(ids), seed, name))
        for name in ("a", "b", "c")[: draw(st.integers(1, 3))]
    ]


def fullest(urns: list[Urn]) -> int:
    """How many places any seating can fill, found by trying all of them."""
    places = [urn.order for urn in urns for _ in range(urn.size)]
    seatings = product(*[(*order, None) for order in places])
    return max(
        (
            len(taken)
            for seating in seatings
            if len(taken := [one for one in seating if one is not None]) == len(set(taken))
        ),
        default=0,
    )


def test_order_is_what_sha_256_makes_of_it():
    assert draw_order([3, 1, 2], "种子", "any") == (1, 2, 3)
    assert draw_order([3, 1, 2], "2026", "mechanics") == (1, 3, 2)
    assert draw_order(range(1, 8), "2026", "mechanics") == draw_order(reversed(range(1, 8)), "2026", "mechanics")


@pytest.mark.parametrize("other", [("种子2", "any"), ("种子", "mechanics")])
def test_order_differs_with_the_seed_and_with_the_urn(other):
    assert draw_order(range(100), "种子", "any") != draw_order(range(100), *other)


def test_every_order_of_three_comes_about_as_often():
    found = Counter(draw_order([1, 2, 3], str(seed), "any") for seed in range(6000))
    assert set(found) == set(permutations((1, 2, 3)))
    assert all(850 < count < 1150 for count in found.values())


def test_digest_tells_candidates_and_urns_apart_and_no_order():
    assert candidates_digest({"a": [2, 1], "b": [3]}) == candidates_digest({"b": [3], "a": [1, 2, 2]})
    several = [{"a": [1, 2]}, {"a": [1], "b": [2]}, {"a": [12]}, {"a": []}, {}]
    assert len({candidates_digest(one) for one in several}) == len(several)


def test_draw_seats_the_first_of_each_order():
    drawn = draw([Urn("a", 2, (5, 3, 9)), Urn("b", 1, (4, 2))])
    assert (drawn.seats, drawn.short) == ({"a": (5, 3), "b": (4,)}, {})


def test_candidate_of_two_urns_is_left_to_the_one_that_has_nobody_else():
    drawn = draw([Urn("a", 1, (7, 8)), Urn("b", 1, (7,))])
    assert (drawn.seats, drawn.short) == ({"a": (8,), "b": (7,)}, {})


def test_draw_says_how_many_are_wanting():
    drawn = draw([Urn("a", 3, (1,)), Urn("b", 1, ())])
    assert (drawn.seats, drawn.short) == ({"a": (1,), "b": ()}, {"a": 2, "b": 1})


@settings(deadline=None)
@given(urns())
def test_draw_fills_as_many_places_as_can_be_and_seats_nobody_twice(urns):
    drawn = draw(urns)
    seated = [one for some in drawn.seats.values() for one in some]
    assert len(seated) == len(set(seated)) == fullest(urns)
    assert {urn.id: urn.size - drawn.short.get(urn.id, 0) for urn in urns} == {
        urn: len(some) for urn, some in drawn.seats.items()
    }
    assert all(set(drawn.seats[urn.id]) <= set(urn.order) for urn in urns)


def test_next_in_line_passes_over_everybody_who_had_a_place():
    assert next_in_line((5, 3, 9), {5, 3}) == 9
    assert next_in_line((5, 3), {5, 3, 4}) is None
