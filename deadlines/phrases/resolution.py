"""Answers one item of a text: what opens, what closes, and what is to be said about it."""

from dataclasses import replace
from datetime import date

from deadlines.phrases import syntax as s
from deadlines.phrases.closing import check_edge, closed, closing
from deadlines.phrases.context import Context
from deadlines.phrases.counting import resolve_counted
from deadlines.phrases.dates import Stretch, first_on_or_after, resolve_date, year_of
from deadlines.phrases.ranges import resolve_range, yearly_range
from deadlines.phrases.reading import Kind, Reading
from deadlines.phrases.sentences import UnresolvedError, finding
from deadlines.zone import ONE_DAY, day_end, midnight


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
            return resolve_range(item, quote, context)
        case s.Counted():
            return resolve_counted(item, quote, context)
        case s.Yearly():
            return _yearly(item, quote, context)
        case s.Recurring():
            raise UnresolvedError("recurs_often")
        case s.Hours():
            raise UnresolvedError("hours_only")
        case s.Beginning():
            raise UnresolvedError("no_end")
        case s.Named(name):
            raise UnresolvedError("named_day", name=name)
        case _:
            raise UnresolvedError("not_a_deadline", quote=quote)


def _deadline(item: s.Deadline, quote: str, context: Context) -> Reading:
    edge, point = item.edge, item.point
    check_edge(edge, quote)
    if point.date is None:
        raise UnresolvedError("date_missing")
    stretch = resolve_date(point.date, context)
    if not stretch.exact:
        return _window(stretch, item, quote, context)
    closes, remarks = closing(point, stretch, edge, context)
    if context.issued and closes <= midnight(context.issued):
        remarks += (finding("before_issue", issued=context.issued),)
    kind = Kind.DATE if point.clock is None else Kind.INSTANT
    return closed(Reading(quote, kind, closes=closes, findings=stretch.findings + remarks), edge)


def _window(stretch: Stretch, item: s.Deadline, quote: str, context: Context) -> Reading:
    """A month or a part of one is open from its first day to its last; what closes 'before' it is anyone's guess."""
    if item.point.clock is not None:
        raise UnresolvedError("vague_date", quote=quote)
    if item.edge.marked and not (item.edge.tentative or item.edge.within):
        raise UnresolvedError("before_vague", quote=quote)
    findings = stretch.findings
    if context.issued and stretch.first < context.issued:
        findings += (finding("begins_before_issue", first=stretch.first, issued=context.issued),)
    reading = Reading(quote, Kind.RANGE, midnight(stretch.first), day_end(stretch.last), findings=findings, window=True)
    return closed(reading, item.edge)


def _yearly(item: s.Yearly, quote: str, context: Context) -> Reading:
    """Return the first time on or after the issue date."""
    bound = context.told + ONE_DAY if item.subsequent and context.told else context.issued
    if bound is None:
        raise UnresolvedError("year_missing")
    if isinstance(item.item, s.Range):
        reading = yearly_range(item.item, quote, bound, context)
    else:
        reading = _yearly_deadline(item.item, quote, bound, context)
    kept = tuple(note for note in reading.findings if note.code != "year_from_issue")
    return replace(reading, kind=Kind.YEARLY, findings=(*kept, finding("recurs_yearly")))


def _yearly_deadline(item: s.Deadline, quote: str, bound: date, context: Context) -> Reading:
    stated = item.point.date
    if stated is None:
        raise UnresolvedError("date_missing")
    if not isinstance(stated, s.DayOf | s.MonthOf | s.MonthsOf) or year_of(stated) is not None:
        raise UnresolvedError("vague_date", quote=quote)
    first = first_on_or_after(stated, bound)
    return _deadline(item, quote, replace(context, issued=first.first, told=None))
