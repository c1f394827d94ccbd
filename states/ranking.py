"""Ranking nominations by what was scored, reported and voted, with the cut and the ties at it.

Pure: the same inputs give the same ranking, in whatever order they come. Who is level is level exactly.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from programs import Program
from programs.evaluations import VOTES, WHOLE, Evaluation, Ties, Track
from programs.stages import Review, Vote
from programs.words import Words
from states.scoring import Evaluated, TrackValue, VoteValue, opinion_on, rounded, sum_of, value_of, vote_values, weighed


class Way(StrEnum):
    """How those who were level were told apart by people."""

    PANEL = "panel"
    REVOTE = "re-vote"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _WAYS[self]


_WAYS = {
    Way.PANEL: Words("再次评议", "deliberated again"),
    Way.REVOTE: Words("再次投票", "voted on again"),
}


class Entry(NamedTuple):
    """What is known of one nominee: its evaluations by track, and its votes by platform, where any were imported."""

    number: str
    evaluations: Mapping[str, Sequence[Evaluated]] = MappingProxyType({})
    votes: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was found on nominees who were level, by their numbers: the more, the further in front.

    It speaks of exactly these: a nominee more or less, and it is asked again. Of two on the same nominees the later
    counts.
    """

    way: Way
    points: Mapping[str, int]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RankingRules:
    """How a stage ranks: its tracks with the part of the whole that each makes up (0 to 1), and the votes with theirs.

    `vote` says how votes are counted, where they are; `left` how many may still go on, none where there is no cut.
    """

    tracks: tuple[tuple[Track, Fraction], ...]
    vote: Vote | None = None
    vote_weight: Fraction = Fraction(0)
    vote_points: str | None = None
    left: int | None = None
    ties: Ties = Ties.PANEL
    tie_break: tuple[str, ...] = ()
    digits: int | None = None


class Line(NamedTuple):
    """One nominee in a ranking. `place` is shared by those who are level; none where something is `missing`.

    `level` are those who had the same total, `told_apart` how each step set them apart. `goes_on` is none where there
    is no cut, or where it is not decided between those who are level at it.
    """

    number: str
    tracks: tuple[TrackValue, ...]
    vote: VoteValue | None
    total: Fraction | None
    missing: tuple[Words, ...] = ()
    place: int | None = None
    level: tuple[str, ...] = ()
    told_apart: tuple[Words, ...] = ()
    goes_on: bool | None = None

    def placed(self, place: int, level: tuple[str, ...], *, goes_on: bool | None) -> "Line":
        """Return the line in its place; `replace` takes three times as long, for each of thousands."""
        return Line(
            self.number, self.tracks, self.vote, self.total, self.missing, place, level, self.told_apart, goes_on
        )


@dataclass(frozen=True, slots=True)
class Ranking:
    """The lines from the first place on, then those with something missing; `open_ties` are not decided at the cut."""

    rules: RankingRules
    lines: tuple[Line, ...]
    open_ties: tuple[tuple[str, ...], ...] = ()

    @property
    def incomplete(self) -> tuple[Line, ...]:
        """Those who cannot be ranked yet."""
        return tuple(line for line in self.lines if line.total is None)

    @property
    def going_on(self) -> tuple[str, ...]:
        """Those above the cut, by their numbers."""
        return tuple(line.number for line in self.lines if line.goes_on)

    def line(self, number: str) -> Line:
        """Return a nominee's line; raises `KeyError`."""
        for line in self.lines:
            if line.number == number:
                return line
        raise KeyError(number)


def vote_counted(program: Program, stage: Vote | Review) -> Vote | None:
    """Return the vote that a stage's ranking counts: its own, or the last before a review on a path with one."""
    if isinstance(stage, Vote):
        by_vote = any(track.evaluation is Evaluation.VOTE for track in stage.tracks)
        return stage if by_vote or not stage.tracks else None
    if not (stage.vote_percent or VOTES in stage.tie_break):
        return None
    held = program.held_stages
    before = [one for one in held[: held.index(stage)] if isinstance(one, Vote)]
    votes = (one for path in program.paths() for one in reversed(before) if one.concerns(*path))
    return next(votes, None)


