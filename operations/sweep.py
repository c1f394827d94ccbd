"""巡检: one pass over everything that is due. It costs what is due, not what is stored."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, func, literal, select, tuple_
from sqlalchemy.engine import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from operations.actors import CLOCK
from operations.acts import Act
from operations.authority import matter_at, refuses
from operations.bulk import Together, move_all
from operations.clock_reasons import BY_CLOCK
from operations.desk import Desk, Running
from operations.failures import keep_failures, swept_in_vain
from operations.move import move_many
from operations.objection_owing import Overdue, remind_of_overdue
from operations.owing import owe_each
from operations.paths import path_of
from operations.recount import recount_if_changed
from operations.recounting import Recount
from operations.results import Denied, Moved, MovedAll
from operations.tenure.sweeping import TermsSwept, sweep_terms
from operations.ticking import always
from programs import Path, Words
from states import Move, Refusal, gates
from store import Transaction, among, id_list
from store import tables as t
from store.standings import forget_empty
from store.types import Instant

#: How many due nominations are moved by one transaction, which writers of SQLite wait for.
BATCH = 5000

#: How long sweeps by the clock leave alone what has come due: who sent something in before that may still wait for
#: their turn, in a thread or for a lock (`store.engine.PATIENCE`), and must not find that they are late for it.
GRACE = timedelta(minutes=1)

#: How many of those that were moved a sweep names one by one; it counts all.
NAMED = 500

#: What time does on its own.
CLOCK_MOVES = tuple(move for move in Move if move.by_clock)


#: Is told how many due nominations a long sweep has come past, of how many.
Watch = Callable[[int, int], None]


class Way(NamedTuple):
    """What a sweep did to many alike."""

    program: str
    move: Move
    source: str
    destination: str


@dataclass
class Sweep:
    """What one sweep did. Again at the same `now`, it moves nothing.

    `ways` counts what was moved; `named` names the first of them, in the order in which they were moved. `reminders`
    counts those newly owed, `batches` the transactions. `recounted` says what a calendar that had changed since the
    last sweep made of the running periods, `overdue` which objections should have been settled by now.
    """

    now: datetime
    ways: Counter[Way] = field(default_factory=Counter)
    named: list[Moved] = field(default_factory=list)
    refused: list[Denied] = field(default_factory=list)
    reminders: int = 0
    batches: int = 0
    recounted: Recount | None = None
    overdue: list[Overdue] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """How many nominations were moved."""
        return self.ways.total()

    def add(self, part: "Sweep") -> None:
        """Add what one batch did."""
        self.ways += part.ways
        self.named += part.named[: NAMED - len(self.named)]
        self.refused += part.refused
        self.reminders += part.reminders
        self.batches += 1


def sweep(  # noqa: PLR0913 - what a sweep is bounded by, each by name
    desk: Desk,
    now: datetime,
    *,
    moves: Collection[Move] = CLOCK_MOVES,
    program_id: str | None = None,
    watch: Watch | None = None,
    grace: timedelta = timedelta(0),
    has_time: Callable[[], bool] = always,
) -> Sweep:
    """Make every move of these that time owes at `now`, in batches that each commit as one.

    A killed sweep has done whole batches; the next one goes on from there, and several at once share the work. What is
    refused, or fails, is told and passed over; it stays due. What came due within the `grace` before `now` is left to a
    later sweep: faces that read the clock give `GRACE`. `watch` is told of progress where there is more than one
    batch; `has_time` is asked before each, and what there is no time for stays due. Raises `UnknownError` for a program
    that is not there.
    """
    if program_id is not None:
        with desk.store.read() as connection:
            desk.running(connection, program_id)
    done = Sweep(now, recounted=recount_if_changed(desk, Act(CLOCK, now, "放假安排有变化")))
    _Pass(desk, done, moves, program_id, now - grace).run(watch, has_time)
    if left := {way.program for way in done.ways}:
        with desk.store.write() as transaction:
            forget_empty(transaction.connection, left)
    done.overdue, owed = remind_of_overdue(desk, now, program_id)
    done.reminders += owed
    if Move.EXPIRE in moves:
        _add_terms(done, sweep_terms(desk, now, program_id, has_time=has_time))
    return done


def _add_terms(done: Sweep, terms: TermsSwept) -> None:
    """Add what time has brought within terms."""
    done.ways.update(Way(one.program, one.moved.move, one.moved.source, one.moved.destination) for one in terms.ended)
    done.named += [one.moved for one in terms.ended][: NAMED - len(done.named)]
    done.refused += terms.refused
    done.reminders += terms.reminders
    done.batches += terms.batches


class _Due(NamedTuple):
    """Nominations that stand alike and are due at the same instant, as they are claimed."""

    due_at: datetime
    program: str
    stage: str
    category: str | None
    route: str
    traits: str | None
    revision: int
    ids: list[int]


class _Pass:
    """One pass: batch after batch, in the order of time, never twice over the same."""

    def __init__(
        self, desk: Desk, done: Sweep, moves: Collection[Move], program_id: str | None, due_by: datetime
    ) -> None:
        self._desk = desk
        self._done = done
        self._moves = moves
        self._program_id = program_id
        self._due_by = due_by
        self._unreadable: dict[str, Exception] = {}
        self._after: tuple[datetime, int] | None = None
        self._failed: dict[int, str] = {}
        self._passed = 0

    def run(self, watch: Watch | None, has_time: Callable[[], bool]) -> None:
        """Go on until nothing more is due, or there is no time."""
        size, count = BATCH, 0
        while size and has_time():
            size = self._batch(size)
            if size and watch:
                # A sweep that is over with its first batch counts nothing.
                count = count or self._passed + self._left()
                watch(self._passed, count)
        self._done.refused += [Denied((_unreadable(*one),)) for one in sorted(self._unreadable.items())]
        keep_failures(self._desk, self._failed, self._done.now)

    def _batch(self, size: int) -> int:
        """Move at most so many of what is due next; returns how many to take next, 0 when nothing more is due.

        A batch that fails is tried again in halves, down to the row that fails, which is passed over.
        """
        claimed: list[_Due] = []
        part = Sweep(self._done.now)
        try:
            with self._desk.store.write() as transaction:
                claimed = self._claim(transaction.connection, size)
                for running, together in self._together(transaction.connection, claimed):
                    self._move(transaction, running, together, part)
        except (OperationalError, InterfaceError):
            # The database is gone, full or busy: that is no row's fault.
            raise
        except Exception as error:
            count = sum(len(due.ids) for due in claimed)
            if count > 1:
                return count // 2
            if not claimed:
                raise
            ((failed,),) = (due.ids for due in claimed)
            self._failed[failed] = problem = f"{type(error).__name__}: {error}"
            part = Sweep(self._done.now, refused=[Denied((swept_in_vain(problem),), self._number(failed))])
        if not claimed:
            return 0
        self._after = max((due.due_at, max(due.ids)) for due in claimed)
        self._passed += sum(len(due.ids) for due in claimed)
        self._done.add(part)
        return min(BATCH, size * 2)

    def _number(self, nomination: int) -> str:
        with self._desk.store.read() as connection:
            return str(
                connection.execute(select(t.nomination.c.number).where(t.nomination.c.id == nomination)).scalar_one()
            )

    def _ahead(self) -> list[ColumnElement[bool]]:
        """What is still before this pass."""
        of = t.nomination.c
        ahead: list[ColumnElement[bool]] = [of.due_at <= self._due_by]
        if self._program_id is not None:
            ahead.append(of.program_id == self._program_id)
        if self._unreadable:
            ahead.append(of.program_id.not_in(self._unreadable))
        if self._after is not None:
            due_at, last = self._after
            ahead.append(tuple_(of.due_at, of.id) > tuple_(literal(due_at, Instant), literal(last)))
        return ahead

    def _left(self) -> int:
        with self._desk.store.read() as connection:
            return connection.execute(select(func.count()).select_from(t.nomination).where(*self._ahead())).scalar_one()

    def _claim(self, connection: Connection, size: int) -> list[_Due]:
        of = t.nomination.c
        query = (
            select(of.due_at, of.program_id, of.stage, of.category, of.route, of.traits, of.revision, of.id)
            .where(*self._ahead())
            .order_by(of.due_at, of.id)
            .limit(size)
            .with_for_update(skip_locked=True)
        )
        claimed = query.subquery()
        *alike, each = claimed.c
        due = [_Due(*row) for row in connection.execute(select(*alike, id_list(each)).group_by(*alike))]
        return sorted(due, key=lambda some: (some.due_at, min(some.ids)))

    def _together(self, connection: Connection, claimed: Sequence[_Due]) -> Iterator[tuple[Running, Together]]:
        """Gather what stands alike, program by program, as everybody comes to the heads of chains.

        Those of different versions of a program do not stand alike.
        """
        groups: dict[tuple[str, int, str, Path], list[int]] = defaultdict(list)
        for due in claimed:
            groups[due.program, due.revision, due.stage, path_of(due)] += due.ids
        for (program_id, version, stage, path), ids in sorted(groups.items(), key=lambda group: group[0][:2]):
            running = self._running(connection, program_id, version)
            if running is not None:
                yield running, Together(stage, path, sorted(ids))

    def _running(self, connection: Connection, program_id: str, version: int) -> Running | None:
        """Return a version of a program, or none where its definition is damaged: that is told once, in the end."""
        if program_id in self._unreadable:
            return None
        try:
            return self._desk.version_of(connection, program_id, version)
        except (ValueError, KeyError) as error:
            self._unreadable[program_id] = error
            return None

    def _move(self, transaction: Transaction, running: Running, together: Together, part: Sweep) -> None:
        for what in running.pipeline.moves_from(together.stage, together.path):
            # What is due of a nomination is asked by this gate; duties within a term have instants of their own.
            is_due = gates.due_reached in running.pipeline.gates(together.stage, what, together.path)
            if what in self._moves and what.by_clock and is_due:
                act = Act(CLOCK, self._done.now, BY_CLOCK[what].zh)
                # Time is an actor too: what the policy refuses it is told like any other refusal.
                asked = refuses(transaction.connection, CLOCK, what, matter_at(running, together.stage))
                moved = None if asked else move_all(transaction, running, together, what, act)
                if moved is not None and moved.ids:
                    part.ways[Way(running.program.id, what, moved.source, moved.destination)] += len(moved.ids)
                    part.reminders += owe_each(transaction.connection, running, moved, act)
                    part.named += self._names(transaction.connection, moved, NAMED - len(self._done.named))
                left = set(together.ids).difference(moved.ids if moved else ())
                if left:
                    self._move_each(transaction, sorted(left), what, act, part)

    def _move_each(self, transaction: Transaction, ids: Sequence[int], what: Move, act: Act, part: Sweep) -> None:
        """Judge these one by one, so that each that is refused is told why."""
        rows = _rows(transaction.connection, ids)
        batch = move_many(self._desk, transaction, rows, what, act)
        part.ways.update(Way(rows[0].program_id, what, one.source, one.destination) for one in batch.moved)
        part.named += batch.moved
        part.refused += batch.denied
        part.reminders += batch.owed

    def _names(self, connection: Connection, moved: MovedAll, most: int) -> list[Moved]:
        """Name the first of those that were moved at one stroke."""
        return [
            Moved(
                number=row.number,
                nominee=row.nominee,
                unit=row.unit,
                nominator=row.nominator,
                move=moved.move,
                source=moved.source,
                destination=moved.destination,
                version=row.version,
                holder=moved.holder,
                due_at=moved.due_at,
            )
            for row in _rows(connection, moved.ids[: max(0, most)])
        ]


def _rows(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    if not ids:
        return ()
    return connection.execute(
        select(t.nomination).where(among(t.nomination.c.id, ids)).order_by(t.nomination.c.id)
    ).all()


def _unreadable(program_id: str, error: Exception) -> Refusal:
    return Refusal(
        "program-readable",
        Words("项目 {id} 的定义已损坏：{problem}", "the definition of {id} is damaged: {problem}").format(
            id=program_id, problem=type(error.__cause__ or error).__name__
        ),
        Words("其余项目照常巡检；请从备份中恢复该项目", "all other programs went on; restore this one from a backup"),
    )
