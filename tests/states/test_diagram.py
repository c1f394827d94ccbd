"""The Mermaid diagram: every line has a known form, and every node that an arrow names is declared once."""

import re

import pytest

from programs import load_program, shipped_programs
from states import Move, compile_pipeline
from states.diagram import mermaid

DECLARED = re.compile(r'    state "[^"]+" as (\w+)')
ARROW = re.compile(r"    (\w+|\[\*\]) --> (\w+|\[\*\])(?:: (.+))?")


def read(text: str) -> tuple[list[str], list[tuple[str, str, str | None]], list[str]]:
    """Read a diagram back: the nodes declared, the arrows, and the note; fails on a line of any other form."""
    first, second, *lines = text.splitlines()
    assert (first, second) == ("stateDiagram-v2", "    direction LR")
    at = next(place for place, line in enumerate(lines) if line.startswith("    note right of "))
    assert lines[-1] == "    end note"
    nodes: list[str] = []
    arrows: list[tuple[str, str, str | None]] = []
    for line in lines[:at]:
        if found := DECLARED.fullmatch(line):
            nodes.append(found[1])
        else:
            arrow = ARROW.fullmatch(line)
            assert arrow, line
            arrows.append((arrow[1], arrow[2], arrow[3]))
    return nodes, arrows, lines[at:-1]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("program_id", shipped_programs())
def test_diagram_declares_exactly_the_nodes_that_its_arrows_name(program_id, language):
    nodes, arrows, note = read(mermaid(compile_pipeline(load_program(program_id)), language))
    named = {end for source, to, _ in arrows for end in (source, to)} - {"[*]"}
    assert sorted(nodes) == sorted(named)
    assert note[0].removeprefix("    note right of ") in nodes


@pytest.mark.parametrize("program_id", shipped_programs())
def test_diagram_draws_every_leg_but_those_from_everywhere(program_id):
    pipeline = compile_pipeline(load_program(program_id))
    _, arrows, _ = read(mermaid(pipeline))
    drawn = sum(len(label.split(" / ")) for _, _, label in arrows if label)
    assert drawn == sum(
        leg.move not in (Move.WITHDRAW, Move.DISQUALIFY) and not pipeline.standings[leg.source].former
        for leg in pipeline.legs()
    )


def test_diagram_begins_where_nominations_are_drawn_up_and_ends_where_nothing_leads_on():
    _, arrows, _ = read(mermaid(compile_pipeline(load_program("bayu-craftsman-2017"))))
    assert [to for source, to, _ in arrows if source == "[*]"] == [
        "recommendation__unit",
        "recommendation__applicant",
    ]
    assert {source for source, to, _ in arrows if to == "[*]"} == {
        "rejected",
        "not_chosen",
        "removed",
        "deferred",
        "lapsed",
        "revoked",
    }


def test_diagram_marks_what_time_does():
    _, arrows, _ = read(mermaid(compile_pipeline(load_program("luzhou-chief-technician-2019")), "en"))
    labels = [label for _, _, label in arrows if label]
    assert sorted({part for label in labels for part in label.split(" / ") if part.startswith("⏱")}) == [
        "⏱ close",
        "⏱ expire",
        "⏱ lapse",
    ]
