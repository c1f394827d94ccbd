"""异议处理记录: one objection from the letter to its end as a paper for the file of those who handle it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from deadlines.errors import OutsideCalendarError
from deadlines.zone import ONE_DAY, last_day_before, shanghai_day
from documents.filling import Templates
from documents.objection_records import ObjectionRecord, Signed, Taken, objection_record
from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk, Running
from operations.lookup import masked_name
from operations.objection_list import RAISED_BY, STATES
from operations.objection_rows import held_objection, publicity_of
from operations.papers import templates_of
from operations.policy import Deed
from operations.results import Denied
from programs.stages import Publicity
from store import tables as t


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record of an objection, as a `.docx`, and the program that it belongs to."""

    program: str
    content: bytes


def record_of(desk: Desk, objection_id: int, act: Act, templates: Templates | None = None) -> Recorded | Denied:
    """Return the record of an objection as a `.docx`; the history says who took it out.

    A person who objects is in it as insiders see them, by the first character; no contact is. Raises `UnknownError` for
    an objection that is not there, `DocumentError` where a template is wrong.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row, objection = held_objection(connection, objection_id)
        running = desk.running_for(connection, row)
        if refusal := refuses(connection, act.actor, Deed.SEE_OBJECTION, matter_of(running.program, row)):
            return Denied((refusal,), row.number)
        of = _record(desk, connection, running, row, objection)
        content = objection_record(of, templates_of(desk, templates).path("objection-record.docx"))
        transaction.record(
            row.program_id,
            "objection.seen",
            nomination=row.number,
            objection=objection_id,
            record=True,
            **act.signature(),
        )
        return Recorded(row.program_id, content)


def _record(
    desk: Desk, connection: Connection, running: Running, row: Row[Any], objection: Row[Any]
) -> ObjectionRecord:
    program, stage = running.program, publicity_of(desk, connection, row, objection)
    return ObjectionRecord(
        award=program.award,
        edition=program.edition,
        stage=stage.name if stage else objection.stage,
        objection=objection.id,
        nomination=row.number,
        nominee=row.nominee,
        unit=row.unit,
        raised_as=RAISED_BY[objection.raised_by].zh if objection.raised_by else "",
        objector=masked_name(objection.objector) if objection.raised_by == "person" else objection.objector,
        lodged=shanghai_day(objection.lodged_at),
        taken_by=objection.taken_by or "",
        grounds=objection.grounds,
        evidence=(*_files(connection, objection.id), *([objection.evidence] if objection.evidence else ())),
        judged=_judged(objection),
        scope=_scope(stage, objection.scope),
        handler=objection.handler or "",
        due=last_day_before(objection.due_at) if objection.due_at else None,
        found=_signed(objection.finding, objection.found_by, objection.found_at),
        settled=_settled(objection),
        answer=objection.answer or "",
        clause=objection.clause or "",
        taken=_taken(running, objection),
    )


def _files(connection: Connection, objection: int) -> tuple[str, ...]:
    of = t.objection_file.c
    query = select(of.name).where(of.objection_id == objection).order_by(of.place)
    return tuple(connection.execute(query).scalars())


def _judged(objection: Row[Any]) -> Signed | None:
    if objection.outcome == "recorded":
        return _signed(STATES["recorded"].zh, objection.taken_by, objection.lodged_at)
    if objection.admitted is None:
        return None
    words = "予以受理" if objection.admitted else STATES["refused"].zh
    return _signed(words, objection.judged_by, objection.judged_at, objection.judged_because)


def _settled(objection: Row[Any]) -> Signed | None:
    """Return how it ended; what was not admitted, or only kept, ended as it was judged."""
    if objection.outcome is None:
        return None
    by = objection.settled_by or objection.judged_by or objection.taken_by
    return _signed(STATES[objection.outcome].zh, by, objection.settled_at)


def _signed(words: str | None, by: str | None, at: datetime | None, reason: str | None = None) -> Signed | None:
    return Signed(words, by or "", shanghai_day(at), reason or "") if words and at else None


def _scope(stage: Publicity | None, scope: str | None) -> str:
    """Return what it was found to be instead, as the program names it; one may have been taken out since."""
    named = stage.out_of_scope if stage else ()
    return next((one.name for one in named if one.id == scope), scope or "")


def _taken(running: Running, objection: Row[Any]) -> Taken | None:
    if objection.settled_at is None:
        return None
    lodged, settled = shanghai_day(objection.lodged_at), shanghai_day(objection.settled_at)
    late = objection.due_at is not None and objection.settled_at >= objection.due_at
    return Taken((settled - lodged).days, _working_days(running, lodged + ONE_DAY, settled), late)


def _working_days(running: Running, first: date, last: date) -> int | None:
    try:
        return running.calendar.count_working_days(first, last)
    except OutsideCalendarError:
        return None
