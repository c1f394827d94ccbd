"""What becomes of nominations under another version, at every standing of every shipped program; no store is asked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deadlines import SHANGHAI
from operations.desk import Due, Running
from operations.intakes import computed
from operations.transfer import Alike, Transfer, transfer
from programs import Program, extend, shipped_programs
from programs.stages import Recommendation
from states import End, Refusal
from tests.operations.office import INTAKE

#: When something else than an intake runs out: a list, a time to correct, a term.
RUNS_OUT = Due(datetime(2030, 1, 1, tzinfo=SHANGHAI))


@pytest.fixture(params=shipped_programs())
def program(request, shipped) -> Program:
    return shipped(request.param)


def version(program: Program, calendar, number: int) -> Running:
    """A version of a program as it is announced."""
    running = Running(program, number, INTAKE[program.id], calendar, revision=number)
    return replace(running, announced=computed(running))


def alike(running: Running) -> Iterator[Alike]:
    """Nominations at every standing of every path, each due when it would be."""
    pipeline = running.pipeline
    for path in running.program.paths():
        for key, standing in pipeline.standings.items():
            moves = () if key in list(End) else pipeline.moves_from(key, path)
            if not moves:
                continue
            clocked = any(move.by_clock for move in moves)
            at_tier = isinstance(running.program.stage(standing.stage), Recommendation)
            due = running.due_at_tier(key, path) if at_tier else RUNS_OUT if clocked else Due(None)
            yield Alike(running.revision, key, path, due)


def test_version_that_says_the_same_leaves_everybody_where_they_are(program, calendar):
    before, after = version(program, calendar, 1), version(program, calendar, 2)
    found = {one: transfer(before, after, one, {}, INTAKE[program.id]) for one in alike(before)}
    assert found == {one: Transfer(one.stage, one.due, (), (), frozenset()) for one in found}
    assert len(found) > len(program.held_stages)


def test_deadlines_moved_and_moved_back_leave_everybody_due_as_before(program, calendar):
    before, later = version(program, calendar, 1), program
    for key in program.deadlines():
        later = extend(later, key, before.closes[key] + timedelta(days=20), "某文")
    after = version(later, calendar, 2)
    changed = 0
    for one in alike(before):
        there = transfer(before, after, one, {}, INTAKE[program.id])
        assert isinstance(there, Transfer)
        moved = Alike(2, there.stage, one.path, there.due)
        back = transfer(after, before, moved, {}, INTAKE[program.id])
        assert isinstance(back, Transfer)
        assert (back.stage, back.due) == (one.stage, one.due)
        changed += there.due != one.due
    assert changed > 0


def test_nobody_is_brought_over_from_a_place_that_the_other_version_has_not(program, calendar):
    """Of every stage that is taken out, those stay who stand there, and nobody else."""
    before = version(program, calendar, 1)
    for stage in program.held_stages[1:]:
        fewer = program.model_copy(
            update={"stages": tuple(one for one in program.stages if one.id != stage.id), "rulings": ()}
        )
        after = version(fewer, calendar, 2)
        for one in alike(before):
            outcome = transfer(before, after, one, {}, INTAKE[program.id])
            here = before.pipeline.standings[one.stage].stage == stage.id
            assert isinstance(outcome, Refusal) is here, (stage.id, one.stage, outcome)
