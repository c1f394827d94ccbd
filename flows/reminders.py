"""Reminders that are owed, delivered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from threading import Lock
from typing import Any, Final

from prefect import State

from flows.account import PATIENTLY, Account, Row, Table, carry_out
from flows.clock import instant, named
from flows.forms import form
from flows.progress import OUT_OF_TIME, Progress
from notifications.channels import Channel
from notifications.letters import Letter
from operations.channels import open_channel
from operations.desk import Desk
from operations.messages import count_to_send, list_held, programs_told
from operations.remind import remind
from operations.settings import Settings
from operations.ticking import ticking

_LIMIT: Final = 1800


@form("发送提醒", named("提醒"), timeout_seconds=_LIMIT)
async def send_reminders(now: datetime | None = None) -> State[Mapping[str, Any]]:
    """Gather the reminders whose time has come into one letter for each recipient, and deliver what waits."""
    # One clock for the run: what another try claims, it claims by the time that it is then.
    clock = ticking(instant(now))
    progress = Progress(only_long=True, limit=_LIMIT)
    return await carry_out(
        "send-reminders", lambda desk: reminded(desk, clock, progress), progress, again_after=PATIENTLY
    )


class LetterCount:
    """How many letters of a run have gone out, over all its connections, of so many as are expected to."""

    def __init__(self, progress: Progress, expected: int) -> None:
        self._progress, self._all = progress, expected
        self._done = 0
        self._one_at_a_time = Lock()

    def goes_on(self) -> None:
        """Say that one is delivered, or not; this is the progress of the run."""
        with self._one_at_a_time:
            self._done += 1
            # Some may have come since they were counted.
            self._all = max(self._all, self._done)
            self._progress.says(100 * self._done / self._all, f"第 {self._done} 封，共 {self._all} 封")


class Watched(Channel):
    """A channel whose letters, with those that go out beside it, are the progress of a run."""

    def __init__(self, channel: Channel, count: LetterCount) -> None:
        self._channel, self._count = channel, count

    def deliver(self, letter: Letter) -> str | None:
        """Deliver the letter, and say how far the run has come."""
        try:
            return self._channel.deliver(letter)
        finally:
            self._count.goes_on()

    def beside(self) -> Sequence[Channel]:
        """Return those beside the channel, watched as well."""
        return [Watched(one, self._count) for one in self._channel.beside()]

    def close(self) -> None:
        """Let go of what the channel keeps open."""
        self._channel.close()


def reminded(desk: Desk, clock: Callable[[], datetime], progress: Progress) -> Account:
    """Deliver what is owed, and give account of it."""
    # As the first one goes out, what goes with it is claimed already, so it is counted before.
    expected = count_to_send(desk, clock())
    channel = Watched(open_channel(Settings()), LetterCount(progress, expected))
    done = remind(desk, channel, clock(), clock=clock, has_time=progress.has_time)
    in_time = progress.has_time()
    if progress.percent and in_time:
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
        summary=("，".join(f"{what} {count}" for what, count in counts.items() if count) or "没有应发的提醒")
        + ("" if in_time else OUT_OF_TIME),
        facts=facts,
        programs=programs_told(desk, [one["message"] for one in told]),
        tables=(
            Table("delivered", "提醒", [counts] if any(counts.values()) else []),
            Table("messages", "信函", messages),
            Table("held", "留待稍后的提醒", held),
        ),
        failed=not in_time,
    )


_BECAME = {"sent": "已发出", "put-off": "稍后重试", "parked": "搁置待查"}
_WHY = {"hours": "等到工作时间", "digest": "今日已发过一封"}
