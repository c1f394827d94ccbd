"""Finds the days that a date of `syntax.py` means: its year and month come from what is known, never from a guess."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from deadlines.findings import Finding
from deadlines.phrases import syntax as s
from deadlines.phrases.context import Context
from deadlines.phrases.sentences import UnresolvedError, finding
from deadlines.zone import ONE_DAY

_FARTHEST: Final = timedelta(days=366)
_HALF_A_YEAR: Final = timedelta(days=183)
_FIRST_YEAR: Final = 1950
_LAST_YEAR: Final = 2200


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days from `first` to `last`. `exact`: one day is meant, rather than a month or a part of one."""

    first: date
    last: date
    exact: bool = True
    findings: tuple[Finding, ...] = field(default=())


def resolve_date(stated: s.Date, context: Context, after: date | None = None) -> Stretch:
    """Return the days that a date means; `after` is the first day of the range that it ends.

    Raises `UnresolvedError` where something is missing or there is no such day.
    """
    match stated:
        case s.VagueDate(words):
            raise UnresolvedError("vague_date", quote=words)
        case s.FromToday(shift):
            day = _issued(context) + timedelta(days=shift)
            return Stretch(day, day)
        case s.WeekdayOf():
            return _weekday(stated, context)
        case s.BareDay(day):
            if after is None:
                raise UnresolvedError("month_missing", day=day)
            return _days(_day(after.year, after.month, day))
        case s.BareNumber(number=number):
            raise UnresolvedError("month_missing", day=number)
        case s.QuarterOf(shift, end):
            issued = _issued(context)
            months = issued.year * 12 + (issued.month - 1) // 3 * 3 + 3 * shift
            return in_year(s.MonthsOf(None, months % 12 + 1, months % 12 + 3, end), months // 12)
        case s.DayOf(month=s.Month(shift=int(shift))) | s.MonthOf(month=s.Month(shift=int(shift))):
            base = after or _issued(context)
            months = base.year * 12 + base.month - 1 + shift
            return in_year(stated, months // 12, months % 12 + 1)
        case _:
            return _with_year(stated, context, after)


def in_year(stated: s.Date, year: int, month: int | None = None) -> Stretch:
    """Return the days that a date means in a year, in a month that is known otherwise if `month` is given."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise UnresolvedError("out_of_range")
    match stated:
        case s.DayOf(_, s.Month(number), day):
            return _days(_day(year, month or number or 0, day))
        case s.MonthOf(_, s.Month(number), part):
            return _part(year, month or number or 0, part)
        case s.MonthsOf(_, first, last, end):
            closing = _month_end(year, last)
            return _days(closing) if end else Stretch(date(year, first, 1), closing, exact=False)
        case s.MonthList(_, months):
            return _months(year, months)
        case _:
            raise UnresolvedError("month_missing", day="")


def first_on_or_after(stated: s.Date, bound: date) -> Stretch:
    """Return the first occurrence in the calendar that ends on or after `bound`."""
    invalid: UnresolvedError | None = None
    for year in (bound.year, bound.year + 1):
        try:
            stretch = in_year(stated, year)
        except UnresolvedError as error:
            invalid = invalid or error
            continue
        # 29 February may come years later: that is a slip, not a plan.
        if bound <= stretch.last and stretch.first - bound <= _FARTHEST:
            return stretch
    raise invalid or UnresolvedError("out_of_range")


def last_on_or_before(stated: s.Date, bound: date) -> Stretch:
    """Return the last occurrence in the calendar that begins on or before `bound`."""
    stretch = in_year(stated, bound.year)
    return stretch if stretch.first <= bound else in_year(stated, bound.year - 1)


def year_of(stated: s.Date) -> s.Year | None:
    """Return the year that a date states, if any."""
    return getattr(stated, "year", None)


def _with_year(stated: s.Date, context: Context, after: date | None) -> Stretch:
    year = year_of(stated)
    if year is None:
        return _inferred(stated, context, after)
    if year.number is not None:
        stretch = in_year(stated, year.number)
        if not year.two_digits:
            return stretch
        return _noted(stretch, finding("two_digit_year", year=year.number))
    base = after if year.next_one and after is not None else _issued(context)
    return in_year(stated, base.year + (year.shift or 0))


def _inferred(stated: s.Date, context: Context, after: date | None) -> Stretch:
    """Take the year from the start of the range, the issue date, or what the text has told before, in this order."""
    if after is not None:
        return first_on_or_after(stated, after)
    if context.issued is not None:
        stretch = first_on_or_after(stated, context.issued)
        return _noted(stretch, finding("year_from_issue", year=stretch.last.year))
    if context.told is not None:
        # Deadlines of one text need not stand in order; half a year tells an earlier one from next year's.
        stretch = first_on_or_after(stated, context.told - _HALF_A_YEAR)
        return _noted(stretch, finding("year_from_text", year=stretch.last.year))
    # Whether there is such a day in any year at all is worth knowing before asking for the year.
    in_year(stated, 2000)
    raise UnresolvedError("year_missing")


def _weekday(stated: s.WeekdayOf, context: Context) -> Stretch:
    issued = _issued(context)
    monday = issued - timedelta(days=issued.weekday())
    if stated.week is not None:
        return _days(monday + timedelta(weeks=stated.week, days=stated.weekday))
    return _noted(_days(issued + timedelta(days=(stated.weekday - issued.weekday()) % 7)), finding("week_assumed"))


def _issued(context: Context) -> date:
    if context.issued is None:
        raise UnresolvedError("issued_missing")
    return context.issued


def _days(day: date) -> Stretch:
    return Stretch(day, day)


def _noted(stretch: Stretch, note: Finding) -> Stretch:
    return Stretch(stretch.first, stretch.last, stretch.exact, (*stretch.findings, note))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise UnresolvedError("invalid_date", date=f"{year}年{month}月{day}日") from None


def _part(year: int, month: int, part: s.Part) -> Stretch:
    first, last = part.value
    opening = _day(year, month, 1)
    closing = _month_end(year, month)
    if first is None:
        return _days(closing)
    return Stretch(opening.replace(day=first), opening.replace(day=last) if last else closing, exact=False)


def _months(year: int, months: tuple[int, ...]) -> Stretch:
    days = [_day(year, month, 1) for month in months]
    if any(later != earlier + 1 for earlier, later in pairwise(months)):
        raise UnresolvedError("months_not_consecutive")
    return Stretch(days[0], _month_end(year, months[-1]), exact=False)


def _month_end(year: int, month: int) -> date:
    return _day(year + month // 12, month % 12 + 1, 1) - ONE_DAY
