"""Reminders under SIGKILL: processes that send are killed at random, one after the other, until one comes to its end.

Run with `python -m`, this is such a process: it says that it is ready, and sends what is owed at the instant it is
given.
"""

import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from benchmarks.engine_parts.filling import desk_at
from benchmarks.reminders_parts.serving import server
from deadlines import WorkCalendar
from notifications import SmtpChannel
from operations.remind import LEASE, remind
from store import Store
from store import tables as t

SENDER = "遴选 <office@linxuan.example>"


@dataclass(frozen=True)
class Outcome:
    """What came of it: processes killed, letters that came, those that came twice, and what is not as it should be."""

    kills: int
    letters: int
    twice: int
    wrong: tuple[str, ...]


def kill(store: Store, folder: Path, now: datetime, lanes: int, longest: float) -> Outcome:
    """Send all that a store owes by processes that are killed within so many seconds each; the last one is not.

    Each goes on after the claims of the one before it have run out. `longest` grows with every kill, so it ends.
    """
    random = Random(1)  # noqa: S311 - any moment will do
    kills = 0
    with server(folder / "accepted") as port:
        while not _is_killed(store, port, lanes, now, random.uniform(0, longest * 1.1**kills)):
            kills += 1
            now += LEASE + timedelta(minutes=1)
    accepted = Counter((folder / "accepted").read_text("utf-8").split())
    twice = sum(accepted.values()) - len(accepted)
    return Outcome(kills, len(accepted), twice, tuple(_wrong(store, accepted, kills * lanes)))


def _is_killed(store: Store, port: int, lanes: int, now: datetime, after: float) -> bool:
    """Start a process that sends, and kill it after so many seconds; says whether it came to its end before."""
    url = store.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "benchmarks.reminders_parts.killing", url, str(port), str(lanes), now.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as sending:  # noqa: S603 - our own
        if not sending.stdout or not sending.stdout.readline():
            raise SystemExit("a process that sends did not start")
        try:
            return sending.wait(after) == 0
        except subprocess.TimeoutExpired:
            sending.send_signal(signal.SIGKILL)
            return False


def _wrong(store: Store, accepted: Counter[str], most_twice: int) -> list[str]:
    with store.read() as connection:
        of, told = t.message.c, t.reminder.c
        states = dict(connection.execute(select(of.id, of.state)).tuples().all())
        recipients = connection.execute(select(func.count(of.recipient.distinct()))).scalar_one()
        owed = connection.execute(
            select(func.count()).where((told.state != "gathered") | told.message_id.is_(None))
        ).scalar_one()
    found = {
        "messages not sent": sum(state != "sent" for state in states.values()),
        "recipients with two messages": len(states) - recipients,
        "reminders told by none": owed,
        "letters that nobody has noted": len(set(accepted) - set(states)),
        "messages that never came": len(set(states) - set(accepted)),
        "letters that came twice beyond one for each connection of each kill": max(
            0, sum(accepted.values()) - len(accepted) - most_twice
        ),
    }
    return [f"{what}: {count}" for what, count in found.items() if count]


def _send(url: str, port: str, lanes: str, now: str) -> None:
    store = Store(url)
    desk = desk_at(store, WorkCalendar.china())
    channel = SmtpChannel("127.0.0.1", int(port), SENDER, security="none", connections=int(lanes))
    print("ready", flush=True)
    remind(desk, channel, datetime.fromisoformat(now))
    store.close()


if __name__ == "__main__":
    _send(*sys.argv[1:])
