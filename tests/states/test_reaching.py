"""What the machine of a program never leads to."""

import pytest

from programs import Program, load_program, shipped_programs
from states.reaching import unreachable
from tests.programs.conftest import written

TERM = {"id": "term", "kind": "tenure", "name": "建设期", "clause": "五"}
INSPECTION = {"id": "inspection", "kind": "review", "name": "验收", "clause": "五"}
LAST = {"id": "last", "kind": "approval", "name": "确认", "clause": "五"}
SELF = {"id": "self", "name": "个人自荐", "clause": "二", "kind": "self"}
ORGANIZATION = {"id": "organization", "name": "组织推荐", "clause": "二", "kind": "organization"}


def found(**changes):
    return [
        (fault.code, fault.place, fault.words.zh) for fault in unreachable(Program.model_validate(written(**changes)))
    ]


@pytest.mark.parametrize("program_id", shipped_programs())
def test_every_standing_of_a_program_that_ships_is_reached(program_id):
    assert unreachable(load_program(program_id)) == ()


@pytest.mark.parametrize("after", [[], [TERM], [TERM | {"years": 3}, INSPECTION, LAST]])
def test_a_tenure_at_the_end_may_have_no_term(after):
    assert found(after=after) == []


def test_stages_after_a_tenure_without_a_term_are_never_reached_and_told_once():
    assert found(after=[TERM, INSPECTION, LAST]) == [
        ("standing_unreachable", "stages.inspection", "“组织推荐”走不到“验收”：前面的“建设期”没有出口")
    ]


def test_only_the_paths_that_end_too_early_are_named():
    after = [TERM | {"routes": ["self"]}, INSPECTION]
    assert found(routes=[ORGANIZATION, SELF], after=after) == [
        ("standing_unreachable", "stages.inspection", "“个人自荐”走不到“验收”：前面的“建设期”没有出口")
    ]
