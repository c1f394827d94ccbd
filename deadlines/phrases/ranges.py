"""Answers what is open from one point to another."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from deadlines.findings import Finding
from deadlines.phrases import syntax as s
from deadlines.phrases.clocks import continued, resolve_clock
from deadlines.phrases.closing import check_edge, closed, closing, weekday_remarks
from deadlines.phrases.context import Context
from deadlines.phrases.dates import Stretch, in_year, last_on_or_before, resolve_date, year_of
from deadlines.phrases.reading import Kind, Reading
from deadlines.phrases.sentences import UnresolvedError, finding
from deadlines.zone import midnight
from programs.words import moment_in_words

_LONGEST: Final = timedelta(days=366)
_HALF_A_YEAR: Final = timedelta(days=183)


def resolve_range(item: s.Range, quote: str, context: Context) -> Reading:
    """Return the reading of a range; raises `UnresolvedError`."""
    check_edge(item.edge, quote)
    if isinstance(item.start, s.Event):
        return _range_from_event(item, item.start, quote, context)
    start, end = _aligned(item.start, item.end)
    if start.date is None or end.date is None:
        raise UnresolvedError("hours_only")
    if isinstance(start.date, s.WeekdayOf) and isinstance(end.date, s.WeekdayOf) and start.date.week is None:
        raise UnresolvedError("recurs_often")
    first, last = _both_ends(start.date, _in_week_of(start.date, end.date), context)
    _check_range(first, last, context, wrapped=year_of(end.date) is None)
    opens = midnight(first.first) if start.clock is None else resolve_clock(start.clock, first.first, context)
    closes, remarks = _range_close(end, last, item.edge, context)
    if closes <= opens:
        raise UnresolvedError("range_backwards", first=moment_in_words(opens), last=moment_in_words(closes))
    if not first.exact and context.issued and first.first < context.issued:
        remarks += (finding("begins_before_issue", first=first.first, issued=context.issued),)
    findings = first.findings + weekday_remarks(start, first.first, context) + last.findings + remarks
    if item.daily_hours:
        findings += (finding("hours_stated"),)
    window = not last.exact and end.clock is None
    return closed(Reading(quote, Kind.RANGE, opens, closes, findings=findings, window=window), item.edge)


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
    return closed(Reading(quote, Kind.RANGE, opens, closes, findings=findings), item.edge)


def _range_close(end: s.Point, last: Stretch, edge: s.Edge, context: Context) -> tuple[datetime, tuple[Finding, ...]]:
    """The end of a range counts whole, whatever word closes it, unless the text excludes it."""
    return closing(end, last, replace(edge, before=False, included=edge.included is not False), context)


def yearly_range(item: s.Range, quote: str, bound: date, context: Context) -> Reading:
    """Return the first range in a year's course whose end is on or after `bound`; it may have begun."""
    if not isinstance(item.start, s.Point):
        raise UnresolvedError("vague_date", quote=quote)
    start, end = _aligned(item.start, item.end)
    if start.date is None or end.date is None or year_of(start.date) is not None:
        raise UnresolvedError("vague_date", quote=quote)
    for year in (bound.year - 1, bound.year, bound.year + 1):
        first = in_year(start.date, year)
        if resolve_date(end.date, context, after=first.first).last >= bound:
            break
    else:
        raise UnresolvedError("out_of_range")
    return resolve_range(item, quote, replace(context, issued=first.first, told=None))


def _aligned(start: s.Point, end: s.Point) -> tuple[s.Point, s.Point]:
    """Give each end what it leaves to the other: 5-6月, 9月1-15日, 8:30-17:30."""
    if end.date is None and end.clock is not None and isinstance(start.date, s.DayOf | s.FromToday | s.WeekdayOf):
        end = replace(end, date=start.date, clock=continued(start.clock, end.clock))
    if isinstance(start.date, s.BareNumber) and isinstance(end.date, s.MonthOf):
        start = replace(start, date=s.MonthOf(start.date.year, s.Month(start.date.number)))
    if isinstance(end.date, s.BareNumber) and end.date.day_left_out:
        end = replace(end, date=s.BareDay(end.date.number))
    return start, end


def _in_week_of(start: s.Date, end: s.Date) -> s.Date:
    """Give a weekday the week of the one before it: 本周三至周五."""
    if isinstance(start, s.WeekdayOf) and isinstance(end, s.WeekdayOf) and end.week is None:
        return replace(end, week=start.week)
    return end


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
    if length < timedelta(0):
        raise UnresolvedError("range_backwards", **ends)
    if wrapped and last.last.year > first.first.year and length > _HALF_A_YEAR:
        # The next year was tried, and is too far: told is what the text says.
        raise UnresolvedError("range_backwards", first=first.first, last=f"{first.first.year}-{last.last:%m-%d}")
    if length > _LONGEST:
        raise UnresolvedError("range_too_long", **ends)
    # A month's window may well have begun; a day that is told was either meant otherwise or is a slip.
    if first.exact and context.issued is not None and first.first < context.issued:
        raise UnresolvedError("range_before_issue", first=first.first, issued=context.issued)