def rules_of(stage: Vote | Review, vote: Vote | None, *, left: int | None) -> RankingRules:
    """Return how a stage ranks, with the vote that it counts; `left` is how many of its cut may still go on."""
    rest = Fraction(WHOLE - (stage.vote_percent if isinstance(stage, Review) else 0), WHOLE)
    tracks = tuple((track, rest * _weight(track, len(stage.tracks))) for track in stage.tracks)
    rules = RankingRules(tracks, vote, left=left, ties=stage.ties, tie_break=stage.tie_break, digits=stage.digits)
    if isinstance(stage, Review):
        return replace(rules, vote_weight=1 - rest, vote_points=stage.vote_points)
    if not tracks:
        return replace(rules, vote_weight=Fraction(1))
    by_vote = [weight for track, weight in tracks if track.evaluation is Evaluation.VOTE]
    others = tuple((track, weight) for track, weight in tracks if track.evaluation is not Evaluation.VOTE)
    return replace(rules, tracks=others, vote_weight=sum(by_vote, Fraction(0)), vote_points=stage.vote_points)


def rank(rules: RankingRules, entries: Iterable[Entry], resolutions: Sequence[Resolution] = ()) -> Ranking:
    """Rank nominees, as far as what is known of them reaches."""
    known = sorted(entries, key=lambda entry: entry.number)
    incomplete: list[Line] = []
    # By numerator and denominator: to hash a fraction takes ten times as long.
    by_total: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for line in _valued(rules, known):
        (incomplete if line.total is None else by_total[line.total.as_integer_ratio()]).append(line)
    settled = {frozenset(one.points): one for one in resolutions}
    placed: list[tuple[tuple[Line, ...], tuple[str, ...]]] = []
    for total in sorted(by_total, key=lambda one: Fraction(*one), reverse=True):
        same = tuple(line.number for line in by_total[total])
        placed += ((level, same) for level in _told_apart(rules, settled, tuple(by_total[total])))
    cut, open_ties = _cut(rules, placed)
    return Ranking(rules, (*cut, *incomplete), open_ties)


def _weight(track: Track, count: int) -> Fraction:
    return Fraction(1, count) if track.weight_percent is None else Fraction(track.weight_percent, WHOLE)


def _valued(rules: RankingRules, entries: Sequence[Entry]) -> Iterable[Line]:
    votes = {entry.number: entry.votes for entry in entries if entry.votes is not None}
    worth = vote_values(rules.vote, votes, rules.vote_weight, points=rules.vote_points) if rules.vote else {}
    weights = _weights(rules, entries)
    for entry in entries:
        tracks = tuple(
            value_of(track, weights[track.id], entry.evaluations.get(track.id, ()))
            if track.id in weights
            else opinion_on(track, entry.evaluations.get(track.id, ()))
            for track, _ in rules.tracks
        )
        vote = worth.get(entry.number)
        missing = [track.missing for track in tracks if track.missing]
        if rules.vote_weight and vote is None:
            missing.append(Words("没有导入票数", "no votes were imported"))
        if not (tracks or rules.vote_weight):
            missing.append(Words("本环节没有评分，也没有投票", "nothing is scored or voted on here"))
        parts = [weighed(track.weight, track.value or Fraction(0)) for track in tracks]
        parts += [weighed(vote.weight, vote.value)] if vote else []
        total = None if missing else rounded(sum_of(parts), rules.digits)
        yield Line(entry.number, tracks, vote, total, tuple(missing))


def _weights(rules: RankingRules, entries: Sequence[Entry]) -> dict[str, Fraction]:
    """Return the weights of the tracks that give points; what only opinions were given on leaves its part to them."""
    pointed = {track for entry in entries for track, some in entry.evaluations.items() for one in some if one.points}
    counting = {track.id: weight for track, weight in rules.tracks if track.criteria or track.id in pointed}
    whole, rest = sum((weight for _, weight in rules.tracks), Fraction(0)), sum(counting.values(), Fraction(0))
    return {track: weight * whole / rest if rest else weight for track, weight in counting.items()}


