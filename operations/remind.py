"""Delivering what is owed: reminders gathered into one message for each recipient, sent, retried, or parked.

Gathering, which claims what it gathers, claiming and noting are transactions, with the delivery between them. Whoever
delivers a message has claimed it for a while, so two at once never deliver the same one. A process that is killed
before a channel has taken a message leaves it to be delivered once, by whoever claims it when the claim is over; one
killed between that and its note leaves a message that is delivered once more, under the same Message-ID: one for each
connection at most, since none takes the next before the last was noted.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from deadlines.calendar import WorkCalendar
from deadlines.zone import ONE_DAY, shanghai_day
from notifications.channels import Channel
from notifications.hours import next_working_instant, opening_after
from notifications.letters import Letter
from operations.addresses import NOWHERE, Route, routes
from operations.damaged import whole_versions
from operations.delivering import Post
from operations.desk import Desk
from operations.digests import Judge, Judged, told_together
from operations.following import follow_ups
from operations.outbox import (
    Claimed,
    claim,
    digest_today,
    messages_of,
    note,
    route_now,
    set_states,
    waiting,
    waiting_letters,
)
from operations.owing import write_owed
from operations.rungs import owe_rungs
from operations.ticking import always
from operations.tree import Tree
from store import among, hold
from store import tables as t

#: Recipients whose reminders are gathered in one transaction.
RECIPIENTS = 200
#: How long a claim holds. The flow that delivers runs as often.
LEASE = timedelta(minutes=15)
#: What the slowest delivery takes, however many of its steps wait for the server as long as they may.
_SLOWEST = timedelta(minutes=5)

#: Only one gathers at a time: two would write two digests for one recipient.
_GATHERING = ("outbox",)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one message: sent, put-off, parked or moot, with the reason in Chinese."""

    message: str
    recipient: str
    subject: str
    became: str
    problem: str | None = None


@dataclass
class Delivery:
    """What one round did: reminders gathered, held back for later, and moot; messages sent, put off, and parked."""

    gathered: int = 0
    held: int = 0
    moot: int = 0
    sent: int = 0
    put_off: int = 0
    parked: int = 0
    told: list[Told] = field(default_factory=list, compare=False)

    def tell(self, letter: Letter, became: str, problem: str | None = None) -> None:
        """Keep what became of a message."""
        self.told.append(Told(letter.message_id, letter.recipient, letter.subject, became, problem))


def remind(  # noqa: PLR0913 - what a round is bounded by, each by name
    desk: Desk,
    channel: Channel,
    now: datetime,
    *,
    program_id: str | None = None,
    clock: Callable[[], datetime] | None = None,
    lease: timedelta = LEASE,
    has_time: Callable[[], bool] = always,
) -> Delivery:
    """Gather every reminder whose time has come, and deliver every message that waits; of one program, or of all.

    `clock` goes on from `now` while messages are delivered: each batch is gathered and claimed by what it shows then.
    Without one, time stands still. A claim holds for `lease`. No message is begun once there is no time.
    """
    clock = clock or (lambda: now)
    done = Delivery()
    owe_rungs(desk, now, program_id)
    damaged = _damaged(desk, now, program_id)
    with Post(channel) as post:
        while has_time():
            claimed_at = clock()
            gathered = _gather(desk, claimed_at, lease, program_id, done, damaged)
            if gathered is None:
                break
            _deliver(desk, post, gathered, _until(claimed_at, lease, clock, has_time), clock, done)
        while has_time():
            claimed_at = clock()
            taken = claim(desk, claimed_at, lease=lease, program_id=program_id, without=damaged)
            if taken is None:
                break
            done.moot += taken.moot
            done.held += taken.held
            _deliver(desk, post, taken.claimed, _until(claimed_at, lease, clock, has_time), clock, done)
    return done


def _damaged(desk: Desk, now: datetime, program_id: str | None) -> frozenset[str]:
    """Return the programs of which something is to be told now and nothing can be: sweeps tell that they are damaged.

    What they owe waits until they are whole again; nobody else's letters wait for that.
    """
    of = t.reminder.c
    told = of.message_id.in_(select(waiting(desk, now, program_id).subquery().c.id))
    with desk.store.read() as connection:
        found: set[str] = set()
        for those in (and_(*_owed(now, program_id)), told):
            found.update(connection.execute(select(of.program_id).where(those).distinct()).scalars())
        return frozenset(one for one in found if not whole_versions(desk, connection, one))


