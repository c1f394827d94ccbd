"""One program's whole calendar, driven: what is due in it is done, what is owed is sent, and its next day is set."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

from prefect import State, get_client
from prefect.logging import get_run_logger
from prefect.runtime import deployment, flow_run
from prefect.states import Scheduled

from flows.account import PATIENTLY, Account, Row, Table, UnansweredError, answer_to, carry_out
from flows.clock import acts_at, instant
from flows.forms import form
from flows.progress import Progress
from flows.sweeps import swept
from operations.channels import open_channel
from operations.coming import next_instant
from operations.desk import Desk
from operations.overview import Dated, ProgramOverview, program_overview
from operations.remind import remind
from operations.settings import Settings
from operations.sweep import CLOCK_MOVES, GRACE
from operations.ticking import always, ticking
from programs.words import closing_clock

_UNKNOWN: Final = "—"

_LIMIT: Final = 1800


def _name(asked: Mapping[str, Any]) -> str:
    return course_name(asked["program"], acts_at(asked))


def course_name(program: str, at: datetime) -> str:
    """Return what the run of a program's course is called that acts at an instant."""
    return f"日程 {program} {instant(at):%m-%d %H:%M}"


@form("项目日程", _name, timeout_seconds=_LIMIT)
async def drive(program: str, *, follow: bool = True, now: datetime | None = None) -> State[Mapping[str, Any]]:
    """Do whatever is due in one program, show its calendar, and set the run that does what comes next.

    A run never waits: it ends, and the next one is scheduled for the instant at which something falls due, a grace
    later. Runs for the same instant are one, so a program that is started twice is driven once. What ends without a
    next one is taken up again by `flows.following`.
    """
    clock = ticking(instant(now))
    # As sweeps by the clock do, it leaves those a minute whose request came in time; given instants are taken as given.
    grace = timedelta(0) if now else GRACE
    progress = Progress(only_long=True, limit=_LIMIT)

    def work(desk: Desk) -> Account:
        return driven(desk, program, instant(now), progress, clock=clock, grace=grace)

    state = await carry_out("course", work, progress, again_after=PATIENTLY)
    if follow and now is None and state.is_completed() and deployment.id:
        facts: Any = await state.aresult()
        if facts["next"]:
            coming = datetime.fromisoformat(facts["next"])
            try:
                await answer_to(partial(follow_with, UUID(deployment.id), program, coming))
            except UnansweredError as error:
                # What was done is done; the next run is set by whoever takes up courses that have come to a halt.
                get_run_logger().warning("下一次没有排定：%s", error.words.zh)
    return state


def driven(
    desk: Desk,
    program_id: str,
    now: datetime,
    progress: Progress | None = None,
    *,
    clock: Callable[[], datetime] | None = None,
    grace: timedelta = timedelta(0),
) -> Account:
    """Do what is due in a program, and give account of it. Letters are the day's: they tell of all programs.

    `clock` goes on while they are delivered, as `operations.remind.remind` has it.
    """
    clock = clock or ticking(now)
    done = swept(desk, now, CLOCK_MOVES, program_id, progress=progress, grace=grace)
    has_time = progress.has_time if progress else always
    sent = remind(desk, open_channel(Settings()), clock(), clock=clock, has_time=has_time)
    seen = program_overview(desk, program_id, now)
    coming = next_instant(desk, program_id, seen.dates, now, grace=grace)
    summary = f"{done.summary}，发出信函 {sent.sent} 封"
    summary += f"；下一次 {coming:%Y-%m-%d %H:%M}" if coming else "；此后没有由时间推动的事项"
    return Account(
        summary=summary,
        facts={**done.facts, "sent": sent.sent, "parked": sent.parked, "next": coming.isoformat() if coming else None},
        programs=frozenset({program_id}),
        stages=done.stages,
        tables=(
            *done.tables,
            Table("dates", "重要日期", [_date(one, now) for one in seen.dates]),
            Table("standings", "各环节", _standings(seen)),
        ),
        failed=done.failed,
    )


def _date(dated: Dated, now: datetime) -> Row:
    key = dated.key
    over = key.closes is not None and key.closes <= now
    begun = key.opens is None or key.opens <= now
    left = "—" if dated.working_days_left is None else str(dated.working_days_left)
    return {
        "日期": key.name,
        "开始": f"{key.opens:%Y-%m-%d %H:%M}" if key.opens else _UNKNOWN,
        "截止": closing_clock(key.closes) + ("（暂定）" if dated.provisional else "") if key.closes else _UNKNOWN,
        "状态": "已过" if over else "进行中" if key.closes and begun else "未到" if key.closes else "待定",
        "剩余工作日": _UNKNOWN if over else left,
        "依据": key.clause or _UNKNOWN,
    }


def _standings(seen: ProgramOverview) -> list[Row]:
    rows: list[Row] = [
        {"环节": stage.name.zh, "所处": one.name.zh, "件数": one.count}
        for stage in seen.state.stages
        for one in stage.standings
        if one.count
    ]
    rows += [{"环节": "结束", "所处": one.end.label.zh, "件数": one.count} for one in seen.state.ends]
    return rows


async def follow_with(deployment_id: UUID, program: str, at: datetime) -> None:
    """Set the next run of a course, once for an instant.

    For a key that it knows Prefect gives back the run that has it, which may be over, or this one, begun early by a
    clock that is ahead: then another one is set.
    """
    key = f"{program}@{at.isoformat()}"
    async with get_client() as client:
        for mark in (key, f"{key} {uuid4()}"):
            run = await client.create_flow_run_from_deployment(
                deployment_id,
                name=course_name(program, at),
                parameters={"program": program, "follow": True},
                state=Scheduled(scheduled_time=at),
                tags=[program],
                idempotency_key=mark,
            )
            if str(run.id) != flow_run.id and run.state and not run.state.is_final():
                return
