"""公示: a list is published, its days counted, objections taken and settled. The sweep closes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.engine import Connection

from operations.actors import may_move
from operations.acts import Act
from operations.desk import Desk, Running
from operations.move import find, move_many
from operations.placing import Landing
from operations.results import Denied, Moved, UnknownError
from programs import Path, Words
from programs.stages import Publicity
from states import Case, Circumstances, Move, Refusal
from store import hold
from store import tables as t

#: The matter of who gets the next objection's number.
_NUMBERING = ("objections",)


@dataclass(frozen=True, slots=True)
class Publicized:
    """A list is public until `closes_at`, the first instant too late; provisional while a schedule is unpublished."""

    stage: str
    venue: str
    first_day: date
    last_day: date
    closes_at: datetime
    provisional: bool
    moved: tuple[Moved, ...]


class Finding(StrEnum):
    """How an objection ends."""

    DISMISSED = "dismissed"
    UPHELD = "upheld"


def publicize(desk: Desk, program_id: str, stage_id: str, act: Act, *, venue: str | None = None) -> Publicized | Denied:
    """Publish everybody who waits at this publicity stage, and count its days from now.

    All or nothing. Raises `UnknownError` for a program or publicity stage that is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id)
        stage = publicity_stage(running, stage_id)
        where = venue or stage.venue
        if stage.period is None or not where:
            return Denied((_not_ruled(stage),))
        rows = _standing_at(connection, program_id, stage.id)
        if not rows:
            return Denied((_nobody_waits(stage),))
        period = running.count(stage.period, act.now)
        connection.execute(
            insert(t.publicity).values(
                program_id=program_id,
                stage=stage.id,
                published_at=act.now,
                venue=where,
                first_day=period.first_day,
                last_day=period.last_day,
                closes_at=period.closes,
                provisional=period.provisional,
            )
        )
        batch = move_many(desk, transaction, rows, Move.PUBLISH, act)
        if batch.denied:
            transaction.abandon()
            return batch.denied[0]
        transaction.record(
            program_id,
            "publicity.started",
            stage=stage.id,
            venue=where,
            nominations=[one.number for one in batch.moved],
            first_day=period.first_day.isoformat(),
            last_day=period.last_day.isoformat(),
            closes=period.closes.isoformat(),
            provisional=period.provisional,
            clause=stage.clause,
            **act.signature(),
        )
        return Publicized(
            stage.id, where, period.first_day, period.last_day, period.closes, period.provisional, batch.moved
        )


def lodge(desk: Desk, number: str, objector: str, grounds: str, act: Act) -> int | Denied:
    """Take an objection against one nominee while the list is public; returns the objection's number.

    Only this nominee is held back. A further objection joins those that are open.
    """
    if not objector.strip() or not grounds.strip():
        return Denied((_unfounded(),))
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        hold(connection, [_NUMBERING])
        running = desk.running(connection, row.program_id)
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


def settle(desk: Desk, objection_id: int, finding: Finding, answer: str, act: Act) -> Moved | Denied | None:
    """Settle an objection: upheld, the nominee is removed; dismissed, they go on once nothing else is open.

    Returns the move that it led to: none while other objections are open, and none for a nominee who is out already.
    Raises `UnknownError` for an objection that is not there.
    """
    what = Move.UPHOLD if finding is Finding.UPHELD else Move.SETTLE
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = _open_objection(connection, objection_id)
        if refusal := may_move(act.actor, what):
            return Denied((refusal,), row.number if row else None)
        if row is None:
            return Denied((_settled_already(objection_id),))
        connection.execute(
            update(t.objection)
            .where(t.objection.c.id == objection_id)
            .values(outcome=finding.value, answer=answer, settled_at=act.now)
        )
        transaction.record(
            row.program_id,
            "objection.settled",
            nomination=row.number,
            objection=objection_id,
            outcome=finding.value,
            answer=answer,
            **act.signature(),
        )
        still_open = connection.execute(
            select(t.objection.c.id).where(t.objection.c.nomination_id == row.id, t.objection.c.outcome.is_(None))
        ).first()
        if not row.stage.endswith(".objected") or (finding is Finding.DISMISSED and still_open):
            return None
        batch = move_many(desk, transaction, [row], what, Act(act.actor, act.now, act.reason or answer))
        if batch.denied:
            transaction.abandon()
            return batch.denied[0]
        return batch.moved[0]


