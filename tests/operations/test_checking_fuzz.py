"""Whatever somebody makes of a program's file, the check answers in words, each with its line."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from deadlines.calendar import WorkCalendar
from operations.checking import check_whole
from programs import Program, ProgramError, parse_program, shipped_programs
from programs.loader import program_text
from programs.mistakes import faults_of
from programs.reading import read_document

CALENDAR = WorkCalendar.china()
SHAPES = sorted((Path(__file__).parents[1] / "programs" / "shapes").glob("*.toml"))
TEXTS = [program_text(source) for source in (*shipped_programs(), *SHAPES)]
DOCUMENTS = [read_document(text, "star.toml")[0] for text in TEXTS]

_SLIPS = st.sampled_from(
    ["", '"', "“", "＝", "，", "[", "]", "}", "\n", "#", "\\", "是", "0", "x", "\t", " = ", "[[stages]]\n"]
)


@given(st.sampled_from(TEXTS), st.integers(0, 30_000), st.integers(0, 4), _SLIPS)
@settings(max_examples=60, deadline=None)
def test_any_slip_is_told_by_a_line_of_the_file(text, at, gone, put):
    at %= len(text)
    slipped = text[:at] + put + text[at + gone :]
    try:
        checked = check_whole(parse_program(slipped, "star.toml"), CALENDAR, slipped, "star.toml")
    except ProgramError as error:
        faults = error.faults
    else:
        faults = checked.everything
    last = slipped.count("\n") + 1
    assert all(fault.file == "star.toml" and fault.line in range(1, last + 1) for fault in faults)


def _holders(value: Any) -> list[tuple[Any, Any]]:
    """Every value of a document, by what holds it and its key."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, inner in pairs for found in ((value, key), *_holders(inner))]


@given(st.sampled_from(DOCUMENTS), st.data())
@settings(max_examples=40, deadline=None)
def test_any_value_in_the_place_of_another_is_answered(document, data):
    document = deepcopy(document)
    for _ in range(data.draw(st.integers(1, 3))):
        holders = _holders(document)
        holder, key = data.draw(st.sampled_from(holders))
        others = [one[at] for one, at in holders if at == key and isinstance(key, str)]
        if others and data.draw(st.booleans()):
            holder[key] = deepcopy(data.draw(st.sampled_from(others)))
        else:
            del holder[key]
    try:
        program = Program.model_validate(document)
    except ValidationError as error:
        told = [fault.told() for fault in faults_of(error, document)]
        assert told
    else:
        told = [fault.told() for fault in check_whole(program, CALENDAR).everything]
    assert all(sentence for words in told for sentence in words)
