"""Dividing a number of places among bodies by weighted figures: the largest remainder gets what is left over.

Everything is counted in fractions, so that no rounding decides who gets a place.
"""

from collections.abc import Mapping
from fractions import Fraction


def shares(figures: Mapping[str, Mapping[str, Fraction]], weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Return each body's share of the whole: the weighted mean of its shares of each figure; they add up to 1.

    `figures` are given by body and by the figure's name, `weights` by the figure's name. Raises `ValueError` for
    weights that come to nothing, for a figure that nobody has any of, and for a negative one.
    """
    whole = sum(weights.values(), Fraction(0))
    if whole <= 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("the weights come to nothing")
    if any(figure < 0 for own in figures.values() for figure in own.values()):
        raise ValueError("a figure is negative")
    totals = {name: sum((own[name] for own in figures.values()), Fraction(0)) for name in weights}
    if any(weights[name] and not total for name, total in totals.items()):
        raise ValueError("nobody has any of a figure")
    return {
        body: sum((weights[name] * own[name] / totals[name] for name in weights if weights[name]), Fraction(0)) / whole
        for body, own in figures.items()
    }


def largest_remainder(total: int, parts: Mapping[str, Fraction]) -> dict[str, int]:
    """Divide `total` places by shares that add up to 1 (Hamilton's method); equal remainders go by the order given."""
    exact = {body: share * total for body, share in parts.items()}
    given = {body: int(places) for body, places in exact.items()}
    left = total - sum(given.values())
    order = list(parts)
    by_remainder = sorted(order, key=lambda body: (-(exact[body] - given[body]), order.index(body)))
    for body in by_remainder[:left]:
        given[body] += 1
    return given
