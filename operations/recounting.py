"""One program counted again: what its deadlines, lists and times come to by the calendar that is known now.

What was announced only moves as far as people can still act on it: nothing that was announced to be open today closes
before the end of today, whatever the calendar says since.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, or_, select, update
from sqlalchemy.engine import Connection

from deadlines.course import Close, PublishedList
from deadlines.errors import DeadlineError
from deadlines.periods import Period
from deadlines.zone import SHANGHAI, day_end, shanghai_day
from notifications.owed import OwedKind, deadline_reminders
from operations.acts import Act
from operations.desk import Desk, Due, Running
from operations.intakes import computed, digests_of, held_versions, hold_nominations, redefine
from operations.objection_list import due_objections
from operations.objection_owing import owe_investigation
from operations.owing import ladder_of, write_owed
from operations.publicize import columns_of, days_of, list_of
from programs import Words
from programs.dates import Duration
from programs.stages import Screening
from programs.words import closing_in_words
from store import Transaction
from store import tables as t

#: Before any rung: replanning moves rungs, it does not judge whether they are still to come.
_EARLIEST = datetime(2001, 1, 1, tzinfo=SHANGHAI)


@dataclass
class Recount:
    """What a changed calendar changed: intakes, lists, corrections, objections, reminders sent on another day.

    `failed` counts what the calendar does not cover, and what therefore stays as it was announced.
    """

    deadlines: int = 0
    publicities: int = 0
    corrections: int = 0
    objections: int = 0
    reminders: int = 0
    failed: int = 0
    #: What changed, in words, as whoever has to announce it needs it.
    told: list[Words] = field(default_factory=list, compare=False)

    def add(self, other: "Recount") -> None:
        """Add what another one changed."""
        self.deadlines += other.deadlines
        self.publicities += other.publicities
        self.corrections += other.corrections
        self.objections += other.objections
        self.reminders += other.reminders
        self.failed += other.failed
        self.told += other.told

    def tell(self, running: Running, what: Words, before: datetime | None, after: Due) -> None:
        """Keep a change in words."""
        words = Words(
            "{program}　{what}：原至 {before}，现至 {after}{mark}",
            "{program}  {what}: was until {before}, now until {after}{mark}",
        )
        mark = Words("（暂定）", " (provisional)") if after.provisional else Words("", "")
        ends = [closing_in_words(at.astimezone(SHANGHAI)) if at else "—" for at in (before, after.at)]
        program = running.program.id
        self.told.append(words.format(program=program, what=what, before=ends[0], after=ends[1], mark=mark))

    @property
    def words(self) -> Words:
        """Say what changed."""
        told = Words(
            "放假安排有变化，重新计算了受理期限 {deadlines} 项、公示 {publicities} 项、补正期限 {corrections} 项、"
            "异议期限 {objections} 项、提醒 {reminders} 条",
            "the calendar has changed; counted again: {deadlines} deadlines, {publicities} publicities, "
            "{corrections} times to correct, {objections} of objections, {reminders} reminders",
        ).format(**asdict(self))
        if not self.failed:
            return told
        return Words(
            "{told}；{failed} 项超出工作日历，保持原定日期", "{told}; {failed} lead out of the calendar and stay"
        ).format(told=told, failed=self.failed)

    def to_json(self, language: str) -> dict[str, Any]:
        """Return the counts, and what changed in a language."""
        return asdict(self) | {"told": [words.in_language(language) for words in self.told]}

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return self != Recount()


def count_again(desk: Desk, program_id: str, act: Act) -> Recount:
    """Count a program again in a transaction of its own; one whose definition is damaged is left alone."""
    done = Recount()
    with desk.store.write() as transaction:
        try:
            current, *earlier = held_versions(desk, transaction, program_id)
        except (ValueError, KeyError):
            # Sweeps tell of it; a backup that mends it brings its own calendar.
            return done
        hold_nominations(transaction.connection, program_id)
        rungs = _held_rungs(transaction.connection, program_id)
        running = _recount_deadlines(transaction, current, act, done)
        versions = [running, *(_recount_deadlines(transaction, one, act, done) for one in earlier)]
        _recount_lists(transaction, versions, act, done)
        for one in versions:
            for stage in one.program.held_stages:
                if isinstance(stage, Screening) and stage.correction:
                    _recount_corrections(transaction, one, stage, stage.correction, act, done)
        _recount_objections(transaction, versions, act, done)
        done.reminders = _replan(transaction.connection, versions, rungs)
    return done


def _stands(before: datetime, after: datetime, now: datetime) -> bool:
    """Say whether what was announced stands: it is over, or would close before the end of a day that has begun."""
    return before <= now or (after < before and after < day_end(shanghai_day(now)))


def _recount_deadlines(transaction: Transaction, current: Running, act: Act, done: Recount) -> Running:
    """Announce every intake that is still open anew where the calendar gives it another close."""
    now_given = computed(current)
    changed: dict[str, Close] = {}
    for key, close in now_given.items():
        before = current.announced.get(key)
        if before is None or before.at <= act.now:
            continue
        settled = Close(before.at) if _stands(before.at, close.at, act.now) else close
        if settled != before:
            changed[key] = settled
    # A database of an earlier version has announced nothing yet.
    announced = {**now_given, **current.announced, **changed}
    if announced == current.announced:
        return current
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
            definition=running.digest if running.is_newest else None,
            revision=None if running.is_newest else running.revision,
            versions=None if running.is_newest else digests_of([running]),
            **act.signature(),
        )
        name = running.dates[key].name
        done.tell(running, Words(name, key), before.at if before else None, Due(close.at, close.provisional))
    done.deadlines += len(changed)
    return running


def _recount_lists(transaction: Transaction, versions: Sequence[Running], act: Act, done: Recount) -> None:
    """Give every list that is still open its days anew. One that is over keeps them: they are provisional no more."""
    connection, of, running = transaction.connection, t.publicity.c, versions[0]
    lists = connection.execute(
        select(t.publicity)
        .where(of.program_id == running.program.id, or_(of.objections_close_at > act.now, of.provisional))
        .order_by(of.id)
    ).all()
    for row in lists:
        before = list_of(row)
        try:
            after = _counted_again(running, before, act.now)
        except DeadlineError:
            done.failed += 1
            continue
        if before == after:
            continue
        done.publicities += 1
        connection.execute(update(t.publicity).where(of.id == row.id).values(columns_of(after)))
        connection.execute(
            update(t.nomination)
            .where(t.nomination.c.publicity_id == row.id, t.nomination.c.stage == f"{row.stage}.running")
            .values(due_at=after.objections_close, provisional=after.provisional)
        )
        transaction.record(
            running.program.id,
            "publicity.recounted",
            stage=row.stage,
            published_at=before.published_at.isoformat(),
            **{"from": days_of(before), "to": days_of(after)},
            **act.signature(),
        )
        # A stage may have been taken out since by an amendment.
        name = next(stage.name for one in versions for stage in one.program.stages if stage.id == row.stage)
        done.tell(running, Words(name, row.stage), before.closes, Due(after.closes, after.provisional))


def _counted_again(running: Running, before: PublishedList, now: datetime) -> PublishedList:
    """Count a list from its publication as it was said then. Days that are over stay; objections may still be open.

    A last day that the office has stated stays, unless the least number of days now ends later.
    """
    if before.objections_close <= now:
        return replace(before, provisional=False)
    period = running.count(before.said, before.published_at)
    objections = running.count(before.said_objections, before.published_at) if before.said_objections else None
    if before.closes <= now:
        period = Period(before.first_day, before.last_day, before.closes, provisional=False)
    elif before.stated and before.last_day > period.last_day:
        # The least number of days may still change, and end later than the office has said.
        period = replace(period, last_day=before.last_day, closes=before.closes)
    elif _stands(before.closes, period.closes, now):
        period = replace(period, last_day=before.last_day, closes=before.closes, provisional=False)
    after = before.counted_again(period, objections)
    if _stands(before.objections_close, after.objections_close, now):
        return replace(after, objections_close=before.objections_close)
    return after


def _recount_corrections(
    transaction: Transaction, running: Running, stage: Screening, period: Duration, act: Act, done: Recount
) -> None:
    connection, of = transaction.connection, t.nomination.c
    key = f"{stage.id}.correction"
    rows = connection.execute(
        select(t.nomination).where(
            of.program_id == running.program.id,
            of.revision == running.revision,
            of.stage == key,
            of.due_at > act.now,
        )
    ).all()
    for row in rows:
        # It runs from the return that asked for it, which is the nomination's last move, as long as was said then. One
        # of an earlier version was said nothing of.
        said = Duration.model_validate(row.correction) if row.correction else period
        try:
            counted = running.count(said, row.moved_at)
        except DeadlineError:
            done.failed += 1
            continue
        due = Due(counted.closes, counted.provisional)
        if _stands(row.due_at, counted.closes, act.now):
            due = Due(row.due_at)
        if due == Due(row.due_at, row.provisional):
            continue
        connection.execute(
            update(t.nomination).where(of.id == row.id).values(due_at=due.at, provisional=due.provisional)
        )
        if due.at == row.due_at:
            continue
        done.corrections += 1
        transaction.record(
            running.program.id,
            "correction.recounted",
            nomination=row.number,
            **{"from": row.due_at.isoformat(), "to": counted.closes.isoformat()},
            **act.signature(),
        )
        write_owed(connection, ladder_of(running, key, row.holder, counted.closes, act.now))
        done.tell(running, Words(f"{row.number} 补正", f"{row.number} correction"), row.due_at, due)


def _recount_objections(transaction: Transaction, versions: Sequence[Running], act: Act, done: Recount) -> None:
    """Count again by when open objections are to be judged or looked into; a day that somebody has named stays."""
    connection, of = transaction.connection, t.objection.c
    by_number = {one.revision: one for one in versions}
    for row in due_objections(connection, versions[0].program.id):
        if row.said is None or not (row.objection_due > act.now or row.objection_provisional):
            continue
        running = by_number[row.revision]
        try:
            counted = running.count(Duration.model_validate(row.said), row.since)
        except DeadlineError:
            done.failed += 1
            continue
        stands = _stands(row.objection_due, counted.closes, act.now)
        due = Due(row.objection_due) if stands else Due(counted.closes, counted.provisional)
        if due == Due(row.objection_due, row.objection_provisional):
            continue
        values = {"due_at": due.at, "provisional": due.provisional}
        connection.execute(update(t.objection).where(of.id == row.objection).values(values))
        if due.at == row.objection_due:
            continue
        done.objections += 1
        transaction.record(
            running.program.id,
            "objection.recounted",
            nomination=row.number,
            objection=row.objection,
            **{"from": row.objection_due.isoformat(), "to": counted.closes.isoformat()},
            **act.signature(),
        )
        owe_investigation(connection, running, row, row.objected_at, counted.closes, act.now)
        told = Words(f"{row.number} 异议{row.objection}", f"{row.number} objection {row.objection}")
        done.tell(running, told, row.objection_due, due)


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


def _replan(connection: Connection, versions: Sequence[Running], rungs: Sequence[Row[Any]]) -> int:
    """Move the rungs of ladders to the days that the calendar now gives them; a rung keeps its key.

    Returns how many of them somebody will get: those of a close that nobody waits for any more are moot.
    """
    of, running = t.nomination.c, versions[0]
    ambiguous = frozenset[datetime]().union(*(one.ambiguous_closes for one in versions))
    standing = select(of.stage, of.holder, of.due_at).where(of.program_id == running.program.id).distinct()
    waiting = {tuple(row) for row in connection.execute(standing.where(of.due_at.is_not(None)))} if rungs else set()
    moved: list[dict[str, Any]] = []
    awaited = 0
    for row in rungs:
        (rung,) = deadline_reminders(
            running.program.id,
            row.stage,
            row.recipient,
            row.due_at,
            calendar=running.calendar,
            steps=(row.step,),
            now=_EARLIEST,
            day_before=row.due_at in ambiguous,
        )
        if rung.send_at != row.send_at:
            awaited += (row.stage, row.recipient, row.due_at) in waiting
            moved.append({"reminder_id": row.id, "at": rung.send_at})
    if moved:
        connection.execute(
            update(t.reminder).where(t.reminder.c.id == bindparam("reminder_id")).values(send_at=bindparam("at")), moved
        )
    return awaited
