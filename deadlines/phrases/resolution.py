"""Answers one item of a text: what opens, what closes, and what is to be said about it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from deadlines.errors import OutsideCalendarError
from deadlines.findings import Finding
from deadlines.periods import Convention, Unit, publicity_period
from deadlines.phrases import syntax as s
from deadlines.phrases.clocks import resolve_clock
from deadlines.phrases.context import Context
from deadlines.phrases.dates import (
    Stretch,
    first_on_or_after,
    in_year,
    last_on_or_before,
    resolve_date,
    year_of,
)
from deadlines.phrases.reading import Kind, Reading
from deadlines.phrases.sentences import UnresolvedError, finding
from deadlines.zone import ONE_DAY, at, day_end, last_day_before, midnight
from programs.words import Words

_LONGEST = timedelta(days=366)
_HALF_A_YEAR = timedelta(days=183)
_EARLY = time(7)
_WEEKDAYS = Words("星期一星期二星期三星期四星期五星期六星期日", "Mon Tue Wed Thu Fri Sat Sun")


def resolve(item: s.Item, quote: str, context: Context) -> Reading:
    """Return the reading of one item; unresolved, with the reason, where it cannot be answered."""
    try:
        return _resolve(item, quote, context)
    except UnresolvedError as error:
        unresolved = Reading(quote, Kind.UNRESOLVED, findings=(error.finding,))
        if isinstance(item, s.Counted) and not item.span.months and not item.span.hours:
            return replace(unresolved, unit=item.span.unit, count=item.span.count)
        return unresolved


def _resolve(item: s.Item, quote: str, context: Context) -> Reading:
    match item:
        case s.Deadline():
            return _deadline(item, quote, context)
        case s.Range():
            return _range(item, quote, context)
        case s.Counted():
            return _counted(item, quote, context)
        case s.Yearly():
            return _yearly(item, quote, context)
        case s.Recurring():
            raise UnresolvedError("recurs_often")
        case s.Hours():
            raise UnresolvedError("hours_only")
        case s.Beginning():
            raise UnresolvedError("no_end")
        case _:
            raise UnresolvedError("not_a_deadline", quote=quote)


# -- deadlines --


def _deadline(item: s.Deadline, quote: str, context: Context) -> Reading:
    edge, point = item.edge, item.point
    _check_edge(edge, quote)
    if point.date is None:
        raise UnresolvedError("date_missing")
    stretch = resolve_date(point.date, context)
    if not stretch.exact:
        return _window(stretch, item, quote, context)
    closes, remarks = _closing(point, stretch, edge, context)
    if context.issued and closes <= midnight(context.issued):
        remarks += (finding("before_issue", issued=context.issued),)
    kind = Kind.DATE if point.clock is None else Kind.INSTANT
    return _closed(Reading(quote, kind, closes=closes, findings=stretch.findings + remarks), edge)


def _window(stretch: Stretch, item: s.Deadline, quote: str, context: Context) -> Reading:
    """A month or a part of one is open from its first day to its last; what closes 'before' it is anyone's guess."""
    if item.point.clock is not None:
        raise UnresolvedError("vague_date", quote=quote)
    if item.edge.marked and not item.edge.tentative:
        raise UnresolvedError("before_vague", quote=quote)
    findings = stretch.findings
    if context.issued and stretch.first < context.issued:
        findings += (finding("begins_before_issue", first=stretch.first, issued=context.issued),)
    reading = Reading(quote, Kind.RANGE, midnight(stretch.first), day_end(stretch.last), findings=findings, window=True)
    return _closed(reading, item.edge)


