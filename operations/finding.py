"""Finding nominations among a million: filtered, searched by how names begin, paged by where the last page ended."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, case, func, literal, select, true, union_all
from sqlalchemy.engine import Connection

from notifications.hours import working_days_left
from operations.actors import MACHINE, Actor
from operations.desk import Desk, Running
from operations.queries import (
    OF_PLACES,
    Query,
    Sort,
    begins,
    conditions_of,
    ending,
    folded,
    looked_at,
    ordered,
    planned_of,
    soon_met,
)
from operations.seeing import Seeing, seeing_as
from programs import Program, Words
from states import Move
from store import among
from store import tables as t

#: How many nominations a page has, and how many are counted before "or more" is said.
PAGE: Final = 50
COUNTED: Final = 1000
#: Where a nominee stands who is objected to.
_OBJECTED: Final = ".objected"

#: So many places are asked at once: SQLite takes no more than 500 queries in one.
_TOGETHER: Final = 400

_of = t.nomination.c

#: So many names that a search finds are asked for one by one.
_NAMES: Final = 100


@dataclass(frozen=True, slots=True)
class Found:
    """One nomination in a list.

    `by` is the instant by which it is due, or by which the notice plans to be done there; `days_left` are working days,
    none once it is `late` or beyond the calendar. `since` is when it came there. `moves` lead on, whoever makes them.
    """

    number: str
    program: Program
    nominee: str
    unit: str
    nominator: str
    stage: str
    standing: Words
    holder: str | None
    since: datetime
    by: datetime | None
    days_left: int | None
    late: bool
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what was found. `count` stops at `COUNTED` + 1; `following` says where the next page begins, if any."""

    found: tuple[Found, ...]
    count: int
    following: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """A place of a program, and how many stand there.

    `held` wait for somebody, `held_by_them` is how many of these were asked for. `theirs` is how many were asked for in
    all, none where rows tell that alone.
    """

    program_id: str
    stage: str
    held: int
    held_by_them: int
    theirs: int | None


def find_nominations(desk: Desk, query: Query, now: datetime, *, seen_by: Actor = MACHINE) -> Page:
    """Return a page of the nominations that somebody may see and asked for."""
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, seen_by, now)
        by_place = query.sort in OF_PLACES
        places = _places(connection, seeing, query) if by_place or query.mine else None
        conditions = conditions_of(seeing, query, now)
        count, within = _within(connection, seeing, conditions, query, places)
        if count <= COUNTED:
            # All that there are: the database need not look for them again, in whatever order.
            rows = _read(connection, [among(_of.id, within)], query) if within else []
        elif places is not None and by_place:
            heads = _first_of_places(connection, seeing, query, now, places)
            rows = _read(connection, [among(_of.id, heads)], query)
        elif by_place or query.program:
            # An index has all that is asked for, so that no row is read but those of the page.
            ids = connection.execute(ordered(select(_of.id).where(*conditions), query).limit(PAGE + 1)).scalars().all()
            rows = _read(connection, [among(_of.id, ids)], query)
        else:
            # Many are found, so a page of them is soon met where all are in this order anyway.
            rows = _read(connection, [soon_met(conditions)], query)
        shown = rows[:PAGE]
        following = _cursor(shown[-1], query.sort) if len(rows) > PAGE else None
        seen = seeing.visible(shown)
        objections = objections_due(connection, seeing, seen)
        found = tuple(found_in(seeing.version(row), row, now, objections) for row in seen)
        return Page(found, count, following)


def _within(
    connection: Connection,
    seeing: Seeing,
    conditions: Sequence[ColumnElement[bool]],
    query: Query,
    places: Sequence[_Place] | None,
) -> tuple[int, Sequence[int]]:
    """Return how many were found, of more than `COUNTED` only that many and one, and the ids where they are no more.

    Each column that is searched has an index of its own; a database that is asked of all in one condition may rather
    read all rows than look into each.
    """
    if not query.text:
        if places is not None and not query.late and all(one.theirs is not None for one in places):
            many = sum(one.theirs or 0 for one in places) > COUNTED
        else:
            # An index alone may tell how many; rows are read once they are known to be few.
            some = select(literal(1)).select_from(t.nomination).where(*conditions).limit(COUNTED + 1).subquery()
            many = connection.execute(select(func.count()).select_from(some)).scalar_one() > COUNTED
        if many:
            return COUNTED + 1, ()
        few = connection.execute(select(_of.id).where(*conditions)).scalars().all()
        return len(few), few
    found: set[int] = set()
    for one in _beginnings(connection, seeing, query.text):
        here = select(_of.id).where(one, looked_at(conditions[:-1]))
        found.update(connection.execute(here.limit(COUNTED + 1)).scalars())
        if len(found) > COUNTED:
            return COUNTED + 1, ()
    return len(found), sorted(found)


