"""Counting periods again when the calendar has changed: a schedule was loaded, or the library knows a new year."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from deadlines.course import PublishedList
from deadlines.zone import SHANGHAI
from notifications.owed import OwedKind, deadline_reminders
from operations.acts import Act
from operations.desk import Desk, Running
from operations.intakes import computed, held, hold_nominations, redefine
from operations.owing import awaited, write_owed
from operations.publicize import columns_of, days_of, list_of
from programs.dates import Period
from programs.stages import Screening
from store import Transaction
from store import tables as t

#: Before any rung: replanning moves rungs, it does not judge whether they are still to come.
_EARLIEST = datetime(2001, 1, 1, tzinfo=SHANGHAI)


@dataclass
class Recount:
    """What a changed calendar changed: intakes, lists, corrections, and reminders that are sent on another day."""

    deadlines: int = 0
    publicities: int = 0
    corrections: int = 0
    reminders: int = 0

    def __bool__(self) -> bool:
        """Whether anything has changed."""
        return self != Recount()


def recount_if_changed(desk: Desk, act: Act) -> Recount | None:
    """Count again if the calendar is not the one that was counted with last; nothing where it is the same.

    A calendar that knows fewer years than the last one counts nothing: somebody works with an older version.
    """
    with desk.store.read() as connection:
        desk.learn(connection)
        used = connection.execute(select(t.calendar_used)).one_or_none()
    known = desk.calendar
    if used and (used.fingerprint == known.fingerprint or known.published_through < used.published_through):
        return None
    return recount(desk, act)


def recount(desk: Desk, act: Act) -> Recount:
    """Count every period that still runs again from its own start. Whatever changes is an event with both values.

    With an unchanged calendar nothing changes. Each program is a transaction; a recount that was killed is taken up by
    the next sweep, which still finds the calendar changed, and so is one that met a program it could not read.
    """
    done = Recount()
    with desk.store.read() as connection:
        desk.learn(connection)
        opened = connection.execute(
            select(t.program.c.id).where(t.program.c.opened_at.is_not(None)).order_by(t.program.c.id)
        )
        programs = opened.scalars().all()
    unreadable = False
    for program_id in programs:
        with desk.store.write() as transaction:
            try:
                current = held(desk, transaction, program_id)
            except (ValueError, KeyError):
                # Sweeps tell of a definition that is damaged; all others are counted.
                unreadable = True
                continue
            _recount_program(transaction, current, act, done)
    if not unreadable:
        with desk.store.write() as transaction:
            _remember(transaction.connection, desk, act)
    return done


def _recount_program(transaction: Transaction, current: Running, act: Act, done: Recount) -> None:
    hold_nominations(transaction.connection, current.program.id)
    running, deadlines = _recount_deadlines(transaction, current, act)
    done.deadlines += deadlines
    done.publicities += _recount_publicities(transaction, running, act)
    for stage in running.program.held_stages:
        if isinstance(stage, Screening) and stage.correction:
            done.corrections += _recount_corrections(transaction, running, stage, stage.correction, act)
    done.reminders += _replan(transaction.connection, running)


def _remember(connection: Connection, desk: Desk, act: Act) -> None:
    connection.execute(delete(t.calendar_used))
    connection.execute(
        insert(t.calendar_used).values(
            id=1,
            fingerprint=desk.calendar.fingerprint,
            published_through=desk.calendar.published_through,
            counted_at=act.now,
        )
    )


def _recount_deadlines(transaction: Transaction, current: Running, act: Act) -> tuple[Running, int]:
    """Announce every intake that is still open anew where the calendar gives it another close."""
    now_given = computed(current)
    changed = {
        key: close
        for key, close in now_given.items()
        if (before := current.announced.get(key)) and before != close and before.at > act.now
    }
    # A database of an earlier version has announced nothing yet.
    announced = {**now_given, **current.announced, **changed}
    if announced == current.announced:
        return current, 0
    running = replace(current, version=current.version + 1, announced=announced)
    redefine(transaction, current, running, act.now)
    for key, close in changed.items():
        transaction.record(
            running.program.id,
            "deadline.recounted",
            deadline=key,
            **{"from": current.announced[key].to_json(), "to": close.to_json()},
            **act.signature(),
        )
    return running, len(changed)


def _recount_publicities(transaction: Transaction, running: Running, act: Act) -> int:
    connection = transaction.connection
    lists = connection.execute(
        select(t.publicity).where(
            t.publicity.c.program_id == running.program.id,
            t.publicity.c.objections_close_at > act.now,
            t.publicity.c.stated.is_(False),
        )
    ).all()
    changed = 0
    for row in lists:
        before, after = list_of(row), _counted_again(running, row, act.now)
        if before == after:
            continue
        changed += 1
        connection.execute(update(t.publicity).where(t.publicity.c.id == row.id).values(columns_of(after)))
        connection.execute(
            update(t.nomination)
            .where(t.nomination.c.publicity_id == row.id, t.nomination.c.stage == f"{row.stage}.running")
            .values(due_at=after.objections_close)
        )
        transaction.record(
            running.program.id,
            "publicity.recounted",
            stage=row.stage,
            **{"from": days_of(before), "to": days_of(after)},
            **act.signature(),
        )
    return changed


def _counted_again(running: Running, row: Row[Any], now: datetime) -> PublishedList:
    """Count a list from its publication as it was said then. Days that are over stay; objections may still be open."""
    period = running.count(Period.model_validate(row.period), row.published_at)
    objections = running.count(Period.model_validate(row.objections), row.published_at) if row.objections else None
    counted = PublishedList.counted(row.stage, row.published_at, period, objections, row.venue)
    if row.closes_at > now:
        return counted
    return replace(counted, first_day=row.first_day, last_day=row.last_day, closes=row.closes_at)


def _recount_corrections(transaction: Transaction, running: Running, stage: Screening, period: Period, act: Act) -> int:
    connection = transaction.connection
    key = f"{stage.id}.correction"
    rows = connection.execute(
        select(t.nomination).where(t.nomination.c.program_id == running.program.id, t.nomination.c.stage == key)
    ).all()
    changed: list[tuple[Row[Any], datetime]] = []
    for row in rows:
        # A correction runs from the return that asked for it, which is the nomination's last move.
        closes = running.count(period, row.moved_at).closes
        if row.due_at > act.now and closes != row.due_at:
            changed.append((row, closes))
    for row, closes in changed:
        connection.execute(update(t.nomination).where(t.nomination.c.id == row.id).values(due_at=closes))
        transaction.record(
            running.program.id,
            "correction.recounted",
            nomination=row.number,
            **{"from": row.due_at.isoformat(), "to": closes.isoformat()},
            **act.signature(),
        )
        write_owed(connection, awaited(running, key, row.holder, closes, act.now))
    return len(changed)


def _replan(connection: Connection, running: Running) -> int:
    """Move the rungs of ladders to the days that the calendar now gives them; a rung keeps its key."""
    owed = connection.execute(
        select(t.reminder).where(
            t.reminder.c.program_id == running.program.id,
            t.reminder.c.kind == OwedKind.DEADLINE.value,
            t.reminder.c.state == "owed",
        )
    ).all()
    moved: list[dict[str, Any]] = []
    for row in owed:
        (rung,) = deadline_reminders(
            running.program.id,
            row.stage,
            row.recipient,
            row.due_at,
            calendar=running.calendar,
            steps=(row.step,),
            now=_EARLIEST,
            day_before=row.due_at in running.ambiguous_closes,
        )
        if rung.send_at != row.send_at:
            moved.append({"reminder_id": row.id, "at": rung.send_at})
    if moved:
        connection.execute(
            update(t.reminder).where(t.reminder.c.id == bindparam("reminder_id")).values(send_at=bindparam("at")), moved
        )
    return len(moved)
