"""Reading objections: what was raised against whom, how far it is, and, for a reason, how to reach who objects."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.engine import Connection

from deadlines.course import OpenObjection
from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk
from operations.objection_rows import held_objection
from operations.personal import no_reason
from operations.policy import Deed
from operations.results import Denied
from operations.seeing import Seeing
from programs import Words
from programs.dates import Duration
from store import tables as t

#: How far an objection is, while it is open and once it has ended.
STATES = {
    "lodged": Words("待受理", "to be judged"),
    "admitted": Words("核查中", "looked into"),
    "dismissed": Words("不成立", "dismissed"),
    "corrected": Words("已更正", "corrected"),
    "upheld": Words("成立，撤下", "upheld, removed"),
    "deferred": Words("暂缓，下届再议", "deferred"),
    "refused": Words("不予受理", "not admitted"),
    "recorded": Words("匿名，存查", "anonymous, on record"),
}

#: As whom somebody objects.
RAISED_BY = {
    "unit": Words("单位（盖章）", "a unit, with its seal"),
    "person": Words("个人（实名）", "a person, by name"),
    "anonymous": Words("匿名", "anonymous"),
}


@dataclass(frozen=True, slots=True)
class ListedObjection:
    """One objection as it is listed: no word of who objects. `state` is a key of `STATES`."""

    id: int
    number: str
    nominee: str
    stage: str
    raised_by: str | None
    lodged_at: datetime
    state: str
    handler: str | None
    due_at: datetime | None
    provisional: bool
    overdue: bool
    settled_at: datetime | None

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            **{name: getattr(self, name) for name in ("id", "number", "nominee", "stage", "raised_by", "state")},
            **{name: getattr(self, name) for name in ("handler", "provisional", "overdue")},
            "lodged_at": self.lodged_at.isoformat(),
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "settled_at": self.settled_at.isoformat() if self.settled_at else None,
        }


def list_objections(desk: Desk, program_id: str, now: datetime) -> list[ListedObjection]:
    """Return the objections of a program, the oldest first; raises `UnknownError` for an unknown program."""
    with desk.store.read() as connection:
        desk.running(connection, program_id)
        return list(objections_of(connection, program_id, now))


def objections_of(connection: Connection, program_id: str, now: datetime) -> Iterator[ListedObjection]:
    """Yield the objections of a program, the oldest first."""
    of, row = t.objection.c, t.nomination.c
    query = select(t.objection, row.number, row.nominee).join_from(t.objection, t.nomination)
    for one in connection.execute(query.where(row.program_id == program_id).order_by(of.id)):
        yield ListedObjection(
            id=one.id,
            number=one.number,
            nominee=one.nominee,
            stage=one.stage,
            raised_by=one.raised_by,
            lodged_at=one.lodged_at,
            state=one.outcome or ("admitted" if one.admitted else "lodged"),
            handler=one.handler,
            due_at=one.due_at,
            provisional=one.provisional,
            overdue=one.outcome is None and one.due_at is not None and one.due_at <= now,
            settled_at=one.settled_at,
        )


def due_objections(connection: Connection, program_id: str | None = None) -> Sequence[Row[Any]]:
    """Return the open objections that are due, of one program or of all, each with the nomination that it is against.

    A row is the nomination's, and of the objection it has `objection`, `objected_at` (a stage), `admitted`, `since`,
    `objection_due`, `said` and `objection_provisional`.
    """
    of = t.objection.c
    query = select(
        t.nomination,
        of.id.label("objection"),
        of.stage.label("objected_at"),
        of.admitted,
        func.coalesce(of.judged_at, of.lodged_at).label("since"),
        of.due_at.label("objection_due"),
        of.investigation.label("said"),
        of.provisional.label("objection_provisional"),
    ).join_from(t.objection, t.nomination)
    query = query.where(of.outcome.is_(None), of.due_at.is_not(None)).order_by(of.due_at, of.id)
    if program_id is not None:
        query = query.where(t.nomination.c.program_id == program_id)
    return connection.execute(query).all()


def objections_seen(
    connection: Connection, seeing: Seeing, program_id: str | None = None
) -> Mapping[str, Sequence[Row[Any]]]:
    """Return the objections that are due, by program, as far as somebody may see them."""
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in due_objections(connection, program_id):
        if seeing.may(Deed.SEE_OBJECTION, seeing.newest(row.program_id), row):
            found[row.program_id].append(row)
    return found


def as_dated(row: Row[Any]) -> OpenObjection:
    """Return a row of `due_objections` as key dates take it."""
    return OpenObjection(
        stage=row.objected_at,
        objection=row.objection,
        admitted=bool(row.admitted),
        since=row.since,
        due_at=row.objection_due,
        said=Duration.model_validate(row.said) if row.said else None,
        provisional=row.objection_provisional,
    )


def awaits_admission(desk: Desk, objection_id: int) -> bool:
    """Whether nobody has decided yet if an objection is taken up."""
    of = t.objection.c
    with desk.store.read() as connection:
        waiting = select(of.id).where(of.id == objection_id, of.admitted.is_(None), of.outcome.is_(None))
        return connection.execute(waiting).first() is not None


def reveal_contact(desk: Desk, objection_id: int, act: Act) -> str | Denied | None:
    """Return how to reach who objects, in full; that somebody has seen it is an event, with their reason.

    None where no contact was given. Raises `UnknownError` for an objection that is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        vault = desk.sealing(connection)
        row, objection = held_objection(connection, objection_id)
        program = desk.running_for(connection, row).program
        refusal = refuses(connection, act.actor, Deed.SEE_OBJECTION, matter_of(program, row))
        if refusal is None and not act.reason.strip():
            refusal = no_reason()
        if refusal:
            return Denied((refusal,), row.number)
        if objection.contact is None:
            return None
        transaction.record(
            row.program_id,
            "objection.seen",
            nomination=row.number,
            objection=objection_id,
            contact=True,
            **act.signature(),
        )
        return vault.unseal(objection.contact)
