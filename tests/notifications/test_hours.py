from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import SHANGHAI, WorkCalendar
from deadlines.ladders import CLOSES, OPENS
from deadlines.zone import at
from notifications import next_working_instant, working_days_left

CALENDAR = WorkCalendar.china()
INSTANTS = st.datetimes(datetime(2015, 1, 1), datetime(2026, 11, 30), timezones=st.just(SHANGHAI))  # noqa: DTZ001 - Hypothesis adds the zone


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-03-11T10:15", "2026-03-11T10:15", id="within working hours"),
        pytest.param("2026-03-11T09:00", "2026-03-11T09:00", id="as offices open"),
        pytest.param("2026-03-11T06:30", "2026-03-11T09:00", id="before they open"),
        pytest.param("2026-03-11T17:30", "2026-03-12T09:00", id="as they close"),
        pytest.param("2026-03-13T20:00", "2026-03-16T09:00", id="on a Friday evening"),
        pytest.param("2019-10-02T11:00", "2019-10-08T09:00", id="on a holiday"),
        pytest.param("2019-09-29T11:00", "2019-09-29T11:00", id="on a Sunday that is worked"),
    ],
)
def test_next_working_instant(now, expected):
    assert next_working_instant(CALENDAR, instant(now)) == instant(expected)


def test_next_working_instant_from_another_zone_is_told_in_shanghai_time():
    now = datetime.fromisoformat("2026-03-11T02:15:00+00:00")
    assert next_working_instant(CALENDAR, now).isoformat() == "2026-03-11T10:15:00+08:00"


@given(INSTANTS)
def test_next_working_instant_is_the_first_within_working_hours(now):
    found = next_working_instant(CALENDAR, now)
    assert CALENDAR.is_working_day(found.date())
    assert OPENS <= found.time() < CLOSES
    assert found >= now
    assert found == now or found.time() == OPENS
    earlier = (now.date() + timedelta(days=days) for days in range((found.date() - now.date()).days))
    assert not any(CALENDAR.is_working_day(day) and at(day, CLOSES) > now for day in earlier)


@pytest.mark.parametrize(
    ("now", "due", "left"),
    [
        pytest.param("2019-07-25T09:00", "2019-07-31T00:00", 3, id="over a weekend"),
        pytest.param("2019-07-30T09:00", "2019-07-31T00:00", 0, id="on the last day"),
        pytest.param(
            "2017-04-28T09:00", "2017-05-01T00:00", 0, id="on the last working day before a closing on a holiday"
        ),
        pytest.param("2023-08-30T09:00", "2023-08-31T18:00", 1, id="with an hour within the last day"),
        pytest.param("2023-08-30T09:00", "2023-08-31T08:30", 0, id="with an hour before offices open"),
        pytest.param("2023-08-31T18:00", "2023-08-31T18:00", None, id="as it closes"),
    ],
)
def test_working_days_left(now, due, left):
    assert working_days_left(CALENDAR, instant(now), instant(due)) == left
