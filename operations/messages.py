"""Messages as administrators see them: what was sent, what waits and why, what was parked and may be let go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.engine import Connection

from deadlines import SHANGHAI
from notifications.hours import next_working_instant
from operations.actors import Actor
from operations.acts import Act
from operations.authority import refuses
from operations.damaged import whole_versions
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.outbox import waiting
from operations.policy import Deed
from operations.receipts import note_received
from operations.results import Denied, UnknownError, denied
from programs import Words
from states import Refusal
from store import INSTALLATION
from store import tables as t

#: How many messages are told at once.
MOST = 500


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its state is waiting, sent, parked or moot.

    `problem` says why it was not sent, `received_at` when its receipt was confirmed, `text` is the SHA-256 of what it
    says, in hexadecimal.
    """

    id: str
    recipient: str
    subject: str
    state: str
    attempts: int
    problem: str | None
    written_at: datetime
    next_attempt_at: datetime | None
    sent_at: datetime | None
    received_at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """Reminders of one recipient that wait: `why` is `hours` or `digest`, None for those whose time has not come."""

    recipient: str
    program: str
    why: str | None
    send_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Released:
    """The recipients of letters that may be tried again; and of those left, which tell of a damaged program."""

    recipients: Sequence[str] = ()
    left: Sequence[str] = ()


def list_messages(desk: Desk, states: Sequence[str] = ()) -> list[Message]:
    """Return the newest messages, at most `MOST`, of these states or of all."""
    of = t.message.c
    query = select(t.message).order_by(of.written_at.desc(), of.id).limit(MOST)
    with desk.store.read() as connection:
        rows = connection.execute(query.where(of.state.in_(states)) if states else query).all()
    return [_message(row) for row in rows]


def count_to_send(desk: Desk, now: datetime) -> int:
    """Return how many messages can be delivered now, with those that are yet to be gathered: at most so many."""
    of = t.reminder.c
    owed = select(of.recipient.distinct()).where(of.state == "owed", of.send_at <= now).subquery()
    with desk.store.read() as connection:
        return sum(
            connection.execute(select(func.count()).select_from(some)).scalar_one()
            for some in (waiting(desk, now, None).subquery(), owed)
        )


def programs_told(desk: Desk, ids: Sequence[str]) -> frozenset[str]:
    """Return the ids of the programs that these messages tell of."""
    of = t.reminder.c
    with desk.store.read() as connection:
        return frozenset(
            program
            for start in range(0, len(ids), MOST)
            for program in connection.execute(
                select(of.program_id).where(of.message_id.in_(ids[start : start + MOST])).distinct()
            ).scalars()
        )


def list_held(desk: Desk) -> list[Held]:
    """Return the reminders that are owed and wait, gathered by recipient, program, time and reason, the next first."""
    of = t.reminder.c
    alike = (of.recipient, of.program_id, of.held, of.send_at)
    query = select(*alike, func.count()).where(of.state == "owed").group_by(*alike)
    with desk.store.read() as connection:
        rows = connection.execute(query.order_by(of.send_at, of.recipient, of.program_id).limit(MOST)).all()
    return [Held(name, program, why, at.astimezone(SHANGHAI), count) for name, program, why, at, count in rows]


def release(desk: Desk, ids: Sequence[str], act: Act) -> Released | Denied:
    """Let parked messages be tried again from now on, all of them where none is named.

    Whoever runs every program that a message tells of may. Nobody can say who that is of a damaged program: of all,
    those that tell of one are left parked. Raises `UnknownError` for a named one like that, or one that is not parked.
    """
    of = t.message.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        parked = select(t.message).where(of.state == "parked").order_by(of.id).with_for_update()
        rows = connection.execute(parked.where(of.id.in_(ids)) if ids else parked).all()
        if unknown := sorted(set(ids) - {row.id for row in rows}):
            raise UnknownError(
                Words(
                    "没有搁置的信函 {id}；用 linxuan remind list 查看",
                    "no message {id} is parked; see: linxuan remind list",
                ).format(id=unknown[0])
            )
        rows, left = _readable(desk, connection, rows)
        if ids and left:
            raise UnknownError(
                Words(
                    "信函 {id} 所涉项目的定义已损坏，请先从备份中恢复该项目",
                    "message {id} tells of a program whose definition is damaged; restore that from a backup first",
                ).format(id=left[0].id)
            )
        if refused := denied(_refusal(desk, connection, rows, act)):
            transaction.abandon()
            return refused
        again = next_working_instant(desk.learn(connection), act.now)
        for row in rows:
            connection.execute(
                update(t.message)
                .where(of.id == row.id)
                .values(
                    state="waiting",
                    attempts=0,
                    tried=None,
                    next_attempt_at=again if row.day else act.now,
                    alerted_at=None,
                )
            )
            transaction.record(
                INSTALLATION, "message.released", subject=row.recipient, message=row.id, **act.signature()
            )
        return Released(tuple(row.recipient for row in rows), tuple(row.recipient for row in left))


