"""收件: what is handed in for a nomination, on paper and as files, each received with who received it and when."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.engine import Connection

from documents.contents import copy_json, read_copies
from documents.errors import DocumentError
from operations.acts import Act
from operations.attachments import files_of
from operations.authority import matter_of, refuses
from operations.correcting import come_again
from operations.desk import Desk, Running
from operations.naming import id_called, ids_called, known_parts
from operations.numbered import find
from operations.paths import path_of
from operations.policy import Deed
from operations.results import Denied, MisstatedError, UnknownError, denied
from programs import Program, Words
from programs.copies import Copy
from programs.materials import Material, Medium
from states import Refusal
from states.copies import Judged, judge_copies
from states.demands import Demand, demands, told
from store import Contents, Kept, Transaction, insert_new
from store import tables as t
from store.types import UnfitError

#: The largest file that is taken, whatever a notice says, in bytes.
LARGEST: Final = 1024 * 1024 * 1024

#: A material, by its id, in a medium.
Received = tuple[str, Medium]


@dataclass(frozen=True, slots=True)
class Offered:
    """A file that somebody hands in: what they call it, and where it lies for now."""

    name: str
    file: Path


@dataclass(frozen=True, slots=True)
class Attached:
    """The files of a material as they were taken in.

    `received`: the electronic copy counts as received. Else a person must look at `to_see` first, and then receive it.
    `replaced` are the names of the files that these take the place of.
    """

    number: str
    material: Material
    medium: Medium
    copies: tuple[Copy, ...]
    to_see: tuple[Demand, ...]
    received: bool
    replaced: tuple[str, ...] = ()


def vouched_for(desk: Desk, number: str, receipts: Iterable[tuple[str, Medium | None]]) -> list[tuple[Material, Words]]:
    """Return what whoever receives these must have seen, material by material; raises `UnknownError` as `receive`."""
    with desk.store.read() as connection:
        row = find(connection, number, lock=False)
        program = desk.running_for(connection, row).program
        materials = {one.id: one for one in program.materials}
        return [
            (materials[material], told(materials[material], demand, medium))
            for material, medium in _as_received(program, receipts)
            for demand in _to_see(connection, program, row.id, material, medium)
        ]


def receive(
    desk: Desk, number: str, receipts: Iterable[tuple[str, Medium | None]], act: Act, *, seen: bool = False
) -> Denied | None:
    """Record materials as received, each in one medium, or in every one that it is taken in where none is named.

    One that was received before is received once more where the nomination was returned for it and it comes without
    files; else nothing is recorded again. What a notice asks of a material and no machine has found in its files,
    whoever receives it must have `seen`: a seal, a phrase, how many pages there are on paper. Raises `UnknownError` for
    a material that the program has not, or does not take in that medium.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        running = desk.running_for(connection, row)
        refused = denied(
            refuses(connection, act.actor, Deed.RECEIVE, matter_of(running.program, row)) or ended(running, row.stage)
        )
        if refused:
            return refused
        received = list(_as_received(running.program, receipts))
        asked = {one: demand for one in received if (demand := _to_see(connection, running.program, row.id, *one))}
        unseen = None if seen else denied(*(_not_seen(running.program, one, what) for one, what in asked.items()))
        if unseen:
            return unseen
        for one in come_again(connection, row, received):
            _take_back(connection, row.id, one)
        if _write_receipts(connection, row.id, received, asked, act):
            _record_receipts(transaction, row, received, asked, act)
    return None


def attach(  # noqa: PLR0913 - what is handed in, and what is said of it
    desk: Desk,
    number: str,
    to: Received,
    offered: Sequence[Offered],
    act: Act,
    *,
    seen: bool = False,
    anonymous: bool = False,
) -> Attached | Denied:
    """Hand in the files of one material (its id, or its name, and the medium), in the place of those handed in before.

    They are told by their content and held to what the notice asks: formats, how many, pages, characters, minutes. What
    is wrong is refused with the clause, and nothing of it is kept. The electronic copy then counts as received, at once
    where nothing is left for a person to look at, or with `seen` by whoever hands it in. With `anonymous` they say that
    the files tell nobody who the nominee is, so that experts of a blind panel may see them.

    Raises `UnknownError` for a material that this nomination does not hand in as files, and for no file at all.
    """
    with desk.store.read() as connection:
        _, _, refused = _attachable(desk, connection, number, to, act, lock=False)
    if refused:
        return refused
    if not offered:
        raise UnknownError(Words("没有给出文件", "no file is given"))
    read = read_copies([(one.file, one.name) for one in offered])
    return attach_read(desk, number, to, list(zip(offered, read, strict=True)), act, seen=seen, anonymous=anonymous)


