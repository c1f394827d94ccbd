"""Reminders that are owed, delivered."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from prefect import State, flow

from flows.account import PATIENTLY, Account, Row, Table, carry_out
from flows.clock import instant, named
from flows.progress import Progress
from notifications.channels import Channel
from notifications.letters import Letter
from operations.desk import Desk
from operations.messages import count_waiting, list_held, programs_told
from operations.remind import remind
from operations.settings import Settings, open_channel


@flow(name="发送提醒", flow_run_name=named("提醒"), timeout_seconds=1800)
async def send_reminders(now: datetime | None = None) -> State[Mapping[str, Any]]:
    """Gather the reminders whose time has come into one letter for each recipient, and deliver what waits."""
    at = instant(now)
    progress = Progress(only_long=True)
    return await carry_out("send-reminders", lambda desk: reminded(desk, at, progress), progress, again_after=PATIENTLY)


class Watched(Channel):
    """A channel whose letters are the progress of a run. How many there are is asked as the first one goes out."""

    def __init__(self, channel: Channel, progress: Progress, count: Callable[[], int]) -> None:
        self._channel, self._progress, self._count = channel, progress, count
        self._done = self._all = 0

    def deliver(self, letter: Letter) -> None:
        """Deliver the letter, and say how far the run has come."""
        self._all = self._all or self._done + self._count()
        try:
            self._channel.deliver(letter)
        finally:
            self._done += 1
            # Some may have come since they were counted.
            self._all = max(self._all, self._done)
            self._progress.says(100 * self._done / self._all, f"第 {self._done} 封，共 {self._all} 封")

    def close(self) -> None:
        """Let go of what the channel keeps open."""
        self._channel.close()


def reminded(desk: Desk, now: datetime, progress: Progress) -> Account:
    """Deliver what is owed, and give account of it."""
    channel = Watched(open_channel(Settings()), progress, lambda: count_waiting(desk, now))
    done = remind(desk, channel, now, clock=_ticking(now))
    if progress.percent:
        progress.says(100, "完成")
    counts = {
        "汇总提醒": done.gathered,
        "留待稍后": done.held,
        "已无须提醒": done.moot,
        "发出信函": done.sent,
        "稍后重试": done.put_off,
        "搁置待查": done.parked,
    }
    facts = asdict(done)
    told = facts.pop("told")
    messages: list[Row] = [
        {
            "收件人": one["recipient"],
            "主题": one["subject"],
            "结果": _BECAME[one["became"]],
            "原因": one["problem"] or "—",
        }
        for one in told
        if one["became"] != "sent"
    ] + [
        {"收件人": one["recipient"], "主题": one["subject"], "结果": _BECAME["sent"], "原因": "—"}
        for one in told
        if one["became"] == "sent"
    ]
    held: list[Row] = [
        {
            "收件人": one.recipient,
            "项目": one.program,
            "条数": one.count,
            "原因": _WHY[one.why],
            "发送时间": f"{one.send_at:%m-%d %H:%M}",
        }
        for one in (list_held(desk) if done.held else ())
        if one.why is not None
    ]
    return Account(
        summary="，".join(f"{what} {count}" for what, count in counts.items() if count) or "没有应发的提醒",
        facts=facts,
        programs=programs_told(desk, [one["message"] for one in told]),
        tables=(
            Table("delivered", "提醒", [counts] if any(counts.values()) else []),
            Table("messages", "信函", messages),
            Table("held", "留待稍后的提醒", held),
        ),
    )


_BECAME = {"sent": "已发出", "put-off": "稍后重试", "parked": "搁置待查"}
_WHY = {"hours": "等到工作时间", "digest": "今日已发过一封"}


def _ticking(now: datetime) -> Callable[[], datetime]:
    """Return a clock that goes on from an instant."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)
