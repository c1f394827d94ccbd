"""The ballots of a committee: what the votes come to, who is chosen, and who is level.

Pure and exact. What a ballot comes to depends on how many voted how, never on the order in which papers came.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from types import MappingProxyType

from programs.ballots import Ballot, Share
from programs.words import Words


class Mark(StrEnum):
    """How one member votes on one nominee."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _MARKS[self]


#: What is told of those whom the last vote leaves level.
LEFT_LEVEL = Words("在最后的名额处并列，名额空缺", "level at the last places, which stay empty")

_MARKS = {
    Mark.YES: Words("赞成", "yes"),
    Mark.NO: Words("反对", "no"),
    Mark.ABSTAIN: Words("弃权", "abstention"),
}


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who may vote: all members, those who attend, and who of them is recused from whom, by the nominee's number."""

    members: frozenset[str]
    attending: frozenset[str]
    recused: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    def voting_on(self, number: str) -> frozenset[str]:
        """Return who attends and is not recused from a nominee."""
        return self.attending - self.recused.get(number, frozenset())

    def members_for(self, number: str) -> frozenset[str]:
        """Return all members who are not recused from a nominee, whether they attend or not."""
        return self.members - self.recused.get(number, frozenset())


@dataclass(frozen=True, slots=True)
class Count:
    """How many voted how on one nominee."""

    yes: int
    no: int
    abstained: int


@dataclass(frozen=True, slots=True)
class Polled:
    """What one nominee was given in one round: the count, how many could vote, and how many the share is of."""

    count: Count
    voting: int
    of: int


#: One round: what each nominee in it was given, by number.
Round = Mapping[str, Polled]


@dataclass(frozen=True, slots=True)
class Slot:
    """Places that a ballot fills: of one grade or of none, how many are `left` (none: no limit), and for whom."""

    grade: str | None
    left: int | None
    open_to: frozenset[str]
    threshold: Share


@dataclass(frozen=True, slots=True)
class Tie:
    """Those who are level at the last places of a grade, by number, and how many places there are for them."""

    grade: str | None
    level: tuple[str, ...]
    places: int


