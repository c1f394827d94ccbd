"""Programs whose course has come to a halt: their next run was lost, so it is set again."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from prefect import State, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import TERMINAL_STATES, FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Failed

from flows.account import PATIENTLY, Account, Table, UnansweredError, answer_to, carry_out
from flows.clock import instant, named
from flows.courses import drive, follow_with
from flows.forms import form
from operations.coming import next_instant
from operations.damaged import whole_versions
from operations.desk import Desk
from operations.overview import program_overview
from operations.sweep import GRACE

#: So many runs the server tells of at once.
_PAGE: Final = 200

#: A run that was cancelled so long before its instant was not wanted; one that was nearer ended with its process.
_AHEAD: Final = timedelta(minutes=1)


class Halted(NamedTuple):
    """A program that nobody drives on; `done`: its last run did what it was to do."""

    program: str
    done: bool


@form("日程接续", named("日程接续"), timeout_seconds=900)
async def keep_following(now: datetime | None = None) -> State[Mapping[str, Any]]:
    """Look for courses without a next run, and set it: a run may fail, die, be cancelled or lose what it had set."""
    at = instant(now)
    try:
        course, runs = await answer_to(_courses)
        state = await carry_out("course-watch", lambda desk: followed(desk, halted(runs), at), again_after=PATIENTLY)
        if state.is_completed():
            facts: Any = await state.aresult()
            for program, instant_of_next in facts["next"].items():
                await answer_to(partial(follow_with, course, program, datetime.fromisoformat(instant_of_next)))
    except UnansweredError as error:
        return Failed(message=error.words.zh)
    return state


async def _courses() -> tuple[UUID, list[FlowRun]]:
    """Return the deployment of courses, and all of its runs, by when they were to begin."""
    async with get_client() as client:
        course = await client.read_deployment_by_name(f"{drive.name}/course")
        found = DeploymentFilter(id=DeploymentFilterId(any_=[course.id]))
        runs: list[FlowRun] = []
        while len(runs) % _PAGE == 0 and (
            some := await client.read_flow_runs(
                deployment_filter=found, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=_PAGE, offset=len(runs)
            )
        ):
            runs += some
        return course.id, runs


def halted(runs: Iterable[FlowRun]) -> list[Halted]:
    """Return the programs of which no run is planned or under way, the last having ended by itself; `runs` in order.

    Runs that were to be the only ones count for nothing. Who cancels a planned run ends the course.
    """
    last: dict[str, FlowRun] = {}
    alive: set[str] = set()
    for run in runs:
        given = run.parameters
        if not given.get("follow", True) or given.get("now") or run.state is None:
            continue
        last[given["program"]] = run
        if run.state.type not in TERMINAL_STATES:
            alive.add(given["program"])
    return [
        Halted(program, run.state_type is StateType.COMPLETED)
        for program, run in sorted(last.items())
        if program not in alive and not _was_not_wanted(run)
    ]


def _was_not_wanted(run: FlowRun) -> bool:
    planned, state = run.expected_start_time, run.state
    cancelled = state is not None and state.is_cancelled() and run.start_time is None
    return cancelled and planned is not None and state is not None and state.timestamp < planned - _AHEAD


def followed(desk: Desk, found: Iterable[Halted], now: datetime) -> Account:
    """Say when each program goes on: at once where its last run broke off, else when something is to come again."""
    coming: dict[str, datetime] = {}
    for one in found:
        with desk.store.read() as connection:
            if not whole_versions(desk, connection, one.program):
                # Nothing is driven that is not there (any more), or that nobody can read.
                continue
        dates = program_overview(desk, one.program, now).dates
        at = next_instant(desk, one.program, dates, now, grace=GRACE) if one.done else now
        if at is not None:
            coming[one.program] = at
    rows = [{"项目": program, "下一次": f"{at:%Y-%m-%d %H:%M}"} for program, at in coming.items()]
    return Account(
        summary=f"接续 {len(coming)} 个项目的日程" if coming else "各项目的日程都没有中断",
        facts={"next": {program: at.isoformat() for program, at in coming.items()}},
        programs=frozenset(coming),
        tables=(Table("next", "接续的日程", rows),),
    )
