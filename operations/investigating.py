"""Looking into an objection that was admitted: what was found, the files behind it, and more time where needed."""

from datetime import date

from sqlalchemy import update

from deadlines.calendar import LAST_DAY
from deadlines.zone import day_end
from operations import objection_refusals as refusal_of
from operations.acts import Act, reason_missing
from operations.desk import Desk
from operations.objection_evidence import NO_EVIDENCE, Evidence, keep_evidence, read_evidence
from operations.objection_owing import owe_investigation
from operations.objection_rows import held_objection, may_handle
from operations.objections import Admitted
from operations.results import Denied, denied
from programs import Words
from states import Refusal
from store import tables as t


def investigate(
    desk: Desk, objection_id: int, finding: str, act: Act, *, evidence: Evidence = NO_EVIDENCE
) -> Denied | None:
    """Note what was found, in the place of what was noted before; the history keeps both.

    Raises `UnknownError` for an objection that is not there.
    """
    read = read_evidence(evidence)
    if isinstance(read, Denied):
        return read
    with desk.store.write() as transaction:
        connection = transaction.connection
        row, objection = held_objection(connection, objection_id)
        refused = may_handle(desk, connection, row, objection, act)
        if refused is None and not objection.admitted:
            refused = Denied((refusal_of.not_admitted(objection_id),), row.number)
        if refused is None and not finding.strip():
            refused = Denied((_nothing_found(),), row.number)
        if refused:
            return refused
        of = t.objection.c
        connection.execute(
            update(t.objection)
            .where(of.id == objection_id)
            .values(finding=finding, found_by=act.actor.name, found_at=act.now)
        )
        transaction.record(
            row.program_id,
            "objection.investigated",
            nomination=row.number,
            objection=objection_id,
            finding=finding,
            files=keep_evidence(desk, connection, objection_id, read, act),
            **act.signature(),
        )
    return None


def prolong(desk: Desk, objection_id: int, last_day: date, act: Act) -> Admitted | Denied:
    """Give an investigation time until the end of a later day, with the reason.

    Raises `UnknownError` for an objection that is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row, objection = held_objection(connection, objection_id)
        refused = may_handle(desk, connection, row, objection, act) or denied(reason_missing(act))
        if refused is None and objection.due_at is not None and not objection.admitted:
            refused = Denied((refusal_of.not_admitted(objection_id),), row.number)
        if refused is None and objection.due_at is None:
            refused = Denied((refusal_of.no_deadline(objection_id),), row.number)
        if refused is None and last_day > LAST_DAY:
            refused = Denied((refusal_of.beyond_calendar(last_day),), row.number)
        closes = day_end(min(last_day, LAST_DAY))
        if refused is None and closes <= max(objection.due_at, act.now):
            refused = Denied((refusal_of.not_later(objection.due_at),), row.number)
        if refused:
            return refused
        of = t.objection.c
        connection.execute(
            update(t.objection)
            .where(of.id == objection_id)
            .values(due_at=closes, provisional=False, investigation=None)
        )
        transaction.record(
            row.program_id,
            "objection.prolonged",
            nomination=row.number,
            objection=objection_id,
            **{"from": objection.due_at.isoformat(), "to": closes.isoformat()},
            **act.signature(),
        )
        owe_investigation(connection, desk.running_for(connection, row), row, objection.stage, closes, act.now)
        return Admitted(objection_id, objection.handler, closes)


def _nothing_found() -> Refusal:
    return Refusal(
        "finding-stated",
        Words("没有写明核查情况", "what was found is not said"),
        Words("请用 --finding 写明", "say it with --finding"),
    )
