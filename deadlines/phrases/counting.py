"""Answers what is counted in days or months from an anchor."""

from datetime import date
from typing import Final

from deadlines.findings import Finding
from deadlines.periods import publicity_period
from deadlines.phrases import syntax as s
from deadlines.phrases.closing import weekday_remarks
from deadlines.phrases.context import Context
from deadlines.phrases.dates import in_year, resolve_date
from deadlines.phrases.reading import Kind, Reading
from deadlines.phrases.sentences import UnresolvedError, finding
from deadlines.zone import ONE_DAY, day_end
from programs.counting import Convention
from programs.words import Words

_CONVENTIONS: Final = {
    Convention.NEXT_DAY: Words("次日起", "from the next day"),
    Convention.SAME_DAY: Words("当日起", "from the same day"),
}


def resolve_counted(item: s.Counted, quote: str, context: Context) -> Reading:
    """Return the reading of a counted period; raises `UnresolvedError`."""
    span = item.span
    if span.approximate:
        raise UnresolvedError("approximate")
    if span.backwards:
        raise UnresolvedError("counts_back")
    if span.hours:
        raise UnresolvedError("hours_unsupported")
    if span.bound is not None:
        raise UnresolvedError("minimum_only" if span.bound == "least" else "maximum_only")
    # Years without a beginning are seniority or a term: 工作满2年.
    if not item.alone or span.count < 1 or (item.anchor is None and span.months and span.count >= 12):
        raise UnresolvedError("length_only")
    day, convention, remarks = _anchor(item, quote, context)
    convention = span.convention or convention
    explicit = convention is not None
    convention = convention or context.convention
    if span.half_a_month:
        remarks += (finding("half_a_month"),)
    if span.months:
        # Where the day itself is the first, the day before it is the one of the same number.
        before = day if convention is Convention.NEXT_DAY else day - ONE_DAY
        return _months_after(before, span.count, quote, remarks)
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


def _anchor(item: s.Counted, quote: str, context: Context) -> tuple[date, Convention | None, tuple[Finding, ...]]:
    """Return the day that the count refers to, and the convention where the words settle it."""
    match item.anchor:
        case s.Point(date=stated) as point if stated is not None:
            stretch = resolve_date(stated, context)
            if not stretch.exact:
                raise UnresolvedError("vague_date", quote=quote)
            remarks = stretch.findings + weekday_remarks(point, stretch.last, context)
            if item.after:
                return stretch.last, Convention.NEXT_DAY, remarks
            # X日起 says that X is the first day; X日之日起 names an event, whose day the law does not count.
            return stretch.last, None if point.that_day else Convention.SAME_DAY, remarks
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
