"""Real processes and a real mail server: each message once, however many deliver at once, whenever one is killed."""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import func, select, update

from notifications.channels import SmtpChannel
from operations import outbox
from operations.remind import LEASE, remind
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import Office

MESSAGES = 12
#: The mail within which a process is killed.
FATAL = 5


@dataclass
class DeadlyServer:
    """Takes mail in, and kills whoever delivers the fifth one when it comes to this step of it."""

    step: str | None = None
    victim: int = 0
    accepted: list[str] = field(default_factory=list)
    begun: int = 0

    def _kill_at(self, step: str) -> None:
        if step == self.step and self.begun >= FATAL:
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
        if self.step == "DATA" and self.begun >= FATAL:
            # The whole text has come, but nobody has been told that it was taken, and it was not.
            self._kill_at("DATA")
            return "451 going down"
        self.accepted.append(message_from_bytes(envelope.content)["Message-ID"].strip("<>"))
        self._kill_at("accepted")
        return "250 OK"


@contextmanager
def served(server: DeadlyServer) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(server, "127.0.0.1", port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def owing(luzhou) -> Office:
    """Owes one message each to a dozen units that have an address."""
    for one in range(MESSAGES):
        luzhou.nominate(unit=f"第{one}厂")
    with luzhou.desk.store.write() as transaction:
        transaction.connection.execute(update(t.organization).values(mail=func.lower("Office@example.cn")))
    return luzhou


def deliverer(office: Office, port: int, batch: int = outbox.BATCH, lanes: int = 1) -> subprocess.Popen[str]:
    url = office.desk.store.url.render_as_string(hide_password=False)
    told = [url, office.now.isoformat(), str(port), str(batch), str(lanes)]
    command = [sys.executable, "-m", "tests.operations.reminding", *told]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def messages(office: Office) -> dict[str, str]:
    with office.desk.store.read() as connection:
        rows: Any = connection.execute(select(t.message.c.id, t.message.c.state))
        return dict(tuple(row) for row in rows)


def test_two_processes_at_once_deliver_every_message_once(owing):
    server = DeadlyServer()
    with served(server) as port, deliverer(owing, port, 1) as one, deliverer(owing, port, 1) as other:
        for process in (one, other):
            process.stdin.write("\n")
            process.stdin.flush()
        sent = [int(process.stdout.readline()) for process in (one, other)]
    assert sum(sent) == MESSAGES
    assert Counter(server.accepted) == dict.fromkeys(messages(owing), 1)
    assert set(messages(owing).values()) == {"sent"}


@on(SQLITE)
@pytest.mark.parametrize(("step", "twice"), [("MAIL", 0), ("RCPT", 0), ("DATA", 0), ("accepted", 1)])
def test_process_killed_while_it_delivers_sends_each_once_or_one_again_under_its_id(owing, step, twice):
    server = DeadlyServer(step)
    with served(server) as port:
        with deliverer(owing, port) as process:
            server.victim = process.pid
            process.communicate("\n")
        assert process.returncode == -signal.SIGKILL
        assert len(server.accepted) == FATAL - 1 + twice
        channel = SmtpChannel("127.0.0.1", port, "遴选 <office@linxuan.example>", security="none")
        # Whoever comes before the claim is over leaves it alone.
        assert remind(owing.desk, channel, owing.now).sent == 0
        assert remind(owing.desk, channel, owing.now + LEASE).sent == MESSAGES - FATAL + 1
    assert set(messages(owing).values()) == {"sent"}
    assert set(server.accepted) == set(messages(owing))
    assert sorted(Counter(server.accepted).values()) == [1] * (MESSAGES - twice) + [2] * twice


#: How many connections the process below has, each of which may have a letter on its way when it is killed.
LANES = 3


@on(SQLITE)
@pytest.mark.parametrize("step", ["MAIL", "DATA", "accepted"])
def test_process_killed_while_it_delivers_over_several_connections_sends_at_most_one_again_for_each(owing, step):
    server = DeadlyServer(step)
    with served(server) as port:
        with deliverer(owing, port, lanes=LANES) as process:
            server.victim = process.pid
            process.communicate("\n")
        assert process.returncode == -signal.SIGKILL
        channel = SmtpChannel("127.0.0.1", port, "遴选 <office@linxuan.example>", security="none", connections=LANES)
        assert remind(owing.desk, channel, owing.now).sent == 0
        remind(owing.desk, channel, owing.now + LEASE)
    assert set(messages(owing).values()) == {"sent"}
    assert set(server.accepted) == set(messages(owing))
    counted = Counter(server.accepted).values()
    assert set(counted) <= {1, 2}
    assert sum(count == 2 for count in counted) <= LANES
