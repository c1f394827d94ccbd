"""The calendar that all who work with one database count by: taking in a published schedule."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from deadlines.schedules import Schedule
from deadlines.zone import shanghai_day
from operations.acts import Act
from operations.authority import refuses
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.policy import Deed
from operations.recount import recount
from operations.recounting import Recount
from operations.results import Denied
from operations.told_events import own_events_saying
from store import INSTALLATION, hold
from store import tables as t

#: The month from which the next year's schedule is asked for; it is announced in November as a rule.
ASKED_FROM: Final = 10


def missing_schedule(through: date, now: datetime) -> int | None:
    """Return the year of which the schedule should be loaded by now and is not, where it is known `through` a day."""
    wanted = now.year + (now.month >= ASKED_FROM)
    return wanted if through.year < wanted else None


def is_asked(connection: Connection, year: int, now: datetime) -> bool:
    """Whether the administrators were asked for a year's schedule in the calendar week of `now`."""
    week = shanghai_day(now).isocalendar()[:2]
    return any(
        event.get("year") == year and shanghai_day(datetime.fromisoformat(event["now"])).isocalendar()[:2] == week
        for event in own_events_saying(connection, ['"kind":"schedule.asked"'])
    )


def note_asked(desk: Desk, year: int, act: Act) -> None:
    """Keep that the administrators were asked for a year's schedule."""
    with desk.store.write() as transaction:
        transaction.record(INSTALLATION, "schedule.asked", year=year, **act.signature())


def load_schedule(desk: Desk, schedule: Schedule, content: bytes, act: Act) -> Recount | Denied | None:
    """Take a schedule into the database, and count what runs again.

    A whole year replaces what was loaded of it; the same revision twice counts once, as the newest. None is returned
    where this machine knows less than the one that the database was counted with, so that nothing was counted again.
    """
    of = t.schedule.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        if refusal := refuses(connection, act.actor, Deed.LOAD_SCHEDULE, Matter()):
            return Denied((refusal,))
        replaced = (of.year == schedule.year, of.revision.is_(schedule.revision))
        # A revision that is loaded once more is the newest again.
        same = () if not schedule.revision else (of.content == content,)
        hold(connection, [("calendar",)])
        newest = connection.execute(select(func.coalesce(func.max(of.id), 0))).scalar_one()
        connection.execute(delete(t.schedule).where(*replaced, *same))
        connection.execute(
            insert(t.schedule).values(
                id=newest + 1,
                year=schedule.year,
                revision=schedule.revision,
                content=content,
                loaded_at=act.now,
                actor=act.actor.name,
            )
        )
    return recount(desk, act)
