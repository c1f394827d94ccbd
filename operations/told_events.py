"""Events of some kinds, out of all, as the tables are held against them.

On SQLite an event may hold anything that somebody has put into it, so it is read as the bytes that are there; one that
cannot be read is left to the chain, which names it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, cast, func, or_, select
from sqlalchemy.engine import Connection

from operations.recollection import event_of
from store import tables as t


def events_saying(
    connection: Connection, said: Iterable[str], program_id: str | None = None, *conditions: ColumnElement[bool]
) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """Yield the events of programs that say one of these in canonical JSON: program, nomination's number, event.

    Each program's in their order; memory does not grow with them.
    """
    of = t.event.c
    query = select(of.program_id, of.nomination, raw(connection, of.payload))
    query = query.where(_says(connection, of.payload, said), *conditions).order_by(of.program_id, of.position)
    if program_id is not None:
        query = query.where(of.program_id == program_id)
    with connection.execute(query, execution_options={"yield_per": 1000}) as events:
        for program, number, payload in events:
            if event := event_of(payload):
                yield program, number, event


def own_events_saying(connection: Connection, said: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the events of the installation that say one of these, in their order."""
    of = t.installation_event.c
    query = select(raw(connection, of.payload)).where(_says(connection, of.payload, said)).order_by(of.position)
    with connection.execute(query, execution_options={"yield_per": 1000}) as events:
        for (payload,) in events:
            if event := event_of(payload):
                yield event


def raw(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Read a text as the bytes that are there."""
    return cast(column, LargeBinary) if connection.dialect.name == "sqlite" else column


def _says(connection: Connection, payload: ColumnElement[Any], said: Iterable[str]) -> ColumnElement[bool]:
    """Whether an event says one of these. A quotation mark within a text is written otherwise there."""
    find = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return or_(*(find(payload, text) > 0 for text in said))
