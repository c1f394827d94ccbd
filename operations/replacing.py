"""递补: the next reserve takes the place of somebody chosen who fell out before the award."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.engine import Connection

from operations.actors import Actor
from operations.acts import Act, reason_missing
from operations.authority import matter_at, refuses
from operations.desk import Desk, Running
from operations.move import move_many
from operations.numbered import find
from operations.ratios import ratios_broken
from operations.results import Batch, Denied, Moved
from programs import Words
from states import End, Move, Refusal
from store import hold
from store import tables as t

#: Ends of those who were chosen and fell out before they were honored.
VACATED = frozenset({End.REMOVED, End.DEFERRED, End.WITHDRAWN, End.DISQUALIFIED})

_RESERVE = ".reserve"


def replace_from_reserves(desk: Desk, vacated: str, act: Act) -> Moved | Denied:
    """Give the place of somebody who fell out to the next reserve of the same grade, with the reason.

    They then stand where whoever is chosen goes next, and are published on a list of their own. Raises `UnknownError`
    for a number that is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        desk.relied_on(connection, find(connection, vacated, lock=False).program_id)
        left = find(connection, vacated)
        running = desk.running(connection, left.program_id)
        # Two who replace at once would both find the same reserve next in order.
        hold(connection, [("reserves", left.program_id, str(left.grade))])
        next_one = _next_in_order(connection, left)
        refusal = _asked(connection, running, left, next_one, act)
        if refusal or next_one is None:
            return Denied((refusal or _no_reserve(running, left),), vacated)
        batch = move_many(desk, transaction, [next_one], Move.REPLACE, act, grades={next_one.number: left.grade})
        broken = tuple(ratios_broken(connection, running, soft=False))
        if batch.denied or broken:
            transaction.abandon()
            return batch.denied[0] if batch.denied else Denied(broken, vacated)
        connection.execute(
            insert(t.replacement).values(
                vacated_id=left.id,
                nomination_id=next_one.id,
                program_id=left.program_id,
                grade=left.grade,
                reason=act.reason,
                replaced_by=act.actor.name,
                replaced_at=act.now,
            )
        )
        transaction.record(
            left.program_id,
            "seat.replaced",
            vacated=vacated,
            by=next_one.number,
            grade=left.grade,
            **act.signature(),
        )
        return batch.moved[0]


def stands_against(
    connection: Connection, running: Running, vacated: Row[Any], actor: Actor, now: datetime
) -> Refusal | None:
    """Return why somebody would not give the place of whoever fell out to the next reserve, but for the reason."""
    next_one = _next_in_order(connection, vacated, lock=False)
    refusal = _asked(connection, running, vacated, next_one, Act(actor, now, "…"))
    return refusal if refusal or next_one else _no_reserve(running, vacated)


def release_reserves(desk: Desk, program_id: str, act: Act) -> Batch:
    """Let the reserves go who are no longer needed, with the reason; raises `UnknownError` for an unknown program."""
    of = t.nomination.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        desk.running(connection, program_id)
        rows = connection.execute(
            select(t.nomination)
            .where(of.program_id == program_id, of.stage.endswith(_RESERVE, autoescape=True))
            .order_by(of.number)
            .with_for_update()
        ).all()
        batch = move_many(desk, transaction, rows, Move.ELIMINATE, act)
        if batch.denied:
            transaction.abandon()
            return Batch(denied=batch.denied)
        return batch


def _asked(
    connection: Connection, running: Running, left: Row[Any], next_one: Row[Any] | None, act: Act
) -> Refusal | None:
    # With nobody left to take the place it is asked of whoever has the reserves, so that they are told that.
    waiting = [key for key in running.pipeline.standings if key.endswith(_RESERVE)]
    held = next_one.stage if next_one else next(iter(waiting or running.pipeline.standings))
    refusal = refuses(connection, act.actor, Move.REPLACE, matter_at(running, held)) or reason_missing(act)
    if refusal is None and (left.stage not in VACATED or left.grade is None):
        refusal = _nothing_vacated(running, left)
    if refusal is None:
        of = t.replacement.c
        if connection.execute(select(of.vacated_id).where(of.vacated_id == left.id)).first():
            refusal = _replaced_already(left.number)
    return refusal


def _next_in_order(connection: Connection, left: Row[Any], *, lock: bool = True) -> Row[Any] | None:
    of = t.place.c
    query = (
        select(t.nomination)
        .join_from(t.place, t.nomination)
        .where(of.program_id == left.program_id, of.limit_key == f"reserves.{left.grade}")
        .order_by(of.ordinal)
        .limit(1)
    )
    return connection.execute(query.with_for_update(of=t.nomination) if lock else query).one_or_none()


def _no_reserve(running: Running, left: Row[Any]) -> Refusal:
    award = next((one.award for one in running.program.seats if one.id == left.grade), left.grade or "")
    return Refusal(
        "reserve-named",
        Words("没有“{award}”的候补人选", "there is no reserve for “{award}”").format(award=award),
        Words("空缺保留，或重新评审确定", "leave the place empty, or decide again"),
    )


def _nothing_vacated(running: Running, left: Row[Any]) -> Refusal:
    standing = running.pipeline.standings.get(left.stage)
    return Refusal(
        "place-vacated",
        Words("{number} 没有空出名额：{standing}", "{number} has left no place: {standing}").format(
            number=left.number, standing=standing.name if standing else left.stage
        ),
        Words(
            "入选后在发文前退出、撤下、暂缓或取消资格的，才能递补",
            "only whoever was chosen and fell out before the award is replaced",
        ),
    )


def _replaced_already(number: str) -> Refusal:
    return Refusal(
        "place-vacated",
        Words("{number} 空出的名额已经递补", "the place of {number} is filled already").format(number=number),
        Words("无须再次递补", "there is nothing to do"),
    )
