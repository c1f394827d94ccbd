"""Which experts step back from which nominations: by where they work, by kin, by shared projects, by the nominator.

Names are compared as they are written. Nothing is guessed from similar names: what only looks alike is for the expert
to declare.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from programs.panels import Ground, Panel


@dataclass(frozen=True, slots=True)
class Tie:
    """What an expert has declared: `subject` is a unit, a person or a body; `unit` tells a person from namesakes.

    `until` is the last day of it, of an employer that they have left.
    """

    ground: Ground
    subject: str
    unit: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Evaluator:
    """An expert as far as recusals go, by the number in the pool."""

    id: int
    employer: str
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A nomination as far as recusals go. `members` says that the nominee is more than one person: a studio, a team."""

    number: str
    nominee: str
    unit: str
    nominator: str
    members: bool = False


def conflicts(
    panel: Panel, evaluators: Iterable[Evaluator], evaluated: Iterable[Evaluated], on: date
) -> dict[str, dict[int, Ground]]:
    """Return who must step back from what, by the nomination's number and the expert, with the first ground of it."""
    looked_up = _Ties(panel, evaluators, on)
    found: dict[str, dict[int, Ground]] = {}
    for one in evaluated:
        recused = looked_up.of(one)
        if recused:
            found[one.number] = recused
    return found


def still_recuses(until: date | None, years: int, on: date) -> bool:
    """Whether an employer that somebody left after the last day `until` recuses them on a day."""
    if until is None or until >= on:
        return True
    return (until.year + years, until.month, until.day) > (on.year, on.month, on.day)


class _Ties:
    """The ties of many experts, found by what they are to: ten thousand nominations are not held against each."""

    def __init__(self, panel: Panel, evaluators: Iterable[Evaluator], on: date) -> None:
        self._units: dict[str, set[int]] = defaultdict(set)
        self._nominators: dict[str, set[int]] = defaultdict(set)
        self._projects: dict[str, set[int]] = defaultdict(set)
        self._kin: dict[str, set[tuple[int, str | None]]] = defaultdict(set)
        for one in evaluators:
            if Ground.EMPLOYER in panel.recusal:
                self._units[one.employer].add(one.id)
            if Ground.NOMINATOR in panel.recusal:
                self._nominators[one.employer].add(one.id)
            for tie in one.ties:
                if tie.ground in panel.recusal and still_recuses(tie.until, panel.employer_years, on):
                    self._add(one.id, tie)

    def _add(self, expert: int, tie: Tie) -> None:
        if tie.ground is Ground.KINSHIP:
            self._kin[tie.subject].add((expert, tie.unit))
            return
        of = {Ground.EMPLOYER: self._units, Ground.NOMINATOR: self._nominators, Ground.PROJECT: self._projects}
        of[tie.ground][tie.subject].add(expert)

    def of(self, one: Evaluated) -> dict[int, Ground]:
        found: dict[int, Ground] = {}
        for subject in dict.fromkeys((one.unit, one.nominee)):
            found |= dict.fromkeys(self._units.get(subject, ()), Ground.EMPLOYER)
        kin = {expert for name in self._named(one, self._kin) for expert, unit in self._kin[name] if _same(unit, one)}
        shared = {
            expert for name in (*self._named(one, self._projects), one.unit) for expert in self._projects.get(name, ())
        }
        for ground, experts in (
            (Ground.KINSHIP, kin),
            (Ground.PROJECT, shared),
            (Ground.NOMINATOR, self._nominators.get(one.nominator, set())),
        ):
            found |= {expert: ground for expert in experts if expert not in found}
        return dict(sorted(found.items()))

    @staticmethod
    def _named(one: Evaluated, known: Mapping[str, object]) -> list[str]:
        """Return the names that are meant by a nominee: its own, or those that a studio's name has in it."""
        if not one.members:
            return [one.nominee] if one.nominee in known else []
        return [name for name in known if name in one.nominee]


def _same(unit: str | None, one: Evaluated) -> bool:
    """Whether the unit of a person tells that they are not the nominee but a namesake."""
    return unit is None or unit == one.unit
