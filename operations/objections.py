"""异议: raised against one nominee while objections are taken, judged, looked into, and settled.

Whoever raises one gives their seal or their real name with a contact, as notices ask; what nobody signed is told apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.engine import Connection

from deadlines.periods import Period
from operations import objection_refusals as refusal_of
from operations.acts import Act, reason_missing
from operations.authority import matter_of, refuses
from operations.codes import make_code
from operations.desk import Desk, Running
from operations.dossiers import restate
from operations.move import move_many
from operations.numbered import find
from operations.objection_evidence import NO_EVIDENCE, Evidence, keep_evidence, read_evidence
from operations.objection_owing import owe_investigation
from operations.objection_refusals import is_party
from operations.objection_rows import held_objection, may_handle, named_scope, publicity_at, publicity_of
from operations.objection_window import comes_too_late, list_is_over
from operations.results import Denied, Moved, denied
from operations.verdicts import verdicts_on
from programs.dates import Duration
from programs.stages import Publicity
from states import Move, Refusal, Result, Standing
from store import Transaction, hold
from store import tables as t

#: The matter of who gets the next objection's number.
_NUMBERING = ("objections",)


class Outcome(StrEnum):
    """How an objection ends that was looked into."""

    DISMISSED = "dismissed"
    CORRECTED = "corrected"
    UPHELD = "upheld"
    DEFERRED = "deferred"

    @property
    def move(self) -> Move:
        """What becomes of the nominee."""
        return _MOVES[self]


_MOVES = {
    Outcome.DISMISSED: Move.SETTLE,
    Outcome.CORRECTED: Move.CORRECT,
    Outcome.UPHELD: Move.UPHOLD,
    Outcome.DEFERRED: Move.DEFER,
}

#: Outcomes of what was not looked into: not taken up, and kept only because nobody signed it.
REFUSED, RECORDED = "refused", "recorded"


class RaisedBy(StrEnum):
    """As whom somebody objects."""

    UNIT = "unit"
    PERSON = "person"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Admitted:
    """An objection is looked into by `handler`; `due_at` is the first instant too late, none without a deadline."""

    objection: int
    handler: str
    due_at: datetime | None
    provisional: bool = False


def lodge(  # noqa: PLR0913 - what an objection is made of, each by name
    desk: Desk,
    number: str,
    objector: str,
    grounds: str,
    act: Act,
    *,
    raised_by: RaisedBy = RaisedBy.UNIT,
    contact: str = "",
    evidence: Evidence = NO_EVIDENCE,
) -> int | Denied:
    """Take an objection against one nominee while they are taken; returns the objection's number.

    Only this nominee is held back. A further objection joins those that are open. One that nobody signed is kept, and
    holds nobody back unless the program says that it does. Any other is to be judged in the time that the program gives
    for that, if it does. Contacts are sealed. Raises `DeadlineError` beyond the calendar.
    """
    read = read_evidence(evidence)
    if isinstance(read, Denied):
        return read
    with desk.store.write() as transaction:
        connection = transaction.connection
        vault = desk.sealing(connection) if contact else None
        row = find(connection, number)
        running = desk.running_for(connection, row)
        if refusal := refuses(
            connection, act.actor, Move.OBJECT, matter_of(running.program, row)
        ) or refusal_of.unfounded(raised_by, objector, contact, grounds):
            return Denied((refusal,), number)
        hold(connection, [_NUMBERING])
        standing = running.pipeline.standings[row.stage]
        kept_only = raised_by is RaisedBy.ANONYMOUS and _keeps_anonymous_only(running, standing)
        stage = None if kept_only else publicity_at(desk, connection, row.program_id, standing.stage)
        said = stage.admission if stage else None
        if said and (late := desk.behind(connection)):
            return Denied((late,), number)
        if refused := _hold_back(desk, transaction, running, row, act, moves=not kept_only):
            transaction.abandon()
            return refused
        period = running.count(said, act.now) if said else None
        # Not the database's own count, which leaves gaps on some: the number is told to people, and is in the history.
        objection: int = connection.execute(select(func.coalesce(func.max(t.objection.c.id), 0) + 1)).scalar_one()
        connection.execute(
            insert(t.objection).values(
                id=objection,
                nomination_id=row.id,
                stage=standing.stage,
                raised_by=raised_by.value,
                objector=objector.strip(),
                contact=vault.seal(contact.strip()) if vault else None,
                grounds=grounds,
                evidence=evidence.described.strip() or None,
                code=make_code(),
                lodged_at=act.now,
                taken_by=act.actor.name,
                **_counted(said, period),
                outcome=RECORDED if kept_only else None,
                settled_at=act.now if kept_only else None,
            )
        )
        transaction.record(
            row.program_id,
            "objection.lodged",
            nomination=number,
            objection=objection,
            stage=standing.stage,
            raised_by=raised_by.value,
            grounds=grounds,
            evidence=evidence.described.strip() or None,
            files=keep_evidence(desk, connection, objection, read, act),
            due=period.closes.isoformat() if period else None,
            outcome=RECORDED if kept_only else None,
            **act.signature(),
        )
        if period:
            held = find(connection, number)
            owe_investigation(connection, running, held, standing.stage, period.closes, act.now)
        return objection


def _counted(said: Duration | None, period: Period | None) -> dict[str, Any]:
    """Return as columns by when something is to be done about an objection, and how that was counted."""
    return {
        "investigation": said.model_dump(mode="json") if said else None,
        "due_at": period.closes if period else None,
        "provisional": period.provisional if period else False,
    }


def _keeps_anonymous_only(running: Running, standing: Standing) -> bool:
    stage = None if standing.ended else running.program.stage(standing.stage)
    return isinstance(stage, Publicity) and stage.anonymous == "recorded"


def _hold_back(
    desk: Desk, transaction: Transaction, running: Running, row: Row[Any], act: Act, *, moves: bool
) -> Denied | None:
    """Hold a nominee back, who may be held back already, while objections are taken; refused before and after."""
    connection = transaction.connection
    standing = running.pipeline.standings[row.stage]
    if row.stage == f"{standing.stage}.objected" or (not moves and row.stage == f"{standing.stage}.running"):
        return comes_too_late(connection, running, row, standing.stage, act)
    if refusal := list_is_over(connection, running, row, act):
        return Denied((refusal,), str(row.number))
    batch = move_many(desk, transaction, [row], Move.OBJECT, act)
    return batch.denied[0] if batch.denied else None


def admit(desk: Desk, objection_id: int, act: Act, *, handler: str | None = None) -> Admitted | Denied:
    """Take an objection up: whoever handles it looks into it, by a deadline where the program has one.

    Raises `UnknownError` for an objection that is not there, `DeadlineError` beyond the calendar.
    """
    with desk.store.write() as transaction:
        row, objection = held_objection(transaction.connection, objection_id)
        refused = may_handle(desk, transaction.connection, row, objection, act) or denied(reason_missing(act))
        if refused is None and objection.admitted is not None:
            refused = Denied((refusal_of.judged_already(objection_id),), row.number)
        if refused is None and handler and is_party(handler, None, row, objection):
            refused = Denied((refusal_of.party(handler),), row.number)
        if refused:
            return refused
        connection = transaction.connection
        stage = publicity_of(desk, connection, row, objection)
        said = stage.investigation if stage else None
        if said and (late := desk.behind(connection)):
            return Denied((late,), row.number)
        return _admit(desk, transaction, row, objection, handler or act.actor.name, said, act)


def refuse(desk: Desk, objection_id: int, act: Act, *, scope: str | None = None) -> Moved | Denied | None:
    """Do not take an objection up, with the reason; `scope` says what it is instead, of what the program names.

    Returns the move that it led to, as `settle` does. Raises `UnknownError` for an objection or a scope not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row, objection = held_objection(connection, objection_id)
        refused = may_handle(desk, connection, row, objection, act) or denied(reason_missing(act))
        if refused is None and objection.admitted is not None:
            refused = Denied((refusal_of.judged_already(objection_id),), row.number)
        if refused:
            return refused
        stage = publicity_of(desk, connection, row, objection)
        if scope is not None:
            named_scope(stage, scope)
        signed = {"judged_by": act.actor.name, "judged_at": act.now, "judged_because": act.reason}
        _update(connection, objection_id, admitted=False, scope=scope, outcome=REFUSED, settled_at=act.now, **signed)
        transaction.record(
            row.program_id,
            "objection.refused",
            nomination=row.number,
            objection=objection_id,
            scope=scope,
            clause=stage.clause if stage else None,
            **act.signature(),
        )
        return _go_on(desk, transaction, row, act)


