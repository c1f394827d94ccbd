"""Who gets no news of outcomes any more: where the program lets them, and never of what they have to do.

News is information: what became of a nomination. Deadlines, arrivals, invitations, what is overdue and what a term asks
for are duties, which nobody can unsubscribe from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from deadlines import SHANGHAI
from operations.acts import Act
from operations.authority import refuses
from operations.desk import Desk, Running
from operations.digests import is_news
from operations.jurisdictions import Matter
from operations.links import Purpose, message_behind
from operations.policy import Deed
from operations.results import Denied, denied
from programs import Words
from programs.reminding import Actor
from states import Refusal
from store import Transaction, insert_new
from store import tables as t


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """Somebody who gets no news of outcomes of a program, and since when (Shanghai time)."""

    recipient: str
    program: str
    since: datetime


@dataclass(frozen=True, slots=True)
class News:
    """What a link would unsubscribe from: news of these awards, to one recipient; `done`: of all of them already."""

    recipient: str
    awards: tuple[str, ...]
    done: bool


def list_unsubscribed(desk: Desk) -> list[Unsubscribed]:
    """Return everybody who has unsubscribed, by recipient and program."""
    of = t.unsubscription.c
    with desk.store.read() as connection:
        rows = connection.execute(select(t.unsubscription).order_by(of.recipient, of.program_id)).all()
    return [Unsubscribed(row.recipient, row.program_id, row.since.astimezone(SHANGHAI)) for row in rows]


def unsubscribe(desk: Desk, program_id: str, recipient: str, act: Act) -> Denied | None:
    """Send somebody no news of outcomes of a program any more; again is no change.

    Refused where the program does not let them. Raises `UnknownError` for a program that there is none of.
    """
    with desk.store.write() as transaction:
        running = desk.running(transaction.connection, program_id)
        if refused := denied(_not_theirs(transaction.connection, running, recipient, act), _not_optional(running)):
            transaction.abandon()
            return refused
        _enter(transaction, program_id, recipient, act.now, **act.signature())
    return None


def subscribe(desk: Desk, program_id: str, recipient: str, act: Act) -> Denied | None:
    """Send somebody news of outcomes of a program again; who gets them is no change.

    Raises `UnknownError` for a program that there is none of.
    """
    of = t.unsubscription.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.running(connection, program_id)
        if refused := denied(_not_theirs(connection, running, recipient, act)):
            transaction.abandon()
            return refused
        mine = delete(t.unsubscription).where(of.recipient == recipient, of.program_id == program_id)
        if connection.execute(mine).rowcount:
            transaction.record(program_id, "news.subscribed", recipient=recipient, **act.signature())
    return None


def news_behind(desk: Desk, name: str, signature: str) -> News | None:
    """Return what a link would unsubscribe from; none for what is no such link."""
    with desk.store.read() as connection:
        found = _behind(desk, connection, name, signature)
        return _news(connection, *found) if found else None


def unsubscribe_by_link(desk: Desk, name: str, signature: str, now: datetime) -> News | None:
    """Unsubscribe the recipient of a letter from all news like those in it, by whoever has the letter."""
    # Anybody can send anything here: what is no link, or changes nothing, keeps no writer waiting.
    asked = news_behind(desk, name, signature)
    if asked is None or asked.done:
        return asked
    with desk.store.write() as transaction:
        found = _behind(desk, transaction.connection, name, signature)
        if found is None:
            transaction.abandon()
            return None
        recipient, programs = found
        for running in programs:
            _enter(transaction, running.program.id, recipient, now, actor=recipient, by="link", now=now.isoformat())
        return _news(transaction.connection, recipient, programs)


def _behind(desk: Desk, connection: Connection, name: str, signature: str) -> tuple[str, Sequence[Running]] | None:
    message_id = message_behind(desk, connection, Purpose.UNSUBSCRIBE, name, signature)
    if message_id is None:
        return None
    told = connection.execute(select(t.reminder).where(t.reminder.c.message_id == message_id)).all()
    if not told:
        # The letter was let go, and what it told of is told in another.
        return None
    programs = sorted({row.program_id for row in told if is_news(row)})
    running = [desk.running(connection, one) for one in programs]
    return told[0].recipient, [one for one in running if _not_optional(one) is None]


def _news(connection: Connection, recipient: str, programs: Sequence[Running]) -> News:
    of = t.unsubscription.c
    left = set(connection.execute(select(of.program_id).where(of.recipient == recipient)).scalars())
    awards = tuple(f"{one.program.award}（{one.program.edition}）" for one in programs)
    return News(recipient, awards, done=all(one.program.id in left for one in programs))


def _enter(transaction: Transaction, program_id: str, recipient: str, since: datetime, **signature: str | None) -> None:
    row = {"recipient": recipient, "program_id": program_id, "since": since}
    if insert_new(transaction.connection, t.unsubscription, [row]):
        transaction.record(program_id, "news.unsubscribed", recipient=recipient, **signature)


def _not_theirs(connection: Connection, running: Running, recipient: str, act: Act) -> Refusal | None:
    matter = Matter(running.program.id, running.program.office, holder=recipient)
    return refuses(connection, act.actor, Deed.SUBSCRIBE, matter)


def _not_optional(running: Running) -> Refusal | None:
    """Refuse to stop what the program wants everybody told."""
    # News of outcomes goes to nominees' sides.
    if running.program.ladder(Actor.NOMINATOR).may_unsubscribe:
        return None
    return Refusal(
        "news-optional",
        Words("“{award}”的办理结果须逐一送达，不能退订", "everybody is told of outcomes of “{award}”").format(
            award=running.program.award
        ),
        Words("如确需退订，请主办单位修改项目的提醒安排", "the office would have to amend the program's ladders"),
    )
