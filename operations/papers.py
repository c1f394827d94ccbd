"""Papers of a program: the register of its nominations, the public notices, the document that confers the award."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from deadlines.zone import last_day_before, shanghai_day
from documents.errors import DocumentError
from documents.filling import Templates
from documents.notices import (
    AwardDocument,
    Conferment,
    Honoree,
    PublicityNotice,
    award_document,
    publicity_notice,
    replacement_notice,
)
from documents.register import RegisterRow, register
from documents.strokes import by_strokes
from operations.desk import Desk, Running
from operations.results import Denied, UnknownError
from programs import Program, Words
from programs.dates import Duration
from programs.stages import Issuance, Order, Publicity
from states import Refusal
from store import events_of
from store import tables as t


@dataclass(frozen=True, slots=True)
class Wording:
    """What the program does not say of a document: whom it is addressed to, who gets copies, who had it printed."""

    addressees: str = "各有关单位"
    copies: tuple[str, ...] = ()
    printer: str = ""


def templates_of(desk: Desk, named: Templates | None) -> Templates:
    """Return the templates that a paper is made by: those named, else the office's own, else the shipped ones."""
    return named or Templates(Path(desk.templates) if desk.templates else None)


def register_of(desk: Desk, program_id: str) -> bytes:
    """Return the register of all nominations as an `.xlsx`; raises `UnknownError` for an unknown program."""
    with desk.store.read() as connection:
        running = desk.running(connection, program_id)
        rows = connection.execute(
            select(t.nomination).where(t.nomination.c.program_id == program_id).order_by(t.nomination.c.number)
        )
        program, versions = running.program, {one.revision: one for one in desk.versions(connection, program_id)}
        categories = {
            category.id: category.name for one in reversed(versions.values()) for category in one.program.categories
        }
        grades = {seats.id: seats.award for seats in program.seats}
        return register(
            (
                RegisterRow(
                    number=row.number,
                    nominator=row.nominator,
                    nominee=row.nominee,
                    employer=row.unit,
                    category=categories.get(row.category, ""),
                    route=versions[row.revision].program.route(row.route).name,
                    stage=versions[row.revision].pipeline.standings[row.stage].name.zh,
                    due=row.due_at,
                    award=grades.get(row.grade, ""),
                    provisional=row.provisional,
                )
                for row in rows
            ),
            f"{program.award}（{program.edition}）申报汇总表",
        )


def paper_of(desk: Desk, program_id: str, paper: str) -> tuple[bytes, str] | Denied:
    """Return a paper that everybody may take who may know the program, as a `.docx`, and what it is called.

    It is `notice`, the notice of the last list, or `award`, the last document. Refused where it cannot be filled in.
    Raises `UnknownError` for an unknown program, for any other paper, and where there is none yet.
    """
    papers = {"notice": (notice_of, "公示公告"), "award": (document_of, "发文")}
    if paper not in papers:
        raise UnknownError(Words("没有这份文件", "there is no such paper"))
    make, name = papers[paper]
    try:
        return make(desk, program_id), name
    except DocumentError as error:
        return Denied((Refusal("paper", error.words, Words("请更正后再下载", "mend it, then take it again")),))


def notice_of(desk: Desk, program_id: str, templates: Templates | None = None, order: Order | None = None) -> bytes:
    """Return the notice of the list that was published last as a `.docx`; without an order in the program's own.

    Raises `UnknownError` for an unknown program, and where nothing has been published; `DocumentError` where a template
    is wrong.
    """
    with desk.store.read() as connection:
        running = desk.running(connection, program_id)
        event = _newest(connection, program_id, "publicity.started")
        if event is None:
            raise UnknownError(
                Words("项目 {id} 还没有公示过", "the program {id} has published no list yet").format(id=program_id)
            )
        notice = _published(desk, connection, running, event, event["nominations"], order)
    return publicity_notice(notice, templates_of(desk, templates).path("publicity-notice.docx"))


def replacement_of(
    desk: Desk, program_id: str, templates: Templates | None = None, order: Order | None = None
) -> bytes:
    """Return the notice of those on the last list that has some who take a vacated place from the reserves.

    Raises `UnknownError` for an unknown program, and where none of them has been published; `DocumentError` as above.
    """
    left, reserve, of = t.nomination.alias(), t.nomination.alias(), t.replacement.c
    whose = (
        select(reserve.c.number, left.c.nominee)
        .select_from(
            t.replacement.join(reserve, reserve.c.id == of.nomination_id).join(left, left.c.id == of.vacated_id)
        )
        .where(of.program_id == program_id)
    )
    with desk.store.read() as connection:
        running = desk.running(connection, program_id)
        replaces: dict[str, str] = dict(connection.execute(whose).tuples().all())
        event = _newest(connection, program_id, "publicity.started", frozenset(replaces))
        if event is None:
            raise UnknownError(
                Words(
                    "项目 {id} 没有公示过递补人选；递补用 linxuan publicity replace，然后公示",
                    "the program {id} has published nobody from the reserves; replace with linxuan publicity replace, "
                    "then publish",
                ).format(id=program_id)
            )
        listed = [number for number in event["nominations"] if number in replaces]
        notice = _published(desk, connection, running, event, listed, order, replaces)
    return replacement_notice(notice, templates_of(desk, templates).path("replacement-notice.docx"))


