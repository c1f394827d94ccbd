"""The outbox: messages claimed to be delivered, what became of each, and those that were parked."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, exists, false, insert, or_, select, update
from sqlalchemy.engine import Connection

from deadlines.zone import shanghai_day
from notifications.channels import DeliveryFailed
from notifications.hours import is_working_instant, next_working_instant
from notifications.letters import Letter
from notifications.retries import NOTHING_TRIED, Tried, failed_at, next_try
from operations.addresses import NOWHERE, Route, routes
from operations.desk import Desk
from operations.digests import Judge
from store import tables as t

#: Messages that are claimed in one transaction.
BATCH = 50


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this process alone delivers `until` its lease is over, by one `route` of its recipient's.

    `failures` so far, in all and, as `tried`, at each of the `addresses`. It is `unsure` where somebody may have taken
    it before it was claimed.
    """

    letter: Letter
    route: Route
    addresses: Sequence[Route]
    until: datetime
    urgent: bool
    failures: int = 0
    tried: Tried = field(default_factory=lambda: NOTHING_TRIED)
    unsure: bool = False


class Delivered(NamedTuple):
    """A message that a channel has taken, with what its server answered; or why it has not."""

    message: Claimed
    failure: DeliveryFailed | None = None
    answer: str | None = None


@dataclass
class Taken:
    """Messages that were claimed; how many reminders were found moot, and how many wait for the morning's digest."""

    claimed: list[Claimed] = field(default_factory=list)
    moot: int = 0
    held: int = 0


def claim(
    desk: Desk, now: datetime, *, lease: timedelta, program_id: str | None, without: Collection[str] = ()
) -> Taken | None:
    """Take messages that wait, for so long that nobody else delivers them meanwhile; nothing when nothing waits.

    Of a program of `without` nothing is told: messages that tell of such ones alone wait on, others tell the rest, and
    what is left out of them is owed again.

    Each was written before, so it is judged again, and written again by what stands now. At night only urgent ones are
    taken; one that is no longer waits for the opening.
    """
    of = t.message.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        ids = (
            connection.execute(waiting(desk, now, program_id, without).limit(BATCH).with_for_update(skip_locked=True))
            .scalars()
            .all()
        )
        if not ids:
            return None
        rows = connection.execute(select(t.message).where(of.id.in_(ids)).order_by(of.next_attempt_at, of.id)).all()
        # While somebody delivers it, nothing is known of the attempt; nor after, where they have died of it.
        connection.execute(update(t.message).where(of.id.in_(ids)).values(next_attempt_at=now + lease, problem=None))
        return _judged_again(desk, connection, rows, now, now + lease, without)


def waiting(desk: Desk, now: datetime, program_id: str | None, without: Collection[str] = ()) -> Select[tuple[str]]:
    """Ask for the ids of the messages that can be delivered now, the longest due first.

    Those that tell only of programs of `without` are left out.
    """
    of = t.message.c
    query = select(of.id).where(t.is_waiting, of.next_attempt_at <= now)
    if not is_working_instant(desk.calendar, now):
        query = query.where(of.day.is_(None))
    if program_id is not None:
        query = query.where(of.id.in_(messages_of(program_id)))
    if without:
        told = t.reminder.c
        tells, left_out = told.message_id == of.id, sorted(without)
        query = query.where(
            exists().where(tells, told.program_id.not_in(left_out))
            | ~exists().where(tells, told.program_id.in_(left_out))
        )
    return query.order_by(of.next_attempt_at, of.id)


def messages_of(program_id: str) -> Select[tuple[str]]:
    """Ask for the ids of the messages that tell something of a program."""
    of = t.reminder.c
    return select(of.message_id).where(of.program_id == program_id, of.message_id.is_not(None))


def waiting_letters(desk: Desk, connection: Connection, now: datetime, without: Collection[str] = ()) -> list[Letter]:
    """Return the messages that `claim` would take now, as they were written."""
    of = t.message.c
    rows = connection.execute(
        select(t.message).where(of.id.in_(waiting(desk, now, None, without))).order_by(of.next_attempt_at, of.id)
    ).all()
    where = routes(desk, connection, {row.recipient for row in rows})
    return [_letter_of(row, route_now(where.get(row.recipient, NOWHERE), row.tried)) for row in rows]


