from datetime import UTC, date, datetime, time

import pytest

from deadlines.zone import SHANGHAI, at, day_end, last_day_before, midnight, shanghai_day


def test_midnight_begins_the_day_in_shanghai():
    assert midnight(date(2023, 8, 31)).isoformat() == "2023-08-31T00:00:00+08:00"


def test_day_end_is_the_first_instant_of_the_next_day():
    assert day_end(date(2017, 4, 30)) == midnight(date(2017, 5, 1))


def test_at_takes_the_shanghai_clock():
    assert at(date(2023, 8, 31), time(18)).astimezone(UTC) == datetime(2023, 8, 31, 10, tzinfo=UTC)


def test_shanghai_day_of_an_evening_in_utc_is_the_next_day():
    assert shanghai_day(datetime(2023, 8, 31, 16, 30, tzinfo=UTC)) == date(2023, 9, 1)


def test_shanghai_day_of_a_date_is_itself():
    assert shanghai_day(date(2023, 8, 31)) == date(2023, 8, 31)


def test_shanghai_day_of_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        shanghai_day(datetime(2023, 8, 31))  # noqa: DTZ001 - the refusal is the point


@pytest.mark.parametrize(
    ("closes", "last"),
    [
        (datetime(2017, 5, 1, tzinfo=SHANGHAI), date(2017, 4, 30)),
        (datetime(2017, 5, 1, 0, 1, tzinfo=SHANGHAI), date(2017, 5, 1)),
        (datetime(2017, 4, 30, 16, tzinfo=UTC), date(2017, 4, 30)),
    ],
)
def test_last_day_before_closing(closes, last):
    assert last_day_before(closes) == last
