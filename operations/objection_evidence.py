"""What an objection rests on: files, kept by what they hold, or words that describe what is no file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from documents.contents import copy_json, read_copies
from documents.errors import DocumentError
from operations.acts import Act
from operations.attachments import copied
from operations.authority import matter_of, refuses
from operations.desk import Desk
from operations.materials import Offered, keep_file
from operations.policy import Deed
from operations.results import Denied, NothingHereError, UnknownError
from programs import Words
from programs.copies import Copy
from states import Refusal
from store import Kept, insert_new
from store import tables as t


@dataclass(frozen=True, slots=True)
class Evidence:
    """Files, and words on what was shown, heard or handed in on paper."""

    files: tuple[Offered, ...] = ()
    described: str = ""


NO_EVIDENCE: Final = Evidence()

#: Files with what each was found to be.
ReadFiles = Sequence[tuple[Offered, Copy]]


def read_evidence(evidence: Evidence) -> ReadFiles | Denied:
    """Tell what each file is; refused where one is of no known kind, or damaged."""
    read = list(read_copies([(one.file, one.name) for one in evidence.files])) if evidence.files else []
    broken = tuple(_unreadable(one) for one in read if isinstance(one, DocumentError))
    if broken:
        return Denied(broken)
    return [(offered, copy) for offered, copy in zip(evidence.files, read, strict=True) if isinstance(copy, Copy)]


def keep_evidence(
    desk: Desk, connection: Connection, objection: int, read: ReadFiles, act: Act
) -> list[dict[str, object]]:
    """Keep files behind those that an objection has already; returns what an event says of those that are new."""
    if not read:
        return []
    of = t.objection_file.c
    query = select(of.place, of.digest, of.name).where(of.objection_id == objection).order_by(of.place)
    had = connection.execute(query).all()
    kept = not_had(keep_read(desk, connection, read, act), [(one.digest, one.name) for one in had])
    if not kept:
        return []
    last = had[-1].place if had else 0
    connection.execute(
        insert(t.objection_file),
        [
            {
                "objection_id": objection,
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


def keep_read(desk: Desk, connection: Connection, read: ReadFiles, act: Act) -> list[tuple[Kept, Copy]]:
    """Keep files by what they hold; returns them in their order."""
    kept = [(keep_file(desk.contents, offered), copy) for offered, copy in read]
    files = {one.digest: copy for one, copy in kept}
    insert_new(
        connection,
        t.file,
        [
            {"digest": digest, "copy": copy_json(copy) | {"name": ""}, "kept_at": act.now}
            for digest, copy in files.items()
        ],
    )
    return kept


def not_had(kept: Sequence[tuple[Kept, Copy]], had: Iterable[tuple[str, str]]) -> list[tuple[Kept, Copy]]:
    """Return the files that are not there already, by digest and name: a form that is sent twice keeps each once."""
    new = {(one.digest, copy.name): (one, copy) for one, copy in kept}
    for key in had:
        new.pop(key, None)
    return list(new.values())


def told_files(kept: Sequence[tuple[Kept, Copy]]) -> list[dict[str, object]]:
    """Return what an event says of files: not their names, which may be somebody's."""
    return [{"sha256": one.digest, "format": copy.format, "size": one.size} for one, copy in kept]


def take_evidence(
    desk: Desk, objection_id: int, to: Path, act: Act, *, place: int | None = None
) -> list[Path] | Denied:
    """Write copies of an objection's files, or of one of them, into a folder; the history says who took them.

    Raises `UnknownError` where there are none, `OutsideError` where one is gone, damaged or cannot be written.
    """
    of = t.objection_file.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = connection.execute(
            select(t.nomination)
            .join(t.objection, t.objection.c.nomination_id == t.nomination.c.id)
            .where(t.objection.c.id == objection_id)
        ).one_or_none()
        if row is None:
            raise UnknownError(Words("没有异议 {id}", "there is no objection {id}").format(id=objection_id))
        program = desk.running_for(connection, row).program
        if refusal := refuses(connection, act.actor, Deed.SEE_OBJECTION, matter_of(program, row)):
            return Denied((refusal,), row.number)
        wanted = (of.objection_id == objection_id, *((of.place == place,) if place is not None else ()))
        files = connection.execute(select(of.place, of.digest, of.name).where(*wanted).order_by(of.place)).all()
        if not files:
            raise NothingHereError(Words("这件异议没有证据文件", "the objection has no files"))
        transaction.record(
            row.program_id,
            "objection.seen",
            nomination=row.number,
            objection=objection_id,
            files=[one.digest for one in files],
            **act.signature(),
        )
        return [copied(desk, one.digest, one.name, to, f"objection-{objection_id}-{one.place}") for one in files]


def _unreadable(error: DocumentError) -> Refusal:
    return Refusal("file-readable", error.words, Words("换好文件后重新登记", "hand in another file"))
