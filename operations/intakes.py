"""When a program's intakes close: announced when it is opened, extended on an authority, kept with it ever since.

What nominations wait for follows every change of a close, and so do the reminders of it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from deadlines.course import Close
from operations.acts import Act
from operations.authority import refuses
from operations.desk import Desk, Running, definition
from operations.jurisdictions import Matter
from operations.owing import ladder_of, write_owed
from operations.paths import path_of
from operations.policy import Deed
from operations.results import Denied, denied
from programs import Program, Words, extend
from programs.words import closing_in_words
from states import End, Refusal
from store import Transaction, hold
from store import tables as t


def extend_deadline(
    desk: Desk, program_id: str, deadline_id: str, closes: datetime, authority: str, act: Act
) -> Program | Denied:
    """Extend or correct a deadline of a program in the store, and move what waits for it along.

    Raises `UnknownError` for a program that is not in the store, `ProgramError` for an unknown deadline.
    """
    with desk.store.write() as transaction:
        current, *earlier = held_versions(desk, transaction, program_id)
        matter = Matter(program_id, current.program.office)
        refused = denied(
            refuses(transaction.connection, act.actor, Deed.EXTEND, matter)
            or _unfounded(authority)
            or _past(current, closes, act)
        )
        if refused:
            transaction.abandon()
            return refused
        before = current.closes.get(deadline_id)
        changed = _extended(current, deadline_id, closes, authority)
        redefine(transaction, current, changed, act.now)
        # The office takes in until then, whichever version a nomination is of.
        others = [
            (one, _extended(one, deadline_id, closes, authority, changed))
            for one in earlier
            if deadline_id in one.stated.deadlines()
        ]
        for one, other in others:
            redefine(transaction, one, other, act.now)
        transaction.record(
            program_id,
            "deadline.extended",
            deadline=deadline_id,
            **{"from": before.isoformat() if before else None, "to": closes.isoformat()},
            authority=authority,
            definition=changed.digest,
            versions=digests_of(other for _, other in others),
            **act.signature(),
        )
        return changed.program


def _extended(
    current: Running, deadline_id: str, closes: datetime, authority: str, newest: Running | None = None
) -> Running:
    changed = as_changed(current, extend(current.stated, deadline_id, closes, authority), newest)
    if current.opened_at:
        # Named, it is announced, even where the calendar would have given the same.
        changed = replace(changed, announced={**changed.announced, deadline_id: Close(closes)})
    return changed


def digests_of(versions: Iterable[Running]) -> dict[str, str] | None:
    """Return what an event says of earlier versions that it changed too: their digests, by their numbers."""
    return {str(one.revision): one.digest for one in versions} or None


def held_versions(desk: Desk, transaction: Transaction, program_id: str) -> tuple[Running, ...]:
    """Return every version of a program for this transaction to change, as `held` does, the newest first."""
    hold(transaction.connection, [definition(program_id)])
    return desk.versions(transaction.connection, program_id)


def held(desk: Desk, transaction: Transaction, program_id: str) -> Running:
    """Return a program for this transaction to change; who else would change it waits. Raises `UnknownError`."""
    hold(transaction.connection, [definition(program_id)])
    return desk.running(transaction.connection, program_id)


def hold_nominations(connection: Connection, program_id: str) -> None:
    """Hold every nomination under way, so that none moves by a definition that is about to be replaced."""
    if connection.dialect.name == "sqlite":
        return  # who writes there holds everything
    of = t.nomination.c
    under_way = (of.program_id == program_id, of.stage.not_in(list(End)))
    rows = select(of.id).where(*under_way).order_by(of.number).with_for_update().subquery()
    connection.execute(select(func.count()).select_from(rows))


def as_changed(current: Running, program: Program, newest: Running | None = None) -> Running:
    """Return a version as this transaction makes it. The desk must not keep it: the transaction may yet fail.

    Of an earlier version `program` is its own text, beside the `newest` one. Only closes that the change itself moves
    are announced anew; a calendar that has changed meanwhile moves none here.
    """
    changed = current.stating(program, newest.program if newest else None)
    if current.opened_at is None:
        return changed
    before, after = computed(current), computed(changed)
    announced = {
        key: close if close != before.get(key) else current.announced.get(key, close) for key, close in after.items()
    }
    return replace(changed, announced=announced)


def redefine(transaction: Transaction, current: Running, changed: Running, now: datetime) -> int:
    """Keep a changed version in the place of the current one, and give what waits by it its new due instants.

    Returns how many nominations are due at another instant now.
    """
    connection = transaction.connection
    hold_nominations(connection, changed.program.id)
    written = connection.execute(
        update(t.program)
        .where(t.program.c.id == changed.program.id, t.program.c.version == current.version)
        .values(changed.columns)
        if current.is_newest
        else update(t.revision)
        .where(t.revision.c.program_id == changed.program.id, t.revision.c.number == current.revision)
        .where(t.revision.c.version == current.version)
        .values(changed.columns)
    ).rowcount
    if written != 1:
        # The definition is held by this transaction, so this would be a fault of the store, not of a user.
        raise RuntimeError(f"{changed.program.id} was changed while its definition was held")
    return _redue(connection, changed, now)


def computed(running: Running) -> dict[str, Close]:
    """Return the closes that the calendar gives the program's intakes now, by the key of their standing."""
    dates = replace(running, announced={}).dates
    return {
        key: Close(date.closes, date.provisional)
        for key in running.program.deadlines()
        if (date := dates[key]).closes is not None
    }


def _redue(connection: Connection, running: Running, now: datetime) -> int:
    """Give every nomination of a version that waits at a tier its new due instant, and owe its reminders."""
    moved = 0
    waiting = connection.execute(
        select(*(t.nomination.c[name] for name in ("stage", "category", "route", "traits", "holder")))
        .where(
            t.nomination.c.program_id == running.program.id,
            t.nomination.c.revision == running.revision,
            t.nomination.c.stage.in_([f"{stage.id}.{tier.id}" for stage, tier in running.program.tiers()]),
        )
        .distinct()
    ).all()
    for row in waiting:
        due = running.due_at_tier(row.stage, path_of(row))
        moved += connection.execute(
            update(t.nomination)
            .where(
                t.nomination.c.program_id == running.program.id,
                t.nomination.c.revision == running.revision,
                t.nomination.c.stage == row.stage,
                t.nomination.c.category.is_not_distinct_from(row.category),
                t.nomination.c.route == row.route,
                t.nomination.c.traits.is_not_distinct_from(row.traits),
                t.nomination.c.due_at.is_distinct_from(due.at),
            )
            .values(due_at=due.at, provisional=due.provisional)
        ).rowcount
        if row.holder:
            # Nothing new has arrived; only the time to act by is another.
            write_owed(connection, ladder_of(running, row.stage, row.holder, due.at, now))
    return moved


def _past(current: Running, closes: datetime, act: Act) -> Refusal | None:
    """Refuse to close an intake in the past: who has handed in since was in time."""
    if current.opened_at is None or closes.tzinfo is None or closes > act.now:
        return None
    return Refusal(
        "close-ahead",
        Words("新的截止时刻 {at} 已经过去", "the new close, {at}, has passed").format(at=closing_in_words(closes)),
        Words("请写现在之后的时刻", "name an instant that is still to come"),
    )


def _unfounded(authority: str) -> Refusal | None:
    if authority.strip():
        return None
    return Refusal(
        "authority-stated",
        Words("没有写明延期的依据", "no authority is given for the change"),
        Words("请写明文件或决定，如“泸市人社办〔2019〕101号”", "name the document or decision behind it"),
    )
