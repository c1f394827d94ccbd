"""How fast reminders go out: `python -m benchmarks.reminders [--reminders N] [--recipients N] [--turns N] [--lanes N]`.

So many reminders, each a notice of another nomination, are gathered into one mail for each recipient and sent to a real
SMTP server in a process of its own, over so many connections, on SQLite with every commit flushed. The floor, measured
in turns with it in the same run, is bare `smtplib` sending the same mails, ready made, over one connection. What it
takes to judge the reminders and to write the letters is told by itself: there the same is given to a channel that keeps
letters in memory.

Then as many are delivered by processes that are killed with SIGKILL (`--kills` of them), each at another point,
until all is sent: each letter comes once, and once more for each kill between its being taken and that being noted.

Fewer than 200 letters a second, or one that came otherwise, end the run as a failure.
"""

import argparse
import random
import smtplib
import time
from contextlib import closing
from datetime import datetime
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import insert, select

from benchmarks.engine_parts.filling import MOVED_AT, PROGRAM, desk_at, prepare
from benchmarks.parts.limits import Limits
from benchmarks.reminders_parts.serving import server
from deadlines import SHANGHAI, WorkCalendar
from notifications import Letter, MemoryChannel, SmtpChannel
from notifications.mails import mail_of, mailbox
from operations.remind import remind
from store import Store
from store import tables as t
from tests.operations.killing import under_fire

CALENDAR = WorkCalendar.china()
NOW = datetime(2019, 8, 5, 10, tzinfo=SHANGHAI)
#: Letters a second, at least.
ASKED = 200
SENDER = "遴选 <office@linxuan.example>"


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--recipients", type=int, default=500)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--lanes", type=int, default=4)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
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
    limits = Limits()
    limits.at_least("letters", asked.recipients / ours, ASKED, "a second")
    killed(asked, limits)
    limits.end()


def killed(asked: argparse.Namespace, limits: Limits) -> None:
    """Send as many while whoever sends is killed again and again, and hold what was taken against what was noted."""
    chance = random.Random(asked.seed)  # noqa: S311 - nobody guesses it
    # Twice as many letters as there are for each, so that the kills go on until nearly all is sent.
    within = max(2, 2 * asked.recipients // asked.kills)
    with TemporaryDirectory() as folder, closing(Store(f"sqlite:///{folder}/killed.db")) as store:
        fill(store, asked.reminders, asked.recipients)
        fire = under_fire(store, NOW, lanes=asked.lanes, kills=asked.kills, within=within, chance=chance)
    points = ", ".join(f"{count} at {step}" for step, count in sorted(fire.kills.items()))
    print(
        f"sent by processes of which {fire.kills.total()} were killed ({points}): {len(fire.letters)} letters, "
        f"{fire.taken.total()} taken, {fire.unnoted.total()} of them once more under their Message-ID, "
        f"at most {fire.most} for a kill over {asked.lanes} connections"
    )
    limits.at_least("letters that came", len(fire.letters), asked.recipients, "letters")
    limits.broken += fire.wrong()


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


if __name__ == "__main__":
    main()
