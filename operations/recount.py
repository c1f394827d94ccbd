"""Counting periods again when the calendar has changed: a schedule was loaded, or the library knows a new year."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from deadlines.course import PublishedList
from deadlines.errors import DeadlineError
from deadlines.periods import Period
from deadlines.zone import SHANGHAI
from notifications.owed import OwedKind, deadline_reminders
from operations.acts import Act
from operations.desk import Desk, Running
from operations.intakes import computed, held, hold_nominations, redefine
from operations.owing import ladder_of, write_owed
from operations.publicize import columns_of, days_of, list_of
from programs.dates import Period as SaidPeriod
from programs.stages import Screening
from store import Transaction, hold
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

    def add(self, other: "Recount") -> None:
        """Add what another one changed."""
        self.deadlines += other.deadlines
        self.publicities += other.publicities
        self.corrections += other.corrections
        self.reminders += other.reminders

    def __bool__(self) -> bool:
        """Whether anything has changed."""
        return self != Recount()


def recount_if_changed(desk: Desk, act: Act) -> Recount | None:
    """Count again if the calendar is not the one that was counted with last; nothing where it is the same."""
    with desk.store.read() as connection:
        desk.learn(connection)
        used = connection.execute(select(t.calendar_used)).one_or_none()
        if used and (used.fingerprint == desk.calendar.fingerprint or _reach(connection, desk) <= _reached(used)):
            return None
    return recount(desk, act)


#: How much a calendar knows: through which day, when the newest schedule was loaded, how many days it has facts of.
_Reach = tuple[date, datetime, int]


def _reach(connection: Connection, desk: Desk) -> _Reach:
    """Return how much this desk's calendar knows.

    Of calendars that differ, only one that knows more counts again: two machines of different versions would else move
    a date back and forth for ever.
    """
    loaded = connection.execute(select(func.max(t.schedule.c.loaded_at))).scalar()
    return desk.calendar.published_through, loaded or _EARLIEST, desk.calendar.facts_known


def _reached(used: Row[Any]) -> _Reach:
    return used.published_through, used.loaded_at or _EARLIEST, used.facts


def recount(desk: Desk, act: Act) -> Recount:
    """Count every period that still runs again from its own start. Whatever changes is an event with both values.

    With an unchanged calendar nothing changes, and nothing by one that knows fewer years than the last one did: that is
    an older version. Each program is a transaction; a recount that was killed is taken up by the next sweep, which
    still finds the calendar changed.
    """
    done = Recount()
    with desk.store.read() as connection:
        desk.learn(connection)
        if desk.behind(connection):
            return done
        opened = connection.execute(
            select(t.program.c.id).where(t.program.c.opened_at.is_not(None)).order_by(t.program.c.id)
        )
        programs = opened.scalars().all()
    for program_id in programs:
        try:
            done.add(_recount_program(desk, program_id, act))
        except DeadlineError:
            # What the calendar does not cover stays as it was announced; other programs are not held up by it.
            continue
    with desk.store.write() as transaction:
        _remember(transaction.connection, desk, act)
    return done


def _recount_program(desk: Desk, program_id: str, act: Act) -> Recount:
    done = Recount()
    with desk.store.write() as transaction:
        try:
            current = held(desk, transaction, program_id)
        except (ValueError, KeyError):
            # Sweeps tell of a definition that is damaged; a backup that mends it brings its own calendar.
            return done
        hold_nominations(transaction.connection, program_id)
        rungs = _held_rungs(transaction.connection, program_id)
        running, done.deadlines = _recount_deadlines(transaction, current, act)
        done.publicities = _recount_publicities(transaction, running, act)
        for stage in running.program.held_stages:
            if isinstance(stage, Screening) and stage.correction:
                done.corrections += _recount_corrections(transaction, running, stage, stage.correction, act)
        done.reminders = _replan(transaction.connection, running, rungs)
    return done


def _remember(connection: Connection, desk: Desk, act: Act) -> None:
    # Several sweeps may have found the calendar changed at the same moment.
    hold(connection, [("calendar",)])
    through, loaded_at, facts = _reach(connection, desk)
    connection.execute(delete(t.calendar_used))
    connection.execute(
        insert(t.calendar_used).values(
            id=1,
            fingerprint=desk.calendar.fingerprint,
            published_through=through,
            loaded_at=loaded_at,
            facts=facts,
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
    moved = redefine(transaction, current, running, act.now)
    if not current.announced and moved:
        changed = announced
    for key, close in changed.items():
        before = current.announced.get(key)
        transaction.record(
            running.program.id,
            "deadline.recounted",
            deadline=key,
            **{"from": before.to_json() if before else None, "to": close.to_json()},
            definition=running.digest,
            **act.signature(),
        )
    return running, len(changed)


def _recount_publicities(transaction: Transaction, running: Running, act: Act) -> int:
    connection = transaction.connection
    lists = connection.execute(
        select(t.publicity).where(
            t.publicity.c.program_id == running.program.id,
            t.publicity.c.objections_close_at > act.now,
        )
    ).all()
    changed = 0
    for row in lists:
        before = list_of(row)
        after = _counted_again(running, before, act.now, stated=row.stated)
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


def _counted_again(running: Running, before: PublishedList, now: datetime, *, stated: bool) -> PublishedList:
    """Count a list from its publication as it was said then. Days that are over stay; objections may still be open.

    A last day that the office has stated stays, unless the least number of days now ends later.
    """
    period = running.count(before.said, before.published_at)
    objections = running.count(before.said_objections, before.published_at) if before.said_objections else None
    if before.closes <= now:
        period = Period(before.first_day, before.last_day, before.closes, before.provisional)
    elif stated and before.last_day > period.last_day:
        period = replace(period, last_day=before.last_day, closes=before.closes)
    return before.counted_again(period, objections)


def _recount_corrections(
    transaction: Transaction, running: Running, stage: Screening, period: SaidPeriod, act: Act
) -> int:
    connection = transaction.connection
    key = f"{stage.id}.correction"
    rows = connection.execute(
        select(t.nomination).where(t.nomination.c.program_id == running.program.id, t.nomination.c.stage == key)
    ).all()
    changed: list[tuple[Row[Any], datetime]] = []
    for row in rows:
        # It runs from the return that asked for it, which is the nomination's last move, as long as was said then. One
        # of an earlier version was said nothing of.
        said = SaidPeriod.model_validate(row.correction) if row.correction else period
        closes = running.count(said, row.moved_at).closes
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
        write_owed(connection, ladder_of(running, key, row.holder, closes, act.now))
    return len(changed)


def _held_rungs(connection: Connection, program_id: str) -> Sequence[Row[Any]]:
    """Hold the rungs of ladders that are still owed, in the order in which they are gathered, before any chain's head.

    Those that somebody gathers at this moment are sent as they are.
    """
    of = t.reminder.c
    return connection.execute(
        select(t.reminder)
        .where(of.program_id == program_id, of.kind == OwedKind.DEADLINE.value, of.state == "owed")
        .order_by(of.recipient, of.key)
        .with_for_update(skip_locked=True)
    ).all()


def _replan(connection: Connection, running: Running, rungs: Sequence[Row[Any]]) -> int:
    """Move the rungs of ladders to the days that the calendar now gives them; a rung keeps its key."""
    moved: list[dict[str, Any]] = []
    for row in rungs:
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
