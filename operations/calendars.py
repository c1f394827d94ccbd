"""The calendar that all who work with one database count by: taking in a published schedule."""

from sqlalchemy import delete, insert, select

from deadlines.schedules import Schedule
from operations.acts import Act
from operations.authority import refuses
from operations.desk import Desk
from operations.policy import Deed, Matter
from operations.recount import Recount, recount
from operations.results import Denied
from store import tables as t


def load_schedule(desk: Desk, schedule: Schedule, content: bytes, act: Act) -> Recount | Denied:
    """Take a schedule into the database, and count what runs again.

    A whole year replaces what was loaded of it; the same revision twice counts once.
    """
    of = t.schedule.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        if refusal := refuses(connection, act.actor, Deed.LOAD_SCHEDULE, Matter()):
            return Denied((refusal,))
        replaced = (of.year == schedule.year, of.revision.is_(schedule.revision))
        if not schedule.revision:
            connection.execute(delete(t.schedule).where(*replaced))
        same = connection.execute(select(of.id).where(*replaced, of.content == content)).first()
        if same is None:
            connection.execute(
                insert(t.schedule).values(
                    year=schedule.year,
                    revision=schedule.revision,
                    content=content,
                    loaded_at=act.now,
                    actor=act.actor.name,
                )
            )
    return recount(desk, act)
