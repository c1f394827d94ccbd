"""The outbox: messages claimed to be delivered, what became of each, and those that were parked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, false, or_, select, update
from sqlalchemy.engine import Connection

from deadlines.zone import shanghai_day
from notifications.channels import DeliveryFailed
from notifications.hours import is_working_instant, next_working_instant
from notifications.letters import Letter
from notifications.retries import next_attempt
from operations.desk import Desk
from operations.digests import Judge, addresses
from store import tables as t

#: Messages that are claimed in one transaction.
BATCH = 50


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this process alone delivers until its lease is over; `failures` so far."""

    letter: Letter
    failures: int
    urgent: bool


def claim(
    desk: Desk, now: datetime, *, lease: timedelta, written_before: datetime, program_id: str | None
) -> tuple[list[Claimed], int] | None:
    """Take messages that wait, for so long that nobody else delivers them meanwhile; nothing when nothing waits.

    One that was written earlier is judged again, and written again by what stands now: returns beside the claimed ones
    how many reminders were found moot. At night only urgent ones are taken; one that is no longer waits for the
    opening.
    """
    of = t.message.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        ids = (
            connection.execute(waiting(desk, now, program_id).limit(BATCH).with_for_update(skip_locked=True))
            .scalars()
            .all()
        )
        if not ids:
            return None
        rows = connection.execute(select(t.message).where(of.id.in_(ids)).order_by(of.next_attempt_at, of.id)).all()
        connection.execute(update(t.message).where(of.id.in_(ids)).values(next_attempt_at=now + lease))
        again = [row for row in rows if row.written_at < written_before]
        rewritten, aside, moot = _judged_again(desk, connection, again, now, now + lease)
        where = addresses(connection, {row.recipient for row in rows})
        claimed = [
            rewritten.get(row.id) or Claimed(_letter_of(row, where.get(row.recipient)), row.attempts, row.day is None)
            for row in rows
            if row.id not in aside
        ]
        return claimed, moot


def waiting(desk: Desk, now: datetime, program_id: str | None) -> Select[tuple[str]]:
    """Ask for the ids of the messages that can be delivered now, the longest due first."""
    of = t.message.c
    query = select(of.id).where(of.state == "waiting", of.next_attempt_at <= now)
    if not is_working_instant(desk.calendar, now):
        query = query.where(of.day.is_(None))
    if program_id is not None:
        query = query.where(of.id.in_(messages_of(program_id)))
    return query.order_by(of.next_attempt_at, of.id)


def messages_of(program_id: str) -> Select[tuple[str]]:
    """Ask for the ids of the messages that tell something of a program."""
    of = t.reminder.c
    return select(of.message_id).where(of.program_id == program_id, of.message_id.is_not(None))


def waiting_letters(desk: Desk, connection: Connection, now: datetime) -> list[Letter]:
    """Return the messages that would be delivered now, as they were written."""
    of = t.message.c
    rows = connection.execute(
        select(t.message).where(of.id.in_(waiting(desk, now, None))).order_by(of.next_attempt_at, of.id)
    ).all()
    where = addresses(connection, {row.recipient for row in rows})
    return [_letter_of(row, where.get(row.recipient)) for row in rows]


def note_sent(desk: Desk, message_id: str, now: datetime) -> None:
    """Note that a channel has taken a message. A power cut may lose that, and the message comes once more."""
    with desk.store.write(brief=True) as transaction:
        transaction.connection.execute(_SENT, {"message": message_id, "at": now})


def note_failure(desk: Desk, claimed: Claimed, failure: DeliveryFailed, now: datetime) -> bool:
    """Note why a channel has not taken a message; returns whether it will be tried again, or is parked.

    A message of a day's digest is tried again within working hours, an urgent one at any hour.
    """
    attempts = claimed.failures + 1
    again = None if failure.permanent else next_attempt(attempts, now)
    if again and not claimed.urgent:
        again = next_working_instant(desk.calendar, again)
    with desk.store.write() as transaction:
        transaction.connection.execute(
            # Whoever has taken it since, after this one's lease, may have delivered it.
            update(t.message)
            .where(t.message.c.id == claimed.letter.message_id, t.message.c.state == "waiting")
            .values(
                attempts=attempts,
                problem=failure.words.zh,
                state="waiting" if again else "parked",
                next_attempt_at=again,
            )
        )
    return again is not None


