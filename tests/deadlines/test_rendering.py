from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import SHANGHAI, WorkCalendar
from deadlines.phrases import Kind, Reading, parse_phrase, render

CHINA = WorkCalendar.china()
days = st.dates(date(2004, 1, 1), date(2026, 11, 1))
clocks = st.times().map(lambda clock: clock.replace(microsecond=0))


def spoken(day):
    return f"{day.year}年{day.month}月{day.day}日"


@pytest.mark.parametrize(
    ("phrase", "canonical"),
    [
        ("二〇二三年八月三十一日之前", "2023年8月31日前"),
        ("截至2023年8月31日", "2023年8月31日止"),
        ("2023-08-31 下午5点半前", "2023年8月31日17:30:00止"),
        ("2017年4月30日24:00时止", "2017年4月30日24:00止"),
        ("2017年2月中旬—5月中旬", "2017年2月11日至2017年5月20日止"),
        ("2023年9月5日8:30-17:30", "2023年9月5日08:30:00至2023年9月5日17:30:00止"),
        ("公告期为2020年07月13日起5个工作日", "2020年7月13日起5个工作日内"),
        ("2023年7月1日起30日内", "2023年7月1日起30日内"),
        ("9月初", "9月初"),
    ],
)
def test_render_writes_the_plainest_phrase(phrase, canonical):
    assert render(parse_phrase(phrase)) == canonical


def test_render_of_a_yearly_deadline_has_no_year():
    assert render(parse_phrase("每年4月底前", issued=date(2023, 7, 26))) == "每年4月30日前"


def answer(reading: Reading):
    return reading.kind, reading.opens, reading.closes, reading.last_day, reading.unit, reading.count


def assert_kept(reading):
    assert reading.kind is not Kind.UNRESOLVED
    canonical = render(reading)
    again = parse_phrase(canonical)
    assert answer(again) == answer(reading)
    assert render(again) == canonical
    assert parse_phrase(render(again)) == again


@given(days, st.sampled_from(["前", "之前", "截止", "止", ""]))
def test_a_date_is_read_again_as_it_was_rendered(day, word):
    assert_kept(parse_phrase(spoken(day) + word))


@given(days, clocks)
def test_an_instant_is_read_again_as_it_was_rendered(day, clock):
    assert_kept(parse_phrase(f"{spoken(day)}{clock:%H:%M:%S}前"))


@given(days)
def test_the_end_of_a_day_is_read_again_as_it_was_rendered(day):
    assert_kept(parse_phrase(f"{spoken(day)}24时"))


@given(days, st.integers(0, 300), st.none() | clocks, st.none() | clocks)
def test_a_range_is_read_again_as_it_was_rendered(first, length, opening, closing):
    last = first + timedelta(days=length)
    if length == 0 and closing is not None and (opening or time.min) >= closing:
        closing = None
    start = spoken(first) + (f"{opening:%H:%M:%S}" if opening else "")
    end = spoken(last) + (f"{closing:%H:%M:%S}" if closing else "")
    assert_kept(parse_phrase(f"{start}至{end}"))


@given(days, st.integers(1, 40), st.sampled_from(["个工作日", "日", "天", "个自然日"]), st.sampled_from(["之日起", ""]))
def test_a_period_is_read_again_as_it_was_rendered(day, count, unit, anchor):
    text = f"自公布{anchor}{count}{unit}内" if anchor else f"公示{count}{unit}"
    assert_kept(parse_phrase(text, issued=day))


@given(days, days)
def test_a_yearly_deadline_is_read_again_as_it_was_rendered(day, issued):
    reading = parse_phrase(f"每年{day.month}月{day.day}日前", issued=issued)
    if (day.month, day.day) == (2, 29) and reading.kind is Kind.UNRESOLVED:
        return
    assert answer(parse_phrase(render(reading), issued=reading.last_day)) == answer(reading)


@given(days, clocks)
def test_every_instant_is_aware_and_in_shanghai(day, clock):
    reading = parse_phrase(f"{spoken(day)}至{spoken(day + timedelta(days=3))}{clock:%H:%M}")
    assert [instant.tzinfo for instant in (reading.opens, reading.closes)] == [SHANGHAI, SHANGHAI]
    assert (
        reading.closes == datetime.combine(day + timedelta(days=3), clock.replace(second=0), tzinfo=SHANGHAI)
        or clock.strftime("%H:%M") == "00:00"
    )
