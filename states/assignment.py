"""Assigning nominations to experts: a flow of least cost, where each further nomination of an expert costs more.

Every nomination sends so many units, each to another expert that may take it; the cost is the sum of the squares of
the experts' loads. With such costs a flow is cheapest exactly when no path leads from an expert to one whose load is
smaller by two or more, handing a nomination on at each step: such a path is a cycle of negative cost through the sink,
and these cycles are cancelled until there are none. The loads are then as even as any can be: the greatest could not be
smaller, nor the least greater. So the bounds can be met by some assignment exactly if they are met by this one; where
they are not, those on whom the load stays say why.

Nominations that the same experts may take are one node of the network, so that its size follows from how many different
recusals there are, not from how many nominations.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from heapq import heapify, heappop, heappush


@dataclass(frozen=True, slots=True)
class Wanted:
    """A nomination, how many experts it still needs, and who may take it."""

    number: str
    count: int
    eligible: frozenset[int]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many nominations each expert takes, both included."""

    at_least: int = 0
    at_most: int | None = None


class Want(StrEnum):
    """What is wanting for an assignment."""

    EXPERTS = "experts"
    ROOM = "room"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why there is no assignment.

    EXPERTS: each of these nominations needs `needed` experts, and only `available` of them, `experts`, may take it.
    ROOM: these nominations need `needed` places of `experts`, who have `available` within the bounds.
    WORK: `experts` would need `needed` nominations together, and can be given `available`.
    """

    want: Want
    numbers: tuple[str, ...]
    experts: tuple[int, ...]
    needed: int
    available: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who takes what: experts by the nomination's number. Empty where `shortages` say why there is none."""

    experts: Mapping[str, tuple[int, ...]]
    shortages: tuple[Shortage, ...] = ()


def assign(wanted: Iterable[Wanted], held: Mapping[int, int], bounds: Bounds) -> Assignment:
    """Give each nomination as many experts as it needs; `held` are the experts, each with how many they have already.

    The same for the same input in any order. Nobody outside of `held` is given anything.
    """
    classes: dict[tuple[tuple[int, ...], int], list[str]] = defaultdict(list)
    for one in sorted(wanted, key=lambda one: one.number):
        if one.count:
            classes[tuple(sorted(one.eligible & held.keys())), one.count].append(one.number)
    lacking = tuple(
        Shortage(Want.EXPERTS, tuple(numbers), eligible, count, len(eligible))
        for (eligible, count), numbers in classes.items()
        if len(eligible) < count
    )
    if lacking:
        return Assignment({}, lacking)
    network = _Network([_Class(*key, tuple(numbers)) for key, numbers in classes.items()], held)
    network.fill()
    network.level()
    if broken := tuple(network.shortages(bounds)):
        return Assignment({}, broken)
    return Assignment(dict(network.dealt()))


@dataclass(frozen=True, slots=True)
class _Class:
    """Nominations that the same experts may take."""

    eligible: tuple[int, ...]
    count: int
    numbers: tuple[str, ...]


