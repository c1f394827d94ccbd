"""What time brings a program next: the instant at which something of it is due, opens, closes or is to be sent."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, bindparam, func, select

from operations.desk import Desk
from operations.overview import Dated
from operations.remind import next_delivery
from operations.rungs import next_rung, next_rung_of_terms
from store import tables as t
from store.types import Instant


def next_instant(
    desk: Desk, program_id: str, dates: tuple[Dated, ...], now: datetime, *, grace: timedelta = timedelta(0)
) -> datetime | None:
    """Return the first instant after `now` at which a sweep or a delivery has something to do for a program.

    Its key dates count too, as they tell people what has begun. What falls due is looked at once its `grace` is over,
    as a sweep with this grace leaves it alone until then. None where nothing is to come: the program is over, or
    everything in it waits for somebody.
    """
    left = now - grace
    with desk.store.read() as connection:
        due = [connection.execute(query, {"program": program_id, "now": left}).scalar() for query in _DUE]
        owed = next_delivery(connection, program_id)
    due += [mark for dated in dates for mark in (dated.key.opens, dated.key.closes)]
    marks = [mark + grace for mark in due if mark is not None]
    reached = (next_rung(desk, program_id, now), next_rung_of_terms(desk, program_id, now))
    marks += [mark for mark in (owed, *reached) if mark is not None]
    return min((mark for mark in marks if mark > now), default=None)


def _first(instant: ColumnElement[datetime], source: FromClause, *still: ColumnElement[bool]) -> Select[Any]:
    """Ask for the first of some instants of a program that is still to come."""
    mine = t.nomination.c.program_id == bindparam("program")
    return (
        select(func.min(instant)).select_from(source).where(mine, instant > bindparam("now", type_=Instant()), *still)
    )


#: What sweeps look for: nominations that time moves on, terms in which something falls due, objections still open.
_DUE = (
    _first(t.nomination.c.due_at, t.nomination),
    _first(t.tenure.c.next_at, t.tenure.join(t.nomination)),
    _first(t.objection.c.due_at, t.objection.join(t.nomination), t.objection.c.outcome.is_(None)),
)
