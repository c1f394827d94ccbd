import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import WorkCalendar
from deadlines.days import DayKind
from deadlines.errors import ScheduleError
from deadlines.schedules import ScheduledDay, parse_schedule

CHINA = WorkCalendar.china()
FESTIVALS = {
    "2027-01-01": "元旦",
    "2027-02-06": "春节",
    "2027-02-08": "春节",
    "2027-04-05": "清明节",
    "2027-05-01": "劳动节",
    "2027-06-09": "端午节",
    "2027-09-15": "中秋节",
    "2027-10-01": "国庆节",
    "2027-10-02": "国庆节",
    "2027-10-03": "国庆节",
}


def published(**changes):
    days = [{"name": name, "date": day, "isOffDay": True} for day, name in FESTIVALS.items()]
    days.append({"name": "春节", "date": "2027-02-20", "isOffDay": False})
    return {"year": 2027, "papers": ["国办发明电〔2026〕99号"], "days": days} | changes


def as_json(**changes):
    return json.dumps(published(**changes), ensure_ascii=False)


TOML = """
year = 2026
source = "国办发明电〔2026〕98号"
revision = true

[[days]]
date = 2026-09-03
name = "纪念日"
off = true

[[days]]
date = 2026-09-05
name = "纪念日"
off = false
"""


def test_json_is_read():
    schedule = parse_schedule(as_json())
    assert (schedule.year, schedule.source, schedule.revision) == (2027, "国办发明电〔2026〕99号", False)
    assert schedule.days[-1] == ScheduledDay(date(2027, 2, 20), "春节", off=False)


def test_bytes_with_a_byte_order_mark_are_read():
    assert parse_schedule(b"\xef\xbb\xbf" + as_json().encode()) == parse_schedule(as_json())


def test_toml_is_read():
    schedule = parse_schedule(TOML)
    assert (schedule.year, schedule.source, schedule.revision) == (2026, "国办发明电〔2026〕98号", True)
    assert schedule.days == (
        ScheduledDay(date(2026, 9, 3), "纪念日", off=True),
        ScheduledDay(date(2026, 9, 5), "纪念日", off=False),
    )


def test_a_loaded_year_is_published_and_replaces_what_was_guessed():
    calendar = CHINA.with_schedule(parse_schedule(as_json()))
    assert calendar.published_through == date(2027, 12, 31)
    assert not calendar.is_provisional(date(2026, 12, 25), date(2027, 12, 24))
    assert calendar.is_working_day(date(2027, 2, 20))
    assert calendar.is_working_day(date(2027, 2, 9))
    assert calendar.day(date(2027, 2, 8)).source == "国办发明电〔2026〕99号"


def test_a_loaded_year_changes_the_fingerprint():
    assert CHINA.with_schedule(parse_schedule(as_json())).fingerprint != CHINA.fingerprint


def test_a_loaded_year_may_change_the_december_before():
    days = [*published()["days"], {"name": "元旦", "date": "2026-12-26", "isOffDay": False}]
    assert CHINA.with_schedule(parse_schedule(as_json(days=days))).is_working_day(date(2026, 12, 26))


def test_a_year_leaves_the_end_of_its_december_to_the_next_one():
    """The schedule of 2019 gave 31 December 2018 for 29 December."""
    known = [CHINA.day(date(2018, 1, 1) + timedelta(days=day)) for day in range(365)]
    days = [
        {"name": day.name.zh, "date": day.date.isoformat(), "isOffDay": not day.working}
        for day in known
        if day.kind in (DayKind.HOLIDAY, DayKind.MAKE_UP) and day.date < date(2018, 12, 25)
    ]
    again = CHINA.with_schedule(parse_schedule(json.dumps({"year": 2018, "days": days})))
    december = (date(2018, 12, 29), date(2018, 12, 31))
    assert [again.is_working_day(day) for day in december] == [True, False]
    assert again.fingerprint == CHINA.fingerprint
    named = [*days, {"name": "元旦", "date": "2018-12-29", "isOffDay": True}]
    other = CHINA.with_schedule(parse_schedule(json.dumps({"year": 2018, "days": named})))
    assert not other.is_working_day(december[0])


