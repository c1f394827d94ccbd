import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import Convention, Unit, WorkCalendar, publicity_period, verify_range
from deadlines.errors import OutsideCalendarError, PeriodError
from deadlines.periods import objections_close_early
from deadlines.zone import SHANGHAI

CHINA = WorkCalendar.china()
with (Path(__file__).parent / "data" / "publicity.csv").open(encoding="utf-8") as file:
    PUBLICITIES = list(csv.DictReader(file))


def codes(findings):
    return [finding.code for finding in findings]


# -- real notices --


@pytest.mark.parametrize("row", PUBLICITIES, ids=lambda row: row["title"])
def test_real_publicity_agrees_with_the_convention_that_it_follows(row):
    agreement = verify_range(
        CHINA,
        date.fromisoformat(row["start"]),
        date.fromisoformat(row["end"]),
        int(row["n_working_days"]),
        published=date.fromisoformat(row["issued"]) if row["issued"] else None,
    )
    names = {frozenset(Convention): "both", frozenset(): "inconsistent"}
    convention = names.get(agreement.conventions) or next(iter(agreement.conventions)).value
    assert (agreement.end_same_day.isoformat(), agreement.end_next_day.isoformat(), convention) == (
        row["end_same_day"],
        row["end_next_day"],
        row["convention"].split(" ")[0],
    )


@pytest.mark.parametrize("row", PUBLICITIES, ids=lambda row: row["title"])
def test_real_publicity_that_fits_no_convention_is_reported(row):
    agreement = verify_range(
        CHINA,
        date.fromisoformat(row["start"]),
        date.fromisoformat(row["end"]),
        int(row["n_working_days"]),
        published=date.fromisoformat(row["issued"]) if row["issued"] else None,
    )
    expected = {"inconsistent": ["range_mismatch"], "same-day": ["range_same_day_only"]}
    assert codes(agreement.findings) == expected.get(row["convention"].split(" ")[0], [])


# -- counting --


def test_next_day_counts_from_the_day_after_publication():
    period = publicity_period(CHINA, date(2024, 3, 4), 5)
    assert (period.first_day, period.last_day) == (date(2024, 3, 5), date(2024, 3, 11))


def test_same_day_counts_the_day_of_publication():
    period = publicity_period(CHINA, date(2024, 3, 4), 5, Convention.SAME_DAY)
    assert (period.first_day, period.last_day) == (date(2024, 3, 4), date(2024, 3, 8))


def test_a_period_closes_at_the_end_of_its_last_day():
    assert publicity_period(CHINA, date(2024, 3, 4), 5).closes.isoformat() == "2024-03-12T00:00:00+08:00"


@pytest.mark.parametrize("convention", list(Convention))
def test_publication_on_a_day_off_is_never_the_first_day(convention):
    period = publicity_period(CHINA, date(2024, 3, 2), 5, convention)
    assert (period.first_day, period.last_day) == (date(2024, 3, 4), date(2024, 3, 8))
    assert codes(period.findings) == ["published_on_day_off"]


def test_publication_stands_for_its_day_in_shanghai():
    evening = datetime(2024, 3, 3, 16, 30, tzinfo=UTC)
    assert publicity_period(CHINA, evening, 5) == publicity_period(CHINA, date(2024, 3, 4), 5)


def test_late_publication_that_counts_as_the_first_day_is_reported():
    late = datetime(2020, 7, 13, 22, 20, tzinfo=SHANGHAI)
    period = publicity_period(CHINA, late, 5, Convention.SAME_DAY)
    assert (period.last_day, codes(period.findings)) == (date(2020, 7, 17), ["published_late"])


def test_late_publication_is_no_matter_when_counting_begins_on_the_next_day():
    assert publicity_period(CHINA, datetime(2020, 7, 13, 22, 20, tzinfo=SHANGHAI), 5).findings == ()


def test_calendar_days_count_days_off_too():
    period = publicity_period(CHINA, date(2022, 7, 12), 7, unit=Unit.CALENDAR)
    assert (period.first_day, period.last_day) == (date(2022, 7, 13), date(2022, 7, 19))


def test_calendar_days_that_end_on_a_day_off_are_reported_and_stay():
    period = publicity_period(CHINA, date(2018, 3, 23), 30, unit=Unit.CALENDAR)
    assert (period.last_day, codes(period.findings)) == (date(2018, 4, 22), ["on_day_off"])


def test_calendar_days_that_end_on_a_day_off_roll_where_the_program_says_so():
    period = publicity_period(CHINA, date(2018, 3, 23), 30, unit=Unit.CALENDAR, roll=True)
    assert (period.last_day, period.findings) == (date(2018, 4, 23), ())


def test_rolling_steps_over_a_whole_holiday():
    period = publicity_period(CHINA, date(2023, 9, 24), 7, unit=Unit.CALENDAR, roll=True)
    assert period.last_day == date(2023, 10, 7)


@pytest.mark.parametrize("days", [0, -1])
def test_less_than_a_day_is_refused(days):
    with pytest.raises(PeriodError, match="at least 1 day"):
        publicity_period(CHINA, date(2024, 3, 4), days)


def test_a_period_outside_the_calendar_is_refused():
    with pytest.raises(OutsideCalendarError):
        publicity_period(CHINA, date(1999, 3, 4), 5)


def test_a_period_is_told_in_json():
    assert publicity_period(CHINA, date(2024, 3, 2), 5).to_json() == {
        "first_day": "2024-03-04",
        "last_day": "2024-03-08",
        "closes": "2024-03-09T00:00:00+08:00",
        "provisional": False,
        "findings": [{"code": "published_on_day_off", "message": "2024年3月2日是休息日，从下一个工作日起算"}],
    }


