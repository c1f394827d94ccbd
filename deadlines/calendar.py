"""The Chinese working-day calendar: one prefix-sum table, from which every answer is one or two look-ups."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from deadlines.days import (
    FIRST_YEAR,
    LAST_YEAR,
    OFF,
    WEEK,
    WEEKEND,
    WORKDAY,
    Day,
    DayKind,
    Fact,
    english_names,
    local_facts,
    national_facts,
    published_years,
)
from deadlines.errors import OutsideCalendarError, UnpublishedScheduleError
from programs.words import Words

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from deadlines.arrays import DayTables
    from deadlines.schedules import Schedule

FIRST_DAY: Final = date(FIRST_YEAR, 1, 1)
LAST_DAY: Final = date(LAST_YEAR, 12, 31)
_ORIGIN: Final = FIRST_DAY.toordinal()
_LENGTH: Final = LAST_DAY.toordinal() - _ORIGIN + 1


class WorkCalendar:
    """Which days are worked, from 2001 to 2060; immutable, so it can be shared and cached.

    Days are `datetime.date`. A `datetime` counts as the day that its own clock shows; pass instants of other zones
    through `deadlines.zone.shanghai_day` first. Days outside the table raise `OutsideCalendarError`.
    """

    def __init__(
        self, national: Mapping[date, Fact], published: frozenset[int], local: Mapping[date, Fact] | None = None
    ) -> None:
        self._national = national
        self._published = published
        self._local = local or {}
        self._worked = _worked(national, self._local)
        # Working days before the day at each offset, with one more entry for the day after the table.
        self._before = list(accumulate(self._worked, initial=0))
        self._working_days = [
            date.fromordinal(_ORIGIN + offset) for offset, worked in enumerate(self._worked) if worked
        ]

    @classmethod
    def china(cls) -> "WorkCalendar":
        """Return the State Council's calendar, built once per process."""
        return _china()

    def is_working_day(self, day: date) -> bool:
        """Say whether the day is worked: make-up weekends are, holidays are not."""
        offset = day.toordinal() - _ORIGIN
        if not 0 <= offset < _LENGTH:
            raise _outside(day)
        return self._worked[offset] == 1

    def add_working_days(self, day: date, count: int) -> date:
        """Return the `count`-th working day strictly after the day, or strictly before it when `count` is negative.

        `count` 0 gives the day itself, or the next working day when it is off.
        """
        offset = day.toordinal() - _ORIGIN
        if not 0 <= offset < _LENGTH:
            raise _outside(day)
        place = self._before[offset + 1] - 1 + count if count > 0 else self._before[offset] + count
        if not 0 <= place < len(self._working_days):
            raise _outside(day, count)
        return self._working_days[place]

    def count_working_days(self, first: date, last: date) -> int:
        """Return the number of working days from `first` to `last`, both included; 0 when `last` is before `first`."""
        start, end = first.toordinal() - _ORIGIN, last.toordinal() - _ORIGIN
        if not (0 <= start < _LENGTH and 0 <= end < _LENGTH):
            raise _outside(last if 0 <= start < _LENGTH else first)
        counted = self._before[end + 1] - self._before[start]
        return max(0, counted)

    def next_working_day(self, day: date) -> date:
        """Return the first working day on or after the day."""
        return self.add_working_days(day, 0)

    def previous_working_day(self, day: date) -> date:
        """Return the last working day on or before the day."""
        return _plain(day) if self.is_working_day(day) else self.add_working_days(day, -1)

    def are_working_days(self, days: "npt.NDArray[np.datetime64]") -> "npt.NDArray[np.bool_]":
        """Answer `is_working_day` for an array of `datetime64[D]`."""
        return self._tables.are_working(days)

    def add_working_days_each(
        self, days: "npt.NDArray[np.datetime64]", counts: "int | npt.NDArray[np.int64]"
    ) -> "npt.NDArray[np.datetime64]":
        """Answer `add_working_days` for an array of `datetime64[D]`, with one count for all or one for each."""
        return self._tables.add(days, counts)

    def count_working_days_each(
        self, first: "npt.NDArray[np.datetime64]", last: "npt.NDArray[np.datetime64]"
    ) -> "npt.NDArray[np.int64]":
        """Answer `count_working_days` for two arrays of `datetime64[D]`, which may broadcast."""
        return self._tables.count(first, last)

    @cached_property
    def published_through(self) -> date:
        """The last day of the last year up to which every schedule is published."""
        year = FIRST_YEAR
        while year + 1 in self._published:
            year += 1
        return date(year, 12, 31)

    def is_provisional(self, first: date, last: date | None = None) -> bool:
        """Say whether the schedule of any day from `first` to `last` is unpublished or may still be changed.

        25–31 December may be changed by the next year's schedule, as in 2001, 2005, 2006, 2007, 2011 and 2018.
        """
        first, last = _plain(first), _plain(last or first)
        for day in (first, last):
            if not FIRST_DAY <= day <= LAST_DAY:
                raise _outside(day)
        # A day a week later falls into the next year exactly for 25–31 December.
        final = last + timedelta(days=7)
        return any(year not in self._published for year in range(first.year, final.year + 1))

    def require_published(self, first: date, last: date | None = None) -> None:
        """Raise `UnpublishedScheduleError` when any of the days is provisional."""
        if self.is_provisional(first, last):
            raise UnpublishedScheduleError(
                Words(
                    "{first}至{last}涉及尚未公布放假安排的日期（已公布至{through}，其中12月下旬仍可能调整）；"
                    "请待国务院办公厅公布后重算，或先导入已公布的安排",
                    "{first} to {last} touches days whose holiday schedule is not published (it is through {through}, "
                    "and late December may still change); compute again after publication, or load the schedule",
                ).format(first=first, last=last or first, through=self.published_through)
            )

    def day(self, day: date) -> Day:
        """Return what is known of one day, with the source."""
        day = _plain(day)
        worked = self.is_working_day(day)
        provisional = self.is_provisional(day)
        fact = self._local.get(day) or self._national.get(day)
        if fact is None:
            kind, name = (DayKind.WORKDAY, WORKDAY) if worked else (DayKind.WEEKEND, WEEKEND)
            return Day(day, worked, name, kind, WEEK, provisional)
        name = fact.name
        if fact.kind is DayKind.HOLIDAY and name.en == name.zh:
            name = Words(name.zh, english_names().get(day, name.en))
        return Day(day, worked, name, fact.kind, fact.source, provisional)

    def days(self, first: date, last: date) -> Iterator[Day]:
        """Yield every day from `first` to `last`, both included."""
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            yield self.day(date.fromordinal(ordinal))

    def with_schedule(self, schedule: "Schedule") -> "WorkCalendar":
        """Return this calendar with a published schedule taken in.

        A whole year's schedule replaces all that was known of its year; a revision changes only the days that it names.
        The end of December belongs to the next year's schedule, once that is published, unless this one names the day.
        """
        december = date(schedule.year, 12, 25) if schedule.year + 1 in self._published else date.max

        def stays(day: date) -> bool:
            return schedule.revision or day.year != schedule.year or day >= december

        national = {day: fact for day, fact in self._national.items() if stays(day)}
        published = self._published if schedule.revision else self._published | {schedule.year}
        return WorkCalendar(national | schedule.facts(), published, self._local)

    def with_local_days_off(
        self, days: Mapping[date, Words] | Iterable[date], source: str = "program"
    ) -> "WorkCalendar":
        """Return this calendar with further days off, such as a local festival; names are optional."""
        return WorkCalendar(self._national, self._published, {**self._local, **local_facts(days, source)})

    @property
    def facts_known(self) -> int:
        """How many days are known to be worked or off otherwise than the plain week says, the program's own aside."""
        return len(self._national)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all that can change a computed date; store it with the date to see when to compute again."""
        digest = hashlib.sha256(f"{FIRST_DAY} {sorted(self._published)} ".encode())
        digest.update(self._worked)
        return digest.hexdigest()

    @cached_property
    def _tables(self) -> "DayTables":
        from deadlines.arrays import DayTables  # noqa: PLC0415 - numpy costs 0.1 s, which scalar callers need not pay

        return DayTables(_ORIGIN, self._worked)


@cache
def _china() -> WorkCalendar:
    return WorkCalendar(national_facts(), published_years())


def _worked(*layers: Mapping[date, Fact]) -> bytes:
    """Return one byte per day of the table, 1 where it is worked: the plain week, then each layer on top."""
    monday_first = bytes((1, 1, 1, 1, 1, 0, 0))
    start = FIRST_DAY.weekday()
    worked = bytearray((monday_first * (_LENGTH // 7 + 2))[start : start + _LENGTH])
    for layer in layers:
        for day, fact in layer.items():
            offset = day.toordinal() - _ORIGIN
            if not 0 <= offset < _LENGTH:
                raise _outside(day)
            worked[offset] = fact.kind not in OFF
    return bytes(worked)


def _plain(day: date) -> date:
    """Return the day of a `datetime`, which does not compare with days."""
    return date.fromordinal(day.toordinal())


def _outside(day: date, count: int = 0) -> OutsideCalendarError:
    covered = {"first": FIRST_YEAR, "last": LAST_YEAR}
    if count:
        return OutsideCalendarError(
            Words(
                "从{day}起数{count}个工作日超出工作日历的范围（{first}年至{last}年）",
                "{count} working days from {day} lead out of the working-day calendar, which covers {first} to {last}",
            ).format(day=_plain(day), count=count, **covered)
        )
    return OutsideCalendarError(
        Words(
            "{day}不在工作日历的范围内（{first}年至{last}年）",
            "{day} is outside the working-day calendar, which covers {first} to {last}",
        ).format(day=_plain(day), **covered)
    )
