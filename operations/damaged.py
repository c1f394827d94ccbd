"""Programs whose definitions nobody can read: what runs by itself passes over them, so that they hold up no other.

Sweeps tell of them, and the daily summary. Whoever asks for such a program by name is refused by its fault.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.desk import Desk, Running
from operations.results import UnknownError
from store import tables as t


def whole_versions(desk: Desk, connection: Connection, program_id: str) -> tuple[Running, ...]:
    """Return every version of a program, the newest first; none where one is damaged, or there is no program."""
    try:
        return desk.versions(connection, program_id)
    except (UnknownError, ValueError, KeyError):
        return ()


def whole_programs(desk: Desk, connection: Connection) -> tuple[Running, ...]:
    """Return the newest version of every program that is not damaged, those opened last first."""
    found = (whole_versions(desk, connection, one) for one in _all(connection))
    return tuple(versions[0] for versions in found if versions)


def damaged_programs(desk: Desk, connection: Connection) -> tuple[str, ...]:
    """Return the ids of the programs that are damaged."""
    return tuple(sorted(one for one in _all(connection) if not whole_versions(desk, connection, one)))


def _all(connection: Connection) -> Sequence[str]:
    of = t.program.c
    return connection.execute(select(of.id).order_by(of.opened_at.desc().nulls_last(), of.id)).scalars().all()
