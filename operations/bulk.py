"""One move of time for many nominations at once: a statement each for the rows, their events and what they owe.

The state machine says where the move leads and which gates it has. A gate that a statement can ask of many rows has a
twin here; a move with any other gate, or one whose landing differs from row to row, is left to `operations.move`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from sqlalchemy import ColumnElement, exists, func, select, update

from operations.acts import Act
from operations.desk import Running
from operations.move import event_facts
from operations.pasts import settle_pasts
from operations.placing import shared_landing
from operations.results import MovedAll
from operations.terms import settle_terms
from programs import Path
from programs.stages import Decision
from states import Gate, Move, gates
from store import Transaction, among
from store import tables as t

#: What a gate asks of a row, as of an instant, in a statement that speaks of nominations.
Twin = Callable[[datetime], ColumnElement[bool]]


def _due_reached(now: datetime) -> ColumnElement[bool]:
    return t.nomination.c.due_at <= now


def _no_open_objection(_now: datetime) -> ColumnElement[bool]:
    of = t.objection.c
    return ~exists().where(of.nomination_id == t.nomination.c.id, of.outcome.is_(None))


TWINS: Mapping[Gate, Twin] = {
    gates.due_reached: _due_reached,
    gates.no_open_objection: _no_open_objection,
}


@dataclass(frozen=True, slots=True)
class Together:
    """Nominations of one program that stand at one standing on one path, held by a transaction."""

    stage: str
    path: Path
    ids: Sequence[int]


def _may_hold_a_seat(running: Running, key: str) -> bool:
    """Whether a decision stands before this standing."""
    here = running.pipeline.standings[key].stage
    before = takewhile(lambda stage: stage.id != here, running.program.held_stages)
    return any(isinstance(stage, Decision) for stage in before)


def move_all(transaction: Transaction, running: Running, together: Together, what: Move, act: Act) -> MovedAll | None:
    """Move those of the nominations whose gates pass, and record it; none where each has to be judged by itself.

    Those whose gates do not pass stay as they were. Whoever calls has asked the policy, and owes the reminders.
    """
    stage, path = together.stage, together.path
    destination = running.pipeline.destination(stage, what, path)
    asked = running.pipeline.gates(stage, what, path)
    landing = shared_landing(running, destination) if destination else None
    if destination is None or landing is None or any(gate not in TWINS for gate in asked):
        return None
    if what is Move.LAPSE and _may_hold_a_seat(running, stage):
        # A seat and a past are given back, which is done one by one.
        return None
    of = t.nomination.c
    landed = {"stage": destination, "holder": landing.holder, "due_at": landing.due_at, "correction": None}
    here = (among(of.id, together.ids), of.stage == stage)
    passes = (*here, *(TWINS[gate](act.now) for gate in asked))
    passing = update(t.nomination).where(*passes)
    held = select(of.holder, func.count()).where(*passes).group_by(of.holder)
    holders = transaction.connection.execute(held).tuples().all()
    # The gates are asked by the statement that moves: a row is read once, and nothing lies between.
    moved = passing.values(**landed, provisional=False, moved_at=act.now, version=of.version + 1).returning(of.id)
    ids = sorted(transaction.connection.execute(moved).scalars().all())
    if sum(count for _, count in holders) != len(ids):
        # The rows are held by this transaction, so this would be a fault of the store, not of a user.
        raise RuntimeError(f"{len(ids)} nominations were moved, and others were counted at {stage}")
    if ids:
        for holder, count in holders:
            transaction.stand(running.program.id, stage, holder, -count)
        transaction.stand(running.program.id, destination, landing.holder, len(ids))
        settle_pasts(transaction.connection, running, what, destination, ids, act.now)
        settle_terms(transaction.connection, running, what, destination, ids, act.now)
        due_at, holder = landing.due_at, landing.holder
        facts = event_facts(
            running, what, stage, destination, version=of.version, due_at=due_at, holder=holder, act=act
        )
        transaction.record_each(running.program.id, "nomination.moved", ids, **facts)
    return MovedAll(ids, what, stage, destination, landing.holder, landing.due_at)
