"""Makes the nodes of `syntax.py` out of what the grammar matched."""

import re
from dataclasses import replace
from typing import Any, Final, TypeVar

from deadlines.periods import Convention, Unit
from deadlines.phrases import syntax as s
from deadlines.phrases.syntax import Token

_PARTS: Final = {
    "上旬": s.Part.FIRST_TEN,
    "中旬": s.Part.SECOND_TEN,
    "下旬": s.Part.LAST_TEN,
    "上中旬": s.Part.FIRST_TWENTY,
    "中上旬": s.Part.FIRST_TWENTY,
    "中下旬": s.Part.LAST_TWENTY,
    "上半月": s.Part.FIRST_HALF,
    "下半月": s.Part.SECOND_HALF,
}
_YEAR_SHIFTS: Final = {
    "本": 0,
    "今": 0,
    "当": 0,
    "明": 1,
    "来": 1,
    "次": 1,
    "翌": 1,
    "下": 1,
    "第": 1,
    "去": -1,
    "上": -1,
}
_MONTH_SHIFTS: Final = {"本": 0, "当": 0, "这": 0, "下": 1, "次": 1, "上": -1}
_TODAY_SHIFTS: Final = {"明": 1, "后": 2}  # 即日, 今天 and 本日 are 0
_WEEK_SHIFTS: Final = {"本": 0, "这": 0, "下": 1, "上": -1}
_NUMERALS: Final = "一二三四五六日"

_Kind = TypeVar("_Kind")


def _number(token: Token) -> int:
    return int(re.findall(r"\d{1,9}", token.text)[0])


def _weekday(sign: str) -> int:
    return _NUMERALS.index("日" if sign == "天" else sign)


