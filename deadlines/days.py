"""What is known of single days: the statutory calendar, the cited corrections, and what kind of day each one is."""

import gc
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources, util
from pathlib import Path
from typing import Any, Final, NamedTuple

from programs.words import Words

FIRST_YEAR: Final = 2001
"""The first year whose schedule was checked against the State Council's notices."""

LAST_YEAR: Final = 2060
"""As far as dates are computed at all; everything beyond the published schedules is provisional."""


class DayKind(StrEnum):
    """Why a day is worked or not."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make-up"
    LOCAL = "local"


OFF: Final = frozenset({DayKind.WEEKEND, DayKind.HOLIDAY, DayKind.LOCAL})


class Fact(NamedTuple):
    """A day that differs from the plain week, and the source that says so."""

    kind: DayKind
    name: Words
    source: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day as the calendar sees it. `provisional`: its schedule is not published, or may still be changed."""

    date: date
    working: bool
    name: Words
    kind: DayKind
    source: str
    provisional: bool

    def to_json(self, language: str = "zh") -> dict[str, object]:
        """Return the shape that `linxuan calendar day` prints."""
        return {
            "date": self.date.isoformat(),
            "working": self.working,
            "name": self.name.in_language(language),
            "kind": self.kind.value,
            "source": self.source,
            "provisional": self.provisional,
        }


#: The source of a day of which nothing more is known than which day of the week it is.
WEEK: Final = "weekday"
WORKDAY = Words("工作日", "Working day")
WEEKEND = Words("周末", "Weekend")
MAKE_UP = Words("调休上班", "Make-up working day")


@cache
def library() -> str:
    """Return the source of the days that the library knows: its name and version."""
    return f"holidays {_holidays_version()}"


@cache
def national_facts() -> dict[date, Fact]:
    """Return every day that differs from the plain week: `holidays.China` with `corrections.toml` on top."""
    china = _china("zh_CN")
    source = library()
    facts = {day: Fact(DayKind.HOLIDAY, Words(name, name), source) for day, name in china.items()}
    facts |= dict.fromkeys(china.weekend_workdays, Fact(DayKind.MAKE_UP, MAKE_UP, source))
    return facts | corrections()


@cache
def published_years() -> frozenset[int]:
    """Return the years whose schedule `holidays` carries.

    `holidays` guesses for later years without a word; the years of its static special days are the only sign.
    """
    return frozenset(range(FIRST_YEAR, max(_china_module().ChinaStaticHolidays.special_public_holidays) + 1))


@cache
def english_names() -> Mapping[date, str]:
    """Return the holidays' English names by day."""
    return dict(_china("en_US").items())


@cache
def corrections() -> dict[date, Fact]:
    """Return what the notices cited in `corrections.toml` change against `holidays`."""
    text = resources.files("deadlines").joinpath("corrections.toml").read_text("utf-8")
    return {
        day["date"]: Fact(DayKind(day["kind"]), Words(day["name"], day["name_en"]), entry["source"])
        for entry in tomllib.loads(text)["correction"]
        for day in entry["days"]
    }


def local_facts(days: Mapping[date, Words] | Iterable[date], source: str) -> dict[date, Fact]:
    """Return facts for local days off; days without a name are called local days off."""
    unnamed = Words("本地休息日", "Local day off")
    named = dict(days) if isinstance(days, Mapping) else dict.fromkeys(days, unnamed)
    return {day: Fact(DayKind.LOCAL, name, source) for day, name in named.items()}


@cache
def _china_module() -> Any:  # noqa: ANN401 - a module of an untyped library
    """Load `holidays/countries/china.py` alone: its package imports two hundred countries and takes twice as long.

    What is loaded stays, so collecting garbage meanwhile finds nothing and costs an eighth of the time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        import holidays  # noqa: PLC0415 - a tenth of a second that most commands need not pay

        path = Path(holidays.__file__).with_name("countries") / "china.py"
        spec = util.spec_from_file_location("deadlines._holidays_china", path)
        if spec is None or spec.loader is None:
            raise ImportError(f"holidays has no {path}")
        module = util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        if collecting:
            gc.enable()
    return module


def _china(language: str) -> Any:  # noqa: ANN401 - an object of an untyped library
    return _china_module().China(years=range(FIRST_YEAR, LAST_YEAR + 1), language=language)


def _holidays_version() -> str:
    from holidays.version import __version__  # noqa: PLC0415 - as in _china_module

    return __version__