def _until(
    claimed_at: datetime, lease: timedelta, clock: Callable[[], datetime], has_time: Callable[[], bool]
) -> Callable[[], bool]:
    """Return what says whether there is time left to deliver: what a slow server has left none for is claimed anew."""
    return lambda: has_time() and clock() - claimed_at <= max(lease - _SLOWEST, timedelta(0))


def _deliver(
    desk: Desk,
    post: Post,
    claimed: Sequence[Claimed],
    has_time: Callable[[], bool],
    clock: Callable[[], datetime],
    done: Delivery,
) -> None:
    for delivered, beginning in post.deliver(claimed, has_time):
        noted = note(desk, delivered, clock(), beginning)
        for (one, failure, _), is_over in zip(delivered, noted, strict=True):
            if failure is None:
                done.sent += 1
                done.tell(one.letter, "sent")
            elif is_over:
                done.parked += 1
                done.tell(one.letter, "parked", failure.words.zh)
            else:
                done.put_off += 1
                done.tell(one.letter, "put-off", failure.words.zh)


def pending(desk: Desk, now: datetime) -> list[Letter]:
    """Return the messages that `remind` would send at `now`, without gathering or sending any."""
    with desk.store.read() as connection:
        damaged = _damaged(desk, now, None)
        recipients = connection.execute(_due_recipients(now, None, damaged)).scalars().all()
        batch = _judged(desk, connection, recipients, now, None, damaged)
        return [*(letter for letter, _, _ in batch.letters), *waiting_letters(desk, connection, now, damaged)]


def letter_ahead(desk: Desk, connection: Connection, recipient: str, at: datetime, program_id: str) -> Letter | None:
    """Return the letter of what is owed to a recipient now, as it would go out at an instant; none if nothing is."""
    query = select(t.reminder).where(*_owed(at, program_id), t.reminder.c.recipient == recipient)
    judge = Judge(desk, connection, at)
    said = judge.judge(connection.execute(query).all()).standing.get(recipient)
    ways = routes(desk, connection, [recipient]).get(recipient, NOWHERE)
    return judge.letter(recipient, said, route_now(ways)) if said else None


def next_delivery(connection: Connection, program_id: str) -> datetime | None:
    """Return the first instant at which something of a program is to be gathered or sent; none when all is done."""
    owed = connection.execute(
        select(func.min(t.reminder.c.send_at)).where(
            t.reminder.c.state == "owed", t.reminder.c.program_id == program_id
        )
    ).scalar()
    again = connection.execute(
        select(func.min(t.message.c.next_attempt_at)).where(
            t.message.c.state == "waiting", t.message.c.id.in_(messages_of(program_id))
        )
    ).scalar()
    return min((instant for instant in (owed, again) if instant is not None), default=None)


