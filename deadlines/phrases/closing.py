"""When a point in time closes, and what is to be said about the day on which it does."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from deadlines.errors import OutsideCalendarError
from deadlines.findings import Finding, schedule_unpublished
from deadlines.phrases import syntax as s
from deadlines.phrases.clocks import resolve_clock
from deadlines.phrases.context import Context
from deadlines.phrases.dates import Stretch
from deadlines.phrases.reading import Reading
from deadlines.phrases.sentences import UnresolvedError, finding
from deadlines.zone import at, day_end, last_day_before, midnight
from programs.counting import Unit
from programs.words import Words

_EARLY: Final = time(7)
_WEEKDAYS: Final = Words("星期一星期二星期三星期四星期五星期六星期日", "Mon Tue Wed Thu Fri Sat Sun")


def closing(point: s.Point, stretch: Stretch, edge: s.Edge, context: Context) -> tuple[datetime, tuple[Finding, ...]]:
    """Return the first instant too late at a point, and what is to be said about it."""
    day = stretch.last
    remarks = weekday_remarks(point, day, context)
    if point.clock is not None:
        closes = resolve_clock(point.clock, day, context)
        if closes == midnight(day):
            remarks += (finding("midnight_start", day=day),)
        elif closes < at(day, _EARLY) and point.clock.part is None:
            remarks += (finding("early_hour", hour=f"{closes:%H:%M}"),)
        return closes, remarks
    ends_a_time = isinstance(point.date, s.MonthOf | s.MonthsOf | s.QuarterOf)
    if edge.included is False or (edge.before and edge.included is None and not context.before_included):
        return midnight(day), remarks
    if (edge.before or ends_a_time) and edge.included is None and context.before_included:
        remarks += (finding("before_ambiguous", day=day),)
    return day_end(day), remarks


def check_edge(edge: s.Edge, quote: str) -> None:
    """Refuse words that leave open when a point closes: 左右, 之后."""
    if edge.approximate:
        raise UnresolvedError("approximate")
    if edge.after:
        raise UnresolvedError("after_date", quote=quote)


def closed(reading: Reading, edge: s.Edge) -> Reading:
    """Complete a reading whose closing instant is known."""
    if reading.closes is None:
        raise ValueError("a reading is completed once it closes")
    remarks = [finding(code) for code in ("tentative", "superseding") if getattr(edge, code)]
    return replace(reading, last_day=last_day_before(reading.closes), findings=(*reading.findings, *remarks))


def weekday_remarks(point: s.Point, day: date, context: Context) -> tuple[Finding, ...]:
    """Check the weekdays that the text gives beside a date."""
    remarks = []
    for stated in point.weekdays:
        if stated.weekday != day.weekday():
            remarks.append(
                finding("weekday_mismatch", day=day, right=_weekday(day.weekday()), written=_weekday(stated.weekday))
            )
        elif stated.week is not None and context.issued is not None:
            monday = context.issued - timedelta(days=context.issued.weekday()) + timedelta(weeks=stated.week)
            if not monday <= day <= monday + timedelta(days=6):
                remarks.append(finding("week_mismatch", day=day))
    return tuple(remarks)


def _weekday(number: int) -> Words:
    return Words(_WEEKDAYS.zh[number * 3 : number * 3 + 3], _WEEKDAYS.en.split()[number])


def with_day_off(reading: Reading, context: Context) -> Reading:
    """Remark that the last day is off, or that its schedule is not published, as far as the calendar covers it."""
    if reading.last_day is None or reading.window:
        return reading
    try:
        day = context.calendar.day(reading.last_day)
    except OutsideCalendarError:
        return replace(reading, findings=(*reading.findings, finding("outside_calendar", day=reading.last_day)))
    remarks: tuple[Finding, ...] = ()
    if not day.working and not reading.has("on_day_off"):
        remarks += (finding("on_day_off", day=reading.last_day, name=day.name),)
    if day.provisional and not (reading.provisional or reading.has("schedule_unpublished")):
        remarks += (schedule_unpublished(reading.last_day),)
    return replace(reading, findings=reading.findings + remarks)


def rolled(reading: Reading, context: Context, *, forward: bool = True) -> Reading:
    """Apply a clause that moves days off forward, or back; the hour stays."""
    if reading.closes is None or reading.last_day is None or reading.unit is Unit.WORKING:
        return reading
    calendar = context.calendar
    move = calendar.next_working_day if forward else calendar.previous_working_day
    target = move(reading.last_day)
    if target == reading.last_day:
        note = finding("roll_unneeded", day=reading.last_day)
        return replace(reading, findings=(*reading.findings, note))
    notes = [finding("rolled", day=reading.last_day, rolled=target)]
    if calendar.is_provisional(min(reading.last_day, target), max(reading.last_day, target)):
        notes.append(finding("provisional"))
    return replace(
        reading,
        closes=reading.closes + (target - reading.last_day),
        last_day=target,
        findings=(*reading.findings, *notes),
    )