def _closing(point: s.Point, stretch: Stretch, edge: s.Edge, context: Context) -> tuple[datetime, tuple[Finding, ...]]:
    """Return the first instant too late at a point, and what is to be said about it."""
    day = stretch.last
    remarks = _weekday_remarks(point, day, context)
    if point.clock is not None:
        closes = resolve_clock(point.clock, day, context)
        if closes == midnight(day):
            remarks += (finding("midnight_start", day=day),)
        elif closes < at(day, _EARLY) and point.clock.part is None:
            remarks += (finding("early_hour", hour=f"{closes:%H:%M}"),)
        return closes, remarks
    ends_a_time = isinstance(point.date, s.MonthOf | s.MonthsOf)
    if edge.included is False or (edge.before and edge.included is None and not context.before_included):
        return midnight(day), remarks
    if (edge.before or ends_a_time) and edge.included is None and context.before_included:
        remarks += (finding("before_ambiguous", day=day),)
    return day_end(day), remarks


def _check_edge(edge: s.Edge, quote: str) -> None:
    if edge.approximate:
        raise UnresolvedError("approximate")
    if edge.after:
        raise UnresolvedError("after_date", quote=quote)


def _closed(reading: Reading, edge: s.Edge) -> Reading:
    """Complete a reading whose closing instant is known."""
    if reading.closes is None:
        raise ValueError("a reading is completed once it closes")
    remarks = [finding(code) for code in ("tentative", "superseding") if getattr(edge, code)]
    return replace(reading, last_day=last_day_before(reading.closes), findings=(*reading.findings, *remarks))


def _weekday_remarks(point: s.Point, day: date, context: Context) -> tuple[Finding, ...]:
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


# -- ranges --


def _range(item: s.Range, quote: str, context: Context) -> Reading:
    _check_edge(item.edge, quote)
    if isinstance(item.start, s.Event):
        return _range_from_event(item, item.start, quote, context)
    start, end = _aligned(item.start, item.end)
    if start.date is None or end.date is None:
        raise UnresolvedError("hours_only")
    if isinstance(start.date, s.WeekdayOf) and isinstance(end.date, s.WeekdayOf):
        raise UnresolvedError("recurs_often")
    first, last = _both_ends(start.date, end.date, context)
    _check_range(first, last, context, wrapped=year_of(end.date) is None)
    opens = midnight(first.first) if start.clock is None else resolve_clock(start.clock, first.first, context)
    closes, remarks = _range_close(end, last, item.edge, context)
    if closes <= opens:
        raise UnresolvedError("range_backwards", first=f"{opens:%Y-%m-%d %H:%M}", last=f"{closes:%Y-%m-%d %H:%M}")
    if not first.exact and context.issued and first.first < context.issued:
        remarks += (finding("begins_before_issue", first=first.first, issued=context.issued),)
    findings = first.findings + _weekday_remarks(start, first.first, context) + last.findings + remarks
    if item.daily_hours:
        findings += (finding("hours_stated"),)
    window = not last.exact and end.clock is None
    return _closed(Reading(quote, Kind.RANGE, opens, closes, findings=findings, window=window), item.edge)


def _range_from_event(item: s.Range, event: s.Event, quote: str, context: Context) -> Reading:
    known = context.event or (context.issued if event.published else None)
    if item.end.date is None:
        raise UnresolvedError("date_missing")
    last = resolve_date(item.end.date, context)
    closes, remarks = _range_close(item.end, last, item.edge, context)
    findings = last.findings + remarks
    if known is None:
        findings += (finding("opens_unknown"),)
    elif last.last < known:
        raise UnresolvedError("range_backwards", first=known, last=last.last)
    elif last.last - known > _LONGEST:
        raise UnresolvedError("range_too_long", first=known, last=last.last)
    opens = None if known is None else midnight(known)
    return _closed(Reading(quote, Kind.RANGE, opens, closes, findings=findings), item.edge)


def _range_close(end: s.Point, last: Stretch, edge: s.Edge, context: Context) -> tuple[datetime, tuple[Finding, ...]]:
    """The end of a range counts whole, whatever word closes it, unless the text excludes it."""
    return _closing(end, last, replace(edge, before=False, included=edge.included is not False), context)


