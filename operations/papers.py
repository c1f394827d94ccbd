"""Papers of a program: the register of its nominations, the public notice, the document that confers the award."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from deadlines.zone import last_day_before, shanghai_day
from documents.notices import AwardDocument, Conferment, Honoree, PublicityNotice, award_document, publicity_notice
from documents.register import RegisterRow, register
from operations.desk import Desk, Running
from operations.results import UnknownError
from programs import Words
from programs.dates import Duration
from store import events_of
from store import tables as t


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


def notice_of(desk: Desk, program_id: str) -> bytes:
    """Return the notice of the list that was published last as a `.docx`.

    Raises `UnknownError` for an unknown program, and where nothing has been published.
    """
    with desk.store.read() as connection:
        running = desk.running(connection, program_id)
        row = connection.execute(
            select(t.publicity).where(t.publicity.c.program_id == program_id).order_by(t.publicity.c.id.desc()).limit(1)
        ).one_or_none()
        if row is None:
            raise UnknownError(
                Words("项目 {id} 还没有公示过", "the program {id} has published no list yet").format(id=program_id)
            )
        stage = desk.holding(connection, program_id, row.stage).program.stage(row.stage)
        period = Duration.model_validate(row.period)
        return publicity_notice(
            PublicityNotice(
                conferment=_conferment(connection, running, "publicity.started", row.published_at),
                days=period.days,
                unit=period.unit,
                first_day=row.first_day,
                last_day=row.last_day,
                objections_last=last_day_before(row.objections_close_at),
                at_least=row.stated,
                reception=stage.office or running.program.office,
                provisional=row.provisional,
            )
        )


def document_of(desk: Desk, program_id: str) -> bytes:
    """Return the last document that conferred the award as a `.docx`.

    Raises `UnknownError` for an unknown program, and where nothing has been issued.
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
        return award_document(
            AwardDocument(
                conferment=_conferment(connection, running, "document.issued", row.issued_at),
                number=row.number,
                addressees="各有关单位",
            )
        )


def _conferment(connection: Connection, running: Running, kind: str, at: Any) -> Conferment:  # noqa: ANN401 - a column's value
    """Put together what a document says; its list is the one that the event behind it recorded."""
    program = running.program
    history = events_of(connection, program.id, newest_first=True)
    listed: list[str] = next(event["nominations"] for event in history if event["kind"] == kind)
    number = f"（{program.document_number}）" if program.document_number else ""
    return Conferment(
        award=program.award,
        edition=program.edition,
        issuers=program.issuers,
        basis=f"《{program.title}》{number}",
        nominee=program.nominee,
        honorees=tuple(_honoree(running, row) for row in _rows(connection, listed)),
        dated=shanghai_day(at),
    )


def _rows(connection: Connection, numbers: list[str]) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(t.nomination).where(t.nomination.c.number.in_(numbers)).order_by(t.nomination.c.number)
        )
    )


def _honoree(running: Running, row: Row[Any]) -> Honoree:
    grades = {seats.id: seats.award for seats in running.program.seats}
    return Honoree(row.nominee, row.unit, grades.get(row.grade, running.program.award))
