"""What every act within a term begins with: the nomination under lock, its term, and whether it is theirs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk, Running
from operations.meanwhile import is_conflict
from operations.numbered import find
from operations.policy import Deed
from operations.results import Denied
from operations.seeing import Seeing
from operations.tenure.state import LOST, Term, terms_of
from programs import Words
from states import Move, Refusal
from store import Transaction
from store import tables as t


@dataclass(frozen=True, slots=True)
class Held:
    """A nomination that is held for this transaction, with its term."""

    row: Row[Any]
    running: Running
    term: Term


def hold_term(desk: Desk, transaction: Transaction, number: str, deed: Move | Deed, act: Act) -> Held | Denied:
    """Hold a nomination and read its term; denied to whom it is not theirs to act on, or who saw it as it was before.

    What is done in a term counts on top of what was done: the mark of the term that was looked at (`Act.seen`) tells a
    second report from the same one that was sent twice. Raises `UnknownError`.
    """
    connection = transaction.connection
    row = find(connection, number)
    running = desk.running_for(connection, row)
    term = terms_of(connection, {row.revision: running}, [row])[row.id]
    refusal = refuses(connection, act.actor, deed, matter_of(running.program, row))
    if act.seen not in ("", term.mark):
        told = not refusal or is_conflict(Seeing(desk, connection, act.actor, act.now), row, refusal)
        refusal = _recorded_since() if told else refusal
    return Denied((refusal,), number) if refusal else Held(row, running, term)


def _recorded_since() -> Refusal:
    return Refusal(
        "seen-term",
        Words("您查看之后，这一聘期又有登记", "something was recorded in this term since you looked at it"),
        Words(
            "请核对现在的登记：刚才提交的可能已经办成；还要再办的，重新提交",
            "look at what is recorded now: it may have been done; send it again where it is to be done once more",
        ),
    )


def not_honored(held: Held) -> Refusal | None:
    """Refuse what is only for those who are honored now."""
    if held.term.honored_at is None:
        return Refusal(
            "honored",
            Words("{number} 没有获得称号", "{number} was not honored").format(number=held.row.number),
            Words("发文授予以后才能办理", "this is for those whom a document has honored"),
        )
    if held.row.stage in LOST:
        return Refusal(
            "honored",
            Words("{number} 的称号已经取消", "the honor of {number} was taken away").format(number=held.row.number),
            Words("取消以后不再办理；如取消有误，请按程序重新授予", "nothing more is done for it"),
        )
    return None


def plan_next(connection: Connection, term: Term, nomination: int, now: datetime) -> None:
    """Write when the term next asks for something."""
    following = now if term.is_to_end(now) else term.open_duties(now)[1]
    of = t.tenure.c
    connection.execute(update(t.tenure).where(of.nomination_id == nomination).values(next_at=following))


def term_again(desk: Desk, connection: Connection, number: str) -> tuple[Row[Any], Term]:
    """Read a nomination and its term as this transaction has left them."""
    row = find(connection, number)
    running = desk.running_for(connection, row)
    return row, terms_of(connection, {row.revision: running}, [row])[row.id]
