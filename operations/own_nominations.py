"""What a nominee is shown of their own nomination: where it stands, what is asked of them, why it was returned.

It is a part of what those who act see, by the same policy. Nobody else is named in it: not who evaluates, nor who
acted, nor any other nominee.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from operations.actors import Actor, Role
from operations.casefiles import CaseFile, HandedIn, Wanted, case_file
from operations.desk import Desk
from operations.finding import Found, found_in
from operations.overview import Event
from operations.policy import Deed
from operations.results import UnknownError
from operations.seeing import Seeing
from programs import Program, Words
from programs.stages import Tier
from states import Move
from store import tables as t

#: Moves whose reasons are told to whom they are about. Those of an objection are the office's and the objector's.
_TOLD: Final = frozenset({Move.RETURN, Move.REJECT, Move.ELIMINATE, Move.WITHDRAW, Move.DISQUALIFY, Move.REVOKE})


@dataclass(frozen=True, slots=True)
class Step:
    """Something that became of it: when, what, where it led, and why, where that is theirs to know."""

    at: datetime
    what: Words
    place: Words | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A letter about it: to whom, what, when, whether it has gone out; its text where it is about nothing else."""

    recipient: str
    what: Words
    at: datetime | None
    sent: bool
    letter: str | None


@dataclass(frozen=True, slots=True)
class OwnNomination:
    """One's own nomination. `submits` and `attaches` are whether it is theirs to hand in, and to hand in files for."""

    found: Found
    program: Program
    version: int
    tier: Tier | None
    facts: tuple[tuple[Words, str], ...]
    returned: Step | None
    wanted: tuple[Wanted, ...]
    materials: tuple[HandedIn, ...]
    submits: bool
    attaches: bool
    stands_against: tuple[Words, ...]
    steps: tuple[Step, ...]
    letters: tuple[Told, ...]


def own_nominations(desk: Desk, actor: Actor, now: datetime) -> list[Found]:
    """Return somebody's own nominations, the newest first. Raises `UnknownError` for whoever is no nominee."""
    _expect_nominee(actor)
    with desk.store.read() as connection:
        seeing = Seeing(desk, connection, actor, now)
        rows = connection.execute(select(t.nomination).where(seeing.condition).order_by(t.nomination.c.id.desc())).all()
        return [found_in(seeing.version(row), row, now, {}) for row in rows]


def own_nomination(desk: Desk, number: str, actor: Actor, now: datetime) -> OwnNomination:
    """Return one's own nomination; raises `UnknownError` for one that is not there, or not theirs."""
    _expect_nominee(actor)
    case = case_file(desk, number, actor, now)
    submit = next((one for one in case.moves if one.move is Move.SUBMIT), None)
    steps = tuple(_steps(case))
    returned = next((one for one in steps if one.what == Move.RETURN.label), None) if case.wanted else None
    last = next(iter(steps), None)
    return OwnNomination(
        found=case.found,
        program=case.program,
        version=case.version,
        tier=case.tier,
        facts=case.facts,
        returned=returned or (last if last and last.what == Move.RETURN.label else None),
        wanted=case.wanted,
        materials=case.materials,
        submits=submit is not None and not submit.refusals,
        attaches=Deed.ATTACH in case.deeds,
        stands_against=_against(case),
        steps=steps,
        letters=tuple(_letters(desk, case)),
    )


def _against(case: CaseFile) -> tuple[Words, ...]:
    """Return what keeps them from handing it in, where that is theirs to do at all."""
    submit = next((one for one in case.moves if one.move is Move.SUBMIT), None)
    if submit is None or any(refusal.gate in ("own", "authority", "registered") for refusal in submit.refusals):
        return ()
    return tuple(refusal.reason for refusal in submit.refusals)


def _steps(case: CaseFile) -> Iterator[Step]:
    for event in case.history:
        if (step := _step(event)) is not None:
            yield step


def _step(event: Event) -> Step | None:
    if event.kind == "nomination.created":
        return Step(event.at, Words("申报登记", "drawn up"), event.destination, None)
    move = next((one for one in Move if one == event.facts.get("move")), None)
    if move is None:
        return None
    reason = event.facts.get("reason") if move in _TOLD else None
    return Step(event.at, move.label, event.destination, reason or None)


def _letters(desk: Desk, case: CaseFile) -> Iterator[Told]:
    """Yield the letters of what became of it; those that tell of anything else are told of, and not shown."""
    of, message = t.reminder.c, t.message.c
    query = (
        select(of.recipient, of.facts, of.send_at, message.id, message.body, message.sent_at)
        .join_from(t.reminder, t.message, of.message_id == message.id, isouter=True)
        .where(of.program_id == case.program.id, of.nomination == case.found.number, of.state != "moot")
        .order_by(of.id.desc())
        .limit(12)
    )
    with desk.store.read() as connection:
        rows = connection.execute(query).all()
        ids = [row.id for row in rows if row.id]
        others = select(of.message_id).where(of.message_id.in_(ids), of.nomination.is_distinct_from(case.found.number))
        shared = set(connection.execute(others).scalars()) if ids else set()
    for row in rows:
        said = row.facts.get("move")
        what = next((move.label for move in Move if move.label.zh == said), Words("办理结果", "outcome"))
        letter = row.body if row.id and row.id not in shared else None
        yield Told(row.recipient, what, row.sent_at or row.send_at, row.sent_at is not None, letter)


def _expect_nominee(actor: Actor) -> None:
    if actor.role is not Role.NOMINEE:
        raise UnknownError(Words("没有这个页面", "there is no such page"))
