"""From what evaluators gave and the public voted to the value of a track or a vote: exact, with every step kept.

All arithmetic is on fractions, so nothing is lost between the steps; rounding is half up, and only where the program
says so. Values of tracks lie on a scale of 100 where their criteria are scored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from programs.evaluations import WHOLE, Group, Track
from programs.stages import Vote
from programs.words import Words

#: What one report says where a track has no criteria.
REPORTED = "points"

_FULL = Fraction(WHOLE)
_NOTHING = Fraction(0)
_ALL = Fraction(1)

#: A numerator and a denominator, not reduced.
_Ratio = tuple[int, int]


class Evaluated(NamedTuple):
    """What one evaluator found on one nominee in one track: points by criterion, under `REPORTED` where it has none."""

    evaluator: str
    points: Mapping[str, Decimal]
    opinion: str = ""
    group: str | None = None


#: A group of a track, if it has any, its part of the track, and what was found in it on one nominee.
_Part = tuple[Group | None, Fraction, Sequence[Evaluated]]


@dataclass(frozen=True, slots=True)
class Mark:
    """One evaluator's total on the scale of 100; `left_out` where a trimmed mean leaves it out."""

    evaluated: Evaluated
    total: Fraction
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class GroupValue:
    """The result of one group of evaluators, or of all where a track has no groups; none where too few have scored."""

    id: str | None
    name: str | None
    weight: Fraction
    marks: tuple[Mark, ...]
    value: Fraction | None


class TrackValue(NamedTuple):
    """The result of a track for one nominee: `weight` is its part of the whole, 0 to 1; `missing` says what is out.

    `evaluations` are in the order of their evaluators; `is_scored` is false where the track gives nobody points. The
    steps to the result are worked out when they are told: thousands are ranked of whom some are looked at.
    """

    track: Track
    weight: Fraction
    evaluations: tuple[Evaluated, ...]
    value: Fraction | None
    missing: Words | None = None
    is_scored: bool = True

    @property
    def groups(self) -> tuple[GroupValue, ...]:
        """The result of each group of evaluators, of all where the track has no groups, with every mark."""
        if not self.is_scored:
            marks = tuple(Mark(one, _NOTHING, left_out=True) for one in self.evaluations)
            return (GroupValue(None, None, _ALL, marks, None),)
        return tuple(_told(self.track, *part) for part in _parts(self.track, self.evaluations))

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Every evaluator's mark, group by group."""
        return tuple(mark for group in self.groups for mark in group.marks)


@dataclass(frozen=True, slots=True)
class PlatformVotes:
    """What one platform counted for a nominee, of `all_votes` for all who are ranked; no `weight` where added up."""

    platform: str
    votes: int
    all_votes: int
    weight: Fraction | None


@dataclass(frozen=True, slots=True)
class VoteValue:
    """The votes for one nominee: `counted` is their sum, or the weighted shares in percent, `value` what is ranked by.

    `base` is what `counted` is set against to become points: the most of all, or all together; none where votes are
    ranked as they are.
    """

    weight: Fraction
    platforms: tuple[PlatformVotes, ...]
    counted: Fraction
    base: Fraction | None
    value: Fraction


