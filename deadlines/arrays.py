"""The calendar's table as numpy arrays: the same answers for millions of days at a time.

The tables are indexed by days since 1970, numpy's own count, so that a lookup needs no subtraction; the years before
the calendar begins are padding that the bounds keep out of reach.
"""

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from deadlines.errors import OutsideCalendarError
from programs.words import Words

_EPOCH: Final = date(1970, 1, 1).toordinal()


class DayTables:
    """Arrays over the days of a table that begins at the ordinal `origin`; `worked` has one byte per day."""

    def __init__(self, origin: int, worked: bytes) -> None:
        self._first = origin - _EPOCH
        self._last = self._first + len(worked) - 1
        self.worked = np.concatenate((np.zeros(self._first, np.bool_), np.frombuffer(worked, np.bool_)))
        self.through = np.cumsum(self.worked, dtype=np.int64)
        """Working days up to and including each day."""
        self.before = self.through - self.worked
        self.working_days = np.flatnonzero(self.worked).astype("datetime64[D]")

    def are_working(self, days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.bool_]:
        """Say of each day whether it is worked."""
        return self.worked.take(self._indices(days))

    def add(self, days: npt.NDArray[np.datetime64], counts: int | npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
        """Return for each day its `counts`-th working day after it, before it when negative, on or after it when 0."""
        indices = self._indices(days)
        if isinstance(counts, int | np.integer) and counts > 0:
            places = self.through.take(indices)
            # One count for all only shifts the table of working days, which a view does for nothing.
            return self._working_days_from(int(counts) - 1, places)
        counts = np.asarray(counts, dtype=np.int64)
        forward = counts > 0
        places = np.where(forward, self.through.take(indices) - 1, self.before.take(indices)) + counts
        return self._working_days_from(0, places)

    def count(self, first: npt.NDArray[np.datetime64], last: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
        """Return for each pair the number of working days in the closed interval, 0 when it is empty."""
        counted = self.through.take(self._indices(last)) - self.before.take(self._indices(first))
        return np.maximum(counted, 0)

    def _indices(self, days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
        indices = np.asarray(days).astype("datetime64[D]", copy=False).view(np.int64)
        _check(indices, self._first, self._last)
        return indices

    def _working_days_from(self, start: int, places: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
        table = self.working_days[start:]
        _check(places, 0, table.size - 1)
        return table.take(places)


def _check(places: npt.NDArray[np.int64], least: int, most: int) -> None:
    """Raise for places outside the table: numpy would let negative ones wrap around to its end."""
    if places.size and not (places.min() >= least and places.max() <= most):
        raise OutsideCalendarError(
            Words(
                "有日期超出工作日历的范围（2001年至2060年），或不是日期",
                "some days are outside the working-day calendar, which covers 2001 to 2060, or are no dates",
            )
        )
