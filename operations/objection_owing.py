"""Objections that are to be judged, or settled, by a day: the reminders before it, and those whose day has passed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from notifications.owed import arrival_reminder
from operations.damaged import whole_versions
from operations.desk import Desk, Running
from operations.owing import ladder_of, write_owed
from store import tables as t


@dataclass(frozen=True, slots=True)
class Overdue:
    """An objection that is open though its time has passed: `due_at` was the first instant too late.

    Nobody handles one that was not admitted yet.
    """

    objection: int
    program: str
    number: str
    handler: str | None
    due_at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "objection": self.objection,
            "program": self.program,
            "number": self.number,
            "handler": self.handler,
            "due_at": self.due_at.isoformat(),
        }


def owe_investigation(
    connection: Connection, running: Running, row: Row[Any], stage: str, due_at: datetime, now: datetime
) -> int:
    """Owe whoever holds the nominee a ladder before an objection is due; returns how many were new."""
    if row.holder is None:
        return 0
    return write_owed(connection, ladder_of(running, f"{stage}.objected", str(row.holder), due_at, now))


def overdue_objections(connection: Connection, now: datetime, program_id: str | None = None) -> Iterator[Overdue]:
    """Yield the open objections whose time has passed, the longest overdue first."""
    for row in connection.execute(_overdue(now, program_id)):
        yield Overdue(row.id, row.program_id, row.number, row.handler, row.due_at)


def remind_of_overdue(desk: Desk, now: datetime, program_id: str | None = None) -> tuple[list[Overdue], int]:
    """Owe those who hold the nominees word of what is overdue, once a day; returns it, and how many were new."""
    with desk.store.read() as connection:
        found = list(overdue_objections(connection, now, program_id))
        places = {
            (row.program_id, f"{row.stage}.objected", row.holder)
            for row in connection.execute(_overdue(now, program_id))
            if row.holder
        }
    if not places:
        return found, 0
    with desk.store.write() as transaction:
        connection = transaction.connection
        owed = [
            arrival_reminder(program, stage, holder, calendar=versions[0].calendar, now=now)
            for program, stage, holder in sorted(places)
            if (versions := whole_versions(desk, connection, program))
        ]
        return found, write_owed(connection, owed, daily=True)


def _overdue(now: datetime, program_id: str | None) -> Any:  # noqa: ANN401 - a statement of several columns
    of, nominee = t.objection.c, t.nomination.c
    query = (
        select(of.id, of.stage, of.handler, of.due_at, nominee.program_id, nominee.number, nominee.holder)
        .join_from(t.objection, t.nomination)
        .where(of.outcome.is_(None), of.due_at <= now)
        .order_by(of.due_at, of.id)
    )
    return query if program_id is None else query.where(nominee.program_id == program_id)
