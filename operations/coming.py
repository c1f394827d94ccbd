"""What time brings a program next: the instant at which something of it is due, opens, closes or is to be sent."""

from datetime import datetime

from sqlalchemy import func, select

from operations.desk import Desk
from operations.overview import Dated
from operations.remind import next_delivery
from store import tables as t


def next_instant(desk: Desk, program_id: str, dates: tuple[Dated, ...], now: datetime) -> datetime | None:
    """Return the first instant after `now` at which a sweep or a delivery has something to do for a program.

    Its key dates count too, as they tell people what has begun. None where nothing is to come: the program is over, or
    everything in it waits for somebody.
    """
    of = t.nomination.c
    with desk.store.read() as connection:
        due = connection.execute(
            select(func.min(of.due_at)).where(of.program_id == program_id, of.due_at > now)
        ).scalar()
        owed = next_delivery(connection, program_id)
    marks = [mark for dated in dates for mark in (dated.key.opens, dated.key.closes)]
    return min((mark for mark in (due, owed, *marks) if mark is not None and mark > now), default=None)
