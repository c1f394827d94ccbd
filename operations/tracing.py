"""What became of messages: every try to deliver one, and which letters are yet to be confirmed by their recipients."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from deadlines import SHANGHAI
from notifications.kinds import ChannelKind
from operations.actors import Actor
from operations.acts import Act
from operations.addresses import Listed, list_addresses
from operations.authority import Authority
from operations.desk import Desk
from operations.digests import Judge, needs_receipt
from operations.jurisdictions import Matter
from operations.messages import MOST
from operations.policy import Deed
from operations.results import Denied, UnknownError
from operations.tree import Tree
from programs import Words
from states import Refusal
from store import among_names
from store import tables as t

#: What came of a try, for people.
OUTCOMES: Final = {
    "accepted": Words("已接收", "taken"),
    "refused": Words("拒收", "refused"),
    "failed": Words("暂未接收", "not taken for now"),
    "unsure": Words("结果不明", "nobody knows"),
}

#: What a message is, for people.
STATES: Final = {
    "waiting": Words("待发", "waiting"),
    "sent": Words("已发", "sent"),
    "parked": Words("搁置", "parked"),
    "moot": Words("已无须发送", "no longer needed"),
}

#: So many of the newest messages are looked at for a page.
NEWEST = 100


@dataclass(frozen=True, slots=True)
class Try:
    """One try to deliver a message: `outcome` is accepted, refused (for good), failed (for now) or unsure.

    `address` is masked, `answer` what the server said, in short; `text` is the SHA-256 of what the letter said then.
    """

    tried_at: datetime
    channel: ChannelKind
    address: str | None
    outcome: str
    answer: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Traced:
    """A message with all that became of it; `addresses` are those that its recipient has now, masked.

    `unsure`: some channel may have taken it without saying so. `awaits`: somebody must know that it came, and does not.
    """

    id: str
    recipient: str
    addresses: tuple[Listed, ...]
    subject: str
    body: str
    state: str
    problem: str | None
    attempts: int
    unsure: bool
    written_at: datetime
    sent_at: datetime | None
    received_at: datetime | None
    awaits: bool
    programs: tuple[str, ...]
    text: str
    tries: tuple[Try, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A message in a list; `awaits` as above."""

    id: str
    recipient: str
    subject: str
    state: str
    written_at: datetime
    awaits: bool


def trace(desk: Desk, message_id: str, act: Act) -> Traced | Denied:
    """Return a message with its tries. It is for whoever runs all programs that it tells of, or its recipient.

    Raises `UnknownError` for one that there is not.
    """
    with desk.store.read() as connection:
        row = connection.execute(select(t.message).where(t.message.c.id == message_id)).one_or_none()
        if row is None:
            raise UnknownError(
                Words(
                    "没有信函 {id}；用 linxuan remind list 查看", "there is no message {id}; see: linxuan remind list"
                ).format(id=message_id)
            )
        programs = _programs(connection, [row.id])[row.id]
        if refusal := _Sees(desk, connection, act.actor, [row.recipient]).refuses(row.recipient, programs):
            return Denied((refusal,))
        tries = tries_of(connection, row.id)
        awaits = row.id in _awaiting(desk, connection, [row], act.now)
    where = list_addresses(desk, [row.recipient]).get(row.recipient, [])
    return Traced(
        row.id,
        row.recipient,
        tuple(where),
        row.subject,
        row.body,
        row.state,
        row.problem,
        row.attempts,
        row.unsure and row.state != "sent",
        row.written_at.astimezone(SHANGHAI),
        _local(row.sent_at),
        _local(row.received_at),
        awaits,
        tuple(programs),
        sha256(row.body.encode()).hexdigest(),
        tries,
    )


def tries_of(connection: Connection, message_id: str) -> tuple[Try, ...]:
    """Return every try to deliver a message, the first one first."""
    of = t.delivery.c
    rows = connection.execute(select(t.delivery).where(of.message_id == message_id).order_by(of.id))
    return tuple(
        Try(row.tried_at.astimezone(SHANGHAI), ChannelKind(row.channel), row.address, row.outcome, row.answer, row.text)
        for row in rows
    )


