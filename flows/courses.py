"""One program's whole calendar, driven: what is due in it is done, what is owed is sent, and its next day is set."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from prefect import State, flow, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.runtime import deployment, flow_run
from prefect.states import Scheduled

from flows.account import PATIENTLY, Account, Row, Table, at_desk, carry_out
from flows.clock import instant
from flows.progress import Progress
from flows.sweeps import swept
from operations.coming import next_instant
from operations.desk import Desk
from operations.overview import Dated, ProgramOverview, program_overview
from operations.remind import remind
from operations.results import UnknownError
from operations.settings import Settings, open_channel
from operations.sweep import CLOCK_MOVES
from programs.words import closing_clock

_UNKNOWN: Final = "—"

#: A run that failed is followed by one at the next full hour, whenever it failed within this one.
AFTER_FAILURE: Final = timedelta(hours=1)


def _name() -> str:
    at = instant(flow_run.parameters.get("now") or flow_run.scheduled_start_time)
    return f"日程 {flow_run.parameters['program']} {at:%m-%d %H:%M}"


async def _try_later(flow: object, flow_run: FlowRun, state: object) -> None:  # noqa: ARG001 - Prefect's names
    """Set another run for the next full hour where this one failed, broke down or took too long: nothing else would.

    A program that is not there is not driven again.
    """
    given = flow_run.parameters
    if flow_run.deployment_id and given.get("follow", True) and not given.get("now"):
        program = given["program"]
        if await asyncio.to_thread(_may_be_there, program):
            hour = instant(None).replace(minute=0, second=0, microsecond=0) + AFTER_FAILURE
            await _follow(flow_run.deployment_id, program, hour)


@flow(name="项目日程", flow_run_name=_name, timeout_seconds=1800, on_failure=[_try_later], on_crashed=[_try_later])
async def drive(program: str, *, follow: bool = True, now: datetime | None = None) -> State[Mapping[str, Any]]:
    """Do whatever is due in one program, show its calendar, and set the run that does what comes next.

    A run never waits: it ends, and the next one is scheduled for the instant at which something falls due, or for the
    next hour after a failure. Runs for the same instant are one, so a program that is started twice is driven once.
    """
    at = instant(now)
    progress = Progress(only_long=True)
    state = await carry_out("course", lambda desk: driven(desk, program, at, progress), progress, again_after=PATIENTLY)
    if follow and now is None and state.is_completed() and deployment.id:
        facts: Any = await state.aresult()
        if facts["next"]:
            await _follow(UUID(deployment.id), program, datetime.fromisoformat(facts["next"]))
    return state


def driven(desk: Desk, program_id: str, now: datetime, progress: Progress | None = None) -> Account:
    """Do what is due in a program, and give account of it."""
    done = swept(desk, now, CLOCK_MOVES, program_id, progress=progress)
    sent = remind(desk, open_channel(Settings()), now, program_id=program_id)
    seen = program_overview(desk, program_id, now)
    coming = next_instant(desk, program_id, seen.dates, now)
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


def _may_be_there(program: str) -> bool:
    """Say whether a program is in the database, or that cannot be told now."""
    try:
        at_desk(partial(_look_up, program))
    except UnknownError:
        return False
    except Exception:  # noqa: BLE001 - whatever is wrong may be over in an hour
        return True
    return True


def _look_up(program: str, desk: Desk) -> None:
    with desk.store.read() as connection:
        desk.running(connection, program)


async def _follow(deployment_id: UUID, program: str, at: datetime) -> None:
    """Set the next run of a deployment, once for an instant."""
    async with get_client() as client:
        await client.create_flow_run_from_deployment(
            deployment_id,
            parameters={"program": program, "follow": True},
            state=Scheduled(scheduled_time=at),
            tags=[program],
            idempotency_key=f"{program}@{at.isoformat()}",
        )
