"""Bringing nominations to another version of their program: an act of its own, told before and recorded for each.

Those that stand alike are brought over by one statement. A batch is one transaction; a killed migration has done whole
batches, and another one goes on from there. Who is there already is left alone, so that twice is once.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.engine import Connection

from operations.acts import Act, reason_missing
from operations.authority import refuses
from operations.desk import Desk, Due, Running
from operations.jurisdictions import Matter
from operations.owing import awaited, ladder_of, notify_migrated, write_owed
from operations.paths import path_of
from operations.placing import holder_at
from operations.policy import Deed
from operations.results import Denied, MisstatedError, UnknownError, denied
from operations.terms import look_at_terms_again
from operations.transfer import Alike, Transfer, transfer
from programs import Words
from states import End, Refusal
from store import Transaction, among, id_list
from store import tables as t

#: How many nominations one transaction brings over, which writers of SQLite wait for.
BATCH = 5000

_CHUNK = 500


class Way(NamedTuple):
    """What a migration did to many alike: from which version, and from where to where."""

    revision: int
    source: str
    destination: str


@dataclass
class Migration:
    """What a migration to a version did. `ways` counts what it brought over; `already` were there before.

    `refused` stay on their version, each with the reason.
    """

    program: str
    revision: int
    ways: Counter[Way] = field(default_factory=Counter)
    already: int = 0
    refused: list[Denied] = field(default_factory=list)
    reminders: int = 0
    batches: int = 0

    @property
    def migrated(self) -> int:
        """How many nominations were brought over."""
        return self.ways.total()


class Wanted(NamedTuple):
    """What is to be brought where: a version, none for the newest, and some nominations, none for all under way."""

    revision: int | None = None
    numbers: tuple[str, ...] | None = None
    mapping: Mapping[str, str] = {}


def migrate(desk: Desk, program_id: str, wanted: Wanted, act: Act) -> Migration | Denied:
    """Bring nominations under way to a version of their program, batch after batch.

    Raises `UnknownError` for a program, version, nomination or standing that is not there.
    """
    with desk.store.read() as connection:
        target = target_of(desk, connection, program_id, wanted)
        ids = ids_of(connection, program_id, wanted.numbers)
        matter = Matter(program_id, target.program.office)
        if refused := denied(refuses(connection, act.actor, Deed.MIGRATE, matter) or reason_missing(act)):
            return refused
        done = Migration(program_id, target.revision, already=_already(connection, target, ids))
        if ids is not None:
            done.refused += _ended(connection, ids)
    after = ""
    while True:
        with desk.store.write() as transaction:
            batch = _Batch(desk, transaction, target, wanted.mapping, act, done)
            last = batch.run(_under_way(target, ids).where(t.nomination.c.number > after))
            if isinstance(last, Denied):
                transaction.abandon()
                return last
        if last is not None:
            after = last
            done.batches += 1
            continue
        with desk.store.read() as connection:
            # Others may have been brought over while this one waited for their rows; there may be more behind them.
            if (
                connection.execute(_under_way(target, ids).where(t.nomination.c.number > after).limit(1)).first()
                is None
            ):
                return done


def target_of(desk: Desk, connection: Connection, program_id: str, wanted: Wanted) -> Running:
    """Return the version that is wanted; raises `UnknownError` for none, and for a standing that no version has."""
    versions = desk.versions(connection, program_id)
    target = versions[0] if wanted.revision is None else desk.version_of(connection, program_id, wanted.revision)
    known = {key for one in versions for key, standing in one.pipeline.standings.items() if not standing.ended}
    for old, new in wanted.mapping.items():
        if old not in known:
            raise MisstatedError(
                Words("没有环节 {key}；各版的环节：{known}", "there is no standing {key}; there are {known}").format(
                    key=old, known="、".join(sorted(known))
                )
            )
        here = [key for key, standing in target.pipeline.standings.items() if not standing.ended]
        if new not in here:
            raise MisstatedError(
                Words(
                    "第 {number} 版没有环节 {key}；可用：{known}",
                    "version {number} has no standing {key}; it has {known}",
                ).format(number=target.revision, key=new, known="、".join(here))
            )
    return target


def ids_of(connection: Connection, program_id: str, numbers: Collection[str] | None) -> list[int] | None:
    """Return the ids of these nominations of a program, none for all; raises `UnknownError` for another's."""
    if numbers is None:
        return None
    of, wanted = t.nomination.c, sorted(set(numbers))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        query = select(of.number, of.id).where(of.program_id == program_id, of.number.in_(some))
        found |= dict(connection.execute(query).tuples().all())
    missing = [number for number in wanted if number not in found]
    if missing:
        raise UnknownError(
            Words("项目 {program} 没有申报 {numbers}", "{program} has no nomination {numbers}").format(
                program=program_id, numbers="、".join(missing[:10])
            )
        )
    return sorted(found.values())


