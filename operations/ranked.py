"""A ranking as it is looked at: settled or not, with the nominees of the part that was asked for."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from programs.stages import Review, Vote
from states.ranking import Ranking


class Named(NamedTuple):
    """A nominee of a ranking, by name."""

    number: str
    nominee: str
    unit: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking of a stage: a settled one with its `round`, or what the scores and votes would give now.

    `nominees` are those of the `part` of its lines that was asked for, and those who are level at the cut, by number.
    `agrees`: the inputs that the store has give again what was settled.
    """

    program: str
    stage: Vote | Review
    ranking: Ranking
    nominees: Mapping[str, Named]
    round: int | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None
    agrees: bool = True

    def without(self, hidden: AbstractSet[str]) -> "Ranked":
        """Return the ranking as somebody sees it who is recused from these: places stay what they are."""
        nominees = {number: one for number, one in self.nominees.items() if number not in hidden}
        return replace(self, ranking=_without(self.ranking, hidden), nominees=nominees)


def _without(ranking: Ranking, hidden: AbstractSet[str]) -> Ranking:
    if hidden.isdisjoint(line.number for line in ranking.lines):
        return ranking
    lines = (line._replace(level=_but(line.level, hidden)) for line in ranking.lines if line.number not in hidden)
    ties = (_but(level, hidden) for level in ranking.open_ties)
    return replace(ranking, lines=tuple(lines), open_ties=tuple(level for level in ties if level))


def _but(numbers: Iterable[str], hidden: AbstractSet[str]) -> tuple[str, ...]:
    return tuple(one for one in numbers if one not in hidden)
