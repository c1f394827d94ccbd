"""What somebody has marked on a board, also on pages of it that they do not look at now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Final
from urllib.parse import quote, unquote

from console.forms import Form, whole, whole_in
from operations.boards import EVERYBODY, MOST, Board, Standee

#: The longest reason that somebody has of their own, in characters.
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Marks:
    """What becomes of whom (`go`, `grade:ID`, `reserve:ID` or nothing), and the order of reserves as it was typed.

    `reasons` are those of whoever has one of their own, by number.
    """

    fates: Mapping[str, str]
    orders: Mapping[str, str]
    reasons: Mapping[str, str] = field(default_factory=dict)

    def wanted(self, one: Standee) -> str:
        """Return what is marked of somebody."""
        return self.fates.get(one.number, "")

    def marked(self) -> "Marks":
        """Return them without those of whom nothing is marked: the blanks of many pages are too long for a form."""
        marked = {number: fate for number, fate in self.fates.items() if fate or number in self.reasons}
        return Marks(marked, self.orders, self.reasons)

    def order(self, number: str) -> str:
        """Return in which place somebody was put among the reserves, as it was typed."""
        return self.orders.get(number, "")

    def chosen(self) -> tuple[dict[str, str | None], dict[str, str]]:
        """Return who goes on with which grade, and the reserves in their order, each with the grade."""
        parted = {number: fate.partition(":") for number, fate in self.fates.items()}
        chosen = {
            number: grade if kind == "grade" else None
            for number, (kind, _, grade) in parted.items()
            if kind in ("go", "grade")
        }
        waiting = [(number, grade) for number, (kind, _, grade) in parted.items() if kind == "reserve"]
        waiting.sort(key=lambda one: (whole_in(self.order(one[0])) or 0, one[0]))
        return chosen, dict(waiting)

    def of(self, numbers: Collection[str]) -> "Marks":
        """Return those of these nominations alone: a ballot may have chosen somebody who has left since."""
        fates = {number: fate for number, fate in self.fates.items() if number in numbers}
        return Marks(fates, self.orders, {number: why for number, why in self.reasons.items() if number in numbers})

    def reason(self, number: str) -> str:
        """Return the reason that somebody has of their own, if they have one."""
        return self.reasons.get(number, "")

    def kept(self, away: Collection[str] = ()) -> str:
        """Return them as one field of a form, but for those who have fields of their own."""
        return " ".join(self._kept(number) for number in self.fates if number not in away)

    def _kept(self, number: str) -> str:
        typed = (self.order(number), self.reason(number))
        return "=".join((number, self.fates[number], *(quote(one, safe="") for one in typed))).rstrip("=")


def marks_in(form: Form) -> Marks:
    """Return what a form marks: what it keeps of other pages, and what was typed into this one."""
    fates: dict[str, str] = {}
    orders: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for one in form.get("kept").split():
        number, fates_of, order, why = (one.split("=") + [""] * 3)[:4]
        fates[number], orders[number], reasons[number] = fates_of, unquote(order), unquote(why)
    reasons |= form.given("why.")
    return Marks(
        fates | form.given("fate."),
        orders | form.given("order."),
        {number: why[:LONGEST] for number, why in reasons.items() if why},
    )


def proposed_on(found: Board) -> Marks:
    """Return what a ranking or a ballot proposes, of all who stand at the stage."""
    return Marks({number: _fate(said) for number, said in found.proposed.items()}, {})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of those who stand at a stage: its number from 1, of how many, and who is on it."""

    number: int
    count: int
    standing: Sequence[Standee]

    def others(self) -> Iterator[tuple[int, bool]]:
        """Yield the pages before and after this one, each with whether it is the one before."""
        if self.number > 1:
            yield self.number - 1, True
        if self.number < self.count:
            yield self.number + 1, False


def part_of(number: int) -> slice:
    """Return whom a page has."""
    return slice((number - 1) * MOST, number * MOST)


def leaf_of(found: Board, form: Form) -> Leaf:
    """Return the page that a board has alone, or the one of a whole board that a form turns to or was sent from."""
    count = max(1, ceil(found.total / MOST))
    if found.part != EVERYBODY:
        return Leaf(found.part.start // MOST + 1, count, found.standing)
    number = min(max(1, whole(form.get("turn") or form.get("page")) or 1), count)
    return Leaf(number, count, found.standing[part_of(number)])


def _fate(proposed: str) -> str:
    return f"grade:{proposed}" if proposed not in ("", "go") else proposed
