"""Programs from files, and what their authors are told when one is wrong."""

import tomllib

import pytest

from programs import ProgramError, decide, load_program, parse_program, shipped_programs
from programs.model import Program


def test_a_program_is_loaded_by_path(tmp_path):
    text = (
        'id = "x-1"\naward = "奖"\nedition = "1"\ntitle = "通知"\nissuers = ["局"]\noffice = "局"\n'
        "issued = 2026-03-02\n"
        'nominee = "person"\nroutes = [{ id = "o", name = "组织", clause = "一", kind = "organization" }]\n'
        'seats = [{ id = "s", award = "奖", clause = "一", count = 1 }]\n'
        '[[stages]]\nid = "r"\nkind = "recommendation"\nname = "推荐"\nclause = "一"\n'
        'tiers = [{ id = "t", name = "受理", office = "局", clause = "一" }]\n'
    )
    file = tmp_path / "mine.toml"
    file.write_text(text, "utf-8")
    assert load_program(file) == load_program(str(file)) == Program.model_validate(tomllib.loads(text))


def test_an_unknown_program_names_the_known_ones():
    with pytest.raises(ProgramError) as refused:
        load_program("luzhou-2020")
    (fault,) = refused.value.faults
    assert all(program_id in fault.remedy.zh for program_id in shipped_programs())


def test_an_id_that_is_nearly_one_is_told_which_was_meant():
    with pytest.raises(ProgramError) as refused:
        load_program("luzhou-chief-technican-2019")
    assert refused.value.faults[0].remedy.zh.endswith("；是否想用 luzhou-chief-technician-2019？")


def test_a_file_that_is_no_toml_is_refused():
    with pytest.raises(ProgramError, match="not valid TOML"):
        parse_program("id = ")


def test_a_missing_field_is_named_with_its_place():
    with pytest.raises(ProgramError) as refused:
        parse_program('id = "mine-2026"')
    assert ("award", "缺少必填项", "请补上 award = …") in [
        (fault.place, fault.words.zh, fault.remedy.zh) for fault in refused.value.faults
    ]


def test_the_first_stage_cannot_be_skipped(build):
    with pytest.raises(ValueError, match="first stage"):
        build(stages={"recommendation": {"skipped": True}})


def test_a_length_is_stated_once(build):
    material = {"id": "deeds", "name": "事迹", "clause": "二", "about_characters": 500, "at_most_characters": 600}
    with pytest.raises(ValueError, match="stands alone"):
        build(materials=[material])


def test_an_unknown_nominator_kind_is_refused(build):
    nominators = [{"id": "central", "name": "中央单位", "clause": "二", "attributed_to": "district"}]
    with pytest.raises(ValueError, match="'district' is not defined in this program"):
        build(nominators=nominators)


def test_a_decision_on_an_unknown_ruling_is_a_key_error():
    with pytest.raises(KeyError):
        decide(load_program("luzhou-chief-technician-2019"), {"weather": "晴"})


def test_clock_that_is_none_is_told_how_to_write_one():
    with pytest.raises(ProgramError) as raised:
        decide(load_program("luzhou-chief-technician-2019"), {"closing-hour": "25:00"})

    assert [(fault.place, fault.words.zh, fault.remedy.zh) for fault in raised.value.faults] == [
        ("stages.recommendation.tiers.office.deadline.clock", "“25:00”不是时刻", "请写成 17:30 或 24:00")
    ]


def test_message_that_quotes_braces_is_told_as_it_is():
    text = 'id = "x-y-z"\nroutes = [{ id = "a", name = "a", clause = "a", kind = "{oops}" }]\n'

    with pytest.raises(ProgramError) as raised:
        parse_program(text)

    assert ("routes.a.kind", "没有“{oops}”这一项") in [(fault.place, fault.words.zh) for fault in raised.value.faults]


COUNTED = [
    (program_id, ruling.id, ruling.decision)
    for program_id in shipped_programs()
    for ruling in load_program(program_id).rulings
    if type(ruling.decision) is int
]


@pytest.mark.parametrize(("program_id", "ruling_id", "stands"), COUNTED)
def test_decision_on_a_number_is_typed_in_digits(program_id, ruling_id, stands):
    program = load_program(program_id)
    assert decide(program, {ruling_id: str(stands)}) == program
    assert decide(program, {ruling_id: str(stands + 1)}) == decide(program, {ruling_id: stands + 1}) != program


def test_rulings_of_the_shipped_programs_ask_for_numbers_too():
    assert len(COUNTED) >= 2


def test_decision_in_words_may_be_of_digits(build):
    asked = {
        "id": "hotline",
        "question": "电话？",
        "clause": "一",
        "decision": "未定",
        "basis": "惯例",
        "otherwise": "改号",
    }
    (ruling,) = decide(build(rulings=[asked]), {"hotline": "12333"}).rulings
    assert ruling.decision == "12333"


@pytest.mark.parametrize("seats", [{}, {"count": 3, "kind": "unlimited"}])
def test_seats_have_a_number_or_none(build, seats):
    with pytest.raises(ValueError, match="seats without `count`, or with one though unlimited"):
        build(seats=[{"id": "award", "award": "奖", "clause": "一"} | seats])
