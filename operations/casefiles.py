"""Everything about one nomination on one page, as far as somebody may see it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, union
from sqlalchemy.engine import Connection

from notifications.owed import OwedKind
from operations.actors import Actor
from operations.attachments import AttachedFile, files_of
from operations.authority import Authority
from operations.clock_reasons import reason_told
from operations.correcting import ReturnedFor, returned_for
from operations.desk import Desk, Running
from operations.discretion import tellable
from operations.dossiers import KeptAnnex, Stated, annexes_of, facts_stated
from operations.finding import Found, found_in, is_objected, objections_due
from operations.inviting import nominees_let_in
from operations.jointly import BodyOpinion, asked_at, opinions_of
from operations.lookup import Possible, possible_moves
from operations.move import part_of_more
from operations.overview import Event, each_event
from operations.paths import path_of
from operations.personal import Told, masked_details
from operations.placing import Landing
from operations.policy import Deed
from operations.recommending import sees_order
from operations.remind import letter_ahead
from operations.seeing import Seeing, seeing_as
from operations.undoing import Undoing, undoing
from operations.verdicts import verdicts_on
from programs import Program, Words
from programs.materials import Material, Medium
from programs.model import Seats
from programs.stages import Consultation, Screening, Stage, Tier
from programs.terms import Disqualification
from states import Move, Result, Verdict, each
from states.copies import judge_copies
from states.demands import demands, told
from store import events_of
from store import tables as t


@dataclass(frozen=True, slots=True)
class InMedium:
    """A material in one medium: who received it and when, nothing while it is to come; its files in their order.

    `to_see` is what somebody must have looked at who receives it. `again`: it is to be mended, and can be received
    once more.
    """

    medium: Medium
    receiver: str | None
    at: datetime | None
    files: tuple[AttachedFile, ...]
    to_see: tuple[Words, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A material in every medium that it is taken in."""

    material: Material
    media: tuple[InMedium, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing of it is missing."""
        return all(one.at is not None for one in self.media)

    @property
    def receivable(self) -> bool:
        """Whether anything of it can be received."""
        return not self.complete or any(one.again for one in self.media)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a nomination was returned for, and whether it is mended: a rule is met, a material was received since."""

    name: str
    mended: bool


@dataclass(frozen=True, slots=True)
class Message:
    """Word that is owed about a nomination, or was sent. `letter` is its text, where the reader may see all of it.

    `others`: it also tells of programs that the reader does not run, so that its text is not theirs.
    """

    recipient: str
    what: Words
    reason: Words | None
    state: str
    at: datetime | None
    subject: str | None
    letter: str | None
    others: bool = False


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One nomination: where it stands, what can be done and what not, what was found, handed in, done and said."""

    found: Found
    #: Whether the reader runs the program, or oversees it, and is told whatever was recorded.
    runs: bool
    version: int
    program: Program
    #: The stages of its way, in their order, and the id of the one where it stands; none once it has ended.
    course: tuple[Stage, ...]
    here: str | None
    tier: Tier | None
    grades: tuple[Seats, ...]
    grounds: tuple[Disqualification, ...]
    facts: tuple[tuple[Words, str], ...]
    #: What rules ask the form for, and what it says.
    stated: tuple[Stated, ...]
    moves: tuple[Possible, ...]
    verdicts: tuple[Verdict, ...]
    materials: tuple[HandedIn, ...]
    details: tuple[Told, ...]
    history: tuple[Event, ...]
    messages: tuple[Message, ...]
    #: What the reader may do with it beside moving it, as it stands.
    deeds: frozenset[Deed]
    #: Until when it would have to be mended if it were returned now; none where that cannot be, or has no time.
    correct_by: datetime | None
    #: What it was returned for, while it is being mended.
    wanted: tuple[Wanted, ...]
    annexes: tuple[KeptAnnex, ...]
    #: Who sees it as their own nomination, by name.
    nominees: tuple[str, ...]
    #: Whether experts evaluate it by its number alone.
    blind: bool
    #: What taking the last move back would do, where the program lets it be taken back.
    undoing: Undoing | None
    #: What each body says that screens it jointly, or is consulted; empty for whoever does not record it.
    bodies: tuple[BodyOpinion, ...]
    #: The stage at which bodies are asked about it now, by its id; empty where none are.
    asking: str
    #: Whether those bodies are consulted, and do not screen it themselves.
    consults: bool
    #: Whether the reader is shown in which order its nominator recommends.
    ordered: bool
    #: Whether a document has honored it, so that it has a term.
    honored: bool


def case_file(desk: Desk, number: str, actor: Actor, now: datetime) -> CaseFile:
    """Return what somebody may see of a nomination; raises `UnknownError` for one that is not there, or not theirs."""
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        row = seeing.nomination(number)
        running = desk.running_for(connection, row)
        versions = desk.versions(connection, row.program_id)
        chain = events_of(connection, row.program_id, nomination=number, newest_first=True)
        events = tellable(seeing, chain, running)
        path = path_of(row)
        moves = tuple(map(_by_itself, possible_moves(desk, number, actor, now)))
        verdicts = verdicts_on(desk, connection, running, [row], now)[row.id]
        returned = returned_for(events, row.stage)
        materials = tuple(_materials(connection, running, row, returned))
        deeds = frozenset(_deeds(seeing, running, row))
        standing = running.pipeline.standings[row.stage]
        return CaseFile(
            found=found_in(running, row, now, objections_due(connection, seeing, [row])),
            runs=seeing.runs(running),
            version=row.version,
            program=running.program,
            course=tuple(one for one in running.program.held_stages if one.concerns(*path)),
            here=standing.stage,
            tier=running.program.tier(row.stage),
            grades=() if standing.ended else running.program.grades_at(running.program.stage(standing.stage), path),
            grounds=running.program.disqualifications,
            facts=tuple(_facts(running, row)),
            stated=tuple(facts_stated(connection, running.program, row)),
            moves=moves,
            verdicts=verdicts,
            materials=materials,
            details=tuple(masked_details(desk, number)),
            history=each_event(versions, events),
            messages=tuple(_messages(desk, connection, seeing, running, row, now)),
            deeds=deeds,
            correct_by=_correct_by(connection, running, row, moves, now),
            wanted=tuple(_wanted(returned, verdicts, materials)),
            annexes=tuple(annexes_of(desk, number)) if running.program.annexes else (),
            nominees=tuple(nominees_let_in(connection, row.id)),
            blind=any(panel.blind for panel in running.program.panels().values()),
            undoing=undoing(desk, number, actor, now),
            bodies=opinions_of(connection, running, row) if seeing.may(Deed.JUDGE, running, row) else (),
            asking=stage.id if (stage := asked_at(running, row)) else "",
            consults=isinstance(stage, Consultation),
            ordered=sees_order(Authority(connection, actor), running.program, row.nominator),
            honored=_honored(connection, row),
        )


def _honored(connection: Connection, row: Row[Any]) -> bool:
    of = t.award.c.nomination_id
    return bool(row.grade) and connection.execute(select(of).where(of == row.id)).first() is not None


def _deeds(seeing: Seeing, running: Running, row: Row[Any]) -> Iterator[Deed]:
    standing = running.pipeline.standings[row.stage]
    is_screened = not standing.ended and isinstance(running.program.stage(standing.stage), Screening)
    fits = {
        Deed.RECEIVE: not standing.ended,
        Deed.ATTACH: not standing.ended,
        Deed.JUDGE: is_screened,
        Deed.SEE_DETAILS: True,
        Deed.SEE_FILES: True,
        Deed.INVITE_NOMINEE: not standing.ended,
    }
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
        "kind": {one.id: one.name for one in program.nominators},
        "trait": {one.id: one.name for one in program.traits},
    }
    traits = sorted(path_of(row).traits)
    found = [
        (Words("单位", "employer"), row.unit),
        (Words("推荐单位", "nominator"), row.nominator),
        (Words("推荐单位类型", "kind of nominator"), named["kind"].get(row.nominator_kind, "")),
        (Words("占用名额的单位", "whose quota it uses"), row.host if row.host != row.nominator else None),
        (Words("类别", "category"), named["category"].get(row.category, "")),
        (Words("推荐渠道", "route"), named["route"].get(row.route, "")),
        (Words("特征", "traits"), "、".join(named["trait"].get(one, one) for one in traits)),
        (Words("奖项", "grade"), named["grade"].get(row.grade, "")),
    ]
    return [(what, said) for what, said in found if said]


def _materials(connection: Connection, running: Running, row: Row[Any], returned: ReturnedFor | None) -> list[HandedIn]:
    of = t.receipt.c
    kept = connection.execute(select(t.receipt).where(of.nomination_id == row.id))
    received = {(one.material, one.medium): one for one in kept}
    files = files_of(connection, row.id)

    def in_medium(material: Material, medium: Medium) -> InMedium:
        one = received.get((material.id, medium.value))
        own = tuple(file for file in files if (file.material, file.medium) == (material.id, medium))
        copies = [file.copy for file in own]
        asked = judge_copies(material, medium, copies).to_see if copies else demands(material, medium)
        at = one.received_at if one else None
        again = returned is not None and not own and returned.awaits(material.id, at)
        to_see = tuple(told(material, demand, medium) for demand in asked) if again or not one else ()
        return InMedium(medium, one.receiver if one else None, at, own, to_see, again)

    return [
        HandedIn(material, tuple(in_medium(material, medium) for medium in material.media))
        for material in running.program.materials_for(path_of(row))
    ]


def _correct_by(
    connection: Connection, running: Running, row: Row[Any], moves: Sequence[Possible], now: datetime
) -> datetime | None:
    back = next((one for one in moves if one.move is Move.RETURN and not one.refusals), None)
    return Landing(connection, running, now).due(back.destination, row).at if back else None


def _wanted(
    returned: ReturnedFor | None, verdicts: Sequence[Verdict], materials: Sequence[HandedIn]
) -> Iterator[Wanted]:
    """Tell what is still to be mended of what a nomination was returned for."""
    if returned is None:
        return
    found = {one.rule: one for one in each(verdicts)}
    for rule in returned.rules:
        if rule in found:
            yield Wanted(found[rule].name, found[rule].result is Result.PASS)
    handed_in = {one.material.id: one for one in materials}
    for material in returned.materials:
        if material in handed_in:
            one = handed_in[material]
            anew = any(returned.is_mended_by(material, medium.at) for medium in one.media)
            yield Wanted(one.material.name, one.complete and anew)


def _messages(
    desk: Desk, connection: Connection, seeing: Seeing, running: Running, row: Row[Any], now: datetime
) -> Sequence[Message]:
    """Return the newest word about a nomination: what its own side is told, and whoever holds it.

    What was or will be sent last comes first.
    """
    of = t.reminder.c
    # Each is found by its own index, among all that was ever owed.
    about = select(of.id).where(of.nomination == row.number, of.program_id == row.program_id)
    here = (of.program_id == row.program_id, of.stage == row.stage, of.recipient == row.holder)
    waiting = select(of.id).where(*here, of.state != "moot")
    # Where objections are not theirs to hear of: what the office is reminded of there is the objection.
    told_alone = is_objected(row.stage) and not seeing.hears_of(row)
    query = (
        select(t.reminder, t.message.c.subject, t.message.c.body, t.message.c.sent_at, t.message.c.state.label("sent"))
        .join(t.message, of.message_id == t.message.c.id, isouter=True)
        .where(of.id.in_(about if told_alone else union(about, waiting)))
        .order_by(of.id.desc())
        .limit(12)
    )
    found: list[Message] = []
    newest = connection.execute(query).all()
    rows = sorted(newest, key=lambda one: (one.sent_at or one.send_at, one.id), reverse=True)
    told_of = _programs_told(connection, [one.message_id for one in rows if one.message_id])
    # What is owed to one recipient goes out in one letter, which is told once, where it goes out next.
    goes_out = {one.recipient: one.id for one in rows if one.state == "owed"}
    for one in rows:
        told = one.id != goes_out.get(one.recipient)
        others = any(not seeing.runs(seeing.newest(program)) for program in told_of[one.message_id])
        found.append(_message(desk, connection, seeing, running, one, now, told=told, others=others))
    return found


def _programs_told(connection: Connection, messages: Sequence[str]) -> Mapping[str | None, set[str]]:
    """Return the programs that these messages tell of."""
    of, found = t.reminder.c, defaultdict[str | None, set[str]](set)
    query = select(of.message_id, of.program_id).where(of.message_id.in_(messages)).distinct()
    for message, program in connection.execute(query) if messages else ():
        found[message].add(program)
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
    others: bool,
) -> Message:
    subject, letter, hidden = row.subject, row.body, False
    if row.state == "owed" and not told and seeing.covers(row.recipient, running):
        ahead = letter_ahead(desk, connection, row.recipient, max(now, row.send_at), row.program_id)
        subject, letter = (ahead.subject, ahead.body) if ahead else (None, None)
    elif hidden := not seeing.covers(row.recipient) and (others or not seeing.runs(running)):
        subject = letter = None
    return Message(
        recipient=row.recipient,
        what=_what(row),
        reason=reason_told(row.facts.get("reason")),
        state=row.sent or row.state,
        at=row.sent_at or (row.send_at if row.state == "owed" else None),
        subject=subject,
        letter=letter,
        others=hidden and seeing.runs(running),
    )


def _what(row: Row[Any]) -> Words:
    """Return what a message tells: what became of the nomination, kept in Chinese as letters are, or its kind."""
    kind, said = OwedKind(row.kind).label, row.facts.get("move")
    if not said:
        return kind
    return next((move.label for move in Move if move.label.zh == said), Words(said, kind.en))
