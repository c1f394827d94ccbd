"""That a letter was received: confirmed by a link in it, until what it was about is over.

To open the link shows what the letter is about; only the button on that page confirms. Mail scanners open links.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.engine import Connection

from deadlines import SHANGHAI
from operations.desk import Desk
from operations.digests import Judge, needs_receipt
from operations.links import Purpose, message_behind
from store import INSTALLATION, Transaction
from store import tables as t


class Asked(StrEnum):
    """What becomes of a link's question: still open, answered, or over with its matter."""

    OPEN = "open"
    DONE = "done"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A letter whose receipt is to be confirmed: what it is about, and whether it was, and when (Shanghai time)."""

    recipient: str
    subject: str
    asked: Asked
    received_at: datetime | None


def receipt_asked(desk: Desk, name: str, signature: str, now: datetime) -> Receipt | None:
    """Return what a link asks; none for what is no such link."""
    with desk.store.read() as connection:
        row = _letter(desk, connection, name, signature)
        return _receipt(desk, connection, row, now) if row else None


def confirm_receipt(desk: Desk, name: str, signature: str, now: datetime) -> Receipt | None:
    """Note that the letter of a link was received, by whoever has it; again, or once it is over, is no change."""
    # Anybody can send anything here: what is no link, or changes nothing, keeps no writer waiting.
    asked = receipt_asked(desk, name, signature, now)
    if asked is None or asked.asked is not Asked.OPEN:
        return asked
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = _letter(desk, connection, name, signature, lock=True)
        found = _receipt(desk, connection, row, now) if row else None
        if row is None or found is None or found.asked is not Asked.OPEN:
            transaction.abandon()
            return found
        note_received(transaction, row, now, actor=row.recipient, by="link", now=now.isoformat())
        return Receipt(row.recipient, row.subject, Asked.DONE, now.astimezone(SHANGHAI))


def note_received(transaction: Transaction, row: Row[Any], at: datetime, **signature: str | None) -> None:
    """Keep that a message was received, with the event of it."""
    of = t.message.c
    transaction.connection.execute(update(t.message).where(of.id == row.id).values(received_at=at))
    transaction.record(INSTALLATION, "message.received", subject=row.recipient, message=row.id, **signature)


def _letter(
    desk: Desk,
    connection: Connection,
    name: str,
    signature: str,
    *,
    lock: bool = False,
) -> Row[Any] | None:
    message_id = message_behind(desk, connection, Purpose.RECEIVED, name, signature)
    if message_id is None:
        return None
    query = select(t.message).where(t.message.c.id == message_id)
    return connection.execute(query.with_for_update() if lock else query).one()


def _receipt(desk: Desk, connection: Connection, row: Row[Any], now: datetime) -> Receipt:
    if row.received_at is not None:
        return Receipt(row.recipient, row.subject, Asked.DONE, row.received_at.astimezone(SHANGHAI))
    told = connection.execute(select(t.reminder).where(t.reminder.c.message_id == row.id)).all()
    standing = Judge(desk, connection, now).judge([one for one in told if needs_receipt(one)]).standing
    return Receipt(row.recipient, row.subject, Asked.OPEN if standing else Asked.OVER, None)
