"""The pasts against the history: who was honored by a nomination, and what was recorded by hand."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from deadlines.zone import day_end, midnight
from operations.disagreement import Disagreement
from operations.recollection import Facts, Value, instant
from operations.told_events import events_saying, own_events_saying
from states import End
from store import INSTALLATION
from store import tables as t

_GIVE = frozenset({"choose", "replace", "issue"})
_TAKE = frozenset({"withdraw", "disqualify", "uphold", "defer", "eliminate", "reject", "lapse"})
_MOVES = sorted(_GIVE | _TAKE | {"expire", "revoke", "undo"})
_ENDS = frozenset(End)


def past_disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name every past that the history tells otherwise, of one program or of all and of the installation.

    Memory grows with those who were honored, not with all who were nominated.
    """
    by_nominations = _told_by_nominations(connection, program_id)
    yield from _compared(_kept_by_nominations(connection, program_id), by_nominations)
    if program_id is None:
        kept, told = _kept_by_hand(connection), _told_by_hand(connection)
        yield from _compared(
            {(INSTALLATION, number): facts for number, facts in kept.items()},
            {(INSTALLATION, number): facts for number, facts in told.items()},
        )


_Pasts = dict[tuple[str, str], dict[str, Value]]


def _compared(kept: _Pasts, told: _Pasts) -> Iterator[Disagreement]:
    for program, number in sorted(kept.keys() | told.keys()):
        row, history = kept.get((program, number)), told.get((program, number))
        if row is None or history is None:
            yield Disagreement(program, f"past:{number}", "exists", table=row is not None, history=history is not None)
            continue
        for field, value in history.items():
            if row[field] != value:
                yield Disagreement(program, f"past:{number}", field, row[field], value)


def _kept_by_nominations(connection: Connection, program_id: str | None) -> _Pasts:
    of, row = t.past.c, t.nomination.c
    query = select(row.program_id, row.number, of.since, of.ended_at).join_from(t.past, t.nomination)
    query = query.where(row.program_id == program_id) if program_id is not None else query
    return {
        (one.program_id, one.number): {"since": instant(one.since), "ended_at": instant(one.ended_at)}
        for one in connection.execute(query)
    }


def _told_by_nominations(connection: Connection, program_id: str | None) -> _Pasts:
    """Follow the moves of everybody who was chosen or honored; rehearsals honor nobody."""
    in_earnest = t.event.c.program_id.not_in(select(t.rehearsal.c.program_id))
    moves = (f'"move":"{move}"' for move in _MOVES)
    told: _Pasts = {}
    for program, number, event in events_saying(connection, moves, program_id, in_earnest):
        if number is not None:
            _follow(told, (program, number), event)
    return told


def _follow(told: _Pasts, key: tuple[str, str], event: Mapping[str, Any]) -> None:
    move, now = event.get("move"), instant(event.get("now"))
    if move in _GIVE:
        past = told.setdefault(key, {"since": None, "ended_at": None})
        if move == "issue" and past["since"] is None:
            past["since"] = now
    elif event.get("past") == "given":
        told.setdefault(key, {"since": None, "ended_at": None})
    elif event.get("past") == "taken":
        told.pop(key, None)
    elif key in told and move in _TAKE and told[key]["since"] is None:
        del told[key]
    if key in told and (event.get("to") == End.REVOKED or (move == "expire" and event.get("to") in _ENDS)):
        told[key]["ended_at"] = now


def _kept_by_hand(connection: Connection) -> Facts:
    of = t.past.c
    query = select(t.past).where(of.nomination_id.is_(None))
    return {
        str(row.id): {
            **{name: getattr(row, name) for name in ("kind", "name", "holder", "unit", "source")},
            "since": instant(row.since),
            "ended_at": instant(row.ended_at),
            "known": row.owner is not None,
        }
        for row in connection.execute(query)
    }


def _told_by_hand(connection: Connection) -> Facts:
    told: Facts = {}
    for event in own_events_saying(connection, ['"kind":"past.']):
        number = str(event.get("past"))
        match event.get("kind"):
            case "past.recorded":
                told[number] = {
                    "kind": event.get("of"),
                    **{name: event.get(name) for name in ("name", "holder", "unit", "source", "known")},
                    "since": instant(_day(event.get("since"), midnight)),
                    "ended_at": instant(_day(event.get("until"), day_end)),
                }
            case "past.ended" if number in told:
                told[number]["ended_at"] = instant(event.get("now"))
            case "past.removed":
                told.pop(number, None)
    return told


def _day(text: str | None, edge: Any) -> datetime | None:  # noqa: ANN401 - an edge of a day
    return edge(date.fromisoformat(text)) if text else None
