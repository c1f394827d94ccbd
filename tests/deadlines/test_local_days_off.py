"""Local festivals: a program that states them counts without those days, and nobody else does."""

from datetime import date, datetime

import pytest

from deadlines import SHANGHAI, WorkCalendar
from deadlines.editions import redate
from deadlines.keydates import key_dates
from programs import Program, load_program
from tests.deadlines.courses import published

CALENDAR = WorkCalendar.china()
PUBLISHED = datetime(2019, 8, 20, 9, tzinfo=SHANGHAI)


def with_days_off(*days: date) -> Program:
    document = load_program("luzhou-chief-technician-2019").model_dump()
    document["local_days_off"] = [{"day": day, "name": "本地节日", "authority": "本市通告"} for day in days]
    return Program.model_validate(document)


@pytest.mark.parametrize(
    ("days", "last_day"),
    [
        ((), date(2019, 8, 27)),
        ((date(2019, 8, 22),), date(2019, 8, 28)),
        ((date(2019, 8, 24),), date(2019, 8, 27)),  # a Saturday is off anyway
        ((date(2019, 8, 22), date(2019, 8, 23)), date(2019, 8, 29)),
    ],
)
def test_publicity_is_counted_without_local_days_off(days, last_day):
    program = with_days_off(*days)
    dates = key_dates(program, CALENDAR, published(program, CALENDAR, PUBLISHED))

    assert dates["publicity.period"].last_day == last_day


def test_deadline_on_a_local_day_off_is_reported_and_stays():
    dates = key_dates(with_days_off(date(2019, 7, 30)), CALENDAR)["recommendation.office"]

    assert dates.closes == datetime(2019, 7, 31, tzinfo=SHANGHAI)
    assert [finding.code for finding in dates.findings] == ["on_day_off"]


def test_new_edition_leaves_the_local_days_off_of_the_old_one_behind():
    edition = redate(with_days_off(date(2019, 8, 22)), "luzhou-2026", "2026年", 2600, CALENDAR)

    assert edition.local_days_off == ()
