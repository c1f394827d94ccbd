"""Traits: what a nominee is decides which stages, rules and materials there are for it."""

import pytest

from operations.nominate import nominate
from operations.ranked import Ranked
from operations.rankings import settle_ranking
from operations.results import Moved, UnknownError
from operations.sweep import sweep
from programs import Path, Program
from states import Move
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import LUZHOU, Office

pytestmark = on(SQLITE)

HEAD = frozenset({"enterprise-head"})


def with_consultation(program: Program) -> Program:
    """Heads of enterprises, and nobody else, are asked about before the decision; they hand in one thing more."""
    stages = [stage.model_dump() for stage in program.stages]
    place = next(at for at, stage in enumerate(stages) if stage["id"] == "decision")
    consultation = {"id": "asked", "kind": "consultation", "name": "征求意见", "clause": "五", "bodies": ["税务局"]}
    stages.insert(place, consultation | {"traits": ["enterprise-head"]})
    materials = [material.model_dump() for material in program.materials]
    materials.append({"id": "licence", "name": "营业执照", "clause": "五", "traits": ["enterprise-head"]})
    traits = [{"id": one, "name": one, "clause": "五"} for one in ("enterprise-head", "veteran")]
    return Program.model_validate(program.model_dump() | {"stages": stages, "materials": materials, "traits": traits})


@pytest.fixture
def office(office_of, shipped) -> Office:
    return office_of(LUZHOU, program=with_consultation(shipped(LUZHOU)))


def test_paths_are_told_apart_by_the_traits_that_decide_a_stage_and_by_no_other(shipped):
    assert set(with_consultation(shipped(LUZHOU)).paths()) == {
        Path(None, "organization"),
        Path(None, "organization", HEAD),
    }


@on(*KINDS)
@pytest.mark.parametrize(
    ("traits", "following"),
    [
        (HEAD, "asked"),
        (HEAD | {"veteran"}, "asked"),
        (frozenset({"veteran"}), "decision"),
        (frozenset(), "decision"),
    ],
)
def test_stage_for_a_trait_is_passed_by_who_has_it_and_by_nobody_else(office, traits, following):
    number = office.nominate("review", traits=traits)
    for track in ("materials", "site-visit"):
        office.report(number, track)
    assert isinstance(settle_ranking(office.desk, office.id, "review", office.act()), Ranked)
    done = office.move(number, Move.ADVANCE)
    assert isinstance(done, Moved), done
    assert done.destination == following


def test_material_for_a_trait_is_asked_of_who_has_it(office):
    asked = [
        "licence" in {material.id for material in office.program.materials_for(Path(None, "organization", traits))}
        for traits in (HEAD, frozenset())
    ]
    assert asked == [True, False]


def test_body_that_is_asked_about_heads_of_enterprises_vetoes_one(office):
    number = office.nominate("asked", traits=HEAD)
    assert isinstance(office.move(number, Move.REJECT), Moved)
    assert office.row(number).stage == "rejected"


def test_sweep_moves_everybody_whatever_their_traits(office):
    for traits in (HEAD, frozenset(), frozenset({"veteran"})):
        office.nominate(traits=traits)
    closes = office.running().closes["recommendation.office"]
    assert sweep(office.desk, closes).moved == 3


def test_trait_that_the_program_has_not_is_named(office):
    with pytest.raises(UnknownError) as refused:
        nominate(office.desk, office.id, office.draft(traits=frozenset({"tall"})), office.act())
    assert refused.value.words.zh == "特征“tall”不存在；可用：enterprise-head、veteran"
