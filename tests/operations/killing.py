"""A mail server that kills whoever delivers to it, and deliverers that are killed again and again until all is sent."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from itertools import cycle
from socket import create_server
from threading import Timer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from deadlines.calendar import WorkCalendar
from notifications.hours import next_working_instant
from operations.outbox import BATCH
from operations.remind import LEASE
from store import Store
from store import tables as t

#: Where a deliverer is killed: at any moment from its start, or at these steps of a mail.
STEPS = ("moment", "MAIL", "RCPT", "DATA", "accepted")


@dataclass
class DeadlyServer:
    """Takes mail in, and kills whoever delivers the `fatal` one, counted from 1, when it comes to this step of it."""

    step: str | None = None
    fatal: int = 1
    victim: int = 0
    accepted: list[str] = field(default_factory=list)
    begun: int = 0
    heard: float = 0.0

    def _kill_at(self, step: str) -> None:
        self.heard = time.monotonic()
        if step == self.step and self.begun >= self.fatal:
            self.kill()

    def kill(self) -> None:
        """Kill the victim, once."""
        if self.step:
            self.step = None
            os.kill(self.victim, signal.SIGKILL)

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.begun += 1
        self._kill_at("MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self._kill_at("RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.step == "DATA" and self.begun >= self.fatal:
            # The whole text has come, but nobody has been told that it was taken, and it was not.
            self._kill_at("DATA")
            return "451 going down"
        self.accepted.append(message_from_bytes(envelope.content)["Message-ID"].strip("<>"))
        self._kill_at("accepted")
        return "250 OK"


@contextmanager
def served(server: DeadlyServer) -> Iterator[int]:
    """Serve at a port of this machine."""
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(server, "127.0.0.1", port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@dataclass
class Fire:
    """What came of it: how often a deliverer was killed, where, and what the server took each time."""

    lanes: int
    kills: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    #: How often each letter was taken by the server and not yet noted when a deliverer was killed.
    unnoted: Counter[str] = field(default_factory=Counter)
    #: The most letters that one kill left so.
    most: int = 0
    letters: dict[str, str] = field(default_factory=dict)

    def wrong(self) -> list[str]:
        """Say what does not hold: each is sent, once and once more for each kill before it was noted."""
        found = [f"{one} is {state}" for one, state in self.letters.items() if state != "sent"]
        found += [
            f"{one} was taken {self.taken[one]} times, with {self.unnoted[one]} kills before it was noted"
            for one in sorted(self.letters.keys() | self.taken.keys())
            if self.taken[one] != (one in self.letters) + self.unnoted[one]
        ]
        if self.most > self.lanes:
            found.append(f"a kill left {self.most} letters unnoted, over {self.lanes} connections")
        return found


def under_fire(store: Store, now: datetime, *, lanes: int, kills: int, within: int, chance: random.Random) -> Fire:
    """Have what is owed delivered by one process after the other, so many of them killed, until nothing is left.

    They are killed at each of `STEPS` in turn, of a mail that chance draws from the first `within`, or at a moment of
    as many hundredths of a second.
    """
    calendar = WorkCalendar.china()
    fire, server, steps = Fire(lanes), DeadlyServer(), cycle(STEPS)
    url = store.url.render_as_string(hide_password=False)
    with served(server) as port:
        told = [url, "-", str(port), str(BATCH), str(lanes)]
        command = [sys.executable, "-m", "tests.operations.reminding", *told]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forking:
            assert forking.stdin
            assert forking.stdout
            while True:
                step = next(steps) if fire.kills.total() < kills else None
                server.accepted, server.begun, server.fatal = [], 0, chance.randint(1, within)
                forking.stdin.write(f"{now.isoformat()}\n")
                forking.stdin.flush()
                server.victim, server.step = int(forking.stdout.readline()), step
                moment = Timer(chance.uniform(0, within / 100), server.kill)
                forking.stdin.write("\n")
                forking.stdin.flush()
                if step == "moment":
                    moment.start()
                ended = int(forking.stdout.readline())
                moment.cancel()
                server.step = None
                _until_quiet(server)
                fire.letters = letters_of(store)
                fire.taken.update(server.accepted)
                if step is not None and ended == -signal.SIGKILL:
                    fire.kills[step] += 1
                    left = [one for one in server.accepted if fire.letters[one] != "sent"]
                    fire.unnoted.update(left)
                    fire.most = max(fire.most, len(left))
                elif ended:
                    raise AssertionError(f"a deliverer ended with {ended}")
                elif not server.accepted:
                    return fire
                # What the dead one claimed is free again then.
                now = next_working_instant(calendar, now + LEASE)


def _until_quiet(server: DeadlyServer) -> None:
    """Wait for what the dead one had written, and the server has not read yet."""
    while time.monotonic() - server.heard < 0.05:
        time.sleep(0.01)


def letters_of(store: Store) -> dict[str, str]:
    """Return the state of each message."""
    with store.read() as connection:
        return dict(tuple(row) for row in connection.execute(select(t.message.c.id, t.message.c.state)))