def _beginnings(connection: Connection, seeing: Seeing, text: str) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that a nomination is found by a text, each by one index; none where nothing could be.

    A number begins with its program's id. Units and nominators are few: those that begin so are looked up first, since
    no database knows that they nominate in other programs than the reader's.
    """
    programs = [one.program.id for one in seeing.everything if one.program.id in seeing.concerned]
    number = folded(text)
    whole = [one for one in programs if f"{one}-".startswith(number)]
    if whole:
        yield _of.program_id.in_(whole)
    elif any(number.startswith(f"{one}-") for one in programs):
        yield begins(_of.number, number)
    yield from ending(seeing, text)
    yield begins(_of.nominee, text)
    for column, side in ((_of.unit, t.side.c.unit), (_of.nominator, t.side.c.nominator)):
        known = select(side).where(t.side.c.program_id.in_(programs), begins(side, text)).distinct()
        names = connection.execute(known.limit(_NAMES + 1)).scalars().all()
        if len(names) > _NAMES:
            yield begins(column, text)
        elif names:
            yield and_(_of.program_id.in_(programs), column.in_(sorted(names)))


def _read(connection: Connection, conditions: Sequence[ColumnElement[bool]], query: Query) -> Sequence[Row[Any]]:
    """Return the rows of a page, and one more where there is one."""
    return connection.execute(ordered(select(t.nomination).where(*conditions), query).limit(PAGE + 1)).all()


def _places(connection: Connection, seeing: Seeing, query: Query) -> Sequence[_Place] | None:
    """Return the places of what was asked for, as it is kept how many stand at each; none where rows tell that alone.

    Filters by time and by text are not asked for here.
    """
    kept = t.standing.c
    sure = query.mine and seeing.waiting_is_counted
    if not sure and seeing.counted is None and not seeing.whole:
        return None
    mine = and_(kept.holder != "", seeing.waiting_in(kept)) if query.mine else true()
    seen = true() if sure else seeing.counted
    if seen is None:
        seen = kept.program_id.in_(sorted(seeing.whole))
    theirs, held = and_(mine, seen), kept.holder != ""
    known = {one.program.id for one in seeing.everything} if sure or seeing.counted is not None else seeing.whole
    sums = [func.sum(case((one, kept.nominations), else_=0)) for one in (held, and_(held, theirs), theirs)]
    stands = select(kept.program_id, kept.stage, *sums).where(kept.nominations != 0)
    stands = stands.where(kept.program_id.in_([query.program] if query.program else sorted(seeing.concerned)))
    stands = stands.group_by(kept.program_id, kept.stage).order_by(kept.program_id, kept.stage)
    return [
        _Place(program_id, stage, held, held_by_them, theirs if program_id in known and not seeing.recused else None)
        for program_id, stage, held, held_by_them, theirs in connection.execute(stands).tuples()
        if not query.stage or stage == query.stage or stage.startswith(f"{query.stage}.")
    ]


def _first_of_places(
    connection: Connection, seeing: Seeing, query: Query, now: datetime, places: Sequence[_Place]
) -> Sequence[int]:
    """Return the ids of a page that is sorted by an instant, found at the head of each place, as its index has them.

    To sort all that was found would take longer the more there is.
    """
    seen, *others = conditions_of(seeing, replace(query, mine=False, program="", stage=""), now)
    waiting = [seeing.waiting] if query.mine else []
    theirs = waiting if query.mine and seeing.waiting_is_counted else [seen, *waiting]
    heads = []
    for place in places:
        asked = [_of.program_id == place.program_id, _of.stage == place.stage, *others]
        if place.theirs is None:
            asked += theirs
        elif not place.held_by_them:
            continue
        elif place.held_by_them != place.held:
            # Where many are theirs, a page of them is soon met; where few are, an index finds just these.
            asked += [soon_met(theirs)] if place.held_by_them > COUNTED else theirs
        head = ordered(select(_of.id.label("id")).where(_of.holder.is_not(None), *asked), query)
        heads.append(head.limit(PAGE + 1).subquery())
    found: list[int] = []
    for first in range(0, len(heads), _TOGETHER):
        some = heads[first : first + _TOGETHER]
        found += connection.execute(union_all(*(select(head.c.id) for head in some))).scalars()
    return found


def objections_due(connection: Connection, seeing: Seeing, rows: Sequence[Row[Any]]) -> Mapping[int, datetime]:
    """Return by when something is to be done about objections to these nominations, the first by their ids.

    Of those to which the reader may see objections.
    """
    of, objected = t.objection.c, [row.id for row in rows if is_objected(row.stage) and seeing.hears_of(row)]
    query = (
        select(of.nomination_id, func.min(of.due_at))
        .where(of.nomination_id.in_(objected), of.outcome.is_(None), of.due_at.is_not(None))
        .group_by(of.nomination_id)
    )
    return dict(connection.execute(query).tuples().all()) if objected else {}


def is_objected(standing: str) -> bool:
    """Whether this is where a nomination stands while an objection to it is looked into."""
    return standing.endswith(_OBJECTED)


def found_in(running: Running, row: Row[Any], now: datetime, objections: Mapping[int, datetime]) -> Found:
    """Return a nomination's row as it stands in a list, by the version of its program that it is judged by.

    `objections` are those of `objections_due`.
    """
    planned = planned_of(running).get(running.pipeline.standings[row.stage].stage)
    by = row.due_at or objections.get(row.id) or planned
    late = by is not None and by <= now and row.holder is not None
    return Found(
        number=row.number,
        program=running.program,
        nominee=row.nominee,
        unit=row.unit,
        nominator=row.nominator,
        stage=row.stage,
        standing=running.pipeline.standings[row.stage].name,
        holder=row.holder,
        since=row.moved_at,
        by=by if row.holder else None,
        days_left=working_days_left(running.calendar, now, by) if by and not late and row.holder else None,
        late=late,
        moves=running.pipeline.moves_from(row.stage),
    )


def _cursor(row: Row[Any], sort: Sort) -> str:
    instants = {Sort.DUE: row.due_at, Sort.WAITING: row.moved_at}
    return f"{instants[sort].isoformat()}|{row.id}" if sort in instants else str(row.id)


def programs_seen(desk: Desk, actor: Actor, now: datetime) -> tuple[Program, ...]:
    """Return the programs that somebody may know."""
    with desk.store.read() as connection:
        return tuple(running.program for running in seeing_as(desk, connection, actor, now).programs)
