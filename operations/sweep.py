"""巡检: one pass over everything that is due. It costs what is due, not what is stored."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, literal, select, tuple_
from sqlalchemy.engine import Connection

from operations.actors import CLOCK
from operations.acts import Act
from operations.desk import Desk
from operations.move import move_many
from operations.recount import Recount, recount_if_changed
from operations.results import Denied, Moved
from programs import Path
from states import Move
from store import tables as t
from store.types import Instant

BATCH = 1000

#: What time does on its own.
CLOCK_MOVES = tuple(move for move in Move if move.by_clock)

_REASONS = {
    Move.LAPSE: "逾期未办",
    Move.CLOSE: "公示期满无异议",
    Move.EXPIRE: "聘期届满",
}


@dataclass
class Sweep:
    """What one sweep did; `reminders` counts those it newly owes. Again at the same `now`, it moves nothing.

    `recounted` says what a calendar that had changed since the last sweep made of the running periods.
    """

    now: datetime
    moved: list[Moved] = field(default_factory=list)
    refused: list[Denied] = field(default_factory=list)
    reminders: int = 0
    batches: int = 0
    recounted: Recount | None = None


def sweep(desk: Desk, now: datetime, *, moves: Collection[Move] = CLOCK_MOVES, program_id: str | None = None) -> Sweep:
    """Make every move of these that time owes at `now`, in batches that each commit as one.

    A killed sweep has done whole batches; the next one goes on from there. A row that is refused is told and passed
    over; it stays due.
    """
    done = Sweep(now, recounted=recount_if_changed(desk, Act(CLOCK, now, "放假安排有变化")))
    after: tuple[datetime, int] | None = None
    while True:
        with desk.store.write() as transaction:
            rows = _due(transaction.connection, now, after, program_id)
            if not rows:
                return done
            after = (rows[-1].due_at, rows[-1].id)
            done.batches += 1
            for what, some in _by_move(desk, transaction.connection, rows):
                if what in moves:
                    batch = move_many(desk, transaction, some, what, Act(CLOCK, now, _REASONS[what]))
                    done.moved += batch.moved
                    done.refused += batch.denied
                    done.reminders += batch.owed


def _due(
    connection: Connection, now: datetime, after: tuple[datetime, int] | None, program_id: str | None
) -> Sequence[Row[Any]]:
    query = (
        select(t.nomination)
        .where(t.nomination.c.due_at <= now)
        .order_by(t.nomination.c.due_at, t.nomination.c.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    if program_id is not None:
        query = query.where(t.nomination.c.program_id == program_id)
    if after is not None:
        due_at, last = after
        behind = tuple_(literal(due_at, Instant), literal(last))
        query = query.where(tuple_(t.nomination.c.due_at, t.nomination.c.id) > behind)
    return connection.execute(query).all()


def _by_move(desk: Desk, connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[tuple[Move, list[Row[Any]]]]:
    """Sort due rows by program and by the move that time makes where they stand, keeping their order otherwise."""
    groups: dict[tuple[str, Move], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        pipeline = desk.running(connection, row.program_id).pipeline
        offered = pipeline.moves_from(row.stage, Path(row.category, row.route))
        for what in offered:
            if what.by_clock:
                groups[row.program_id, what].append(row)
    # By program, as everybody comes to the heads of chains.
    for (_program, what), some in sorted(groups.items(), key=lambda group: group[0][0]):
        yield what, some
