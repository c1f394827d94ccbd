"""Makes the nodes of `syntax.py` out of what the grammar matched."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, TypeVar

from deadlines.phrases import syntax as s
from deadlines.phrases.building_dates import DateBuilder, number_of
from deadlines.phrases.clocks import continued
from deadlines.phrases.syntax import Token
from programs.counting import Convention, Unit

_HALF_A_MONTH: Final = 15

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

    def interval(self, parts: list[object]) -> s.Range | s.Several:
        """From the first point to the second; two that each close something are two deadlines."""
        start, end = (part for part in parts if isinstance(part, s.Point))
        led = parts[: parts.index(start)]
        if "CLOSING" in led and any(token.kind == "CLOSING" for token in _tokens(parts)):
            return _several([(start, _edge(led)), (end, _edge(led))], s.Deadline)
        return s.Range(start, end, _edge(parts))

    def year_deadline(self, parts: list[object]) -> s.Deadline:
        """A whole year, which needs a word that says how it closes: 2023年内, 2024年前."""
        return s.Deadline(s.Point(s.MonthsOf(_only(s.Year, parts), 1, 12)), _edge(parts))

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

    def day_list(self, parts: list[object]) -> s.Several:
        """Further days of the first point's month."""
        first = _only(s.Point, parts)
        further = (s.Point(s.BareDay(number_of(part))) for part in _tokens(parts) if part.kind == "DAY")
        return _several(((point, _edge(parts)) for point in (first, *further)), s.Deadline)

    def short_day_list(self, parts: list[object]) -> s.Several:
        """Days of a month that share one 日: 9月15、16日."""
        year = next((part for part in parts if isinstance(part, s.Year)), None)
        month, *days = (number_of(part) for part in _tokens(parts) if part.kind != "LISTED")
        points = (s.Point(s.DayOf(year, s.Month(month), day)) for day in days)
        return _several(((point, _edge(parts)) for point in points), s.Deadline)

    def counted_from_event(self, parts: list[object]) -> s.Counted:
        """Days from an event."""
        return s.Counted(_only(s.Event, parts), _only(s.Span, parts))

    def counted_from_holiday(self, parts: list[object]) -> s.Counted:
        """Days after a holiday: when it ends is not in the text."""
        return s.Counted(s.Event(published=False, convention=Convention.NEXT_DAY), _only(s.Span, parts))

    def counted_from_point(self, parts: list[object]) -> s.Counted:
        """Days of which the point's day is the first."""
        return s.Counted(_only(s.Point, parts), _only(s.Span, parts))

    def counted_from_published_day(self, parts: list[object]) -> s.Counted:
        """Days from the publication on a day that is told."""
        told = next((part for part in parts if isinstance(part, s.Point)), None)
        point = told or s.Point(_only(s.DayOf, parts))
        return s.Counted(replace(point, that_day=True), _only(s.Span, parts))

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

    def yearly_list(self, parts: list[object]) -> s.Several:
        """Several deadlines every year: 每年3月和9月. The words after the last serve those that have none."""
        subsequent = _subsequent(parts)
        groups: list[list[object]] = []
        for part in parts:
            if isinstance(part, s.Point):
                groups.append([part])
            elif groups:
                groups[-1].append(part)
        edges = [_edge(group) for group in groups]
        told = [
            (_only(s.Point, group), edge if edge.marked else edges[-1])
            for group, edge in zip(groups, edges, strict=True)
        ]
        return _several(told, lambda point, edge: s.Yearly(s.Deadline(point, edge), subsequent))

    def yearly_beginning(self, parts: list[object]) -> s.Beginning:
        """Something begins every year."""
        return self.beginning(parts)

    def yearly_range(self, parts: list[object]) -> s.Yearly:
        """A range every year."""
        start, end = (part for part in parts if isinstance(part, s.Point))
        return s.Yearly(s.Range(start, end, _edge(parts)), _subsequent(parts))

    def recurring(self, parts: list[object]) -> s.Recurring:
        """Monthly, weekly, quarterly."""
        return s.Recurring(_edge(parts).marked)

    def hours(self, parts: list[object]) -> s.Hours:
        """Hours without a date."""
        clocks = [part for part in parts if isinstance(part, s.Clock)]
        return s.Hours(continued(clocks[-2], clocks[-1]))

    def beginning(self, parts: list[object]) -> s.Beginning:
        """A start without an end."""
        return s.Beginning(_only(s.Point, parts))

    def record(self, _parts: list[object]) -> s.Record:
        """A date that closes nothing."""
        return s.Record()

    def named(self, parts: list[object]) -> s.Named:
        """A holiday by its name."""
        holiday = next(part for part in _tokens(parts) if part.kind == "HOLIDAY")
        return s.Named(holiday.text, marked=_edge(parts).marked)

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
        tokens = _tokens(parts)
        amount = next(token for token in tokens if token.kind in {"NUMBERED_DAYS", "HALF", "DAY"})
        words = {token.kind for token in tokens} | {part for part in parts if isinstance(part, str)}
        bounds = {"LEAST": "least", "ABOVE": "least", "MOST": "most"}
        length = _length(amount)
        return replace(
            length,
            unit=Unit.WORKING if "WORKING_ONLY" in words else length.unit,
            bound=next((bounds[word] for word in ("MOST", "LEAST", "ABOVE") if word in words), None),
            approximate="AROUND" in words,
            backwards="BEFORE" in words,
            marked=bool(words & {"LASTING", "LASTED", "WITHIN"}),
            convention=_convention(words),
        )

    bare_span = span

    def point(self, parts: list[object]) -> s.Point:
        """A date with its weekdays and its clock. A weekday that stands alone is the date."""
        clock = next((part for part in parts if isinstance(part, s.Clock)), None)
        weekdays = tuple(part for part in parts if isinstance(part, s.WeekdayOf))
        others = s.Clock | s.WeekdayOf | Token | None
        that_day = any(isinstance(part, Token) and part.text == "之日" for part in parts)
        date = next((part for part in parts if not isinstance(part, others)), None)
        if date is None and weekdays:
            date, weekdays = weekdays[0], ()
        return s.Point(date, weekdays, clock, that_day)  # type: ignore[arg-type]

    def mark(self, parts: list[s.WeekdayOf | Token]) -> s.WeekdayOf | Token | None:
        """A weekday to check by, or 之日; 当日 and the name of a holiday say nothing new."""
        (part,) = parts
        return part if isinstance(part, s.WeekdayOf) or part.text == "之日" else None


