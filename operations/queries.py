"""What lists of nominations ask for: filters as conditions, the order, and where a page goes on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from unicodedata import normalize

from sqlalchemy import ColumnElement, Select, and_, case, or_, true

from deadlines.keydates import KeyDateKind
from operations.desk import Running
from operations.lookup import stands_in
from operations.numbered import number_of
from operations.seeing import Seeing
from store import tables as t

_of = t.nomination.c

#: Nothing sorts behind it.
_LAST: Final = "\U0010ffff"

#: How many digits the last part of a number may be given with.
_LONGEST_ORDINAL: Final = 9


#: The names that a search looks into, beside numbers, each by how it begins.
_SEARCHED: Final = (_of.nominee, _of.unit, _of.nominator)


class Sort(StrEnum):
    """In which order nominations are listed."""

    NUMBER = "number"
    NEWEST = "newest"
    DUE = "due"
    WAITING = "waiting"


#: Sorted by an instant, for which each place has an index.
OF_PLACES: Final = frozenset({Sort.DUE, Sort.WAITING})


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: of a program, at a stage or a place within one, by how a number or a name begins.

    A number is also found by its last part alone.

    `mine` waits for the actor's own organization, `late` is past what it was due or planned by. `after` is where the
    page before ended, as it said itself.
    """

    program: str = ""
    stage: str = ""
    text: str = ""
    mine: bool = False
    late: bool = False
    sort: Sort = Sort.NUMBER
    after: str = ""


def looked_at(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return conditions as one that is asked of each row that is found by something else, and looks into no index."""
    return case((and_(true(), *conditions), 1), else_=0) == 1


def soon_met(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return conditions as one that looks into no index either, and that a database takes for one that most rows meet.

    So it reads them in the order that is asked for, until a page is full, instead of sorting all.
    """
    return case((and_(true(), *conditions), 1), else_=0) != 0


def is_late(seeing: Seeing, query: Query, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a nomination is due, or stands where the notice planned to be done by now.

    What is due of an objection counts for those who may see it alone. Of the places that are over, those count that the
    query asks for: a database then finds by an index what is due at the others.
    """
    keys = seeing.keys_of(query.stage, query.program) if query.stage else None
    over = [
        and_(_of.program_id == running.program.id, _of.stage.in_(places))
        for running in seeing.programs
        if query.program in ("", running.program.id)
        if (places := [key for key in places_over(running, now) if keys is None or key in keys])
    ]
    late = [_of.due_at <= now]
    if (objected := seeing.objected_by(now)) is not None:
        late.append(and_(seeing.hears, objected))
    if over:
        late.append(and_(_of.due_at.is_(None), or_(*over)))
    return or_(*late)


def planned_of(running: Running) -> Mapping[str, datetime]:
    """Return when the planned times of stages end, by their ids."""
    return {one.id: one.closes for one in running.dates if one.kind is KeyDateKind.WINDOW and one.closes is not None}


def places_over(running: Running, now: datetime) -> list[str]:
    """Return the places of stages whose planned time is over, where somebody has yet to act."""
    planned = planned_of(running)
    return [
        key
        for key, standing in running.pipeline.standings.items()
        if not standing.ended and standing.stage in planned and planned[standing.stage] <= now
    ]


def conditions_of(seeing: Seeing, query: Query, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions that a nomination is somebody's to see, and one that was asked for."""
    # What waits for somebody is theirs to see, so it need not be asked twice: a database would think it rarer.
    implied = query.mine and seeing.waiting_is_counted
    asked: list[ColumnElement[bool]] = [true() if implied else seeing.condition]
    if query.program:
        asked.append(_of.program_id == seeing.program(query.program).program.id)
    if query.stage:
        places = seeing.keys_of(query.stage, query.program)
        asked.append(_of.stage.in_(sorted(places)) if places else stands_in(query.stage))
    if query.mine:
        asked.append(and_(seeing.waiting_in(_of, query.program), _of.holder.is_not(None)))
    if query.late:
        asked.append(and_(_of.holder.is_not(None), is_late(seeing, query, now)))
    if query.text:
        # The last one: who counts asks for each of these by itself.
        names = (begins(column, query.text) for column in _SEARCHED)
        asked.append(or_(begins(_of.number, folded(query.text)), *names, *ending(seeing, query.text)))
    return asked


def folded(text: str) -> str:
    """Return a text as numbers of nominations are written: in half width, without capitals or spaces around."""
    return normalize("NFKC", text).strip().lower()


def ending(seeing: Seeing, text: str) -> Iterator[ColumnElement[bool]]:
    """Yield the condition that a number ends so, of a text that is the last part of one, as people say it: 3."""
    text = folded(text)
    if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ORDINAL:
        programs = sorted(one.program.id for one in seeing.everything if one.program.id in seeing.concerned)
        yield _of.number.in_([number_of(one, int(text)) for one in programs])


def begins(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Return the condition that a name begins so, which an index answers."""
    return and_(column >= text, column < text + _LAST)


def ordered(query: Select[Any], asked: Query) -> Select[Any]:
    """Sort what is selected, and begin where the page before ended."""
    match asked.sort:
        case Sort.NUMBER:
            after = _whole(asked.after)
            return (query if after is None else query.where(_of.id > after)).order_by(_of.id)
        case Sort.NEWEST:
            after = _whole(asked.after)
            return (query if after is None else query.where(_of.id < after)).order_by(_of.id.desc())
        case Sort.DUE:
            return _from_moment(query.where(_of.due_at.is_not(None)), _of.due_at, asked.after)
        case Sort.WAITING:
            return _from_moment(query.where(_of.holder.is_not(None)), _of.moved_at, asked.after)


def is_no_place(asked: Query) -> bool:
    """Whether `after` is none that a page of such a list has told: the list is read from its first page then."""
    by_moment = asked.sort in OF_PLACES
    return asked.after != "" and (_moment(asked.after) if by_moment else _whole(asked.after)) is None


def _from_moment(query: Select[Any], column: ColumnElement[datetime], after: str) -> Select[Any]:
    """Sort by an instant, and begin behind the row that the page before ended with."""
    query = query.order_by(column, _of.id)
    if (place := _moment(after)) is None:
        return query
    at, last = place
    return query.where(or_(column > at, and_(column == at, _of.id > last)))


def _moment(text: str) -> tuple[datetime, int] | None:
    moment, _, number = text.partition("|")
    last = _whole(number)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return None if last is None or at.tzinfo is None else (at, last)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len("1000000000") else None
