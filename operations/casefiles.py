"""Everything about one nomination on one page, as far as somebody may see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.engine import Connection

from notifications.owed import OwedKind
from operations.actors import Actor
from operations.desk import Desk, Running
from operations.finding import Found, found_in
from operations.lookup import Possible, possible_moves
from operations.move import part_of_more
from operations.overview import Event, each_event
from operations.paths import path_of
from operations.personal import Told, masked_details
from operations.policy import Deed
from operations.remind import letter_ahead
from operations.seeing import Seeing
from operations.verdicts import verdicts_on
from programs import Program, Words
from programs.materials import Material, Medium
from programs.model import Seats
from programs.stages import Screening, Tier
from programs.terms import Disqualification
from states import Move, Verdict
from store import events_of
from store import tables as t


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A material and, by medium, who received it and when; nothing for what is still to come."""

    material: Material
    received: tuple[tuple[Medium, str | None, datetime | None], ...]

    @property
    def complete(self) -> bool:
        """Whether nothing of it is missing."""
        return all(at is not None for _, _, at in self.received)


@dataclass(frozen=True, slots=True)
class Message:
    """Word that is owed about a nomination, or was sent. `letter` is its text, where the reader may see all of it."""

    recipient: str
    what: Words
    reason: str | None
    state: str
    at: datetime | None
    subject: str | None
    letter: str | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One nomination: where it stands, what can be done and what not, what was found, handed in, done and said."""

    found: Found
    version: int
    program: Program
    tier: Tier | None
    grades: tuple[Seats, ...]
    grounds: tuple[Disqualification, ...]
    facts: tuple[tuple[Words, str], ...]
    moves: tuple[Possible, ...]
    verdicts: tuple[Verdict, ...]
    materials: tuple[HandedIn, ...]
    details: tuple[Told, ...]
    history: tuple[Event, ...]
    messages: tuple[Message, ...]
    #: What the reader may do with it beside moving it, as it stands.
    deeds: frozenset[Deed]


def case_file(desk: Desk, number: str, actor: Actor, now: datetime) -> CaseFile:
    """Return what somebody may see of a nomination; raises `UnknownError` for one that is not there, or not theirs."""
    with desk.store.read() as connection:
        seeing = Seeing(desk, connection, actor, now)
        row = seeing.nomination(number)
        running = desk.running_for(connection, row)
        versions = desk.versions(connection, row.program_id)
        events = seeing.tellable(events_of(connection, row.program_id, nomination=number, newest_first=True), running)
        path = path_of(row)
        return CaseFile(
            found=found_in(desk, connection, row, now),
            version=row.version,
            program=running.program,
            tier=running.program.tier(row.stage),
            grades=running.program.seats_for(path),
            grounds=running.program.disqualifications,
            facts=tuple(_facts(running, row)),
            moves=tuple(map(_by_itself, possible_moves(desk, number, actor, now))),
            verdicts=verdicts_on(desk, connection, running, [row], now)[row.id],
            materials=tuple(_materials(connection, running, row)),
            details=tuple(masked_details(desk, number)),
            history=each_event(versions, events),
            messages=tuple(_messages(desk, connection, seeing, running, row, now)),
            deeds=frozenset(_deeds(seeing, running, row)),
        )


def _deeds(seeing: Seeing, running: Running, row: Row[Any]) -> Iterator[Deed]:
    standing = running.pipeline.standings[row.stage]
    is_screened = not standing.ended and isinstance(running.program.stage(standing.stage), Screening)
    fits = {Deed.RECEIVE: not standing.ended, Deed.JUDGE: is_screened, Deed.SEE_DETAILS: True}
    yield from (deed for deed, fit in fits.items() if fit and seeing.may(deed, running, row))


def _by_itself(possible: Possible) -> Possible:
    """Refuse a move that is made by a use case alone, as the move itself would."""
    use_case = possible.move.by_use_case
    return replace(possible, refusals=(part_of_more(possible.move, use_case),)) if use_case else possible


def _facts(running: Running, row: Row[Any]) -> list[tuple[Words, str]]:
    program = running.program
    named = {
        "category": {one.id: one.name for one in program.categories},
        "route": {one.id: one.name for one in program.routes},
        "grade": {one.id: one.award for one in program.seats},
    }
    found = [
        (Words("单位", "employer"), row.unit),
        (Words("推荐单位", "nominator"), row.nominator),
        (Words("类别", "category"), named["category"].get(row.category, "")),
        (Words("推荐渠道", "route"), named["route"].get(row.route, "")),
        (Words("奖项", "grade"), named["grade"].get(row.grade, "")),
    ]
    return [(what, said) for what, said in found if said]


def _materials(connection: Connection, running: Running, row: Row[Any]) -> list[HandedIn]:
    of = t.receipt.c
    kept = connection.execute(select(t.receipt).where(of.nomination_id == row.id))
    received = {(one.material, one.medium): one for one in kept}

    def in_medium(material: Material, medium: Medium) -> tuple[Medium, str | None, datetime | None]:
        one = received.get((material.id, medium.value))
        return (medium, one.receiver, one.received_at) if one else (medium, None, None)

    return [
        HandedIn(material, tuple(in_medium(material, medium) for medium in material.media))
        for material in running.program.materials_for(path_of(row))
    ]


def _messages(
    desk: Desk, connection: Connection, seeing: Seeing, running: Running, row: Row[Any], now: datetime
) -> Sequence[Message]:
    """Return the newest word about a nomination: what its own side is told, and whoever holds it."""
    of = t.reminder.c
    waiting = (of.stage == row.stage) & (of.recipient == row.holder) & (of.state != "moot")
    query = (
        select(t.reminder, t.message.c.subject, t.message.c.body, t.message.c.sent_at, t.message.c.state.label("sent"))
        .join(t.message, of.message_id == t.message.c.id, isouter=True)
        .where(of.program_id == row.program_id, or_(of.nomination == row.number, waiting))
        .order_by(of.id.desc())
        .limit(12)
    )
    found: list[Message] = []
    for one in connection.execute(query):
        # What is owed to one recipient goes out in one letter, which is told once.
        told = any(other.recipient == one.recipient and other.state == "owed" for other in found)
        found.append(_message(desk, connection, seeing, running, one, now, told=told))
    return found


def _message(  # noqa: PLR0913 - what a message is read from, each by name
    desk: Desk,
    connection: Connection,
    seeing: Seeing,
    running: Running,
    row: Row[Any],
    now: datetime,
    *,
    told: bool,
) -> Message:
    subject, letter = row.subject, row.body
    if row.state == "owed" and not told and seeing.covers(row.recipient, running):
        ahead = letter_ahead(desk, connection, row.recipient, max(now, row.send_at), row.program_id)
        subject, letter = (ahead.subject, ahead.body) if ahead else (None, None)
    elif not seeing.covers(row.recipient):
        subject = letter = None
    return Message(
        recipient=row.recipient,
        what=_what(row),
        reason=row.facts.get("reason") or None,
        state=row.sent or row.state,
        at=row.sent_at or (row.send_at if row.state == "owed" else None),
        subject=subject,
        letter=letter,
    )


def _what(row: Row[Any]) -> Words:
    """Return what a message tells: what became of the nomination, kept in Chinese as letters are, or its kind."""
    kind, said = OwedKind(row.kind).label, row.facts.get("move")
    if not said:
        return kind
    return next((move.label for move in Move if move.label.zh == said), Words(said, kind.en))
