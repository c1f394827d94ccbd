from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import WorkCalendar
from deadlines.days import DayKind
from deadlines.errors import OutsideCalendarError, UnpublishedScheduleError
from programs.words import Words

CHINA = WorkCalendar.china()
ONE = timedelta(days=1)
days = st.dates(date(2001, 6, 1), date(2060, 6, 1))
counts = st.integers(-80, 80)


def every_day(first, last):
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def working(first, last):
    return [day for day in every_day(first, last) if CHINA.is_working_day(day)]


def test_calendar_agrees_with_an_independent_source_day_by_day_except_for_its_known_error():
    differing = [
        day
        for day in every_day(date(2004, 1, 1), date(2026, 12, 31))
        if CHINA.is_working_day(day) != chinese_calendar.is_workday(day)
    ]
    assert differing == [date(2005, 12, 31)]


def test_last_day_of_2005_was_worked_for_new_year():
    assert CHINA.is_working_day(date(2005, 12, 31))


def test_spring_2003_lost_its_long_holiday():
    assert working(date(2003, 4, 26), date(2003, 5, 9)) == [
        date(2003, 4, 28),
        date(2003, 4, 29),
        date(2003, 4, 30),
        date(2003, 5, 6),
        date(2003, 5, 7),
        date(2003, 5, 8),
        date(2003, 5, 9),
    ]


def test_spring_2003_cites_its_notice():
    assert CHINA.day(date(2003, 5, 6)).source == "国务院办公厅关于2003年“五一”放假调休安排的通知（2003年4月21日）"


@pytest.mark.parametrize(
    ("first", "last", "worked"),
    [
        pytest.param(date(2015, 9, 3), date(2015, 9, 6), [date(2015, 9, 6)], id="victory day"),
        pytest.param(date(2020, 1, 24), date(2020, 2, 2), [], id="the long spring festival of 2020"),
        pytest.param(date(2020, 1, 19), date(2020, 1, 19), [date(2020, 1, 19)], id="the make-up day before it"),
        pytest.param(date(2020, 2, 3), date(2020, 2, 3), [date(2020, 2, 3)], id="the day after it"),
        pytest.param(date(2025, 1, 28), date(2025, 1, 28), [], id="new year's eve, off since 2025"),
        pytest.param(date(2025, 5, 2), date(2025, 5, 2), [], id="second of may, off since 2025"),
        pytest.param(date(2026, 2, 14), date(2026, 2, 14), [date(2026, 2, 14)], id="a make-up saturday"),
        pytest.param(date(2019, 5, 1), date(2019, 5, 5), [date(2019, 5, 5)], id="the revision of 2019"),
    ],
)
def test_named_days(first, last, worked):
    assert working(first, last) == worked


@pytest.mark.parametrize("day", [date(2023, 3, 8), date(2023, 5, 4), date(2023, 6, 1), date(2023, 8, 1)])
def test_half_day_holidays_are_working_days(day):
    assert CHINA.is_working_day(day)


# -- counting --


def test_first_working_day_after_a_friday_is_monday():
    assert CHINA.add_working_days(date(2024, 3, 1), 1) == date(2024, 3, 4)


def test_working_days_step_over_golden_week_and_into_make_up_days():
    assert CHINA.add_working_days(date(2023, 9, 28), 3) == date(2023, 10, 9)


def test_nothing_added_to_a_working_day_is_that_day():
    assert CHINA.add_working_days(date(2024, 3, 1), 0) == date(2024, 3, 1)


def test_nothing_added_to_a_day_off_is_the_next_working_day():
    assert CHINA.add_working_days(date(2024, 3, 2), 0) == date(2024, 3, 4)


def test_one_working_day_before_a_day_off_is_the_last_before_it():
    assert CHINA.add_working_days(date(2024, 3, 3), -1) == date(2024, 3, 1)


def test_next_and_previous_working_day_of_a_day_off():
    assert CHINA.next_working_day(date(2024, 3, 2)) == date(2024, 3, 4)
    assert CHINA.previous_working_day(date(2024, 3, 3)) == date(2024, 3, 1)


def test_next_and_previous_working_day_of_a_working_day_are_itself():
    assert CHINA.next_working_day(date(2024, 3, 4)) == date(2024, 3, 4)
    assert CHINA.previous_working_day(date(2024, 3, 4)) == date(2024, 3, 4)


def test_count_includes_both_ends():
    assert CHINA.count_working_days(date(2024, 3, 4), date(2024, 3, 8)) == 5


def test_count_of_a_reversed_interval_is_nothing():
    assert CHINA.count_working_days(date(2024, 3, 8), date(2024, 3, 4)) == 0


@given(days, days)
def test_count_is_the_number_of_working_days(first, last):
    last = min(last, first + timedelta(days=400))
    assert CHINA.count_working_days(first, last) == len(working(first, last))


@given(days, st.integers(1, 80))
def test_adding_then_counting_agree_forwards(day, count):
    assert CHINA.count_working_days(day + ONE, CHINA.add_working_days(day, count)) == count


@given(days, st.integers(1, 80))
def test_adding_then_counting_agree_backwards(day, count):
    assert CHINA.count_working_days(CHINA.add_working_days(day, -count), day - ONE) == count


@given(days, counts)
def test_what_is_added_to_lands_on_a_working_day(day, count):
    assert CHINA.is_working_day(CHINA.add_working_days(day, count))


