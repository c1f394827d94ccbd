"""The one time zone of the product, and the few instants that dates turn into.

Every instant is an aware `datetime` in `SHANGHAI`. What ends is stored as the first instant that is too late: 24:00 of
30 April is 1 May 00:00.
"""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")

ONE_DAY: Final = timedelta(days=1)


def at(day: date, clock: time) -> datetime:
    """Return the instant at which a Shanghai clock shows that time on that day."""
    return datetime.combine(day, clock, tzinfo=SHANGHAI)


def midnight(day: date) -> datetime:
    """Return the instant at which the day begins, 00:00."""
    return at(day, time.min)


def day_end(day: date) -> datetime:
    """Return the first instant after the day: 24:00, which is 00:00 of the next day.

    Raises `OverflowError` for 9999-12-31, the last day that Python knows.
    """
    return midnight(day + ONE_DAY)


def shanghai_day(moment: date | datetime) -> date:
    """Return the Shanghai day of an aware instant; a plain date is its own day.

    Raises `ValueError` for an instant without a zone, because its day is unknown.
    """
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(SHANGHAI).date()


def last_day_before(closes: datetime) -> date:
    """Return the last day on which something can still be done before `closes`, which is the first instant too late."""
    local = closes.astimezone(SHANGHAI)
    return local.date() - ONE_DAY if local.time() == time.min else local.date()
