"""Dividing places by weighted figures: nothing is lost, nobody is rounded away, and equal claims are treated alike."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.allocation import largest_remainder, shares

FIGURES = {
    "甲区": {"人数": Fraction(500), "上年": Fraction(3)},
    "乙区": {"人数": Fraction(300), "上年": Fraction(1)},
    "丙区": {"人数": Fraction(200), "上年": Fraction(0)},
}


def test_shares_are_the_weighted_mean_of_the_shares_of_each_figure():
    found = shares(FIGURES, {"人数": Fraction(60), "上年": Fraction(40)})
    assert found == {"甲区": Fraction(3, 5), "乙区": Fraction(28, 100), "丙区": Fraction(12, 100)}


@pytest.mark.parametrize(
    ("total", "places"),
    [
        (10, {"甲区": 6, "乙区": 3, "丙区": 1}),
        (7, {"甲区": 4, "乙区": 2, "丙区": 1}),
        (1, {"甲区": 1, "乙区": 0, "丙区": 0}),
        (0, {"甲区": 0, "乙区": 0, "丙区": 0}),
    ],
)
def test_largest_remainders_get_what_is_left(total, places):
    assert largest_remainder(total, shares(FIGURES, {"人数": Fraction(60), "上年": Fraction(40)})) == places


@pytest.mark.parametrize(
    ("figures", "weights"),
    [
        (FIGURES, {}),
        (FIGURES, {"人数": Fraction(0)}),
        (FIGURES, {"人数": Fraction(2), "上年": Fraction(-1)}),
        ({"甲区": {"人数": Fraction(0)}}, {"人数": Fraction(1)}),
        ({"甲区": {"人数": Fraction(-1)}, "乙区": {"人数": Fraction(2)}}, {"人数": Fraction(1)}),
    ],
)
def test_what_cannot_be_divided_is_refused(figures, weights):
    with pytest.raises(ValueError, match=r"weights|figure"):
        shares(figures, weights)


@given(st.integers(0, 500), st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 1000), min_size=1))
def test_all_places_are_given_and_nobody_gets_more_or_less_than_the_next_whole_number(total, counts):
    if not any(counts.values()):
        return
    figures = {body: {"数": Fraction(count)} for body, count in counts.items()}
    parts = shares(figures, {"数": Fraction(1)})
    places = largest_remainder(total, parts)
    assert sum(parts.values()) == 1
    assert sum(places.values()) == total
    assert all(abs(places[body] - parts[body] * total) < 1 for body in counts)


@given(st.integers(0, 200), st.lists(st.integers(1, 50), min_size=2, max_size=8))
def test_who_has_more_never_gets_less(total, counts):
    figures = {str(place): {"数": Fraction(count)} for place, count in enumerate(counts)}
    places = largest_remainder(total, shares(figures, {"数": Fraction(1)}))
    for one, more in ((one, more) for one in figures for more in figures):
        if figures[more]["数"] > figures[one]["数"]:
            assert places[more] >= places[one]
