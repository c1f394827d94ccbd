"""Which reminders a change owes, written in the change's own transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from notifications.owed import Owed, arrival_reminder, deadline_reminders, notice
from operations.acts import Act
from operations.desk import Running
from operations.results import Moved
from states import Move
from store import hold_heads, insert_new
from store import tables as t

#: Moves of which the nominee's side is told, with the reason.
_TOLD = frozenset(
    {
        Move.RETURN,
        Move.REJECT,
        Move.ELIMINATE,
        Move.CHOOSE,
        Move.UPHOLD,
        Move.ISSUE,
        Move.LAPSE,
        Move.DISQUALIFY,
        Move.FAIL,
        Move.REVOKE,
        Move.EXPIRE,
    }
)


def owe(connection: Connection, running: Running, moved: Sequence[Moved], act: Act) -> int:
    """Owe what these moves call for: word to whoever must act next, a ladder before what is due, news of a result.

    Returns how many reminders are newly owed.
    """
    places = {(one.destination, one.holder, one.due_at) for one in moved if one.holder}
    owed: list[Owed] = []
    for stage, holder, due_at in sorted(places, key=str):
        owed += awaited(running, stage, str(holder), due_at, act.now)
    owed += [_notice(running, one, act) for one in moved if one.move in _TOLD]
    return write_owed(connection, owed)


def awaited(running: Running, stage: str, holder: str, due_at: datetime | None, now: datetime) -> Iterable[Owed]:
    """Return what is owed to a holder on whom nominations at this standing wait; nothing where only time is awaited."""
    moves = running.pipeline.moves_from(stage)
    if Move.CLOSE in moves or Move.EXPIRE in moves:
        return
    program = running.program
    yield arrival_reminder(program.id, stage, holder, calendar=running.calendar, now=now)
    if due_at:
        yield from deadline_reminders(
            program.id,
            stage,
            holder,
            due_at,
            calendar=running.calendar,
            steps=program.reminders,
            now=now,
            day_before=due_at in running.ambiguous_closes,
        )


def write_owed(connection: Connection, owed: Iterable[Owed]) -> int:
    """Store what is owed, once under its key; returns how many were new.

    Others may owe the same at this moment, so each waits for the one before at the head of the program's chain, not at
    the keys, which come in another order to each.
    """
    owed = list(owed)
    hold_heads(connection, {one.program for one in owed})
    return insert_new(
        connection,
        t.reminder,
        [
            {
                "key": one.key,
                "kind": one.kind.value,
                "program_id": one.program,
                "stage": one.stage,
                "recipient": one.recipient,
                "nomination": one.nomination,
                "due_at": one.due,
                "step": one.step,
                "facts": dict(one.facts),
                "send_at": one.send_at,
            }
            for one in owed
        ],
    )


def _notice(running: Running, one: Moved, act: Act) -> Owed:
    facts = {"nominee": one.nominee, "move": one.move.label.zh, "reason": act.reason.strip()}
    return notice(
        running.program.id,
        one.number,
        one.version,
        one.destination,
        one.unit,
        facts=facts,
        calendar=running.calendar,
        now=act.now,
    )
