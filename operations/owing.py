"""Which reminders a change owes, written in the change's own transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, cast, func, literal, select, update
from sqlalchemy.engine import Connection

from notifications.hours import next_working_instant
from notifications.owed import (
    ESCAPES,
    Owed,
    OwedKind,
    arrival_key,
    arrival_reminder,
    deadline_reminders,
    escaped,
    invitation,
    notice,
)
from notifications.tasks import actor_at
from operations.acts import Act
from operations.desk import Running
from operations.results import Moved, MovedAll
from programs import Program, Words
from programs.reminding import Actor
from states import Move
from store import among, among_names, hold_heads, insert_from, insert_new, joined, json_object
from store import tables as t
from store.types import DOCUMENT_SEPARATORS, Instant

#: Moves of which the nominee's side is told, with the reason.
TOLD = frozenset(
    {
        Move.RETURN,
        Move.REJECT,
        Move.ELIMINATE,
        Move.CHOOSE,
        Move.RESERVE,
        Move.REPLACE,
        Move.UPHOLD,
        Move.CORRECT,
        Move.DEFER,
        Move.ISSUE,
        Move.LAPSE,
        Move.DISQUALIFY,
        Move.FAIL,
        Move.REVOKE,
        Move.EXPIRE,
    }
)


#: Of these without it: what the office wrote about an objection is for itself, and those who oversee it.
_OBJECTED = frozenset({Move.UPHOLD, Move.CORRECT, Move.DEFER})


def owe(
    connection: Connection,
    running: Running,
    moved: Sequence[Moved],
    act: Act,
    reasons: Mapping[str, str] | None = None,
) -> int:
    """Owe what these moves call for: word to whoever must act next, a ladder before what is due, news of a result.

    `reasons` are those of nominations, by number, that have one of their own in the place of the act's. Returns how
    many reminders are newly owed.
    """
    places = {(one.destination, one.holder, one.due_at) for one in moved if one.holder}
    owed: list[Owed] = []
    for stage, holder, due_at in sorted(places, key=str):
        owed += awaited(running, stage, str(holder), due_at, act.now)
    because = reasons or {}
    owed += [_notice(running, one, act.because(because.get(one.number))) for one in moved if one.move in TOLD]
    return write_owed(connection, owed)


def awaited(running: Running, stage: str, holder: str, due_at: datetime | None, now: datetime) -> Iterable[Owed]:
    """Return what is owed to a holder on whom nominations at this standing wait; nothing where only time is awaited."""
    if only_time_is_awaited(running, stage):
        return
    yield arrival_reminder(running.program.id, stage, holder, calendar=running.calendar, now=now, due=due_at)
    yield from ladder_of(running, stage, holder, due_at, now)


def ladder_of(running: Running, stage: str, holder: str, due_at: datetime | None, now: datetime) -> Iterable[Owed]:
    """Return the reminders before what nominations at this standing are due, without word that something arrived."""
    program = running.program
    if due_at and not only_time_is_awaited(running, stage):
        yield from deadline_reminders(
            program.id,
            stage,
            holder,
            due_at,
            calendar=running.calendar,
            steps=steps_of(program, actor_at(program, stage)),
            now=now,
            day_before=due_at in running.ambiguous_closes,
        )


def steps_of(program: Program, actor: Actor) -> tuple[int, ...]:
    """Return how many working days before something is due an actor is reminded of it, each time."""
    before = program.ladder(actor).before
    return program.reminders if before is None else before


def owe_invitations(  # noqa: PLR0913, PLR0917 - to which panel, whom, and until when
    connection: Connection,
    running: Running,
    stage: str,
    panel: str,
    experts: Iterable[str],
    due: datetime | None,
    act: Act,
) -> int:
    """Owe these experts an invitation, and the reminders before it is to be answered; returns how many were new."""
    program = running.program
    steps = program.ladder(Actor.EXPERT).before
    owed: list[Owed] = []
    for expert in experts:
        owed += invitation(
            program.id,
            stage,
            panel,
            expert,
            calendar=running.calendar,
            now=act.now,
            due=due,
            steps=program.reminders if steps is None else steps,
        )
    return write_owed(connection, owed)


def only_time_is_awaited(running: Running, stage: str) -> bool:
    """Whether nobody has to act at a standing: a publicity runs there, or a term, which tells its own duties."""
    moves = set(running.pipeline.moves_from(stage))
    # A reserve waits for a place that may never be vacated.
    return bool({Move.CLOSE, Move.EXPIRE, Move.REPLACE} & moves) or moves <= _WITHIN_A_TERM


#: All that is done where a term has no end of its own.
_WITHIN_A_TERM: Final = frozenset({Move.ASSESS, Move.FAIL, Move.REVOKE})


def write_owed(connection: Connection, owed: Iterable[Owed], *, daily: bool = False) -> int:
    """Store what is owed, once under its key; returns how many were new.

    What arrives once its recipient has been told of the day's arrivals is owed by a further one of that day; what is
    said `daily`, whatever came meanwhile, is not.

    Others may owe the same at this moment, so each waits for the one before at the head of the program's chain, not at
    the keys, which come in another order to each.
    """
    owed = list(owed)
    hold_heads(connection, {one.program for one in owed})
    if not daily:
        owed = _with_arrivals_to_tell(connection, owed)
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
                "about": one.about,
                "since": one.since,
            }
            for one in owed
        ],
    )


def _with_arrivals_to_tell(connection: Connection, owed: Sequence[Owed]) -> list[Owed]:
    """Return the same, each arrival under the key of the first of its day that is not told, nor being told, already."""
    kept = [one for one in owed if one.kind is not OwedKind.ARRIVAL]
    arriving = [one for one in owed if one.kind is OwedKind.ARRIVAL]
    of, dialect, number = t.reminder.c, connection.dialect.name, 1
    while arriving:
        tried = {arrival_key(one, number): one for one in arriving}
        there = set(connection.execute(select(of.key).where(among_names(of.key, tried, dialect))).scalars())
        open_until: dict[str, datetime] = {}
        if there:
            # One that is locked is being gathered, by a transaction that may have looked already at what it tells.
            query = select(of.key, of.send_at).where(among_names(of.key, there, dialect), of.state == "owed")
            open_until = dict(connection.execute(query.with_for_update(skip_locked=True)).tuples().all())
        arriving = []
        for key, one in tried.items():
            if key in there and key not in open_until:
                arriving.append(one)
                continue
            kept.append(replace(one, key=key))
            if one.send_at < open_until.get(key, one.send_at):
                # It was held until another day, and what arrives may be urgent: it is judged once more.
                connection.execute(update(t.reminder).where(of.key == key).values(send_at=one.send_at, held=None))
        number += 1
    return kept


def owe_each(connection: Connection, running: Running, moved: MovedAll, act: Act) -> int:
    """Owe what one move of many nominations calls for, as `owe` does; returns how many reminders are newly owed."""
    owed = _notify_each(connection, running, moved, act) if moved.move in TOLD else 0
    if moved.holder:
        owed += write_owed(connection, awaited(running, moved.destination, moved.holder, moved.due_at, act.now))
    return owed


def _notify_each(connection: Connection, running: Running, moved: MovedAll, act: Act) -> int:
    """Owe each nominee's side word of its move, as `notice` writes it, of the rows as they are now."""
    told = _told(t.nomination.c.nominee, moved.move.label, _reason_told(moved.move, act))
    return _owe_notices(connection, running, moved.ids, moved.destination, told, act.now)