def _newest(
    connection: Connection, program_id: str, kind: str, among: frozenset[str] | None = None
) -> Mapping[str, Any] | None:
    """Return the newest event of a kind, of those that list one of some nominations where they are given."""
    history = events_of(connection, program_id, newest_first=True)
    return next(
        (
            event
            for event in history
            if event["kind"] == kind and (among is None or not among.isdisjoint(event["nominations"]))
        ),
        None,
    )


def _published(  # noqa: PLR0913, PLR0917 - what a notice is put together from
    desk: Desk,
    connection: Connection,
    running: Running,
    event: Mapping[str, Any],
    listed: Sequence[str],
    order: Order | None,
    replaces: Mapping[str, str] = MappingProxyType({}),
) -> PublicityNotice:
    """Put together the notice of a list that an event published, of those who are named."""
    of, program_id = t.publicity.c, running.program.id
    at = datetime.fromisoformat(event["now"])
    row = connection.execute(
        select(t.publicity).where(of.program_id == program_id, of.stage == event["stage"], of.published_at == at)
    ).one()
    stage = desk.holding(connection, program_id, row.stage).program.stage(row.stage)
    period = Duration.model_validate(row.period)
    in_order = order or (stage.order if isinstance(stage, Publicity) else "number")
    return PublicityNotice(
        conferment=_conferment(connection, running, listed, row.published_at, in_order, replaces=replaces),
        days=period.days,
        unit=period.unit,
        first_day=row.first_day,
        last_day=row.last_day,
        objections_last=last_day_before(row.objections_close_at),
        at_least=row.stated,
        reception=stage.office or running.program.office,
        provisional=row.provisional,
    )


def document_of(
    desk: Desk,
    program_id: str,
    templates: Templates | None = None,
    order: Order | None = None,
    wording: Wording = Wording(),
) -> bytes:
    """Return the last document that conferred the award as a `.docx`; without an order in the program's own.

    Raises `UnknownError` for an unknown program, and where nothing has been issued; `DocumentError` where a template is
    wrong.
    """
    with desk.store.read() as connection:
        running = desk.running(connection, program_id)
        row = connection.execute(
            select(t.document)
            .where(t.document.c.program_id == program_id)
            .order_by(t.document.c.issued_at.desc())
            .limit(1)
        ).one_or_none()
        if row is None:
            raise UnknownError(
                Words("项目 {id} 还没有发文", "the program {id} has issued no document yet").format(id=program_id)
            )
        stage = desk.holding(connection, program_id, row.stage).program.stage(row.stage)
        issuance = stage if isinstance(stage, Issuance) else None
        event = _newest(connection, program_id, "document.issued")
        conferment = _conferment(
            connection,
            running,
            event["nominations"] if event else (),
            row.issued_at,
            order or (issuance.order if issuance else "number"),
            issuance.issuers if issuance else (),
        )
        return award_document(
            AwardDocument(
                conferment=conferment,
                number=row.number,
                addressees=wording.addressees,
                disclosure=running.program.disclosure or "",
                copies=wording.copies,
                printer=wording.printer,
            ),
            templates_of(desk, templates).path("award-document.docx"),
        )


def _conferment(  # noqa: PLR0913 - what a document says, each by name
    connection: Connection,
    running: Running,
    listed: Sequence[str],
    at: Any,  # noqa: ANN401 - a column's value
    order: Order,
    issuers: tuple[str, ...] = (),
    *,
    replaces: Mapping[str, str] = MappingProxyType({}),
) -> Conferment:
    """Put together what a document says; its list is the one that the event behind it recorded."""
    program = running.program
    return Conferment(
        award=program.award,
        edition=program.edition,
        issuers=issuers or program.issuers,
        basis=basis_of(program),
        nominee=program.nominee,
        honorees=tuple(
            _honoree(running, row, replaces.get(row.number, ""))
            for row in ordered(running, _rows(connection, listed), order)
        ),
        dated=shanghai_day(at),
        by_strokes=order == "strokes",
    )


def basis_of(program: Program) -> str:
    """Return the notice as documents cite it: its title in book-title marks, and its number."""
    return f"《{program.title}》" + (f"（{program.document_number}）" if program.document_number else "")


def ordered(running: Running, rows: list[Row[Any]], order: Order) -> list[Row[Any]]:
    """Return nominations grade after grade, the highest first, and within a grade by strokes or as they were given."""
    grades = {seats.id: place for place, seats in enumerate(running.program.seats)}
    # Categories have seats of their own for one and the same grade; those who have it stand together.
    awards = [seats.award for seats in running.program.seats]
    rows = by_strokes(rows, lambda row: str(row.nominee)) if order == "strokes" else rows
    return sorted(rows, key=lambda row: awards.index(awards[grades[row.grade]]) if row.grade in grades else len(awards))


def _rows(connection: Connection, numbers: Sequence[str]) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(t.nomination).where(t.nomination.c.number.in_(numbers)).order_by(t.nomination.c.number)
        )
    )


def _honoree(running: Running, row: Row[Any], replaces: str) -> Honoree:
    grades = {seats.id: seats.award for seats in running.program.seats}
    return Honoree(row.nominee, row.unit, grades.get(row.grade, running.program.award), replaces)
