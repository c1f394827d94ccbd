"""What happened last, with the names of what it was about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from deadlines.zone import SHANGHAI
from operations.actors import Role
from operations.desk import Running
from operations.overview.shapes import Event
from programs import Words
from programs.stages import Review, Vote
from store import events_of
from store import tables as t


def latest_events(connection: Connection, running: Running, latest: int) -> Iterable[Event]:
    """Yield the newest events of a program first."""
    standings, program = running.pipeline.standings, running.program
    for facts in islice(events_of(connection, program.id, newest_first=True), latest):
        source, destination = standings.get(facts.get("from", "")), standings.get(facts.get("to", ""))
        yield Event(
            program=program,
            position=facts["position"],
            at=datetime.fromisoformat(facts["now"]).astimezone(SHANGHAI),
            kind=facts["kind"],
            actor=facts["actor"],
            role=Role(facts["role"]).label,
            number=facts.get("nomination"),
            nominee=None,
            source=source.name if source else None,
            destination=destination.name if destination else None,
            subject=_subject(running, facts),
            facts=facts,
        )


def _subject(running: Running, facts: Mapping[str, Any]) -> Words | None:
    program = running.program
    if "ruling" in facts:
        return next((Words(one.question, one.id) for one in program.rulings if one.id == facts["ruling"]), None)
    if "deadline" in facts:
        tier = running.pipeline.standings.get(facts["deadline"])
        return tier.name if tier else None
    stage = next((one for one in program.stages if one.id == facts.get("stage")), None)
    if isinstance(stage, Review | Vote) and "track" in facts:
        return next((Words(one.name, one.id) for one in stage.tracks if one.id == facts["track"]), None)
    return Words(stage.name, stage.id) if stage else None


def with_nominees(connection: Connection, events: Sequence[Event]) -> tuple[Event, ...]:
    """Say who each event was about."""
    of = t.nomination.c
    numbers = {event.number for event in events if event.number}
    names = dict(connection.execute(select(of.number, of.nominee).where(of.number.in_(numbers))).tuples().all())
    return tuple(replace(event, nominee=names.get(event.number or "")) for event in events)
