"""The key dates of a program as they have really come: its deadlines announced, its lists published, its term begun."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from deadlines.course import Course
from deadlines.keydates import KeyDates, key_dates
from operations.desk import Desk, Running
from operations.objection_list import as_dated, due_objections
from operations.placing import last_issued
from operations.publicize import list_of
from operations.results import UnknownError
from programs import Program
from store import tables as t


def dates_so_far(desk: Desk, program: Program) -> KeyDates:
    """Return a program's key dates with what the store knows of it; without that, the file's alone."""
    with desk.store.read() as connection:
        try:
            running = desk.running(connection, program.id)
        except UnknownError:
            return key_dates(program, desk.calendar)
        lists = connection.execute(
            select(t.publicity).where(t.publicity.c.program_id == program.id).order_by(t.publicity.c.id)
        )
        objections = due_objections(connection, program.id)
        return dates_in_force(running, lists, last_issued(connection, program.id), objections)


def dates_in_force(
    running: Running, lists: Iterable[Row[Any]], issued: Mapping[str, datetime], objections: Iterable[Row[Any]]
) -> KeyDates:
    """Return a program's key dates with these rows of published lists, its last documents by stage, and objections due.

    Rows of objections are those of `due_objections`.
    """
    course = Course(
        running.announced, tuple(list_of(row) for row in lists), issued, tuple(as_dated(row) for row in objections)
    )
    return key_dates(running.program, running.national, course)