def _readable(
    desk: Desk, connection: Connection, rows: Sequence[Row[Any]]
) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
    """Part messages from those that tell of a damaged program."""
    damaged = [one for one in programs_of(connection, rows) if not whole_versions(desk, connection, one)]
    if not damaged:
        return rows, ()
    of = t.reminder.c
    told = select(of.message_id).where(of.message_id.is_not(None), of.program_id.in_(damaged))
    unreadable = set(connection.execute(told).scalars())
    return [row for row in rows if row.id not in unreadable], [row for row in rows if row.id in unreadable]


def acknowledge(desk: Desk, message_id: str, act: Act) -> Denied | None:
    """Note that a message was received: by its recipient, or by the office on their word. Again is no change.

    Raises `UnknownError` for a message that there is none of, or that was not sent.
    """
    of = t.message.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = connection.execute(select(t.message).where(of.id == message_id).with_for_update()).one_or_none()
        if row is None or row.state != "sent":
            raise UnknownError(
                Words(
                    "没有已发出的信函 {id}；用 linxuan remind list 查看",
                    "no message {id} was sent; see: linxuan remind list",
                ).format(id=message_id)
            )
        if refused := denied(_not_theirs(desk, connection, row, act)):
            transaction.abandon()
            return refused
        if row.received_at is None:
            note_received(transaction, row, act.now, **act.signature())
    return None


def _not_theirs(desk: Desk, connection: Connection, row: Row[Any], act: Act) -> Refusal | None:
    for program_id in programs_of(connection, [row]):
        matter = matter_of(desk, connection, program_id, row.recipient, act.actor)
        if refusal := refuses(connection, act.actor, Deed.ACKNOWLEDGE, matter):
            return refusal
    return None


def matter_of(desk: Desk, connection: Connection, program_id: str | None, recipient: str, actor: Actor) -> Matter:
    """Return what a message to somebody is about: a program, and an expert or an organization."""
    office = desk.running(connection, program_id).program.office if program_id else None
    expert = connection.execute(select(t.expert.c.id).where(t.expert.c.name == recipient)).first()
    if expert:
        return Matter(program_id, office, expert=recipient, own=actor.name == recipient)
    return Matter(program_id, office, holder=recipient)


def programs_of(connection: Connection, rows: Sequence[Row[Any]]) -> Sequence[str]:
    """Return the programs that these messages tell of, in the order of their ids."""
    of = t.reminder.c
    told = select(of.program_id).where(of.message_id.in_([row.id for row in rows])).distinct().order_by(of.program_id)
    return connection.execute(told).scalars().all()


def _refusal(desk: Desk, connection: Connection, rows: Sequence[Row[Any]], act: Act) -> Refusal | None:
    for program_id in programs_of(connection, rows):
        matter = Matter(program_id, desk.running(connection, program_id).program.office)
        if refusal := refuses(connection, act.actor, Deed.RELEASE_MESSAGE, matter):
            return refusal
    return None


def _message(row: Row[Any]) -> Message:
    def local(at: datetime | None) -> datetime | None:
        return at.astimezone(SHANGHAI) if at else None

    return Message(
        row.id,
        row.recipient,
        row.subject,
        row.state,
        row.attempts,
        row.problem,
        row.written_at.astimezone(SHANGHAI),
        local(row.next_attempt_at),
        local(row.sent_at),
        local(row.received_at),
        sha256(row.body.encode()).hexdigest(),
    )
