"""Amending a program while nominations are in flight: a changed file becomes its newest version.

Nominations stay on the version that they were drawn up under; `operations.migrating` brings them to another one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from deadlines.keydates import key_dates
from operations.acts import Act, reason_missing
from operations.authority import refuses
from operations.desk import Desk, Running
from operations.intakes import as_changed, held_versions, hold_nominations
from operations.jurisdictions import Matter
from operations.opening import contradicted, moved_closes, not_confirmed, plain, undated
from operations.policy import Deed
from operations.reconciling import contradictions
from operations.results import Denied, UnknownError, denied
from programs import Program, Words, decide
from programs.differences import Difference, differences
from programs.rulings import Decision, Ruling
from programs.versions import carried_rulings, with_extensions
from states import End, Refusal
from store import Transaction
from store import tables as t


@dataclass(frozen=True, slots=True)
class Amended:
    """A program has a newest version of this number, or would have: nothing was kept of a dry run.

    `closes` gives each announced close that it moves, as it was and as it is, by the deadline's id; `carried` are the
    rulings whose decisions it takes over, `staying` counts the nominations under way, which are of earlier versions.
    `changed` is that version.
    """

    program: str
    revision: int
    differences: tuple[Difference, ...]
    closes: Mapping[str, Mapping[str, str | None]]
    carried: tuple[str, ...]
    confirmed: tuple[str, ...]
    dropped: tuple[str, ...]
    staying: int
    remarks: tuple[Words, ...]
    changed: Running


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a program: since when it is not the newest any more, and how many nominations are judged by it."""

    number: int
    superseded_at: datetime | None
    under_way: int
    ended: int


