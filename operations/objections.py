"""异议: raised against one nominee while objections are taken, and settled."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk, Running
from operations.move import find, move_many
from operations.paths import path_of
from operations.placing import Landing
from operations.results import Denied, Moved, UnknownError
from programs import Words
from states import Case, Circumstances, Move, Refusal
from store import hold
from store import tables as t

#: The matter of who gets the next objection's number.
_NUMBERING = ("objections",)


class Outcome(StrEnum):
    """How an objection ends."""

    DISMISSED = "dismissed"
    UPHELD = "upheld"


def lodge(desk: Desk, number: str, objector: str, grounds: str, act: Act) -> int | Denied:
    """Take an objection against one nominee while they are taken; returns the objection's number.

    Only this nominee is held back. A further objection joins those that are open.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        running = desk.running_for(connection, row)
        if refusal := refuses(connection, act.actor, Move.OBJECT, matter_of(running.program, row)):
            return Denied((refusal,), number)
        if not objector.strip() or not grounds.strip():
            return Denied((_unfounded(),))
        hold(connection, [_NUMBERING])
        standing = running.pipeline.standings[row.stage]
        if row.stage == f"{standing.stage}.objected":
            if refused := _comes_too_late(connection, running, row, standing.stage, act):
                return refused
        else:
            batch = move_many(desk, transaction, [row], Move.OBJECT, act)
            if batch.denied:
                transaction.abandon()
                return batch.denied[0]
        # Not the database's own count, which leaves gaps on some: the number is told to people, and is in the history.
        objection: int = connection.execute(select(func.coalesce(func.max(t.objection.c.id), 0) + 1)).scalar_one()
        connection.execute(
            insert(t.objection).values(
                id=objection,
                nomination_id=row.id,
                stage=standing.stage,
                objector=objector,
                grounds=grounds,
                lodged_at=act.now,
            )
        )
        transaction.record(
            row.program_id,
            "objection.lodged",
            nomination=number,
            objection=objection,
            grounds=grounds,
            **act.signature(),
        )
        return objection


def settle(desk: Desk, objection_id: int, outcome: Outcome, answer: str, act: Act) -> Moved | Denied | None:
    """Settle an objection: upheld, the nominee is removed; dismissed, they go on once nothing else is open.

    Returns the move that it led to: none while other objections are open, and none for a nominee who is out already.
    Raises `UnknownError` for an objection that is not there.
    """
    what = Move.UPHOLD if outcome is Outcome.UPHELD else Move.SETTLE
    with desk.store.write() as transaction:
        connection = transaction.connection
        row, is_open = _objected(connection, objection_id)
        program = desk.running_for(connection, row).program
        if refusal := refuses(connection, act.actor, what, matter_of(program, row)):
            return Denied((refusal,), row.number)
        if not is_open:
            return Denied((_settled_already(objection_id),))
        if not answer.strip():
            return Denied((_unanswered(),), row.number)
        connection.execute(
            update(t.objection)
            .where(t.objection.c.id == objection_id)
            .values(outcome=outcome.value, answer=answer, settled_at=act.now)
        )
        transaction.record(
            row.program_id,
            "objection.settled",
            nomination=row.number,
            objection=objection_id,
            outcome=outcome.value,
            answer=answer,
            **act.signature(),
        )
        still_open = connection.execute(
            select(t.objection.c.id).where(t.objection.c.nomination_id == row.id, t.objection.c.outcome.is_(None))
        ).first()
        if not row.stage.endswith(".objected") or (outcome is Outcome.DISMISSED and still_open):
            return None
        batch = move_many(desk, transaction, [row], what, Act(act.actor, act.now, act.reason or answer))
        if batch.denied:
            transaction.abandon()
            return batch.denied[0]
        return batch.moved[0]


def _comes_too_late(connection: Connection, running: Running, row: Row[Any], stage: str, act: Act) -> Denied | None:
    """Judge a further objection like a first one: on the end of the list's publicity."""
    public = f"{stage}.running"
    case = Case(public, path_of(row), due=Landing(connection, running, act.now).due(public, row).at)
    refusals = running.pipeline.may(case, Move.OBJECT, Circumstances(act.now, reason=act.reason))
    return Denied(refusals, row.number) if refusals else None


def _objected(connection: Connection, objection_id: int) -> tuple[Row[Any], bool]:
    """Return the nomination of an objection, locked, and whether the objection is open."""
    known = select(t.objection.c.nomination_id, t.objection.c.outcome).where(t.objection.c.id == objection_id)
    objection = connection.execute(known).one_or_none()
    if objection is None:
        raise UnknownError(Words("没有异议 {id}", "there is no objection {id}").format(id=objection_id))
    row = connection.execute(
        select(t.nomination).where(t.nomination.c.id == objection.nomination_id).with_for_update()
    ).one()
    # Whoever held the nomination may have settled it.
    return row, connection.execute(known).one().outcome is None


def _unfounded() -> Refusal:
    return Refusal(
        "objection-founded",
        Words("没有写明异议人或异议内容", "the objector or the grounds are missing"),
        Words("单位异议须盖公章，个人异议须署实名，并写明事实依据", "state who objects, and the facts"),
    )


def _unanswered() -> Refusal:
    return Refusal(
        "objection-answered",
        Words("没有写明调查处理结论", "what was found is not said"),
        Words("请用 --answer 写明", "say it with --answer"),
    )


def _settled_already(objection_id: int) -> Refusal:
    return Refusal(
        "objection-open",
        Words("异议 {id} 已经办结", "the objection {id} is settled already").format(id=objection_id),
        Words("无须再次办理", "there is nothing to do"),
    )
