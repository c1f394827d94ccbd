"""What a migration to another version would change, nomination by nomination, before anything is written."""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.engine import Connection

from operations.desk import Desk, Due, Running
from operations.migrating import Wanted, has_ended, holding_again, ids_of, passed_already, plan, target_of
from operations.paths import path_of
from operations.transfer import Alike, Transfer, is_screened_still
from operations.verdicts import verdicts_on
from programs import Words
from programs.materials import Material
from states import End, Refusal, Verdict, each
from store import among
from store import tables as t

#: How many nominations are looked at together.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """What another version would change for one nomination, or why it would stay on its own.

    `stage` and `due_at` are where it would stand and until when. `changes` says what it would owe, and which verdicts
    would be others; nothing where the other version is the same in effect for it.
    """

    number: str
    nominee: str
    revision: int
    standing: Words
    stage: str | None
    due_at: datetime | None
    changes: tuple[Words, ...]
    refusal: Refusal | None = None


def preview(desk: Desk, program_id: str, wanted: Wanted, now: datetime) -> Generator[Preview]:
    """Yield what a migration would do to each nomination that is not of that version yet, by their numbers.

    What was asked for by its number and has ended is told too. Raises `UnknownError` as a migration does.
    """
    with desk.store.read() as connection:
        target = target_of(desk, connection, program_id, wanted)
        ids = ids_of(connection, program_id, wanted.numbers)
        versions = {one.revision: one for one in desk.versions(connection, program_id)}
        of = t.nomination.c
        query = select(t.nomination).where(of.program_id == program_id, of.revision != target.revision)
        query = query.where(of.stage.not_in(list(End)) if ids is None else among(of.id, ids)).order_by(of.number)
        rows = connection.execute(query, execution_options={"yield_per": _CHUNK})
        for some in rows.partitions():
            yield from _of_chunk(desk, connection, versions, target, some, wanted.mapping, now)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a version that is not kept yet would be for nominations that stand alike: how many, where, and what then.

    `refusal` says why they could not be brought over; `changes` what would be otherwise for all of them. What each by
    itself would owe, or be judged, is told by `preview` once the version is kept.
    """

    revision: int
    stage: str
    standing: Words
    count: int
    changes: tuple[Words, ...]
    refusal: Refusal | None = None


def outlook(desk: Desk, target: Running, now: datetime, mapping: Mapping[str, str] = {}) -> tuple[Outlook, ...]:
    """Return what bringing everybody under way to a version would mean, by where they stand; it may be kept or not.

    Raises `UnknownError` for a program that is not in the store.
    """
    of, program_id = t.nomination.c, target.program.id
    columns = [of[name] for name in ("revision", "stage", "category", "route", "traits", "due_at", "provisional")]
    query = select(*columns, func.count().label("many")).group_by(*columns).order_by(of.stage, of.revision)
    with desk.store.read() as connection:
        versions = {one.revision: one for one in desk.versions(connection, program_id)}
        rows = connection.execute(query.where(of.program_id == program_id, of.stage.not_in(list(End)))).all()
    found: Counter[Outlook] = Counter()
    for row in rows:
        alike = Alike(row.revision, row.stage, path_of(row), Due(row.due_at, row.provisional))
        planned = plan(versions, target, alike, mapping, now)
        standing = versions[row.revision].pipeline.standings[row.stage].name
        one = (
            Outlook(row.revision, row.stage, standing, 0, (), planned)
            if isinstance(planned, Refusal)
            else Outlook(row.revision, row.stage, standing, 0, (*planned.told, *_not_held(planned)))
        )
        found[one] += row.many
    return tuple(replace(one, count=many) for one, many in found.items())


def _not_held(step: Transfer) -> Iterator[Words]:
    if step.skipped:
        names = Words("、".join(one.zh for one in step.skipped), ", ".join(one.en for one in step.skipped))
        yield Words("未经过：{names}", "not held for it: {names}").format(names=names)


