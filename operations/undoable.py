"""What the event of a move keeps so that the move can be taken back: until when, and what it took and gave back.

Only a move that its program lets be taken back has it; every other one costs what it did before.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.desk import Running
from operations.paths import path_of
from programs.counting import Unit
from programs.dates import Duration
from programs.undo import Undo
from states import Move
from states.undoing import Back
from store import among
from store import tables as t


@dataclass(frozen=True, slots=True)
class Kept:
    """What a nomination has at an instant: the limits of which it has a place, and whether it is promised an honor."""

    places: frozenset[str]
    promised: bool


def kept_by(connection: Connection, ids: Collection[int]) -> Mapping[int, Kept]:
    """Return what each of these nominations has, by its id."""
    if not ids:
        return {}
    place, past = t.place.c, t.past.c
    places: dict[int, set[str]] = defaultdict(set)
    for nomination, key in connection.execute(
        select(place.nomination_id, place.limit_key).where(among(place.nomination_id, list(ids)))
    ):
        places[nomination].add(key)
    promised = set(
        connection.execute(
            select(past.nomination_id).where(among(past.nomination_id, list(ids)), past.since.is_(None))
        ).scalars()
    )
    return {one: Kept(frozenset(places[one]), one in promised) for one in ids}


def undo_until(running: Running, undo: Undo, now: datetime) -> datetime:
    """Return the first instant at which a move made now can be taken back no more."""
    if undo.hours is not None:
        return now + timedelta(hours=undo.hours)
    return running.count(Duration(days=undo.working_days or 1, unit=Unit.WORKING), now).closes


def ways_back(versions: Mapping[int, Running], rows: Iterable[Row[Any]], what: Move) -> Mapping[int, Back]:
    """Return how a move of these nominations could be taken back, by their ids, where it could."""
    return {
        row.id: back
        for row in rows
        if versions[row.revision].pipeline.takes_back
        and (back := versions[row.revision].pipeline.undoes(row.stage, what, path_of(row)))
    }


def undo_facts(
    connection: Connection,
    versions: Mapping[int, Running],
    moved: Iterable[tuple[Row[Any], Back]],
    before: Mapping[int, Kept],
    act: Act,
) -> Mapping[int, dict[str, Any]]:
    """Return what the events of moves keep that can be taken back; the rows are as they were before the moves."""
    after = kept_by(connection, before.keys())
    return {
        row.id: _facts(versions[row.revision], back.undo, row, before[row.id], after[row.id], act.now)
        for row, back in moved
    }


def _facts(running: Running, undo: Undo, row: Row[Any], before: Kept, after: Kept, now: datetime) -> dict[str, Any]:
    was = {
        "grade": row.grade,
        "due": row.due_at.isoformat() if row.due_at else None,
        "provisional": row.provisional or None,
        "correction": row.correction,
        "since": row.moved_at.isoformat(),
    }
    facts = {
        "until": undo_until(running, undo, now).isoformat(),
        "took": sorted(after.places - before.places) or None,
        "gave_back": sorted(before.places - after.places) or None,
        "gave": True if after.promised and not before.promised else None,
        "withdrew": True if before.promised and not after.promised else None,
        "was": {name: value for name, value in was.items() if value is not None},
    }
    return {name: value for name, value in facts.items() if value is not None}