@pytest.mark.parametrize(
    ("published", "days", "unit", "told"),
    [
        # Working days rest on the schedule, so the period itself is provisional.
        (date(2055, 6, 4), 7, Unit.WORKING, (True, [])),
        # A day of the calendar stands; whether it is one to end on does not, whatever it seems to be now.
        (date(2055, 6, 4), 8, Unit.CALENDAR, (False, ["on_day_off", "schedule_unpublished"])),
        (date(2055, 6, 4), 7, Unit.CALENDAR, (False, ["schedule_unpublished"])),
        (date(2024, 6, 3), 7, Unit.CALENDAR, (False, ["on_day_off"])),
    ],
)
def test_period_over_an_unpublished_schedule_says_what_is_open(published, days, unit, told):
    period = publicity_period(CHINA, published, days, unit=unit)
    assert (period.provisional, codes(period.findings)) == told


def test_stated_dates_compared_over_an_unpublished_schedule_say_so():
    agreement = verify_range(CHINA, date(2055, 6, 7), date(2055, 6, 9), 5)
    assert codes(agreement.findings) == ["range_mismatch", "schedule_unpublished"]
    assert codes(verify_range(CHINA, date(2024, 3, 4), date(2024, 3, 5), 5).findings) == ["range_mismatch"]


def test_a_finding_speaks_both_languages():
    (finding,) = publicity_period(CHINA, date(2024, 3, 2), 5).findings
    assert [finding.to_json(language)["message"] for language in ("zh", "en")] == [
        "2024年3月2日是休息日，从下一个工作日起算",
        "2024-03-02 is a day off; counting begins on the next working day",
    ]


# -- what is certain --


def test_a_period_on_unpublished_days_is_provisional():
    assert publicity_period(CHINA, date(CHINA.published_through.year + 1, 3, 1), 5).provisional


def test_a_period_that_ends_before_late_december_is_certain():
    assert not publicity_period(CHINA, date(2026, 12, 17), 5).provisional


def test_a_period_that_reaches_late_december_is_provisional():
    assert publicity_period(CHINA, date(CHINA.published_through.year, 12, 18), 5).provisional


def test_calendar_days_rest_on_no_schedule():
    later = date(CHINA.published_through.year + 1, 3, 1)
    assert not publicity_period(CHINA, later, 5, unit=Unit.CALENDAR).provisional
    assert publicity_period(CHINA, later, 5, unit=Unit.CALENDAR, roll=True).provisional


# -- stated dates --


def test_a_longer_range_meets_a_minimum():
    assert verify_range(CHINA, date(2024, 3, 4), date(2024, 3, 20), 5, minimum=True).findings == ()


def test_a_range_that_meets_a_minimum_only_with_its_first_day_is_reported():
    assert codes(verify_range(CHINA, date(2024, 3, 4), date(2024, 3, 8), 5, minimum=True).findings) == [
        "range_same_day_only"
    ]


def test_a_range_shorter_than_its_minimum_is_reported():
    assert codes(verify_range(CHINA, date(2024, 3, 4), date(2024, 3, 7), 5, minimum=True).findings) == [
        "range_too_short"
    ]


def test_a_range_of_calendar_days_is_verified_in_calendar_days():
    agreement = verify_range(CHINA, date(2023, 8, 1), date(2023, 8, 8), 7, Unit.CALENDAR)
    assert agreement.conventions == {Convention.NEXT_DAY}


@pytest.mark.parametrize(("days", "found"), [(4, ["objections_close_early"]), (5, []), (8, [])])
def test_objections_that_close_before_the_publicity_are_reported(days, found):
    publicity = publicity_period(CHINA, date(2024, 3, 4), 5)
    assert codes(objections_close_early(publicity.last_day, publicity_period(CHINA, date(2024, 3, 4), days))) == found


# -- properties --

published_days = st.dates(date(2004, 1, 5), date(2026, 10, 1))
lengths = st.integers(1, 30)


@given(published_days, lengths)
def test_the_next_day_convention_never_ends_before_the_same_day(published, days):
    later = publicity_period(CHINA, published, days)
    sooner = publicity_period(CHINA, published, days, Convention.SAME_DAY)
    assert sooner.last_day <= later.last_day


@given(published_days, lengths, st.sampled_from(Convention))
def test_a_period_has_as_many_working_days_as_were_asked_for(published, days, convention):
    period = publicity_period(CHINA, published, days, convention)
    assert CHINA.count_working_days(period.first_day, period.last_day) == days


@given(published_days, lengths, st.sampled_from(Convention), st.sampled_from(Unit), st.booleans())
def test_a_period_agrees_with_itself(published, days, convention, unit, roll):
    period = publicity_period(CHINA, published, days, convention, unit, roll=roll)
    assert period.closes.utcoffset().total_seconds() == 8 * 3600
    if not roll or unit is Unit.WORKING:
        stated = verify_range(CHINA, period.first_day, period.last_day, days, unit, published=published)
        assert convention in stated.conventions


# -- days that carry an hour --


@given(st.datetimes(datetime(2004, 1, 5), datetime(2026, 10, 1)))  # noqa: DTZ001 - a clock's own day is meant
def test_hour_of_a_day_changes_no_answer(moment):
    day = moment.date()
    assert (
        CHINA.is_working_day(moment),
        CHINA.is_provisional(moment),
        CHINA.day(moment),
        CHINA.previous_working_day(moment),
        CHINA.next_working_day(moment),
    ) == (
        CHINA.is_working_day(day),
        CHINA.is_provisional(day),
        CHINA.day(day),
        CHINA.previous_working_day(day),
        CHINA.next_working_day(day),
    )