def _of_chunk(  # noqa: PLR0913, PLR0917 - what a chunk is looked at with
    desk: Desk,
    connection: Connection,
    versions: Mapping[int, Running],
    target: Running,
    rows: Sequence[Row[Any]],
    mapping: Mapping[str, str],
    now: datetime,
) -> Iterator[Preview]:
    plans: dict[Alike, Transfer | Refusal] = {}
    known: dict[int, Transfer | Refusal] = {}
    for row in rows:
        if row.stage in list(End):
            known[row.id] = has_ended(row.stage)
            continue
        alike = Alike(row.revision, row.stage, path_of(row), Due(row.due_at, row.provisional))
        if alike not in plans:
            plans[alike] = plan(versions, target, alike, mapping, now)
        known[row.id] = plans[alike]
    held: dict[int, str] = {}
    for planned in plans.values():
        if isinstance(planned, Transfer) and planned.again:
            own = [nomination for nomination, one in known.items() if one is planned]
            held |= holding_again(connection, own, planned)
    asked = [row for row in rows if _is_asked(target, known[row.id])]
    received = _received(connection, [row.id for row in asked])
    others = _verdicts(desk, connection, versions, target, asked, now)
    for row in rows:
        source = versions[row.revision]
        standing = source.pipeline.standings[row.stage].name
        step = passed_already(target, held[row.id]) if row.id in held else known[row.id]
        if isinstance(step, Refusal):
            yield Preview(row.number, row.nominee, row.revision, standing, None, None, (), step)
            continue
        changes = [*step.told, *_not_held(step)]
        if row.id in others:
            changes += _owed(source, target, row, received.get(row.id, set()))
            changes += others[row.id]
        yield Preview(row.number, row.nominee, row.revision, standing, step.stage, step.due.at, tuple(changes))


def _is_asked(target: Running, step: Transfer | Refusal) -> bool:
    """Whether somebody would still be asked for materials, and screened."""
    return isinstance(step, Transfer) and is_screened_still(target, step.stage)


def _received(connection: Connection, ids: Sequence[int]) -> dict[int, set[tuple[str, str]]]:
    of = t.receipt.c
    found: dict[int, set[tuple[str, str]]] = {}
    query = select(of.nomination_id, of.material, of.medium).where(among(of.nomination_id, ids))
    for nomination, material, medium in connection.execute(query) if ids else ():
        found.setdefault(nomination, set()).add((material, medium))
    return found


def _owed(source: Running, target: Running, row: Row[Any], received: set[tuple[str, str]]) -> Iterator[Words]:
    """Say which materials it would owe that it does not owe now, and the other way round."""

    def lacking(running: Running) -> dict[str, Material]:
        return {
            one.id: one
            for one in running.program.materials_for(path_of(row))
            if any((one.id, medium.value) not in received for medium in one.media)
        }

    now_owed, then_owed = lacking(source), lacking(target)
    for words, some in (
        (Words("须补交：{names}", "to be handed in: {names}"), then_owed.keys() - now_owed.keys()),
        (Words("不必再交：{names}", "owed no more: {names}"), now_owed.keys() - then_owed.keys()),
    ):
        both = {**now_owed, **then_owed}
        if some:
            yield words.format(names="、".join(both[one].name for one in both if one in some))


def _verdicts(
    desk: Desk,
    connection: Connection,
    versions: Mapping[int, Running],
    target: Running,
    rows: Sequence[Row[Any]],
    now: datetime,
) -> dict[int, list[Words]]:
    """Say which verdicts would be others, of those that are screened still."""
    after = verdicts_on(desk, connection, target, rows, now) if rows else {}
    told: dict[int, list[Words]] = {}
    for number, source in versions.items():
        own = [row for row in rows if row.revision == number]
        before = verdicts_on(desk, connection, source, own, now) if own else {}
        told |= {row.id: list(_otherwise(before[row.id], after[row.id])) for row in own}
    return told


def _otherwise(before: Sequence[Verdict], after: Sequence[Verdict]) -> Iterator[Words]:
    was, now = ({one.rule: one for one in each(verdicts)} for verdicts in (before, after))
    for rule, verdict in now.items():
        known = was.get(rule)
        if known is not None and known.result is not verdict.result:
            yield Words("结论“{name}”：{was} → {now}", "verdict on “{name}”: {was} → {now}").format(
                name=verdict.name, was=known.result.label, now=verdict.result.label
            )
        elif known is None:
            yield Words("新的条件“{name}”：{now}", "the new rule “{name}”: {now}").format(
                name=verdict.name, now=verdict.result.label
            )