def route_now(ways: Sequence[Route], tried: Tried | None = None) -> Route:
    """Return the route that a message takes now; the first again where all have been given up, as addresses change."""
    found = next_try([one.key for one in ways], tried or NOTHING_TRIED)
    return next((one for one in ways if found and one.key == found.address), ways[0])


def note(desk: Desk, delivered: Sequence[Delivered], now: datetime, beginning: Sequence[Claimed] = ()) -> list[bool]:
    """Note what became of messages, with the log of it; returns of each whether it is over: sent, or parked.

    Of those that are `beginning` somebody may have taken each from now on, whatever becomes of this process.
    A message of a day's digest is tried again within working hours, an urgent one at any hour.
    """
    sent = [one for one in delivered if one.failure is None]
    failed = [(one.message, one.failure) for one in delivered if one.failure]
    # A power cut may lose that they were taken, or begun, and they come once more.
    with desk.store.write(brief=not failed) as transaction:
        connection = transaction.connection
        if beginning:
            connection.execute(_BEGUN, [{"message": one.letter.message_id} for one in beginning])
        if sent:
            connection.execute(_SENT, [{"message": one.message.letter.message_id, "at": now} for one in sent])
        again = _note_failures(desk, connection, failed, now) if failed else {}
        if delivered:
            connection.execute(_LOGGED, [_logged(one, now) for one in delivered])
    return [again.get(one.message.letter.message_id) is None for one in delivered]


def _note_failures(
    desk: Desk, connection: Connection, failed: Sequence[tuple[Claimed, DeliveryFailed]], now: datetime
) -> Mapping[str, datetime | None]:
    """Note why messages were not taken; returns when each is tried again, none where it is parked."""
    of, again, values = t.message.c, {}, []
    until = {one.letter.message_id: one.until for one, _ in failed}
    held = connection.execute(
        select(of.id, of.state, of.next_attempt_at).where(of.id.in_(until)).order_by(of.id).with_for_update()
    ).all()
    # Whoever has claimed one since, after this one's lease, says what becomes of it: it may have been delivered.
    theirs = {row.id for row in held if row.state != "waiting" or row.next_attempt_at != until[row.id]}
    for one, failure in failed:
        name = one.letter.message_id
        tried = failed_at(one.tried, one.route.key, permanent=failure.permanent)
        found = next_try([way.key for way in one.addresses], tried)
        at = now + max(found.after, _asked_wait(one, failure, found.address)) if found else None
        again[name] = next_working_instant(desk.calendar, at) if at and not one.urgent else at
        if name in theirs:
            again[name] = until[name]
            continue
        values.append(
            {
                "message": name,
                "failures": one.failures + 1,
                "why": failure.words.zh,
                "now_is": "waiting" if at else "parked",
                "again_at": again[name],
                "tried_at": dict(tried),
                "is_unsure": one.unsure or failure.unsure,
            }
        )
    if values:
        connection.execute(_FAILED, values)
    return again


def _asked_wait(one: Claimed, failure: DeliveryFailed, key: str) -> timedelta:
    """Return for how long the server behind an address asks not to be asked again, as it has just said."""
    by = next(way.by for way in one.addresses if way.key == key)
    return failure.wait if by is one.route.by else timedelta()


def _logged(one: Delivered, now: datetime) -> dict[str, Any]:
    """Return the line of the log about one try."""
    letter, failure = one.message.letter, one.failure
    outcome = "accepted"
    if failure:
        outcome = "unsure" if failure.unsure else "refused" if failure.permanent else "failed"
    return {
        "message_id": letter.message_id,
        "channel": letter.by.value,
        "address": one.message.route.shown,
        "tried_at": now,
        "outcome": outcome,
        "answer": failure.answer if failure else one.answer,
        "text": sha256(letter.body.encode()).hexdigest(),
    }


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
    .values(state="sent", sent_at=bindparam("at"), problem=None, next_attempt_at=None, unsure=False)
)
_BEGUN = update(t.message).where(t.message.c.id == bindparam("message")).values(unsure=True)
_LOGGED = insert(t.delivery)
_FAILED = (
    update(t.message)
    .where(t.message.c.id == bindparam("message"))
    .values(
        attempts=bindparam("failures"),
        problem=bindparam("why"),
        state=bindparam("now_is"),
        next_attempt_at=bindparam("again_at"),
        tried=bindparam("tried_at"),
        unsure=bindparam("is_unsure"),
    )
)


