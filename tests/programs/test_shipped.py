"""What holds for every program that ships."""

import re
from importlib.resources import files

import pytest

from programs import Program, Severity, check_program, decide, load_program, shipped_programs

SHIPPED = (
    "bayu-craftsman-2017",
    "bayu-craftsman-2022",
    "bayu-special-grade-technician",
    "liangping-master-studio-2023",
    "luzhou-chief-technician-2019",
)


@pytest.fixture(params=SHIPPED)
def program(request) -> Program:
    return load_program(request.param)


def text_of(program_id: str) -> str:
    return files("programs").joinpath(f"{program_id}.toml").read_text("utf-8")


def test_five_programs_ship():
    assert shipped_programs() == SHIPPED


def test_the_id_is_the_file_name(program):
    assert program.id in SHIPPED


def test_the_checks_find_no_error(program):
    assert [fault for fault in check_program(program) if fault.severity is Severity.ERROR] == []


def test_only_the_notice_without_a_date_has_an_open_ruling(program):
    notes = [fault.place for fault in check_program(program) if fault.severity is Severity.NOTE]
    assert notes == (["rulings.year"] if program.id == "bayu-special-grade-technician" else [])


def test_every_default_is_what_the_file_says(program):
    defaults = {ruling.id: ruling.decision for ruling in program.rulings if ruling.decision is not None}
    assert decide(program, defaults) == program


def test_every_path_passes_a_first_tier_that_draws_up_and_a_last_one_with_a_deadline(program):
    for path in program.paths():
        tiers = [tier for _, tier in program.tiers() if tier.concerns(*path)]
        assert len(tiers) >= 2
        assert tiers[0].deadline is None
        assert tiers[-1].deadline is not None


def test_no_number_or_address_of_a_person_stands_in_the_file(program):
    text = text_of(program.id)
    assert re.findall(r"\d{7,}", text) == []
    assert "@" not in text
    assert all(contact.phone is None for contact in program.contacts)


def test_a_program_survives_being_written_and_read_back(program):
    assert Program.model_validate_json(program.model_dump_json()) == program