@dataclass
class _Batch:
    """What some recipients are owed: letters, what each tells, the day whose digest it is; what waits, and why.

    `routes` are those of its recipients.
    """

    letters: list[tuple[Letter, list[Judged], date | None]] = field(default_factory=list)
    routes: Mapping[str, Sequence[Route]] = field(default_factory=dict)
    moot: list[int] = field(default_factory=list)
    held: dict[tuple[datetime, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def claimed(self, letter: Letter, until: datetime, *, urgent: bool) -> Claimed:
        """Return a letter of these as one that was claimed as it was written."""
        ways = self.routes.get(letter.recipient, NOWHERE)
        return Claimed(letter, route_now(ways), ways, until, urgent)


def _gather(
    desk: Desk, now: datetime, lease: timedelta, program_id: str | None, done: Delivery, damaged: Collection[str]
) -> list[Claimed] | None:
    """Write one message for each of some recipients, and claim it; returns them, or none where nobody is owed any."""
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [_GATHERING])
        due = _due_recipients(now, program_id, damaged).limit(RECIPIENTS)
        recipients = connection.execute(due).scalars().all()
        if not recipients:
            return None
        batch = _judged(desk, connection, recipients, now, program_id, damaged, to_send=True)
        set_states(connection, batch.moot, "moot")
        for (send_at, why), ids in batch.held.items():
            connection.execute(update(t.reminder).where(among(t.reminder.c.id, ids)).values(send_at=send_at, held=why))
        if batch.letters:
            connection.execute(
                insert(t.message), [_message(letter, day, now, now + lease) for letter, _, day in batch.letters]
            )
            said = [
                {"reminder": one.row.id, "message": letter.message_id}
                for letter, said, _ in batch.letters
                for one in said
            ]
            connection.execute(_GATHERED, said)
            done.gathered += len(said)
            told = (one for _, some, _ in batch.letters for one in some)
            write_owed(connection, follow_ups(told, Tree(connection), now))
        done.moot += len(batch.moot)
        done.held += sum(len(ids) for ids in batch.held.values())
        return [batch.claimed(letter, now + lease, urgent=day is None) for letter, _, day in batch.letters]


_GATHERED = (
    update(t.reminder)
    .where(t.reminder.c.id == bindparam("reminder"))
    .values(state="gathered", message_id=bindparam("message"))
)


def _message(letter: Letter, day: date | None, now: datetime, lease_until: datetime) -> dict[str, Any]:
    return {
        "id": letter.message_id,
        "recipient": letter.recipient,
        "subject": letter.subject,
        "body": letter.body,
        "next_attempt_at": lease_until,
        "written_at": now,
        "day": day,
    }


def _judged(  # noqa: PLR0913 - whose reminders, of which programs, as of when
    desk: Desk,
    connection: Connection,
    recipients: Sequence[str],
    now: datetime,
    program_id: str | None,
    damaged: Collection[str],
    *,
    to_send: bool = False,
) -> _Batch:
    """Judge what these recipients are owed. To be sent it is locked, so that no schedule moves it meanwhile."""
    batch = _Batch()
    query = select(t.reminder).where(*_owed(now, program_id, damaged), t.reminder.c.recipient.in_(recipients))
    query = query.order_by(t.reminder.c.recipient, t.reminder.c.key)
    rows: Sequence[Row[Any]] = connection.execute(query.with_for_update() if to_send else query).all()
    judge = Judge(desk, connection, now, signed=to_send)
    judgement = judge.judge(rows)
    batch.moot = judgement.moot
    had = set(connection.execute(digest_today(recipients, now)).scalars())
    batch.routes = routes(desk, connection, judgement.standing)
    for recipient, said in judgement.standing.items():
        urgent = {told_together(one.row) for one in said if one.item and one.item.urgent}
        apart = [one for one in said if told_together(one.row) in urgent] if urgent else []
        plain: list[Judged] = []
        for one in said:
            if urgent and told_together(one.row) in urgent:
                continue
            later = _held(one.running.calendar, now, had_digest=recipient in had)
            if later:
                batch.held[later].append(one.row.id)
            else:
                plain.append(one)
        for some, day in ((apart, None), (plain, shanghai_day(now))):
            if any(one.item for one in some):
                route = route_now(batch.routes.get(recipient, NOWHERE))
                batch.letters.append((judge.letter(recipient, some, route), some, day))
    return batch


def _held(calendar: WorkCalendar, now: datetime, *, had_digest: bool) -> tuple[datetime, str] | None:
    """Return until when what is not urgent waits, and why; none where it goes out now."""
    opening = next_working_instant(calendar, now)
    if opening > now:
        return opening, "hours"
    if had_digest:
        return opening_after(calendar, shanghai_day(now) + ONE_DAY), "digest"
    return None


def _owed(now: datetime, program_id: str | None, without: Collection[str] = ()) -> list[ColumnElement[bool]]:
    due = [t.reminder.c.state == "owed", t.reminder.c.send_at <= now]
    if program_id is not None:
        due.append(t.reminder.c.program_id == program_id)
    return [*due, t.reminder.c.program_id.not_in(sorted(without))] if without else due


def _due_recipients(now: datetime, program_id: str | None, without: Collection[str]) -> Select[tuple[str]]:
    of = t.reminder.c
    return select(of.recipient).where(*_owed(now, program_id, without)).distinct().order_by(of.recipient)
