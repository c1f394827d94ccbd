from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import WorkCalendar
from deadlines.errors import OutsideCalendarError

CHINA = WorkCalendar.china()
days = st.lists(st.dates(date(2001, 6, 1), date(2060, 6, 1)), max_size=20)


def as_array(values):
    return np.array(values, dtype="datetime64[D]")


@given(days)
def test_are_working_days_answers_as_for_each(values):
    assert CHINA.are_working_days(as_array(values)).tolist() == [CHINA.is_working_day(day) for day in values]


@given(days, st.integers(-80, 80))
def test_add_working_days_each_answers_as_for_each(values, count):
    assert CHINA.add_working_days_each(as_array(values), count).tolist() == [
        CHINA.add_working_days(day, count) for day in values
    ]


@given(days, st.data())
def test_add_working_days_each_takes_a_count_for_each(values, data):
    counts = data.draw(st.lists(st.integers(-80, 80), min_size=len(values), max_size=len(values)))
    assert CHINA.add_working_days_each(as_array(values), np.array(counts, dtype=np.int64)).tolist() == [
        CHINA.add_working_days(day, count) for day, count in zip(values, counts, strict=True)
    ]


@given(days, st.dates(date(2001, 6, 1), date(2060, 6, 1)))
def test_count_working_days_each_answers_as_for_each_and_broadcasts(values, last):
    assert CHINA.count_working_days_each(as_array(values), as_array(last)).tolist() == [
        CHINA.count_working_days(day, last) for day in values
    ]


def test_arrays_of_seconds_are_taken_by_their_day():
    moments = np.array(["2024-03-02T23:59:59", "2024-03-04T00:00:00"], dtype="datetime64[s]")
    assert CHINA.are_working_days(moments).tolist() == [False, True]


@pytest.mark.parametrize("value", ["2000-12-31", "2061-01-01", "1969-12-31", "NaT"])
def test_arrays_outside_are_refused_and_never_wrap(value):
    for call in (
        CHINA.are_working_days,
        lambda array: CHINA.add_working_days_each(array, 1),
        lambda array: CHINA.count_working_days_each(array, as_array(["2024-01-01"])),
    ):
        with pytest.raises(OutsideCalendarError, match="2001 to 2060"):
            call(as_array(["2024-01-01", value]))


@pytest.mark.parametrize(("day", "count"), [("2001-01-05", -10), ("2060-12-25", 20), ("2024-01-01", 100_000)])
def test_counts_that_lead_outside_are_refused(day, count):
    with pytest.raises(OutsideCalendarError, match="2001 to 2060"):
        CHINA.add_working_days_each(as_array([day]), count)
