"""Annexes against the history: each must be what the last event of it had the digest of.

Rows and events pass by one nomination at a time, both in the order of the numbers.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import LargeBinary, Select, cast, func, select, type_coerce
from sqlalchemy import Text as SqlText
from sqlalchemy.engine import Connection

from operations.disagreement import Disagreement
from operations.recollection import event_of
from operations.told_events import raw
from operations.walking import Told, by_nomination, side_by_side
from store import tables as t


def annex_disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name every annex that the history tells otherwise, of one program or of all."""
    of, row, kept = t.event.c, t.nomination.c, t.annex.c
    is_sqlite = connection.dialect.name == "sqlite"
    content = cast(kept.content, LargeBinary) if is_sqlite else type_coerce(kept.content, SqlText)
    rows = select(row.program_id, row.number, kept.annex, content).join_from(t.annex, t.nomination)
    rows = rows.order_by(row.program_id, row.number, kept.annex)
    find: Any = func.instr if is_sqlite else func.strpos
    events = select(of.program_id, of.nomination, raw(connection, of.payload)).where(
        find(of.payload, '"kind":"annex.stated"') > 0, of.nomination.is_not(None)
    )
    events = events.order_by(of.program_id, of.nomination, of.position)
    if program_id is not None:
        rows, events = rows.where(row.program_id == program_id), events.where(of.program_id == program_id)
    for (program, number), table, history in side_by_side(_kept(connection, rows), _told(connection, events)):
        for annex in sorted(table.keys() | history.keys()):
            if table.get(annex) != history.get(annex):
                yield Disagreement(program, number, f"annex.{annex}", table.get(annex), history.get(annex))


def _kept(connection: Connection, rows: Select[Any]) -> Iterator[Told]:
    for key, group in by_nomination(connection, rows):
        yield key, {annex: sha256(_bytes(content)).hexdigest() for _program, _number, annex, content in group}


def _told(connection: Connection, events: Select[Any]) -> Iterator[Told]:
    """Yield what the last event of each annex says; one that cannot be read is left to the chain."""
    for key, group in by_nomination(connection, events):
        told = (event_of(payload) or {} for _program, _number, payload in group)
        yield key, {str(one.get("annex")): str(one.get("digest")) for one in told if one}


def _bytes(content: bytes | str) -> bytes:
    return content if isinstance(content, bytes) else content.encode()