class _Network:
    """The flow: how many nominations of each class each expert takes. Sets of either are the bits of a number."""

    def __init__(self, classes: list[_Class], held: Mapping[int, int]) -> None:
        self._classes = sorted(classes, key=lambda one: (len(one.eligible), one.numbers))
        self._experts = sorted(held)
        self._place = {expert: place for place, expert in enumerate(self._experts)}
        self._load = [held[expert] for expert in self._experts]
        self._taken: list[dict[int, int]] = [
            dict.fromkeys((self._place[expert] for expert in one.eligible), 0) for one in self._classes
        ]
        #: Who could take one more of a class, and of which classes an expert has some.
        self._open = [sum(1 << place for place in taken) for taken in self._taken]
        self._has = [0] * len(self._experts)

    def fill(self) -> None:
        """Give everything out, one after the other to whoever has least: near to the best, and quickly there."""
        for place, one in enumerate(self._classes):
            heap = [(self._load[expert], expert) for expert in self._taken[place]]
            heapify(heap)
            for _ in range(one.count * len(one.numbers)):
                load, expert = heappop(heap)
                self._change(place, expert, 1)
                if self._taken[place][expert] < len(one.numbers):
                    heappush(heap, (load + 1, expert))

    def level(self) -> None:
        """Cancel cycles of negative cost until there are none."""
        moved = True
        while moved:
            moved = False
            for expert in sorted(range(len(self._load)), key=lambda one: (-self._load[one], one)):
                while self._hand_on(expert):
                    moved = True

    def shortages(self, bounds: Bounds) -> Iterator[Shortage]:
        """Say which bounds no assignment keeps, and why."""
        most = bounds.at_most
        if most is not None and (over := [one for one, load in enumerate(self._load) if load > most]):
            those = {one for expert in over for one in self._reached(expert)}
            numbers = [
                number for place, one in enumerate(self._classes) if self._must(place, those) for number in one.numbers
            ]
            yield self._shortage(Want.ROOM, numbers, those, sum(self._load[one] for one in those), most * len(those))
        if under := {one for one, load in enumerate(self._load) if load < bounds.at_least}:
            those = {one for one in range(len(self._load)) if not under.isdisjoint(self._reached(one))}
            needed = bounds.at_least * len(those)
            yield self._shortage(Want.WORK, [], those, needed, sum(self._load[one] for one in those))

    def dealt(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield who takes each nomination.

        The experts of a class are laid out in a row, each as often as they take one of it, and dealt out to its
        nominations in turn: nobody takes more of them than there are, so that nobody is dealt the same one twice.
        The turn is that of SHA-256, or whoever nominates several would find them all with one expert.
        """
        for taken, one in zip(self._taken, self._classes, strict=True):
            row = [expert for expert in sorted(taken) for _ in range(taken[expert])]
            for place, number in enumerate(sorted(one.numbers, key=_scattered)):
                yield number, tuple(self._experts[expert] for expert in row[place :: len(one.numbers)])

    def _shortage(self, want: Want, numbers: Iterable[str], experts: set[int], needed: int, available: int) -> Shortage:
        return Shortage(
            want, tuple(sorted(numbers)), tuple(self._experts[one] for one in sorted(experts)), needed, available
        )

    def _must(self, place: int, those: set[int]) -> bool:
        """Whether nominations of a class cannot do without some of these experts."""
        return len(self._taken[place].keys() - those) < self._classes[place].count

    def _change(self, place: int, expert: int, by: int) -> None:
        taken = self._taken[place]
        taken[expert] += by
        self._load[expert] += by
        is_open, has = taken[expert] < len(self._classes[place].numbers), taken[expert] > 0
        self._open[place] = self._open[place] & ~(1 << expert) | is_open << expert
        self._has[expert] = self._has[expert] & ~(1 << place) | has << place

    def _hand_on(self, source: int) -> bool:
        """Hand as much as evens it out from an expert to the one with the least load that a path leads to."""
        via = self._reached(source)
        target = min(via, key=lambda one: (self._load[one], one))
        much = (self._load[source] - self._load[target]) // 2
        if much < 1:
            return False
        steps: list[tuple[int, int, int]] = []
        here = target
        while here != source:
            before, place = via[here]
            steps.append((place, before, here))
            much = min(much, self._taken[place][before], len(self._classes[place].numbers) - self._taken[place][here])
            here = before
        for place, giver, taker in steps:
            self._change(place, giver, -much)
            self._change(place, taker, much)
        return True

    def _reached(self, source: int) -> dict[int, tuple[int, int]]:
        """Return whom nominations of an expert could be handed on to, over others too: from whom, of which class.

        A class is looked at once: whoever could be handed one of it by a second expert could be by the first.
        """
        via: dict[int, tuple[int, int]] = {source: (source, -1)}
        unreached, unseen, waiting = ~(1 << source), ~0, [source]
        for expert in waiting:
            classes = self._has[expert] & unseen
            unseen &= ~classes
            for place in _bits(classes):
                for one in _bits(self._open[place] & unreached):
                    via[one] = (expert, place)
                    unreached &= ~(1 << one)
                    waiting.append(one)
        return via


def _scattered(number: str) -> bytes:
    return sha256(number.encode()).digest()


def _bits(number: int) -> Iterator[int]:
    """Yield the places of the bits that are set, the lowest first."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
