"""Telling moves to who listens outside: the history itself is the outbox, and a position says how far it was told.

Letters that were parked are told too, each once until it is released.

A program's positions have no gaps and appear in their order, since whoever appends holds the chain's head until the
commit. So nothing is told before it is kept, and nothing that is kept is passed over.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, update

from operations.desk import Desk
from store import insert_new
from store import tables as t

#: How many events are told at once.
BATCH = 200


@dataclass(frozen=True, slots=True)
class ToTell:
    """Moves of one program, in their order, and the position through which it is told once they are."""

    program: str
    moves: Sequence[Mapping[str, Any]]
    through: int


def to_tell(desk: Desk) -> list[ToTell]:
    """Return what has not been told yet: of each program at most a batch, each move with `position` and `digest`."""
    found: list[ToTell] = []
    of, told = t.event.c, func.coalesce(t.telling.c.position, 0)
    # Asked every few seconds, of programs of which hardly ever one has anything.
    programs = (
        select(t.program.c.id, told)
        .join_from(t.program, t.telling, isouter=True)
        .where(exists().where(of.program_id == t.program.c.id, of.position > told))
        .order_by(t.program.c.id)
    )
    with desk.store.read() as connection:
        for program_id, through in connection.execute(programs).tuples().all():
            rows = connection.execute(
                select(of.position, of.payload, of.digest)
                .where(of.program_id == program_id, of.position > through)
                .order_by(of.position)
                .limit(BATCH)
            ).all()
            events = [{**json.loads(row.payload), "position": row.position, "digest": row.digest} for row in rows]
            moves = [one for one in events if one["kind"] == "nomination.moved"]
            found.append(ToTell(program_id, moves, rows[-1].position))
    return found


def has_told(desk: Desk, done: ToTell) -> None:
    """Keep that these were told. It never goes back, whoever else tells at the same time."""
    of = t.telling.c
    with desk.store.write() as transaction:
        insert_new(transaction.connection, t.telling, [{"program_id": done.program, "position": 0}])
        transaction.connection.execute(
            update(t.telling)
            .where(of.program_id == done.program, of.position < done.through)
            .values(position=done.through)
        )


def parked_to_tell(desk: Desk) -> list[str]:
    """Return the ids of parked messages that nobody was told of yet, whoever parked them; at most a batch."""
    of = t.message.c
    untold = select(of.id).where(t.is_parked, of.alerted_at.is_(None)).order_by(of.id).limit(BATCH)
    with desk.store.read() as connection:
        return list(connection.execute(untold).scalars())


def has_told_parked(desk: Desk, ids: Sequence[str], now: datetime) -> None:
    """Keep that administrators were told of these."""
    with desk.store.write() as transaction:
        transaction.connection.execute(update(t.message).where(t.message.c.id.in_(ids)).values(alerted_at=now))


def happened_at(move: Mapping[str, Any]) -> datetime:
    """Return the instant at which a move counts."""
    return datetime.fromisoformat(move["now"])