def set_states(connection: Connection, reminders: Sequence[int], state: str) -> None:
    """Say of reminders that no message tells them."""
    if reminders:
        connection.execute(
            update(t.reminder).where(t.reminder.c.id == bindparam("reminder")).values(state=state, message_id=None),
            [{"reminder": one} for one in reminders],
        )


_SENT = (
    update(t.message)
    .where(t.message.c.id == bindparam("message"))
    .values(state="sent", sent_at=bindparam("at"), problem=None, next_attempt_at=None)
)


def _judged_again(
    desk: Desk, connection: Connection, rows: Sequence[Row[Any]], now: datetime, lease_until: datetime
) -> tuple[dict[str, Claimed], frozenset[str], int]:
    """Write messages again by what stands now, under their ids.

    Returns those to be sent now, claimed until `lease_until`; the ids of those that are not, as nothing of them stands
    any more, or they were urgent once and can wait for the morning; and how many reminders are moot.
    """
    if not rows:
        return {}, frozenset(), 0
    of = t.reminder.c
    judge = Judge(desk, connection, now)
    told: dict[str, list[Row[Any]]] = defaultdict(list)
    for one in connection.execute(select(t.reminder).where(of.message_id.in_([row.id for row in rows]))):
        told[one.message_id].append(one)
    where = addresses(connection, {row.recipient for row in rows})
    rewritten: dict[str, Claimed] = {}
    dropped: list[int] = []
    gone: list[dict[str, Any]] = []
    aside: set[str] = set()
    opening = next_working_instant(desk.calendar, now)
    written: list[dict[str, Any]] = []
    for row in rows:
        judgement = judge.judge(told[row.id])
        dropped += judgement.moot
        said = judgement.standing.get(row.recipient)
        if not said:
            gone.append({"message": row.id})
            aside.add(row.id)
            continue
        urgent = any(one.item and one.item.urgent for one in said)
        letter = judge.letter(row.recipient, said, where.get(row.recipient), message_id=row.id)
        waits = not urgent and opening != now
        if waits:
            aside.add(row.id)
        else:
            rewritten[row.id] = Claimed(letter, row.attempts, urgent)
        written.append(
            {
                "message": row.id,
                "said": letter.subject,
                "text": letter.body,
                "at": now,
                # What waits is the digest of the day on which it goes, which it must not keep from others until then.
                "of_day": None if urgent or waits else shanghai_day(now),
                "try_at": opening if waits else lease_until,
            }
        )
    set_states(connection, dropped, "moot")
    if written:
        connection.execute(_REWRITTEN, written)
    if gone:
        connection.execute(_GONE, gone)
    return rewritten, frozenset(aside), len(dropped)


_REWRITTEN = (
    update(t.message)
    .where(t.message.c.id == bindparam("message"))
    .values(
        subject=bindparam("said"),
        body=bindparam("text"),
        written_at=bindparam("at"),
        day=bindparam("of_day"),
        next_attempt_at=bindparam("try_at"),
    )
)
_GONE = update(t.message).where(t.message.c.id == bindparam("message")).values(state="moot", next_attempt_at=None)


def digest_today(recipients: Sequence[str], now: datetime, program_id: str | None) -> Select[tuple[str]]:
    """Ask which of these have today's digest already, or one that is yet to be delivered."""
    of = t.message.c
    had: ColumnElement[bool] = or_(of.day == shanghai_day(now), (of.state == "waiting") & of.day.is_not(None))
    query = select(of.recipient).where(of.recipient.in_(recipients) if recipients else false(), had, of.state != "moot")
    if program_id is not None:
        query = query.where(of.id.in_(messages_of(program_id)))
    return query.distinct()


def _letter_of(row: Row[Any], address: str | None) -> Letter:
    return Letter(
        message_id=row.id,
        recipient=row.recipient,
        address=address,
        subject=row.subject,
        body=row.body,
        written_at=row.written_at,
    )
