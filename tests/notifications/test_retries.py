from datetime import datetime, timedelta

import pytest

from deadlines import SHANGHAI
from notifications import next_attempt

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=SHANGHAI)


def pauses() -> list[timedelta]:
    found = []
    while (at := next_attempt(len(found) + 1, NOW)) is not None:
        found.append(at - NOW)
    return found


def test_pauses_begin_short_and_grow():
    assert pauses()[:5] == [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]
    assert pauses() == sorted(pauses())


def test_pauses_outlast_a_weekend():
    assert sum(pauses(), timedelta()) > timedelta(hours=63)


def test_next_attempt_after_the_last_parks():
    assert next_attempt(len(pauses()) + 1, NOW) is None
    assert next_attempt(1000, NOW) is None


def test_next_attempt_before_the_first_is_refused():
    with pytest.raises(ValueError, match="nothing to retry"):
        next_attempt(0, NOW)
