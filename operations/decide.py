"""Choosing who goes on from a stage: those within the places, and all the others not."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import matter_at, refuses
from operations.desk import Desk, Running
from operations.move import move_many
from operations.naming import grade_called
from operations.pasts import hold_pasts
from operations.ratios import ratios_broken
from operations.results import Batch, Denied, UnknownError
from programs import Words
from programs.model import Seats
from programs.stages import Approval, Decision, Review, Screening, Vote
from states import Move, Refusal
from store import tables as t

#: Nobody is a reserve, and nobody has a reason of their own.
_NONE: Mapping[str, str] = MappingProxyType({})

_MOVES: dict[type, Move] = {
    Screening: Move.ACCEPT,
    Vote: Move.ADVANCE,
    Review: Move.ADVANCE,
    Decision: Move.CHOOSE,
    Approval: Move.APPROVE,
}


def decide(  # noqa: PLR0913 - a bundle of these would be made for this call alone
    desk: Desk,
    program_id: str,
    stage_id: str,
    chosen: Mapping[str, str | None],
    act: Act,
    *,
    reserves: Mapping[str, str] = _NONE,
    reasons: Mapping[str, str] = _NONE,
    standing: frozenset[str] | None = None,
    dry_run: bool = False,
) -> Batch:
    """Send the chosen (number → grade, or none where the stage gives no grade) on, and eliminate all others there.

    Where the notice gives a lesser grade to those who do not go on, they are given it, if there are places for all of
    them; else those who are named with it. Of the others, `reserves` (number → grade) stay as reserves of their grades
    in the order given. `standing`: the numbers of everybody whom the decider saw at the stage; the decision is refused
    where others stand there by now, of whom some would be eliminated unseen. Without it nobody's look is vouched for.

    `reasons` are those of nominations, by number, that have one of their own in the place of the act's: it goes into
    the event and the letter of that nomination.

    A grade is named by the id of its seats, or by the award.

    `dry_run`: everything is judged, and nothing kept; the batch says what would come of it.

    All or nothing: if one of the chosen is refused, or all together are not what the notice asks of them, nobody is
    moved, and the batch says why. Raises `UnknownError` for
    a program or stage that is not there, and for a chosen number that does not stand at the stage.
    """
    with desk.store.write() as transaction:
        desk.relied_on(transaction.connection, program_id)
        running = desk.holding(transaction.connection, program_id, stage_id)
        what = _choosing_move(running, stage_id)
        rows = list(
            transaction.connection.execute(
                select(t.nomination)
                .where(t.nomination.c.program_id == program_id, t.nomination.c.stage == stage_id)
                .order_by(t.nomination.c.number)
                .with_for_update()
            )
        )
        if refusal := refuses(transaction.connection, act.actor, what, matter_at(running, stage_id)):
            return Batch(denied=tuple(Denied((refusal,), row.number) for row in rows) or (Denied((refusal,)),))
        if standing is not None and standing != {row.number for row in rows}:
            return Batch(denied=(Denied((others_stand_here(),)),))
        # All at once: a lesser grade is given after the others, and two programs must not wait for each other.
        hold_pasts(transaction.connection, running.program, Move.CHOOSE, rows)
        _all_stand_here(rows, {**chosen, **reserves, **reasons}, running.pipeline.standings[stage_id].name)
        grades = {number: grade_called(running.program, grade) for number, grade in chosen.items() if grade}
        reserves = {number: grade_called(running.program, grade) for number, grade in reserves.items()}
        picked = [row for row in rows if row.number in chosen]
        others = [row for row in rows if row.number not in chosen and row.number not in reserves]
        in_turn = [row for number in reserves for row in rows if row.number == number and number not in chosen]
        lesser = _lesser_of(running, stage_id)
        consoled = [row for row in picked if lesser and grades.get(row.number) == lesser.id]
        if lesser and not consoled:
            if refusal := _too_many(lesser, len(others)):
                transaction.abandon()
                return Batch(denied=(Denied((refusal,)),))
            consoled, others = others, []

        def moving(some: list[Row[Any]], move: Move, given: Mapping[str, str] = _NONE) -> Batch:
            return move_many(desk, transaction, some, move, act, grades=given, reasons=reasons)

        done = [
            moving([row for row in picked if row not in consoled], what, grades),
            moving(consoled, Move.CHOOSE, {row.number: lesser.id for row in consoled}) if lesser else Batch(),
            moving(in_turn, Move.RESERVE, reserves),
            moving(others, _falling_move(running, stage_id)),
        ]
        if any(batch.denied for batch in done):
            transaction.abandon()
            return Batch(denied=tuple(one for batch in done for one in batch.denied))
        if broken := tuple(ratios_broken(transaction.connection, running, soft=False)):
            transaction.abandon()
            return Batch(denied=(Denied(broken),))
        if in_turn:
            named = _order_of(transaction.connection, program_id, in_turn)
            transaction.record(program_id, "reserves.named", stage=stage_id, reserves=named, **act.signature())
        remarks = tuple(ratios_broken(transaction.connection, running, soft=True))
        if dry_run:
            transaction.abandon()
        return Batch(tuple(one for batch in done for one in batch.moved), remarks=remarks)


def others_stand_here() -> Refusal:
    """Refuse what was decided over others than those who stand at the stage."""
    return Refusal(
        "standing",
        Words("您查看之后，此环节的人选有变动", "since you looked at it, others stand at this stage"),
        Words("请核对现在的人选后再确定", "look at who stands there now before you decide"),
    )


def not_all_seen() -> Refusal:
    """Refuse what somebody would decide who does not see everybody at the stage: the others would fall unseen."""
    return Refusal(
        "standing",
        Words("此环节有您不能查看的申报", "some who stand here are not yours to see"),
        Words("请由能查看全部申报的人员确定", "have somebody decide who sees all of them"),
    )


def _order_of(connection: Connection, program_id: str, rows: list[Row[Any]]) -> dict[str, list[str | int]]:
    """Return of which grade each is a reserve, and in which place, by number."""
    of = t.place.c
    query = (
        select(t.nomination.c.number, of.limit_key, of.ordinal)
        .join_from(t.place, t.nomination)
        .where(of.program_id == program_id, of.limit_key.startswith("reserves."))
        .where(of.nomination_id.in_([row.id for row in rows]))
    )
    return {number: [key.partition(".")[2], ordinal] for number, key, ordinal in connection.execute(query)}


def _lesser_of(running: Running, stage_id: str) -> Seats | None:
    """Return the grade that those are given who do not go on from a stage, where the notice gives them one."""
    stage = running.program.stage(stage_id)
    wanted = stage.lesser if isinstance(stage, Vote | Review | Decision) else None
    return next((seats for seats in running.program.seats if seats.id == wanted), None)


def _too_many(lesser: Seats, others: int) -> Refusal | None:
    """Refuse to guess who of more than there are places for is given the lesser grade."""
    if lesser.kind != "cap" or others <= (lesser.count or 0):
        return None
    return Refusal(
        "lesser-named",
        Words(
            "其余 {others} 名多于“{award}”的 {count} 个名额",
            "the other {others} are more than {count} places of {award}",
        ).format(others=others, award=lesser.award, count=lesser.count),
        Words("请写明授予谁：编号={id}", "name who is given it: NUMBER={id}").format(id=lesser.id),
        lesser.clause,
    )


def _choosing_move(running: Running, stage_id: str) -> Move:
    stages = {stage.id: stage for stage in running.program.held_stages}
    what = _MOVES.get(type(stages.get(stage_id)))
    if what is None:
        choosing = "、".join(stage.id for stage in stages.values() if type(stage) in _MOVES)
        raise UnknownError(
            Words("“{id}”不是评选环节；可用：{known}", "{id} is no stage that chooses; use one of: {known}").format(
                id=stage_id, known=choosing
            )
        )
    return what


def _falling_move(running: Running, stage_id: str) -> Move:
    """Return what is done with those who are not chosen: an approving body rejects them."""
    return Move.REJECT if isinstance(running.program.stage(stage_id), Approval) else Move.ELIMINATE


def _all_stand_here(rows: list[Row[Any]], chosen: Mapping[str, str | None], name: Words) -> None:
    elsewhere = sorted(set(chosen) - {row.number for row in rows})
    if elsewhere:
        raise UnknownError(
            Words("不在“{name}”：{numbers}", "not at “{name}”: {numbers}").format(
                name=name, numbers="、".join(elsewhere)
            )
        )
