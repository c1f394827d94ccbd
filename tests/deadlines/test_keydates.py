"""The key dates of the shipped programs, and what contradicts what."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from deadlines import SHANGHAI, WorkCalendar
from deadlines.course import Close, Course
from deadlines.keydates import KeyDateKind, KeyDates, key_dates, term_closes
from programs import Program, decide, extend, load_program
from tests.deadlines.courses import published

CALENDAR = WorkCalendar.china()
TECHNICIAN, STUDIO = "luzhou-chief-technician-2019", "liangping-master-studio-2023"
CRAFTSMAN_2017, CRAFTSMAN_2022 = "bayu-craftsman-2017", "bayu-craftsman-2022"
SPECIAL_GRADE = "bayu-special-grade-technician"


def dates_of(program_id: str, **decisions: Any) -> KeyDates:
    program = decide(load_program(program_id), {key.replace("_", "-"): value for key, value in decisions.items()})
    return key_dates(program, CALENDAR)


def published_dates(program_id: str, at: datetime) -> KeyDates:
    program = load_program(program_id)
    return key_dates(program, CALENDAR, published(program, CALENDAR, at))


def iso(dates: KeyDates, key_date_id: str) -> str | None:
    closes = dates.closes(key_date_id)
    return closes and closes.isoformat()


def codes(dates: KeyDates, key_date_id: str) -> set[str]:
    return {finding.code for finding in dates[key_date_id].findings}


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def changed(program: Program, place: dict[str, dict[str, Any]]) -> Program:
    """Return the program with fields of stages, and of tiers as `stage.tier`, replaced."""
    document = program.model_dump()
    for stage in document["stages"]:
        stage.update(place.get(stage["id"], {}))
        for tier in stage.get("tiers", ()):
            tier.update(place.get(f"{stage['id']}.{tier['id']}", {}))
    return Program.model_validate(document)


# -- deadlines of the notices --


def test_S11_the_intake_closes_at_the_end_of_30_july():
    assert iso(dates_of(TECHNICIAN), "recommendation.office") == "2019-07-31T00:00:00+08:00"


def test_S11_ruled_to_an_hour_it_closes_then_on_the_same_day():
    dates = dates_of(TECHNICIAN, closing_hour="17:30")
    assert iso(dates, "recommendation.office") == "2019-07-30T17:30:00+08:00"
    assert dates["recommendation.office"].last_day == date(2019, 7, 30)


def test_J01_district_tier_takes_the_year_from_the_outer_notice():
    dates = dates_of(CRAFTSMAN_2017)
    assert iso(dates, "recommendation.district") == "2017-04-21T00:00:00+08:00"
    assert "before_ambiguous" in codes(dates, "recommendation.district")


def test_J01_ruled_exclusive_it_closes_a_day_earlier():
    dates = dates_of(CRAFTSMAN_2017, before_inclusive=False)
    assert iso(dates, "recommendation.district") == "2017-04-20T00:00:00+08:00"
    assert dates["recommendation.district"].last_day == date(2017, 4, 19)


def test_J02_city_tier_closes_at_midnight_after_30_april():
    city = dates_of(CRAFTSMAN_2017)["recommendation.city"]
    assert city.closes == shanghai(2017, 5, 1)
    assert city.last_day == date(2017, 4, 30)


def test_J03_the_city_tier_closes_on_a_day_off_and_does_not_roll():
    dates = dates_of(CRAFTSMAN_2017)
    assert codes(dates, "recommendation.city") == {"on_day_off"}


def test_G09_closes_at_18_00_on_31_august():
    assert iso(dates_of(STUDIO), "recommendation.bureau") == "2023-08-31T18:00:00+08:00"


def test_G09_a_stated_hour_is_not_overruled_by_a_closing_hour():
    program = load_program(STUDIO)
    deadline = program.deadline("recommendation.bureau").model_dump() | {"clock": "12:00"}
    dates = key_dates(changed(program, {"recommendation.bureau": {"deadline": deadline}}), CALENDAR)
    assert iso(dates, "recommendation.bureau") == "2023-08-31T18:00:00+08:00"


def test_Z11_closes_at_the_end_of_30_june():
    assert iso(dates_of(CRAFTSMAN_2022), "recommendation.office") == "2022-07-01T00:00:00+08:00"


def test_T12_with_an_issue_date_it_closes_after_21_july():
    dates = dates_of(SPECIAL_GRADE, year="2021-06-28")
    assert iso(dates, "recommendation.centre") == "2021-07-22T00:00:00+08:00"
    assert "before_ambiguous" in codes(dates, "recommendation.centre")


def test_T12_without_an_issue_date_it_says_what_is_missing():
    dates = dates_of(SPECIAL_GRADE)
    assert dates.closes("recommendation.centre") is None
    assert codes(dates, "recommendation.centre") == {"year_missing", "unresolved"}
    assert "issued" not in {one.id for one in dates}


# -- windows --


@pytest.mark.parametrize(
    ("stage", "first", "last"),
    [
        ("recommendation", (2017, 2, 1), (2017, 4, 30)),
        ("coverage", (2017, 2, 11), (2017, 5, 20)),
        ("review", (2017, 5, 11), (2017, 5, 31)),
        ("final-decision", (2017, 6, 1), (2017, 6, 20)),
        ("broadcast", (2017, 7, 1), (2017, 9, 30)),
    ],
)
def test_J11_windows_with_parts_of_months(stage, first, last):
    window = dates_of(CRAFTSMAN_2017)[stage]
    assert (window.kind, window.opens, window.last_day) == (KeyDateKind.WINDOW, shanghai(*first), date(*last))
    assert window.closes == shanghai(*last) + timedelta(days=1)


@pytest.mark.parametrize(
    ("stage", "first", "last"),
    [
        ("recommendation", (2022, 5, 1), (2022, 6, 30)),
        ("screening", (2022, 7, 1), (2022, 8, 31)),
        ("decision", (2022, 7, 1), (2022, 8, 31)),
        ("campaign", (2022, 9, 1), (2022, 10, 31)),
        ("issuance", (2022, 11, 1), (2022, 12, 31)),
    ],
)
def test_Z06_Z20_Z26_windows_of_whole_months(stage, first, last):
    window = dates_of(CRAFTSMAN_2022)[stage]
    assert (window.opens, window.last_day) == (shanghai(*first), date(*last))


@pytest.mark.parametrize("program_id", [TECHNICIAN, STUDIO, CRAFTSMAN_2017, CRAFTSMAN_2022])
def test_the_notices_do_not_contradict_themselves(program_id):
    harmless = {"before_ambiguous", "year_from_issue", "on_day_off", "begins_before_issue"}
    assert {finding.code for _, finding in dates_of(program_id).findings} <= harmless


# -- publicity and tenure --


def test_S29_five_working_days_from_the_day_after_publication():
    dates = published_dates(TECHNICIAN, shanghai(2019, 9, 26, 10))
    period = dates["publicity.period"]
    # 29 September is a make-up Sunday; 1 to 7 October are off.
    assert (period.opens, period.last_day, period.closes) == (
        shanghai(2019, 9, 27),
        date(2019, 10, 9),
        shanghai(2019, 10, 10),
    )
    assert (period.phrase, period.clause) == ("5个工作日", "四、（五）")


def test_a_publicity_and_a_tenure_that_have_not_begun_are_listed_without_a_date():
    dates = dates_of(TECHNICIAN)
    for key_date_id in ("publicity.period", "tenure.term"):
        assert dates.closes(key_date_id) is None
        assert codes(dates, key_date_id) == set()


def test_a_publicity_beyond_the_published_schedule_is_provisional():
    year = CALENDAR.published_through.year + 1
    dates = published_dates(TECHNICIAN, shanghai(year, 6, 1))
    assert dates["publicity.period"].provisional
    assert "provisional" in codes(dates, "publicity.period")


def objecting_for(days: int) -> Program:
    """The program of Luzhou, whose objections are taken for so many working days from publication."""
    return changed(load_program(TECHNICIAN), {"publicity": {"objections": {"days": days}}})


def test_objections_may_be_taken_longer_than_the_list_is_public():
    program = objecting_for(10)
    dates = key_dates(program, CALENDAR, published(program, CALENDAR, shanghai(2024, 3, 4, 10)))
    public, objections = dates["publicity.period"], dates["publicity.objections"]
    assert (public.closes, objections.closes) == (shanghai(2024, 3, 12), shanghai(2024, 3, 19))
    assert (objections.kind, objections.name, objections.phrase) == (
        KeyDateKind.OBJECTIONS,
        f"{public.name}·异议受理",
        "10个工作日",
    )


def test_objections_that_would_end_too_early_are_reported_and_taken_to_the_end():
    program = objecting_for(3)
    dates = key_dates(program, CALENDAR, published(program, CALENDAR, shanghai(2024, 3, 4, 10)))
    assert dates.closes("publicity.objections") == dates.closes("publicity.period") == shanghai(2024, 3, 12)
    assert codes(dates, "publicity.period") == {"objections_close_early"}


def test_objections_without_a_time_of_their_own_are_no_key_date():
    assert "publicity.objections" not in {one.id for one in published_dates(TECHNICIAN, shanghai(2024, 3, 4))}


def test_every_list_has_a_key_date_of_its_own():
    program = load_program(TECHNICIAN)
    dates = key_dates(program, CALENDAR, published(program, CALENDAR, shanghai(2024, 3, 4), shanghai(2024, 3, 6)))
    assert [(one.id, one.last_day) for one in dates if one.kind is KeyDateKind.PUBLICITY] == [
        ("publicity.period", date(2024, 3, 11)),
        ("publicity.period.2", date(2024, 3, 13)),
    ]


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("2019年8月20日至8月27日", set()),
        ("2019年8月20日至8月26日", {"range_same_day_only"}),
        ("2019年8月20日至8月23日", {"range_too_short"}),
        ("2019年8月", set()),
    ],
)
def test_a_window_that_is_too_short_for_its_publicity_is_reported(phrase, found):
    window = {"phrase": phrase, "clause": "四"}
    dates = key_dates(changed(load_program(TECHNICIAN), {"publicity": {"window": window}}), CALENDAR)
    assert codes(dates, "publicity") == found


def test_an_announced_close_holds_whatever_the_calendar_says_now():
    announced = Course({"recommendation.office": Close(shanghai(2019, 8, 2), provisional=True)})
    office = key_dates(load_program(TECHNICIAN), CALENDAR, announced)["recommendation.office"]
    assert (office.closes, office.last_day, office.provisional) == (shanghai(2019, 8, 2), date(2019, 8, 1), True)


def test_S31_three_years_from_the_date_of_the_document():
    term = key_dates(load_program(TECHNICIAN), CALENDAR, Course(issued={"issuance": shanghai(2019, 11, 15, 16)}))[
        "tenure.term"
    ]
    assert (term.opens, term.last_day, term.closes) == (
        shanghai(2019, 11, 15),
        date(2022, 11, 14),
        shanghai(2022, 11, 15),
    )


@pytest.mark.parametrize(
    ("first", "years", "closes"),
    [
        (date(2024, 2, 29), 3, (2027, 3, 1)),
        (date(2024, 2, 29), 4, (2028, 2, 29)),
        (date(2023, 3, 1), 1, (2024, 3, 1)),
        (date(2019, 12, 31), 3, (2022, 12, 31)),
    ],
)
def test_a_term_ends_before_its_anniversary(first, years, closes):
    assert term_closes(first, years) == shanghai(*closes)


def test_a_tenure_without_a_fixed_term_has_no_end():
    assert "tenure.term" not in {one.id for one in dates_of(STUDIO)}


# -- extensions and explicit dates --


def test_an_extension_overrules_the_phrase():
    extended = extend(load_program(TECHNICIAN), "recommendation.office", shanghai(2019, 8, 6), "更正通知")
    dates = key_dates(extended, CALENDAR)
    assert dates.closes("recommendation.office") == shanghai(2019, 8, 6)
    assert dates["recommendation.office"].last_day == date(2019, 8, 5)


def test_an_extension_to_a_day_off_is_reported():
    extended = extend(load_program(TECHNICIAN), "recommendation.office", shanghai(2019, 8, 4, 18), "更正通知")
    assert codes(key_dates(extended, CALENDAR), "recommendation.office") == {"on_day_off"}


def test_an_extension_to_before_the_notice_is_reported():
    extended = extend(load_program(TECHNICIAN), "recommendation.office", shanghai(2019, 7, 5), "更正通知")
    assert codes(key_dates(extended, CALENDAR), "recommendation.office") == {"before_issue"}


@pytest.mark.parametrize(("year", "code"), [(2160, "outside_calendar"), (2055, "schedule_unpublished")])
def test_a_deadline_that_no_schedule_covers_is_reported(year, code):
    extended = extend(load_program(TECHNICIAN), "recommendation.office", shanghai(year, 7, 6), "更正通知")
    dates = key_dates(extended, CALENDAR)
    assert code in codes(dates, "recommendation.office")
    assert not dates["recommendation.office"].provisional


# -- contradictions --


def test_an_inner_tier_that_closes_after_the_outer_one():
    extended = extend(load_program(CRAFTSMAN_2017), "recommendation.district", shanghai(2017, 5, 3), "延期")
    assert "tier_after_next" in codes(key_dates(extended, CALENDAR), "recommendation.district")


@pytest.mark.parametrize(("day", "found"), [(26, True), (25, False), (24, False)])
def test_fewer_than_three_working_days_between_tiers(day, found):
    # The city tier's last day is Sunday the 30th; Friday the 28th is the last working day before it.
    extended = extend(load_program(CRAFTSMAN_2017), "recommendation.district", shanghai(2017, 4, day + 1), "延期")
    dates = key_dates(extended, CALENDAR)
    assert ("tiers_too_close" in codes(dates, "recommendation.district")) is found


def test_a_deadline_outside_the_window_of_its_stage():
    extended = extend(load_program(CRAFTSMAN_2022), "recommendation.office", shanghai(2022, 7, 2), "延期")
    assert codes(key_dates(extended, CALENDAR), "recommendation.office") >= {"deadline_outside_window"}


def test_windows_against_the_order_of_the_stages():
    window = {"phrase": "2017年1月", "clause": "六"}
    program = changed(load_program(CRAFTSMAN_2017), {"review": {"window": window}})
    assert "window_out_of_order" in codes(key_dates(program, CALENDAR), "review")


def test_windows_that_overlap_are_in_order():
    dates = dates_of(CRAFTSMAN_2017)
    assert "window_out_of_order" not in {finding.code for _, finding in dates.findings}


@pytest.mark.parametrize(("day", "found"), [(24, False), (25, True)])
def test_a_publicity_that_outlasts_the_next_fixed_date(day, found):
    # Five working days from Wednesday 24 August 2022 end on the 31st; the campaign begins on 1 September.
    dates = published_dates(CRAFTSMAN_2022, shanghai(2022, 8, day, 9))
    assert ("publicity_outlasts" in codes(dates, "publicity.period")) is found


def test_J16_a_publicity_within_the_window_of_the_final_decision_is_in_order():
    dates = published_dates(CRAFTSMAN_2017, shanghai(2017, 6, 9, 9))
    assert codes(dates, "publicity.period") == set()


def test_J16_a_publicity_that_outlasts_the_final_decision():
    dates = published_dates(CRAFTSMAN_2017, shanghai(2017, 6, 15, 9))
    assert codes(dates, "publicity.period") == {"publicity_outlasts"}


def test_a_skipped_stage_has_no_key_dates():
    dates = dates_of(CRAFTSMAN_2022, publicity_left_out=True)
    assert not {"publicity", "publicity.period"} & {one.id for one in dates}


# -- the collection --


def test_after_lists_what_is_still_ahead_in_order():
    dates = dates_of(CRAFTSMAN_2017)
    ahead = [one.id for one in dates.after(shanghai(2017, 4, 21))]
    assert ahead[0] in {"recommendation", "recommendation.city"}
    assert "recommendation.district" not in ahead
    assert ahead[-1] == "broadcast"


def test_an_unknown_key_date_is_a_key_error():
    with pytest.raises(KeyError):
        dates_of(STUDIO).closes("recommendation.moon")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_json_has_every_date_and_every_finding(language):
    dates = dates_of(CRAFTSMAN_2017)
    document = json.loads(json.dumps(dates.to_json(language), ensure_ascii=False))
    assert [one["id"] for one in document["dates"]] == [one.id for one in dates]
    assert [(one["id"], one["code"]) for one in document["findings"]] == [
        (key_date_id, finding.code) for key_date_id, finding in dates.findings
    ]
    city = next(one for one in document["dates"] if one["id"] == "recommendation.city")
    assert (city["closes"], city["last_day"], city["clause"]) == (
        "2017-05-01T00:00:00+08:00",
        "2017-04-30",
        "八、（二）",
    )
