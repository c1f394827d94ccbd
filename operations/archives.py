"""The one compressed file in which electronic copies arrive: each is taken in for the nominee whose name it bears."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from documents.archives import names_in, unpack
from documents.contents import read_copies
from documents.errors import DocumentError
from documents.headings import folded
from operations.acts import Act
from operations.desk import Desk, Running
from operations.materials import Offered, attach_read
from operations.paths import path_of
from operations.results import Denied, UnknownError
from programs import Words
from programs.copies import Copy
from programs.materials import Archive, Material, Medium
from states import End
from store import tables as t
from store.scratch import UNPACKED

_BETWEEN = re.compile(r"[\s+＋\-—–_·.、，,（）()]+")


@dataclass(frozen=True, slots=True)
class FileFinding:
    """A file of the archive that was not received, and why."""

    file: str
    words: Words


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What an archive held, by the numbers of nominations, and what was found.

    `received` are the materials that count as received; of `to_see` the files are taken in, and somebody must look at
    them before they do.
    """

    received: Mapping[str, tuple[str, ...]]
    to_see: Mapping[str, tuple[str, ...]]
    findings: tuple[FileFinding, ...]


def take_in_archive(desk: Desk, program_id: str, file: Path, act: Act, *, dry_run: bool = False) -> Unpacked:
    """Take in the electronic copies in an archive; what cannot be told whose or what it is, is named.

    Folders, or files that lie in none, bear what the notice says (单位+名字). Each file is judged by its content and
    kept as `operations.materials.attach` does it. Raises `DocumentError` for what is no archive, and `UnknownError` for
    a program that is not there or asks for none.
    """
    with desk.store.read() as connection:
        running = desk.running(connection, program_id)
        archive = running.program.archive
        if archive is None:
            raise UnknownError(
                Words("{id} 没有规定以压缩文件报送", "{id} asks for no compressed file").format(id=program_id)
            )
        owners = _owners(connection, program_id, archive)
        versions = {one.revision: one for one in desk.versions(connection, program_id)}
    found: list[FileFinding] = []
    copies: dict[tuple[str, str], list[PurePosixPath]] = defaultdict(list)
    paths = names_in(file)
    for path in paths:
        match _copy(versions, owners, path, archive):
            case FileFinding() as finding:
                found.append(finding)
            case (number, material):
                copies[number, material].append(path)
    desk.contents.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=UNPACKED, dir=desk.contents.incoming) as folder:
        offered = _unpacked(file, copies, Path(folder))
        done = _Done(desk, act, dry_run=dry_run)
        with desk.store.write() as transaction:
            for (number, material), some in sorted(offered.items()):
                done.attach(number, material, some)
            if dry_run:
                transaction.abandon()
    return Unpacked(_sorted(done.received), _sorted(done.to_see), (*found, *done.findings))


def _unpacked(
    file: Path, copies: Mapping[tuple[str, str], list[PurePosixPath]], folder: Path
) -> dict[tuple[str, str], list[tuple[Offered, Copy | DocumentError]]]:
    """Unpack what was told apart, and read all of it by one process."""
    wanted = [path for some in copies.values() for path in some]
    unpacked = dict(zip(wanted, unpack(file, wanted, folder), strict=True))
    read = dict(zip(wanted, read_copies([(unpacked[path], path.name) for path in wanted]), strict=True))
    return {key: [(Offered(path.name, unpacked[path]), read[path]) for path in some] for key, some in copies.items()}


class _Done:
    """What has come of an archive so far."""

    def __init__(self, desk: Desk, act: Act, *, dry_run: bool) -> None:
        self._desk, self._act, self._dry_run = desk, act, dry_run
        self.received: dict[str, list[str]] = defaultdict(list)
        self.to_see: dict[str, list[str]] = defaultdict(list)
        self.findings: list[FileFinding] = []

    def attach(self, number: str, material: str, offered: list[tuple[Offered, Copy | DocumentError]]) -> None:
        """Hand in the files of one material."""
        done = attach_read(
            self._desk, number, (material, Medium.ELECTRONIC), offered, self._act, keep=not self._dry_run
        )
        if isinstance(done, Denied):
            names = "、".join(one.name for one, _ in offered)
            self.findings += [FileFinding(f"{number} {names}", one.words) for one in done.refusals]
        else:
            (self.received if done.received else self.to_see)[number].append(material)


def _sorted(found: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {number: tuple(some) for number, some in sorted(found.items())}


def _owners(connection: Connection, program_id: str, archive: Archive) -> dict[str, list[Row[Any]]]:
    """Return the nominations under way by the name that their files bear."""
    of = t.nomination.c
    owners: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(select(t.nomination).where(of.program_id == program_id, of.stage.not_in(list(End)))):
        parts = {"employer": row.unit, "name": row.nominee}
        owners[_plain("".join(parts[one] for one in archive.named_by))].append(row)
    return owners


def _copy(
    versions: Mapping[int, Running], owners: Mapping[str, list[Row[Any]]], path: PurePosixPath, archive: Archive
) -> FileFinding | tuple[str, str]:
    """Tell whose copy of what a file is."""
    label = path.parts[0] if len(path.parts) > 1 else path.stem
    rows = owners.get(_plain(label)) or [
        row for key, some in owners.items() if key and _plain(label).startswith(key) for row in some
    ]
    if len(rows) != 1:
        named = "+".join({"employer": "单位", "name": "名字"}[one] for one in archive.named_by)
        words = (
            Words("没有这样命名的申报，应以“{named}”命名", "no nomination bears this name; it should be {named}")
            if not rows
            else Words("有 {count} 件申报都是这个名字", "{count} nominations bear this name")
        )
        return FileFinding(str(path), words.format(named=named, count=len(rows)))
    (row,) = rows
    program = versions[row.revision].program
    wanted = [one for one in program.materials if one.concerns(*path_of(row)) and Medium.ELECTRONIC in one.media]
    material = _material(wanted, path)
    if material is None:
        words = Words(
            "看不出是哪一项材料；本项目收：{names}", "which material it is cannot be told; taken are: {names}"
        )
        return FileFinding(str(path), words.format(names="、".join(one.name for one in wanted)))
    return row.number, material.id


def _material(wanted: list[Material], path: PurePosixPath) -> Material | None:
    """Return the material that a file's name speaks of, the one that it names most fully; none where two do alike."""
    stem = _plain(path.stem)
    ranked = sorted(_matches(wanted, stem), key=lambda match: -match[0])
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]


def _matches(wanted: list[Material], stem: str) -> Iterator[tuple[int, Material]]:
    for material in wanted:
        names = {_plain(material.name), folded(material.name.strip("《》")), material.id}
        shared = [len(name) for name in names if name and name in stem]
        within = [len(stem) for name in names if len(stem) > 1 and stem in name]
        if shared or within:
            yield max(shared + within), material


def _plain(text: str) -> str:
    return _BETWEEN.sub("", text.strip("《》")).casefold()
