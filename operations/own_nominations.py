"""What a nominee is shown of their own nomination: where it stands, what is asked of them, why it was returned.

It is a part of what those who act see, by the same policy. Nobody else is named in it: not who evaluates, nor who
acted, nor any other nominee.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select

from operations.actors import Actor, Role
from operations.casefiles import CaseFile, HandedIn, Wanted, case_file
from operations.desk import Desk
from operations.dossiers import Stated
from operations.finding import Found, found_in, is_objected
from operations.overview import Event
from operations.policy import Deed
from operations.results import nothing_there
from operations.seeing import seeing_as
from programs import Program, Words
from programs.stages import Publicity, Tier
from states import Move
from states.standings import standings_of
from store import tables as t

#: Moves whose reasons are told to whom they are about. Those of an objection are the office's and the objector's.
_TOLD: Final = frozenset({Move.RETURN, Move.REJECT, Move.ELIMINATE, Move.WITHDRAW, Move.DISQUALIFY, Move.REVOKE})

#: Moves of an objection. That there is one is not told to whom it is against: all of them bear one name.
_OBJECTED: Final = frozenset({Move.OBJECT, Move.SETTLE, Move.UPHOLD, Move.CORRECT, Move.DEFER})
_SETTLED: Final = Words("办理公示结果", "the result of the publicity is settled")


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
    facts: tuple[tuple[Words, str], ...]
    stated: tuple[Stated, ...]
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
        seeing = seeing_as(desk, connection, actor, now)
        rows = connection.execute(select(t.nomination).where(seeing.condition).order_by(t.nomination.c.id.desc())).all()
        return [_as_theirs(found_in(seeing.version(row), row, now, {})) for row in rows]


def own_nomination(desk: Desk, number: str, actor: Actor, now: datetime) -> OwnNomination:
    """Return one's own nomination; raises `UnknownError` for one that is not there, or not theirs."""
    _expect_nominee(actor)
    case = case_file(desk, number, actor, now)
    submit = next((one for one in case.moves if one.move is Move.SUBMIT), None)
    steps = tuple(_steps(case))
    returned = next((one for one in steps if one.what == Move.RETURN.label), None) if case.wanted else None
    last = next(iter(steps), None)
    return OwnNomination(
        found=_as_theirs(case.found),
        program=case.program,
        version=case.version,
        facts=case.facts,
        stated=case.stated,
        returned=returned or (last if last and last.what == Move.RETURN.label else None),
        wanted=case.wanted,
        materials=case.materials,
        submits=submit is not None and not submit.refusals and not _asks_of_form(case.tier),
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
    reasons = [refusal.reason for refusal in submit.refusals]
    if _asks_of_form(case.tier):
        reasons.append(
            Words(
                "表上的盖章、意见或编号不由本人填写，请交主办单位报送",
                "the form takes a seal, an opinion or a number that is not yours to put there: the office hands it in",
            )
        )
    return tuple(reasons)


def _asks_of_form(tier: Tier | None) -> bool:
    """Whether a tier puts on the form what nobody states of themselves."""
    return tier is not None and bool(tier.seal or tier.opinion or tier.assigns_number)


def _steps(case: CaseFile) -> Iterator[Step]:
    for event in case.history:
        if (step := _step(case.program, event)) is not None:
            yield step


def _step(program: Program, event: Event) -> Step | None:
    if event.kind == "nomination.created":
        return Step(event.at, Words("申报登记", "drawn up"), event.destination, None)
    move = next((one for one in Move if one == event.facts.get("move")), None)
    if move is None:
        return None
    reason = event.facts.get("reason") if move in _TOLD else None
    place = event.destination and _place(program, event.destination)
    return Step(event.at, _SETTLED if move in _OBJECTED else move.label, place, reason or None)


def _as_theirs(found: Found) -> Found:
    return replace(found, standing=_place(found.program, found.standing))


def _place(program: Program, name: Words) -> Words:
    """Return what a place is called to whom it is about: not that an objection is looked into there."""
    for stage in program.stages:
        if isinstance(stage, Publicity) and name in [
            one.name for one in standings_of(stage, "") if is_objected(one.key)
        ]:
            return Words(f"{stage.name}·结果办理中", f"{stage.id}: its result is being settled")
    return name


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
        move = next((move for move in Move if move.label.zh == said), None)
        objected = any(one.label.zh in str(said) for one in _OBJECTED)
        what = _SETTLED if objected else move.label if move else Words("办理结果", "outcome")
        letter = row.body if row.id and row.id not in shared and not objected else None
        yield Told(row.recipient, what, row.sent_at or row.send_at, row.sent_at is not None, letter)


def _expect_nominee(actor: Actor) -> None:
    if actor.role is not Role.NOMINEE:
        raise nothing_there()
