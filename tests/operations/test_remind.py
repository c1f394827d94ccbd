"""Reminders: one message for one recipient, once, at least once through failing channels, and none that is moot."""

import json
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise

import pytest
from sqlalchemy import func, select, update

from notifications.channels import Channel, DeliveryFailed, FileChannel, MemoryChannel
from notifications.letters import Letter
from operations.actors import Actor, Role
from operations.acts import Act
from operations.messages import Released, list_held, list_messages, release
from operations.publicize import publicize
from operations.remind import LEASE, Delivery, next_delivery, pending, remind
from operations.results import Denied, UnknownError
from programs import Words
from states import Move
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import Office

MORNING = datetime.fromisoformat("2019-07-23T09:00+08:00")
AFTER_THE_INTAKE = datetime.fromisoformat("2019-08-01T10:00+08:00")


class FailingChannel(Channel):
    """Refuses the first letters it is given, and delivers those after them."""

    def __init__(self, failures: int, *, permanent: bool = False) -> None:
        self.failures = failures
        self.permanent = permanent
        self.delivered: list[Letter] = []
        self.tried = 0

    def deliver(self, letter: Letter) -> None:
        self.tried += 1
        if self.tried <= self.failures:
            raise DeliveryFailed(Words("邮箱已满", "the mailbox is full"), permanent=self.permanent)
        self.delivered.append(letter)


@pytest.fixture
def told(luzhou) -> tuple[Office, str]:
    """One nomination whose arrival has been told to its unit."""
    number = luzhou.nominate(unit="长江厂")
    remind(luzhou.desk, MemoryChannel(), luzhou.now)
    return luzhou, number


def states(office: Office, table) -> dict[str, int]:
    with office.desk.store.read() as connection:
        counted = select(table.c.state, func.count()).group_by(table.c.state)
        return dict(tuple(row) for row in connection.execute(counted))


def messages(office: Office) -> list[tuple]:
    query = select(t.message.c.recipient, t.message.c.state, t.message.c.attempts, t.message.c.problem)
    with office.desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(t.message.c.written_at))]


def test_sixty_nominations_make_one_message_for_one_recipient(luzhou):
    numbers = [luzhou.nominate(unit="长江厂") for _ in range(12)]
    channel = MemoryChannel()
    assert remind(luzhou.desk, channel, luzhou.now) == Delivery(gathered=1, sent=1)
    (letter,) = channel.letters
    assert letter.recipient == "长江厂"
    assert [number in letter.body for number in numbers] == [True] * 10 + [False] * 2
    assert "另有2件" in letter.body


def test_message_is_sent_once(told):
    office, _ = told
    before = office.contents()
    channel = MemoryChannel()
    assert remind(office.desk, channel, office.now) == Delivery()
    assert channel.letters == []
    assert office.contents() == before


def test_ladder_is_sent_on_its_days(told):
    office, _ = told
    sent: list[tuple[str, int]] = []
    while (due := next_of(office)) is not None:
        channel = MemoryChannel()
        remind(office.desk, channel, due)
        sent += [(due.isoformat()[:16], len(channel.letters))]
    assert sent == [(f"2019-07-{day}T09:00", 1) for day in (23, 25, 29, 30)]


def next_of(office: Office) -> datetime | None:
    with office.desk.store.read() as connection:
        return next_delivery(connection, office.id)


def test_reminder_is_moot_once_the_case_has_moved_on(told):
    office, number = told
    office.bring(number, "recommendation.office")
    channel = MemoryChannel()
    done = remind(office.desk, channel, datetime.fromisoformat("2019-07-30T10:00+08:00"))
    assert [letter.recipient for letter in channel.letters] == ["泸州市人力资源和社会保障局"]
    assert (done.gathered, done.moot) == (1, 9)


def test_reminder_of_a_deadline_that_was_extended_is_moot(told):
    office, number = told
    with office.desk.store.write() as transaction:
        later = office.row(number).due_at + timedelta(days=10)
        transaction.connection.execute(update(t.nomination).values(due_at=later))
    assert remind(office.desk, MemoryChannel(), MORNING) == Delivery(moot=1)


