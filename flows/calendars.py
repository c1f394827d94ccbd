"""Watching for the next year's holiday schedule: asked for from October on, and counted with once it is there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from prefect import State

from flows.account import PATIENTLY, Account, Table, carry_out
from flows.clock import instant, named
from flows.forms import form
from operations.actors import CLOCK
from operations.acts import Act
from operations.alerting import alert
from operations.calendars import is_asked, missing_schedule, note_asked
from operations.channels import open_alert_channel
from operations.desk import Desk
from operations.recount import recount_if_changed
from operations.settings import Settings


@form("放假安排", named("放假安排"), timeout_seconds=1800)
async def watch_calendar(now: datetime | None = None) -> State[Mapping[str, Any]]:
    """Count again what a new schedule changes; from October on, ask for next year's once a week until it is loaded."""
    at = instant(now)
    return await carry_out("calendar", lambda desk: watched(desk, at), again_after=PATIENTLY)


def watched(desk: Desk, now: datetime) -> Account:
    """Look at the calendar, and give account of it."""
    recounted = recount_if_changed(desk, Act(CLOCK, now, "放假安排有变化"))
    with desk.store.read() as connection:
        through = desk.learn(connection).published_through
    missing = missing_schedule(through, now)
    summary = f"放假安排已知至 {through}"
    if recounted:
        summary += f"；{recounted.words.zh}"
    asked = 0
    if missing:
        summary += f"，缺 {missing} 年"
        asked = _ask(desk, missing, now)
    return Account(
        summary=summary,
        facts={"through": through.isoformat(), "missing": missing, "asked": asked},
        tables=(
            Table("changed", "重新计算", [{"变化": one.zh} for one in (recounted.told if recounted else ())]),
            Table("missing", "尚缺", [{"年份": missing, "怎么办": _HOW}] if missing else []),
        ),
    )


_HOW: Final = "国务院办公厅公布后运行 linxuan calendar load 导入；此前跨年的工作日按周末推算，标为暂定"


def _ask(desk: Desk, year: int, now: datetime) -> int:
    """Ask for a schedule, unless that was done this week. A second letter of a week is the first one again."""
    with desk.store.read() as connection:
        if is_asked(connection, year, now):
            return 0
    settings = Settings()
    body = f"{year} 年的放假安排还没有导入。{_HOW}。\n\n没有它，跨年的期限和公示期只能暂定。"
    sent = alert(
        open_alert_channel(settings),
        settings.administrator_mails,
        f"请导入 {year} 年放假安排",
        body,
        now,
        matter=f"schedule-{year}-{now:%G-%V}",
    )
    note_asked(desk, year, Act(CLOCK, now))
    return sent