@pytest.mark.parametrize("festival", ["春节", "中秋节"])
def test_a_year_in_which_a_festival_has_no_day_off_is_refused(festival):
    days = [{**day, "isOffDay": day["isOffDay"] and day["name"] != festival} for day in published()["days"]]
    with pytest.raises(ScheduleError) as refused:
        parse_schedule(json.dumps({"year": 2027, "days": days}))
    assert f"缺少：{festival.removesuffix('节') if festival == '中秋节' else festival}放假" in refused.value.words.zh


def test_a_later_year_does_not_publish_the_one_between():
    days = [day | {"date": day["date"].replace("2027", "2028")} for day in published()["days"]]
    calendar = CHINA.with_schedule(parse_schedule(as_json(year=2028, days=days)))
    assert calendar.published_through == CHINA.published_through
    assert calendar.is_provisional(date(2027, 6, 1))
    assert not calendar.is_provisional(date(2028, 6, 1))


def test_a_revision_changes_only_what_it_names():
    calendar = CHINA.with_schedule(parse_schedule(TOML))
    changed = [
        day.date
        for day in calendar.days(date(2026, 1, 1), date(2026, 12, 31))
        if day.working != CHINA.is_working_day(day.date)
    ]
    assert changed == [date(2026, 9, 3), date(2026, 9, 5)]
    assert calendar.published_through == CHINA.published_through


def test_a_local_day_off_outlasts_a_loaded_schedule():
    local = CHINA.with_local_days_off([date(2027, 2, 20)])
    assert not local.with_schedule(parse_schedule(as_json())).is_working_day(date(2027, 2, 20))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "缺少 year"),
        ("{", "既不是有效的 JSON 也不是有效的 TOML"),
        ("[1, 2]", "既不是有效的"),
        ("{}", "缺少 year"),
        (as_json(year=True), "缺少 year"),
        (as_json(year="2027"), "缺少 year"),
        (as_json(year=1999), "2001至2060"),
        (as_json(days=[]), "缺少 days"),
        (as_json(days={"2027-01-01": True}), "缺少 days"),
        (as_json(days=[3]), "第1项应为对象"),
        (as_json(days=[{"date": "2027-01-01", "isOffDay": True}]), "第1项缺少 name"),
        (as_json(days=[{"name": "元旦", "date": "2027-01-01"}]), "只能是 true 或 false"),
        (as_json(days=[{"name": "元旦", "date": "1月1日", "isOffDay": True}]), "不是日期"),
        (as_json(days=[{"name": "元旦", "date": "2028-01-01", "isOffDay": True}]), "不属于2027年"),
        (as_json(revision="yes"), "revision 只能是"),
        (as_json(days=published()["days"][1:]), "缺少：元旦、2027-01-01"),
        (as_json(days=[*published()["days"], {"name": "元旦", "date": "2027-01-01", "isOffDay": False}]), "既列为"),
        (b"\xff\xfe", "UTF-8"),
        (" " * 300_000, "过大"),
    ],
)
def test_what_is_no_schedule_is_refused_with_the_reason(content, says):
    with pytest.raises(ScheduleError) as refusal:
        parse_schedule(content)
    assert says in refusal.value.words.zh


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_any_other_content_is_refused_and_never_breaks(content):
    with pytest.raises(ScheduleError):
        parse_schedule(content)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@given(json_values, json_values, json_values)
def test_json_of_any_shape_is_refused_or_read_and_never_breaks(year, days, day):
    for content in ({"year": year, "days": days}, published(days=[day]), published(days=days)):
        with pytest.raises(ScheduleError):
            parse_schedule(json.dumps(content))
