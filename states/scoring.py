"""From what evaluators gave and the public voted to the value of a track or a vote: exact, with every step kept.

All arithmetic is on fractions, so nothing is lost between the steps; rounding is half up, and only where the program
says so. Values of tracks lie on a scale of 100 where their criteria are scored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from statistics import median

from programs.evaluations import WHOLE, Scoring, Track
from programs.stages import Vote
from programs.words import Words

#: What one report says where a track has no criteria.
REPORTED = "points"

_FULL = Fraction(WHOLE)
_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What one evaluator found on one nominee in one track: points by criterion, under `REPORTED` where it has none."""

    evaluator: str
    points: Mapping[str, Decimal]
    opinion: str = ""
    group: str | None = None


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


@dataclass(frozen=True, slots=True)
class TrackValue:
    """The result of a track for one nominee: `weight` is its part of the whole, 0 to 1; `missing` says what is out."""

    track: Track
    weight: Fraction
    groups: tuple[GroupValue, ...]
    value: Fraction | None
    missing: Words | None = None

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
    return known[0] if len(known) == 1 else _sum(known, 1)


def _sum(values: Sequence[Fraction], parts: int) -> Fraction:
    """Return the sum of values over so many parts, reduced once: `sum` reduces at each step, which takes far longer."""
    numerator, denominator = 0, 1
    for one in values:
        over, under = one.as_integer_ratio()
        if under == denominator:
            numerator += over
        else:
            numerator, denominator = numerator * under + over * denominator, denominator * under
    return Fraction(numerator, denominator * parts)


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
    if not track.criteria:
        return Fraction(points[REPORTED])
    worth, parts = track.worth
    numerator, denominator = 0, 1
    for criterion, times in worth.items():
        over, under = points[criterion].as_integer_ratio()
        if under == denominator:
            numerator += over * times
        else:
            numerator, denominator = numerator * under + over * times * denominator, denominator * under
    return Fraction(numerator, denominator * parts)


def value_of(track: Track, weight: Fraction, evaluations: Sequence[Evaluated]) -> TrackValue:
    """Return a track's result for one nominee, from evaluations in any order."""
    ordered = sorted(evaluations, key=lambda one: one.evaluator)
    groups = tuple(_groups(track, ordered))
    short = [group for group in groups if group.value is None]
    if short:
        return TrackValue(track, weight, groups, None, _missing(track, short))
    value = sum_of(weighed(group.weight, group.value or _NOTHING) for group in groups)
    return TrackValue(track, weight, groups, rounded(value, track.scoring.digits))


def opinion_on(track: Track, evaluations: Sequence[Evaluated]) -> TrackValue:
    """Return what a track found that gives nobody points: opinions, which count nothing, and must all be there."""
    marks = tuple(Mark(one, Fraction(0), left_out=True) for one in sorted(evaluations, key=lambda one: one.evaluator))
    group = GroupValue(None, None, Fraction(1), marks, None)
    missing = None if marks else Words("{track}没有评议", "{track} was not reported on").format(track=track.name)
    return TrackValue(track, Fraction(0), (group,), Fraction(0), missing)


def _groups(track: Track, evaluations: Sequence[Evaluated]) -> list[GroupValue]:
    if not track.groups:
        return [_group(track, None, None, Fraction(1), evaluations)]
    return [
        _group(
            track,
            group.id,
            group.name,
            Fraction(1, len(track.groups)) if group.weight_percent is None else Fraction(group.weight_percent, WHOLE),
            [one for one in evaluations if one.group == group.id],
        )
        for group in track.groups
    ]


def _group(
    track: Track, id_: str | None, name: str | None, weight: Fraction, evaluations: Sequence[Evaluated]
) -> GroupValue:
    marks = [Mark(one, total_of(track, one.points)) for one in evaluations if one.points]
    scoring = track.scoring
    if len(marks) < (scoring.at_least if track.criteria else 1):
        silent = [Mark(one, Fraction(0), left_out=True) for one in evaluations if not one.points]
        return GroupValue(id_, name, weight, (*marks, *silent), None)
    kept = _kept(marks, scoring)
    totals = [mark.total for mark in kept]
    value = median(totals) if scoring.method == "median" else _sum(totals, len(totals))
    if len(kept) < len(marks):
        marks = [mark if mark in kept else Mark(mark.evaluated, mark.total, left_out=True) for mark in marks]
    return GroupValue(id_, name, weight, tuple(marks), value)


def _kept(marks: list[Mark], scoring: Scoring) -> list[Mark]:
    if scoring.method != "trimmed":
        return marks
    in_order = sorted(marks, key=lambda mark: (mark.total, mark.evaluated.evaluator))
    return in_order[scoring.trim : len(in_order) - scoring.trim]


def _missing(track: Track, short: list[GroupValue]) -> Words:
    if not track.criteria:
        return Words("{track}没有得分", "{track} has no points").format(track=track.name)
    return _too_few(tuple((group.name or track.name, len(group.marks)) for group in short), track.scoring.at_least)


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
