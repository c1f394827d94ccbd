"""The typed door: what may be made is what is made, and one pipeline serves all cases and threads without a trace."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from datetime import datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transitions import Machine

from deadlines import SHANGHAI
from programs import Path, load_program, shipped_programs
from states import Case, Circumstances, Endorsement, Fired, Limit, Move, Pipeline, Refused, compile_pipeline
from states.standings import ENDS

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=SHANGHAI)
ORGANIZATION = Path(None, "organization")
ENDED = {standing.key for standing in ENDS}


@cache
def pipeline_of(program_id: str) -> Pipeline:
    return compile_pipeline(load_program(program_id))


@pytest.fixture
def luzhou() -> Pipeline:
    return pipeline_of("luzhou-chief-technician-2019")


def instants() -> st.SearchStrategy[datetime]:
    return st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours))


@st.composite
def encounters(draw) -> tuple[Pipeline, Case, list[tuple[Move, Circumstances]]]:
    """A program, a case somewhere in it with any facts against it, and moves under any circumstances."""
    pipeline = pipeline_of(draw(st.sampled_from(shipped_programs())))
    program = pipeline.program
    names = st.lists(st.sampled_from(["申报表", "年龄"]), max_size=1).map(tuple)
    case = Case(
        draw(st.sampled_from(sorted(pipeline.standings))),
        draw(st.sampled_from(program.paths())),
        nominator_kind=draw(st.sampled_from([None, *(kind.id for kind in program.nominators)])),
        due=draw(st.none() | instants()),
        missing=draw(names),
        unjudged=draw(names),
        failed=draw(names),
        unreported=draw(names),
        open_objections=draw(st.integers(0, 1)),
    )
    limits = [f"quota.{quota.id}" for quota in program.quotas] + [f"seats.{seats.id}" for seats in program.seats]
    circumstances = st.builds(
        Circumstances,
        now=st.just(NOW),
        reason=st.sampled_from(["", " ", "理由"]),
        closes=st.dictionaries(st.sampled_from(sorted(pipeline.standings)), instants(), max_size=3),
        left=st.dictionaries(st.sampled_from(limits), st.integers(0, 1)),
        grade=st.sampled_from([None, *(seats.id for seats in program.seats)]),
        document_number=st.sampled_from([None, "某人社〔2026〕1号"]),
    )
    moves = draw(st.lists(st.tuples(st.sampled_from(Move), circumstances), min_size=1, max_size=12))
    return pipeline, case, moves


@settings(max_examples=60, deadline=None)
@given(encounters())
def test_may_agrees_with_fire_and_a_refused_move_changes_nothing(encounter):
    pipeline, case, moves = encounter
    for move, circumstances in moves:
        before = copy(case)
        refusals = pipeline.may(case, move, circumstances)
        outcome = pipeline.fire(case, move, circumstances)
        if refusals:
            assert outcome == Refused(move, before.stage, refusals)
            assert case == before
        else:
            assert outcome == Fired(move, before.stage, case.stage)
            assert case.stage == pipeline.destination(before.stage, move, case.path)
            before.stage = case.stage
            assert case == before


@settings(max_examples=40, deadline=None)
@given(encounters())
def test_a_walk_stays_within_the_standings_and_ends_for_good(encounter):
    pipeline, case, moves = encounter
    path = case.path
    for move, circumstances in moves:
        source = case.stage
        pipeline.fire(case, move, circumstances)
        assert case.stage in pipeline.standings
        assert case.path == path
        if source in ENDED and case.stage != source:
            assert (source, move, case.stage) == ("honored", Move.REVOKE, "revoked")


def test_refusals_are_all_told_not_only_the_first(luzhou):
    case = Case("recommendation.recommender", ORGANIZATION, missing=("申报表",))
    late = Circumstances(NOW, closes={"recommendation.office": NOW})
    assert [one.gate for one in luzhou.may(case, Move.ENDORSE, late)] == [
        "in-time",
        "materials-complete",
        "endorsed",
    ]


def test_a_move_that_is_not_offered_says_what_is(luzhou):
    (refusal,) = luzhou.may(Case("decision", ORGANIZATION), Move.PUBLISH, Circumstances(NOW))
    assert refusal.reason.zh == "“评审确定”没有“开始公示”这一操作"
    assert refusal.remedy.zh == "可用操作：落选、确定入选、撤回、取消申报资格"


def test_a_move_from_an_end_says_that_the_case_has_ended(luzhou):
    (refusal,) = luzhou.may(Case("lapsed", ORGANIZATION), Move.SUBMIT, Circumstances(NOW))
    assert refusal.remedy.en == "it offers: nothing, the case has ended"


@pytest.mark.parametrize("program_id", shipped_programs())
def test_no_case_is_ever_bound_to_the_machine(program_id):
    pipeline = compile_pipeline(load_program(program_id))
    (machine,) = [held for held in vars(pipeline).values() if isinstance(held, Machine)]
    path = pipeline.program.paths()[0]
    for _ in range(100):
        pipeline.fire(Case(pipeline.entry(path), path), Move.WITHDRAW, Circumstances(NOW, reason="放弃"))
    assert len(machine.models) == 0


#: What the machine allocates; other threads of the test run allocate as well.
OURS = [tracemalloc.Filter(inclusive=True, filename_pattern=f"*/{package}/*") for package in ("states", "transitions")]


def test_cases_that_are_gone_leave_no_memory_behind(luzhou):
    def withdraw(cases: int) -> None:
        for _ in range(cases):
            luzhou.fire(Case("screening", ORGANIZATION), Move.WITHDRAW, Circumstances(NOW, reason="放弃"))

    withdraw(100)
    tracemalloc.start()
    withdraw(1000)
    snapshot = tracemalloc.take_snapshot().filter_traces(OURS)
    tracemalloc.stop()
    assert sum(trace.size for trace in snapshot.statistics("filename")) < 10_000


def test_threads_fire_their_own_cases_through_one_pipeline(luzhou):
    steps = (
        (Move.SUBMIT, "recommendation.recommender"),
        (Move.RETURN, "recommendation.unit"),
        (Move.SUBMIT, "recommendation.recommender"),
        (Move.ENDORSE, "recommendation.office"),
        (Move.ACCEPT, "screening"),
        (Move.CLOSE, None),
        (Move.ACCEPT, "review"),
    )

    def walk(_worker: int) -> list[str | None]:
        ways: list[str | None] = []
        for _ in range(100):
            case = Case("recommendation.unit", ORGANIZATION)
            for move, _to in steps:
                put = Endorsement.full(luzhou.program.tier(case.stage))
                outcome = luzhou.fire(case, move, Circumstances(NOW, reason="理由", endorsement=put))
                ways.append(outcome.destination if isinstance(outcome, Fired) else None)
        return ways

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(walk, range(8))) == [[to for _, to in steps] * 100] * 8


def test_limits_are_those_of_the_move_on_the_case_s_own_path():
    pipeline = pipeline_of("bayu-craftsman-2022")
    case = Case("recommendation.recommender", ORGANIZATION, nominator_kind="department")
    assert pipeline.limits(case, Move.ENDORSE, Circumstances(NOW)) == (Limit("quota.department", "nominator", 3),)
    assert pipeline.limits(case, Move.WITHDRAW, Circumstances(NOW)) == ()
    assert pipeline.limits(case, Move.CHOOSE, Circumstances(NOW)) == ()
    decided = Circumstances(NOW, grade="runner-up")
    assert pipeline.limits(Case("decision", ORGANIZATION), Move.CHOOSE, decided) == (
        Limit("seats.runner-up", "program", 10),
    )
    assert pipeline.limits(Case("vote", ORGANIZATION), Move.ADVANCE, decided) == (Limit("keep.vote", "program", 30),)


def test_intakes_ahead_are_the_tiers_with_a_deadline_still_to_reach():
    pipeline = pipeline_of("bayu-craftsman-2017")
    ahead = {
        tier: pipeline.intakes_ahead(f"recommendation.{tier}", Path(None, route))
        for tier, route in (("unit", "organization"), ("district", "organization"), ("applicant", "self"))
    }
    assert ahead == {
        "unit": ("recommendation.district", "recommendation.city"),
        "district": ("recommendation.city",),
        "applicant": ("recommendation.city",),
    }


def test_keys_of_a_stage_are_its_standings(luzhou):
    assert luzhou.keys_of("publicity") == ("publicity", "publicity.running", "publicity.objected")
    assert luzhou.keys_of("publicity.running") == ("publicity.running",)
    assert luzhou.keys_of("moon") == ()