def test_unit_is_told_what_became_of_its_nomination_and_why(told):
    office, number = told
    office.bring(number, "recommendation.recommender")
    office.move(number, Move.RETURN, "请补盖公章")
    channel = MemoryChannel()
    # What became of it, and that it is theirs to act on once more.
    assert remind(office.desk, channel, office.now).held == 2
    remind(office.desk, channel, next_of(office))
    (letter,) = [letter for letter in channel.letters if letter.recipient == "长江厂"]
    assert "退回原因：请补盖公章" in letter.body


@on(*KINDS)
def test_whoever_is_to_mend_it_is_told_why_it_was_returned_and_others_are_not(luzhou):
    returned, other = (luzhou.nominate("screening", unit=unit) for unit in ("长江厂", "黄河厂"))
    luzhou.move(returned, Move.RETURN, "请补盖公章")
    luzhou.move(other, Move.RETURN, "照片不清")
    channel = MemoryChannel()
    remind(luzhou.desk, channel, luzhou.now)
    holder = luzhou.row(returned).holder
    (letter,) = (one for one in channel.letters if one.recipient == holder and "补正" in one.body)
    told = [line.strip() for line in letter.body.splitlines()]
    for number, why in ((returned, "请补盖公章"), (other, "照片不清")):
        place = next(at for at, line in enumerate(told) if number in line)
        assert told[place + 1] == f"退回原因：{why}"
    (until,) = (line for line in told if line.startswith("截止时间"))
    (news,) = (one for one in channel.letters if one.recipient == "长江厂" and "请补盖公章" in one.body)
    assert f"　　补正{until}" in news.body.splitlines()
    luzhou.move(returned, Move.SUBMIT)
    later = MemoryChannel()
    remind(luzhou.desk, later, luzhou.now + timedelta(days=3))
    assert [one for one in later.letters if "请补盖公章" in one.body] == []


def test_message_waits_for_working_hours(luzhou):
    luzhou.now = datetime.fromisoformat("2019-07-19T18:00+08:00")
    luzhou.nominate()
    assert remind(luzhou.desk, MemoryChannel(), luzhou.now) == Delivery()
    assert next_of(luzhou) == datetime.fromisoformat("2019-07-22T09:00+08:00")


