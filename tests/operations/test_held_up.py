"""Nobody's letter is held up by another one, nor by a program whose definition is damaged."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from notifications.channels import Channel, MemoryChannel
from notifications.letters import Letter
from operations.remind import LEASE, pending, remind
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS
from tests.operations.office import LUZHOU, Office


class Unforeseen(Channel):
    """Fails with one recipient's letter as nobody has thought of, and delivers all others."""

    def __init__(self, lanes: int) -> None:
        self.delivered: list[str] = []
        self._beside = [self] * (lanes - 1)

    def deliver(self, letter: Letter) -> None:
        if letter.recipient == "第0厂":
            raise UnicodeError("label too long")
        self.delivered.append(letter.recipient)

    def beside(self) -> list[Channel]:
        return list(self._beside)


class Unclosable(Unforeseen):
    """Cannot be closed either."""

    def close(self) -> None:
        raise RuntimeError("a plugin's")


@pytest.mark.parametrize("lanes", [1, 3])
def test_letter_that_fails_as_nobody_has_thought_of_is_tried_again_and_parked_and_holds_up_none(
    luzhou: Office, lanes: int
) -> None:
    for place in range(5):
        luzhou.nominate(unit=f"第{place}厂")
    channel = Unforeseen(lanes)

    first = remind(luzhou.desk, channel, luzhou.now)

    assert sorted(channel.delivered) == [f"第{place}厂" for place in range(1, 5)]
    assert (first.sent, first.put_off) == (4, 1)
    now = luzhou.now
    for _ in range(60):
        now += timedelta(hours=8)
        remind(luzhou.desk, channel, now)
    with luzhou.desk.store.read() as connection:
        of = t.message.c
        found = connection.execute(
            select(of.state, of.problem, of.unsure).where(of.recipient == "第0厂").order_by(of.written_at)
        ).first()
    assert (found.state, found.unsure) == ("parked", True)
    assert found.problem == "通知没有发出，程序出错（UnicodeError）"


@on(*KINDS)
def test_damaged_program_holds_up_nobody_else_s_letters_and_owes_its_own(luzhou: Office, craftsman: Office) -> None:
    luzhou.nominate(unit="长江厂")
    craftsman.nominate(unit="黄河厂")
    now = max(luzhou.now, craftsman.now)
    whole = damage(luzhou)
    channel = MemoryChannel()

    remind(luzhou.desk, channel, now)

    assert [letter.recipient for letter in channel.letters] == ["黄河厂"]
    assert pending(luzhou.desk, now) == []
    restore(luzhou, whole)
    remind(luzhou.desk, channel, now)
    assert [letter.recipient for letter in channel.letters] == ["黄河厂", "长江厂"]


def test_message_of_a_damaged_program_waits_until_it_is_whole(luzhou: Office, craftsman: Office) -> None:
    luzhou.nominate(unit="第0厂")
    craftsman.nominate(unit="黄河厂")
    now = max(luzhou.now, craftsman.now)
    assert remind(luzhou.desk, Unforeseen(1), now).put_off == 1
    whole = damage(luzhou)
    later = now + 4 * LEASE
    assert remind(luzhou.desk, MemoryChannel(), later).sent == 0
    restore(luzhou, whole)
    channel = MemoryChannel()
    remind(luzhou.desk, channel, later)
    assert [letter.recipient for letter in channel.letters] == ["第0厂"]


@on(*KINDS)
def test_letter_that_waits_and_tells_of_two_programs_tells_of_the_whole_one_and_owes_what_is_left(
    luzhou: Office, craftsman: Office
) -> None:
    luzhou.nominate(unit="第0厂")
    craftsman.nominate(unit="第0厂")
    now = max(luzhou.now, craftsman.now)
    assert remind(luzhou.desk, Unforeseen(1), now).put_off == 1
    whole = damage(luzhou)
    later = now + timedelta(days=1)
    told: list[Letter] = []
    for after in (later, later + 4 * LEASE):
        channel = MemoryChannel()
        remind(luzhou.desk, channel, after)
        told += channel.letters

    [first] = told
    assert [luzhou.program.award in first.body, craftsman.program.award in first.body] == [False, True]
    restore(luzhou, whole)
    channel = MemoryChannel()
    remind(luzhou.desk, channel, now + timedelta(days=4))
    [second] = channel.letters
    assert [luzhou.program.award in second.body, craftsman.program.award in second.body] == [True, False]


def test_letters_ahead_leave_out_what_a_damaged_program_holds_up(luzhou: Office, craftsman: Office) -> None:
    luzhou.nominate(unit="第0厂")
    now = max(luzhou.now, craftsman.now)
    assert remind(luzhou.desk, Unforeseen(1), now).put_off == 1
    damage(luzhou)
    assert pending(luzhou.desk, now + 4 * LEASE) == []


@pytest.mark.parametrize("lanes", [1, 3])
def test_channel_that_cannot_be_closed_holds_up_no_letter(luzhou: Office, lanes: int) -> None:
    for place in range(3):
        luzhou.nominate(unit=f"第{place}厂")
    channel = Unclosable(lanes)
    done = remind(luzhou.desk, channel, luzhou.now)
    assert (sorted(channel.delivered), done.sent, done.put_off) == (["第1厂", "第2厂"], 2, 1)


def damage(office: Office) -> object:
    """Make a program's definition unreadable; returns what it was."""
    of = t.program.c
    with office.desk.store.write() as transaction:
        connection = transaction.connection
        whole = connection.execute(select(of.definition).where(of.id == LUZHOU)).scalar_one()
        values = {"definition": {"id": LUZHOU}, "version": of.version + 1}
        connection.execute(update(t.program).where(of.id == LUZHOU).values(values))
    return whole


def restore(office: Office, whole: object) -> None:
    of = t.program.c
    with office.desk.store.write() as transaction:
        values = {"definition": whole, "version": of.version + 1}
        transaction.connection.execute(update(t.program).where(of.id == LUZHOU).values(values))
