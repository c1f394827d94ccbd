"""Counting periods again when the calendar has changed: a schedule was loaded, or the library knows a new year."""

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.desk import Desk
from operations.reach import counted_with, reach_of
from operations.recounting import Recount, count_again
from store import hold
from store import tables as t


def recount_if_changed(desk: Desk, act: Act) -> Recount | None:
    """Count again if the calendar is not the one that was counted with last; nothing where it is the same."""
    with desk.store.read() as connection:
        calendar, used = desk.learn(connection), counted_with(connection)
        if used and (used.fingerprint == calendar.fingerprint or reach_of(calendar, connection) <= used.reach):
            return None
    return recount(desk, act)


def recount(desk: Desk, act: Act) -> Recount | None:
    """Count every period that still runs again from its own start. Whatever changes is an event with both values.

    With an unchanged calendar nothing changes. A calendar that knows less than the last one did is an older version's:
    none is returned. Each program is a transaction; a recount that was killed is taken up by the next sweep, which
    still finds the calendar changed.
    """
    with desk.store.read() as connection:
        if desk.behind(connection):
            return None
        opened = connection.execute(
            select(t.program.c.id).where(t.program.c.opened_at.is_not(None)).order_by(t.program.c.id)
        )
        programs = opened.scalars().all()
    done = Recount()
    for program_id in programs:
        done.add(count_again(desk, program_id, act))
    with desk.store.write() as transaction:
        _remember(transaction.connection, desk, act)
    return done


def _remember(connection: Connection, desk: Desk, act: Act) -> None:
    # Several sweeps may have found the calendar changed at the same moment.
    hold(connection, [("calendar",)])
    calendar = desk.learn(connection)
    through, loaded_at, facts = reach_of(calendar, connection)
    connection.execute(delete(t.calendar_used))
    connection.execute(
        insert(t.calendar_used).values(
            id=1,
            fingerprint=calendar.fingerprint,
            published_through=through,
            loaded_at=loaded_at,
            facts=facts,
            counted_at=act.now,
        )
    )
