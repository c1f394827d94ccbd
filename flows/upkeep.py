"""What keeps the product in order at night: backups, and the history held against itself."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from prefect import State
from pydantic import Field

from flows.account import PATIENTLY, Account, Table, carry_out
from flows.clock import instant, named
from flows.forms import form
from flows.progress import OUT_OF_TIME, Progress
from operations.audit import audit
from operations.desk import Desk
from operations.settings import Settings
from operations.ticking import always
from operations.upkeep import back_up_nightly

_MEGABYTE = 1_000_000

_LIMIT: Final = 4 * 3600


@form("备份", named("备份"), timeout_seconds=_LIMIT)
async def back_up(
    copies: Annotated[int, Field(ge=1, le=400)] = 14, now: datetime | None = None
) -> State[Mapping[str, Any]]:
    """Back the database up, copy the files that are new, and keep so many nights. The key is in no backup."""
    at, has_time = instant(now), Progress(limit=_LIMIT).has_time
    return await carry_out("backup", lambda _desk: backed_up(at, copies, has_time), again_after=PATIENTLY)


def backed_up(now: datetime, copies: int, has_time: Callable[[], bool] = always) -> Account:
    """Back up, and give account of it. Files that there is no time for are copied with the next backup."""
    done = back_up_nightly(Settings(), now, copies=copies, has_time=has_time)
    holds = done.kept.contents
    in_time = has_time()
    return Account(
        summary=f"已备份到 {done.kept.file}，{done.kept.size / _MEGABYTE:.1f} MB，另复制材料文件 {done.files} 个"
        + ("" if in_time else OUT_OF_TIME),
        failed=not in_time,
        facts={"file": str(done.kept.file), "size": done.kept.size, "files": done.files, "removed": list(done.removed)},
        tables=(
            Table(
                "kept",
                "备份",
                [
                    {
                        "文件": str(done.kept.file),
                        "大小（MB）": f"{done.kept.size / _MEGABYTE:.1f}",
                        "项目": holds.programs,
                        "事件": holds.events,
                        "材料文件": done.files,
                        "移除旧备份": "、".join(done.removed) or "—",
                        "密钥文件": f"{done.kept.key_file}（不在备份里，须另行保管）",
                    }
                ],
            ),
        ),
    )


@form("核验办理记录", named("核验"), timeout_seconds=_LIMIT)
async def verify_history(*, files: bool = False, now: datetime | None = None) -> State[Mapping[str, Any]]:
    """Recompute every digest and link, and hold the tables against the history. What does not agree fails the run."""
    del now  # It only names the run: what is verified is what there is.
    progress = Progress(limit=_LIMIT)
    return await carry_out("audit", lambda desk: verified(desk, progress, files=files), progress, again_after=PATIENTLY)


def verified(desk: Desk, progress: Progress, *, files: bool) -> Account:
    """Verify, and give account of it."""

    def watch(done: int, events: int) -> None:
        progress.goes_on(100 * done / max(events, 1), f"核验第 {done} 条，共 {events} 条")

    found = audit(desk, watch=watch, files=files)
    progress.says(100, "完成")
    counted = f"核验事件 {found.events} 条、链 {len(found.heads)} 条"
    return Account(
        summary=f"{counted}，{'全部相符' if not found.breaks else f'发现 {found.breaks} 处不符'}",
        facts={"events": found.events, "chains": len(found.heads), "breaks": found.breaks},
        tables=(
            Table(
                "broken",
                "不符之处",
                [{"项目": one.program, "位置": one.where, "问题": one.words.zh} for one in found.broken],
                found.breaks,
            ),
        ),
        failed=bool(found.breaks),
    )
