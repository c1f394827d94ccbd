"""How fast reminders go out: `python -m benchmarks.reminders [--reminders N] [--recipients N] [--turns N] [--lanes N]`.

So many reminders, each a notice of another nomination, are gathered into one mail for each recipient and sent to a real
SMTP server in a process of its own, over so many connections, on SQLite with every commit flushed. The floor, measured
in turns with it in the same run, is bare `smtplib` sending the same mails, ready made, over one connection. What it
takes to judge the reminders and to write the letters is told by itself: there the same is given to a channel that keeps
letters in memory.
"""

import argparse
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from sqlalchemy import insert, select

from benchmarks.engine_parts.filling import MOVED_AT, PROGRAM, desk_at, prepare
from deadlines import SHANGHAI, WorkCalendar
from notifications import Letter, MemoryChannel, SmtpChannel
from notifications.mails import mail_of, mailbox
from operations.remind import remind
from store import Store
from store import tables as t

CALENDAR = WorkCalendar.china()
NOW = datetime(2019, 8, 5, 10, tzinfo=SHANGHAI)
SENDER = "遴选 <office@linxuan.example>"


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--recipients", type=int, default=500)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--lanes", type=int, default=4)
    asked = parser.parse_args()
    taken: dict[str, list[float]] = {"written": [], "ours": [], "floor": []}
    with TemporaryDirectory() as folder, server() as port:
        for turn in range(asked.turns):
            smtp = SmtpChannel("127.0.0.1", port, SENDER, security="none", connections=asked.lanes)
            for name, channel in (("written", MemoryChannel()), ("ours", smtp)):
                with closing(Store(f"sqlite:///{folder}/{turn}-{name}.db")) as store:
                    fill(store, asked.reminders, asked.recipients)
                    start = time.perf_counter()
                    done = remind(desk_at(store, CALENDAR), channel, NOW)
                    taken[name].append(time.perf_counter() - start)
                    if (done.gathered, done.sent) != (asked.reminders, asked.recipients):
                        raise SystemExit(f"not everything was sent: {done}")
                    mails = ready_made(store)
            start = time.perf_counter()
            send_bare(port, mails)
            taken["floor"].append(time.perf_counter() - start)
    written, ours, floor = (median(taken[name]) for name in ("written", "ours", "floor"))
    print(
        f"{asked.reminders:,} reminders in {asked.recipients} mails: {ours:.2f} s, {asked.recipients / ours:,.0f}/s "
        f"(of which judged, written and noted {written:.2f} s); "
        f"bare smtplib {floor:.2f} s, {asked.recipients / floor:,.0f}/s; {floor / ours:.2f} of it"
    )


def fill(store: Store, reminders: int, recipients: int) -> None:
    """Draw up a nomination for each reminder, and owe its unit word of it."""
    prepare(store, CALENDAR, reminders)
    with store.write() as transaction:
        connection = transaction.connection
        connection.execute(
            insert(t.organization),
            [{"name": f"第{one}厂", "mail": f"unit{one}@linxuan.example"} for one in range(recipients)],
        )
        connection.execute(
            insert(t.nomination),
            [
                {
                    "number": f"{PROGRAM.id}-{one:05}",
                    "program_id": PROGRAM.id,
                    "route": "organization",
                    "nominator": "江阳区",
                    "unit": f"第{one % recipients}厂",
                    "nominee": f"第{one}人",
                    "stage": "rejected",
                    "moved_at": MOVED_AT,
                }
                for one in range(reminders)
            ],
        )
        connection.execute(
            insert(t.reminder),
            [
                {
                    "key": f"notice|{PROGRAM.id}|{one}",
                    "kind": "notice",
                    "program_id": PROGRAM.id,
                    "stage": "screening",
                    "recipient": f"第{one % recipients}厂",
                    "nomination": f"{PROGRAM.id}-{one:05}",
                    "facts": {"nominee": f"第{one}人", "move": "不予通过", "reason": "缺少劳动合同"},
                    "send_at": NOW,
                }
                for one in range(reminders)
            ],
        )


def ready_made(store: Store) -> list[tuple[str, bytes]]:
    """Return the mails that were sent, as their bytes."""
    of = t.message.c
    query = select(t.message, t.organization.c.mail).join(t.organization, t.organization.c.name == of.recipient)
    sender = mailbox(SENDER)
    with store.read() as connection:
        return [
            (
                row.mail,
                mail_of(
                    Letter(row.id, row.recipient, row.mail, row.subject, row.body, row.written_at), sender, "base64"
                ),
            )
            for row in connection.execute(query)
        ]


def send_bare(port: int, mails: list[tuple[str, bytes]]) -> None:
    """Send mails over one connection, and do nothing else."""
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for address, mail in mails:
            connection.sendmail("office@linxuan.example", [address], mail)


@contextmanager
def server() -> Iterator[int]:
    """Run a mail server in a process of its own; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "benchmarks.reminders", "serve", str(port)]
    with subprocess.Popen(  # noqa: S603 - our own
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]
    ) as serving:
        try:
            if not serving.stdout or not serving.stdout.readline():
                raise SystemExit("the mail server did not start")
            yield port
        finally:
            serving.terminate()


def serve(port: int) -> None:
    """Take mail in until whoever started this closes the door."""
    controller = Controller(Sink(), "127.0.0.1", port)
    controller.start()
    print("serving", flush=True)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        main()
