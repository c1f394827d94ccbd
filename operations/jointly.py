"""联合初审、征求意见: what each of the bodies says that screen a nomination jointly, or are consulted about it.

All that screen jointly must agree before it goes on. Of those that are consulted none may object; whether to wait for
who has not answered is the office's to say.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk, Running
from operations.move import find
from operations.policy import Deed
from operations.results import Denied
from programs import Words
from programs.stages import Consultation, Screening, bodies_asked
from states import Refusal
from store import tables as t


@dataclass(frozen=True, slots=True)
class BodyOpinion:
    """What one body says of a nomination that it screens or is asked about; `agrees` is none while it said nothing."""

    body: str
    agrees: bool | None
    note: str
    given_by: str | None
    given_at: datetime | None


def opinions_of(connection: Connection, running: Running, row: Row[Any]) -> tuple[BodyOpinion, ...]:
    """Return what each body says of a nomination, in the program's order; none where none is asked now."""
    stage = _asked_at(running, row)
    if stage is None or not (bodies := bodies_asked(stage)):
        return ()
    of = t.joint_opinion.c
    kept = connection.execute(select(t.joint_opinion).where(of.nomination_id == row.id, of.stage == stage.id))
    said = {one.body: one for one in kept}
    return tuple(
        BodyOpinion(body, one.agrees, one.note, one.given_by, one.given_at)
        if (one := said.get(body))
        else BodyOpinion(body, None, "", None, None)
        for body in bodies
    )


def give_opinion(desk: Desk, number: str, body: str, act: Act, *, agrees: bool, note: str = "") -> Denied | None:
    """Record what one of the bodies says; what it said before is replaced. Who does not agree says why.

    Raises `UnknownError` for a number that is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        running = desk.running_for(connection, row)
        if refusal := refuses(connection, act.actor, Deed.JUDGE, matter_of(running.program, row)):
            return Denied((refusal,), number)
        stage = _asked_at(running, row)
        if stage is None or body.strip() not in stage.bodies:
            return Denied((_not_asked(stage),), number)
        if not agrees and not note.strip():
            return Denied((_unexplained(),), number)
        of = t.joint_opinion.c
        values = {"nomination_id": row.id, "stage": stage.id, "body": body.strip()}
        connection.execute(delete(t.joint_opinion).where(*(of[name] == value for name, value in values.items())))
        said = {"agrees": agrees, "note": note.strip(), "given_by": act.actor.name, "given_at": act.now}
        connection.execute(insert(t.joint_opinion).values(**values, **said))
        transaction.record(
            row.program_id,
            "opinion.given",
            nomination=number,
            stage=stage.id,
            body=body.strip(),
            agrees=agrees,
            note=note.strip() or None,
            clause=stage.clause,
            **act.signature(),
        )
    return None


def _asked_at(running: Running, row: Row[Any]) -> Screening | Consultation | None:
    """Return the stage at which bodies are asked of a nomination; none while it is corrected, or anywhere else."""
    standing = running.pipeline.standings[row.stage]
    stage = None if standing.ended else running.program.stage(standing.stage)
    return stage if isinstance(stage, Screening | Consultation) and row.stage == stage.id else None


def _not_asked(stage: Screening | Consultation | None) -> Refusal:
    consults = isinstance(stage, Consultation)
    return Refusal(
        "body-asked",
        Words("这里不征求这一部门的意见", "this body is not consulted here")
        if consults
        else Words("这里不由这一部门联合初审", "this body does not screen here"),
        Words("可用：{bodies}", "use one of: {bodies}").format(bodies="、".join(stage.bodies if stage else ()) or "—"),
    )


def _unexplained() -> Refusal:
    return Refusal(
        "reason-stated",
        Words("不同意的没有写明理由", "who does not agree has not said why"),
        Words("请写明理由", "say why"),
    )
