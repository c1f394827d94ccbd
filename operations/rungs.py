"""Ladders around what no nomination of its own is due on: the rungs that have been reached, owed when they are.

They are not planned ahead. Whoever delivers looks which rung of each ladder was reached last, by the dates as they are
then, and owes it once to everybody of whom that was asked when it was reached. So a date that changes needs no planning
anew, and after an outage one rung is told, not all that were missed.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, exists, or_, select
from sqlalchemy.engine import Connection

from deadlines.errors import OutsideCalendarError
from deadlines.keydates import KeyDateKind
from deadlines.ladders import Rung, ladder
from deadlines.zone import last_day_before
from notifications.hours import opening_after
from notifications.owed import Owed, OwedKind, asked_reminder, following
from operations.asked import Asked, asked_at, duties_of, outstanding
from operations.damaged import whole_versions
from operations.desk import Desk, Running
from operations.owing import steps_of, write_owed
from programs.reminding import Actor
from store import tables as t

#: The longest that so many working days can take, with the longest of holidays between.
_WEEKS: Final = timedelta(days=14)

#: How long after the close of a window somebody is still asked for what was due by it.
_LOOKED_BACK: Final = timedelta(days=60)


def owe_rungs(desk: Desk, now: datetime, program_id: str | None = None) -> int:
    """Owe the rungs that were reached, of one program or of all; returns how many were new. Again, it is none."""
    with desk.store.read() as connection:
        owed = _unknown(connection, _reached(desk, connection, now, program_id))
    if not owed:
        return 0
    with desk.store.write() as transaction:
        return write_owed(transaction.connection, owed)


def next_rung(desk: Desk, program_id: str, after: datetime) -> datetime | None:
    """Return the first instant after this one at which a rung before or after the close of a window is reached."""
    with desk.store.read() as connection:
        versions = whole_versions(desk, connection, program_id)
        if not versions:
            return None
        running = versions[0]
    reached = [rung.at for _, _, _, rungs in _windows(running, after) for rung in rungs]
    for one in running.dates:
        if one.kind is KeyDateKind.WINDOW and one.closes is not None and one.closes > after - _LOOKED_BACK:
            asked = asked_at(running.program.stage(one.id))
            reached += [at for each in asked for _, _, at in after_close(running, each, one.closes)]
    return min((at for at in reached if at > after), default=None)


def next_rung_of_terms(desk: Desk, program_id: str, after: datetime) -> datetime | None:
    """Return the first instant after this one at which a rung is reached before what a term has open now is due.

    What opens later is known once it does: that is an instant at which a sweep has something to do.
    """
    with desk.store.read() as connection:
        versions = whole_versions(desk, connection, program_id)
        tenure = versions[0].program.tenure if versions else None
        if not versions or tenure is None:
            return None
        running = versions[0]
        # What is open changes again when it is due, at the latest.
        rows = _with_terms(connection, program_id, after + max(timedelta(days=tenure.opens_days_before), _WEEKS))
        asked = duties_of(desk, connection, running, rows, after) if rows else []
    rungs = (rung for due in {due for _, _, _, due in asked} for rung in _rungs(running, Actor.TENURE, due))
    return min((rung.at for rung in rungs if rung.at > after), default=None)


def _reached(desk: Desk, connection: Connection, now: datetime, program_id: str | None) -> Iterator[Owed]:
    for one in [program_id] if program_id else _with_something_to_do(connection):
        versions = whole_versions(desk, connection, one)
        if not versions:
            # A damaged definition is told by sweeps; the other programs are not held up by it.
            continue
        running = versions[0]
        for stage, asked, closes, rungs in _windows(running, now):
            if rung := _last(rungs, now):
                found = outstanding(desk, connection, running, stage, asked, closes, rung.at)
                yield from (_owed(one, stage, who, closes, asked, rung) for who in found)
        yield from _after_windows(desk, connection, running, now)
        yield from _of_terms(desk, connection, running, now)


def _with_something_to_do(connection: Connection) -> Sequence[str]:
    """Return the programs in which a nomination waits for somebody or a term goes on. No other is read."""
    waits = exists().where(t.standing.c.program_id == t.program.c.id, t.standing.c.nominations > 0)
    goes_on = (
        select(t.nomination.c.program_id)
        .join_from(t.tenure, t.nomination)
        .where(t.tenure.c.next_at.is_not(None))
        .distinct()
    )
    query = select(t.program.c.id).where(or_(waits.where(t.standing.c.holder != ""), t.program.c.id.in_(goes_on)))
    return connection.execute(query.order_by(t.program.c.id)).scalars().all()


def _windows(running: Running, now: datetime) -> Iterator[tuple[str, Asked, datetime, list[Rung]]]:
    """Yield what is asked by the close of each window that is still ahead, with the rungs before it."""
    for one in running.dates:
        if one.kind is not KeyDateKind.WINDOW or one.closes is None or one.closes <= now:
            continue
        for asked in asked_at(running.program.stage(one.id)):
            yield one.id, asked, one.closes, _rungs(running, asked.actor, one.closes)


def after_close(running: Running, asked: Asked, closes: datetime) -> list[tuple[OwedKind, int, datetime]]:
    """Return what follows the close of a window while this is still asked: which, after how many working days, when.

    What has a window alone is not over when that closes: who has not scored or voted still can, and is still waited
    for. So they are told again, and then the office is.
    """
    if asked not in (Asked.SCORES, Asked.BALLOT):
        return []
    ladder_, last = running.program.ladder(asked.actor), last_day_before(closes)
    told = [(OwedKind.OVERDUE, days) for days in ladder_.after]
    if ladder_.escalate is not None:
        told.append((OwedKind.ESCALATION, ladder_.escalate))
    calendar = running.calendar
    try:
        days_on = [calendar.add_working_days(last, days) if days else last for _, days in told]
        return [(kind, days, opening_after(calendar, on)) for (kind, days), on in zip(told, days_on, strict=True)]
    except OutsideCalendarError:
        return []


def _after_windows(desk: Desk, connection: Connection, running: Running, now: datetime) -> Iterator[Owed]:
    """Yield what is owed after the windows that have closed: of each kind the one that was reached last."""
    for one in running.dates:
        if one.kind is not KeyDateKind.WINDOW or one.closes is None or not now - _LOOKED_BACK < one.closes <= now:
            continue
        for asked in asked_at(running.program.stage(one.id)):
            reached = {kind: (days, at) for kind, days, at in after_close(running, asked, one.closes) if at <= now}
            for kind, (days, at) in reached.items():
                for who in outstanding(desk, connection, running, one.id, asked, one.closes, at):
                    yield following(
                        kind,
                        running.program.id,
                        one.id,
                        who if kind is OwedKind.OVERDUE else running.program.office,
                        about=who,
                        due=one.closes,
                        since=at,
                        days=days,
                        send_at=at,
                        facts={"asked": asked.value},
                    )


def _of_terms(desk: Desk, connection: Connection, running: Running, now: datetime) -> Iterator[Owed]:
    if running.program.tenure is None:
        return
    steps = steps_of(running.program, Actor.TENURE)
    ahead = now + 2 * timedelta(days=max(steps, default=0)) + _WEEKS
    program_id = running.program.id
    rows = _with_terms(connection, program_id, ahead)
    known: dict[datetime, Rung | None] = {}
    found: dict[str, Owed] = {}
    for row, recipient, asked, due in duties_of(desk, connection, running, rows, now) if rows else ():
        if due not in known:
            known[due] = _last(_rungs(running, Actor.TENURE, due), now) if due > now else None
        if rung := known[due]:
            owed = _owed(program_id, row.stage, recipient, due, asked, rung)
            found[owed.key] = owed
    yield from found.values()


def _with_terms(connection: Connection, program_id: str, ahead: datetime) -> Sequence[Row[Any]]:
    """Return the nominations of a program in whose terms something changes until then."""
    of = t.nomination.c
    return connection.execute(
        select(t.nomination)
        .join_from(t.tenure, t.nomination)
        .where(t.tenure.c.next_at <= ahead, of.program_id == program_id)
        .order_by(of.number)
    ).all()


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
