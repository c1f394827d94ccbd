"""When messages may reach people: working hours of working days, in Asia/Shanghai; at any hour what is urgent."""

from datetime import date, datetime

from deadlines import SHANGHAI, WorkCalendar
from deadlines.ladders import CLOSES, OPENS
from deadlines.zone import ONE_DAY, at, last_day_before


def next_working_instant(calendar: WorkCalendar, now: datetime) -> datetime:
    """Return `now` when it lies within working hours (17:30 itself is over), else the next opening.

    `now` is aware. Raises `deadlines.errors.OutsideCalendarError` beyond the calendar.
    """
    local = now.astimezone(SHANGHAI)
    today = local.date()
    if local.time() >= CLOSES:
        return at(calendar.next_working_day(today + ONE_DAY), OPENS)
    if calendar.is_working_day(today) and local.time() >= OPENS:
        return local
    return at(calendar.next_working_day(today), OPENS)


def is_working_instant(calendar: WorkCalendar, now: datetime) -> bool:
    """Say whether an aware instant lies within working hours."""
    return next_working_instant(calendar, now) == now


def opening_after(calendar: WorkCalendar, day: date) -> datetime:
    """Return when offices open on a day, or on the first working day after it."""
    return at(calendar.next_working_day(day), OPENS)


def is_urgent(calendar: WorkCalendar, now: datetime, due: datetime) -> bool:
    """Say whether no working day follows today before `due`: what is told tomorrow is told too late.

    What is overdue is not: a day more or less changes nothing of it.
    """
    return working_days_left(calendar, now, due) == 0


def working_days_left(calendar: WorkCalendar, now: datetime, due: datetime) -> int | None:
    """Return how many working days follow today up to `due`, the first instant too late; None once it has passed.

    0 says that today's is the last opening before the deadline. A reminder at step N of a ladder sees N.
    """
    if now >= due:
        return None
    today = now.astimezone(SHANGHAI).date()
    last = last_day_before(due)
    if at(last, OPENS) >= due:
        last -= ONE_DAY
    return calendar.count_working_days(today + ONE_DAY, last)
