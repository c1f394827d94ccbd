"""The organizations as a tree, as one transaction sees it: which lie above another."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.engine import Connection

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
            self._above[name] = tuple(self._climb(name))
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

    def top_of(self, name: str) -> str:
        """Return the organization above which there is none; itself where there is none above it."""
        return (name, *self.above(name))[-1]

    def _climb(self, name: str) -> Iterable[str]:
        """Read the parents of parents in one statement. It ends even where somebody has made a circle by hand."""
        of = t.organization.c
        step = select(of.name, of.parent).where(of.name == name).cte("step", recursive=True)
        step = step.union(select(of.name, of.parent).where(of.name == step.c.parent))
        parents = dict(self._connection.execute(select(step.c.name, step.c.parent)).tuples().all())
        seen = {name}
        while (parent := parents.get(name)) is not None and parent not in seen:
            yield parent
            seen.add(parent)
            name = parent