def list_publicities(desk: Desk, program_id: str) -> list[dict[str, Any]]:
    """Return what a program has published, the oldest first; raises `UnknownError` for an unknown program."""
    with desk.store.read() as connection:
        desk.running(connection, program_id)
        rows = connection.execute(
            select(t.publicity).where(t.publicity.c.program_id == program_id).order_by(t.publicity.c.id)
        ).mappings()
        return [dict(row) for row in rows]


def publicity_stage(running: Running, stage_id: str) -> Publicity:
    """Return a publicity stage that is held; raises `UnknownError`."""
    stages = [stage for stage in running.program.held_stages if isinstance(stage, Publicity)]
    for stage in stages:
        if stage.id == stage_id:
            return stage
    raise UnknownError(
        Words("没有公示环节“{id}”；可用：{known}", "there is no publicity stage {id}; use one of: {known}").format(
            id=stage_id, known="、".join(stage.id for stage in stages) or "—"
        )
    )


def _standing_at(connection: Connection, program_id: str, stage: str) -> Sequence[Row[Any]]:
    return connection.execute(
        select(t.nomination)
        .where(t.nomination.c.program_id == program_id, t.nomination.c.stage == stage)
        .order_by(t.nomination.c.number)
        .with_for_update()
    ).all()


def _comes_too_late(connection: Connection, running: Running, row: Row[Any], stage: str, act: Act) -> Denied | None:
    """Judge a further objection like a first one: on who takes it in, and on the end of the list's publicity."""
    if refusal := may_move(act.actor, Move.OBJECT):
        return Denied((refusal,), row.number)
    public = f"{stage}.running"
    case = Case(public, Path(row.category, row.route), due=Landing(connection, running, act.now).due(public, row))
    refusals = running.pipeline.may(case, Move.OBJECT, Circumstances(act.now, reason=act.reason))
    return Denied(refusals, row.number) if refusals else None


def _open_objection(connection: Connection, objection_id: int) -> Row[Any] | None:
    """Return the nomination of an open objection, locked; none when it is settled already."""
    known = select(t.objection.c.nomination_id, t.objection.c.outcome).where(t.objection.c.id == objection_id)
    objection = connection.execute(known).one_or_none()
    if objection is None:
        raise UnknownError(Words("没有异议 {id}", "there is no objection {id}").format(id=objection_id))
    row = connection.execute(
        select(t.nomination).where(t.nomination.c.id == objection.nomination_id).with_for_update()
    ).one()
    # Whoever held the nomination may have settled it.
    return row if connection.execute(known).one().outcome is None else None


def _unfounded() -> Refusal:
    return Refusal(
        "objection-founded",
        Words("没有写明异议人或异议内容", "the objector or the grounds are missing"),
        Words("单位异议须盖公章，个人异议须署实名，并写明事实依据", "state who objects, and the facts"),
    )


def _not_ruled(stage: Publicity) -> Refusal:
    return Refusal(
        "publicity-ruled",
        Words("“{name}”的天数或公示渠道没有确定", "the days or the venue of “{name}” are not settled").format(
            name=Words(stage.name, stage.id)
        ),
        Words("请先作出裁定，或写明公示渠道", "rule on them first, or name the venue"),
        stage.clause,
    )


def _nobody_waits(stage: Publicity) -> Refusal:
    return Refusal(
        "somebody-waits",
        Words("“{name}”没有待公示的人选", "nobody waits at “{name}”").format(name=Words(stage.name, stage.id)),
        Words("请先确定人选", "choose somebody first"),
        stage.clause,
    )


def _settled_already(objection_id: int) -> Refusal:
    return Refusal(
        "objection-open",
        Words("异议 {id} 已经办结", "the objection {id} is settled already").format(id=objection_id),
        Words("无须再次办理", "there is nothing to do"),
    )
