"""A program's key dates as an iCalendar file (RFC 5545), as Outlook and the calendars in WeChat and WeCom take it.

What ends at 24:00 is an all-day event on its last day, because a calendar would otherwise show it on the day after.
What ends at an hour is an event at that instant, in UTC, so that no time-zone table is needed. Unresolved dates are
left out.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Final

from deadlines.keydates import KeyDate, KeyDateKind, KeyDates
from deadlines.zone import ONE_DAY, SHANGHAI
from programs.words import Words

_LINE: Final = 75
"""The longest line in octets, without its line break (RFC 5545, 3.1)."""

_KINDS: Final = {
    KeyDateKind.ISSUED: Words("印发", "issued"),
    KeyDateKind.DEADLINE: Words("截止", "deadline"),
    KeyDateKind.WINDOW: Words("时段", "window"),
    KeyDateKind.PUBLICITY: Words("公示", "publicity"),
    KeyDateKind.OBJECTIONS: Words("异议受理", "objections"),
    KeyDateKind.OBJECTION: Words("异议办理", "objection"),
    KeyDateKind.TENURE: Words("聘期", "tenure"),
}


def to_ics(dates: KeyDates, *, stamp: datetime, language: str = "zh") -> str:
    """Return the calendar as text with CRLF line ends, to be written as UTF-8.

    `stamp` is the aware instant at which the file is made. Written again later, the same dates keep their UIDs, so a
    calendar that imports both updates its events. Raises `ValueError` for a stamp without a zone.
    """
    return to_ics_together([dates], dates.title, stamp=stamp, language=language)


def to_ics_together(each: Iterable[KeyDates], title: str, *, stamp: datetime, language: str = "zh") -> str:
    """Return one calendar of several programs, as `to_ics` does of one."""
    if stamp.tzinfo is None:
        raise ValueError("the stamp needs a time zone")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Linxuan//Key dates//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(title)}",
        "X-WR-TIMEZONE:Asia/Shanghai",
        # How often a calendar that subscribes asks again (RFC 7986, 5.7).
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for dates in each:
        for one in dates:
            if one.closes and one.last_day:
                lines += _event(dates, one, _span(one, one.closes, one.last_day), stamp, language)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _event(dates: KeyDates, one: KeyDate, span: Iterator[str], made: datetime, language: str) -> Iterator[str]:
    stamp, sequence = _utc(made), int(made.timestamp()) // 60
    label = _KINDS[one.kind].in_language(language)
    yield "BEGIN:VEVENT"
    yield f"UID:{one.id}.{dates.program}@linxuan"
    yield f"DTSTAMP:{stamp}"
    # Of two files with the same UIDs a calendar takes the event with the higher number.
    yield f"SEQUENCE:{sequence}"
    yield from span
    yield f"SUMMARY:{_text(f'{dates.title} · {one.name}（{label}）')}"
    if description := _description(one, language):
        yield f"DESCRIPTION:{_text(description)}"
    yield f"STATUS:{'TENTATIVE' if one.provisional else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _span(one: KeyDate, closes: datetime, last_day: date) -> Iterator[str]:
    """Yield when it is: at an instant for a deadline with an hour, else from the first day to the last."""
    if one.kind is KeyDateKind.DEADLINE and closes.astimezone(SHANGHAI).time() != time.min:
        yield f"DTSTART:{_utc(closes)}"
        return
    first = last_day
    if one.kind is not KeyDateKind.DEADLINE and one.opens is not None:
        first = one.opens.astimezone(SHANGHAI).date()
    yield f"DTSTART;VALUE=DATE:{_day(first)}"
    # The end of an all-day event is the first day that is not part of it.
    yield f"DTEND;VALUE=DATE:{_day(last_day + ONE_DAY)}"


def _description(one: KeyDate, language: str) -> str:
    """Quote the notice and its clause, then list the findings."""
    cited = [part for part in (one.phrase, one.clause) if part]
    return "\n".join([*cited, *(finding.words.in_language(language) for finding in one.findings)])


def _text(value: str) -> str:
    """Escape a text value (RFC 5545, 3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n")


def _fold(line: str) -> Iterator[str]:
    """Break a line after at most 75 octets, never within a character; each continuation begins with a space."""
    part, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > _LINE:
            yield part
            part, octets = " ", 1
        part += character
        octets += size
    yield part


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