def attach_read(  # noqa: PLR0913 - as `attach`, and whether to keep it
    desk: Desk,
    number: str,
    to: Received,
    offered: Sequence[tuple[Offered, Copy | DocumentError]],
    act: Act,
    *,
    seen: bool = False,
    anonymous: bool = False,
    keep: bool = True,
) -> Attached | Denied:
    """Hand in files that have been read, as `attach` does; without `keep`, for a transaction that is abandoned."""
    with desk.store.read() as connection:
        row, material, refused = _attachable(desk, connection, number, to, act, lock=False)
    to = (material.id, to[1])
    judged = _judged(material, to[1], offered)
    if refused or judged.faults:
        return refused or Denied(judged.faults, number)
    copies = [read for _, read in offered if isinstance(read, Copy)]
    kept = [keep_file(desk.contents if keep else None, one) for one, _ in offered]
    with desk.store.write() as transaction:
        # Whether they may was asked before the files were kept, and of the material as it was then: the nomination can
        # have been brought to another version of the program since.
        row, material, refused = _attachable(desk, transaction.connection, number, to, act)
        judged = _judged(material, to[1], offered)
        if refused or judged.faults:
            return refused or Denied(judged.faults, number)
        received = seen or not judged.to_see
        replaced = _write_files(transaction.connection, row.id, to, kept, copies, act, anonymous=anonymous)
        if replaced is not None:
            transaction.record(
                row.program_id,
                "files.attached",
                nomination=number,
                material=f"{material.id}:{to[1].value}",
                anonymous=anonymous or None,
                files=[
                    {"sha256": one.digest, "format": copy.format, "size": one.size, "pages": copy.pages}
                    for one, copy in zip(kept, copies, strict=True)
                ],
                **act.signature(),
            )
            # What was received before were other files.
            _take_back(transaction.connection, row.id, to)
        if received:
            asked = {to: judged.to_see} if judged.to_see else {}
            if _write_receipts(transaction.connection, row.id, [to], asked, act):
                _record_receipts(transaction, row, [to], asked, act)
    return Attached(number, material, to[1], tuple(copies), () if received else judged.to_see, received, replaced or ())


def _judged(material: Material, medium: Medium, offered: Sequence[tuple[Offered, Copy | DocumentError]]) -> Judged:
    """Judge files that have been read. Of those among which one cannot be, only what each other is can be told."""
    copies = [read for _, read in offered if isinstance(read, Copy)]
    judged = judge_copies(material, medium, copies) if copies else Judged()
    unreadable = tuple(_unreadable(material, read) for _, read in offered if isinstance(read, DocumentError))
    if not unreadable:
        return judged
    return Judged((*unreadable, *(fault for fault in judged.faults if fault.gate == "file-format")))


def _attachable(
    desk: Desk, connection: Connection, number: str, to: Received, act: Act, *, lock: bool = True
) -> tuple[Row[Any], Material, Denied | None]:
    row = find(connection, number, lock=lock)
    running = desk.running_for(connection, row)
    refusal = refuses(connection, act.actor, Deed.ATTACH, matter_of(running.program, row))
    material = _material(running.program, row, to)
    return row, material, denied(refusal or ended(running, row.stage))


def _material(program: Program, row: Row[Any], to: Received) -> Material:
    material_id, medium = to
    path = path_of(row)
    taken = {
        f"{one.id}:{each.value}": one
        for one in program.materials
        if one.concerns(*path)
        for each in one.media
        if each is not Medium.PAPER
    }
    called = id_called(material_id, {one.id: one.name for one in taken.values()})
    found = taken.get(f"{called}:{medium.value}")
    if found is None:
        raise MisstatedError(
            Words("没有可交文件的材料 {id}；此件可交：{known}", "no files are taken as {id}; taken are {known}").format(
                id=f"{material_id}:{medium.value}", known=known_parts({key: one.name for key, one in taken.items()})
            )
        )
    return found


def keep_file(contents: Contents | None, offered: Offered) -> Kept:
    """Keep a file, or only tell its digest where nothing is kept. Raises `UnknownError` for one too large."""
    with offered.file.open("rb") as stream:
        if contents is None:
            return Kept(file_digest(stream, "sha256").hexdigest(), offered.file.stat().st_size)
        try:
            return contents.keep(stream, at_most=LARGEST)
        except UnfitError as error:
            raise UnknownError(
                Words(f"{offered.name}：{error.words.zh}", f"{offered.name}: {error.words.en}")
            ) from error