def _under_way(target: Running, ids: Sequence[int] | None) -> Select[Any]:
    """Ask for the nominations that could be brought to a version, in the order of their numbers."""
    of = t.nomination.c
    query = select(
        of.revision, of.stage, of.category, of.route, of.traits, of.due_at, of.provisional, of.number, of.id
    ).where(of.program_id == target.program.id, of.revision != target.revision, of.stage.not_in(list(End)))
    return (query if ids is None else query.where(among(of.id, ids))).order_by(of.number)


def _already(connection: Connection, target: Running, ids: Sequence[int] | None) -> int:
    of = t.nomination.c
    query = select(func.count()).where(of.program_id == target.program.id, of.revision == target.revision)
    query = query.where(of.stage.not_in(list(End)))
    return connection.execute(query if ids is None else query.where(among(of.id, ids))).scalar_one()


def _ended(connection: Connection, ids: Sequence[int]) -> Iterator[Denied]:
    of = t.nomination.c
    query = select(of.number, of.stage).where(among(of.id, ids), of.stage.in_(list(End)))
    for row in connection.execute(query.order_by(of.number)):
        yield Denied((has_ended(row.stage),), row.number)


def has_ended(stage: str) -> Refusal:
    """Refuse to bring over what has come to an end."""
    return Refusal(
        "not-ended",
        Words("此件已结束：{standing}", "this case has ended: {standing}").format(standing=End(stage).label),
        Words("已结束的按原版留存", "what has ended stays on its version"),
    )


def plan(
    versions: Mapping[int, Running], target: Running, alike: Alike, mapping: Mapping[str, str], now: datetime
) -> Transfer | Refusal:
    """Return what becomes of nominations that stand alike."""
    return transfer(versions[alike.revision], target, alike, mapping, now)


def holding_again(connection: Connection, ids: Sequence[int], step: Transfer) -> dict[int, str]:
    """Return who of these holds a place already of a limit that they would come to again, and which."""
    if not step.again:
        return {}
    of = t.place.c
    held = select(of.nomination_id, func.min(of.limit_key)).where(
        among(of.nomination_id, ids), of.limit_key.in_(sorted(step.again))
    )
    return dict(connection.execute(held.group_by(of.nomination_id)).tuples().all())


def passed_already(target: Running, limit_key: str) -> Refusal:
    """Refuse to bring somebody before a limit of which they hold a place."""
    kind, _, name = limit_key.partition(".")
    program = target.program
    parts = {
        "quota": [(one.id, one.name) for one in program.quotas],
        "seats": [(one.id, one.award) for one in program.seats],
        "reserves": [(one.id, one.award) for one in program.seats],
        "keep": [(one.id, one.name) for one in program.stages],
    }
    named = dict(parts.get(kind, ())).get(name, name)
    return Refusal(
        "limit-passed-once",
        Words(
            "此件已占“{name}”的名额，按第 {number} 版会再次经过",
            "it holds a place of “{name}” already, and would come to it again by version {number}",
        ).format(name=named, number=target.revision),
        Words("请先退回或撤回，或按原版办完", "return or withdraw it first, or finish it by its version"),
    )


