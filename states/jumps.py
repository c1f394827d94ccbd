"""Implausible jumps in the votes of a platform between two imports. They are shown, and change no count."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from programs.stages import Jump


@dataclass(frozen=True, slots=True)
class Jumped:
    """A nominee whose votes fell, or rose by far more than those of most others there."""

    number: str
    before: int
    after: int
    median: Fraction


def jumps(before: Mapping[str, int], after: Mapping[str, int], rule: Jump) -> tuple[Jumped, ...]:
    """Return who jumped between two imports of a platform, by their numbers; who was in one only is not compared."""
    both = sorted(before.keys() & after.keys())
    gains = {number: after[number] - before[number] for number in both}
    if not gains:
        return ()
    middle = Fraction(median(map(Fraction, gains.values())))
    usual = max(middle, Fraction(0)) * rule.times
    return tuple(
        Jumped(number, before[number], after[number], middle)
        for number in both
        if gains[number] < 0 or (gains[number] >= rule.at_least and gains[number] > usual)
    )
