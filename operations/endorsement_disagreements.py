"""What tiers put on forms against the history: each must be what the last move from that tier says."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import LargeBinary, Select, Text, cast, func, or_, select, type_coerce
from sqlalchemy.engine import Connection

from operations.disagreement import Disagreement
from operations.recollection import event_of, instant, shown
from operations.told_events import raw
from operations.walking import Told, by_nomination, side_by_side
from store import tables as t
from store.chain import canonical

_SAID = '"endorsement":{'
_UNDONE = '"endorsed":true'


def endorsement_disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name every tier's part of a form that the history tells otherwise, of one program or of all."""
    of, row, kept = t.event.c, t.nomination.c, t.endorsement.c
    find: Any = func.instr if connection.dialect.name == "sqlite" else func.strpos
    opinion = (
        cast(kept.opinion, LargeBinary) if connection.dialect.name == "sqlite" else type_coerce(kept.opinion, Text)
    )
    own = (opinion, kept.sealed, kept.form_number, kept.endorsed_at, kept.endorsed_by)
    rows = select(row.program_id, row.number, kept.tier, *own).join_from(t.endorsement, t.nomination)
    rows = rows.order_by(row.program_id, row.number, kept.tier)
    events = select(of.program_id, of.nomination, raw(connection, of.payload))
    said = or_(find(of.payload, _SAID) > 0, find(of.payload, _UNDONE) > 0)
    events = events.where(said, of.nomination.is_not(None))
    events = events.order_by(of.program_id, of.nomination, of.position)
    if program_id is not None:
        rows, events = rows.where(row.program_id == program_id), events.where(of.program_id == program_id)
    for (program, number), table, history in side_by_side(_kept(connection, rows), _told(connection, events)):
        for tier in sorted(table.keys() | history.keys()):
            if table.get(tier) != history.get(tier):
                yield Disagreement(program, number, f"endorsement.{tier}", table.get(tier), history.get(tier))


def _kept(connection: Connection, rows: Select[Any]) -> Iterator[Told]:
    for key, group in by_nomination(connection, rows):
        yield (
            key,
            {
                tier: _text(event_of(opinion), sealed, number, instant(at), by)
                for _program, _number, tier, opinion, sealed, number, at, by in group
            },
        )


def _told(connection: Connection, events: Select[Any]) -> Iterator[Told]:
    """Yield what the last move from each tier says that stands; an event that cannot be read is left to the chain."""
    for key, group in by_nomination(connection, events):
        told: dict[str, list[str]] = defaultdict(list)
        for _program, _number, payload in group:
            event = event_of(payload) or {}
            put, undoes = event.get("endorsement"), event.get("undoes")
            if isinstance(put, Mapping):
                told[str(event.get("from"))].append(
                    _text(
                        put.get("opinion") or {},
                        bool(put.get("sealed")),
                        put.get("form_number"),
                        instant(event.get("now")),
                        event.get("actor"),
                    )
                )
            elif isinstance(undoes, Mapping) and undoes.get("endorsed") and told[str(event.get("to"))]:
                told[str(event.get("to"))].pop()
        yield key, {tier: stood[-1] for tier, stood in told.items() if stood}


def _text(opinion: object, sealed: object, number: object, at: object, by: object) -> str:
    """Return one tier's part as a text that can be compared and shown."""
    told = {"opinion": opinion, "sealed": bool(sealed), "form_number": number, "at": shown(at), "by": by}
    return canonical(told)
