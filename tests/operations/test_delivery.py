"""Real processes and a real mail server: each message once, however many deliver at once, whenever one is killed."""

import signal
import subprocess
import sys
from collections import Counter
from random import Random

import pytest
from sqlalchemy import func, update

from notifications.channels import SmtpChannel
from operations import outbox
from operations.remind import LEASE, remind
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.killing import STEPS, DeadlyServer, letters_of, served, under_fire
from tests.operations.office import Office

MESSAGES = 12
#: The mail within which a process is killed.
FATAL = 5


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


def test_two_processes_at_once_deliver_every_message_once(owing):
    server = DeadlyServer()
    with served(server) as port, deliverer(owing, port, 1) as one, deliverer(owing, port, 1) as other:
        for process in (one, other):
            process.stdin.write("\n")
            process.stdin.flush()
        sent = [int(process.stdout.readline()) for process in (one, other)]
    assert sum(sent) == MESSAGES
    assert Counter(server.accepted) == dict.fromkeys(letters_of(owing.desk.store), 1)
    assert set(letters_of(owing.desk.store).values()) == {"sent"}


@on(SQLITE)
@pytest.mark.parametrize(("step", "twice"), [("MAIL", 0), ("RCPT", 0), ("DATA", 0), ("accepted", 1)])
def test_process_killed_while_it_delivers_sends_each_once_or_one_again_under_its_id(owing, step, twice):
    server = DeadlyServer(step, FATAL)
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
    assert set(letters_of(owing.desk.store).values()) == {"sent"}
    assert set(server.accepted) == set(letters_of(owing.desk.store))
    assert sorted(Counter(server.accepted).values()) == [1] * (MESSAGES - twice) + [2] * twice


#: How many connections each process below has: a letter may be on its way on every one when it is killed.
LANES = 3


@on(SQLITE)
def test_processes_killed_again_and_again_send_each_once_and_once_more_for_each_kill_before_it_was_noted(owing):
    # Its first one lives for 15 ms, and enough letters are left for each of the others.
    chance = Random(8)  # noqa: S311 - nobody guesses it
    fire = under_fire(owing.desk.store, owing.now, lanes=LANES, kills=len(STEPS), within=4, chance=chance)
    assert fire.wrong() == []
    assert (len(fire.letters), fire.kills) == (MESSAGES, dict.fromkeys(STEPS, 1))