def notify_migrated(connection: Connection, running: Running, ids: Sequence[int], stage: str, act: Act) -> int:
    """Owe each nominee's side word that it is judged by another version of the program now."""
    what = Words("改按第 {number} 版办理", "brought to version {number}").format(number=running.revision)
    return _owe_notices(connection, running, ids, stage, _told(t.nomination.c.nominee, what, act), act.now)


def _owe_notices(
    connection: Connection, running: Running, ids: Sequence[int], stage: str, told: dict[str, Any], now: datetime
) -> int:
    """Owe each nominee's side word of what has happened at a standing, under a key of the row's version."""
    of, program_id = t.nomination.c, running.program.id
    key = joined(
        [
            f"{OwedKind.NOTICE}|{escaped(program_id)}|",
            _escaped(of.number),
            "|",
            cast(of.version, Text),
            f"|{escaped(stage)}|",
            _escaped(of.unit),
        ]
    )
    facts = json_object(told, separators=DOCUMENT_SEPARATORS)
    values = {
        "key": key,
        "kind": literal(OwedKind.NOTICE.value),
        "program_id": literal(program_id),
        "stage": literal(stage),
        "recipient": of.unit,
        "nomination": of.number,
        "facts": facts,
        "send_at": literal(next_working_instant(running.calendar, now), Instant),
    }
    rows = select(*(value.label(name) for name, value in values.items())).where(among(of.id, ids)).order_by(of.id)
    # The key names the version that this act has made, so that it cannot be there yet.
    return insert_from(connection, t.reminder, rows)


def _escaped(column: ColumnElement[str]) -> ColumnElement[str]:
    for character, written in ESCAPES:
        column = func.replace(column, character, written)
    return column


def _told(nominee: str | ColumnElement[str], what: Words, act: Act) -> dict[str, Any]:
    return {"nominee": nominee, "move": what.zh, "move_en": what.en, "reason": act.reason.strip()}


def _reason_told(move: Move, act: Act) -> Act:
    """Return the act as the nominee's side is told of it: not what the office wrote about an objection."""
    return replace(act, reason="") if move in _OBJECTED else act


def _notice(running: Running, one: Moved, act: Act) -> Owed:
    return notice(
        running.program.id,
        one.number,
        one.version,
        one.destination,
        one.unit,
        facts=_told(one.nominee, one.move.label, _reason_told(one.move, act)),
        calendar=running.calendar,
        now=act.now,
    )
