"""Reading the history back."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import Connection

from states import Move
from store.chain import INSTALLATION
from store.tables import event, installation_event, nomination


def events_of(
    connection: Connection,
    program_id: str,
    *,
    nomination: str | None = None,
    kind: str | None = None,
    newest_first: bool = False,
) -> Iterator[dict[str, Any]]:
    """Yield the events of a program, or of one of its nominations, as their payloads with `position` and `digest`.

    With a `kind`, those of this kind that are about the program itself, and no nomination. The `INSTALLATION` stands
    for what happened to people and organizations.
    """
    if program_id == INSTALLATION:
        yield from _installation_events(connection, newest_first=newest_first)
        return
    order = event.c.position.desc() if newest_first else event.c.position
    query = select(event.c.position, event.c.payload, event.c.digest)
    if nomination is None and kind is None:
        query = query.where(event.c.program_id == program_id)
    else:
        # What is about one nomination, or about none, is little, and an index finds it. SQLite would rather read all
        # events of the program, since these are in order, were the program's column named as it is.
        query = query.where(event.c.program_id.concat("") == program_id, event.c.nomination == nomination)
    if kind is not None:
        query = query.where(event.c.payload.contains(f'"kind":"{kind}"', autoescape=True))
    # Few are read at once; a whole chain as it is asked for. That is asked of this statement alone: on PostgreSQL
    # nothing but a query can be read through a cursor of the server, and none that is would be prepared.
    options = {"yield_per": 500} if nomination is None and kind is None else {}
    with connection.execute(query.order_by(order), execution_options=options) as rows:
        for position, payload, digest in rows:
            yield {**json.loads(payload), "position": position, "digest": digest}


def moves_about(connection: Connection, program_id: str, stage: str) -> Iterator[dict[str, Any]]:
    """Yield the moves of nominations from a stage of a program, and those that were undone to it, the newest first.

    They are yielded as `events_of` does.
    """
    of = event.c
    leaves = of.payload.contains(f'"from":"{stage}"', autoescape=True)
    undone = of.payload.contains(f'"move":"{Move.UNDO}"') & of.payload.contains(f'"to":"{stage}"', autoescape=True)
    query = (
        select(of.position, of.payload, of.digest)
        .where(of.program_id == program_id, of.payload.contains('"kind":"nomination.moved"'), leaves | undone)
        .order_by(of.position.desc())
    )
    with connection.execute(query, execution_options={"yield_per": 500}) as rows:
        for position, payload, digest in rows:
            told = {**json.loads(payload), "position": position, "digest": digest}
            # What somebody wrote may read like a key.
            if told["kind"] == "nomination.moved" and (
                told["from"] == stage or (told["move"] == Move.UNDO and told["to"] == stage)
            ):
                yield told


def newest_of(connection: Connection, program_id: str, most: int, *, before: int | None = None) -> list[dict[str, Any]]:
    """Return the newest events of a program first, so many at most, as `events_of` yields them.

    `before` is a position: events that came before it alone.
    """
    of = event.c
    query = select(of.position, of.payload, of.digest).where(of.program_id == program_id)
    if before is not None:
        query = query.where(of.position < before)
    rows = connection.execute(query.order_by(of.position.desc()).limit(most))
    return [{**json.loads(payload), "position": position, "digest": digest} for position, payload, digest in rows]


def newest_about(
    connection: Connection, program_id: str, of_these: ColumnElement[bool], *, within: int
) -> Iterator[dict[str, Any]]:
    """Yield the newest events of a program first that are about some of its nominations, of the last `within` events.

    `of_these` is a condition on nominations. They are yielded as `events_of` does.
    """
    of = event.c
    # Taken first, so that a server knows how few they are.
    newest = select(of.position, of.nomination, of.payload, of.digest).where(of.program_id == program_id)
    last = newest.order_by(of.position.desc()).limit(within).subquery()
    query = (
        select(last.c.position, last.c.payload, last.c.digest)
        .join_from(last, nomination, nomination.c.number == last.c.nomination)
        .where(of_these)
        .order_by(last.c.position.desc())
    )
    for position, payload, digest in connection.execute(query):
        yield {**json.loads(payload), "position": position, "digest": digest}


def _installation_events(connection: Connection, *, newest_first: bool) -> Iterator[dict[str, Any]]:
    of = installation_event.c
    query = select(of.position, of.payload, of.digest).order_by(of.position.desc() if newest_first else of.position)
    for position, payload, digest in connection.execute(query):
        yield {**json.loads(payload), "position": position, "digest": digest}
