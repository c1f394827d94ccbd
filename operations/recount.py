"""Counting periods again when the calendar has changed: a schedule was loaded, or the library knows a new year."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.engine import Connection

from deadlines.zone import SHANGHAI
from notifications.owed import OwedKind, deadline_reminders
from operations.acts import Act
from operations.desk import Desk, Running
from operations.owing import awaited, write_owed
from programs.dates import Period
from programs.stages import Publicity, Screening
from store import Transaction
from store import tables as t

#: Before any rung: replanning moves rungs, it does not judge whether they are still to come.
_EARLIEST = datetime(2001, 1, 1, tzinfo=SHANGHAI)


@dataclass
class Recount:
    """What a changed calendar changed: published lists, corrections, and reminders that are sent on another day."""

    publicities: int = 0
    corrections: int = 0
    reminders: int = 0


def recount(desk: Desk, act: Act) -> Recount:
    """Count every period that still runs again from its own start. Whatever changes is an event with both values.

    With an unchanged calendar nothing changes.
    """
    done = Recount()
    with desk.store.write() as transaction:
        connection = transaction.connection
        opened = connection.execute(select(t.program.c.id).where(t.program.c.opened_at.is_not(None))).scalars().all()
        for program_id in opened:
            running = desk.running(connection, program_id)
            for stage in running.program.held_stages:
                if isinstance(stage, Publicity) and stage.period:
                    done.publicities += _recount_publicity(transaction, running, stage, stage.period, act)
                if isinstance(stage, Screening) and stage.correction:
                    done.corrections += _recount_corrections(transaction, running, stage, stage.correction, act)
            done.reminders += _replan(connection, running)
    return done


def _recount_publicity(transaction: Transaction, running: Running, stage: Publicity, period: Period, act: Act) -> int:
    connection = transaction.connection
    lists = connection.execute(
        select(t.publicity).where(
            t.publicity.c.program_id == running.program.id,
            t.publicity.c.stage == stage.id,
            t.publicity.c.closes_at > act.now,
        )
    ).all()
    # Who is on which list is asked before any of them moves: one list may now end where another one did.
    on_list = {row.id: _waiting_for(connection, running, stage, row.closes_at) for row in lists}
    changed = 0
    for row in lists:
        counted = running.count(period, row.published_at)
        before = (row.first_day, row.last_day, row.closes_at, row.provisional)
        after = (counted.first_day, counted.last_day, counted.closes, counted.provisional)
        if before == after:
            continue
        changed += 1
        values = dict(zip(("first_day", "last_day", "closes_at", "provisional"), after, strict=True))
        connection.execute(update(t.publicity).where(t.publicity.c.id == row.id).values(values))
        connection.execute(
            update(t.nomination).where(t.nomination.c.id.in_(on_list[row.id])).values(due_at=counted.closes)
        )
        transaction.record(
            running.program.id,
            "publicity.recounted",
            stage=stage.id,
            **{"from": _stated(*before), "to": _stated(*after)},
            **act.signature(),
        )
    return changed


def _waiting_for(connection: Connection, running: Running, stage: Publicity, closes: datetime) -> list[int]:
    """Return who is on a list that runs until then."""
    return list(
        connection.execute(
            select(t.nomination.c.id).where(
                t.nomination.c.program_id == running.program.id,
                t.nomination.c.stage == f"{stage.id}.running",
                t.nomination.c.due_at == closes,
            )
        ).scalars()
    )


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


def _stated(first_day: date, last_day: date, closes: datetime, provisional: bool) -> dict[str, object]:  # noqa: FBT001 - a row
    return {
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
        "closes": closes.isoformat(),
        "provisional": provisional,
    }