def _aligned(start: s.Point, end: s.Point) -> tuple[s.Point, s.Point]:
    """Give each end what it leaves to the other: 5-6月, 9月1-15日, 8:30-17:30."""
    if end.date is None and end.clock is not None and isinstance(start.date, s.DayOf | s.FromToday | s.WeekdayOf):
        end = replace(end, date=start.date)
    if isinstance(start.date, s.BareNumber) and isinstance(end.date, s.MonthOf):
        start = replace(start, date=s.MonthOf(start.date.year, s.Month(start.date.number)))
    if isinstance(end.date, s.BareNumber) and end.date.day_left_out:
        end = replace(end, date=s.BareDay(end.date.number))
    return start, end


def _both_ends(start: s.Date, end: s.Date, context: Context) -> tuple[Stretch, Stretch]:
    """Resolve both ends. A year that only the end states serves the start too."""
    end_year = year_of(end)
    dated = s.DayOf | s.MonthOf | s.MonthsOf
    if year_of(start) is None and isinstance(start, dated) and _has_month(start):
        if end_year is not None and end_year.number is not None and isinstance(end, dated):
            last = in_year(end, end_year.number)
            return last_on_or_before(start, last.first), last
        if end_year is None and context.issued is not None:
            return _from_issue(start, end, context.issued, context)
    first = resolve_date(start, context)
    return first, resolve_date(end, context, after=first.first)


def _from_issue(start: s.Date, end: s.Date, issued: date, context: Context) -> tuple[Stretch, Stretch]:
    """Take the issue year unless the whole range lies before the issue date; then the next."""
    first = last = None
    for year in (issued.year, issued.year + 1):
        first = in_year(start, year)
        last = resolve_date(end, context, after=first.first)
        if last.last >= issued:
            break
    if first is None or last is None:
        raise UnresolvedError("out_of_range")
    note = finding("year_from_issue", year=first.first.year)
    return replace(first, findings=(*first.findings, note)), last


def _has_month(stated: s.Date) -> bool:
    return not isinstance(stated, s.DayOf | s.MonthOf) or stated.month.number is not None


def _check_range(first: Stretch, last: Stretch, context: Context, *, wrapped: bool) -> None:
    ends = {"first": first.first, "last": last.last}
    length = last.last - first.first
    if length < timedelta(0) or (wrapped and last.last.year > first.first.year and length > _HALF_A_YEAR):
        raise UnresolvedError("range_backwards", **ends)
    if length > _LONGEST:
        raise UnresolvedError("range_too_long", **ends)
    # A month's window may well have begun; a day that is told was either meant otherwise or is a slip.
    if first.exact and context.issued is not None and first.first < context.issued:
        raise UnresolvedError("range_before_issue", first=first.first, issued=context.issued)


# -- counted periods --


def _counted(item: s.Counted, quote: str, context: Context) -> Reading:
    span = item.span
    if span.approximate:
        raise UnresolvedError("approximate")
    if span.backwards:
        raise UnresolvedError("counts_back")
    if span.hours:
        raise UnresolvedError("hours_unsupported")
    if span.bound is not None:
        raise UnresolvedError("minimum_only" if span.bound == "least" else "maximum_only")
    if span.count < 1:
        raise UnresolvedError("length_only")
    day, convention, remarks = _anchor(item, context)
    if span.months:
        return _months_after(day, span.count, quote, remarks)
    explicit = convention is not None
    convention = convention or context.convention
    period = publicity_period(context.calendar, day, span.count, convention, span.unit, roll=context.roll)
    other = Convention.SAME_DAY if convention is Convention.NEXT_DAY else Convention.NEXT_DAY
    other_end = publicity_period(context.calendar, day, span.count, other, span.unit, roll=context.roll).last_day
    remarks += period.findings
    if not explicit and other_end != period.last_day:
        remarks += (finding("other_convention", convention=_CONVENTIONS[convention], other=other_end),)
    if period.provisional:
        remarks += (finding("provisional"),)
    return Reading(
        quote, Kind.PERIOD, None, period.closes, period.last_day, unit=span.unit, count=span.count, findings=remarks
    )


_CONVENTIONS = {
    Convention.NEXT_DAY: Words("次日起", "from the next day"),
    Convention.SAME_DAY: Words("当日起", "from the same day"),
}