def _only(kind: type[_Kind], parts: list[object]) -> _Kind:
    return next(part for part in parts if isinstance(part, kind))


def _tokens(parts: list[object]) -> list[Token]:
    return [part for part in parts if isinstance(part, Token)]


def _several(told: Iterable[tuple[s.Point, s.Edge]], make: Callable[[s.Point, s.Edge], s.Item]) -> s.Several:
    """Give each point what it leaves to its neighbours: the 20 of 8月10日、20日 its month, the 3 of 3、9月 its unit."""
    pairs = list(told)
    first = pairs[0][0].date
    items = []
    for point, edge in pairs:
        match first, point.date:
            case s.DayOf(), s.BareDay(day):
                point = replace(point, date=replace(first, day=day))  # noqa: PLW2901 - the same point, completed
            case s.BareNumber(year, _), s.BareNumber(_, number) if isinstance(pairs[-1][0].date, s.MonthOf):
                point = replace(point, date=s.MonthOf(year, s.Month(number)))  # noqa: PLW2901
        items.append(make(point, edge))
    return s.Several(tuple(items))


def _convention(words: set[str]) -> Convention | None:
    """(含当日) counts the first day, (不含当日) does not."""
    if "INCLUSIVE" in words:
        return Convention.SAME_DAY
    return Convention.NEXT_DAY if "EXCLUSIVE" in words else None


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
        within="WITHIN" in words,
    )


def _subsequent(parts: list[object]) -> bool:
    return any(isinstance(part, Token) and part.kind == "EVERY_YEAR" and "后" in part.text for part in parts)


def _length(token: Token) -> s.Span:
    """Return the number with its unit: days, months or hours."""
    word = token.text
    if token.kind == "HALF":
        months = word.endswith("年")
        return s.Span(6 if months else _HALF_A_MONTH, Unit.CALENDAR, months=months, half_a_month=not months)
    count = number_of(token)
    if word.endswith(("周", "星期")):
        return s.Span(count * 7, Unit.CALENDAR)
    if word.endswith(("月", "年")):
        return s.Span(count * (12 if word.endswith("年") else 1), Unit.CALENDAR, months=True)
    return s.Span(count, Unit.WORKING if "工作" in word else Unit.CALENDAR, hours=word.endswith("小时"))
