"""The key dates of a program, as of now: how many working days are left until each."""

from datetime import datetime

from deadlines.errors import OutsideCalendarError
from deadlines.keydates import KeyDate, KeyDates
from deadlines.zone import shanghai_day
from notifications.hours import working_days_left
from operations.desk import Running
from operations.overview.shapes import Dated


def dates_as_of(running: Running, dates: KeyDates, now: datetime) -> tuple[Dated, ...]:
    """Return all key dates in pipeline order."""
    return tuple(_dated(running, key, now) for key in dates)


def _dated(running: Running, key: KeyDate, now: datetime) -> Dated:
    left, provisional = None, key.provisional
    today = shanghai_day(now)
    if key.closes and key.last_day and key.closes > now:
        last = max(today, key.last_day)
        left, provisional = _left(running, now, key.closes), provisional or running.may_change(today, last)
    return Dated(running.program, key, left, provisional)


def _left(running: Running, now: datetime, closes: datetime) -> int | None:
    try:
        return working_days_left(running.calendar, now, closes)
    except OutsideCalendarError:
        return None
