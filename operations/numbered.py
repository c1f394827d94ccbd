"""Nominations by their numbers: how they are numbered, and the row of one, held for a transaction."""

from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.engine import Connection

from operations.results import UnknownError, no_such_nomination
from store import tables as t

#: Statements that every move makes are written once: to build one takes as long as to execute it.
_FOUND = select(t.nomination).where(t.nomination.c.number == bindparam("number"))
_HELD = _FOUND.with_for_update()


def number_of(program_id: str, ordinal: int) -> str:
    """Return the number of a nomination, by which of its program's it is, counted from 1."""
    return f"{program_id}-{ordinal:04d}"


def find(connection: Connection, number: str, *, lock: bool = True) -> Row[Any]:
    """Return a nomination's row, locked for this transaction; raises `UnknownError` where there is none."""
    row = connection.execute(_HELD if lock else _FOUND, {"number": number}).one_or_none()
    if row is None:
        raise UnknownError(no_such_nomination(number, _meant(connection, number)))
    return row


#: How many numbers are offered to somebody who wrote the end of one.
_OFFERED = 3


def _meant(connection: Connection, number: str) -> list[str]:
    """Return the numbers that end like this one, if they are few: `7` and `0007` are what people remember."""
    if not number.isascii() or not number.isdigit():
        return []
    of = t.nomination.c.number
    found = connection.execute(select(of).where(of.like(f"%-{number:0>4}")).order_by(of).limit(_OFFERED + 1))
    known = list(found.scalars())
    return known if len(known) <= _OFFERED else []