def settle(  # noqa: PLR0913 - what settles an objection, each by name
    desk: Desk,
    objection_id: int,
    outcome: Outcome,
    answer: str,
    act: Act,
    *,
    clause: str | None = None,
    facts: Iterable[tuple[str, str]] = (),
) -> Moved | Denied | None:
    """Settle an objection, and say what was found.

    Dismissed or corrected, the nominee goes on once nothing else is open, as the program says on a list of their own;
    upheld, they are removed, and deferred, they are left to the next edition, whatever else is open. What was not
    admitted yet is admitted by the same act, by whoever settles it, who is asked as for an admission; as it ends there,
    no time to look into it is counted. `facts` correct what the nomination states, as `state_facts` does;
    `clause` is the rule that the outcome rests on, where that is not the publicity's own.

    Returns the move that it led to: none while other objections are open, and none for a nominee who is out already.
    Raises `UnknownError` for an objection or a fact that is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row, objection = held_objection(connection, objection_id)
        running = desk.running_for(connection, row)
        asked = refuses(connection, act.actor, outcome.move, matter_of(running.program, row))
        if refusal := asked or _not_to_be_settled(row, objection, answer, act):
            return Denied((refusal,), row.number)
        told = Act(act.actor, act.now, act.reason or answer)
        if objection.admitted is None:
            if refused := may_handle(desk, connection, row, objection, act):
                return refused
            _admit(desk, transaction, row, objection, act.actor.name, None, told)
        if outcome is Outcome.CORRECTED and (refused := _corrected(desk, transaction, running, row, facts, told)):
            transaction.abandon()
            return refused
        stage = publicity_of(desk, connection, row, objection)
        rests_on = (clause or "").strip() or (stage.clause if stage else None)
        signed = {"settled_by": act.actor.name, "settled_at": act.now}
        _update(connection, objection_id, outcome=outcome.value, clause=rests_on, answer=answer, **signed)
        transaction.record(
            row.program_id,
            "objection.settled",
            nomination=row.number,
            objection=objection_id,
            outcome=outcome.value,
            clause=rests_on,
            answer=answer,
            **act.signature(),
        )
        if outcome in (Outcome.DISMISSED, Outcome.CORRECTED):
            return _go_on(desk, transaction, row, told)
        return _move(desk, transaction, row, outcome.move, told) if row.stage.endswith(".objected") else None


def _not_to_be_settled(row: Row[Any], objection: Row[Any], answer: str, act: Act) -> Refusal | None:
    if objection.outcome is not None:
        return refusal_of.settled_already(objection.id)
    if is_party(act.actor.name, act.actor.organization, row, objection):
        return refusal_of.party(act.actor.name)
    return None if answer.strip() else refusal_of.unanswered()


def _admit(  # noqa: PLR0913, PLR0917 - what is admitted, by whom, for whom, and how long it may take
    desk: Desk,
    transaction: Transaction,
    row: Row[Any],
    objection: Row[Any],
    handler: str,
    said: Duration | None,
    act: Act,
) -> Admitted:
    connection = transaction.connection
    running = desk.running_for(connection, row)
    period = running.count(said, act.now) if said else None
    admitted = Admitted(
        objection.id, handler, period.closes if period else None, provisional=period.provisional if period else False
    )
    _update(
        connection,
        objection.id,
        admitted=True,
        judged_by=act.actor.name,
        judged_at=act.now,
        judged_because=act.reason,
        handler=handler,
        **_counted(said, period),
    )
    transaction.record(
        row.program_id,
        "objection.admitted",
        nomination=row.number,
        objection=objection.id,
        handler=handler,
        due=period.closes.isoformat() if period else None,
        **act.signature(),
    )
    if period:
        owe_investigation(connection, running, row, objection.stage, period.closes, act.now)
    return admitted


def _corrected(
    desk: Desk,
    transaction: Transaction,
    running: Running,
    row: Row[Any],
    facts: Iterable[tuple[str, str]],
    act: Act,
) -> Denied | None:
    """Put facts right; refused where the nominee then no longer meets what the notice asks."""
    stated = list(facts)
    if not stated:
        return None
    restate(transaction, running, row, stated, act)
    connection = transaction.connection
    verdicts = verdicts_on(desk, connection, running, [row], act.now)[row.id]
    failed = [one for one in verdicts if one.result is Result.FAIL]
    return Denied((refusal_of.no_longer_fit(failed),), row.number) if failed else None


def _go_on(desk: Desk, transaction: Transaction, row: Row[Any], act: Act) -> Moved | Denied | None:
    """Let a nominee go on against whom nothing is open any more: corrected since their list, or as they were."""
    of = t.objection.c
    if not row.stage.endswith(".objected"):
        return None
    stage = row.stage.removesuffix(".objected")
    mine = (of.nomination_id == row.id, of.stage == stage)
    if transaction.connection.execute(select(of.id).where(*mine, of.outcome.is_(None))).first():
        return None
    published = select(t.publicity.c.published_at).where(t.publicity.c.id == row.publicity_id).scalar_subquery()
    since = (of.outcome == Outcome.CORRECTED.value, of.settled_at > published)
    corrected = transaction.connection.execute(select(of.id).where(*mine, *since)).first()
    return _move(desk, transaction, row, Move.CORRECT if corrected else Move.SETTLE, act)


def _move(desk: Desk, transaction: Transaction, row: Row[Any], what: Move, act: Act) -> Moved | Denied:
    batch = move_many(desk, transaction, [row], what, act)
    if batch.denied:
        transaction.abandon()
        return batch.denied[0]
    return batch.moved[0]


def _update(connection: Connection, objection_id: int, **values: object) -> None:
    connection.execute(update(t.objection).where(t.objection.c.id == objection_id).values(values))