def _anchor(item: s.Counted, context: Context) -> tuple[date, Convention | None, tuple[Finding, ...]]:
    """Return the day that the count refers to, and the convention where the words settle it."""
    match item.anchor:
        case s.Point(date=stated) as point if stated is not None:
            stretch = resolve_date(stated, context)
            if not stretch.exact:
                raise UnresolvedError("vague_date", quote="")
            remarks = stretch.findings + _weekday_remarks(point, stretch.last, context)
            return stretch.last, Convention.NEXT_DAY if item.after else Convention.SAME_DAY, remarks
        case s.Point():
            raise UnresolvedError("date_missing")
        case s.Event(published, convention):
            day = context.event or (context.issued if published else None)
            if day is None:
                raise UnresolvedError("event_missing")
            return day, convention, ()
        case _:
            if context.event is not None:
                return context.event, None, ()
            if context.issued is None:
                raise UnresolvedError("length_only")
            return context.issued, None, (finding("from_issue_date", issued=context.issued),)


def _months_after(day: date, count: int, quote: str, remarks: tuple[Finding, ...]) -> Reading:
    """Civil Code art. 202: a period in months ends on the day of the same number, or on the month's last day."""
    months = day.year * 12 + day.month - 1 + count
    month_end = in_year(s.MonthOf(None, s.Month(months % 12 + 1), s.Part.END), months // 12).last
    last = month_end.replace(day=min(day.day, month_end.day))
    return Reading(quote, Kind.PERIOD, None, day_end(last), last, findings=remarks)


# -- what recurs --


def _yearly(item: s.Yearly, quote: str, context: Context) -> Reading:
    inner = item.item
    stated = inner.point.date if isinstance(inner, s.Deadline) else inner.end.date
    bound = context.told + ONE_DAY if item.subsequent and context.told else context.issued
    if bound is None:
        raise UnresolvedError("year_missing")
    if stated is None:
        raise UnresolvedError("date_missing")
    first = first_on_or_after(stated, bound) if isinstance(stated, s.DayOf | s.MonthOf | s.MonthsOf) else None
    if first is None or year_of(stated) is not None:
        raise UnresolvedError("vague_date", quote=quote)
    dated = replace(context, issued=first.first, told=None)
    reading = (
        _deadline(inner, quote, dated) if isinstance(inner, s.Deadline) else _yearly_range(inner, quote, first, dated)
    )
    kept = tuple(note for note in reading.findings if note.code != "year_from_issue")
    return replace(reading, kind=Kind.YEARLY, findings=(*kept, finding("recurs_yearly")))


def _yearly_range(inner: s.Range, quote: str, last: Stretch, context: Context) -> Reading:
    """The first range whose end is still to come; it may have begun."""
    if not isinstance(inner.start, s.Point) or not isinstance(inner.start.date, s.DayOf | s.MonthOf | s.MonthsOf):
        raise UnresolvedError("vague_date", quote=quote)
    first = last_on_or_before(inner.start.date, last.first)
    return _range(inner, quote, replace(context, issued=first.first))


def off_day(reading: Reading, context: Context) -> Finding | None:
    """Return the finding that the last day is off, if it is and the calendar covers it."""
    if reading.last_day is None or reading.window:
        return None
    try:
        day = context.calendar.day(reading.last_day)
    except OutsideCalendarError:
        return None
    return None if day.working else finding("on_day_off", day=reading.last_day, name=day.name)


def rolled(reading: Reading, context: Context) -> Reading:
    """Apply a clause that moves days off forward; the hour stays."""
    if reading.closes is None or reading.last_day is None or reading.unit is Unit.WORKING:
        return reading
    target = context.calendar.next_working_day(reading.last_day)
    if target == reading.last_day:
        note = finding("roll_unneeded", day=reading.last_day)
        return replace(reading, findings=(*reading.findings, note))
    notes = [finding("rolled", day=reading.last_day, rolled=target)]
    if context.calendar.is_provisional(reading.last_day, target):
        notes.append(finding("provisional"))
    return replace(
        reading,
        closes=reading.closes + (target - reading.last_day),
        last_day=target,
        findings=(*reading.findings, *notes),
    )
