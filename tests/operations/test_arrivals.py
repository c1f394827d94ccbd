"""Word of what arrived: told to whoever holds it, whatever they were told of the same day."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select

from notifications.channels import MemoryChannel
from operations.remind import Delivery, remind
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import Office


def letters(office: Office, *, program_id: str | None = None) -> list[tuple[str, str]]:
    """Send what is due; return whom each letter went to, and what it says."""
    channel = MemoryChannel()
    remind(office.desk, channel, office.now, program_id=program_id)
    return [(letter.recipient, letter.body) for letter in channel.letters]


def numbers_told(office: Office, numbers: list[str]) -> list[str]:
    return [
        number for to, body in letters(office) if to == office.program.office for number in numbers if number in body
    ]


def test_what_arrives_once_the_day_s_arrivals_are_told_is_told_the_next_working_day(luzhou):
    first = luzhou.nominate("screening", unit="长江厂")
    assert numbers_told(luzhou, [first]) == [first]
    luzhou.now += timedelta(hours=3)
    second = luzhou.nominate("screening", unit="黄河厂")
    third = luzhou.nominate("screening", unit="沱江厂")
    assert numbers_told(luzhou, [second, third]) == []
    luzhou.now += timedelta(days=1)
    assert numbers_told(luzhou, [second, third]) == [second, third]
    luzhou.now += timedelta(days=1)
    assert letters(luzhou) == []


@on(SQLITE)
def test_what_arrives_once_the_day_s_word_is_moot_is_told(luzhou):
    luzhou.nominate(unit="长江厂")
    # It moves on before anybody is told.
    with luzhou.desk.store.write() as transaction:
        transaction.connection.execute(t.reminder.update().values(state="moot"))
    luzhou.nominate(unit="长江厂")
    assert remind(luzhou.desk, MemoryChannel(), luzhou.now) == Delivery(gathered=1, sent=1)


@on(SQLITE)
def test_what_was_held_until_another_day_is_judged_again_with_what_arrives(luzhou):
    """What arrives may be urgent."""
    luzhou.nominate("screening", unit="长江厂")
    letters(luzhou)
    luzhou.nominate("screening", unit="黄河厂")
    assert (owed(luzhou), remind(luzhou.desk, MemoryChannel(), luzhou.now).held) == ([(luzhou.now, None)], 1)
    assert owed(luzhou) == [(luzhou.now.replace(day=16, hour=9), "digest")]
    luzhou.now += timedelta(hours=1)
    luzhou.nominate("screening", unit="沱江厂")
    assert owed(luzhou) == [(luzhou.now, None)]


def owed(office: Office) -> list[tuple[datetime, str | None]]:
    """Until when, and why, word of what arrived waits."""
    of = t.reminder.c
    about = (of.state == "owed", of.kind == "arrival", of.recipient == office.program.office)
    query = select(of.send_at, of.held).where(*about)
    with office.desk.store.read() as connection:
        return [(send_at, held) for send_at, held in connection.execute(query)]


@on(SQLITE)
def test_recipient_gets_one_digest_a_day_whatever_program_is_reminded_of(luzhou, craftsman):
    luzhou.nominate(unit="长江厂")
    assert [to for to, _ in letters(luzhou)] == ["长江厂"]
    facts = {"nominee": "某", "move": "不予通过", "reason": ""}
    with luzhou.desk.store.write() as transaction:
        transaction.connection.execute(
            insert(t.reminder).values(
                key="x",
                kind="notice",
                program_id=craftsman.id,
                stage="screening",
                recipient="长江厂",
                facts=facts,
                send_at=luzhou.now,
            )
        )
    luzhou.now += timedelta(hours=1)
    assert letters(luzhou, program_id=craftsman.id) == []
    luzhou.now += timedelta(days=1)
    assert [to for to, _ in letters(luzhou, program_id=craftsman.id)] == ["长江厂"]
