"""The course of the notices: which stage follows which, what a ruling makes of it, and what a target refuses."""

from datetime import date, datetime

import pytest

from deadlines import SHANGHAI
from programs import date_program, decide
from states import Case, Circumstances, Move, compile_pipeline
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import CRAFTSMAN_2022, STUDIO, TECHNICIAN, Office

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=SHANGHAI)

#: What is asked here is the same on every database.
pytestmark = on(SQLITE)


@pytest.fixture
def technician(office_of, shipped) -> Office:
    return office_of(TECHNICIAN, program=date_program(shipped(TECHNICIAN), date(2021, 6, 28)))


def course(office: Office, until: str, **draft: object) -> list[str]:
    """Where a nomination stands, one place after the other, up to a standing."""
    number = office.nominate(**draft)
    met = [office.row(number).stage]
    while met[-1] != until:
        office.step(number, met[-1])
        met.append(office.row(number).stage)
    return met


def following(program, stage: str, move: Move) -> set[str | None]:
    """Where a move leads from a stage, on every path of a program."""
    pipeline = compile_pipeline(program)
    return {pipeline.destination(stage, move, path) for path in program.paths()}


@pytest.mark.parametrize(("category", "target"), [("skilled", 60), ("professional", 25)])
@pytest.mark.usefixtures("databases")
def test_T01_T02_target_is_told_and_refuses_nobody(shipped, category, target):
    program = shipped(TECHNICIAN)
    pipeline = compile_pipeline(program)
    path = next(path for path in program.paths() if path.category == category)
    given = Circumstances(NOW, grade=category)
    (limit,) = pipeline.limits(Case("decision", path), Move.CHOOSE, given)
    assert (limit.count, limit.soft) == (target, True)
    beyond = Circumstances(NOW, grade=category, left={limit.key: 0})
    assert pipeline.may(Case("decision", path), Move.CHOOSE, beyond) == ()


def test_T16_one_committee_screens_and_reviews(technician):
    number = technician.nominate("screening", category="skilled")
    screening = technician.row(number).holder
    technician.bring(number, "review")
    assert technician.row(number).holder == screening


def test_T17_proposal_is_public_before_anybody_is_recognized(technician):
    met = course(technician, "issuance", category="skilled")
    assert met[met.index("decision") :] == ["decision", "publicity", "publicity.running", "issuance"]


def test_Z22_profiles_are_pushed_before_the_vote(craftsman):
    met = course(craftsman, "vote")
    assert met[met.index("profiles") :] == ["profiles", "vote"]


@pytest.mark.usefixtures("databases")
def test_Z25_whether_there_is_a_publicity_is_as_ruled(shipped):
    leading = {
        left_out: following(decide(shipped(CRAFTSMAN_2022), {"publicity-left-out": left_out}), "decision", Move.CHOOSE)
        for left_out in (False, True)
    }
    assert ({"publicity"} == leading[False], "publicity" in leading[True]) == (True, False)


@pytest.mark.usefixtures("databases")
def test_G26_missing_review_and_publicity_are_held_or_left_out_as_ruled(shipped):
    met = {}
    for left_out in (False, True):
        program = decide(shipped(STUDIO), {"review-left-out": left_out, "publicity-left-out": left_out})
        met[left_out] = (
            "review" in following(program, "screening", Move.ACCEPT),
            "publicity" in following(program, "decision", Move.CHOOSE),
        )
    assert met == {False: (True, True), True: (False, False)}
