"""Published holiday schedules, read from what an administrator loads before `holidays` has a release.

Two forms are read. JSON, as public data sets have it::

    {"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}

and a TOML of our own, which can cite its notice and can be a revision that changes only the days it names::

    year = 2027
    source = "国办发明电〔2026〕1号"
    revision = false

    [[days]]
    date = 2027-01-01
    name = "元旦"
    off = true
"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NoReturn

from deadlines.days import FIRST_YEAR, LAST_YEAR, MAKE_UP, DayKind, Fact
from deadlines.errors import ScheduleError
from programs.words import Words

_LARGEST: Final = 200_000
_FESTIVALS: Final = ("元旦", "春节", "清明", "劳动节", "端午", "中秋", "国庆")
_FIXED_DAYS_OFF: Final = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))


@dataclass(frozen=True, slots=True)
class ScheduledDay:
    """One day of a schedule: off, or a weekend day that is worked."""

    date: date
    name: str
    off: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """The State Council's arrangement for one year. A `revision` changes only the days that it names."""

    year: int
    days: tuple[ScheduledDay, ...]
    source: str
    revision: bool = False

    def facts(self) -> dict[date, Fact]:
        """Return the days in the calendar's own terms."""
        return {day.date: self._fact(day) for day in self.days}

    def _fact(self, day: ScheduledDay) -> Fact:
        if day.off:
            return Fact(DayKind.HOLIDAY, Words(day.name, day.name), self.source)
        if day.date.weekday() < 5:
            return Fact(DayKind.WORKDAY, Words(f"上班（{day.name}）", f"Working day ({day.name})"), self.source)
        return Fact(DayKind.MAKE_UP, Words(f"{MAKE_UP.zh}（{day.name}）", f"{MAKE_UP.en} ({day.name})"), self.source)


def parse_schedule(content: str | bytes) -> Schedule:
    """Read a schedule in either form.

    Raises `ScheduleError`, which says what is wrong and what to do, for anything that is not a usable schedule.
    """
    document = _document(content)
    year = document.get("year")
    if not isinstance(year, int) or isinstance(year, bool) or not FIRST_YEAR <= year <= LAST_YEAR:
        _refuse(
            "缺少 year，或不是{first}至{last}之间的整数",
            "`year` is missing, or is not a whole number from {first} to {last}",
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    rows = document.get("days")
    if not isinstance(rows, list) or not rows:
        _refuse(
            "缺少 days：请逐日列出放假和调休上班日", "`days` is missing: list each day off and each make-up working day"
        )
    revision = document.get("revision", False)
    if not isinstance(revision, bool):
        _refuse("revision 只能是 true 或 false", "`revision` must be true or false")
    days = tuple(_day(row, number, year) for number, row in enumerate(rows, 1))
    schedule = Schedule(year, days, _source(document, year), revision)
    _check_whole(schedule)
    return schedule


def _document(content: str | bytes) -> dict[str, Any]:
    if len(content) > _LARGEST:
        _refuse("文件过大，不像放假安排", "the file is too large to be a holiday schedule")
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content.removeprefix("\ufeff")
        document: dict[str, Any] = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except UnicodeDecodeError:
        _refuse("文件不是 UTF-8 编码，请另存为 UTF-8", "the file is not UTF-8; save it as UTF-8")
    except (ValueError, RecursionError) as error:
        # Both parsers' syntax errors are ValueErrors; they name the line.
        _refuse(
            "既不是有效的 JSON 也不是有效的 TOML：{error}", "neither valid JSON nor valid TOML: {error}", error=error
        )
    return document


def _day(row: object, number: int, year: int) -> ScheduledDay:
    if not isinstance(row, dict):
        _refuse("days 第{number}项应为对象", "entry {number} of `days` must be an object", number=number)
    name = row.get("name")
    if not isinstance(name, str) or not name.strip():
        _refuse("days 第{number}项缺少 name（节日名称）", "entry {number} of `days` has no `name`", number=number)
    off = row.get("isOffDay", row.get("off"))
    if not isinstance(off, bool):
        _refuse(
            "days 第{number}项的 isOffDay（TOML 中为 off）只能是 true 或 false",
            "`isOffDay` (in TOML `off`) of entry {number} of `days` must be true or false",
            number=number,
        )
    return ScheduledDay(_date(row.get("date"), number, year), name.strip(), off)


def _date(value: object, number: int, year: int) -> date:
    try:
        day = value if type(value) is date else date.fromisoformat(str(value))
    except ValueError:
        _refuse(
            "days 第{number}项的 date 不是日期（应如 2027-01-01）：{value}",
            "`date` of entry {number} of `days` is not a date such as 2027-01-01: {value}",
            number=number,
            value=value,
        )
    # A schedule may exchange days of the December before.
    if not date(year - 1, 12, 1) <= day <= date(year, 12, 31) or day.year < FIRST_YEAR:
        _refuse(
            "days 第{number}项的{day}不属于{year}年的安排",
            "{day}, entry {number} of `days`, does not belong to the schedule of {year}",
            number=number,
            day=day,
            year=year,
        )
    return day


def _source(document: dict[str, Any], year: int) -> str:
    papers = document.get("papers")
    cited = document.get("source") or (papers[0] if isinstance(papers, list) and papers else None)
    return cited.strip() if isinstance(cited, str) and cited.strip() else f"{year}年放假安排（导入）"


def _check_whole(schedule: Schedule) -> None:
    off: dict[date, bool] = {}
    for day in schedule.days:
        if off.setdefault(day.date, day.off) != day.off:
            _refuse("{day}既列为放假又列为上班", "{day} is listed both as off and as worked", day=day.date)
    if schedule.revision:
        return
    missing = list(_missing(schedule.year, schedule.days))
    if missing:
        _refuse(
            "{year}年的安排不完整，缺少：{missing}；如只是调整个别日期，请用 TOML 并写明 revision = true",
            "the schedule of {year} is not whole, it lacks: {missing}; a change of single days is a TOML file with "
            "revision = true",
            year=schedule.year,
            missing="、".join(missing),
        )


def _missing(year: int, days: Sequence[ScheduledDay]) -> Iterator[str]:
    """Yield the festivals that no day names or that have no day off, and the fixed statutory days that are not off."""
    names = {day.name for day in days}
    # 清明, 端午 and 中秋 are statutory since 2008; older schedules name the holidays freely.
    if year >= 2008:
        yield from (festival for festival in _FESTIVALS if not any(festival in name for name in names))
        yield from (f"{festival}放假" for festival in _FESTIVALS if not _is_off(festival, days))
    off = {day.date for day in days if day.off}
    yield from (f"{date(year, month, day)}" for month, day in _FIXED_DAYS_OFF if date(year, month, day) not in off)


def _is_off(festival: str, days: Iterable[ScheduledDay]) -> bool:
    """Say whether a festival that is named has a day off: its make-up days bear its name as well."""
    named = [day.off for day in days if festival in day.name]
    return not named or any(named)


def _refuse(zh: str, en: str, **values: object) -> NoReturn:
    raise ScheduleError(Words(zh, en).format(**values))
