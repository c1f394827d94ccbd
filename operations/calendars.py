"""The calendar that all who work with one database count by: taking in a published schedule."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import delete, func, insert, select

from deadlines.schedules import Schedule
from operations.acts import Act
from operations.authority import refuses
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.policy import Deed
from operations.recount import recount
from operations.recounting import Recount
from operations.results import Denied
from store import hold
from store import tables as t

#: The month from which the next year's schedule is asked for; it is announced in November as a rule.
ASKED_FROM: Final = 10


def missing_schedule(through: date, now: datetime) -> int | None:
    """Return the year of which the schedule should be loaded by now and is not, where it is known `through` a day."""
    wanted = now.year + (now.month >= ASKED_FROM)
    return wanted if through.year < wanted else None


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
