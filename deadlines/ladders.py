"""When to remind of a deadline: so many working days before it, never on a day off, within working hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from deadlines.calendar import WorkCalendar
from deadlines.errors import LadderError
from deadlines.zone import ONE_DAY, at, last_day_before
from programs.words import Words

STEPS: Final = (5, 3, 1, 0)
OPENS: Final = time(9)
CLOSES: Final = time(17, 30)


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder: `before` working days ahead of the last useful one, at the instant `at` in Shanghai.

    `provisional`: the step crosses days whose holiday schedule is not published yet.
    """

    before: int
    at: datetime
    provisional: bool


def ladder(
    calendar: WorkCalendar,
    closes: datetime,
    steps: Iterable[int] = STEPS,
    clock: time = OPENS,
    *,
    day_before: bool = False,
    hours: tuple[time, time] = (OPENS, CLOSES),
) -> list[Rung]:
    """Return the reminders before `closes`, the first instant too late, the earliest first.

    Step 0 is the last working day on which something can still be done at the reminder's hour; the others step back
    from it by working days. `day_before` plans for the day before the last one, as for 前, which may exclude its day.

    Raises `LadderError` for an hour outside `hours` (the end excluded) or a negative step, `OutsideCalendarError` for
    days that the calendar does not cover.
    """
    if not hours[0] <= clock < hours[1]:
        raise LadderError(
            Words(
                "提醒时刻{clock}不在工作时间{first}至{last}内",
                "{clock} is outside the working hours, {first} to {last}",
            ).format(clock=f"{clock:%H:%M}", first=f"{hours[0]:%H:%M}", last=f"{hours[1]:%H:%M}")
        )
    wanted = sorted(set(steps), reverse=True)
    if wanted and wanted[-1] < 0:
        raise LadderError(Words("提前的工作日数不能为负", "a reminder cannot come a negative number of days ahead"))
    last = _last_useful_day(calendar, closes, clock, day_before=day_before)
    days = [calendar.add_working_days(last, -step) if step else last for step in wanted]
    return [
        Rung(step, at(day, clock), calendar.is_provisional(day, last)) for step, day in zip(wanted, days, strict=True)
    ]


def _last_useful_day(calendar: WorkCalendar, closes: datetime, clock: time, *, day_before: bool) -> date:
    last = last_day_before(closes)
    if day_before:
        last -= ONE_DAY
    day = calendar.previous_working_day(last)
    # A reminder at the hour of closing or after it helps nobody.
    return day if at(day, clock) < closes else calendar.add_working_days(day, -1)
