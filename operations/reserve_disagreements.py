"""The reserves against the history: of which grade each is one, and in which place.

Who is a reserve is what their standing says, which is held against their last move; the order that they are in is told
once, when they are named. Memory grows with the reserves.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.disagreement import Disagreement
from operations.recollection import Value
from operations.told_events import events_saying
from store import tables as t

_PREFIX = "reserves."


def reserve_disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name every reserve whose grade or place in order the history tells otherwise, of one program or of all."""
    told: dict[tuple[str, str], dict[str, Value]] = {}
    for program, _, event in events_saying(connection, ['"kind":"reserves.named"'], program_id):
        for number, (grade, ordinal) in (event.get("reserves") or {}).items():
            told[program, number] = {"grade": grade, "ordinal": ordinal}
    kept, waiting = _kept(connection, program_id), _waiting(connection, program_id)
    for key in sorted(kept.keys() | waiting):
        row, history = kept.get(key), told.get(key) if key in waiting else None
        name = f"reserve:{key[1]}"
        if row is None or history is None:
            yield Disagreement(key[0], name, "exists", table=row is not None, history=history is not None)
            continue
        for field, value in history.items():
            if row[field] != value:
                yield Disagreement(key[0], name, field, row[field], value)


def _kept(connection: Connection, program_id: str | None) -> dict[tuple[str, str], dict[str, Value]]:
    of, who = t.place.c, t.nomination.c
    query = select(of.program_id, who.number, of.limit_key, of.ordinal).join_from(t.place, t.nomination)
    query = query.where(of.limit_key.startswith(_PREFIX))
    query = query if program_id is None else query.where(of.program_id == program_id)
    return {
        (row.program_id, row.number): {"grade": row.limit_key.removeprefix(_PREFIX), "ordinal": row.ordinal}
        for row in connection.execute(query)
    }


def _waiting(connection: Connection, program_id: str | None) -> set[tuple[str, str]]:
    of = t.nomination.c
    query = select(of.program_id, of.number).where(of.stage.endswith(".reserve", autoescape=True))
    query = query if program_id is None else query.where(of.program_id == program_id)
    return {(row.program_id, row.number) for row in connection.execute(query)}
