"""Key dates as calendar files."""

import re
from datetime import UTC, datetime

import pytest

from deadlines import SHANGHAI, WorkCalendar
from deadlines.ics import to_ics
from deadlines.keydates import KeyDates, key_dates
from programs import Program, load_program, shipped_programs
from tests.deadlines.courses import published

STAMP = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)
CALENDAR = WorkCalendar.china()


def dates_of(program_id: str) -> KeyDates:
    return key_dates(load_program(program_id), CALENDAR)


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def event(text: str, uid: str) -> dict[str, str]:
    """Return the properties of one event, by name with its parameters."""
    lines = unfolded(text)
    at = lines.index(f"UID:{uid}@linxuan")
    return dict(line.split(":", 1) for line in lines[at : lines.index("END:VEVENT", at)])


@pytest.mark.parametrize("program_id", shipped_programs())
def test_the_file_keeps_to_the_form(program_id):
    text = to_ics(dates_of(program_id), stamp=STAMP)
    assert text.endswith("\r\n")
    assert re.search(r"(?<!\r)\n", text) is None
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = unfolded(text)
    assert (lines[0], lines[1], lines[-2]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT")


@pytest.mark.parametrize("program_id", shipped_programs())
def test_every_known_date_is_one_event_with_its_own_uid(program_id):
    dates = dates_of(program_id)
    uids = [line for line in unfolded(to_ics(dates, stamp=STAMP)) if line.startswith("UID:")]
    assert uids == [f"UID:{one.id}.{program_id}@linxuan" for one in dates if one.closes]
    assert len(set(uids)) == len(uids)


def test_the_uid_does_not_depend_on_when_the_file_is_made():
    dates = dates_of("bayu-craftsman-2017")
    soon, later = (to_ics(dates, stamp=STAMP.replace(year=year)).splitlines() for year in (2026, 2027))
    changed = {(one.partition(":")[0], one < other) for one, other in zip(soon, later, strict=True) if one != other}
    # Of two files a calendar takes the one made later.
    assert changed == {("DTSTAMP", True), ("SEQUENCE", True)}


def test_J02_the_end_of_a_day_is_an_all_day_event_on_that_day():
    city = event(to_ics(dates_of("bayu-craftsman-2017"), stamp=STAMP), "recommendation.city.bayu-craftsman-2017")
    assert (city["DTSTART;VALUE=DATE"], city["DTEND;VALUE=DATE"]) == ("20170430", "20170501")
    assert city["SUMMARY"] == "巴渝工匠（2017年度） · 推荐、举荐和自荐·市级受理（截止）"


def test_G09_an_hour_is_an_instant_in_utc():
    uid = "recommendation.bureau.liangping-master-studio-2023"
    bureau = event(to_ics(dates_of("liangping-master-studio-2023"), stamp=STAMP), uid)
    assert bureau["DTSTART"] == "20230831T100000Z"
    assert bureau["DTSTAMP"] == "20260302T013000Z"


def test_J11_a_window_spans_its_days():
    review = event(to_ics(dates_of("bayu-craftsman-2017"), stamp=STAMP), "review.bayu-craftsman-2017")
    assert (review["DTSTART;VALUE=DATE"], review["DTEND;VALUE=DATE"]) == ("20170511", "20170601")


@pytest.mark.parametrize(("language", "sentence"), [("zh", "不自动顺延"), ("en", "nothing moves by itself")])
def test_findings_and_clause_stand_in_the_description(language, sentence):
    text = to_ics(dates_of("bayu-craftsman-2017"), stamp=STAMP, language=language)
    description = event(text, "recommendation.city.bayu-craftsman-2017")["DESCRIPTION"]
    assert description.startswith("2017年4月30日24:00时止\\n八、（二）\\n")
    assert sentence in description


def test_special_signs_are_escaped():
    document = load_program("luzhou-chief-technician-2019").model_dump() | {"award": "甲,乙;丙\\丁"}
    text = to_ics(key_dates(Program.model_validate(document), CALENDAR), stamp=STAMP)
    assert "X-WR-CALNAME:甲\\,乙\\;丙\\\\丁（2019年）" in unfolded(text)


def test_a_provisional_date_is_tentative():
    year = CALENDAR.published_through.year + 1
    program = load_program("luzhou-chief-technician-2019")
    dates = key_dates(program, CALENDAR, published(program, CALENDAR, datetime(year, 6, 1, tzinfo=UTC)))
    text = to_ics(dates, stamp=STAMP)
    assert event(text, f"publicity.period.{program.id}")["STATUS"] == "TENTATIVE"
    assert event(text, f"recommendation.office.{program.id}")["STATUS"] == "CONFIRMED"


def test_a_stamp_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        to_ics(dates_of("bayu-craftsman-2017"), stamp=STAMP.replace(tzinfo=None))
