"""What time moves: deadlines that passed, terms that ended, publicity that ran its days."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from prefect import State

from flows.account import PATIENTLY, Account, carry_out, moved_table, programs_of, refused_table
from flows.clock import instant, named
from flows.forms import form
from flows.progress import OUT_OF_TIME, Progress
from operations.desk import Desk
from operations.sweep import GRACE, sweep
from operations.ticking import always
from states import Move

#: Seconds after which a run is broken off; it stops by itself before, where it can.
LIMIT: Final = 1800


@form("到期巡检", named("巡检"), timeout_seconds=LIMIT)
async def deadline_sweep(now: datetime | None = None) -> State[Mapping[str, Any]]:
    """Let what is overdue lapse, and terms that are over end."""
    return await _sweep("deadline-sweep", now, (Move.LAPSE, Move.EXPIRE))


@form("公示期满", named("公示期满"), timeout_seconds=LIMIT)
async def close_publicity(now: datetime | None = None) -> State[Mapping[str, Any]]:
    """Close the publicity of everybody whose days are over and against whom nothing is open."""
    return await _sweep("close-publicity", now, (Move.CLOSE,))


async def _sweep(key: str, now: datetime | None, moves: Collection[Move]) -> State[Mapping[str, Any]]:
    progress = Progress(only_long=True, limit=LIMIT)
    # Who names an instant is taken at their word.
    grace = timedelta(0) if now else GRACE

    def work(desk: Desk) -> Account:
        # Another try is made at the instant that it is then.
        return swept(desk, instant(now), moves, progress=progress, grace=grace)

    return await carry_out(key, work, progress, again_after=PATIENTLY)


def swept(
    desk: Desk,
    now: datetime,
    moves: Collection[Move],
    program_id: str | None = None,
    *,
    progress: Progress | None = None,
    grace: timedelta = timedelta(0),
) -> Account:
    """Sweep for these moves, of one program or of all, and give account of it."""

    def watch(place: int, count: int) -> None:
        if progress:
            progress.says(100 * place / count, f"第 {place} 件，共 {count} 件到期")

    desk.clear_scratch(now)
    has_time = progress.has_time if progress else always
    done = sweep(desk, now, moves=moves, program_id=program_id, watch=watch, grace=grace, has_time=has_time)
    in_time = has_time()
    if progress and progress.percent and in_time:
        progress.says(100, "完成")
    some = done.moved or done.refused
    summary = (
        f"办理 {done.moved} 件，未能办理 {len(done.refused)} 件，新增提醒 {done.reminders} 条"
        if some
        else "没有到期事项"
    )
    if done.recounted:
        summary += f"；{done.recounted.words.zh}"
    if not in_time:
        summary += OUT_OF_TIME
    return Account(
        summary=summary,
        facts={"moved": done.moved, "refused": len(done.refused), "reminders": done.reminders},
        programs=frozenset(way.program for way in done.ways) | programs_of(done.refused),
        stages=frozenset(way.source.partition(".")[0] for way in done.ways),
        tables=(moved_table(desk, done.named, done.moved), refused_table(done.refused)),
        failed=not in_time,
    )
