"""Every standing × every move that may have led there: what the program lets be taken back goes back, all else not."""

from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deadlines import SHANGHAI
from programs import Path, Program, Words, load_program
from programs.stages import Decision, Recommendation, Screening
from states import Bar, Case, Circumstances, End, Fired, Last, Move, Refused, compile_pipeline
from tests.operations.office import CRAFTSMAN_2022, LUZHOU, STUDIO

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=SHANGHAI)
UNTIL = NOW + timedelta(hours=24)
BASIS = "主办单位工作规则第三条"

#: What each kind of stage lets be taken back, by heart.
KINDS = {
    "recommendation": {"submit", "endorse", "accept", "return", "reject", "withdraw"},
    "screening": {"submit", "accept", "return", "reject", "eliminate", "withdraw"},
    "consultation": {"accept", "reject", "withdraw"},
    "vote": {"advance", "eliminate", "choose", "withdraw"},
    "review": {"advance", "eliminate", "choose", "withdraw"},
    "decision": {"choose", "eliminate", "withdraw"},
    "approval": {"approve", "reject", "withdraw"},
}
TIME_S_OWN = {"lapse", "close", "expire"}


def with_undo(program: Program, **reserves: int) -> Program:
    document = program.model_dump(mode="json")
    for stage in document["stages"]:
        if moves := KINDS.get(stage["kind"]):
            stage["undo"] = {"moves": sorted(moves), "hours": 24, "basis": BASIS}
        if stage["kind"] == "decision" and not stage["confirms"]:
            stage.update(reserves)
    return Program.model_validate(document)


@pytest.fixture(params=[LUZHOU, STUDIO, CRAFTSMAN_2022])
def pipeline(request):
    return compile_pipeline(with_undo(load_program(request.param), reserves=2))


def expected(pipeline, path: Path) -> set[tuple[str, str, str]]:
    """Every way back: where somebody stands, the move that led there, and where from."""
    stages = {stage.id: stage for stage in pipeline.program.held_stages if stage.concerns(*path)}
    order = list(stages)
    issued = next(place for place, one in enumerate(order) if stages[one].kind == "issuance")
    found = set()
    for leg_from in pipeline.standings:
        stage = stages.get(leg_from.partition(".")[0])
        if stage is None or order.index(stage.id) >= issued or leg_from.endswith(".reserve"):
            continue
        for move in pipeline.moves_from(leg_from, path):
            if move in KINDS.get(stage.kind, ()):
                found.add((pipeline.destination(leg_from, move, path), move.value, leg_from))
    return found


def test_exactly_what_the_program_says_goes_back_to_where_it_came_from(pipeline):
    around = Circumstances(NOW, reason="误操作")
    for path in pipeline.program.paths():
        found, refused = set(), set()
        for here in pipeline.standings:
            for source in pipeline.standings:
                for move in Move:
                    case = Case(here, path, last=Last(move, source, UNTIL))
                    before = copy(case)
                    outcome = pipeline.fire(case, Move.UNDO, around)
                    if isinstance(outcome, Fired):
                        assert outcome == Fired(Move.UNDO, here, source)
                        assert case == replace(before, stage=source)
                        found.add((here, move.value, source))
                    else:
                        assert case == before
                        refused |= {one.gate for one in outcome.refusals}
        assert found == expected(pipeline, path)
        assert refused == {"no-such-move"}


def test_nothing_is_offered_where_a_program_says_nothing_of_it():
    pipeline = compile_pipeline(load_program(LUZHOU))
    assert not pipeline.takes_back
    for here in pipeline.standings:
        assert Move.UNDO not in pipeline.moves_from(here)
        case = Case(here, Path(None, "organization"), last=Last(Move.SUBMIT, "recommendation.unit", UNTIL))
        assert isinstance(pipeline.fire(case, Move.UNDO, Circumstances(NOW, reason="误操作")), Refused)


def test_time_s_own_moves_and_what_is_part_of_more_are_never_taken_back(pipeline):
    for path in pipeline.program.paths():
        undone = {move for _, move, _ in expected(pipeline, path)}
        assert not undone & TIME_S_OWN
        assert not {move for move in undone if Move(move).by_use_case}


def accepted(**changes) -> Case:
    last = Last(Move.ACCEPT, "screening", UNTIL)._replace(**changes.pop("last", {}))
    return Case("review", Path(None, "organization"), last=last, **changes)


@pytest.mark.parametrize(
    ("case", "around", "gate", "clause"),
    [
        (accepted(), {"reason": " "}, "reason-stated", None),
        (accepted(), {"now": UNTIL}, "in-time-to-undo", BASIS),
        (accepted(last={"built": (Words("确定了排序", "a ranking was settled"),)}), {}, "nothing-built", BASIS),
    ],
)
def test_what_stands_against_going_back_is_told(case, around, gate, clause):
    pipeline = compile_pipeline(with_undo(load_program(LUZHOU)))
    refusals = pipeline.may(case, Move.UNDO, Circumstances(**({"now": NOW, "reason": "误操作"} | around)))
    assert [(one.gate, one.clause) for one in refusals] == [(gate, clause)]


def test_place_that_was_given_back_is_taken_again_only_while_there_is_one():
    program = with_undo(load_program(LUZHOU))
    pipeline = compile_pipeline(program)
    seats = program.seats[0]
    key = f"seats.{seats.id}"
    last = Last(Move.WITHDRAW, "decision", UNTIL, gave_back=(key,))
    case = Case(End.WITHDRAWN, Path(None, "organization"), last=last)
    around = Circumstances(NOW, reason="误操作")
    assert [limit.key for limit in pipeline.limits(case, Move.UNDO, around)] == [key]
    refusals = pipeline.may(case, Move.UNDO, replace(around, left={key: 0}))
    assert [one.gate for one in refusals] == (["seat-free"] if seats.kind == "cap" else [])
    assert pipeline.may(case, Move.UNDO, replace(around, left={key: 1})) == ()


def test_past_that_was_given_up_is_given_again_only_where_nothing_stands_against_it():
    program = with_undo(load_program(LUZHOU))
    bar = Bar("不重复授予", "二", Words("已获奖", "has won"))
    last = Last(Move.WITHDRAW, "decision", UNTIL)
    case = Case(End.WITHDRAWN, Path(None, "organization"), last=last, bars=(bar,))
    around, pipeline = Circumstances(NOW, reason="误操作"), compile_pipeline(program)
    assert pipeline.may(case, Move.UNDO, around) == ()
    case.last = last._replace(past=True)
    assert [one.gate for one in pipeline.may(case, Move.UNDO, around)] == ["past-allows"]


def test_stages_that_decide_something_are_those_that_take_back():
    kinds = {kind.model_fields["kind"].default: kind.undoable for kind in (Recommendation, Screening, Decision)}
    assert kinds == {kind: frozenset(KINDS[kind]) for kind in kinds}