class Builder:
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
        months = tuple(_number(part) for part in parts if isinstance(part, Token) and part.kind != "LISTED")
        return s.Deadline(s.Point(s.MonthList(year, months)), s.Edge())

    def day_list(self, parts: list[object]) -> s.Days:
        """Further days of the first point's month."""
        first = _only(s.Point, parts)
        further = (
            s.Point(s.BareDay(_number(part))) for part in parts if isinstance(part, Token) and part.kind == "DAY"
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

    def hours(self, _parts: list[object]) -> s.Hours:
        """Hours without a date."""
        return s.Hours()

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

    def weekday(self, parts: list[Token]) -> s.WeekdayOf:
        """周三 · 本周五."""
        week = next((part for part in parts if part.kind == "WEEK_WORD"), None)
        shift = None if week is None else _WEEK_SHIFTS[week.text[0]] + week.text.startswith("下下")
        return s.WeekdayOf(_weekday(parts[-1].text[-1]), shift)

    def year(self, parts: list[Token]) -> s.Year:
        """2023年 · 23年 · 明年 · 次年."""
        (token,) = parts
        if token.kind == "YEAR_WORD":
            return s.Year(shift=_YEAR_SHIFTS[token.text[0]], next_one=token.text[0] in "次翌第")
        if token.text[:4].isdigit():
            return s.Year(_number(token))
        return s.Year(_number(token) + 2000, two_digits=True)

    # -- dates --

    def day(self, parts: list[object]) -> s.DayOf:
        """Month and day, with or without a year."""
        year, (month, day) = _year_and_numbers(parts)
        return s.DayOf(year, s.Month(month), day)

    def month(self, parts: list[object]) -> s.MonthOf:
        """A whole month."""
        year, (month,) = _year_and_numbers(parts)
        return s.MonthOf(year, s.Month(month))

    def month_part(self, parts: list[Any]) -> s.MonthOf:
        """上旬, 中下旬."""
        year, (month,) = _year_and_numbers(parts[:-1])
        return s.MonthOf(year, s.Month(month), _part(parts[-1]))

    def month_end(self, parts: list[object]) -> s.MonthOf:
        """5月底."""
        year, (month,) = _year_and_numbers(parts[:-1])
        return s.MonthOf(year, s.Month(month), s.Part.END)

    def vague(self, parts: list[object]) -> s.MonthOf:
        """9月初."""
        year, (month,) = _year_and_numbers(parts[:-1])
        return s.MonthOf(year, s.Month(month), s.Part.VAGUE)

    def quarter(self, parts: list[object]) -> s.MonthsOf:
        """第三季度, 三季度末."""
        year = next((part for part in parts if isinstance(part, s.Year)), None)
        word = next(part for part in parts if isinstance(part, Token) and part.kind == "QUARTER")
        sign = word.text.removeprefix("第")[0]
        number = int(sign) if sign.isdigit() else _NUMERALS.index(sign) + 1
        end = any(isinstance(part, Token) and part.kind == "END" for part in parts)
        return s.MonthsOf(year, 3 * number - 2, 3 * number, end)

    def year_number(self, parts: list[Any]) -> s.BareNumber:
        """2022年5 of 2022年5-6月."""
        year, number = parts
        return s.BareNumber(year, _number(number))

    def year_end(self, parts: list[Any]) -> s.MonthsOf:
        """2023年底."""
        year, _end = parts
        return s.MonthsOf(year, 1, 12, end=True)

    def half_year(self, parts: list[Any]) -> s.MonthsOf:
        """2023年上半年."""
        year, half = parts
        return _half(year, half)

    def word_day(self, parts: list[Token]) -> s.DayOf:
        """本月20日."""
        month, day = parts
        return s.DayOf(None, _month_word(month), _number(day))

    def word_month_part(self, parts: list[Token]) -> s.MonthOf:
        """本月中旬."""
        month, part = parts
        return s.MonthOf(None, _month_word(month), _part(part))

    def word_month_end(self, parts: list[Token]) -> s.MonthOf:
        """本月底."""
        month, _end = parts
        return s.MonthOf(None, _month_word(month), s.Part.END)

    def word_month(self, parts: list[Token]) -> s.MonthOf:
        """本月."""
        (month,) = parts
        return s.MonthOf(None, _month_word(month))

    def bare_month_end(self, _parts: list[Token]) -> s.MonthOf:
        """月底 is that of the month of issue."""
        return s.MonthOf(None, s.Month(shift=0), s.Part.END)

    def bare_year_end(self, _parts: list[Token]) -> s.MonthsOf:
        """年底."""
        return s.MonthsOf(None, 1, 12, end=True)

    def bare_half_year(self, parts: list[Token]) -> s.MonthsOf:
        """下半年."""
        (half,) = parts
        return _half(None, half)

    def bare_day(self, parts: list[Token]) -> s.BareDay:
        """24日."""
        (day,) = parts
        return s.BareDay(_number(day))

    def bare_number(self, parts: list[Token]) -> s.BareNumber:
        """The 5 of 5-6月, the 24 of 18日-24前."""
        (number,) = parts
        return s.BareNumber(None, _number(number), day_left_out=number.kind == "SHORT_DAY")

    def full_date(self, parts: list[Token]) -> s.DayOf:
        """2023-08-31, 2023/8/31, 2023.8.31."""
        (token,) = parts
        year, month, day = (int(number) for number in re.findall(r"\d+", token.text))
        return s.DayOf(s.Year(year), s.Month(month), day)

    def dotted(self, parts: list[Token]) -> s.DayOf:
        """11.29."""
        (token,) = parts
        month, day = (int(number) for number in re.findall(r"\d+", token.text))
        return s.DayOf(None, s.Month(month), day, dotted=True)

    def today(self, parts: list[Token]) -> s.FromToday:
        """即日, 明天."""
        (token,) = parts
        return s.FromToday(_TODAY_SHIFTS.get(token.text[0], 0))

    # -- times of day --

    def clock_time(self, parts: list[Token]) -> s.Clock:
        """下午5点半, 17:30, 24时."""
        part = next((part.text for part in parts if part.kind == "DAYPART"), None)
        written = next(part.text for part in parts if part.kind in {"CLOCK", "HOUR"})
        numbers = [int(number) for number in re.findall(r"\d+", written)]
        minute = numbers[1] if len(numbers) > 1 else {"半": 30, "一": 15, "三": 45}.get(_quarter_sign(written), 0)
        office = next((part.text for part in parts if part.kind == "OFFICE_HOURS"), None)
        return s.Clock(
            numbers[0],
            minute,
            numbers[2] if len(numbers) > 2 else 0,
            part,
            office=office is not None,
            before=office is not None and office.endswith("前"),
        )

    def office_hours(self, parts: list[Token]) -> s.Clock:
        """下班前; an hour after it beats it."""
        if any(part.kind in {"CLOCK", "HOUR"} for part in parts):
            return self.clock_time(parts)
        return s.Clock(office=True, before=parts[-1].text.endswith("前"))

    def daypart(self, parts: list[Token]) -> s.Clock:
        """上午 alone."""
        (token,) = parts
        return s.Clock(part=token.text)


def _quarter_sign(written: str) -> str:
    found = re.search(r"半|[一三](?=刻)", written)
    return found.group() if found else ""


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


def _year_and_numbers(parts: list[object]) -> tuple[s.Year | None, list[int]]:
    year = next((part for part in parts if isinstance(part, s.Year)), None)
    return year, [_number(part) for part in parts if isinstance(part, Token)]


def _part(word: Token) -> s.Part:
    return _PARTS[word.text.replace("、", "")]


def _half(year: s.Year | None, half: Token) -> s.MonthsOf:
    return s.MonthsOf(year, 1, 6) if half.text.startswith("上") else s.MonthsOf(year, 7, 12)


def _month_word(token: Token) -> s.Month:
    return s.Month(shift=_MONTH_SHIFTS[token.text[0]])


def _amount(token: Token) -> tuple[int, Unit, bool, bool]:
    """Return the number, its unit, and whether it counts months or hours."""
    word = re.sub(r"[\d\s个]", "", token.text)
    count = _number(token)
    if word in {"周", "星期"}:
        return count * 7, Unit.CALENDAR, False, False
    if word in {"月", "年"}:
        return count * (12 if word == "年" else 1), Unit.CALENDAR, True, False
    unit = Unit.WORKING if word.startswith("工作") else Unit.CALENDAR
    return count, unit, False, word == "小时"