@given(days, days, counts)
def test_a_later_day_never_ends_earlier(one, other, count):
    first, second = sorted((one, other))
    assert CHINA.add_working_days(first, count) <= CHINA.add_working_days(second, count)


@given(days, counts)
def test_more_working_days_never_end_earlier(day, count):
    assert CHINA.add_working_days(day, count) <= CHINA.add_working_days(day, count + 1)


# -- bounds --


@pytest.mark.parametrize("day", [date(2000, 12, 31), date(2061, 1, 1), date.min, date.max])
def test_a_day_outside_is_refused_with_the_years_covered(day):
    for call in (
        lambda: CHINA.is_working_day(day),
        lambda: CHINA.add_working_days(day, 1),
        lambda: CHINA.count_working_days(day, date(2024, 1, 1)),
        lambda: CHINA.count_working_days(date(2024, 1, 1), day),
        lambda: CHINA.is_provisional(day),
        lambda: CHINA.day(day),
    ):
        with pytest.raises(OutsideCalendarError, match="covers 2001 to 2060"):
            call()


@pytest.mark.parametrize(("day", "count"), [(date(2001, 1, 5), -10), (date(2060, 12, 25), 20)])
def test_a_count_that_leads_outside_is_refused_and_never_wraps(day, count):
    with pytest.raises(OutsideCalendarError, match=f"{count} working days"):
        CHINA.add_working_days(day, count)


# -- what is certain --


def test_schedules_are_published_through_a_whole_year():
    assert (CHINA.published_through.month, CHINA.published_through.day) == (12, 31)
    assert CHINA.published_through >= date(2026, 12, 31)


def test_the_day_after_the_last_schedule_is_provisional():
    assert CHINA.is_provisional(CHINA.published_through + ONE)


def test_late_december_of_the_last_published_year_may_still_change():
    year = CHINA.published_through.year
    marked = [day for day in every_day(date(year, 12, 20), date(year, 12, 31)) if CHINA.is_provisional(day)]
    assert marked == every_day(date(year, 12, 25), date(year, 12, 31))


def test_late_december_is_certain_once_the_next_year_is_published():
    assert not CHINA.is_provisional(date(2024, 12, 25), date(2024, 12, 31))


def test_an_interval_that_touches_an_unpublished_day_is_provisional():
    assert CHINA.is_provisional(date(2026, 1, 1), CHINA.published_through + ONE)


def test_certainty_demanded_of_published_days_is_granted():
    CHINA.require_published(date(2024, 1, 1), date(2024, 12, 31))


def test_certainty_demanded_of_unpublished_days_is_refused():
    with pytest.raises(UnpublishedScheduleError, match="not published"):
        CHINA.require_published(CHINA.published_through + ONE)


# -- what is said of a day --


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2024, 3, 4), DayKind.WORKDAY, Words("工作日", "Working day")),
        (date(2024, 3, 2), DayKind.WEEKEND, Words("周末", "Weekend")),
        (date(2026, 2, 14), DayKind.MAKE_UP, Words("调休上班", "Make-up working day")),
        (date(2026, 10, 1), DayKind.HOLIDAY, Words("国庆节", "National Day")),
    ],
)
def test_a_day_has_a_kind_and_a_name_in_both_languages(day, kind, name):
    known = CHINA.day(day)
    assert (known.kind, known.name) == (kind, name)


def test_a_day_is_told_in_json():
    assert CHINA.day(date(2024, 3, 2)).to_json("en") == {
        "date": "2024-03-02",
        "working": False,
        "name": "Weekend",
        "kind": "weekend",
        "source": "weekday",
        "provisional": False,
    }


def test_days_lists_both_ends():
    assert [day.date for day in CHINA.days(date(2024, 2, 28), date(2024, 3, 1))] == every_day(
        date(2024, 2, 28), date(2024, 3, 1)
    )


# -- overlays --


def test_local_days_off_are_off_and_named():
    local = CHINA.with_local_days_off({date(2024, 6, 18): Words("市庆日", "City day")}, source="市政府令")
    assert local.day(date(2024, 6, 18)).to_json() == {
        "date": "2024-06-18",
        "working": False,
        "name": "市庆日",
        "kind": "local",
        "source": "市政府令",
        "provisional": False,
    }
    assert local.add_working_days(date(2024, 6, 17), 1) == date(2024, 6, 19)


def test_local_days_off_need_no_name():
    assert CHINA.with_local_days_off([date(2024, 6, 18)]).day(date(2024, 6, 18)).name.zh == "本地休息日"


def test_an_overlay_leaves_the_calendar_itself_alone():
    CHINA.with_local_days_off([date(2024, 6, 18)])
    assert CHINA.is_working_day(date(2024, 6, 18))


def test_an_overlay_outside_the_calendar_is_refused():
    with pytest.raises(OutsideCalendarError):
        CHINA.with_local_days_off([date(1999, 1, 1)])


def test_fingerprint_changes_with_what_is_known():
    assert CHINA.with_local_days_off([date(2024, 6, 18)]).fingerprint != CHINA.fingerprint


def test_fingerprint_does_not_change_without_cause():
    assert CHINA.with_local_days_off([date(2024, 6, 16)]).fingerprint == CHINA.fingerprint


def test_china_is_built_once():
    assert WorkCalendar.china() is CHINA
