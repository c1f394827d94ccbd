"""Seeing files that were handed in: which there are, and taking copies of them, which goes into the history."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from documents.contents.apart import copy_from
from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk
from operations.experts.sight import Sight
from operations.numbered import find
from operations.policy import Deed
from operations.results import Denied, OutsideError, UnknownError, denied
from programs import Program, Words
from programs.copies import Copy
from programs.materials import Medium
from store import Transaction
from store import tables as t


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of a material in a medium: its place among them, what it is, its SHA-256, who handed it in and when."""

    material: str
    medium: Medium
    place: int
    copy: Copy
    digest: str
    attached_at: datetime
    attached_by: str
    #: Whoever handed it in says that it tells nobody who the nominee is.
    anonymous: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "material": self.material,
            "medium": self.medium,
            "place": self.place,
            "name": self.copy.name,
            "format": self.copy.format,
            "size": self.copy.size,
            "pages": self.copy.pages,
            "characters": self.copy.characters,
            "seconds": self.copy.seconds,
            "sha256": self.digest,
            "attached_at": self.attached_at.isoformat(),
            "attached_by": self.attached_by,
            "anonymous": self.anonymous,
        }

    def without_names(self, program: Program) -> "AttachedFile":
        """Return it as it is called where nobody may be told who it is of: by its material and its place."""
        named = next((one.name for one in program.materials if one.id == self.material), self.material)
        name = f"{named}-{self.place}{PurePath(self.copy.name).suffix.lower()}"
        return replace(self, copy=replace(self.copy, name=name), attached_by="")


def files_of(connection: Connection, nomination_id: int) -> list[AttachedFile]:
    """Return the files of a nomination, by the ids of their materials and their places."""
    of = t.attachment.c
    query = (
        select(t.attachment, t.file.c.copy)
        .join(t.file, t.file.c.digest == of.digest)
        .where(of.nomination_id == nomination_id)
        .order_by(of.material, of.medium, of.place)
    )
    return [
        AttachedFile(
            row.material,
            Medium(row.medium),
            row.place,
            copy_from(row.copy | {"name": row.name}),
            row.digest,
            row.attached_at,
            row.attached_by,
            row.anonymous,
        )
        for row in connection.execute(query)
    ]


def files_shown_blind(connection: Connection, program: Program, nomination_id: int) -> list[AttachedFile]:
    """Return the files that an expert of a blind panel may see, under names that tell nothing."""
    open_to_all = {one.id for one in program.materials if not one.identifying}
    return [
        one.without_names(program)
        for one in files_of(connection, nomination_id)
        if one.anonymous or one.material in open_to_all
    ]


def take_copies(desk: Desk, number: str, to: Path, act: Act, *, material: str | None = None) -> list[Path] | Denied:
    """Write copies of a nomination's files, or of those of one material, into a folder; the history says who took them.

    Raises `UnknownError` where there are none, and `OutsideError` where one is gone, damaged or cannot be written.
    """
    with desk.store.write() as transaction:
        files = _seen(desk, transaction, number, act, lambda one: material in (None, one.material))
        if isinstance(files, Denied):
            return files
        return [
            copied(desk, one.digest, one.copy.name, to, f"{one.material}-{one.medium}-{one.place}") for one in files
        ]


def see_file(
    desk: Desk, number: str, material: str, medium: Medium, place: int, act: Act
) -> tuple[AttachedFile, Path] | Denied:
    """Return one file and where it is kept, to be read and nothing else; the history says who has seen it.

    Raises `UnknownError` where there is none, and `OutsideError` where it is gone or damaged.
    """
    wanted = (material, medium, place)
    with desk.store.write() as transaction:
        files = _seen(desk, transaction, number, act, lambda one: (one.material, one.medium, one.place) == wanted)
        if isinstance(files, Denied):
            return files
        (one,) = files
        return one, kept_whole(desk, one.digest, one.copy.name)


def kept_whole(desk: Desk, digest: str, name: str) -> Path:
    """Return where a file is kept, to be read and nothing else; raises `OutsideError` where it is gone or damaged."""
    if not desk.contents.is_whole(digest):
        raise _gone(name, digest)
    return desk.contents.path(digest)


def _seen(
    desk: Desk, transaction: Transaction, number: str, act: Act, wanted: Callable[[AttachedFile], bool]
) -> list[AttachedFile] | Denied:
    """Ask whether the actor may see files of a nomination, and record that they do."""
    row = find(transaction.connection, number)
    running = desk.running_for(transaction.connection, row)
    sight = Sight(transaction.connection, act.actor, act.now)
    blind = sight.blind(running.program)
    refused = denied(
        sight.recused(running, row)
        or refuses(transaction.connection, act.actor, Deed.SEE_FILES, matter_of(running.program, row))
        or (sight.not_evaluated(running, row) if blind else sight.refuses(running, row))
    )
    if refused:
        return refused
    kept = (
        files_shown_blind(transaction.connection, running.program, row.id)
        if blind
        else files_of(transaction.connection, row.id)
    )
    files = [one for one in kept if wanted(one)]
    if not files:
        raise UnknownError(Words("没有提交过这样的文件", "no such file has been handed in"))
    transaction.record(
        row.program_id, "files.seen", nomination=number, files=[one.digest for one in files], **act.signature()
    )
    return files


def copied(desk: Desk, digest: str, name: str, to: Path, place: str) -> Path:
    """Write a copy of a file that is kept into a folder; raises `OutsideError` where that cannot be done."""
    # What people call it is no place in this folder.
    target = to / f"{place}-{_plain(name)}"
    try:
        if not desk.contents.is_whole(digest):
            raise _gone(name, digest)
        to.mkdir(parents=True, exist_ok=True)
        desk.contents.copy_out(digest, target)
    except OSError as error:
        raise OutsideError(Words(f"写不了 {target}：{error.strerror}", f"{target}: {error.strerror}")) from error
    return target


def _gone(name: str, digest: str) -> OutsideError:
    return OutsideError(
        Words(
            f"文件 {name} 已丢失或损坏；请从附件文件夹的备份中恢复（{digest}）",
            f"{name} is gone or damaged; put it back from a copy of the files ({digest})",
        )
    )


def _plain(name: str) -> str:
    return "".join(one if one.isprintable() and one not in '/\\:*?"<>|' else "_" for one in name)[-100:].lstrip(".")