def test_message_that_fails_is_tried_again_with_growing_pauses_and_delivered_once(luzhou):
    luzhou.nominate(unit="长江厂")
    channel = FailingChannel(3)
    tried = [luzhou.now]
    assert remind(luzhou.desk, channel, luzhou.now) == Delivery(gathered=1, put_off=1)
    assert messages(luzhou) == [("长江厂", "waiting", 1, "邮箱已满")]
    for _ in range(3):
        tried.append(next_of(luzhou))
        remind(luzhou.desk, channel, tried[-1])
    assert [(later - earlier).seconds // 60 for earlier, later in pairwise(tried)] == [1, 5, 15]
    assert messages(luzhou) == [("长江厂", "sent", 3, None)]


def test_message_is_not_tried_before_its_pause_is_over(luzhou):
    luzhou.nominate()
    channel = FailingChannel(1)
    remind(luzhou.desk, channel, luzhou.now)
    assert remind(luzhou.desk, channel, luzhou.now + timedelta(seconds=59)) == Delivery()
    assert remind(luzhou.desk, channel, luzhou.now + timedelta(seconds=60)) == Delivery(sent=1)


def test_message_that_keeps_failing_is_parked_with_the_reason(luzhou):
    luzhou.nominate(unit="长江厂")
    channel = FailingChannel(100)
    now = luzhou.now
    for _ in range(12):
        remind(luzhou.desk, channel, now)
        now += timedelta(days=1)
    assert messages(luzhou)[0] == ("长江厂", "parked", 9, "邮箱已满")


def test_message_refused_for_good_is_parked_at_once_and_the_others_are_sent(luzhou):
    luzhou.nominate(unit="长江厂")
    luzhou.nominate(unit="沱江厂")
    channel = FailingChannel(1, permanent=True)
    assert remind(luzhou.desk, channel, luzhou.now) == Delivery(gathered=2, sent=1, parked=1)
    assert states(luzhou, t.message) == {"parked": 1, "sent": 1}


def test_pending_tells_what_would_be_sent_and_sends_nothing(luzhou):
    luzhou.nominate(unit="长江厂")
    before = luzhou.contents()
    assert [letter.recipient for letter in pending(luzhou.desk, luzhou.now)] == ["长江厂"]
    assert luzhou.contents() == before


def test_reminders_of_one_program_leave_the_others(luzhou, craftsman):
    luzhou.nominate(unit="长江厂")
    craftsman.nominate(unit="嘉陵厂")
    channel = MemoryChannel()
    remind(luzhou.desk, channel, AFTER_THE_INTAKE, program_id=luzhou.id)
    assert {letter.recipient for letter in channel.letters} == {"长江厂"}


def test_process_killed_between_gathering_and_sending_sends_once_when_it_runs_again(luzhou, tmp_path):
    luzhou.nominate(unit="长江厂")
    luzhou.nominate(unit="沱江厂")
    outbox = tmp_path / "outbox"
    facts = {"url": luzhou.desk.store.url.render_as_string(), "now": luzhou.now.isoformat(), "outbox": str(outbox)}
    killed = subprocess.run([sys.executable, "-c", KILLED, json.dumps(facts)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert states(luzhou, t.reminder)["gathered"] == 2
    assert (states(luzhou, t.message), len(list(outbox.iterdir()))) == ({"waiting": 2}, 1)
    assert remind(luzhou.desk, FileChannel(outbox), luzhou.now) == Delivery()
    assert remind(luzhou.desk, FileChannel(outbox), luzhou.now + LEASE) == Delivery(sent=2)
    assert (states(luzhou, t.message), len(list(outbox.iterdir()))) == ({"sent": 2}, 2)


#: A process that gathers everything, delivers the first message, and dies before it has noted so.
KILLED = """
import json, os, signal, sys
from datetime import datetime
from pathlib import Path
from deadlines.calendar import WorkCalendar
from notifications.channels import FileChannel
from operations.desk import Desk
from operations.remind import remind
from store import Store, Vault

class Deadly(FileChannel):
    def deliver(self, letter):
        super().deliver(letter)
        os.kill(os.getpid(), signal.SIGKILL)

facts = json.loads(sys.argv[1])
desk = Desk(Store(facts["url"]), WorkCalendar.china(), Vault(bytes(32)))
remind(desk, Deadly(Path(facts["outbox"])), datetime.fromisoformat(facts["now"]))
"""


def test_publicity_reminds_nobody_while_only_time_is_awaited(luzhou):
    luzhou.nominate("publicity")
    remind(luzhou.desk, MemoryChannel(), luzhou.now)
    publicize(luzhou.desk, luzhou.id, "publicity", luzhou.act())
    assert next_of(luzhou) is None or remind(luzhou.desk, MemoryChannel(), AFTER_THE_INTAKE).sent == 0


NIGHT = datetime.fromisoformat("2019-07-23T20:00+08:00")
LAST_NIGHT = datetime.fromisoformat("2019-07-30T20:00+08:00")


def held(office: Office) -> list[tuple[str | None, str, int]]:
    return [(one.why, one.send_at.isoformat()[:16], one.count) for one in list_held(office.desk) if one.why]


@on(SQLITE)
def test_reminder_whose_hour_has_passed_waits_for_the_morning(told):
    office, _ = told
    assert remind(office.desk, MemoryChannel(), NIGHT) == Delivery(held=1)
    assert held(office) == [("hours", "2019-07-24T09:00", 1)]
    assert remind(office.desk, MemoryChannel(), NIGHT + timedelta(hours=13)) == Delivery(gathered=1, sent=1)


@on(SQLITE)
def test_message_that_waits_is_not_tried_at_night_unless_it_is_urgent(told):
    office, _ = told
    remind(office.desk, FailingChannel(1), datetime.fromisoformat("2019-07-23T17:29+08:00"))
    assert remind(office.desk, MemoryChannel(), NIGHT) == Delivery()
    assert remind(office.desk, FailingChannel(1), datetime.fromisoformat("2019-07-30T17:29+08:00")).put_off == 1
    assert remind(office.desk, MemoryChannel(), LAST_NIGHT).sent == 1


@on(SQLITE)
def test_urgent_message_that_is_urgent_no_longer_goes_into_the_morning_s_digest(luzhou):
    luzhou.now = LAST_NIGHT
    luzhou.nominate(unit="长江厂")
    assert remind(luzhou.desk, FailingChannel(1), luzhou.now).put_off == 1
    night, opening = (datetime.fromisoformat(f"2019-07-31T{clock}+08:00") for clock in ("00:20", "09:00"))
    later = datetime.fromisoformat("2019-08-30T18:00+08:00")
    with luzhou.desk.store.write() as transaction:
        transaction.connection.execute(update(t.nomination).values(due_at=later))
    assert remind(luzhou.desk, MemoryChannel(), night) == Delivery(held=1)
    assert states(luzhou, t.message) == {}
    assert held(luzhou) == [("hours", opening.isoformat()[:16], 1)]
    with luzhou.desk.store.write() as transaction:
        transaction.connection.execute(update(t.reminder).where(t.reminder.c.state == "owed").values(send_at=opening))
        transaction.connection.execute(update(t.reminder).where(t.reminder.c.state == "owed").values(due_at=later))
    channel = MemoryChannel()
    done = remind(luzhou.desk, channel, opening)
    assert (done.held, [letter.recipient for letter in channel.letters]) == (0, ["长江厂"])
    with luzhou.desk.store.read() as connection:
        kept = connection.execute(select(t.message.c.state, t.message.c.day)).all()
    assert [tuple(row) for row in kept] == [("sent", opening.date())]


@on(SQLITE)
def test_what_arrives_on_the_last_evening_is_told_at_once(luzhou):
    luzhou.now = LAST_NIGHT
    luzhou.nominate(unit="长江厂")
    channel = MemoryChannel()
    assert remind(luzhou.desk, channel, luzhou.now) == Delivery(gathered=1, sent=1)
    assert "今天是最后一个工作日" in channel.letters[0].body


@on(SQLITE)
def test_recipient_gets_one_digest_a_day_and_urgent_ones_apart(told):
    office, _ = told
    later = office.now + timedelta(hours=1)
    with office.desk.store.write() as transaction:
        # Something else that is owed the same recipient on the same day.
        transaction.connection.execute(update(t.reminder).where(t.reminder.c.step == 5).values(send_at=later))
        transaction.connection.execute(update(t.reminder).where(t.reminder.c.step == 0).values(send_at=later))
    assert remind(office.desk, MemoryChannel(), later) == Delivery(held=2)
    assert held(office) == [("digest", "2019-07-16T09:00", 2)]
    channel = MemoryChannel()
    assert remind(office.desk, channel, datetime.fromisoformat("2019-07-30T09:00+08:00")).sent == 1
    (urgent,) = channel.letters
    with office.desk.store.read() as connection:
        days = dict(tuple(row) for row in connection.execute(select(t.message.c.id, t.message.c.day)))
    assert days.pop(urgent.message_id) is None
    assert list(days.values()) == [office.now.date()]


@on(SQLITE)
def test_message_that_is_tried_again_says_what_stands_then(luzhou):
    first, second = luzhou.nominate(unit="长江厂"), luzhou.nominate(unit="长江厂")
    remind(luzhou.desk, FailingChannel(1), luzhou.now)
    luzhou.bring(first, "recommendation.recommender")
    channel = MemoryChannel()
    remind(luzhou.desk, channel, luzhou.now + timedelta(minutes=1))
    (letter,) = [letter for letter in channel.letters if letter.recipient == "长江厂"]
    assert (first in letter.body, second in letter.body) == (False, True)
    with luzhou.desk.store.read() as connection:
        kept = connection.execute(select(t.message).where(t.message.c.id == letter.message_id)).one()
    assert (kept.state, kept.body, kept.subject) == ("sent", letter.body, letter.subject)


@on(SQLITE)
def test_message_of_what_is_done_already_is_not_tried_again(luzhou):
    number = luzhou.nominate(unit="长江厂")
    remind(luzhou.desk, FailingChannel(1), luzhou.now)
    luzhou.bring(number, "recommendation.recommender")
    channel = MemoryChannel()
    done = remind(luzhou.desk, channel, luzhou.now + timedelta(minutes=1))
    assert (done.moot, [letter.recipient for letter in channel.letters]) == (1, ["江阳区"])
    assert states(luzhou, t.message) == {"moot": 1, "sent": 1}


@on(SQLITE)
def test_slow_delivery_leaves_to_others_what_its_claim_no_longer_covers(luzhou):
    for unit in ("长江厂", "沱江厂", "嘉陵厂"):
        luzhou.nominate(unit=unit)
    passed = iter([timedelta(0), timedelta(0), timedelta(0), *[timedelta(minutes=11)] * 9])
    done = remind(luzhou.desk, MemoryChannel(), luzhou.now, clock=lambda: luzhou.now + next(passed))
    assert (done.sent, states(luzhou, t.message)) == (1, {"sent": 1, "waiting": 2})
    assert remind(luzhou.desk, MemoryChannel(), luzhou.now + LEASE).sent == 2


@on(SQLITE)
def test_what_comes_due_during_a_round_is_gathered_by_the_time_that_it_is_then(luzhou):
    luzhou.nominate(unit="长江厂")
    early = luzhou.now - timedelta(days=1)
    assert remind(luzhou.desk, MemoryChannel(), early) == Delivery()
    channel = MemoryChannel()
    done = remind(luzhou.desk, channel, early, clock=lambda: luzhou.now)
    assert (done.sent, channel.letters[0].written_at) == (1, luzhou.now)


@on(SQLITE)
def test_round_without_time_begins_no_letter_and_leaves_them_to_the_next(luzhou):
    for unit in ("长江厂", "沱江厂", "嘉陵厂"):
        luzhou.nominate(unit=unit)
    assert remind(luzhou.desk, MemoryChannel(), luzhou.now, has_time=lambda: False) == Delivery()
    looks = iter([True, True])
    done = remind(luzhou.desk, MemoryChannel(), luzhou.now, has_time=lambda: next(looks, False))
    assert (done.sent, states(luzhou, t.message)) == (1, {"sent": 1, "waiting": 2})
    assert remind(luzhou.desk, MemoryChannel(), luzhou.now + LEASE).sent == 2


@on(SQLITE)
def test_parked_message_is_listed_with_its_reason_and_sent_once_it_is_released(luzhou):
    luzhou.nominate(unit="长江厂")
    remind(luzhou.desk, FailingChannel(1, permanent=True), luzhou.now)
    (parked,) = list_messages(luzhou.desk, ["parked"])
    assert (parked.recipient, parked.attempts, parked.problem) == ("长江厂", 1, "邮箱已满")
    assert remind(luzhou.desk, MemoryChannel(), luzhou.now) == Delivery()
    assert release(luzhou.desk, [parked.id], luzhou.act()) == Released(("长江厂",))
    channel = MemoryChannel()
    assert remind(luzhou.desk, channel, luzhou.now).sent == 1
    assert channel.letters[0].message_id == parked.id
    assert sha256(channel.letters[0].body.encode()).hexdigest() == parked.text
    with pytest.raises(UnknownError):
        release(luzhou.desk, [parked.id], luzhou.act())


@on(SQLITE)
def test_releasing_is_for_those_who_run_the_program(luzhou):
    luzhou.nominate(unit="长江厂")
    remind(luzhou.desk, FailingChannel(1, permanent=True), luzhou.now)
    refused = release(luzhou.desk, [], Act(Actor("李科员", Role.SCREENING, luzhou.program.office), luzhou.now))
    assert isinstance(refused, Denied)
    assert states(luzhou, t.message) == {"parked": 1}
