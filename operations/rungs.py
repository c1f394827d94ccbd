"""Ladders before what no nomination of its own is due on: the rungs that have been reached, owed when they are.

They are not planned ahead. Whoever delivers looks which rung of each ladder was reached last, by the dates as they are
then, and owes it once to everybody of whom that was asked when it was reached. So a date that changes needs no planning
anew, and after an outage one rung is told, not all that were missed.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from deadlines.errors import OutsideCalendarError
from deadlines.keydates import KeyDateKind
from deadlines.ladders import Rung, ladder
from notifications.owed import Owed, asked_reminder
from operations.asked import Asked, asked_at, duties_of, outstanding
from operations.desk import Desk, Running
from operations.owing import steps_of, write_owed
from operations.results import UnknownError
from programs.reminding import Actor
from store import tables as t

#: The longest that so many working days can take, with the longest of holidays between.
_WEEKS: Final = timedelta(days=14)


def owe_rungs(desk: Desk, now: datetime, program_id: str | None = None) -> int:
    """Owe the rungs that were reached, of one program or of all; returns how many were new. Again, it is none."""
    with desk.store.read() as connection:
        owed = _unknown(connection, _reached(desk, connection, now, program_id))
    if not owed:
        return 0
    with desk.store.write() as transaction:
        return write_owed(transaction.connection, owed)


def next_rung(desk: Desk, program_id: str, after: datetime) -> datetime | None:
    """Return the first instant after this one at which a rung before the close of a window is reached."""
    with desk.store.read() as connection:
        try:
            running = desk.running(connection, program_id)
        except UnknownError:
            return None
    reached = (rung.at for _, _, _, rungs in _windows(running, after) for rung in rungs)
    return min((at for at in reached if at > after), default=None)


def _reached(desk: Desk, connection: Connection, now: datetime, program_id: str | None) -> Iterator[Owed]:
    of = t.program.c
    programs = [program_id] if program_id else connection.execute(select(of.id).order_by(of.id)).scalars().all()
    for one in programs:
        try:
            running = desk.running(connection, one)
        except (ValueError, KeyError):
            # A damaged definition is told by sweeps; the other programs are not held up by it.
            continue
        for stage, asked, closes, rungs in _windows(running, now):
            if rung := _last(rungs, now):
                found = outstanding(desk, connection, running, stage, asked, closes, rung.at)
                yield from (_owed(one, stage, who, closes, asked, rung) for who in found)
        yield from _of_terms(desk, connection, running, now)


def _windows(running: Running, now: datetime) -> Iterator[tuple[str, Asked, datetime, list[Rung]]]:
    """Yield what is asked by the close of each window that is still ahead, with the rungs before it."""
    for one in running.dates:
        if one.kind is not KeyDateKind.WINDOW or one.closes is None or one.closes <= now:
            continue
        for asked in asked_at(running.program.stage(one.id)):
            yield one.id, asked, one.closes, _rungs(running, asked.actor, one.closes)


def _of_terms(desk: Desk, connection: Connection, running: Running, now: datetime) -> Iterator[Owed]:
    if running.program.tenure is None:
        return
    steps = steps_of(running.program, Actor.TENURE)
    ahead = now + 2 * timedelta(days=max(steps, default=0)) + _WEEKS
    of, program_id = t.nomination.c, running.program.id
    rows = connection.execute(
        select(t.nomination)
        .join_from(t.tenure, t.nomination)
        .where(t.tenure.c.next_at <= ahead, of.program_id == program_id)
        .order_by(of.number)
    ).all()
    known: dict[datetime, Rung | None] = {}
    found: dict[str, Owed] = {}
    for row, recipient, asked, due in duties_of(desk, connection, running, rows, now) if rows else ():
        if due not in known:
            known[due] = _last(_rungs(running, Actor.TENURE, due), now) if due > now else None
        if rung := known[due]:
            owed = _owed(program_id, row.stage, recipient, due, asked, rung)
            found[owed.key] = owed
    yield from found.values()


def _rungs(running: Running, actor: Actor, closes: datetime) -> list[Rung]:
    try:
        return ladder(running.calendar, closes, steps_of(running.program, actor))
    except OutsideCalendarError:
        # So far ahead nobody is reminded yet.
        return []


def _last(rungs: Iterable[Rung], now: datetime) -> Rung | None:
    return max((rung for rung in rungs if rung.at <= now), key=lambda rung: rung.at, default=None)


def _owed(program_id: str, stage: str, recipient: str, due: datetime, asked: Asked, rung: Rung) -> Owed:
    return asked_reminder(program_id, stage, recipient, due, asked=asked, step=rung.before, send_at=rung.at)


def _unknown(connection: Connection, owed: Iterable[Owed]) -> list[Owed]:
    """Return those that are not owed yet."""
    asked = {one.key: one for one in owed}
    of = t.reminder.c
    keys = sorted(asked)
    for start in range(0, len(keys), 500):
        known = select(of.key).where(of.key.in_(keys[start : start + 500]))
        for key in connection.execute(known).scalars():
            del asked[key]
    return list(asked.values())