def newest(desk: Desk, act: Act) -> list[Told]:
    """Return the newest messages that are the actor's to see, and before them those that await a confirmation.

    Of all those that anybody was sent, the newest `NEWEST` are looked at, and of those that the actor's own
    organization and the ones below it were sent.
    """
    of = t.message.c
    with desk.store.read() as connection:
        every = select(t.message).order_by(of.written_at.desc(), of.id).limit(NEWEST)
        rows = list(connection.execute(every).all())
        if act.actor.organization is not None:
            theirs = Tree(connection).at_or_below(act.actor.organization)
            own = every.where(among_names(of.recipient, theirs, connection.dialect.name))
            found = {row.id: row for row in [*rows, *connection.execute(own)]}
            rows = sorted(found.values(), key=lambda row: (-row.written_at.timestamp(), row.id))
        waiting = _sent_unconfirmed(connection)
        awaiting = _awaiting(desk, connection, waiting, act.now)
        shown = {row.id: row for row in [*(one for one in waiting if one.id in awaiting), *rows]}
        programs = _programs(connection, list(shown))
        sees = _Sees(desk, connection, act.actor, {row.recipient for row in shown.values()})
        told = [
            Told(row.id, row.recipient, row.subject, row.state, row.written_at.astimezone(SHANGHAI), row.id in awaiting)
            for row in shown.values()
            if sees.refuses(row.recipient, programs[row.id]) is None
        ]
    return told[: len(awaiting) + NEWEST]


class _Sees:
    """Who may see messages to these recipients: whoever runs what one tells of, or is written to by it.

    Of each kind it is asked once.
    """

    def __init__(self, desk: Desk, connection: Connection, actor: Actor, recipients: Collection[str]) -> None:
        of = t.expert.c.name
        experts = select(of).where(among_names(of, recipients, connection.dialect.name))
        self._experts = frozenset(connection.execute(experts).scalars())
        self._desk, self._connection, self._actor = desk, connection, actor
        self._authority = Authority(connection, actor)
        self._authority.tree.learn(recipients)
        self._asked: dict[tuple[str, ...], Refusal | None] = {}

    def refuses(self, recipient: str, programs: Sequence[str]) -> Refusal | None:
        """Return why the actor may not see a message to somebody that tells of these programs."""
        about = (recipient, *programs)
        if about not in self._asked:
            # What tells of nothing any more is for those who handle messages.
            deed = Deed.ACKNOWLEDGE if programs else Deed.SETTLE_MESSAGE
            refusals = (self._authority.refuses(deed, self._matter(recipient, one)) for one in programs or (None,))
            self._asked[about] = next(filter(None, refusals), None)
        return self._asked[about]

    def _matter(self, recipient: str, program: str | None) -> Matter:
        office = self._desk.running(self._connection, program).program.office if program else None
        if recipient in self._experts:
            return Matter(program, office, expert=recipient, own=self._actor.name == recipient)
        return Matter(program, office, holder=recipient)


def awaited_from(desk: Desk, recipient: str, now: datetime) -> list[str]:
    """Return the ids of the letters that a recipient is still to confirm, the oldest first."""
    with desk.store.read() as connection:
        rows = [row for row in _sent_unconfirmed(connection) if row.recipient == recipient]
        awaiting = _awaiting(desk, connection, rows, now)
        return [row.id for row in rows if row.id in awaiting]


def _sent_unconfirmed(connection: Connection) -> Sequence[Row[Any]]:
    """Return the messages that were sent, tell an expert of an invitation, and were not confirmed, the oldest first."""
    of = t.message.c
    told = select(t.reminder.c.message_id).where(t.asks_for_a_receipt)
    query = select(t.message).where(of.state == "sent", of.received_at.is_(None), of.id.in_(told))
    newest_first = query.order_by(of.written_at.desc(), of.id.desc()).limit(MOST)
    return connection.execute(newest_first).all()[::-1]


def _awaiting(desk: Desk, connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> frozenset[str]:
    """Return which of these are yet to be confirmed, while what they are about is not over."""
    asked = [row.id for row in rows if row.state == "sent" and row.received_at is None]
    of = t.reminder.c
    told = connection.execute(select(t.reminder).where(of.message_id.in_(asked))).all() if asked else ()
    due = [one for one in told if needs_receipt(one)]
    standing = Judge(desk, connection, now).judge(due).standing if due else {}
    return frozenset(one.row.message_id for some in standing.values() for one in some)


def _programs(connection: Connection, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return the programs that each of these messages tells of, in the order of their ids."""
    of, found = t.reminder.c, defaultdict[str, list[str]](list)
    told = select(of.message_id, of.program_id).where(of.message_id.in_(ids)).distinct()
    for message, program in connection.execute(told.order_by(of.program_id)).tuples() if ids else ():
        found[message].append(program)
    return found


def _local(at: datetime | None) -> datetime | None:
    return at.astimezone(SHANGHAI) if at else None