def _judged_again(
    desk: Desk,
    connection: Connection,
    rows: Sequence[Row[Any]],
    now: datetime,
    lease_until: datetime,
    without: Collection[str],
) -> Taken:
    """Write messages again by what stands now, under their ids; what they tell of programs of `without` is owed again.

    Taken, until `lease_until`, are those to be sent now: not those of which nothing stands any more, nor what was
    urgent once and can wait for the morning. That goes into the morning's digest; it stays a letter of its own, under
    its id, where nobody knows whether it was delivered already.
    """
    of = t.reminder.c
    taken = Taken()
    judge = Judge(desk, connection, now, signed=True)
    told: dict[str, list[Row[Any]]] = defaultdict(list)
    left: list[int] = []
    for one in connection.execute(select(t.reminder).where(of.message_id.in_([row.id for row in rows]))):
        if one.program_id in without:
            left.append(one.id)
        else:
            told[one.message_id].append(one)
    where = routes(desk, connection, {row.recipient for row in rows})
    dropped: list[int] = []
    gone: list[dict[str, Any]] = []
    held: list[dict[str, Any]] = []
    undone: list[dict[str, Any]] = []
    opening = next_working_instant(desk.calendar, now)
    written: list[dict[str, Any]] = []
    for row in rows:
        judgement = judge.judge(told[row.id])
        dropped += judgement.moot
        said = judgement.standing.get(row.recipient)
        if not said:
            gone.append({"message": row.id})
            continue
        urgent = any(one.item and one.item.urgent for one in said)
        waits = not urgent and opening != now
        if waits and not row.unsure:
            undone.append({"message": row.id})
            held += [{"reminder": one.row.id, "opening": opening} for one in said]
            continue
        ways = where.get(row.recipient, NOWHERE)
        route = route_now(ways, row.tried)
        letter = judge.letter(row.recipient, said, route, message_id=row.id)
        if not waits:
            taken.claimed.append(
                Claimed(letter, route, ways, lease_until, urgent, row.attempts, row.tried or NOTHING_TRIED, row.unsure)
            )
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
    set_states(connection, left, "owed")
    for statement, some in ((_REWRITTEN, written), (_HELD, held), (_GONE, gone), (_UNDONE, undone)):
        if some:
            connection.execute(statement, some)
    taken.moot, taken.held = len(dropped), len(held)
    return taken


_HELD = (
    update(t.reminder)
    .where(t.reminder.c.id == bindparam("reminder"))
    .values(state="owed", message_id=None, held="hours", send_at=bindparam("opening"))
)


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
#: What nobody has taken, and what it tells goes in another: nothing is left of it.
_UNDONE = delete(t.message).where(t.message.c.id == bindparam("message"))
_GONE = update(t.message).where(t.message.c.id == bindparam("message")).values(state="moot", next_attempt_at=None)


def digest_today(recipients: Sequence[str], now: datetime) -> Select[tuple[str]]:
    """Ask which of these have today's digest already, or one that is yet to be delivered, of whatever program."""
    of = t.message.c
    had: ColumnElement[bool] = or_(of.day == shanghai_day(now), (of.state == "waiting") & of.day.is_not(None))
    some = of.recipient.in_(recipients) if recipients else false()
    return select(of.recipient).where(some, had, of.state != "moot").distinct()


def _letter_of(row: Row[Any], route: Route) -> Letter:
    return Letter(
        message_id=row.id,
        recipient=row.recipient,
        address=route.value,
        by=route.by,
        subject=row.subject,
        body=row.body,
        written_at=row.written_at,
    )
