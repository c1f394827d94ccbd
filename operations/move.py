"""Moving nominations: the one way in which a stage changes, whoever asks and however many there are.

Policy → gates → the row, conditional on the version read → places taken or given back → event → reminders owed; all in
one transaction, so that nothing of it happens without the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, bindparam, update
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import matter_of, permitted, refuses
from operations.desk import Desk, Running
from operations.endorsing import endorsement_facts, form_number_taken, write_endorsement
from operations.facts import cases_of
from operations.lapsing import lapsed
from operations.leaving import leave_bans, unfit_ground
from operations.meanwhile import is_conflict, moved_meanwhile
from operations.naming import grade_called
from operations.numbered import find
from operations.owing import owe
from operations.pasts import hold_pasts, settle_pasts
from operations.placing import Landing, Places
from operations.results import Batch, Denied, Moved
from operations.seeing import Seeing
from operations.terms import settle_terms
from operations.undoable import kept_by, undo_facts, ways_back
from programs import Words
from states import Circumstances, Endorsement, Move, Refusal, Refused
from store import Transaction
from store import tables as t


class Lacking(NamedTuple):
    """What a nomination is returned for: rules that are not met and materials to mend, by their ids."""

    rules: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()

    def to_json(self) -> dict[str, list[str]] | None:
        """Return it as an event has it; nothing where nothing was named."""
        named = {"rules": list(self.rules), "materials": list(self.materials)}
        return {what: ids for what, ids in named.items() if ids} or None


def move(  # noqa: PLR0913 - a move's facts, each by name
    desk: Desk,
    number: str,
    what: Move,
    act: Act,
    *,
    grade: str | None = None,
    document_number: str | None = None,
    endorsement: Endorsement | None = None,
    ground: str | None = None,
    lacking: Lacking | None = None,
    seen_version: int | None = None,
    seen_stage: str | None = None,
) -> Moved | Denied:
    """Move one nomination. With `seen_version` or `seen_stage`, only if nobody has moved it since that was seen.

    Who sees that it was moved is told of that before they are told that it is with somebody else now.

    `lacking` is what a return is for, beside the reason in words; `grade` the id of its seats, or the award's name.
    `ground` is the id of the program's ground of a disqualification; without one it leaves no ban.
    A move that is part of a use case (a list published, an objection, a document) is refused, naming the use case.
    Raises `UnknownError` for a number that is not there.
    """
    if what.by_use_case:
        return Denied((part_of_more(what, what.by_use_case),), number)
    with desk.store.write() as transaction:
        row = find(transaction.connection, number)
        running = desk.running_for(transaction.connection, row)
        moved = seen_version not in (None, row.version) or row.stage != (seen_stage or row.stage)
        unfit = unfit_ground(running.program, what, ground)
        if moved or unfit:
            refusal = refuses(transaction.connection, act.actor, what, matter_of(running.program, row))
            seeing = Seeing(desk, transaction.connection, act.actor, act.now)
            if moved and (not refusal or is_conflict(seeing, row, refusal)):
                late = lapsed(transaction.connection, running, row)
                refusal = late or moved_meanwhile(transaction.connection, running, row)
            return Denied(tuple(one for one in (refusal or unfit,) if one), number)
        batch = move_many(
            desk,
            transaction,
            [row],
            what,
            act,
            grades={number: grade_called(running.program, grade)} if grade else {},
            document_number=document_number,
            endorsement=endorsement,
            ground=ground,
            lacking=lacking,
        )
    return batch.moved[0] if batch.moved else batch.denied[0]


def move_many(  # noqa: PLR0913, PLR0915 - a move's facts, each by name, and all that one transaction does
    desk: Desk,
    transaction: Transaction,
    rows: Sequence[Row[Any]],
    what: Move,
    act: Act,
    *,
    grades: Mapping[str, str] | None = None,
    document_number: str | None = None,
    endorsement: Endorsement | None = None,
    form_numbers: Mapping[str, str] | None = None,
    ground: str | None = None,
    lacking: Lacking | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Batch:
    """Make the same move with many nominations of one program, each judged by itself, in the order given.

    Each is judged by its own version of the program; places are counted for all of them together. Those that are not
    the actor's to move are told first. What a tier puts on the form, it puts on each, but for the number of the form:
    `form_numbers` has that of each nomination by its own number, and `reasons` those of nominations that have one of
    their own, in the place of the act's.
    """
    if not rows:
        return Batch()
    connection = transaction.connection
    newest = desk.running(connection, rows[0].program_id)
    versions = desk.running_by_version(connection, newest, rows)
    rows, denied = permitted(connection, act.actor, what, versions, rows)
    hold_pasts(connection, newest.program, what, rows)
    cases = {
        nomination: case
        for running in versions.values()
        for nomination, case in cases_of(desk, connection, running, _of_version(rows, running), act.now).items()
    }
    landings = {number: Landing(connection, running, act.now) for number, running in versions.items()}
    places = Places(connection, newest.program)
    moved: list[Moved] = []
    changes: list[dict[str, Any]] = []
    told: list[tuple[Row[Any], dict[str, Any]]] = []
    backs = ways_back(versions, rows, what)
    acts = {row.number: act.because((reasons or {}).get(row.number)) for row in rows}
    given = {row.id: _on_its_form(endorsement, (form_numbers or {}).get(row.number)) for row in rows}
    around = {
        row.id: Circumstances(
            now=act.now,
            reason=acts[row.number].reason,
            closes=versions[row.revision].closes,
            grade=(grades or {}).get(row.number),
            document_number=document_number,
            endorsement=given[row.id] or Endorsement(),
        )
        for row in rows
    }
    limits_of = {row.id: versions[row.revision].pipeline.limits(cases[row.id], what, around[row.id]) for row in rows}
    places.hold((row, limits_of[row.id]) for row in rows)
    for row in rows:
        running, landing = versions[row.revision], landings[row.revision]
        case, circumstances, limits = cases[row.id], around[row.id], limits_of[row.id]
        if limits:
            circumstances = replace(circumstances, left=places.left(limits, row), allotted=places.allotted(row))
        outcome = running.pipeline.fire(case, what, circumstances)
        if isinstance(outcome, Refused):
            late = lapsed(connection, running, row)
            denied.append(Denied((late,) if late else outcome.refusals, row.number))
            continue
        put = given[row.id] if running.program.tier(row.stage) else None
        if put and (taken := form_number_taken(connection, running.program.id, row, put)):
            denied.append(Denied((taken,), row.number))
            continue
        if landing.correction(outcome.destination) and (late := desk.behind(connection)):
            denied.append(Denied((late,), row.number))
            continue
        places.take(limits, row)
        if put:
            write_endorsement(connection, running.program.id, row, put, act)
        due = landing.due(outcome.destination, row)
        done = Moved(
            number=row.number,
            nominee=row.nominee,
            unit=row.unit,
            nominator=row.nominator,
            move=what,
            source=outcome.source,
            destination=outcome.destination,
            version=row.version + 1,
            holder=landing.holder(outcome.destination, row),
            due_at=due.at,
            provisional=due.provisional,
        )
        moved.append(done)
        transaction.stand(row.program_id, done.source, row.holder, -1)
        transaction.stand(row.program_id, done.destination, done.holder, 1)
        changes.append(_change(row, done, circumstances, landing))
        facts = event_facts(
            running,
            what,
            done.source,
            done.destination,
            version=done.version,
            due_at=due.at,
            holder=done.holder,
            act=acts[row.number],
            failed=case.failed,
            grade=None if what is Move.RESERVE else circumstances.grade,
            document_number=document_number,
            endorsement=put,
            lacking=lacking,
        )
        told.append((row, facts))
    _write(connection, changes)
    sources = {row.id: done.source for (row, _), done in zip(told, moved, strict=True)}
    before = kept_by(connection, backs.keys() & sources)
    places.settle(what, sources, newest.program.quotas)
    leave_bans(transaction, versions, [row for row in rows if row.id in sources], ground, act)
    owed = _settle(connection, versions, rows, moved, act, reasons)
    undos = undo_facts(connection, versions, [(row, backs[row.id]) for row, _ in told if row.id in backs], before, act)
    for row, facts in told:
        own = {"nomination": row.number, "ground": ground, "undo": undos.get(row.id)}
        transaction.record(row.program_id, "nomination.moved", **own, **facts)
    return Batch(tuple(moved), tuple(denied), owed)


def _on_its_form(given: Endorsement | None, form_number: str | None) -> Endorsement | None:
    """Return what a tier puts on one form of many."""
    return replace(given or Endorsement(), form_number=form_number) if form_number else given


def _settle(
    connection: Connection,
    versions: Mapping[int, Running],
    rows: Sequence[Row[Any]],
    moved: Sequence[Moved],
    act: Act,
    reasons: Mapping[str, str] | None,
) -> int:
    """Write what these moves mean for pasts and terms, and owe what they call for; returns how much is newly owed."""
    owed = 0
    for running in versions.values():
        own = {row.number: row.id for row in _of_version(rows, running)}
        moved_here = [done for done in moved if done.number in own]
        # One move can lead to several places: by another path, or on from where a cut leaves nobody to wait for.
        for what, destination in dict.fromkeys((done.move, done.destination) for done in moved_here):
            ids = [own[done.number] for done in moved_here if done.destination == destination]
            settle_pasts(connection, running, what, destination, ids, act.now)
            settle_terms(connection, running, what, destination, ids, act.now)
        owed += owe(connection, running, moved_here, act, reasons)
    return owed


def _of_version(rows: Sequence[Row[Any]], running: Running) -> list[Row[Any]]:
    return [row for row in rows if row.revision == running.revision]


#: A statement that every move makes is written once: to build it takes as long as to execute it.
_MOVE_ROW = (
    update(t.nomination)
    .where(t.nomination.c.id == bindparam("row_id"), t.nomination.c.version == bindparam("row_version"))
    .values(
        stage=bindparam("to_stage"),
        holder=bindparam("to_holder"),
        due_at=bindparam("to_due_at"),
        provisional=bindparam("to_provisional"),
        correction=bindparam("to_correction"),
        grade=bindparam("to_grade"),
        publicity_id=bindparam("to_publicity"),
        moved_at=bindparam("at"),
        version=t.nomination.c.version + 1,
    )
)


def _change(row: Row[Any], done: Moved, circumstances: Circumstances, landing: Landing) -> dict[str, Any]:
    correction = landing.correction(done.destination)
    return {
        "row_id": row.id,
        "row_version": row.version,
        "to_stage": done.destination,
        "to_holder": done.holder,
        "to_due_at": done.due_at,
        "to_provisional": done.provisional,
        "to_correction": correction.model_dump(mode="json") if correction else None,
        "to_publicity": landing.publicity(done.destination, row),
        # A reserve has no grade before they replace somebody.
        "to_grade": (None if done.move is Move.RESERVE else circumstances.grade) or row.grade,
        "at": circumstances.now,
    }


def _write(connection: Connection, changes: list[dict[str, Any]]) -> None:
    if not changes:
        return
    written = connection.execute(_MOVE_ROW, changes).rowcount
    if written != len(changes):
        # Every row was read and locked in this transaction, so this would be a fault of the store, not of a user.
        raise RuntimeError(f"{len(changes) - written} of {len(changes)} nominations changed while they were locked")


def event_facts(  # noqa: PLR0913 - what an event says of a move, each by name
    running: Running,
    what: Move,
    source: str,
    destination: str,
    *,
    version: int | ColumnElement[int],
    due_at: datetime | None,
    holder: str | None,
    act: Act,
    failed: Sequence[Words] = (),
    grade: str | None = None,
    document_number: str | None = None,
    endorsement: Endorsement | None = None,
    lacking: Lacking | None = None,
) -> dict[str, Any]:
    """Return what the event of a move says, beside the nomination's number."""
    standing = running.pipeline.standings[source]
    return {
        "move": what.value,
        "from": source,
        "to": destination,
        "version": version,
        "clause": None if standing.ended else running.program.stage(standing.stage).clause,
        "verdicts": {"failed": [one.zh for one in failed]} if failed else None,
        "grade": grade,
        "document": document_number,
        "endorsement": endorsement_facts(endorsement) if endorsement else None,
        "lacking": lacking.to_json() if lacking and what is Move.RETURN else None,
        "due": due_at.isoformat() if due_at else None,
        "holder": holder,
        **act.signature(),
    }


def part_of_more(what: Move, use_case: Words) -> Refusal:
    """Refuse by itself what is part of a use case, which is named."""
    return Refusal(
        "part-of-more",
        Words("“{move}”不能单独办理", "“{move}” is not made by itself").format(move=what.label),
        Words(
            "请按{deed}办理，以便同时记录名单、异议、公文、考核或依据",
            "make it by {deed}, which records the list, objection, document, result or ground",
        ).format(deed=use_case),
    )
