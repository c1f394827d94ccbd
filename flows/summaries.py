"""The day on one page: what moved, what was sent, what failed, what comes next, and whether all is well."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from prefect import State, get_client
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Failed

from deadlines.zone import ONE_DAY, SHANGHAI
from flows.account import PATIENTLY, Account, Page, UnansweredError, answer_to, carry_out
from flows.clock import instant, named
from flows.forms import form
from flows.wording import STATES, in_words
from operations.checks import Check
from operations.checks import State as Health
from operations.daily import Day, day_of
from operations.desk import Desk
from operations.doctor import examine
from operations.settings import Settings
from programs.words import closing_clock

#: Of the runs that failed, how many are named.
_MOST = 20

#: A page goes back to the one before, where that is older than a day, but no further than this.
_FURTHEST: Final = timedelta(days=7)


@form("每日小结", named("小结"), timeout_seconds=900)
async def summarize(now: datetime | None = None) -> State[Mapping[str, Any]]:
    """Write the day's page. It is kept as an artifact with a key of its own, so each day's page follows the last."""
    at = instant(now)
    try:
        since = await answer_to(lambda: _told_until(at))
        failed = await answer_to(lambda: _failed_since(since))
    except UnansweredError as error:
        return Failed(message=error.words.zh)
    return await carry_out("daily", lambda desk: summarized(desk, at, since, failed), again_after=PATIENTLY)


def summarized(desk: Desk, now: datetime, since: datetime, failed: Sequence[FlowRun]) -> Account:
    """Give account of what came to pass since an instant."""
    settings = Settings()
    day = day_of(desk, now, since)
    checks = [one for one in examine(settings, now, lambda: instant(None)) if one.state is not Health.WELL]
    moved = sum(one.nominations for one in day.changed)
    return Account(
        summary=(
            f"变动 {moved} 件，发信 {day.sent} 封，搁置 {day.parked} 封，"
            f"未完成的运行 {_count(failed)}，须留意 {len(checks)} 项"
        ),
        facts={
            "moved": moved,
            "sent": day.sent,
            "parked": day.parked,
            "overdue": day.overdue,
            "failed_runs": len(failed),
            "warnings": [one.check for one in checks],
        },
        programs=frozenset(one.program for one in day.changed),
        pages=(Page("summary", "\n".join(_lines(day, failed, checks, settings.console_url))),),
    )


def _lines(day: Day, failed: Sequence[FlowRun], checks: Sequence[Check], console: str | None) -> Iterator[str]:
    yield f"# {day.now:%Y-%m-%d} 小结"
    yield f"\n控制台：[{console}]({console})" if console else ""
    yield f"\n## {day.since:%m-%d %H:%M} 以来的变动"
    rows = [(_program(day, one.program, console), one.standing.zh, one.nominations) for one in day.changed]
    yield from _table(("项目", "现环节", "件数"), rows)
    yield "\n## 信函"
    yield f"\n其间发出 {day.sent} 封；现待发 {day.waiting} 封，搁置 {day.parked} 封。"
    yield "\n## 一周之内"
    dates = [
        (
            closing_clock(one.key.closes) + ("（暂定）" if one.provisional else "") if one.key.closes else "—",
            _program(day, one.program.id, console),
            one.key.name,
            "—" if one.working_days_left is None else one.working_days_left,
        )
        for one in day.coming
    ]
    yield from _table(("截止", "项目", "日期", "剩余工作日"), dates)
    yield from _table(
        ("项目", "一周内到期的申报"),
        [(_program(day, program, console), count) for program, count in day.falling_due.items()],
    )
    if day.damaged:
        yield f"\n**读不出的项目：{'、'.join(day.damaged)}**，其申报、信函和日程都停着；请从备份恢复其定义。"
    if day.overdue:
        yield f"\n**已到期而未办：{day.overdue} 件**，请看到期巡检是否在运行。"
    yield "\n## 没有完成的运行"
    yield from _table(
        ("运行", "状态", "说明"),
        [_failed(run) for run in failed],
    )
    if len(failed) == _MOST:
        yield "\n只列出最后的几次；其余请在 Prefect 的运行列表中查看。"
    yield "\n## 须留意"
    yield from _table(
        ("检查", "发现", "怎么办"),
        [(one.check, one.message.zh, one.remedy.zh if one.remedy else "—") for one in checks],
    )


def _failed(run: FlowRun) -> tuple[str, str, str]:
    name, said = run.state_name or "—", run.state.message if run.state else None
    return run.name, STATES.get(name, name), in_words(said or "")


def _count(failed: Sequence[FlowRun]) -> str:
    return f"{_MOST} 次以上" if len(failed) == _MOST else f"{len(failed)} 次"


def _program(day: Day, program: str, console: str | None) -> str:
    name = day.names.get(program, program)
    return f"[{name}]({console.rstrip('/')}/programs/{program})" if console else name


def _table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    if not rows:
        yield "\n没有。"
        return
    yield ""
    yield "| " + " | ".join(headings) + " |"
    yield "|" + " --- |" * len(headings)
    for row in rows:
        yield "| " + " | ".join(_one_line(str(cell)) for cell in row) + " |"


def _one_line(text: str) -> str:
    """Keep a text within its cell."""
    return " ".join(text.split()).replace("|", "\\|")


async def _told_until(now: datetime) -> datetime:
    """Return the instant a day ago, or that of the last page where that is earlier, but none that is too far back."""
    furthest, since = now - _FURTHEST, now - ONE_DAY
    async with get_client() as client:
        last = await client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=[summarize.name])),
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.COMPLETED])),
                start_time=FlowRunFilterStartTime(before_=now),
            ),
            sort=FlowRunSort.START_TIME_DESC,
            limit=1,
        )
    begun = last[0].start_time if last else None
    return max(furthest, min(since, begun.astimezone(SHANGHAI))) if begun else since


async def _failed_since(since: datetime) -> list[FlowRun]:
    kinds = FlowRunFilterStateType(any_=[StateType.FAILED, StateType.CRASHED])
    async with get_client() as client:
        return await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                # One that crashed before it began has an end alone.
                state=FlowRunFilterState(type=kinds),
                end_time=FlowRunFilterEndTime(after_=since),
            ),
            sort=FlowRunSort.END_TIME_DESC,
            limit=_MOST,
        )
