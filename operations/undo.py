"""Taking the last move of a nomination back: its own use case, with its own event that names the one it undoes.

Policy → what the program allows → what rests on the move by now → the gates of what it gave back. Then the row stands
where it stood, and what the move took and gave back is as it was.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.engine import Connection

from notifications.owed import notice
from operations.acts import Act
from operations.authority import Authority
from operations.built import put_before
from operations.desk import Desk, Running, definition
from operations.endorsing import endorsement_of, form_number_taken, put_again
from operations.meanwhile import is_conflict, moved_meanwhile
from operations.move import event_facts
from operations.numbered import find
from operations.owing import TOLD, owe, write_owed
from operations.pasts import GIVES, give, hold_pasts, take_back
from operations.placing import Landing
from operations.results import Denied, Moved
from operations.seeing import Seeing
from operations.undoing import LastMove, Weighed, last_move_of, matter_of_undo, not_undoable
from programs import Program, Words
from states import Move, Refusal, Refused
from store import Transaction, hold
from store import tables as t


def undo(desk: Desk, number: str, act: Act, *, seen_version: int | None = None) -> Moved | Denied:
    """Take the last move of a nomination back, with a reason. With `seen_version`, only while that stands.

    Raises `UnknownError` for a number that is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        # What is done for many at once (a list, a ranking, a ballot) relies on the definition too: held alone, nothing
        # of it is done meanwhile that would rest on this move, and what was done is seen.
        hold(connection, [definition(find(connection, number, lock=False).program_id)])
        row = find(connection, number)
        running = desk.running_for(connection, row)
        found = last_move_of(connection, running, row)
        matter = matter_of_undo(running.program, row, found, act.actor)
        refusal = Authority(connection, act.actor).refuses(Move.UNDO, matter)
        if seen_version not in (None, row.version):
            told = not refusal or is_conflict(Seeing(desk, connection, act.actor, act.now), row, refusal)
            refusal = moved_meanwhile(connection, running, row) if told else refusal
        if refusal:
            return Denied((refusal,), number)
        if found is None or found.back is None:
            return Denied((not_undoable(running, row, found),), number)
        if found.kept.get("withdrew"):
            hold_pasts(connection, running.program, Move.CHOOSE, [row])
        newest = desk.running(connection, row.program_id)
        weighed = Weighed(desk, connection, running, newest, row, found, act.now, hold=True)
        outcome = running.pipeline.fire(weighed.case, Move.UNDO, weighed.circumstances(act.reason))
        if isinstance(outcome, Refused):
            return Denied(outcome.refusals, number)
        if found.event.get("endorsement") and (taken := _put_back(connection, running.program, row, found)):
            return Denied((taken,), number)
        return _write(transaction, running, newest, row, weighed, act)


def _put_back(connection: Connection, program: Program, row: Row[Any], found: LastMove) -> Refusal | None:
    """Have the form bear what the tier had put there before, if anything; refuse where its number is taken now."""
    before = put_before(connection, row, found.source, found.event["position"])
    given = endorsement_of(before) if before else None
    if given and (taken := form_number_taken(connection, program.id, row, given)):
        return taken
    put_again(connection, program.id, row.id, found.source, before)
    return None


def _write(
    transaction: Transaction, running: Running, newest: Running, row: Row[Any], weighed: Weighed, act: Act
) -> Moved:
    connection, found, due = transaction.connection, weighed.found, weighed.due
    was = found.kept.get("was", {})
    landing = Landing(connection, running, act.now)
    done = Moved(
        number=row.number,
        nominee=row.nominee,
        unit=row.unit,
        nominator=row.nominator,
        move=Move.UNDO,
        source=row.stage,
        destination=found.source,
        version=row.version + 1,
        holder=landing.holder(found.source, row),
        due_at=due.at,
        provisional=due.provisional,
    )
    of = t.nomination.c
    connection.execute(
        update(t.nomination)
        .where(of.id == row.id)
        .values(
            stage=done.destination,
            holder=done.holder,
            due_at=done.due_at,
            provisional=done.provisional,
            correction=was.get("correction"),
            grade=was.get("grade"),
            moved_at=datetime.fromisoformat(was["since"]),
            version=done.version,
        )
    )
    transaction.stand(row.program_id, done.source, row.holder, -1)
    transaction.stand(row.program_id, done.destination, done.holder, 1)
    weighed.places.take(weighed.limits, row)
    weighed.places.settle(Move.UNDO, {row.id: row.stage}, newest.program.quotas)
    if took := found.kept.get("took"):
        place = t.place.c
        connection.execute(delete(t.place).where(place.nomination_id == row.id, place.limit_key.in_(took)))
    past = None
    if found.move in GIVES and found.kept.get("gave"):
        take_back(connection, [row.id])
        past = "taken"
    elif weighed.last.past:
        give(connection, running, [row.id])
        past = "given"
    facts = event_facts(
        running,
        Move.UNDO,
        done.source,
        done.destination,
        version=done.version,
        due_at=done.due_at,
        holder=done.holder,
        act=act,
        grade=was.get("grade"),
    )
    undoes = {
        "position": found.event["position"],
        "digest": found.event["digest"],
        "move": found.move.value,
        "actor": found.event["actor"],
        "endorsed": True if found.event.get("endorsement") else None,
    }
    facts["clause"] = found.back.undo.basis if found.back else None
    facts["undoes"] = {name: value for name, value in undoes.items() if value is not None}
    transaction.record(row.program_id, "nomination.moved", nomination=row.number, past=past, **facts)
    owe(connection, running, [done], act)
    _put_right(connection, running, row, found, done, act)
    return done


def _put_right(connection: Connection, running: Running, row: Row[Any], found: LastMove, done: Moved, act: Act) -> None:
    """Keep word of the outcome back that has not gone out; where it has, owe another that puts it right."""
    if found.move not in TOLD:
        return
    calendar = running.calendar
    told = notice(
        row.program_id, row.number, row.version, row.stage, row.unit, facts={}, calendar=calendar, now=act.now
    )
    of = t.reminder.c
    kept = connection.execute(select(of.id, of.state).where(of.key == told.key).with_for_update()).one_or_none()
    if kept is None or kept.state == "moot":
        return
    if kept.state == "owed":
        connection.execute(update(t.reminder).where(of.id == kept.id).values(state="moot", held=None))
        return
    said = Words("撤销“{move}”", "taken back: “{move}”").format(move=found.move.label)
    write_owed(
        connection,
        [
            notice(
                row.program_id,
                row.number,
                done.version,
                done.destination,
                row.unit,
                facts={
                    "nominee": row.nominee,
                    "move": said.zh,
                    "move_en": said.en,
                    "reason": act.reason.strip(),
                },
                calendar=calendar,
                now=act.now,
            )
        ],
    )
