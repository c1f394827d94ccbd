"""Reads the deadlines and windows of a program file: the notice's phrase, or the explicit dates that overrule it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final

from deadlines.calendar import FIRST_DAY, LAST_DAY, WorkCalendar
from deadlines.findings import Finding, schedule_unpublished
from deadlines.phrases import Kind, Reading, parse_phrase
from deadlines.phrases.sentences import finding
from deadlines.zone import SHANGHAI, at, day_end, last_day_before, midnight
from programs.dates import Deadline, Window
from programs.words import Words

_END_OF_DAY: Final = "24:00"

#: A phrase means the same as long as the calendar is the same one, and every page asks again.
_parsed = lru_cache(maxsize=1024)(parse_phrase)


@dataclass(frozen=True, slots=True)
class Span:
    """What a deadline or window comes to; `closes` is the first instant too late, both instants in Shanghai."""

    opens: datetime | None
    closes: datetime
    last_day: date
    provisional: bool = False
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A phrase that could not be read: what is missing, and how to supply it."""

    findings: tuple[Finding, ...]


def read_deadline(deadline: Deadline, issued: date | None, calendar: WorkCalendar) -> Span | Unresolved:
    """Return when a deadline closes.

    `issued` is the program's issue date, from which a missing year comes; the deadline's own one comes first.
    """
    issued = deadline.issued or issued
    if deadline.closes is not None:
        closes = deadline.closes.astimezone(SHANGHAI)
        span = Span(None, closes, last_day_before(closes))
        return replace(span, findings=tuple(_remarks(span, issued, calendar)))
    # What 下班 means is the program's hour; where none is stated, that of a whole day says nothing.
    office_closes = None if deadline.clock == _END_OF_DAY else time.fromisoformat(deadline.clock)
    reading = _parsed(
        deadline.phrase,
        calendar=calendar,
        issued=issued,
        before_included=deadline.inclusive,
        office_closes=office_closes,
    )
    span_or_not = _span(reading, "clock、closes" if reading.has("office_hours_missing") else "closes")
    if isinstance(span_or_not, Unresolved):
        return span_or_not
    span = _at_its_hour(span_or_not, reading, deadline.clock)
    return replace(span, findings=tuple(_remarks(span, issued, calendar)))


def read_window(window: Window, issued: date | None, calendar: WorkCalendar) -> Span | Unresolved:
    """Return the time that a window spans; `issued` as for deadlines. Its last day may be a day off without remark."""
    if window.first_day is not None and window.last_day is not None:
        return Span(midnight(window.first_day), day_end(window.last_day), window.last_day)
    span = _span(_parsed(window.phrase, calendar=calendar, issued=issued), "first_day、last_day")
    if isinstance(span, Unresolved):
        return span
    return replace(span, findings=tuple(one for one in span.findings if one.code != "on_day_off"))


def _span(reading: Reading, fields: str) -> Span | Unresolved:
    if reading.closes is None or reading.last_day is None:
        words = Words(
            "“{phrase}”读不出日期：请补上所缺的，或在 {fields} 中写明",
            "“{phrase}” gives no date: supply what is missing, or state {fields} in the file",
        )
        return Unresolved((*reading.findings, Finding("unresolved", words.format(phrase=reading.text, fields=fields))))
    return Span(reading.opens, reading.closes, reading.last_day, reading.provisional, reading.findings)


def _at_its_hour(span: Span, reading: Reading, clock: str) -> Span:
    """Close the last day at the program's hour, where the phrase names none."""
    if reading.kind is Kind.INSTANT or clock == _END_OF_DAY or span.closes != day_end(span.last_day):
        return span
    return replace(span, closes=at(span.last_day, time.fromisoformat(clock)))


def _remarks(span: Span, issued: date | None, calendar: WorkCalendar) -> Iterator[Finding]:
    """Yield what the phrase's reading found, and what the calendar and the issue date add; each code once."""
    yield from span.findings
    told = {one.code for one in span.findings}
    if issued and span.closes <= midnight(issued) and "before_issue" not in told:
        yield finding("before_issue", issued=issued)
    if not FIRST_DAY <= span.last_day <= LAST_DAY:
        if "outside_calendar" not in told:
            yield finding("outside_calendar", day=span.last_day)
        return
    day = calendar.day(span.last_day)
    if not day.working and "on_day_off" not in told:
        yield finding("on_day_off", day=span.last_day, name=day.name)
    if day.provisional and not told & {"provisional", "schedule_unpublished"}:
        yield schedule_unpublished(span.last_day)