def _write_files(  # noqa: PLR0913 - what is written, each by name
    connection: Connection,
    nomination_id: int,
    to: Received,
    kept: Sequence[Kept],
    copies: Sequence[Copy],
    act: Act,
    *,
    anonymous: bool,
) -> tuple[str, ...] | None:
    """Put these files in the place of those of before, and return their names; none where they are the same."""
    of = t.attachment.c
    own = (of.nomination_id == nomination_id, of.material == to[0], of.medium == to[1].value)
    before = connection.execute(select(of.digest, of.name, of.anonymous).where(*own).order_by(of.place)).all()
    if [(one.digest, one.anonymous) for one in before] == [(one.digest, anonymous) for one in kept]:
        return None
    connection.execute(delete(t.attachment).where(*own))
    insert_new(
        connection,
        t.file,
        [
            {"digest": one.digest, "copy": copy_json(copy) | {"name": ""}, "kept_at": act.now}
            for one, copy in {one.digest: (one, copy) for one, copy in zip(kept, copies, strict=True)}.values()
        ],
    )
    connection.execute(
        insert(t.attachment),
        [
            {
                "nomination_id": nomination_id,
                "material": to[0],
                "medium": to[1].value,
                "place": place,
                "digest": one.digest,
                "name": copy.name,
                "attached_at": act.now,
                "attached_by": act.actor.name,
                "anonymous": anonymous,
            }
            for place, (one, copy) in enumerate(zip(kept, copies, strict=True), start=1)
        ],
    )
    return tuple(one.name for one in before)


def _take_back(connection: Connection, nomination_id: int, to: Received) -> None:
    of = t.receipt.c
    own = (of.nomination_id == nomination_id, of.material == to[0], of.medium == to[1].value)
    connection.execute(delete(t.receipt).where(*own))


def _to_see(
    connection: Connection, program: Program, nomination_id: int, material_id: str, medium: Medium
) -> tuple[Demand, ...]:
    """Return what somebody must look at who receives this."""
    material = next(one for one in program.materials if one.id == material_id)
    files = files_of(connection, nomination_id) if medium is not Medium.PAPER else []
    copies = [one.copy for one in files if (one.material, one.medium) == (material_id, medium)]
    if copies:
        return judge_copies(material, medium, copies).to_see
    return demands(material, medium)


def _not_seen(program: Program, received: Received, what: Sequence[Demand]) -> Refusal:
    material = next(one for one in program.materials if one.id == received[0])
    asked = [told(material, demand, received[1]) for demand in what]
    return Refusal(
        "material-seen",
        Words("“{name}”{medium}件须先核对：{asked}", "{id} ({medium}) must be looked at first: {asked}").format(
            name=material.name,
            id=material.id,
            medium=received[1].label,
            asked=Words("、".join(one.zh for one in asked), "; ".join(one.en for one in asked)),
        ),
        Words("请写明已经核对（--seen）再登记", "say that it was looked at (--seen), and record it"),
        material.clause,
    )


def _write_receipts(
    connection: Connection,
    nomination_id: int,
    received: Sequence[Received],
    asked: Mapping[Received, Sequence[Demand]],
    act: Act,
) -> int:
    return insert_new(
        connection,
        t.receipt,
        [
            {
                "nomination_id": nomination_id,
                "material": material,
                "medium": medium.value,
                "received_at": act.now,
                "receiver": act.actor.name,
                "seen": [demand.value for demand in asked.get((material, medium), ())] or None,
            }
            for material, medium in received
        ],
    )


def _record_receipts(
    transaction: Transaction,
    row: Row[Any],
    received: Sequence[Received],
    asked: Mapping[Received, Sequence[Demand]],
    act: Act,
) -> None:
    transaction.record(
        row.program_id,
        "materials.received",
        nomination=row.number,
        materials=sorted(f"{material}:{medium.value}" for material, medium in received),
        seen={f"{one}:{medium.value}": [*what] for (one, medium), what in sorted(asked.items())} or None,
        **act.signature(),
    )


def _as_received(program: Program, receipts: Iterable[tuple[str, Medium | None]]) -> Iterator[Received]:
    known = {material.id: material for material in program.materials}
    names = {one.id: one.name for one in program.materials}
    unknown = Words("没有材料 {id}；本项目的材料：{known}", "no material {id}; the program has {known}")
    for typed, medium in receipts:
        material = ids_called([typed], names, unknown)[typed]
        if medium is None:
            yield from ((material, each) for each in known[material].media)
        elif medium in known[material].media:
            yield material, medium
        else:
            raise MisstatedError(
                Words("“{name}”不收{medium}件", "{id} is not taken as {id_of_medium}").format(
                    name=known[material].name, medium=medium.label.zh, id=material, id_of_medium=medium.value
                )
            )


def _unreadable(material: Material, error: DocumentError) -> Refusal:
    return Refusal(
        "file-readable",
        error.words,
        Words("换好文件后重新提交全部文件", "then hand in all files of it again"),
        material.clause,
    )


def ended(running: Running, stage: str) -> Refusal | None:
    """Refuse to take in more of a nomination that has come to its end."""
    standing = running.pipeline.standings[stage]
    if not standing.ended:
        return None
    return Refusal(
        "not-ended",
        Words("此件已结束：{standing}", "this case has ended: {standing}").format(standing=standing.name),
        Words("不再收件", "nothing more is taken in"),
    )
