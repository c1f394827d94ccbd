"""Delivering what is owed: reminders gathered into one message for each recipient, sent, retried, or parked.

Gathering and sending are two transactions with the delivery between them. A process killed after the delivery sends
the same message again under the same Message-ID; one killed before it sends it once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, insert, select, update
from sqlalchemy.engine import Connection

from deadlines.zone import last_day_before, shanghai_day
from notifications.channels import Channel, DeliveryFailed
from notifications.hours import next_working_instant, working_days_left
from notifications.letters import Item, Letter, Nominated, compose
from notifications.owed import OwedKind
from notifications.retries import next_attempt
from notifications.tasks import task_at
from operations.desk import Desk, Running
from store import tables as t

#: Recipients whose reminders are gathered in one transaction.
_RECIPIENTS = 200


#: What an expert who is invited is asked to do.
_INVITED = "确认能否参加评审；与申报人、其单位或推荐单位有利害关系的，请一并申报"


@dataclass
class Delivery:
    """What one round did: reminders gathered, those that had become moot, messages sent, put off, and parked."""

    gathered: int = 0
    moot: int = 0
    sent: int = 0
    put_off: int = 0
    parked: int = 0


def remind(desk: Desk, channel: Channel, now: datetime, *, program_id: str | None = None) -> Delivery:
    """Gather every reminder whose time has come, and deliver every message that waits; of one program, or of all."""
    done = Delivery()
    while _gather(desk, now, program_id, done):
        pass
    with desk.store.read() as connection:
        waiting = connection.execute(_waiting_messages(now, program_id)).scalars().all()
    with channel:
        for message_id in waiting:
            _deliver(desk, channel, message_id, now, done)
    return done


def pending(desk: Desk, now: datetime) -> list[Letter]:
    """Return the messages that `remind` would send at `now`, without gathering or sending any."""
    with desk.store.read() as connection:
        recipients = connection.execute(_due_recipients(now, None)).scalars().all()
        composed = (_compose(desk, connection, recipient, now, None, gather=False) for recipient in recipients)
        waiting = connection.execute(_waiting_messages(now, None)).scalars().all()
        return [
            *(letter for letter, _said, _moot in composed if letter),
            *(_letter_of(connection, message_id) for message_id in waiting),
        ]


def letter_ahead(desk: Desk, connection: Connection, recipient: str, at: datetime, program_id: str) -> Letter | None:
    """Return the letter of what is owed to a recipient now, as it would go out at an instant; none if nothing is."""
    letter, _said, _moot = _compose(desk, connection, recipient, at, program_id, gather=False)
    return letter


def next_delivery(connection: Connection, program_id: str) -> datetime | None:
    """Return the first instant at which something of a program is to be gathered or sent; none when all is done."""
    owed = connection.execute(
        select(func.min(t.reminder.c.send_at)).where(
            t.reminder.c.state == "owed", t.reminder.c.program_id == program_id
        )
    ).scalar()
    waiting = connection.execute(
        select(func.min(t.message.c.next_attempt_at)).where(
            t.message.c.state == "waiting", t.message.c.id.in_(_messages_of(program_id))
        )
    ).scalar()
    return min((instant for instant in (owed, waiting) if instant is not None), default=None)


def _gather(desk: Desk, now: datetime, program_id: str | None, done: Delivery) -> bool:
    """Write one message for each of some recipients; returns whether there were any."""
    with desk.store.write() as transaction:
        connection = transaction.connection
        recipients = connection.execute(_due_recipients(now, program_id).limit(_RECIPIENTS)).scalars().all()
        for recipient in recipients:
            letter, said, moot = _compose(desk, connection, recipient, now, program_id, gather=True)
            _set_state(connection, moot, "moot")
            done.moot += len(moot)
            if letter:
                connection.execute(
                    insert(t.message).values(
                        id=letter.message_id,
                        recipient=recipient,
                        subject=letter.subject,
                        body=letter.body,
                        next_attempt_at=now,
                        written_at=now,
                    )
                )
                _set_state(connection, said, "gathered", letter.message_id)
                done.gathered += len(said)
        return bool(recipients)


def _compose(
    desk: Desk, connection: Connection, recipient: str, now: datetime, program_id: str | None, *, gather: bool
) -> tuple[Letter | None, list[int], list[int]]:
    """Return the letter that is owed to a recipient, the reminders it tells, and those that have become moot.

    To `gather` them they are locked, so that nobody else gathers them too.
    """
    query = (
        select(t.reminder)
        .where(*_owed(now, program_id), t.reminder.c.recipient == recipient)
        .order_by(t.reminder.c.key)
    )
    rows = connection.execute(query.with_for_update() if gather else query).all()
    items: list[Item] = []
    said: list[Row[Any]] = []
    for row in rows:
        running = desk.holding(connection, row.program_id, row.stage)
        nominations = _concerned(connection, row)
        stands = _still_invited(connection, row) if row.kind == OwedKind.INVITATION else bool(nominations)
        # A ladder's later rung, or the word of an arrival, says no more than the rung that is told already.
        if stands and not any(_same_matter(row, other) for other in said):
            items.append(_item(running, row, nominations, now))
        if stands:
            said.append(row)
    told = {row.id for row in said}
    moot = [row.id for row in rows if row.id not in told]
    if not items:
        return None, [], moot
    office = desk.running(connection, said[0].program_id).program.office
    letter = compose(
        recipient,
        items,
        address=_address(connection, recipient),
        sender=office,
        key="|".join(sorted(row.key for row in said)),
        now=now,
    )
    return letter, [row.id for row in said], moot


def _concerned(connection: Connection, row: Row[Any]) -> tuple[Nominated, ...]:
    """Return the nominations that a reminder is about now; none makes it moot, but for invitations, which name none."""
    if row.kind == OwedKind.INVITATION:
        return ()
    query = select(t.nomination.c.number, t.nomination.c.nominee).order_by(t.nomination.c.number)
    if row.kind == OwedKind.NOTICE:
        query = query.where(t.nomination.c.number == row.nomination)
    else:
        query = query.where(
            t.nomination.c.program_id == row.program_id,
            t.nomination.c.stage == row.stage,
            t.nomination.c.holder == row.recipient,
        )
    if row.kind == OwedKind.DEADLINE:
        # An extended deadline owes a ladder of its own.
        of = t.objection.c
        # So has an objection that is looked into, which does not move its nominee on in time.
        looked_into = of.outcome.is_(None) & (of.due_at == row.due_at) & (of.nomination_id == t.nomination.c.id)
        query = query.where((t.nomination.c.due_at == row.due_at) | exists().where(looked_into))
    return tuple(Nominated(number, nominee) for number, nominee in connection.execute(query))


def _still_invited(connection: Connection, row: Row[Any]) -> bool:
    """Whether an invitation still waits for an answer, to a panel that has not been drawn again since."""
    of = t.panel_seat.c
    waiting = (
        select(of.expert_id)
        .join_from(t.panel_seat, t.panel)
        .join(t.expert, t.expert.c.id == of.expert_id)
        .where(
            t.panel.c.id == int(row.facts["panel"]),
            t.panel.c.voided_at.is_(None),
            t.expert.c.name == row.recipient,
            of.state == "invited",
        )
    )
    return connection.execute(waiting).first() is not None


def _same_matter(row: Row[Any], other: Row[Any]) -> bool:
    return row.kind == other.kind != OwedKind.NOTICE and (row.program_id, row.stage, row.due_at) == (
        other.program_id,
        other.stage,
        other.due_at,
    )


def _item(running: Running, row: Row[Any], nominations: tuple[Nominated, ...], now: datetime) -> Item:
    program, standing = running.program, running.pipeline.standings[row.stage]
    kind = OwedKind(row.kind)
    due: datetime | None = row.due_at
    return Item(
        kind=kind,
        award=f"{program.award}（{program.edition}）",
        stage=standing.name.zh,
        nominations=nominations,
        task=_INVITED
        if kind is OwedKind.INVITATION
        else None
        if kind is OwedKind.NOTICE
        else task_at(program, row.stage),
        due=due,
        working_days_left=working_days_left(running.calendar, now, due) if due else None,
        provisional=due is not None and running.may_change(shanghai_day(now), last_day_before(due)),
        where=standing.office,
        outcome=row.facts.get("move"),
        reason=row.facts.get("reason") or None,
    )


def _deliver(desk: Desk, channel: Channel, message_id: str, now: datetime, done: Delivery) -> None:
    with desk.store.read() as connection:
        letter = _letter_of(connection, message_id)
    try:
        channel.deliver(letter)
    except DeliveryFailed as failure:
        _note_failure(desk, message_id, failure, now, done)
        return
    with desk.store.write() as transaction:
        transaction.connection.execute(
            update(t.message).where(t.message.c.id == message_id).values(state="sent", sent_at=now, problem=None)
        )
    done.sent += 1


def _note_failure(desk: Desk, message_id: str, failure: DeliveryFailed, now: datetime, done: Delivery) -> None:
    with desk.store.write() as transaction:
        connection = transaction.connection
        attempts = 1 + connection.execute(select(t.message.c.attempts).where(t.message.c.id == message_id)).scalar_one()
        again = None if failure.permanent else next_attempt(attempts, now)
        connection.execute(
            update(t.message)
            .where(t.message.c.id == message_id)
            .values(
                attempts=attempts,
                problem=failure.words.zh,
                state="waiting" if again else "parked",
                next_attempt_at=next_working_instant(desk.calendar, again) if again else None,
            )
        )
    if again:
        done.put_off += 1
    else:
        done.parked += 1


def _owed(now: datetime, program_id: str | None) -> list[ColumnElement[bool]]:
    due = [t.reminder.c.state == "owed", t.reminder.c.send_at <= now]
    return due if program_id is None else [*due, t.reminder.c.program_id == program_id]


def _due_recipients(now: datetime, program_id: str | None) -> Select[tuple[str]]:
    return select(t.reminder.c.recipient).where(*_owed(now, program_id)).distinct().order_by(t.reminder.c.recipient)


def _waiting_messages(now: datetime, program_id: str | None) -> Select[tuple[str]]:
    query = (
        select(t.message.c.id)
        .where(t.message.c.state == "waiting", t.message.c.next_attempt_at <= now)
        .order_by(t.message.c.next_attempt_at, t.message.c.id)
    )
    return query if program_id is None else query.where(t.message.c.id.in_(_messages_of(program_id)))


def _messages_of(program_id: str) -> Select[tuple[str]]:
    return select(t.reminder.c.message_id).where(
        t.reminder.c.program_id == program_id, t.reminder.c.message_id.is_not(None)
    )


def _letter_of(connection: Connection, message_id: str) -> Letter:
    row = connection.execute(select(t.message).where(t.message.c.id == message_id)).one()
    return Letter(
        message_id=row.id,
        recipient=row.recipient,
        address=_address(connection, row.recipient),
        subject=row.subject,
        body=row.body,
        written_at=row.written_at,
    )


def _address(connection: Connection, recipient: str) -> str | None:
    """Return where somebody is written to: an organization's address, or that of an expert of the pool."""
    office = connection.execute(select(t.organization.c.mail).where(t.organization.c.name == recipient)).scalar()
    return office or connection.execute(select(t.expert.c.mail).where(t.expert.c.name == recipient)).scalar()


def _set_state(connection: Connection, reminders: list[int], state: str, message_id: str | None = None) -> None:
    if reminders:
        connection.execute(
            update(t.reminder).where(t.reminder.c.id.in_(reminders)).values(state=state, message_id=message_id)
        )
