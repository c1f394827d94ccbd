"""Reports of duties as files: kept by what they hold, and copied for whoever may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.attachments import copied
from operations.authority import matter_of, refuses
from operations.desk import Desk
from operations.materials import Offered
from operations.numbered import find
from operations.objection_evidence import Evidence, ReadFiles, keep_read, not_had, read_evidence, told_files
from operations.policy import Deed
from operations.results import Denied, NothingHereError
from operations.tenure.opening import hold_term
from operations.tenure.state import terms_of
from programs import Words
from states import Refusal
from store import tables as t


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file of a report of duties, in its `place` among those of the report of a period."""

    period: int
    place: int
    name: str
    attached_at: datetime
    attached_by: str


def report_files(connection: Connection, nomination: int, stage: str) -> tuple[ReportFile, ...]:
    """Return the files of the reports of one term, by period and place; `stage` is the term's key."""
    return tuple(
        ReportFile(one.period, one.place, one.name, one.attached_at, one.attached_by)
        for one in _files(connection, nomination, None)
        if one.stage == stage
    )


def read_reports(files: Sequence[Offered]) -> ReadFiles | Denied:
    """Tell what each file is; refused where one is of no known kind, or damaged."""
    return read_evidence(Evidence(tuple(files)))


def keep_reports(  # noqa: PLR0913, PLR0917 - whose files they are, and of which period
    desk: Desk, connection: Connection, nomination: int, stage: str, period: int, read: ReadFiles, act: Act
) -> list[dict[str, object]]:
    """Keep files behind those that a report has already; returns what an event says of them.

    A file that it has, under its name, is not kept once more: it was sent twice.
    """
    of = t.duty_report_file.c
    mine = (of.nomination_id == nomination, of.stage == stage, of.period == period)
    had = connection.execute(select(of.place, of.digest, of.name).where(*mine).order_by(of.place)).all()
    last = had[-1].place if had else 0
    kept = not_had(keep_read(desk, connection, read, act), [(one.digest, one.name) for one in had])
    if kept:
        connection.execute(
            insert(t.duty_report_file),
            [
                {
                    "nomination_id": nomination,
                    "stage": stage,
                    "period": period,
                    "place": place,
                    "digest": one.digest,
                    "name": copy.name,
                    "attached_at": act.now,
                    "attached_by": act.actor.name,
                }
                for place, (one, copy) in enumerate(kept, start=last + 1)
            ],
        )
    return told_files(kept)


def attach_report(desk: Desk, number: str, period: int, files: Sequence[Offered], act: Act) -> int | Denied:
    """Add files to a report of duties that was received before; returns how many are new. Raises `UnknownError`."""
    read = read_reports(files)
    if isinstance(read, Denied):
        return read
    with desk.store.write() as transaction:
        held = hold_term(desk, transaction, number, Deed.REPORT_DUTIES, act)
        if isinstance(held, Denied):
            return held
        if period not in held.term.reported:
            raise NothingHereError(
                Words("还没有收到第 {period} 期的履职报告", "no report of period {period} has come").format(
                    period=period
                )
            )
        key = held.term.key
        told = keep_reports(desk, transaction.connection, held.row.id, key, period, read, act)
        if not told:
            transaction.abandon()
            return Denied((_all_there(period),), number)
        transaction.record(
            held.row.program_id,
            "duties.attached",
            nomination=number,
            stage=key,
            period=period,
            files=told,
            **act.signature(),
        )
        return len(told)


def _all_there(period: int) -> Refusal:
    return Refusal(
        "file-once",
        Words("第{period}期履职报告已有这些文件", "the report of period {period} has these files already").format(
            period=period
        ),
        Words("无须再次上传；内容有更正的，请上传更正后的文件", "there is nothing to do; send what is another file"),
    )


def take_reports(
    desk: Desk, number: str, to: Path, act: Act, *, period: int | None = None, place: int | None = None
) -> list[Path] | Denied:
    """Write copies of a nominee's reports, or of those of one period, into a folder; the history says who took them.

    With a `place`, of one file of the term that runs. Raises `UnknownError` where there are none, and `OutsideError`
    where one is gone, damaged or cannot be written.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        running = desk.running_for(connection, row)
        if refusal := refuses(connection, act.actor, Deed.REPORT_DUTIES, matter_of(running.program, row)):
            return Denied((refusal,), number)
        files = _files(connection, row.id, period)
        if place is not None:
            key = terms_of(connection, {row.revision: running}, [row])[row.id].key
            files = [one for one in files if (one.stage, one.place) == (key, place)]
        if not files:
            raise NothingHereError(Words("没有履职报告的文件", "no report was handed in as a file"))
        transaction.record(
            row.program_id,
            "files.seen",
            nomination=number,
            files=[one.digest for one in files],
            **act.signature(),
        )
        return [copied(desk, one.digest, one.name, to, f"report-{one.stage}-{one.period}-{one.place}") for one in files]


def _files(connection: Connection, nomination: int, period: int | None) -> Sequence[Row[Any]]:
    of = t.duty_report_file.c
    query = select(t.duty_report_file).where(of.nomination_id == nomination)
    query = query if period is None else query.where(of.period == period)
    return connection.execute(query.order_by(of.stage, of.period, of.place)).all()
