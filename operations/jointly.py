"""联合初审: what each of the bodies says that screen a nomination jointly; all must agree before it goes on."""

from sqlalchemy import delete, insert

from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk
from operations.move import find
from operations.policy import Deed
from operations.results import Denied
from programs import Words
from programs.stages import Screening
from states import Refusal
from store import tables as t


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
        standing = running.pipeline.standings[row.stage]
        stage = None if standing.ended else running.program.stage(standing.stage)
        bodies = stage.bodies if isinstance(stage, Screening) and row.stage == stage.id else ()
        if stage is None or body.strip() not in bodies:
            return Denied((_not_asked(bodies),), number)
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


def _not_asked(bodies: tuple[str, ...]) -> Refusal:
    return Refusal(
        "body-asked",
        Words("这里不由这一部门联合初审", "this body does not screen here"),
        Words("可用：{bodies}", "use one of: {bodies}").format(bodies="、".join(bodies) or "—"),
    )


def _unexplained() -> Refusal:
    return Refusal(
        "reason-stated",
        Words("不同意的没有写明理由", "who does not agree has not said why"),
        Words("请用 --note 写明", "say it with --note"),
    )
