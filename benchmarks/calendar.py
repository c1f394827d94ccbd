"""How fast the working-day calendar is, beside four other libraries, in one run: `python benchmarks/calendar.py`.

Times depend on the machine; the ratios hardly do. Every library answers the same questions, and each answer is checked
against ours before it is timed; a known difference is named, anything else ends the run.
"""

import sys
from pathlib import Path

# A script's own folder comes first on the path, where this file would stand in for the standard `calendar`.
_HERE = Path(__file__).resolve().parent
sys.path[:] = [str(_HERE.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != _HERE)]

import timeit  # noqa: E402
from collections.abc import Callable  # noqa: E402
from datetime import date, timedelta  # noqa: E402
from functools import partial  # noqa: E402
from statistics import median  # noqa: E402
from subprocess import run  # noqa: E402
from typing import Any, NamedTuple  # noqa: E402

import chinese_calendar  # noqa: E402
import holidays  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from deadlines import WorkCalendar  # noqa: E402

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
KNOWN_DIFFERENCES = {"chinesecalendar": {date(2005, 12, 31)}}
DAYS = 5
YEAR = timedelta(days=364)
MILLION = 1_000_000

Day = Any  # each library has its own type of day


class Rival(NamedTuple):
    """A library's way to ask the three questions; `days` makes its own type of a date."""

    name: str
    add: Callable[[Day], Day]
    count: Callable[[Day, Day], int]
    days: Callable[[date], Day] = lambda day: day


def main() -> None:
    """Check and time everything."""
    calendar = WorkCalendar.china()
    every = [FIRST + timedelta(days=offset) for offset in range((LAST - FIRST).days + 1)]
    off = [day for day in every if not calendar.is_working_day(day)]
    check_days(calendar, every)
    rivals = rivals_of(off)
    check_rivals(calendar, rivals)
    print(f"agreed on {len(every):,} days, {FIRST} to {LAST}; known difference: chinesecalendar on 2005-12-31")
    print("from a day off chinesecalendar counts one later: it goes to the next working day first")
    print()
    time_scalars(calendar, rivals)
    print()
    time_arrays(calendar, off)
    print()
    time_building()


def check_days(calendar: WorkCalendar, every: list[date]) -> None:
    """Compare day by day with the two libraries that know the schedule themselves."""
    china = holidays.country_holidays("CN", years=range(FIRST.year, LAST.year + 1))
    answers: dict[str, Callable[[date], bool]] = {
        "holidays": china.is_working_day,
        "chinesecalendar": chinese_calendar.is_workday,
    }
    for name, answer in answers.items():
        differing = {day for day in every if answer(day) != calendar.is_working_day(day)}
        if differing != KNOWN_DIFFERENCES.get(name, set()):
            raise SystemExit(f"{name} differs on {sorted(differing)}")


def rivals_of(off: list[date]) -> list[Rival]:
    """Say how each library is asked.

    numpy and pandas can express make-up weekends only as a seven-day week with every day off listed.
    """
    china = holidays.country_holidays("CN", years=range(FIRST.year, LAST.year + 1))
    busdays = np.busdaycalendar(weekmask="1111111", holidays=np.array(off, dtype="datetime64[D]"))
    offset = pd.offsets.CustomBusinessDay(n=DAYS, weekmask="1111111", holidays=off)
    return [
        Rival("holidays", lambda day: china.get_nth_working_day(day, DAYS), china.get_working_days_count),
        Rival(
            "chinesecalendar",
            lambda day: chinese_calendar.find_workday(DAYS, day),
            lambda first, last: len(chinese_calendar.get_workdays(first, last)),
        ),
        Rival(
            "pandas CustomBusinessDay",
            lambda day: day + offset,
            lambda first, last: len(pd.date_range(first, last, freq=offset.base)),
            pd.Timestamp,
        ),
        Rival(
            "numpy busday_offset",
            # From a day off the first working day after it counts as 1.
            lambda day: np.busday_offset(day, DAYS, roll="backward", busdaycal=busdays),
            lambda first, last: np.busday_count(first, last + np.timedelta64(1, "D"), busdaycal=busdays),
            lambda day: np.datetime64(day, "D"),
        ),
    ]


