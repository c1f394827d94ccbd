"""What waits for somebody's organization, by place: how many, how many of them late, and what is due first.

How many stand where is kept (`store.standings`). Of a place where everything waits for the organization, what is due
first and what came first are the heads of an index; of others the organization's own are read.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.engine import Connection

from notifications.hours import working_days_left
from operations.actors import Actor
from operations.conditions import Columns
from operations.desk import Desk, Running
from operations.finding import is_objected
from operations.owing import only_time_is_awaited
from operations.queries import places_over, planned_of, soon_met
from operations.seeing import Seeing, seeing_as
from programs import Program, Words
from store import tables as t

_of, _kept = t.nomination.c, t.standing.c

#: So many that wait at a place are not read to find what is due first: it is soon met at the head of an index.
_MANY: Final = 500

#: A program and a place in it.
_Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nominations at one place that wait for the actor's organization, those most urgent told first by `by`."""

    program: Program
    stage: str
    standing: Words
    count: int
    late: int
    by: datetime | None
    days_left: int | None
    since: datetime


@dataclass(frozen=True, slots=True)
class _Dues:
    """Of what waits at a place: the first due instant, since when the first waits, how many are past due or have a due
    instant at all.
    """  # noqa: D205 - one sentence

    first: datetime | None
    since: datetime | None
    past: int
    dated: int


@dataclass
class _Objected:
    """Of what waits at a place: by when something is to be done about an objection first, and who is late by that."""

    first: datetime | None = None
    late: int = 0


def waiting_for(desk: Desk, actor: Actor, now: datetime) -> tuple[Waiting, ...]:
    """Return what waits for somebody's organization, by place: what is late first, then what is due next."""
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        counts = {
            place: count
            for place, count in _counts(connection, seeing).items()
            if not only_time_is_awaited(_running(desk, connection, place), place[1])
        }
        over = {
            (running.program.id, stage) for running in seeing.programs for stage in places_over(running, now)
        } & counts.keys()
        dues = _dues(connection, seeing, counts, over, now)
        objected = _objections(connection, seeing, over, now)
        found = [
            _waiting(
                _running(desk, connection, place),
                place[1],
                count,
                dues[place],
                objected[place],
                now,
                over=place in over,
            )
            for place, count in counts.items()
        ]
    return tuple(sorted(found, key=lambda one: (not one.late, one.by is None, one.by or one.since, one.since)))


def _counts(connection: Connection, seeing: Seeing) -> Mapping[_Place, int]:
    """Count what waits, by place."""
    if not seeing.waiting_is_counted:
        rows = select(_of.program_id, _of.stage, func.count()).where(*_theirs(seeing))
        return _by_place(connection, rows.group_by(_of.program_id, _of.stage))
    return _by_place(connection, _kept_counts().where(seeing.waiting_in(_kept)))


def _kept_counts() -> Select[Any]:
    counts = select(_kept.program_id, _kept.stage, func.sum(_kept.nominations))
    return counts.where(_kept.nominations != 0, _kept.holder != "").group_by(_kept.program_id, _kept.stage)


def _by_place(connection: Connection, query: Select[Any]) -> Mapping[_Place, int]:
    return {(program, stage): int(count) for program, stage, count in connection.execute(query)}


def _at(of: Columns, places: Collection[_Place]) -> ColumnElement[bool]:
    """Return the condition that a row is of one of these places, so that an index finds each program's."""
    stages: dict[str, list[str]] = defaultdict(list)
    for program, stage in sorted(places):
        stages[program].append(stage)
    return or_(false(), *(and_(of.program_id == program, of.stage.in_(some)) for program, some in stages.items()))


def _theirs(seeing: Seeing) -> tuple[ColumnElement[bool], ...]:
    # What waits for somebody is theirs to see, so it need not be asked twice: a database would think it rarer.
    seen = () if seeing.waiting_is_counted else (seeing.condition,)
    return *seen, seeing.waiting, _of.holder.is_not(None)


