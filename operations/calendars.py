"""The calendar that all who work with one database count by: taking in a published schedule."""

from sqlalchemy import delete, insert, select

from deadlines.schedules import Schedule
from operations.actors import ADMINISTRATORS, may_act
from operations.acts import Act
from operations.desk import Desk
from operations.recount import Recount, recount
from operations.results import Denied
from programs import Words
from store import tables as t


def load_schedule(desk: Desk, schedule: Schedule, content: bytes, act: Act) -> Recount | Denied:
    """Take a schedule into the database, and count what runs again.

    A whole year replaces what was loaded of it; the same revision twice counts once.
    """
    refusal = may_act(act.actor, Words("导入放假安排", "load a schedule"), ADMINISTRATORS)
    if refusal:
        return Denied((refusal,))
    of = t.schedule.c
    with desk.store.write() as transaction:
        connection = transaction.connection
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
