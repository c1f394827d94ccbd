"""Programs of other shapes than the shipped ones: loaded, checked and rehearsed without a line of code for them."""

from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from deadlines import SHANGHAI
from notifications.channels import MemoryChannel
from operations.disagreements import disagreements
from operations.recording import list_pasts
from operations.rehearse import rehearse
from operations.results import Moved
from programs import Program, check_program, load_program
from programs.errors import Severity
from states import Move
from store import events_of
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import Office

pytestmark = on(SQLITE)

SHAPES = sorted((Path(__file__).parent / "shapes").glob("*.toml"))


@pytest.fixture(params=SHAPES, ids=lambda file: file.stem)
def shape(request) -> Program:
    return load_program(request.param)


def test_shape_loads_and_checks_without_a_fault(shape):
    assert [(fault.severity, fault.place, fault.words.zh) for fault in check_program(shape)] == []


ENDS = {
    "honored",
    "completed",
    "rejected",
    "not-chosen",
    "removed",
    "deferred",
    "withdrawn",
    "lapsed",
    "disqualified",
    "revoked",
}


def test_shape_is_rehearsed_to_its_end_and_nobody_is_left_on_the_way(desk, shape):
    rehearsal = rehearse(desk, shape, MemoryChannel(), nominations=45, seed=3)
    assert set(rehearsal.standings) <= ENDS
    assert sum(rehearsal.standings.get(end, 0) for end in ("honored", "completed")) > 0


@pytest.fixture
def rehearsed(desk):
    """Rehearse a shape; returns how to count its nominations by some columns, and its moves by nomination."""

    def ran(name: str, nominations: int) -> tuple[Counter[tuple[str | None, ...]], dict[str, list[str]]]:
        program = load_program(Path(__file__).parent / "shapes" / f"{name}.toml")
        rehearse(desk, program, MemoryChannel(), nominations=nominations, seed=3)
        of = t.nomination.c
        moves: dict[str, list[str]] = defaultdict(list)
        with desk.store.read() as connection:
            rows = connection.execute(select(of.stage, of.grade, of.route, of.traits)).all()
            for event in events_of(connection, program.id):
                if event["kind"] == "nomination.moved":
                    moves[event["nomination"]].append(event["to"])
        return Counter(tuple(row) for row in rows), moves

    return ran


@on(*KINDS)
def test_shape_whose_middle_cut_earns_a_lesser_award_honors_both(rehearsed):
    found, moves = rehearsed("cuts", 60)
    honored = Counter(grade for (stage, grade, *_), count in found.items() for _ in range(count) if stage == "honored")
    assert honored.keys() == {"star", "nominee"}
    assert max(honored.values()) <= 10
    reached = Counter(stage for way in moves.values() for stage in set(way))
    assert (reached["evaluation"], reached["panel"], reached["decision"]) == (30, 20, 10)


def test_shape_with_two_publicities_asks_about_heads_only_and_recognizes_some_without_a_review(rehearsed):
    found, moves = rehearsed("two-publicities", 60)
    ways = list(moves.values())
    assert any("posting.running" in way and "publicity.running" in way for way in ways)
    assert any("asked" in way for way in ways)
    assert any("decision" in way and "review" not in way for way in ways)
    assert any("decision" in way and "review" in way for way in ways)
    winners = [
        traits or "" for (stage, _, _, traits), count in found.items() for _ in range(count) if stage == "honored"
    ]
    assert sum("enterprise-head" in traits for traits in winners) * 100 <= 20 * len(winners)


def test_shape_that_is_accepted_two_years_after_the_award_passes_the_inspection_after_the_term(rehearsed):
    _, moves = rehearsed("acceptance", 12)
    honored = [way for way in moves.values() if way[-1] == "honored"]
    assert honored
    for way in honored:
        assert way[way.index("issuance") :] == [
            "issuance",
            "building",
            "inspection",
            "accepted",
            "confirmed",
            "honored",
        ]


@pytest.mark.parametrize(("stage", "what"), [("accepted", Move.REJECT), ("inspection", Move.ELIMINATE)])
def test_unit_that_fails_the_inspection_loses_the_award(desk, stage, what):
    program = load_program(Path(__file__).parent / "shapes" / "acceptance.toml")
    office = Office(desk, program, datetime(2026, 3, 2, 10, tzinfo=SHANGHAI))
    office.open()
    number = office.nominate(stage)
    (past,) = list_pasts(desk)
    assert (past.since is not None, past.ended_at) == (True, None)
    assert isinstance(office.move(number, what, "验收不合格"), Moved)
    (past,) = list_pasts(desk)
    assert (office.row(number).stage, past.ended_at) == ("revoked", office.now)
    with desk.store.read() as connection:
        assert list(disagreements(connection)) == []


def test_weights_that_do_not_make_up_the_whole_are_a_fault():
    program = load_program(Path(__file__).parent / "shapes" / "cuts.toml")
    document = program.model_dump()
    stage = next(stage for stage in document["stages"] if stage["id"] == "evaluation")
    for weights in ((50, 40), (100, None)):
        for track, weight in zip(stage["tracks"], weights, strict=True):
            track["weight_percent"] = weight
        faults = [(fault.severity, fault.place) for fault in check_program(Program.model_validate(document))]
        assert faults == [(Severity.ERROR, "stages.evaluation.tracks")]