def _dues(
    connection: Connection, seeing: Seeing, counts: Mapping[_Place, int], over: Collection[_Place], now: datetime
) -> Mapping[_Place, _Dues]:
    """Return what is due of what waits, by place."""
    found: dict[_Place, _Dues] = {}
    if not counts:
        return found
    whole: set[_Place] = set()
    if seeing.waiting_is_counted:
        asked = _kept_counts().where(_at(_kept, counts.keys()))
        whole = {place for place, count in _by_place(connection, asked).items() if count == counts[place]}
    many = {place for place, count in counts.items() if place not in whole and count >= _MANY}
    for places, theirs in ((whole, ()), (many, (soon_met(_theirs(seeing)),))):
        if places:
            heads = _heads(places, places.intersection(over), now, theirs)
            for program, stage, first, since, past, dated in connection.execute(heads):
                found[program, stage] = _Dues(first, since, past, dated)
    if rest := counts.keys() - whole - many:
        past = func.count(case((_of.due_at <= now, 1)))
        rows = select(
            _of.program_id, _of.stage, func.min(_of.due_at), func.min(_of.moved_at), past, func.count(_of.due_at)
        ).where(_at(_of, rest), *_theirs(seeing))
        for program, stage, *dues in connection.execute(rows.group_by(_of.program_id, _of.stage)):
            found[program, stage] = _Dues(*dues)
    return found


def _heads(
    places: Collection[_Place], over: Collection[_Place], now: datetime, theirs: Sequence[ColumnElement[bool]]
) -> Select[Any]:
    """Ask for what is at the head of each place's indexes, how many are past due, and, where it is over, how many have
    a due instant at all; of what is `theirs` there.
    """  # noqa: D205 - one sentence
    stands = (select(_kept.program_id, _kept.stage).where(_at(_kept, places)).distinct()).subquery()
    here = (_of.program_id == stands.c.program_id, _of.stage == stands.c.stage, *theirs)
    first = select(func.min(_of.due_at)).where(*here, _of.due_at.is_not(None), _of.holder.is_not(None))
    since = select(func.min(_of.moved_at)).where(*here, _of.holder.is_not(None))
    # Holders are counted, not asked for, so that no database looks at the index of holders.
    past = select(func.count(_of.holder)).where(*here, _of.due_at <= now)
    # Where somebody is waited for, all who have a due instant have a holder; the index of due instants alone is read.
    dated = select(func.count()).where(*here, _of.due_at.is_not(None))
    heads = [one.correlate(stands).scalar_subquery() for one in (first, since, past, dated)]
    return select(stands, *heads[:-1], case((_at(stands.c, over), heads[-1]), else_=0))


def _objections(
    connection: Connection, seeing: Seeing, over: Collection[_Place], now: datetime
) -> Mapping[_Place, _Objected]:
    """Return what is due of objections to what waits, as far as the actor hears of them."""
    found: dict[_Place, _Objected] = defaultdict(_Objected)
    raised = t.objection.c
    query = (
        select(_of.program_id, _of.stage, _of.due_at, func.min(raised.due_at).label("objected"))
        .join_from(t.objection, t.nomination)
        .where(raised.outcome.is_(None), raised.due_at.is_not(None), _of.holder.is_not(None))
        .where(case((and_(seeing.hears, seeing.waiting, seeing.condition), 1), else_=0) == 1)
        .group_by(_of.id, _of.program_id, _of.stage, _of.due_at)
    )
    for row in connection.execute(query):
        one = found[row.program_id, row.stage]
        if is_objected(row.stage):
            one.first = min(filter(None, (one.first, row.objected)))
        # Whoever is late anyway is counted once.
        counted = row.due_at <= now if row.due_at else (row.program_id, row.stage) in over
        one.late += row.objected <= now and not counted
    return found


def _running(desk: Desk, connection: Connection, place: _Place) -> Running:
    return desk.holding(connection, *place)


def _waiting(  # noqa: PLR0913 - what is told of a place
    running: Running, stage: str, count: int, dues: _Dues, objected: _Objected, now: datetime, *, over: bool
) -> Waiting:
    standing = running.pipeline.standings[stage]
    by = dues.first or objected.first or planned_of(running).get(standing.stage)
    days = working_days_left(running.calendar, now, by) if by and by > now else None
    late = dues.past + objected.late + (count - dues.dated if over else 0)
    return Waiting(running.program, stage, standing.name, count, late, by, days, dues.since or now)
