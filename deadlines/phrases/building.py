"""Makes the nodes of `syntax.py` out of what the grammar matched."""

import re
from dataclasses import replace
from typing import TypeVar

from deadlines.phrases import syntax as s
from deadlines.phrases.building_dates import DateBuilder, number_of
from deadlines.phrases.syntax import Token
from programs.counting import Convention, Unit

_Kind = TypeVar("_Kind")


class Builder(DateBuilder):
    """One method per rule of the grammar, which takes what the rule's parts have become; terminals stay tokens."""

    # -- items --

    def deadline(self, parts: list[object]) -> s.Deadline:
        """A point with the words around it."""
        return s.Deadline(_only(s.Point, parts), _edge(parts))

    def postponed(self, parts: list[object]) -> s.Deadline:
        """Only the new point counts."""
        points = [part for part in parts if isinstance(part, s.Point)]
        return s.Deadline(points[-1], _edge([*parts, "POSTPONED"]))

    def interval(self, parts: list[object]) -> s.Range:
        """From the first point to the second."""
        start, end = (part for part in parts if isinstance(part, s.Point))
        return s.Range(start, end, _edge(parts))

    interval_until = interval

    def interval_with_hours(self, parts: list[object]) -> s.Range:
        """From a day to a day, at hours that hold on each: the last point's clock is where they begin."""
        start, end = (part for part in parts if isinstance(part, s.Point))
        return s.Range(start, replace(end, clock=None), s.Edge(), daily_hours=end.clock is not None)

    def interval_from_event(self, parts: list[object]) -> s.Range:
        """From an event to a point."""
        return s.Range(_only(s.Event, parts), _only(s.Point, parts), _edge(parts))

    def month_list(self, parts: list[object]) -> s.Deadline:
        """Months told one by one stand for the time that they make up."""
        year = next((part for part in parts if isinstance(part, s.Year)), None)
        months = tuple(number_of(part) for part in parts if isinstance(part, Token) and part.kind != "LISTED")
        return s.Deadline(s.Point(s.MonthList(year, months)), s.Edge())

    def day_list(self, parts: list[object]) -> s.Days:
        """Further days of the first point's month."""
        first = _only(s.Point, parts)
        further = (
            s.Point(s.BareDay(number_of(part))) for part in parts if isinstance(part, Token) and part.kind == "DAY"
        )
        return s.Days((first, *further), _edge(parts))

    def counted_from_event(self, parts: list[object]) -> s.Counted:
        """Days from an event."""
        return s.Counted(_only(s.Event, parts), _only(s.Span, parts))

    def counted_from_point(self, parts: list[object]) -> s.Counted:
        """Days of which the point's day is the first."""
        return s.Counted(_only(s.Point, parts), _only(s.Span, parts))

    def counted_after_point(self, parts: list[object]) -> s.Counted:
        """Days that begin after the point's day."""
        return s.Counted(_only(s.Point, parts), _only(s.Span, parts), after=True)

    def counted_back(self, parts: list[object]) -> s.Counted:
        """Days that lead up to a point."""
        return s.Counted(None, replace(_only(s.Span, parts), backwards=True))

    def counted_bare(self, parts: list[object]) -> s.Counted:
        """Days from nothing that the text names."""
        return s.Counted(None, _only(s.Span, parts))

    def yearly_deadline(self, parts: list[object]) -> s.Yearly:
        """A deadline every year."""
        return s.Yearly(s.Deadline(_only(s.Point, parts), _edge(parts)), _subsequent(parts))

    def yearly_range(self, parts: list[object]) -> s.Yearly:
        """A range every year."""
        return s.Yearly(self.interval(parts), _subsequent(parts))

    def recurring(self, parts: list[object]) -> s.Recurring:
        """Monthly, weekly, quarterly."""
        return s.Recurring(_edge(parts).marked)

    def hours(self, parts: list[object]) -> s.Hours:
        """Hours without a date."""
        return s.Hours([part for part in parts if isinstance(part, s.Clock)][-1])

    def beginning(self, parts: list[object]) -> s.Beginning:
        """A start without an end."""
        return s.Beginning(_only(s.Point, parts))

    def record(self, _parts: list[object]) -> s.Record:
        """A date that closes nothing."""
        return s.Record()

    def note(self, parts: list[Token]) -> s.Note:
        """A remark."""
        return s.Note(parts[0].kind.lower())

    # -- their pieces --

    def lead(self, parts: list[Token]) -> str:
        """The kind of word before a point."""
        return parts[0].kind

    tail = lead
    within = lead
    bound = lead

    def event(self, parts: list[Token]) -> s.Event:
        """之日起 is left to the convention; 当日起 and 次日起 say which day is the first."""
        kinds = {part.kind for part in parts}
        convention = None
        if "NEXT_DAY" in kinds or "AFTER" in kinds:
            convention = Convention.NEXT_DAY
        elif any(part.text.startswith("当") for part in parts):
            convention = Convention.SAME_DAY
        return s.Event("PUBLISHED" in kinds, convention)

    def span(self, parts: list[object]) -> s.Span:
        """A number of days with the words around it."""
        tokens = [part for part in parts if isinstance(part, Token)]
        amount = next(token for token in tokens if token.kind in {"NUMBERED_DAYS", "DAY"})
        words = {token.kind for token in tokens} | {part for part in parts if isinstance(part, str)}
        count, unit, months, hours = _amount(amount)
        bounds = {"LEAST": "least", "ABOVE": "least", "MOST": "most"}
        return s.Span(
            count,
            Unit.WORKING if "WORKING_ONLY" in words else unit,
            months=months,
            hours=hours,
            bound=next((bounds[word] for word in ("MOST", "LEAST", "ABOVE") if word in words), None),
            approximate="AROUND" in words,
            backwards="BEFORE" in words,
            marked="LASTING" in words or "WITHIN" in words,
        )

    bare_span = span

    def point(self, parts: list[object]) -> s.Point:
        """A date with its weekdays and its clock. A weekday that stands alone is the date."""
        clock = next((part for part in parts if isinstance(part, s.Clock)), None)
        dates = [part for part in parts if not isinstance(part, s.Clock | None)]
        if not dates:
            return s.Point(None, clock=clock)
        weekdays = tuple(part for part in dates[1:] if isinstance(part, s.WeekdayOf))
        return s.Point(dates[0], weekdays, clock)  # type: ignore[arg-type]

    def mark(self, parts: list[s.WeekdayOf | Token]) -> s.WeekdayOf | None:
        """A weekday to check by; 当日 says nothing new."""
        (part,) = parts
        return part if isinstance(part, s.WeekdayOf) else None


