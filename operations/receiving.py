"""A file that somebody sends in, held against the program before it is taken in: the table, an annex, or an archive.

One door for every kind, so that what is looked at first is what is taken in afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePath

from documents.findings import with_findings
from documents.mending import mended
from documents.tables import LARGEST, Table
from operations.actors import Actor, Role
from operations.acts import Act
from operations.annexes import take_in_annex
from operations.archives import Unpacked, take_in_archive
from operations.comparing import compare_table
from operations.desk import Desk
from operations.policy import Deed, grants
from operations.results import Denied, UnknownError
from operations.sheets import TakenIn
from operations.taking_in import take_in
from programs import Words
from store import events_of


class Sending(StrEnum):
    """What a file is sent in as."""

    TABLE = "table"
    COMPARE = "compare"
    ANNEX = "annex"
    ARCHIVE = "archive"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _LABELS[self]


_LABELS = {
    Sending.TABLE: Words("推荐汇总表：登记申报", "a nominator's table: draw up nominations"),
    Sending.COMPARE: Words("汇总表与已登记的申报核对", "a table held against nominations that are there"),
    Sending.ANNEX: Words("附表：随申报留存并核对", "an annex: kept with nominations, and held against them"),
    Sending.ARCHIVE: Words("电子件压缩包（.zip）", "electronic copies in a .zip"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file is, and what it does not say itself. `defaults` are values by the meanings of missing columns."""

    program: str
    sending: Sending
    defaults: Mapping[str, str]
    annex: str = ""
    nomination: str = ""


def takes_in(role: Role) -> bool:
    """Whether somebody of a role takes anything in."""
    return role in grants(Deed.NOMINATE)


def take(desk: Desk, asked: Asked, file: Path, name: str, act: Act, *, dry_run: bool) -> TakenIn | Unpacked | Denied:
    """Take a file in as what it was sent, or only look at it; raises what the operations behind it raise."""
    if asked.sending is Sending.ARCHIVE:
        return take_in_archive(desk, asked.program, file, act, dry_run=dry_run)
    if file.stat().st_size > LARGEST:
        raise UnknownError(Words(f"{name} 超过 50 MB，请拆开", f"{name} is larger than 50 MB; take it apart"))
    content = file.read_bytes()
    if asked.sending is Sending.ANNEX:
        number = asked.nomination or None
        return take_in_annex(desk, asked.program, asked.annex, content, name, act, number=number, dry_run=dry_run)
    if asked.sending is Sending.COMPARE:
        return compare_table(desk, asked.program, content, name, act, defaults=asked.defaults)
    return take_in(desk, asked.program, content, name, act, defaults=asked.defaults, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class DrawnUp:
    """What the history says that a table has drawn up: how many rows it had, and the numbers."""

    rows: int
    numbers: tuple[str, ...]


def drawn_up_from(desk: Desk, program_id: str, name: str, actor: Actor, since: datetime) -> DrawnUp | None:
    """Return what came of the last table of this name that somebody took in since an instant; none where none did."""
    with desk.store.read() as connection:
        for event in events_of(connection, program_id, kind="table.taken-in", newest_first=True):
            if datetime.fromisoformat(event["now"]) < since:
                return None
            if (event["file"], event["actor"]) == (name, actor.name):
                return DrawnUp(event["rows"], tuple(event["nominations"]))
    return None


def came_with(desk: Desk, asked: Asked, name: str, actor: Actor, since: datetime) -> list[str]:
    """Return with which nominations somebody took an annex or an archive in since an instant, as the history tells.

    An annex is known by the name of its file; of an archive, files of each nomination have an event of their own.
    """
    kind = "annex.stated" if asked.sending is Sending.ANNEX else "files.attached"
    found: set[str] = set()
    with desk.store.read() as connection:
        for event in events_of(connection, asked.program, newest_first=True):
            if datetime.fromisoformat(event["now"]) < since:
                break
            if (event["kind"], event["actor"], event.get("file", name)) == (kind, actor.name, name):
                found.add(event["nomination"])
    return sorted(found)


def corrected(file: Path, name: str, table: Table, changes: Mapping[tuple[int, str], str]) -> bytes:
    """Return the workbook with other values in cells, by the row as Excel counts it and the meaning of the column.

    It is the one that was sent where its cells can be changed by themselves, else one of the table's text alone.
    """
    places = {
        (row - 1, place): value
        for (row, meaning), value in changes.items()
        if (place := table.columns.get(meaning)) is not None and table.first < row <= len(table.cells)
    }
    in_place = mended(file.read_bytes(), name, table.sheet, places)
    if in_place is not None:
        return in_place
    cells = table.cells.copy()
    for where, value in places.items():
        cells.iloc[where] = value
    return with_findings(cells, {})


def corrected_name(name: str) -> str:
    """Return what a corrected file is called: it is a workbook, whatever it was before."""
    return f"{PurePath(name).stem}.xlsx"
