"""Who of an organization's tree stands behind nominations of programs that others run, kept between reads."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from store import is_remembering
from store import tables as t

#: So much is kept: a list for each organization that somebody works for.
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Sides:
    """Who nominates, by program, and whose units others nominate there, by program."""

    nominators: tuple[tuple[str, str], ...] = ()
    units: tuple[tuple[str, str], ...] = ()


class KnownSides:
    """What was found of organizations. One for a process.

    It holds until one of these programs has another side, or an organization is placed elsewhere, both of which
    `program.sides` counts.
    """

    def __init__(self) -> None:
        self._found: dict[Hashable, Sides] = {}

    def of(self, connection: Connection, mine: str, programs: Collection[str], find: Callable[[], Sides]) -> Sides:
        """Return what stands behind nominations of these programs in the tree of an organization, found out if need be.

        A transaction that writes sees what may never be, so it finds out for itself and nothing of it is kept.
        """
        if not is_remembering(connection):
            return find()
        of = t.program.c
        asked = select(of.id, of.sides).where(of.id.in_(sorted(programs))).order_by(of.id)
        # Asked before what is found out, so that what comes between the two is found out anew the next time.
        key = (mine, *connection.execute(asked).tuples().all())
        known = self._found.get(key)
        if known is None:
            if len(self._found) >= _MOST:
                self._found.clear()
            known = self._found[key] = find()
        return known