def _told_apart(
    rules: RankingRules, settled: Mapping[frozenset[str], Resolution], level: tuple[Line, ...]
) -> Iterable[tuple[Line, ...]]:
    """Set those with the same total apart: by what the program compares, then by what people found on those left."""
    apart = [level]
    for what in rules.tie_break:
        apart = [some for one in apart for some in _apart_by(one, *_compared(what))]
    for one in apart:
        yield from _resolved(settled, one)


def _compared(what: str) -> tuple[Callable[[Line], Fraction], Words]:
    track_id, _, criterion = what.partition(".")

    def value(line: Line) -> Fraction:
        if what == VOTES:
            return line.vote.counted if line.vote else Fraction(0)
        track = next((one for one in line.tracks if one.track.id == track_id), None)
        if track is None:
            return line.vote.value if line.vote else Fraction(0)
        if not criterion:
            return track.value or Fraction(0)
        given = [Fraction(mark.evaluated.points[criterion]) for mark in track.marks if mark.evaluated.points]
        return sum(given, Fraction(0)) / len(given) if given else Fraction(0)

    return value, Words("比较 {what}", "compared by {what}").format(what=what)


def _resolved(settled: Mapping[frozenset[str], Resolution], level: tuple[Line, ...]) -> Iterable[tuple[Line, ...]]:
    found = settled.get(frozenset(line.number for line in level)) if len(level) > 1 else None
    if found is None:
        yield level
        return
    told = Words("{way}：{reason}", "{way}: {reason}") if found.reason else Words("{way}", "{way}")
    words = told.format(way=found.way.label, reason=found.reason)
    apart = list(_apart_by(level, lambda line: Fraction(found.points[line.number]), words))
    for some in apart:
        if len(apart) > 1:
            yield from _resolved(settled, some)
        else:
            yield some


def _apart_by(level: tuple[Line, ...], value: Callable[[Line], Fraction], words: Words) -> Iterable[tuple[Line, ...]]:
    if len(level) == 1:
        yield level
        return
    for amount, some in groupby(sorted(level, key=lambda line: (-value(line), line.number)), key=value):
        note = Words("{words}，{amount}", "{words}, {amount}").format(words=words, amount=exact(amount))
        yield tuple(line._replace(told_apart=(*line.told_apart, note)) for line in some)


def _cut(
    rules: RankingRules, placed: Sequence[tuple[tuple[Line, ...], tuple[str, ...]]]
) -> tuple[tuple[Line, ...], tuple[tuple[str, ...], ...]]:
    """Give each level its place, and say who goes on and which levels are open; with each are those of its total."""
    lines: list[Line] = []
    open_ties: list[tuple[str, ...]] = []
    for level, same in placed:
        first = len(lines)
        goes_on = _goes_on(rules, first, len(level))
        if rules.left is not None and goes_on is None:
            open_ties.append(tuple(line.number for line in level))
        for line in level:
            at = same.index(line.number)
            lines.append(line.placed(first + 1, same[:at] + same[at + 1 :], goes_on=goes_on))
    return tuple(lines), tuple(open_ties)


def _goes_on(rules: RankingRules, first: int, count: int) -> bool | None:
    if rules.left is None:
        return None
    if first + count <= rules.left:
        return True
    if first >= rules.left:
        return False
    return {Ties.ADMIT: True, Ties.DROP: False}.get(rules.ties)


def exact(value: Fraction) -> str:
    """Return a value as a decimal, or as a fraction where no decimal says it; `Fraction` reads both back."""
    if value.denominator == 1:
        return str(value.numerator)
    places, rest = 0, value.denominator
    while rest % 10 == 0 or rest % 2 == 0 or rest % 5 == 0:
        rest, places = (rest // 10 if rest % 10 == 0 else rest // 2 if rest % 2 == 0 else rest // 5), places + 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    sign, text = "-" if value < 0 else "", f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    return f"{sign}{text[:-places]}.{text[-places:]}".rstrip("0")
