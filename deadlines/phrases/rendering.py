"""Writes a reading as the plainest phrase that means it, so that reading the phrase again gives the same answer."""

from datetime import date, datetime

from deadlines.calendar import WorkCalendar
from deadlines.phrases.reading import Kind, Reading
from deadlines.zone import ONE_DAY, SHANGHAI, last_day_before, midnight
from programs.counting import Unit


def render(reading: Reading, calendar: WorkCalendar | None = None) -> str:
    """Return a phrase for a reading; an unresolved one keeps its own text.

    A yearly phrase has no year: read it again with the first occurrence, or its beginning, as the issue date. A period
    in months has no number of days and is written as the date that it ends on.
    """
    if reading.closes is None or reading.last_day is None:
        return reading.text
    if reading.kind is Kind.PERIOD and reading.unit is not None and reading.count is not None:
        return _period(reading.last_day, reading.count, reading.unit, calendar or WorkCalendar.china())
    yearly = reading.kind is Kind.YEARLY
    end = _end(reading, yearly=yearly)
    start = f"{_start(reading.opens, yearly=yearly)}至" if reading.opens is not None else ""
    return f"{'每年' if yearly else ''}{start}{end}"


def _period(last: date, count: int, unit: Unit, calendar: WorkCalendar) -> str:
    """Name the first day: X日起 makes X day 1."""
    if unit is Unit.CALENDAR:
        return f"{_day(date.fromordinal(last.toordinal() - count + 1))}起{count}日内"
    first = last if count == 1 else calendar.add_working_days(last, 1 - count)
    return f"{_day(first)}起{count}个工作日内"


def _start(opens: datetime, *, yearly: bool) -> str:
    local = opens.astimezone(SHANGHAI)
    clock = "" if local == midnight(local.date()) else f"{local:%H:%M:%S}"
    return _day(local.date(), yearly=yearly) + clock


def _end(reading: Reading, *, yearly: bool) -> str:
    closes = reading.closes
    if closes is None:
        raise ValueError("an unresolved reading has no end")
    local = closes.astimezone(SHANGHAI)
    day = last_day_before(local)
    if local == midnight(day + ONE_DAY):
        clock = "24:00" if reading.kind is Kind.INSTANT else ""
    else:
        clock = f"{local:%H:%M:%S}"
    before = "前" if reading.has("before_ambiguous") else "止"
    return f"{_day(day, yearly=yearly)}{clock}{before}"


def _day(day: date, *, yearly: bool = False) -> str:
    return f"{'' if yearly else f'{day.year}年'}{day.month}月{day.day}日"
