"""A program that only its definition is kept of is written as the text that would define it."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs import load_program, parse_program, shipped_programs
from programs.drafting import next_edition
from programs.writing import program_text_of

SHAPES = sorted(str(file) for file in (Path(__file__).parent / "shapes").glob("*.toml"))


@pytest.mark.parametrize("source", [*shipped_programs(), *SHAPES], ids=lambda source: Path(source).stem)
def test_text_is_read_as_the_same_program_again_and_as_its_next_edition(source):
    program = load_program(source)
    text = program_text_of(program)
    assert parse_program(text) == program
    assert parse_program(next_edition(text, 2031).text).id != program.id


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_text_holds_whatever_a_name_is(name):
    program = load_program("luzhou-chief-technician-2019").model_copy(update={"award": name, "stages": ()})
    assert tomllib.loads(program_text_of(program))["award"] == name
