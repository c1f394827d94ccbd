"""Makes dates and times of day out of what the grammar matched."""

import re
from typing import Any, Final

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
    "年": 0,
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
_TODAY_SHIFTS: Final = {"明": 1, "后": 2, "大": 3}  # 即日, 今天 and 本日 are 0
_WEEK_SHIFTS: Final = {"本": 0, "这": 0, "下": 1, "上": -1}
_NUMERALS: Final = "一二三四五六日"
_QUARTERS: Final = re.compile("[一二三四1-4]")
_THROUGH: Final = re.compile("[至到-]")


class DateBuilder:
    """One method per rule of the grammar that makes a date or a time of day."""

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
            return s.Year(number_of(token))
        return s.Year(number_of(token) + 2000, two_digits=True)

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
        """5月底, 5月月底."""
        year, (month,) = _year_and_numbers(parts[:-1])
        return s.MonthOf(year, s.Month(month), s.Part.END)

    def vague(self, parts: list[object]) -> s.VagueDate:
        """9月初, 下月初, 2024年初, 月中."""
        return s.VagueDate("".join(part.text for part in parts if isinstance(part, Token)))

    def quarter(self, parts: list[object]) -> s.MonthsOf | s.MonthList | s.VagueDate:
        """第三季度, 三季度末, 三、四季度, 第一至第三季度."""
        year = next((part for part in parts if isinstance(part, s.Year)), None)
        word = next(part for part in parts if isinstance(part, Token) and part.kind == "QUARTER")
        numbers = [int(sign) if sign.isdigit() else _NUMERALS.index(sign) + 1 for sign in _QUARTERS.findall(word.text)]
        end = any(isinstance(part, Token) and part.kind == "END" for part in parts)
        first, last = numbers[0], numbers[-1]
        if first == last or (first < last and _THROUGH.search(word.text)):
            return s.MonthsOf(year, 3 * first - 2, 3 * last, end)
        if end:
            return s.VagueDate(word.text)
        return s.MonthList(year, tuple(3 * number - 2 + month for number in numbers for month in range(3)))

    def word_quarter(self, parts: list[Token]) -> s.QuarterOf:
        """本季度, 下季度末."""
        return s.QuarterOf(_MONTH_SHIFTS[parts[0].text[0]], end=len(parts) > 1)

    def year_number(self, parts: list[Any]) -> s.BareNumber:
        """2022年5 of 2022年5-6月."""
        year, number = parts
        return s.BareNumber(year, number_of(number))

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
        return s.DayOf(None, _month_word(month), number_of(day))

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
        return s.BareDay(number_of(day))

    def bare_number(self, parts: list[Token]) -> s.BareNumber:
        """The 5 of 5-6月, the 24 of 18日-24前."""
        (number,) = parts
        return s.BareNumber(None, number_of(number), day_left_out=number.kind == "SHORT_DAY")

    def full_date(self, parts: list[Token]) -> s.DayOf:
        """2023-08-31, 2023/8/31, 2023.8.31."""
        (token,) = parts
        year, month, day = (int(number) for number in re.findall(r"\d+", token.text))
        return s.DayOf(s.Year(year), s.Month(month), day)

    def dotted(self, parts: list[Any]) -> s.DayOf:
        """11.29, 2024年11.29."""
        month, day = (int(number) for number in re.findall(r"\d+", parts[-1].text))
        year = parts[0] if isinstance(parts[0], s.Year) else None
        return s.DayOf(year, s.Month(month), day, dotted=year is None)

    def today(self, parts: list[Token]) -> s.FromToday:
        """即日, 明天."""
        (token,) = parts
        return s.FromToday(_TODAY_SHIFTS.get(token.text[0], 0))

    # -- times of day --

    def clock_time(self, parts: list[Token]) -> s.Clock:
        """下午5点半, 17:30, 24时."""
        part = next((part.text for part in parts if part.kind in {"DAYPART", "MERIDIEM"}), None)
        if part is not None and part[0] in "AaPp":
            part = part[:1].upper() + "M"
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
        part = next((part.text for part in parts if part.kind == "DAYPART"), None)
        return s.Clock(part=part, office=True, before=parts[-1].text.endswith("前"))

    def daypart(self, parts: list[Token]) -> s.Clock:
        """上午 alone."""
        (token,) = parts
        return s.Clock(part=token.text)


def number_of(token: Token) -> int:
    """Return the first number of a terminal, of at most nine digits."""
    return int(re.findall(r"\d{1,9}", token.text)[0])


def _weekday(sign: str) -> int:
    return _NUMERALS.index("日" if sign == "天" else sign)


def _quarter_sign(written: str) -> str:
    found = re.search(r"半|[一三](?=刻)", written)
    return found.group() if found else ""


def _year_and_numbers(parts: list[object]) -> tuple[s.Year | None, list[int]]:
    year = next((part for part in parts if isinstance(part, s.Year)), None)
    return year, [number_of(part) for part in parts if isinstance(part, Token)]


def _part(word: Token) -> s.Part:
    return _PARTS[word.text.replace("、", "")]


def _half(year: s.Year | None, half: Token) -> s.MonthsOf:
    return s.MonthsOf(year, 1, 6) if half.text.startswith("上") else s.MonthsOf(year, 7, 12)


def _month_word(token: Token) -> s.Month:
    return s.Month(shift=_MONTH_SHIFTS[token.text[0]])