def half_up(value: Fraction, digits: int) -> Fraction:
    """Return a value of 0 or more rounded half up to so many decimal places."""
    scale, denominator = 10**digits, value.denominator
    if scale % denominator == 0:
        return value
    return Fraction((2 * value.numerator * scale + denominator) // (2 * denominator), scale)


def sum_of(values: Iterable[Fraction]) -> Fraction:
    """Return the sum, 0 of none."""
    known = list(values)
    return known[0] if len(known) == 1 else sum(known, _NOTHING)


def weighed(weight: Fraction, value: Fraction) -> Fraction:
    """Return a value's part of the whole."""
    return value if weight == 1 else weight * value


def rounded(value: Fraction, digits: int | None) -> Fraction:
    """Return the value as the program has it rounded: not at all where it does not say."""
    return value if digits is None else half_up(value, digits)


def total_of(track: Track, points: Mapping[str, Decimal]) -> Fraction:
    """Return one evaluator's points on a scale of 100, by the weights of the criteria or by their full marks.

    A report on a track without criteria is on that scale already.
    """
    return Fraction(*_points_of(track, (points,)))


def _points_of(track: Track, given: Iterable[Mapping[str, Decimal]]) -> _Ratio:
    """Return all points together on a scale of 100, of one evaluator or of several; not reduced."""
    worth, parts = track.worth if track.criteria else ({REPORTED: 1}, 1)
    numerator, denominator = 0, 1
    for points in given:
        for criterion, times in worth.items():
            over, under = points[criterion].as_integer_ratio()
            if under == denominator:
                numerator += over * times
            else:
                numerator, denominator = numerator * under + over * times * denominator, denominator * under
    return numerator, denominator * parts


def value_of(track: Track, weight: Fraction, evaluations: Sequence[Evaluated]) -> TrackValue:
    """Return a track's result for one nominee, from evaluations in any order."""
    ordered = _ordered(evaluations)
    if not track.groups:
        return _whole(track, weight, ordered)
    parts = _parts(track, ordered)
    values = [_result(track, some) for _, _, some in parts]
    known = [weighed(part, value) for (_, part, _), value in zip(parts, values, strict=True) if value is not None]
    if len(known) < len(values):
        short = [part for part, value in zip(parts, values, strict=True) if value is None]
        return TrackValue(track, weight, ordered, None, _missing(track, short))
    return TrackValue(track, weight, ordered, rounded(sum_of(known), track.scoring.digits))


def _whole(track: Track, weight: Fraction, ordered: tuple[Evaluated, ...]) -> TrackValue:
    """Return the result of a track without groups, as nearly all are."""
    value = _result(track, ordered)
    if value is None:
        return TrackValue(track, weight, ordered, None, _missing(track, [(None, _ALL, ordered)]))
    return TrackValue(track, weight, ordered, rounded(value, track.scoring.digits))


def opinion_on(track: Track, evaluations: Sequence[Evaluated]) -> TrackValue:
    """Return what a track found that gives nobody points: opinions, which count nothing, and must all be there."""
    missing = None if evaluations else Words("{track}没有评议", "{track} was not reported on").format(track=track.name)
    return TrackValue(track, _NOTHING, _ordered(evaluations), _NOTHING, missing, is_scored=False)


def _ordered(evaluations: Sequence[Evaluated]) -> tuple[Evaluated, ...]:
    return tuple(sorted(evaluations, key=attrgetter("evaluator")))


def _parts(track: Track, evaluations: Sequence[Evaluated]) -> list[_Part]:
    """Return the groups of a track, each with its part and what it evaluated; all as one where there are no groups."""
    if not track.groups:
        return [(None, _ALL, evaluations)]
    return [
        (
            group,
            Fraction(1, len(track.groups)) if group.weight_percent is None else Fraction(group.weight_percent, WHOLE),
            [one for one in evaluations if one.group == group.id],
        )
        for group in track.groups
    ]


def _result(track: Track, evaluations: Sequence[Evaluated]) -> Fraction | None:
    """Return the result of one group, none where too few have scored."""
    scoring = track.scoring
    given = [one.points for one in evaluations if one.points]
    if len(given) < _least(track):
        return None
    if scoring.method == "mean":
        numerator, denominator = _points_of(track, given)
        return Fraction(numerator, denominator * len(given))
    totals = sorted(total_of(track, points) for points in given)
    if scoring.method == "median":
        return median(totals)
    kept = totals[scoring.trim : len(totals) - scoring.trim]
    return sum_of(kept) / len(kept)


def _least(track: Track) -> int:
    return track.scoring.at_least if track.criteria else 1


def _told(track: Track, group: Group | None, weight: Fraction, evaluations: Sequence[Evaluated]) -> GroupValue:
    marks = [Mark(one, total_of(track, one.points)) for one in evaluations if one.points]
    value = _result(track, evaluations)
    if value is None:
        marks += [Mark(one, _NOTHING, left_out=True) for one in evaluations if not one.points]
    elif track.scoring.method == "trimmed":
        in_order = sorted(marks, key=lambda mark: (mark.total, mark.evaluated.evaluator))
        kept = in_order[track.scoring.trim : len(in_order) - track.scoring.trim]
        marks = [mark if mark in kept else Mark(mark.evaluated, mark.total, left_out=True) for mark in marks]
    return GroupValue(group.id if group else None, group.name if group else None, weight, tuple(marks), value)


def _missing(track: Track, short: Sequence[_Part]) -> Words:
    if not track.criteria:
        return Words("{track}没有得分", "{track} has no points").format(track=track.name)
    scored = ((group.name if group else track.name, len(evaluations)) for group, _, evaluations in short)
    return _too_few(tuple(scored), track.scoring.at_least)


@lru_cache(maxsize=1024)
def _too_few(scored: tuple[tuple[str, int], ...], least: int) -> Words:
    """Say who has scored too little: to hundreds of nominees the same few sentences."""
    each = [
        Words("{name}已有 {count} 人评分", "{count} of {name} have scored").format(name=name, count=count)
        for name, count in scored
    ]
    return Words("{told}，须有 {least} 人", "{told}, {least} must").format(
        told=Words("、".join(one.zh for one in each), ", ".join(one.en for one in each)), least=least
    )


def counted_votes(vote: Vote, votes: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[PlatformVotes, ...]]:
    """Return what each platform counted for each nominee (nominee → platform → votes), in the program's order.

    Platforms that the program does not name follow in the order of their names.
    """
    known = {platform for own in votes.values() for platform in own}
    platforms = [*(one for one in vote.platforms if one in known), *sorted(known - set(vote.platforms))]
    whole = {one: sum(own.get(one, 0) for own in votes.values()) for one in platforms}
    weights = _platform_weights(vote, platforms)
    return {
        number: tuple(PlatformVotes(one, own.get(one, 0), whole[one], weights[one]) for one in platforms)
        for number, own in votes.items()
    }


def _platform_weights(vote: Vote, platforms: Sequence[str]) -> dict[str, Fraction | None]:
    if vote.counting == "weighted-platforms":
        given = dict(zip(vote.platforms, vote.weights, strict=True))
        return {one: Fraction(given.get(one, 0), WHOLE) for one in platforms}
    equal = Fraction(1, len(platforms)) if vote.counting == "equal-platforms" and platforms else None
    return dict.fromkeys(platforms, equal)


def counted(platforms: Sequence[PlatformVotes]) -> Fraction:
    """Return the sum of all votes, or of the shares of each platform in percent, weighed."""
    return sum_of(
        Fraction(one.votes)
        if one.weight is None
        else one.weight * _FULL * one.votes / one.all_votes
        if one.all_votes
        else _NOTHING
        for one in platforms
    )


def vote_values(
    vote: Vote, votes: Mapping[str, Mapping[str, int]], weight: Fraction, *, points: str | None
) -> dict[str, VoteValue]:
    """Return the value of the votes for each nominee: as points of 100 by `top` or `share`, or the votes themselves."""
    each = counted_votes(vote, votes)
    amounts = {number: counted(platforms) for number, platforms in each.items()}
    base = None
    if points:
        base = max(amounts.values(), default=Fraction(0)) if points == "top" else sum(amounts.values(), Fraction(0))
    return {
        number: VoteValue(weight, platforms, amounts[number], base, _in_points(amounts[number], base))
        for number, platforms in each.items()
    }


def _in_points(amount: Fraction, base: Fraction | None) -> Fraction:
    if base is None:
        return amount
    return amount * _FULL / base if base else Fraction(0)
