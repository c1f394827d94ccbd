"""Nobody's letter is held up by another one, nor by a program whose definition is damaged."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from deadlines.keydates import term_closes
from deadlines.ladders import ladder
from flows.following import Halted, followed
from notifications.channels import Channel, DeliveryFailed, MemoryChannel
from notifications.letters import Letter
from operations.actors import MACHINE
from operations.acts import Act
from operations.daily import day_of
from operations.messages import Released, list_messages, release
from operations.objections import lodge
from operations.remind import LEASE, pending, remind
from operations.results import UnknownError
from operations.rungs import next_rung
from operations.sweep import sweep
from programs import Program, Words
from programs.reminding import Actor as Whose
from programs.reminding import Ladder
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.amending import amended, change
from tests.operations.office import LUZHOU, Office

#: The SQL is the same on both but where a test says so.
pytestmark = on(SQLITE)


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


class Full(Channel):
    """Takes no letter, for good."""

    def deliver(self, _letter: Letter) -> None:
        raise DeliveryFailed(Words("邮箱已满", "the mailbox is full"), permanent=True)


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


def test_letter_whose_turn_never_came_is_not_marked_as_one_that_may_have_arrived(luzhou: Office) -> None:
    for place in range(3):
        luzhou.nominate(unit=f"第{place}厂")
    channel = MemoryChannel()
    # It is asked once before letters are claimed, and once before each.
    turns = iter([True, True])

    remind(luzhou.desk, channel, luzhou.now, has_time=lambda: next(turns, False))

    with luzhou.desk.store.read() as connection:
        found = connection.execute(select(t.message.c.state, t.message.c.unsure).order_by(t.message.c.state)).tuples()
        assert found.all() == [("sent", False), ("waiting", False), ("waiting", False)]
    remind(luzhou.desk, channel, luzhou.now + LEASE)
    assert sorted(letter.recipient for letter in channel.letters) == ["第0厂", "第1厂", "第2厂"]


def test_killed_process_leaves_a_mark_on_the_letter_that_it_had_begun_alone(luzhou: Office) -> None:
    class Killed(BaseException):
        pass

    class Deadly(Channel):
        def deliver(self, letter: Letter) -> None:
            if letter.recipient == "第1厂":
                raise Killed

    for place in range(3):
        luzhou.nominate(unit=f"第{place}厂")

    with pytest.raises(Killed):
        remind(luzhou.desk, Deadly(), luzhou.now)

    assert marked(luzhou) == ["第1厂"]
    # Whoever is killed with those that another one left marks no more of them either.
    with pytest.raises(Killed):
        remind(luzhou.desk, Deadly(), luzhou.now + LEASE)
    assert marked(luzhou) == ["第1厂"]


def marked(office: Office) -> list[str]:
    """To whom letters go that may have arrived, as nobody knows."""
    of = t.message.c
    with office.desk.store.read() as connection:
        return list(connection.execute(select(of.recipient).where(of.unsure).order_by(of.recipient)).scalars())


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


def damaged_while_a_letter_waits(damaged: Office, other: Office) -> tuple[datetime, object]:
    """Put a letter off, and damage one of the programs that letters tell of; returns when, and what it was."""
    now = max(damaged.now, other.now)
    assert remind(damaged.desk, Unforeseen(1), now).put_off == 1
    return now, damage(damaged)


def test_message_of_a_damaged_program_waits_until_it_is_whole(luzhou: Office, craftsman: Office) -> None:
    luzhou.nominate(unit="第0厂")
    craftsman.nominate(unit="黄河厂")
    now, whole = damaged_while_a_letter_waits(luzhou, craftsman)
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
    now, whole = damaged_while_a_letter_waits(luzhou, craftsman)
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
    now, _ = damaged_while_a_letter_waits(luzhou, craftsman)
    assert pending(luzhou.desk, now + 4 * LEASE) == []


def test_letters_of_a_damaged_program_stay_parked_and_all_others_are_released(
    luzhou: Office, craftsman: Office
) -> None:
    luzhou.nominate(unit="长江厂")
    craftsman.nominate(unit="黄河厂")
    now = max(luzhou.now, craftsman.now)
    remind(luzhou.desk, Full(), now)
    damage(luzhou)
    act = Act(MACHINE, now)

    assert release(luzhou.desk, [], act) == Released(("黄河厂",), ("长江厂",))
    [parked] = list_messages(luzhou.desk, ["parked"])
    with pytest.raises(UnknownError, match="restore that from a backup"):
        release(luzhou.desk, [parked.id], act)


@pytest.mark.parametrize("lanes", [1, 3])
def test_channel_that_cannot_be_closed_holds_up_no_letter(luzhou: Office, lanes: int) -> None:
    for place in range(3):
        luzhou.nominate(unit=f"第{place}厂")
    channel = Unclosable(lanes)
    done = remind(luzhou.desk, channel, luzhou.now)
    assert (sorted(channel.delivered), done.sent, done.put_off) == (["第1厂", "第2厂"], 2, 1)


def test_damaged_program_with_an_overdue_objection_ends_no_sweep_of_others(luzhou: Office, craftsman: Office) -> None:
    other, objection = craftsman.nominate(), objected(luzhou)
    at = max(luzhou.now, craftsman.now) + timedelta(days=400)
    damage(luzhou)

    done = sweep(luzhou.desk, at)

    assert [one.objection for one in done.overdue] == [objection]
    assert craftsman.row(other).stage == "lapsed"


def objected(office: Office) -> int:
    number = office.nominate("publicity")
    office.publicize()
    found = lodge(office.desk, number, "某公司", "业绩归属有争议", office.act())
    assert isinstance(found, int)
    with office.desk.store.write() as transaction:
        transaction.connection.execute(update(t.objection).values(due_at=office.now))
    return found


def test_damaged_earlier_version_with_terms_holds_up_nobody_else_s_letters(
    office_of: Callable[..., Office], shipped: Callable[[str], Program], craftsman: Office
) -> None:
    ladders = (Ladder(actor=Whose.TENURE, before=(3, 0)),)
    office = office_of(LUZHOU, program=shipped(LUZHOU).model_copy(update={"ladders": ladders}))
    office.nominate("tenure", unit="长江厂")
    with office.desk.store.read() as connection:
        begun = connection.execute(select(t.tenure.c.begun).limit(1)).scalar_one()
    reached, _ = ladder(office.desk.calendar, term_closes(begun, 1), (3, 0))
    remind(office.desk, MemoryChannel(), office.now)
    amended(office, change("stages", "screening", window={"phrase": "2019年9月", "clause": "六"}))
    of = t.revision.c
    with office.desk.store.write() as transaction:
        broken = {"definition": {"id": LUZHOU}, "digest": "f" * 64}
        first = (of.program_id == LUZHOU, of.number == 1)
        assert transaction.connection.execute(update(t.revision).where(*first).values(broken)).rowcount == 1
    craftsman.nominate(unit="黄河厂")
    channel = MemoryChannel()

    remind(office.desk, channel, max(reached.at, craftsman.now))

    assert "黄河厂" in [letter.recipient for letter in channel.letters]


def test_damaged_program_is_named_by_the_day_and_not_driven_on(luzhou: Office, craftsman: Office) -> None:
    luzhou.nominate(unit="长江厂")
    craftsman.nominate(unit="黄河厂")
    now = max(luzhou.now, craftsman.now)
    damage(luzhou)

    day = day_of(luzhou.desk, now)

    assert day.damaged == (LUZHOU,)
    assert {one.program for one in day.changed} == {craftsman.program.id}
    assert next_rung(luzhou.desk, LUZHOU, now) is None
    halted = [Halted(LUZHOU, done=False), Halted(craftsman.program.id, done=False)]
    assert set(followed(luzhou.desk, halted, now).facts["next"]) == {craftsman.program.id}


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
