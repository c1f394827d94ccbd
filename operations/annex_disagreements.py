"""Annexes against the history: each must be what the last event of it had the digest of.

Rows and events pass by one nomination at a time, both in the order of the numbers.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import LargeBinary, Row, Select, cast, func, select, type_coerce
from sqlalchemy import Text as SqlText
from sqlalchemy.engine import Connection

from operations.disagreement import Disagreement
from operations.recollection import event_of, text_of
from store import tables as t

_ROWS = {"yield_per": 1000}

#: A nomination by its program and its number, and the digest of each of its annexes.
_Digests = tuple[tuple[str, str], dict[str, str]]


def annex_disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name every annex that the history tells otherwise, of one program or of all."""
    of, row, kept = t.event.c, t.nomination.c, t.annex.c
    is_sqlite = connection.dialect.name == "sqlite"
    content = cast(kept.content, LargeBinary) if is_sqlite else type_coerce(kept.content, SqlText)
    rows = select(row.program_id, row.number, kept.annex, content).join_from(t.annex, t.nomination)
    rows = rows.order_by(row.program_id, row.number, kept.annex)
    find: Any = func.instr if is_sqlite else func.strpos
    events = select(of.program_id, of.nomination, of.payload).where(
        find(of.payload, '"kind":"annex.stated"') > 0, of.nomination.is_not(None)
    )
    events = events.order_by(of.program_id, of.nomination, of.position)
    if program_id is not None:
        rows, events = rows.where(row.program_id == program_id), events.where(of.program_id == program_id)
    for (program, number), table, history in _side_by_side(_kept(connection, rows), _told(connection, events)):
        for annex in sorted(table.keys() | history.keys()):
            if table.get(annex) != history.get(annex):
                yield Disagreement(program, number, f"annex.{annex}", table.get(annex), history.get(annex))


def _kept(connection: Connection, rows: Select[Any]) -> Iterator[_Digests]:
    for key, group in _by_nomination(connection, rows):
        yield key, {annex: sha256(_bytes(content)).hexdigest() for _program, _number, annex, content in group}


def _told(connection: Connection, events: Select[Any]) -> Iterator[_Digests]:
    """Yield what the last event of each annex says; one that cannot be read is left to the chain."""
    for key, group in _by_nomination(connection, events):
        told = (event_of(payload) or {} for _program, _number, payload in group)
        yield key, {str(one.get("annex")): str(one.get("digest")) for one in told if one}


def _by_nomination(connection: Connection, query: Select[Any]) -> Iterator[tuple[tuple[str, str], Iterator[Row[Any]]]]:
    with connection.execute(query, execution_options=_ROWS) as rows:
        for (program, number), group in groupby(rows, key=lambda row: (row[0], row[1])):
            yield (text_of(program), text_of(number)), group


def _side_by_side(
    tables: Iterator[_Digests], histories: Iterator[_Digests]
) -> Iterator[tuple[tuple[str, str], dict[str, str], dict[str, str]]]:
    """Walk two orders of the same keys side by side; what one of them has not is empty there."""
    table, history = next(tables, None), next(histories, None)
    while table or history:
        key = min(one[0] for one in (table, history) if one)
        here, there = table if table and table[0] == key else None, history if history and history[0] == key else None
        yield key, here[1] if here else {}, there[1] if there else {}
        table, history = next(tables, None) if here else table, next(histories, None) if there else history


def _bytes(content: bytes | str) -> bytes:
    return content if isinstance(content, bytes) else content.encode()
