"""The row of an objection with that of its nominee, and whether somebody may handle it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from operations import objection_refusals as refusal_of
from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk
from operations.objection_refusals import is_party
from operations.policy import Deed
from operations.results import Denied, MisstatedError, UnknownError
from programs import Words
from programs.stages import OutOfScope, Publicity
from store import tables as t


def held_objection(connection: Connection, objection_id: int) -> tuple[Row[Any], Row[Any]]:
    """Return the nomination of an objection, locked, and the objection; raises `UnknownError`."""
    known = select(t.objection).where(t.objection.c.id == objection_id)
    objection = connection.execute(known).one_or_none()
    if objection is None:
        raise UnknownError(Words("没有异议 {id}", "there is no objection {id}").format(id=objection_id))
    row = connection.execute(
        select(t.nomination).where(t.nomination.c.id == objection.nomination_id).with_for_update()
    ).one()
    # Whoever held the nomination may have settled it.
    return row, connection.execute(known).one()


def may_handle(desk: Desk, connection: Connection, row: Row[Any], objection: Row[Any], act: Act) -> Denied | None:
    """Refuse what is done with an objection to whom it is not, to a party to it, and where it is settled."""
    program = desk.running_for(connection, row).program
    refusal = refuses(connection, act.actor, Deed.HANDLE_OBJECTION, matter_of(program, row))
    if refusal is None and objection.outcome is not None:
        refusal = refusal_of.settled_already(objection.id)
    if refusal is None and is_party(act.actor.name, act.actor.organization, row, objection):
        refusal = refusal_of.party(act.actor.name)
    return Denied((refusal,), row.number) if refusal else None


def publicity_of(desk: Desk, connection: Connection, row: Row[Any], objection: Row[Any]) -> Publicity | None:
    """Return the publicity during which an objection was raised, as the newest version that has it says."""
    return publicity_at(desk, connection, row.program_id, objection.stage)


def publicity_at(desk: Desk, connection: Connection, program_id: str, stage_id: str) -> Publicity | None:
    """Return a publicity as the newest version that has it says; none where the stage is no publicity."""
    program = desk.holding(connection, program_id, stage_id).program
    stage = next((stage for stage in program.stages if stage.id == stage_id), None)
    return stage if isinstance(stage, Publicity) else None


def named_scope(stage: Publicity | None, scope: str) -> OutOfScope:
    """Return what a program names as no objection; raises `UnknownError`."""
    known: Sequence[OutOfScope] = stage.out_of_scope if stage else ()
    for one in known:
        if one.id == scope:
            return one
    raise MisstatedError(
        Words("没有这类不作为异议的事项：{id}；可用：{known}", "{id} is not named there; use one of: {known}").format(
            id=scope, known="、".join(f"{one.id}（{one.name}）" for one in known) or "—"
        )
    )
