"""Everything that is found wrong with a program: whole lists for those that ship and for the shapes of the tests."""

from pathlib import Path

import pytest

from deadlines.calendar import WorkCalendar
from operations.checking import check_whole
from programs import load_program, parse_program, shipped_programs
from programs.loader import program_text

CALENDAR = WorkCalendar.china()
SHAPES = Path(__file__).parents[1] / "programs" / "shapes"

#: By program: severity, code, place, and what stands on the line that is told.
FOUND = {
    "bayu-craftsman-2017": [
        ("warning", "begins_before_issue", "stages.recommendation.window", "window"),
        ("warning", "on_day_off", "stages.recommendation.tiers.city.deadline", "deadline"),
        ("warning", "begins_before_issue", "stages.coverage.window", "window"),
        ("note", "year_from_issue", "stages.recommendation.tiers.district.deadline", "deadline"),
        ("note", "before_ambiguous", "stages.recommendation.tiers.district.deadline", "deadline"),
    ],
    "bayu-craftsman-2022": [],
    "bayu-special-grade-technician": [
        ("warning", "number_odd", "contacts.2", "[[contacts]]"),
        ("note", "ruling_open", "rulings.year", "[[rulings]]"),
        ("note", "year_missing", "stages.recommendation.tiers.centre.deadline", "deadline"),
        ("note", "unresolved", "stages.recommendation.tiers.centre.deadline", "deadline"),
    ],
    "liangping-master-studio-2023": [],
    "luzhou-chief-technician-2019": [],
    "acceptance": [],
    "cuts": [],
    "teams": [
        ("note", "year_from_issue", "stages.recommendation.tiers.county.deadline", "deadline"),
        ("note", "before_ambiguous", "stages.recommendation.tiers.county.deadline", "deadline"),
        ("note", "year_from_issue", "stages.recommendation.tiers.city.deadline", "deadline"),
        ("note", "year_from_issue", "stages.screening.window", "window"),
    ],
    "two-publicities": [],
    "two-tenures": [],
}


def _found(name):
    shipped = name in shipped_programs()
    text = program_text(name if shipped else SHAPES / f"{name}.toml")
    checked = check_whole(parse_program(text), CALENDAR, text, "star.toml")
    rows = text.split("\n")
    return checked, [
        (fault.severity, fault.code, fault.place, rows[fault.line - 1].split()[0]) for fault in checked.everything
    ]


@pytest.mark.parametrize(("name", "expected"), FOUND.items(), ids=FOUND)
def test_exactly_this_is_found(name, expected):
    checked, found = _found(name)
    assert (found, checked.passed) == (expected, True)
    assert {fault.file for fault in checked.everything} <= {"star.toml"}


def test_every_program_that_ships_and_every_shape_has_its_list():
    assert FOUND.keys() == {*shipped_programs(), *(file.stem for file in SHAPES.glob("*.toml"))}


def test_a_program_that_comes_from_no_text_is_told_without_lines():
    checked = check_whole(load_program("bayu-special-grade-technician"), CALENDAR)
    assert {(fault.file, fault.line) for fault in checked.everything} == {(None, None)}


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        ("years = 3\nassessed", "assessed", "standing_unreachable", 'id = "end"'),
        ("count = 10", "count = 10\ntraits = []", None, None),
    ],
)
def test_the_ways_of_the_machine_are_checked_too(before, after, code, line):
    more = '\n[[stages]]\nid = "end"\nkind = "approval"\nname = "终"\nclause = "七"\n'
    text = program_text("luzhou-chief-technician-2019").replace(before, after) + (more if code else "")
    checked = check_whole(parse_program(text), CALENDAR, text, "star.toml")
    rows = text.split("\n")
    assert [(fault.code, rows[fault.line].strip()) for fault in checked.everything] == ([(code, line)] if code else [])