class _Batch:
    """One transaction of a migration."""

    def __init__(
        self,
        desk: Desk,
        transaction: Transaction,
        target: Running,
        mapping: Mapping[str, str],
        act: Act,
        done: Migration,
    ) -> None:
        self._desk = desk
        self._transaction = transaction
        self._connection = transaction.connection
        self._target = target
        self._mapping = mapping
        self._act = act
        self._done = done
        self._owed: list[Any] = []
        self._notices: list[tuple[list[int], str]] = []

    def run(self, waiting: Select[Any]) -> str | Denied | None:
        """Bring over the next of these; returns the number of the last that was looked at, none when there are none."""
        program_id = self._target.program.id
        # Who would amend or extend it waits; what was planned by is what is written by.
        newest = self._desk.relied_on(self._connection, program_id)
        matter = Matter(program_id, newest.program.office)
        if refusal := refuses(self._connection, self._act.actor, Deed.MIGRATE, matter):
            return Denied((refusal,))
        versions = {one.revision: one for one in self._desk.versions(self._connection, program_id)}
        self._target = versions[self._target.revision]
        claimed = waiting.limit(BATCH).with_for_update().subquery()
        of = claimed.c
        alike = (of.revision, of.stage, of.category, of.route, of.traits, of.due_at, of.provisional)
        groups = self._connection.execute(
            select(*alike, func.max(of.number).label("last"), id_list(of.id).label("ids")).group_by(*alike)
        ).all()
        for row in sorted(groups, key=lambda one: (one.revision, one.stage, min(one.ids))):
            self._bring(versions, row)
        for ids, stage in self._notices:
            self._done.reminders += notify_migrated(self._connection, self._target, ids, stage, self._act)
        self._done.reminders += write_owed(self._connection, self._owed)
        return max((row.last for row in groups), default=None)

    def _bring(self, versions: Mapping[int, Running], row: Row[Any]) -> None:
        alike = Alike(row.revision, row.stage, path_of(row), Due(row.due_at, row.provisional))
        ids = sorted(row.ids)
        step = plan(versions, self._target, alike, self._mapping, self._act.now)
        if isinstance(step, Refusal):
            self._refuse(ids, step)
            return
        held = holding_again(self._connection, ids, step)
        for nomination, key in sorted(held.items()):
            self._refuse([nomination], passed_already(self._target, key))
        ids = [nomination for nomination in ids if nomination not in held]
        if ids:
            self._write(alike, step, ids)

    def _refuse(self, ids: Sequence[int], refusal: Refusal) -> None:
        of = t.nomination.c
        numbers = self._connection.execute(select(of.number).where(among(of.id, ids)).order_by(of.number)).scalars()
        self._done.refused += [Denied((refusal,), number) for number in numbers]

    def _write(self, alike: Alike, step: Transfer, ids: Sequence[int]) -> None:
        of, target = t.nomination.c, self._target
        holder: ColumnElement[str] | str | None = holder_at(target, step.stage, alike.path, of.unit, of.nominator)
        landed: dict[str, Any] = {
            "revision": target.revision,
            "stage": step.stage,
            "holder": holder,
            "due_at": step.due.at,
            "provisional": step.due.provisional,
            "version": of.version + 1,
        }
        if step.stage != alike.stage:
            landed["correction"] = None
        here = (among(of.id, ids), of.revision == alike.revision, of.stage == alike.stage)
        self._stand(alike.stage, ids, -1)
        written = self._connection.execute(update(t.nomination).where(*here).values(landed)).rowcount
        if written != len(ids):
            # Every row was read and locked in this transaction, so this would be a fault of the store, not of a user.
            raise RuntimeError(f"{len(ids) - written} of {len(ids)} nominations changed while they were locked")
        self._stand(step.stage, ids, 1)
        look_at_terms_again(self._connection, ids, self._act.now)
        self._transaction.record_each(
            target.program.id,
            "nomination.migrated",
            ids,
            revision=target.revision,
            from_revision=alike.revision,
            **{"from": alike.stage, "to": step.stage},
            version=of.version,
            due=step.due.at.isoformat() if step.due.at else None,
            holder=of.holder,
            changes=[one.zh for one in step.told] or None,
            skipped=[one.zh for one in step.skipped] or None,
            **self._act.signature(),
        )
        self._done.ways[Way(alike.revision, alike.stage, step.stage)] += len(ids)
        self._owe(alike, step, ids)

    def _stand(self, stage: str, ids: Sequence[int], sign: int) -> None:
        """Count these out of where they stand, or in."""
        of = t.nomination.c
        held = select(of.holder, func.count()).where(among(of.id, ids)).group_by(of.holder)
        for holder, count in self._connection.execute(held).tuples().all():
            self._transaction.stand(self._target.program.id, stage, holder, sign * count)

    def _owe(self, alike: Alike, step: Transfer, ids: Sequence[int]) -> None:
        """Plan the reminders of what has changed: the ladders before another instant, word to another holder."""
        of, now = t.nomination.c, self._act.now
        if step.told:
            self._notices.append((list(ids), step.stage))
        holders: Iterable[str] = self._connection.execute(
            select(of.holder).where(among(of.id, ids)).distinct().order_by(of.holder)
        ).scalars()
        if step.stage != alike.stage:
            for holder in holders:
                self._owed += awaited(self._target, step.stage, holder, step.due.at, now)
        elif step.due.at != alike.due.at:
            for holder in holders:
                self._owed += ladder_of(self._target, step.stage, holder, step.due.at, now)
