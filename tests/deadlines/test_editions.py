"""Programs re-dated as new editions."""

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines import SHANGHAI, WorkCalendar
from deadlines.editions import redate
from deadlines.keydates import KeyDates, key_dates
from deadlines.phrases import parse_phrase
from programs import Program, ProgramError, Severity, check_program, decide, extend, load_program, shipped_programs

CALENDAR = WorkCalendar.china()
UNDATED = "bayu-special-grade-technician"


@cache
def dated(program_id: str) -> Program:
    program = load_program(program_id)
    return decide(program, {"year": "2021-06-28"}) if program_id == UNDATED else program


@cache
def original(program_id: str) -> KeyDates:
    return key_dates(dated(program_id), CALENDAR)


def moved(program_id: str, days: int) -> Program:
    return redate(dated(program_id), "new-edition", "新一届", days, CALENDAR)


programs = st.sampled_from(shipped_programs())
shifts = st.integers(-5000, 12000)


@given(programs, shifts)
@settings(deadline=None)
def test_every_date_moves_by_the_same_number_of_days(program_id, days):
    after = key_dates(moved(program_id, days), CALENDAR)
    assert [one.id for one in after] == [one.id for one in original(program_id)]
    for before, now in zip(original(program_id), after, strict=True):
        assert now.closes == (before.closes and before.closes + timedelta(days=days))
        assert now.opens == (before.opens and before.opens + timedelta(days=days))
        assert now.last_day == (before.last_day and before.last_day + timedelta(days=days))


@given(programs, shifts)
@settings(deadline=None)
def test_the_order_of_deadlines_is_kept(program_id, days):
    def order(dates: KeyDates) -> list[str]:
        return [one.id for one in sorted((one for one in dates if one.closes), key=lambda one: one.closes)]

    assert order(key_dates(moved(program_id, days), CALENDAR)) == order(original(program_id))


@given(programs, shifts)
@settings(deadline=None)
def test_moving_there_and_back_gives_the_same_dates(program_id, days):
    back = redate(moved(program_id, days), "and-back", "原届", -days, CALENDAR)
    assert back.issued == dated(program_id).issued
    assert [(one.id, one.opens, one.closes) for one in key_dates(back, CALENDAR)] == [
        (one.id, one.opens, one.closes) for one in original(program_id)
    ]


@given(programs, shifts)
@settings(deadline=None)
def test_the_new_phrases_say_what_the_new_dates_are(program_id, days):
    new = moved(program_id, days)
    for deadline in new.deadlines().values():
        assert parse_phrase(deadline.phrase, calendar=CALENDAR).closes == deadline.closes
    for stage in new.stages:
        if stage.window:
            reading = parse_phrase(stage.window.phrase, calendar=CALENDAR)
            assert (reading.opens.date(), reading.last_day) == (stage.window.first_day, stage.window.last_day)


@pytest.mark.parametrize("program_id", shipped_programs())
def test_a_new_edition_passes_the_checks(program_id):
    faults = check_program(moved(program_id, 1500))
    assert [fault for fault in faults if fault.severity is Severity.ERROR] == []


def test_the_new_edition_is_named_throughout():
    new = redate(dated("bayu-craftsman-2022"), "bayu-craftsman-2026", "2026年", 1461, CALENDAR)
    assert (new.id, new.edition, new.title) == (
        "bayu-craftsman-2026",
        "2026年",
        "关于选树2026年“最美巴渝工匠”的通知",
    )
    assert new.document_number is None


def test_the_hour_of_a_deadline_stays():
    new = moved("liangping-master-studio-2023", 1000)
    deadline = new.deadline("recommendation.bureau")
    assert deadline.closes.astimezone(SHANGHAI).isoformat() == "2026-05-27T18:00:00+08:00"
    assert deadline.phrase == "2026年5月27日18:00"
    assert deadline.authority == "由liangping-master-studio-2023改期"


def test_the_end_of_a_day_is_written_as_24_00():
    deadline = moved("bayu-craftsman-2017", 7).deadline("recommendation.city")
    assert deadline.phrase == "2017年5月7日24:00"


def test_the_date_of_an_outer_notice_is_no_longer_needed():
    assert moved("bayu-craftsman-2017", 7).deadline("recommendation.district").issued is None


def test_a_closing_hour_that_was_ruled_goes_into_the_new_date():
    program = decide(dated("luzhou-chief-technician-2019"), {"closing-hour": "17:30"})
    new = redate(program, "next", "2020年", 366, CALENDAR)
    assert new.deadline("recommendation.office").phrase == "2020年7月30日17:30"


def test_rulings_on_the_old_phrases_are_settled_and_others_stay():
    new = moved("luzhou-chief-technician-2019", 365)
    others = ["age-as-of", "text-tolerance", "condition-one", "resumption", "investigation", "reserves"]
    assert [ruling.id for ruling in new.rulings] == others


def test_an_extension_moves_with_the_rest():
    closes = original("luzhou-chief-technician-2019").closes("recommendation.office") + timedelta(days=6)
    extended = extend(dated("luzhou-chief-technician-2019"), "recommendation.office", closes, "更正通知")
    new = redate(extended, "next", "2020年", 100, CALENDAR)
    assert new.deadline("recommendation.office").closes == closes + timedelta(days=100)


def test_a_stage_that_a_ruling_left_out_moves_as_well():
    program = decide(dated("bayu-craftsman-2022"), {"publicity-left-out": True})
    new = redate(program, "next", "2023年", 365, CALENDAR)
    assert new.stage("publicity").window.last_day == date(2023, 8, 31)


def test_an_undated_program_needs_its_decision_first():
    with pytest.raises(ProgramError, match="decide the ruling year first"):
        redate(load_program(UNDATED), "next", "第二批", 365, CALENDAR)


def test_an_undated_program_without_a_ruling_needs_its_date():
    program = Program.model_validate(dated("luzhou-chief-technician-2019").model_dump() | {"issued": None})
    with pytest.raises(ProgramError, match="write `issued`"):
        redate(program, "next", "2020年", 365, CALENDAR)


def test_a_phrase_that_cannot_be_read_is_named():
    program = dated("luzhou-chief-technician-2019")
    document = program.model_dump()
    document["stages"][0]["tiers"][2]["deadline"]["phrase"] = "尽快"
    with pytest.raises(ProgramError, match="尽快") as refused:
        redate(Program.model_validate(document), "next", "2020年", 365, CALENDAR)
    assert {fault.place for fault in refused.value.faults} == {"recommendation.office"}


def test_dates_that_cannot_be_are_refused():
    with pytest.raises(ProgramError, match="cannot be"):
        redate(dated("luzhou-chief-technician-2019"), "next", "某年", 10_000_000, CALENDAR)


def test_an_edition_id_that_is_no_id_is_refused():
    with pytest.raises(ProgramError, match="泸州2020: id: “泸州2020” cannot stand here"):
        redate(dated("luzhou-chief-technician-2019"), "泸州2020", "2020年", 365, CALENDAR)