def check_rivals(calendar: WorkCalendar, rivals: list[Rival]) -> None:
    """Ask every library what it will be timed on, from many working days after the known difference.

    From a day off the libraries mean different things: chinesecalendar goes to the next working day before it counts.
    """
    start = date(2006, 1, 1)
    for offset in range(0, (LAST - start).days - YEAR.days, 97):
        day = calendar.next_working_day(start + timedelta(days=offset))
        last = day + YEAR
        ours = calendar.add_working_days(day, DAYS), calendar.count_working_days(day, last)
        for rival in rivals:
            theirs = (
                pd.Timestamp(rival.add(rival.days(day))).date(),
                int(rival.count(rival.days(day), rival.days(last))),
            )
            if theirs != ours:
                raise SystemExit(f"{rival.name} from {day}: {theirs}, ours {ours}")


def time_scalars(calendar: WorkCalendar, rivals: list[Rival]) -> None:
    """Time single answers."""
    day, last = date(2024, 9, 20), date(2025, 9, 19)
    print(f"{'ns per call':26}{f'{DAYS}th working day':>18}{'ratio':>9}{'count over a year':>20}{'ratio':>9}")
    add = nanoseconds(partial(calendar.add_working_days, day, DAYS))
    count = nanoseconds(partial(calendar.count_working_days, day, last))
    print(f"{'linxuan':26}{add:>18,.0f}{'1':>9}{count:>20,.0f}{'1':>9}")
    for rival in rivals:
        own_day, own_last = rival.days(day), rival.days(last)
        slow_add = nanoseconds(partial(rival.add, own_day))
        slow_count = nanoseconds(partial(rival.count, own_day, own_last))
        print(
            f"{rival.name:26}{slow_add:>18,.0f}{slow_add / add:>8,.0f}×{slow_count:>20,.0f}{slow_count / count:>8,.0f}×"
        )


def time_arrays(calendar: WorkCalendar, off: list[date]) -> None:
    """Time a million additions against the bare takes that they come down to, and against numpy's own."""
    random = np.random.default_rng(2026)
    span = (date(2026, 6, 1) - FIRST).days
    days = np.datetime64(FIRST, "D") + random.integers(0, span, MILLION)
    tables = calendar._tables  # noqa: SLF001 - the bare take must be on the same table
    indices = days.view(np.int64)
    busdays = np.busdaycalendar(weekmask="1111111", holidays=np.array(off, dtype="datetime64[D]"))

    def ours() -> Any:  # noqa: ANN401 - an array
        return calendar.add_working_days_each(days, DAYS)

    def bare() -> Any:  # noqa: ANN401 - an array
        return tables.working_days.take(tables.through.take(indices) + DAYS - 1)

    def numpys() -> Any:  # noqa: ANN401 - an array
        return np.busday_offset(days, DAYS, roll="backward", busdaycal=busdays)

    if not (np.array_equal(ours(), bare()) and np.array_equal(ours(), numpys())):
        raise SystemExit("the arrays differ")
    print(f"{'a million additions':34}{'ns each':>9}{'ratio':>9}")
    least = per_call(bare, 21) / MILLION
    for name, call, times in (
        ("bare numpy take, unchecked", bare, 21),
        ("linxuan, bounds checked", ours, 21),
        ("numpy busday_offset", numpys, 3),
    ):
        each = per_call(call, times) / MILLION
        print(f"{name:34}{each:>9,.2f}{each / least:>8,.2f}×")


def time_building() -> None:
    """Time the calendar from nothing, in fresh processes, with the import of `holidays` in it."""
    program = (
        "import time; from deadlines import WorkCalendar; start = time.perf_counter(); "
        "WorkCalendar.china(); print(time.perf_counter() - start)"
    )
    command = [sys.executable, "-c", program]
    seconds = [
        float(run(command, capture_output=True, check=True, cwd=_HERE.parent, text=True).stdout)  # noqa: S603 - our own
        for _ in range(7)
    ]
    print(f"building the calendar, importing holidays: {median(seconds):.3f} s (median of {len(seconds)} processes)")


def nanoseconds(call: Callable[[], Any]) -> float:
    """Return the time of a call: the best of several rounds, since other work on the machine only ever adds to it."""
    timer = timeit.Timer(call)
    number = max(1, timer.autorange()[0] // 4)
    return min(timer.repeat(9, number)) / number * 1e9


def per_call(call: Callable[[], Any], times: int) -> float:
    """Return the best time of a slow call in nanoseconds."""
    call()
    return min(timeit.repeat(call, number=1, repeat=times)) * 1e9


if __name__ == "__main__":
    main()