@dataclass(frozen=True, slots=True)
class Elected:
    """What a ballot found on one nominee: chosen or not, with which grade, and step by step why.

    `reached` are the grades whose share of the votes they have, whether or not there was a place.
    """

    number: str
    polled: Polled
    chosen: bool
    grade: str | None
    reached: tuple[str, ...]
    told: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rounds of a ballot come to, by number; where a `tie` is open, nothing is decided before it is."""

    lines: tuple[Elected, ...]
    tie: Tie | None = None

    @property
    def chosen(self) -> dict[str, str | None]:
        """Those who are chosen, with their grades."""
        return {line.number: line.grade for line in self.lines if line.chosen}

    def without(self, hidden: AbstractSet[str]) -> "Outcome":
        """Return it as somebody sees it who is recused from these."""
        tie = self.tie and replace(self.tie, level=tuple(one for one in self.tie.level if one not in hidden))
        return Outcome(tuple(line for line in self.lines if line.number not in hidden), tie)


def count_votes(
    over: Iterable[str], attendance: Attendance, votes: Mapping[str, Mapping[str, Mark]]
) -> dict[str, Count]:
    """Count named votes (member → number → mark) on everybody; who may not vote on somebody is not counted there."""
    counted: dict[str, Count] = {}
    for number in over:
        given = [votes[member].get(number) for member in attendance.voting_on(number) if member in votes]
        counted[number] = Count(*(given.count(mark) for mark in Mark))
    return counted


def polled(ballot: Ballot, attendance: Attendance, counts: Mapping[str, Count]) -> dict[str, Polled]:
    """Return a round: for each nominee the count with what its share is of."""
    found: dict[str, Polled] = {}
    for number, count in counts.items():
        voting = len(attendance.voting_on(number))
        cast = count.yes + count.no + (count.abstained if ballot.abstentions == "counted" else 0)
        of = {"cast": cast, "attending": voting, "members": len(attendance.members_for(number))}[ballot.of]
        found[number] = Polled(count, voting, of)
    return found


def outcome(
    ballot: Ballot, slots: Sequence[Slot], rounds: Sequence[Round], order: Mapping[str, int] | None = None
) -> Outcome:
    """Fill the places by a first round and the re-votes that followed it; `order` are places in the ranking, if any.

    Each grade takes, of those who reach its share, those in front; who gets none of it is asked for the next grade.
    """
    first, *again = rounds
    filling = _Filling(ballot, list(again), order or {})
    open_ = set(first)
    grades: dict[str, str | None] = {}
    tie: Tie | None = None
    for slot in slots:
        able = sorted(number for number in open_ if _reaches(slot, number, first[number]))
        winners, level, places = filling.fill(able, first, slot.left, 0)
        if level:
            tie = Tie(slot.grade, tuple(sorted(level)), places)
            break
        grades |= dict.fromkeys(winners, slot.grade)
        open_ -= set(winners)
    lines = [
        Elected(
            number,
            first[number],
            number in grades and tie is None,
            grades.get(number) if tie is None else None,
            tuple(slot.grade for slot in slots if slot.grade and _reaches(slot, number, first[number])),
            (*_reached(slots, number, first[number]), *filling.told.get(number, ())),
        )
        for number in first
    ]
    lines.sort(key=lambda line: (-filling.key(line.polled), line.number))
    return Outcome(tuple(lines), tie)


class _Filling:
    """Fills the places of one grade after the other, and uses up the re-votes in their order."""

    def __init__(self, ballot: Ballot, again: list[Round], order: Mapping[str, int]) -> None:
        self._ballot = ballot
        self._again = again
        self._order = order
        self.told: dict[str, list[Words]] = {}

    def key(self, one: Polled) -> Fraction:
        """Return what sets nominees in front of each other."""
        if self._ballot.ranked_by == "votes":
            return Fraction(one.count.yes)
        return Fraction(one.count.yes, one.voting) if one.voting else Fraction(0)

    def fill(
        self, able: Sequence[str], round_: Round, left: int | None, depth: int
    ) -> tuple[list[str], list[str], int]:
        """Return the winners; then who is level at the last places with how many there are, where that is open."""
        winners: list[str] = []
        for level in self._levels(able, {number: self.key(round_[number]) for number in able}):
            places = len(level) if left is None else left - len(winners)
            if len(level) <= places:
                winners += level
                continue
            if places:
                more, open_, places = self._between(level, places, depth)
                return [*winners, *more], open_, places
            break
        return winners, [], 0

    def _between(self, level: list[str], places: int, depth: int) -> tuple[list[str], list[str], int]:
        """Decide between those who are level at the last places, as the program says."""
        if self._ballot.ties == "ranking":
            return self._by_ranking(level, places), [], 0
        if self._ballot.ties == "re-vote":
            found = next((at for at, one in enumerate(self._again) if set(one) == set(level)), None)
            if found is not None:
                round_ = self._again[found]
                del self._again[: found + 1]
                for number in level:
                    self._tell(
                        number,
                        Words("并列，再次投票得 {yes} 票", "level, and {yes} votes when voted on again").format(
                            yes=round_[number].count.yes
                        ),
                    )
                return self.fill(level, round_, places, depth + 1)
            if depth < self._ballot.revotes:
                return [], level, places
        for number in level:
            self._tell(number, LEFT_LEVEL)
        return [], [], 0

    def _by_ranking(self, level: list[str], places: int) -> list[str]:
        last = 1 + max(self._order.values(), default=0)
        winners: list[str] = []
        for some in self._levels(level, {number: Fraction(-self._order.get(number, last)) for number in level}):
            for number in some:
                place = self._order.get(number)
                self._tell(
                    number,
                    Words("得票相同，按排序第 {place} 名", "as many votes, and place {place} in the ranking").format(
                        place=place
                    )
                    if place
                    else Words("得票相同，而排序中没有名次", "as many votes, and no place in the ranking"),
                )
            if len(some) > places - len(winners):
                break
            winners += some
        return winners

    @staticmethod
    def _levels(numbers: Sequence[str], worth: Mapping[str, Fraction]) -> list[list[str]]:
        ordered = sorted(numbers, key=lambda number: (-worth[number], number))
        return [list(level) for _, level in groupby(ordered, key=lambda number: worth[number])]

    def _tell(self, number: str, words: Words) -> None:
        self.told.setdefault(number, []).append(words)


def _reaches(slot: Slot, number: str, one: Polled) -> bool:
    return number in slot.open_to and slot.threshold.is_met(one.count.yes, one.of)


def _reached(slots: Sequence[Slot], number: str, one: Polled) -> Iterable[Words]:
    """Say whether a nominee reaches each share that is asked, each once."""
    shares = dict.fromkeys(slot.threshold for slot in slots if number in slot.open_to)
    for share in shares:
        met = share.is_met(one.count.yes, one.of)
        yield Words("赞成 {yes}，应计 {of}，{met}{share}", "{yes} yes of {of}: {met} {share}").format(
            yes=one.count.yes,
            of=one.of,
            met=Words("达到", "reaches") if met else Words("未达到", "does not reach"),
            share=share.words,
        )
