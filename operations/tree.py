"""The organizations as a tree, as one transaction sees it: which lie above another."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import CTE, select
from sqlalchemy.engine import Connection

from store import among_names
from store import tables as t


class Tree:
    """Answers who is above whom. What was asked once is remembered: the transaction sees one state."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._above: dict[str, tuple[str, ...]] = {}
        self._below: dict[str, frozenset[str]] = {}

    def above(self, name: str) -> tuple[str, ...]:
        """Return every organization above this one, the nearest first; none for one that is not known."""
        if name not in self._above:
            self._above[name] = tuple(_climb(name, self._parents([name])))
        return self._above[name]

    def is_at_or_above(self, one: str, other: str) -> bool:
        """Whether an organization is the other, or lies above it."""
        return one == other or one in self.above(other)

    def at_or_below(self, name: str) -> frozenset[str]:
        """Return an organization and all that lie below it, in one statement."""
        if name not in self._below:
            of = t.organization.c
            step = select(of.name).where(of.name == name).cte("step", recursive=True)
            step = step.union(select(of.name).where(of.parent == step.c.name))
            self._below[name] = frozenset(self._connection.execute(select(step.c.name)).scalars().all()) | {name}
        return self._below[name]

    def below(self, name: str) -> CTE:
        """Return an organization and all that lie below it as a query of the column `name`, within another."""
        of = t.organization.c
        step = select(of.name).where(of.name == name).cte("below", recursive=True)
        return step.union(select(of.name).where(of.parent == step.c.name))

    def learn(self, names: Iterable[str]) -> None:
        """Read what lies above several, in one statement, for those that are asked about next."""
        missing = sorted(set(names).difference(self._above))
        if len(missing) > 1:
            parents = self._parents(missing)
            self._above |= {name: tuple(_climb(name, parents)) for name in missing}

    def top_of(self, name: str) -> str:
        """Return the organization above which there is none; itself where there is none above it."""
        return (name, *self.above(name))[-1]

    def _parents(self, names: Sequence[str]) -> Mapping[str, str | None]:
        """Read the parents of these, and the parents of parents."""
        of = t.organization.c
        step = (
            select(of.name, of.parent)
            .where(among_names(of.name, names, self._connection.dialect.name))
            .cte("step", recursive=True)
        )
        step = step.union(select(of.name, of.parent).where(of.name == step.c.parent))
        return dict(self._connection.execute(select(step.c.name, step.c.parent)).tuples().all())


def _climb(name: str, parents: Mapping[str, str | None]) -> Iterable[str]:
    """Yield what lies above. It ends even where somebody has made a circle by hand."""
    seen = {name}
    while (parent := parents.get(name)) is not None and parent not in seen:
        yield parent
        seen.add(parent)
        name = parent
