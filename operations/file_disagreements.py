"""The files that were handed in against the history, and against what the folder of files really holds."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.engine import Connection

from operations.disagreement import Disagreement
from operations.told_events import events_saying
from store import Contents
from store import tables as t

_ATTACHED = '"kind":"files.attached"'
_ANONYMOUS = " anonymous"


def file_disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name every material whose files the history tells otherwise, of one program or of all.

    One nomination is looked at after the other, so memory does not grow with them.
    """
    of, row = t.attachment.c, t.nomination.c
    told = select(t.event.c.program_id, t.event.c.nomination.label("number")).where(
        t.event.c.payload.contains(_ATTACHED)
    )
    kept = select(row.program_id, row.number).join_from(t.attachment, t.nomination)
    both = _of(told, t.event.c.program_id, program_id).union(_of(kept, row.program_id, program_id))
    pairs = connection.execute(both.order_by("program_id", "number"), execution_options={"yield_per": 1000})
    for program, number in pairs:
        files = connection.execute(
            select(of.material, of.medium, of.digest, of.anonymous)
            .join(t.nomination, row.id == of.nomination_id)
            .where(row.number == number)
            .order_by(of.material, of.medium, of.place)
        )
        table = {
            key: ", ".join(f"{one.digest}{_ANONYMOUS if one.anonymous else ''}" for one in some)
            for key, some in groupby(files, key=lambda one: f"{one.material}:{one.medium}")
        }
        history = _told(connection, program, number)
        for key in sorted(table.keys() | history.keys()):
            if table.get(key) != history.get(key):
                yield Disagreement(program, f"{number} {key}", "files", table.get(key), history.get(key))


def _of(query: Select[tuple[str, str]], column: ColumnElement[str], program_id: str | None) -> Select[tuple[str, str]]:
    return query if program_id is None else query.where(column == program_id)


def _told(connection: Connection, program: str, number: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for _, _, event in events_saying(connection, [_ATTACHED], program, t.event.c.nomination == number):
        mark = _ANONYMOUS if event.get("anonymous") else ""
        told[str(event.get("material"))] = ", ".join(f"{one.get('sha256')}{mark}" for one in event.get("files", ()))
    return told


def count_files(connection: Connection, program_id: str | None = None) -> int:
    """Count the files that were handed in, of one program or of all; what was handed in twice is one file."""
    of, row = t.attachment.c, t.nomination.c
    query = select(func.count(of.digest.distinct())).join_from(t.attachment, t.nomination)
    return connection.execute(query if program_id is None else query.where(row.program_id == program_id)).scalar_one()


def damaged_files(connection: Connection, contents: Contents, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name every file that is gone from its folder, or holds something else than it did; all of them are read."""
    of, row = t.attachment.c, t.nomination.c
    query = select(of.digest, row.program_id, row.number, of.material, of.medium, of.place).join(t.nomination)
    query = query if program_id is None else query.where(row.program_id == program_id)
    whole: dict[str, bool] = {}
    last = None
    yield from _damaged_evidence(connection, contents, program_id)
    yield from _damaged_reports(connection, contents, program_id)
    yield from _damaged_letters(connection, contents, program_id)
    for one in connection.execute(query.order_by(of.digest, row.number), execution_options={"yield_per": 1000}):
        if one.digest != last:
            last, whole = one.digest, {one.digest: contents.is_whole(one.digest)}
        if not whole[one.digest]:
            which = f"{one.number} {one.material}:{one.medium} {one.place}"
            yield Disagreement(one.program_id, which, "content", None, one.digest)


def _damaged_evidence(connection: Connection, contents: Contents, program_id: str | None) -> Iterator[Disagreement]:
    of, row = t.objection_file.c, t.nomination.c
    query = select(of.digest, of.objection_id, of.place, row.program_id).join_from(t.objection_file, t.objection)
    query = query.join(t.nomination, row.id == t.objection.c.nomination_id)
    query = query if program_id is None else query.where(row.program_id == program_id)
    for one in connection.execute(query.order_by(of.objection_id, of.place)):
        if not contents.is_whole(one.digest):
            yield Disagreement(one.program_id, f"objection:{one.objection_id} {one.place}", "content", None, one.digest)


def _damaged_reports(connection: Connection, contents: Contents, program_id: str | None) -> Iterator[Disagreement]:
    of, row = t.duty_report_file.c, t.nomination.c
    query = select(row.program_id, row.number, of.digest, of.stage, of.period, of.place)
    query = query.select_from(t.duty_report_file.join(t.nomination, row.id == of.nomination_id))
    query = query if program_id is None else query.where(row.program_id == program_id)
    for one in connection.execute(query.order_by(row.number, of.stage, of.period, of.place)):
        if not contents.is_whole(one.digest):
            which = f"{one.number} duty-report:{one.stage}:{one.period} {one.place}"
            yield Disagreement(one.program_id, which, "content", None, one.digest)


def _damaged_letters(connection: Connection, contents: Contents, program_id: str | None) -> Iterator[Disagreement]:
    of, row = t.opinion_letter.c, t.nomination.c
    query = select(row.program_id, of.stage, of.body, of.digest).distinct()
    query = query.join_from(t.opinion_letter, t.nomination, row.id == of.nomination_id)
    query = query if program_id is None else query.where(row.program_id == program_id)
    for one in connection.execute(query.order_by(row.program_id, of.stage, of.body, of.digest)):
        if not contents.is_whole(one.digest):
            yield Disagreement(one.program_id, f"letter:{one.stage}:{one.body}", "content", None, one.digest)
