"""Which calendar a database is counted by: the schedules loaded into it, and how much the one that counted last knew.

A machine counts by three layers, each over the one before: what its `holidays` library knows, the schedules in its own
data folder (`operations.schedules`), and those in the database, which all who work with that have in common.
"""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from deadlines.calendar import WorkCalendar
from deadlines.schedules import parse_schedule
from deadlines.zone import SHANGHAI
from programs import Words
from states import Refusal
from store import tables as t

_NEVER = datetime(2001, 1, 1, tzinfo=SHANGHAI)


class Reach(NamedTuple):
    """How much a calendar knows: through which day, when its newest schedule was loaded, how many days it has facts of.

    Of calendars that differ, only one that knows more counts again: two machines of different versions would else move
    a date back and forth for ever.
    """

    through: date
    loaded_at: datetime
    facts: int


class Counted(NamedTuple):
    """The calendar that a database was counted with last."""

    fingerprint: str
    reach: Reach


def generation(connection: Connection) -> int:
    """Return a number that grows with every schedule that is loaded into the database; 0 before the first."""
    newest: int | None = connection.execute(select(func.max(t.schedule.c.id))).scalar()
    return newest or 0


def with_schedules(calendar: WorkCalendar, connection: Connection) -> WorkCalendar:
    """Return the calendar with the schedules that were loaded into the database, a year's own before its revisions."""
    of = t.schedule.c
    for content in connection.execute(select(of.content).order_by(of.year, of.revision, of.id)).scalars():
        calendar = calendar.with_schedule(parse_schedule(content))
    return calendar


def reach_of(calendar: WorkCalendar, connection: Connection) -> Reach:
    """Return how much a calendar knows that has taken in the database's schedules."""
    loaded = connection.execute(select(func.max(t.schedule.c.loaded_at))).scalar()
    return Reach(calendar.published_through, loaded or _NEVER, calendar.facts_known)


def counted_with(connection: Connection) -> Counted | None:
    """Return the calendar that the database was counted with last; none before the first time."""
    used = connection.execute(select(t.calendar_used)).one_or_none()
    if used is None:
        return None
    return Counted(used.fingerprint, Reach(used.published_through, used.loaded_at or _NEVER, used.facts))


def behind(calendar: WorkCalendar, connection: Connection) -> Refusal | None:
    """Refuse to announce dates by a calendar that knows less than the one that the database was counted with."""
    used = counted_with(connection)
    if used is None or used.fingerprint == calendar.fingerprint or reach_of(calendar, connection) >= used.reach:
        return None
    return Refusal(
        "calendar-current",
        Words(
            "本机的放假安排到 {own}，少于数据库计算时所知（到 {used}）",
            "this machine knows holiday schedules through {own}, less than the database was counted with ({used})",
        ).format(own=calendar.published_through, used=used.reach.through),
        Words(
            "请升级本机的程序，或用 linxuan calendar load 导入放假安排后再办理",
            "upgrade the product on this machine, or load the schedule with: linxuan calendar load",
        ),
    )