def _only(kind: type[_Kind], parts: list[object]) -> _Kind:
    return next(part for part in parts if isinstance(part, kind))


def _edge(parts: list[object]) -> s.Edge:
    # Leads and tails arrive as their terminals' names; separators such as TO arrive as tokens and say nothing here.
    words = {part for part in parts if isinstance(part, str)}
    clocks = [part.clock for part in parts if isinstance(part, s.Point) and part.clock]
    return s.Edge(
        marked=bool(words),
        before="BEFORE" in words or any(clock.before for clock in clocks[-1:]),
        closing="CLOSING" in words,
        included=True if "INCLUSIVE" in words else False if "EXCLUSIVE" in words else None,
        approximate=bool(words & {"AROUND", "ABOUT"}),
        after="AFTER" in words,
        tentative="TENTATIVE" in words,
        superseding="POSTPONED" in words,
    )


def _subsequent(parts: list[object]) -> bool:
    return any(isinstance(part, Token) and part.kind == "EVERY_YEAR" and "后" in part.text for part in parts)


def _amount(token: Token) -> tuple[int, Unit, bool, bool]:
    """Return the number, its unit, and whether it counts months or hours."""
    word = re.sub(r"[\d\s个]", "", token.text)
    count = number_of(token)
    if word in {"周", "星期"}:
        return count * 7, Unit.CALENDAR, False, False
    if word in {"月", "年"}:
        return count * (12 if word == "年" else 1), Unit.CALENDAR, True, False
    unit = Unit.WORKING if word.startswith("工作") else Unit.CALENDAR
    return count, unit, False, word == "小时"
