from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import SHANGHAI, WorkCalendar
from deadlines.errors import LadderError
from deadlines.ladders import ladder
from deadlines.zone import day_end

CHINA = WorkCalendar.china()


def instants(*args, **kwargs):
    return [f"{rung.before} {rung.at:%m-%d %H:%M}" for rung in ladder(CHINA, *args, **kwargs)]


def test_ladder_steps_back_by_working_days():
    assert instants(day_end(date(2024, 3, 15))) == ["5 03-08 09:00", "3 03-12 09:00", "1 03-14 09:00", "0 03-15 09:00"]


def test_ladder_of_a_deadline_on_a_day_off_starts_from_the_working_day_before():
    assert instants(day_end(date(2017, 4, 30)), (1, 0)) == ["1 04-27 09:00", "0 04-28 09:00"]


def test_ladder_uses_make_up_days():
    assert instants(day_end(date(2023, 10, 9)), (3, 2, 1)) == ["3 09-28 09:00", "2 10-07 09:00", "1 10-08 09:00"]


def test_ladder_of_an_afternoon_reminds_on_its_morning():
    assert instants(datetime(2023, 8, 31, 18, tzinfo=SHANGHAI), (0,)) == ["0 08-31 09:00"]


def test_ladder_of_a_deadline_at_the_reminders_hour_reminds_on_the_working_day_before():
    assert instants(datetime(2021, 10, 14, 9, tzinfo=SHANGHAI), (1, 0)) == ["1 10-12 09:00", "0 10-13 09:00"]


def test_ladder_of_an_ambiguous_before_plans_for_the_day_before():
    assert instants(day_end(date(2022, 7, 21)), (1, 0), day_before=True) == ["1 07-19 09:00", "0 07-20 09:00"]


def test_ladder_repeats_no_step():
    assert instants(day_end(date(2024, 3, 15)), (0, 1, 0)) == ["1 03-14 09:00", "0 03-15 09:00"]


def test_ladder_without_steps_is_empty():
    assert instants(day_end(date(2024, 3, 15)), ()) == []


def test_ladder_over_unpublished_days_is_provisional():
    rungs = ladder(CHINA, day_end(date(CHINA.published_through.year + 1, 3, 1)))
    assert [rung.provisional for rung in rungs] == [True] * 4


@pytest.mark.parametrize("clock", [time(8, 59), time(17, 30), time(23)])
def test_ladder_outside_working_hours_is_refused(clock):
    with pytest.raises(LadderError, match="working hours"):
        ladder(CHINA, day_end(date(2024, 3, 15)), clock=clock)


def test_ladder_with_a_negative_step_is_refused():
    with pytest.raises(LadderError, match="negative"):
        ladder(CHINA, day_end(date(2024, 3, 15)), (-1,))


@given(
    st.datetimes(datetime(2004, 3, 1), datetime(2026, 12, 1)),  # noqa: DTZ001 - the zone is added below
    st.sets(st.integers(0, 30)),
    st.booleans(),
)
def test_ladder_reminds_before_the_close_on_working_days(moment, steps, day_before):
    closes = moment.replace(tzinfo=SHANGHAI)
    rungs = ladder(CHINA, closes, steps, day_before=day_before)
    assert [rung.before for rung in rungs] == sorted(steps, reverse=True)
    assert all(rung.at < closes and CHINA.is_working_day(rung.at.date()) for rung in rungs)
    assert sorted({rung.at for rung in rungs}) == [rung.at for rung in rungs]