def amend(
    desk: Desk,
    program: Program,
    act: Act,
    *,
    confirmed: Mapping[str, Decision | None] | None = None,
    against: str | None = None,
    dry_run: bool = False,
) -> Amended | Denied:
    """Make a changed file the newest version of its program, which is open already.

    Rulings that the file leaves unchanged keep their decisions; new or changed ones must be among `confirmed`: with
    another decision, or with none for the file's own. `against` is the digest of the version that it was held against,
    where it was looked at before: if another has come meanwhile, it is refused. A dry run needs no reason. Raises
    `UnknownError` for a program that is not in the store and for an unknown ruling, `ProgramError` where a decision
    makes no valid program.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        versions = held_versions(desk, transaction, program.id)
        current = versions[0]
        matter = Matter(program.id, current.program.office)
        refused = denied(refuses(connection, act.actor, Deed.AMEND, matter))
        refused = refused or denied(
            _not_open(current),
            _rehearsed(connection, program.id),
            _changed_since(current) if against not in (None, current.digest) else None,
            None if dry_run else reason_missing(act),
            desk.behind(connection),
        )
        if refused:
            transaction.abandon()
            return refused
        decided = _decided(connection, current, program, confirmed or {})
        if isinstance(decided, Denied):
            transaction.abandon()
            return decided
        hold_nominations(connection, program.id)
        changed = replace(as_changed(current, decided.program), revision=current.revision + 1)
        told = differences(current.program, changed.program)
        refused = denied(
            *contradicted(program),
            *(contradicted(changed.program) if changed.program != program else ()),
            *undated(changed),
            *_out_of_order(changed),
            None if told else _nothing_differs(current),
        )
        refused = refused or denied(*contradictions(connection, versions, changed, act.now))
        if refused:
            transaction.abandon()
            return refused
        dropped = _keep(transaction, current, changed, program, act)
        _confirm(transaction, changed.program, decided.confirmed, act)
        closes = moved_closes(current, changed)
        transaction.record(
            program.id,
            "program.amended",
            revision=changed.revision,
            version=changed.version,
            **{"from": current.digest},
            definition=changed.digest,
            differences=[f"{one.words.zh}（{one.clause}）" if one.clause else one.words.zh for one in told],
            deadlines=closes or None,
            carried=sorted(decided.carried) or None,
            dropped=dropped or None,
            **act.signature(),
        )
        if dry_run:
            transaction.abandon()
        return Amended(
            program.id,
            changed.revision,
            told,
            closes,
            tuple(sorted(decided.carried)),
            tuple(decided.confirmed),
            tuple(dropped),
            _under_way(connection, program.id),
            tuple(_remarks(current.program, changed.program)),
            changed,
        )


def rulings_to_confirm(desk: Desk, program: Program) -> tuple[Ruling, ...]:
    """Return the rulings of an amended file that are new or changed, and confirmed with it.

    Raises `UnknownError` for a program that is not in the store.
    """
    with desk.store.read() as connection:
        carried = _carried(connection, desk.running(connection, program.id), program)
    return tuple(one for one in program.rulings if one.id not in carried)


def versions_of(desk: Desk, program_id: str) -> tuple[Version, ...]:
    """Return the versions of a program, the newest first; raises `UnknownError` for an unknown program."""
    of = t.nomination.c
    with desk.store.read() as connection:
        newest = desk.running(connection, program_id).revision
        until = dict(
            connection.execute(
                select(t.revision.c.number, t.revision.c.superseded_at).where(t.revision.c.program_id == program_id)
            )
            .tuples()
            .all()
        )
        is_over = of.stage.in_(list(End))
        query = select(of.revision, is_over.label("is_over"), func.count().label("many"))
        counted = {
            (row.revision, bool(row.is_over)): row.many
            for row in connection.execute(query.where(of.program_id == program_id).group_by(of.revision, is_over))
        }
    return tuple(
        Version(number, until.get(number), counted.get((number, False), 0), counted.get((number, True), 0))
        for number in range(newest, 0, -1)
    )


@dataclass(frozen=True, slots=True)
class _Decided:
    """An amended file as its rulings make it: decisions taken over, and those that are confirmed with it."""

    program: Program
    carried: Mapping[str, Decision]
    confirmed: Mapping[str, Decision]


def _decided(
    connection: Connection, current: Running, program: Program, confirmed: Mapping[str, Decision | None]
) -> _Decided | Denied:
    rulings = {ruling.id: ruling for ruling in program.rulings}
    for ruling_id in confirmed:
        if ruling_id not in rulings:
            raise UnknownError(
                Words("没有裁定 {id}；修订后的裁定：{known}", "there is no ruling {id}; the file has {known}").format(
                    id=ruling_id, known="、".join(rulings) or "—"
                )
            )
    carried = {
        ruling_id: decision
        for ruling_id, decision in _carried(connection, current, program).items()
        if ruling_id not in confirmed
    }
    chosen = {
        ruling_id: rulings[ruling_id].decision if decision is None else decision
        for ruling_id, decision in confirmed.items()
    }
    stated = {ruling_id: decision for ruling_id, decision in chosen.items() if decision is not None}
    waiting = [ruling for ruling in program.rulings if ruling.id not in carried and ruling.id not in stated]
    if waiting:
        return Denied(
            tuple(
                replace(
                    not_confirmed(ruling, program.id),
                    remedy=Words(
                        "请加上 --confirm {id}（按文件所写确认）或 --confirm {id}=决定",
                        "add --confirm {id}, which confirms the file's own, or --confirm {id}=DECISION",
                    ).format(id=ruling.id),
                )
                for ruling in waiting
            )
        )
    extended = with_extensions(current.program, _file_of(connection, program.id), program)
    return _Decided(decide(extended, {**carried, **stated}), carried, stated)


def _file_of(connection: Connection, program_id: str) -> Program | None:
    """Return the newest file that a program was amended by, as it was before decisions."""
    kept = connection.execute(select(t.program.c.file).where(t.program.c.id == program_id)).scalar_one()
    return Program.model_validate(kept) if kept else None


def _carried(connection: Connection, current: Running, program: Program) -> dict[str, Decision]:
    return carried_rulings(current.program, _file_of(connection, program.id), program)


def _keep(transaction: Transaction, current: Running, changed: Running, file: Program, act: Act) -> list[str]:
    """Keep the version that was the newest beside the new one; returns the rulings that are no more."""
    connection, program_id = transaction.connection, changed.program.id
    connection.execute(
        insert(t.revision).values(
            program_id=program_id, number=current.revision, superseded_at=act.now, **current.columns
        )
    )
    written = connection.execute(
        update(t.program)
        .where(t.program.c.id == program_id, t.program.c.version == current.version)
        .values(**changed.columns, revision=changed.revision, file=file.model_dump(mode="json"))
    ).rowcount
    if written != 1:
        # The definition is held by this transaction, so this would be a fault of the store, not of a user.
        raise RuntimeError(f"{program_id} was changed while its definition was held")
    of, known = t.ruling.c, {ruling.id for ruling in changed.program.rulings}
    confirmed = connection.execute(select(of.ruling_id).where(of.program_id == program_id)).scalars().all()
    dropped = sorted(set(confirmed) - known)
    connection.execute(delete(t.ruling).where(of.program_id == program_id, of.ruling_id.in_(dropped)))
    return dropped


def _confirm(transaction: Transaction, program: Program, confirmed: Mapping[str, Decision], act: Act) -> None:
    """Record the rulings that were confirmed with the amendment, as the program now has them."""
    of, stated = t.ruling.c, {ruling.id: ruling for ruling in program.rulings}
    for ruling_id in confirmed:
        decision = plain(stated[ruling_id].decision)
        same = (of.program_id == program.id, of.ruling_id == ruling_id)
        transaction.connection.execute(delete(t.ruling).where(*same))
        row: dict[str, Any] = {
            "program_id": program.id,
            "ruling_id": ruling_id,
            "decision": decision,
            "actor": act.actor.name,
            "decided_at": act.now,
        }
        transaction.connection.execute(insert(t.ruling).values(row))
        transaction.record(
            program.id,
            "ruling.confirmed",
            ruling=ruling_id,
            decision=decision,
            clause=stated[ruling_id].clause,
            **act.signature(),
        )


def _under_way(connection: Connection, program_id: str) -> int:
    of = t.nomination.c
    return connection.execute(
        select(func.count()).where(of.program_id == program_id, of.stage.not_in(list(End)))
    ).scalar_one()


def _remarks(before: Program, after: Program) -> Iterator[Words]:
    known = {quota.id for quota in before.quotas}
    for quota in after.quotas:
        if quota.id not in known:
            yield Words(
                "新增的名额“{name}”从现在起计，此前已受理的不计入",
                "the new quota “{name}” counts from now on, and none that were taken in before",
            ).format(name=quota.name)


def _not_open(current: Running) -> Refusal | None:
    if current.opened_at is not None:
        return None
    return Refusal(
        "program-opened",
        Words("项目尚未开通", "the program is not open yet"),
        Words("请先确认各项裁定并开通项目", "confirm its rulings and open it first"),
    )


def _changed_since(current: Running) -> Refusal:
    return Refusal(
        "looked-at",
        Words(
            "核对之后项目又有改动，现行的是第 {number} 版",
            "the program has changed since this was looked at; version {number} is the newest",
        ).format(number=current.revision),
        Words("请看下面重新列出的不同，再确认", "look at the differences again, and confirm then"),
    )


def _rehearsed(connection: Connection, program_id: str) -> Refusal | None:
    rehearsed = select(t.rehearsal.c.program_id).where(t.rehearsal.c.program_id == program_id)
    if connection.execute(rehearsed).first() is None:
        return None
    return Refusal(
        "not-rehearsed",
        Words("演练的项目不能修订", "a program that is rehearsed is not amended"),
        Words("请用改过的文件另作演练", "rehearse the changed file instead"),
    )


def _nothing_differs(current: Running) -> Refusal:
    return Refusal(
        "something-differs",
        Words("与现行的第 {number} 版没有不同", "nothing differs from version {number}, the newest").format(
            number=current.revision
        ),
        Words("请核对文件；无须修订", "check the file; there is nothing to amend"),
    )


def _out_of_order(changed: Running) -> Iterator[Refusal]:
    for place, finding in key_dates(changed.program, changed.national).findings:
        if finding.code == "tier_after_next":
            yield Refusal(
                "program-checked",
                Words(
                    "日期自相矛盾（{place}）：{finding}", "the dates contradict each other ({place}): {finding}"
                ).format(place=place, finding=finding.words),
                Words("请改正项目文件", "mend the program's file"),
            )
