"""Whatever is typed: only documented errors, and no date that the text does not contain or imply."""

import re
from datetime import date, timedelta
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from deadlines.phrases import Kind, parse_phrase
from deadlines.phrases.plain import make_plain
from deadlines.zone import SHANGHAI, last_day_before

PIECES = (Path(__file__).parent / "data" / "pieces.txt").read_text("utf-8").split()
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join)
parse_phrase("")  # loads what is loaded once, before an example is timed
issue_dates = st.none() | st.dates(date(2001, 1, 1), date(2059, 1, 1))

#: Words that imply a day which no number names.
IMPLYING = re.compile("底|末|即日|今天|明天|后天|周|星期")


def told(reading):
    return reading.all or (reading,)


@given(texts, issue_dates, issue_dates)
@example("12月8日0时起到12月12日24时止", date(2022, 12, 7), None)
def test_any_sequence_of_time_words_is_answered_or_unresolved(text, issued, event):
    reading = parse_phrase(text, issued=issued, event=event)
    for one in told(reading):
        assert (one.closes is None) == (one.last_day is None) == (one.kind is Kind.UNRESOLVED)
        if one.kind is Kind.UNRESOLVED:
            assert one.findings
            assert one.opens is None
            continue
        assert one.closes.tzinfo is SHANGHAI
        assert one.last_day == last_day_before(one.closes)
        assert one.opens is None or one.opens < one.closes


@given(st.text(max_size=60), issue_dates)
def test_any_text_is_answered_or_unresolved(text, issued):
    for one in told(parse_phrase(text, issued=issued)):
        assert one.closes is None or one.closes.tzinfo is SHANGHAI


@given(st.text(alphabet="0123456789年月日时点前至—-.:：/ 一二十", max_size=25), issue_dates)
def test_any_sequence_of_digits_and_signs_is_answered_or_unresolved(text, issued):
    for one in told(parse_phrase(text, issued=issued)):
        assert one.closes is None or one.closes.tzinfo is SHANGHAI


@given(texts, issue_dates)
def test_a_fixed_date_stands_in_the_text_or_is_implied_by_it(text, issued):
    numbers = {int(number) for number in re.findall(r"\d{1,9}", make_plain(text).text)}
    for one in told(parse_phrase(text, issued=issued)):
        if one.kind not in {Kind.DATE, Kind.INSTANT} or one.has("rolled"):
            continue
        days = {one.last_day.day, (one.last_day + timedelta(days=1)).day}
        assert days & numbers or IMPLYING.search(one.text)
        year_known = {one.last_day.year, one.last_day.year % 100, (one.last_day + timedelta(days=1)).year} & numbers
        assert year_known or issued is not None


@given(st.dates(date(2004, 1, 1), date(2026, 12, 1)), st.lists(st.sampled_from(PIECES), max_size=4))
def test_a_whole_date_is_never_read_as_another(day, words):
    """Whatever stands around it in other sentences, a date with its year is that date or nothing."""
    text = f"{''.join(words)}。报送截止{day.year}年{day.month}月{day.day}日。"
    ours = [one for one in told(parse_phrase(text)) if f"{day.year}年{day.month}月{day.day}日" in one.text]
    for one in ours:
        assert one.kind is Kind.UNRESOLVED or one.last_day == day or one.has("rolled")


@given(st.dates(date(2004, 1, 1), date(2026, 12, 1)), issue_dates)
def test_the_year_comes_from_the_issue_date_or_from_nowhere(day, issued):
    reading = parse_phrase(f"{day.month}月{day.day}日前", issued=issued)
    if issued is None:
        assert reading.kind is Kind.UNRESOLVED
    elif reading.kind is not Kind.UNRESOLVED:
        assert (reading.last_day.month, reading.last_day.day) == (day.month, day.day)
        assert issued <= reading.last_day <= issued + timedelta(days=366)
