"""Messages that were parked, one by one: read, sent again, delivered in another way, or dropped; each is an event.

Whoever administers every program that a message tells of handles it; of one that tells of others too it is another's.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, select, true, update
from sqlalchemy.engine import Connection

from deadlines import SHANGHAI
from operations.actors import Actor
from operations.acts import Act, reason_missing
from operations.addresses import mailboxes
from operations.authority import Authority
from operations.desk import Desk, Running
from operations.jurisdictions import Matter
from operations.messages import MOST, programs_of
from operations.policy import Deed
from operations.results import Denied, UnknownError, denied
from programs import Words
from states import Refusal
from store import INSTALLATION, Transaction, among_names
from store import tables as t


class Way(StrEnum):
    """How somebody was told whom the channel did not reach."""

    MAIL = "mail"
    PHONE = "phone"
    PAPER = "paper"
    CHAT = "chat"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _WAYS[self]


_WAYS = {
    Way.MAIL: Words("自己的邮箱", "a mail of one's own"),
    Way.PHONE: Words("电话", "the phone"),
    Way.PAPER: Words("纸质送达", "paper"),
    Way.CHAT: Words("即时通信", "a chat"),
}


@dataclass(frozen=True, slots=True)
class Parked:
    """A message that was parked: to whom and where, what it says, why it did not arrive, and of which programs."""

    id: str
    recipient: str
    address: str | None
    subject: str
    body: str
    problem: str
    attempts: int
    written_at: datetime
    programs: tuple[str, ...]


def list_parked(desk: Desk, act: Act) -> list[Parked] | Denied:
    """Return the parked messages that are the actor's to handle, the oldest first, at most `MOST`.

    Refused where somebody administers nothing.
    """
    of = t.message.c
    with desk.store.read() as connection:
        authority = Authority(connection, act.actor)
        if refused := denied(_no_administrator(authority)):
            return refused
        query = select(t.message).where(_theirs(desk, connection, authority))
        rows = connection.execute(query.order_by(of.written_at, of.id).limit(MOST)).all()
        return _all_told(connection, rows)


def count_parked(desk: Desk, actor: Actor) -> int:
    """Return how many parked messages are the actor's to handle; none for who administers nothing."""
    with desk.store.read() as connection:
        authority = Authority(connection, actor)
        if _no_administrator(authority):
            return 0
        theirs = select(func.count()).select_from(t.message).where(_theirs(desk, connection, authority))
        return connection.execute(theirs).scalar_one()


def _theirs(desk: Desk, connection: Connection, authority: Authority) -> ColumnElement[bool]:
    """Return the condition that a message is parked and tells of no program that somebody else administers."""
    of, told = t.message.c, t.reminder.c
    others = [one.program.id for one in desk.everything(connection) if not _settles(authority, one)]
    # Left out before they are counted: many of others hide nobody's own.
    tells_of_others = exists().where(told.message_id == of.id, told.program_id.in_(others))
    return and_(t.is_parked, ~tells_of_others if others else true())


def deliver_otherwise(desk: Desk, message_id: str, way: Way, act: Act) -> str | Denied:
    """Note that its recipient was told in another way, with when and by whom as the reason; returns the recipient.

    Raises `UnknownError` for one that is not parked.
    """
    values = {"state": "sent", "sent_at": act.now, "problem": None, "next_attempt_at": None}

    def record(transaction: Transaction, row: Row[Any]) -> None:
        transaction.record(
            INSTALLATION,
            "message.delivered",
            subject=row.recipient,
            message=row.id,
            way=way.value,
            **act.signature(),
        )

    return _settle(desk, message_id, act, values, record)


def drop(desk: Desk, message_id: str, act: Act) -> str | Denied:
    """Give a message up, with the reason: nobody sends it any more; returns the recipient.

    Raises `UnknownError` for one that is not parked.
    """
    values = {"state": "moot", "next_attempt_at": None}

    def record(transaction: Transaction, row: Row[Any]) -> None:
        transaction.record(INSTALLATION, "message.dropped", subject=row.recipient, message=row.id, **act.signature())

    return _settle(desk, message_id, act, values, record)


def _settle(
    desk: Desk,
    message_id: str,
    act: Act,
    values: dict[str, Any],
    record: Callable[[Transaction, Row[Any]], None],
) -> str | Denied:
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = _parked(connection, message_id, lock=True)
        authority = Authority(connection, act.actor)
        refusal = _refusal(desk, connection, authority, programs_of(connection, [row])) or reason_missing(act)
        if refusal:
            return Denied((refusal,))
        connection.execute(update(t.message).where(t.message.c.id == row.id).values(values))
        record(transaction, row)
        recipient: str = row.recipient
        return recipient


def _parked(connection: Connection, message_id: str, *, lock: bool = False) -> Row[Any]:
    of = t.message.c
    query = select(t.message).where(of.id == message_id, of.state == "parked")
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownError(
            Words(
                "没有搁置的信函 {id}；用 linxuan remind list 查看",
                "no message {id} is parked; see: linxuan remind list",
            ).format(id=message_id)
        )
    return row


def _settles(authority: Authority, running: Running) -> bool:
    """Whether somebody handles what messages tell of a program."""
    return authority.refuses(Deed.SETTLE_MESSAGE, Matter(running.program.id, running.program.office)) is None


def _refusal(desk: Desk, connection: Connection, authority: Authority, programs: Sequence[str]) -> Refusal | None:
    for program_id in programs:
        matter = Matter(program_id, desk.running(connection, program_id).program.office)
        if refusal := authority.refuses(Deed.SETTLE_MESSAGE, matter):
            return refusal
    return _no_administrator(authority)


def _no_administrator(authority: Authority) -> Refusal | None:
    """Refuse whoever administers nothing, whatever a message tells of."""
    refusal = authority.refuses(Deed.SETTLE_MESSAGE, Matter())
    return refusal if refusal and refusal.gate != "jurisdiction" else None


def _all_told(connection: Connection, rows: Sequence[Row[Any]]) -> list[Parked]:
    dialect, told = connection.dialect.name, t.reminder.c
    programs: dict[str, list[str]] = defaultdict(list)
    here = among_names(told.message_id, [row.id for row in rows], dialect)
    query = select(told.message_id, told.program_id).where(here).distinct().order_by(told.program_id)
    for message, program in connection.execute(query):
        programs[message].append(program)
    mails = mailboxes(connection, sorted({row.recipient for row in rows}))
    return [
        Parked(
            row.id,
            row.recipient,
            mails.get(row.recipient),
            row.subject,
            row.body,
            row.problem or "",
            row.attempts,
            row.written_at.astimezone(SHANGHAI),
            tuple(programs[row.id]),
        )
        for row in rows
    ]
