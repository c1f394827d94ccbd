"""The questions that the read side asks of the store."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, func, select, true
from sqlalchemy.engine import Connection

from operations.actors import Actor
from operations.calendars import missing_schedule
from operations.dates import dates_in_force
from operations.desk import Desk, Running
from operations.objection_list import objections_seen
from operations.overview.dates import dates_as_of
from operations.overview.events import latest_events, with_nominees
from operations.overview.shapes import (
    Dated,
    EndCount,
    Issued,
    Overview,
    PlaceCount,
    ProgramOverview,
    ProgramState,
    RulingState,
    StageCount,
    StandingCount,
)
from operations.parked import count_parked
from operations.seeing import Seeing, seeing_as
from programs import Words
from programs.rulings import Ruling
from states import End
from store import among
from store import tables as t

#: So many are named of those that a sweep could not move.
_FEW: Final = 5
#: So many of them are looked at for those that somebody may see.
_LOOKED_AT: Final = 1000


def overview(desk: Desk, now: datetime, *, seen_by: Actor | None = None, latest: int = 15) -> Overview:
    """Return what all programs have come to, with their `latest` events, as far as somebody may see it.

    With nobody named, it is the product itself that reads, for those who look after it.
    """
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, seen_by, now)
        running = seeing.programs
        versions = [desk.versions_of(connection, one) for one in running]
        counts, confirmed = _counts(connection, seeing), _confirmed(connection)
        published, issued, objections = (
            _published(connection),
            _documents(connection),
            objections_seen(connection, seeing),
        )
        dates = [
            dated
            for one in running
            for dated in _dates(one, published[one.program.id], issued[one.program.id], objections[one.program.id], now)
            if dated.key.closes and dated.key.closes > now
        ]
        # Only as many are read of each program as come among the newest of all.
        events = merge(
            *(
                latest_events(connection, some, latest, seeing, any_seen=bool(counts.get(some[0].program.id)))
                for some in versions
            ),
            key=lambda event: (event.at, event.position),
            reverse=True,
        )
        whole = seen_by is None or seen_by.organization is None
        messages = _messages(connection) if whole else {}
        return Overview(
            now=now,
            programs=tuple(
                _state(some, counts.get(some[0].program.id, {}), confirmed[some[0].program.id]) for some in versions
            ),
            dates=tuple(sorted(dates, key=lambda dated: (dated.key.closes, dated.program.id, dated.key.id))),
            events=tuple(islice(events, latest)),
            waiting=messages.get("waiting", 0),
            parked=count_parked(desk, seen_by) if seen_by and not whole else messages.get("parked", 0),
            overdue=_overdue(connection, now, seeing),
            stuck=_stuck(connection, seeing),
            schedule_missing=missing_schedule(desk.learn(connection).published_through, now),
        )


def program_overview(
    desk: Desk, program_id: str, now: datetime, *, seen_by: Actor | None = None, latest: int = 20
) -> ProgramOverview:
    """Return what one program has come to, as far as somebody may see it; with nobody named, the product itself.

    Raises `UnknownError` where the store does not have it, or it is not for them to know.
    """
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, seen_by, now)
        whole = seeing.runs(seeing.program(program_id))
        versions = desk.versions(connection, program_id)
        running = versions[0]
        confirmed = _confirmed(connection, program_id)[program_id]
        documents = _documents(connection, program_id)[program_id]
        counts = _counts(connection, seeing, program_id).get(program_id, {})
        events = latest_events(connection, versions, latest, seeing, any_seen=bool(counts))
        return ProgramOverview(
            now=now,
            state=_state(versions, counts, confirmed),
            dates=_dates(
                running,
                _published(connection, program_id)[program_id],
                documents,
                objections_seen(connection, seeing, program_id)[program_id],
                now,
            ),
            rulings=tuple(_ruling(one, confirmed.get(one.id)) for one in running.program.rulings),
            places=_places(connection, program_id) if whole else None,
            documents=documents,
            events=with_nominees(connection, list(events)),
            overdue=_overdue(connection, now, seeing, program_id),
        )


def _dates(
    running: Running,
    published: Sequence[Row[Any]],
    documents: Sequence[Issued],
    objections: Sequence[Row[Any]],
    now: datetime,
) -> tuple[Dated, ...]:
    issued = {one.stage: one.issued_at for one in documents}
    return dates_as_of(running, dates_in_force(running, published, issued, objections), now)


def _state(versions: Sequence[Running], counts: Mapping[str, int], confirmed: Mapping[str, Row[Any]]) -> ProgramState:
    """Say where a program is. Stages that only earlier versions have come last, and only while somebody is there."""
    running = versions[0]
    standings = {key: one for version in reversed(versions) for key, one in version.pipeline.standings.items()}
    held = {stage.id: stage for stage in running.program.held_stages}
    for version in versions[1:]:
        for stage in version.program.held_stages:
            if stage.id not in held and any(counts.get(key) for key in version.pipeline.keys_of(stage.id)):
                held[stage.id] = stage
    return ProgramState(
        program=running.program,
        opened_at=running.opened_at,
        rulings_left=sum(ruling.id not in confirmed for ruling in running.program.rulings),
        stages=tuple(
            StageCount(
                stage.id,
                Words(stage.name, stage.id),
                tuple(
                    StandingCount(key, standing.name, counts.get(key, 0))
                    for key, standing in standings.items()
                    if standing.stage == stage.id and (counts.get(key) or _is_in_use(running, key))
                ),
            )
            for stage in held.values()
        ),
        ends=tuple(EndCount(end, counts[end]) for end in End if end in counts),
        astray=sum(count for key, count in counts.items() if key not in standings),
    )


def _is_in_use(running: Running, key: str) -> bool:
    standing = running.pipeline.standings.get(key)
    return standing is not None and not standing.former


def _of(column: ColumnElement[str], program_id: str | None) -> ColumnElement[bool]:
    """Narrow a question to one program, where one is asked about."""
    return true() if program_id is None else column == program_id


def _counts(connection: Connection, seeing: Seeing, program_id: str | None = None) -> Mapping[str, Mapping[str, int]]:
    """Count the nominations that somebody may see by program and standing.

    Of programs that are theirs to see as a whole, what is kept of it is read; of others the rows are counted.
    """
    of, kept = t.nomination.c, t.standing.c
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(query: Select[Any], sign: int = 1) -> None:
        for program, stage, count in connection.execute(query):
            found[program][stage] += sign * int(count)

    asked = {one.program.id for one in seeing.everything if program_id in (None, one.program.id)}
    if whole := asked & seeing.whole:
        add(
            select(kept.program_id, kept.stage, func.sum(kept.nominations))
            .where(kept.program_id.in_(sorted(whole)), kept.nominations != 0)
            .group_by(kept.program_id, kept.stage)
        )
        if seeing.recused:
            out = (of.program_id.in_(sorted(whole)), among(of.id, sorted(seeing.recused)))
            add(select(of.program_id, of.stage, func.count()).where(*out).group_by(of.program_id, of.stage), -1)
    rest = (asked - whole) & seeing.concerned
    if rest and seeing.counted is not None:
        kept_of = (kept.program_id.in_(sorted(rest)), kept.nominations != 0, seeing.counted)
        counts = select(kept.program_id, kept.stage, func.sum(kept.nominations)).where(*kept_of)
        add(counts.group_by(kept.program_id, kept.stage))
    elif rest:
        # As an expression, since SQLite would rather read a program in the order of places than find these few rows.
        stage = of.stage.concat("")
        query = select(of.program_id, stage, func.count()).where(seeing.condition)
        if rest != {one.program.id for one in seeing.everything}:
            query = query.where(of.program_id.in_(sorted(rest)))
        add(query.group_by(of.program_id, stage))
    return {program: {stage: count for stage, count in some.items() if count} for program, some in found.items()}


def _confirmed(connection: Connection, program_id: str | None = None) -> Mapping[str, Mapping[str, Row[Any]]]:
    found: dict[str, dict[str, Row[Any]]] = defaultdict(dict)
    for row in connection.execute(select(t.ruling).where(_of(t.ruling.c.program_id, program_id))):
        found[row.program_id][row.ruling_id] = row
    return found


def _published(connection: Connection, program_id: str | None = None) -> Mapping[str, Sequence[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    query = select(t.publicity).where(_of(t.publicity.c.program_id, program_id)).order_by(t.publicity.c.id)
    for row in connection.execute(query):
        found[row.program_id].append(row)
    return found


def _documents(connection: Connection, program_id: str | None = None) -> Mapping[str, tuple[Issued, ...]]:
    found: dict[str, tuple[Issued, ...]] = defaultdict(tuple)
    query = select(t.document).where(_of(t.document.c.program_id, program_id)).order_by(t.document.c.issued_at)
    for row in connection.execute(query):
        found[row.program_id] += (Issued(row.number, row.stage, row.issued_at),)
    return found


def _ruling(ruling: Ruling, confirmed: Row[Any] | None) -> RulingState:
    if confirmed is None:
        return RulingState(ruling, ruling.decision, None, None)
    return RulingState(ruling, confirmed.decision, confirmed.actor, confirmed.decided_at)


def _places(connection: Connection, program_id: str) -> Mapping[str, PlaceCount]:
    of = t.place.c
    owned = (
        select(of.limit_key, func.count().label("taken"))
        .where(of.program_id == program_id)
        .group_by(of.limit_key, of.owner)
        .subquery()
    )
    query = select(owned.c.limit_key, func.sum(owned.c.taken), func.count(), func.max(owned.c.taken))
    return {
        key: PlaceCount(key, int(taken), owners, most)
        for key, taken, owners, most in connection.execute(query.group_by(owned.c.limit_key))
    }


def _messages(connection: Connection) -> Mapping[str, int]:
    # One by one, since each has an index of its own: together they would be looked for among all that were ever sent.
    counted = {"waiting": t.is_waiting, "parked": t.is_parked}
    return {
        state: connection.execute(select(func.count()).select_from(t.message).where(condition)).scalar_one()
        for state, condition in counted.items()
    }


def _stuck(connection: Connection, seeing: Seeing) -> tuple[str, ...]:
    """Return the nominations that the last sweep could not move, the first few."""
    of, failed = t.nomination.c, t.sweep_failure.c
    # Failures are few, and mostly none: SQLite would look for them beside every nomination.
    ids = connection.execute(select(failed.nomination_id).order_by(failed.since).limit(_LOOKED_AT)).scalars().all()
    if not ids:
        return ()
    query = select(of.number).join_from(t.sweep_failure, t.nomination).where(among(of.id, ids), seeing.of_few)
    return tuple(connection.execute(query.order_by(failed.since, of.id).limit(_FEW)).scalars())


def _overdue(connection: Connection, now: datetime, seeing: Seeing, program_id: str | None = None) -> int:
    of = t.nomination.c
    query = select(func.count()).where(of.due_at <= now, _of(of.program_id, program_id), seeing.of_few)
    return connection.execute(query).scalar_one()
