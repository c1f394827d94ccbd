"""What happened last, with the names of what it was about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby, islice
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from deadlines.zone import SHANGHAI
from operations.actors import Role
from operations.desk import Running
from operations.discretion import tellable
from operations.overview.shapes import Event
from operations.seeing import Seeing
from programs import Words
from programs.stages import Review, Vote
from states import Move, Standing
from store import newest_about, newest_of
from store import tables as t

#: How far back the newest events of a program are read: far enough to see past a batch.
SCANNED = 500
#: So many of them are looked at first, and then; most of the time the first are enough.
_PARTS: Final = (25, 75, 400)

#: Moves that are part of something else, and the kind of event that tells more of it.
_TOLD_BY: dict[str, str] = {
    Move.OBJECT: "objection.lodged",
    Move.SETTLE: "objection.settled",
    Move.UPHOLD: "objection.settled",
    Move.REPLACE: "seat.replaced",
    Move.CORRECT: "objection.settled",
    Move.DEFER: "objection.settled",
    Move.PUBLISH: "publicity.started",
    Move.ISSUE: "document.issued",
}


#: Whoever had a letter acted by the link in it, in no role.
_BY_LINK: Final = Words("凭信函中的链接", "by the link in a letter")


def latest_events(
    connection: Connection, versions: Sequence[Running], latest: int, seeing: Seeing, *, any_seen: bool
) -> Iterator[Event]:
    """Yield the newest events of a program first, those that somebody may be told; one stroke's are told once.

    `versions` are those of the program, the newest first: an event may be about a place that only an earlier one has.
    `any_seen`: the reader sees some of its nominations; without, who does not run it is told of nothing.
    """
    runs = seeing.runs(versions[0])
    if not runs and not any_seen:
        return iter(())
    parts = _newest(connection, versions[0].program.id, None if runs else seeing)
    told = (event for part in parts for event in tellable(seeing, part, versions[0], picked=not runs))
    return islice(_told(versions, told), latest)


def _newest(connection: Connection, program_id: str, seeing: Seeing | None) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Yield the newest events of a program first, in parts; with a `seeing`, those about what is theirs to see."""
    if seeing:
        # Of the newest, the database picks out their own: of many nominations they see few.
        read = newest_about(connection, program_id, seeing.of_few, within=SCANNED)
        yield from (list(islice(read, most)) for most in _PARTS)
        return
    before = None
    for most in _PARTS:
        part = newest_of(connection, program_id, most, before=before)
        yield part
        if len(part) < most:
            return
        before = part[-1]["position"]


def each_event(versions: Sequence[Running], events: Iterable[Mapping[str, Any]]) -> tuple[Event, ...]:
    """Return events of one nomination, each told by itself."""
    return tuple(_event(versions, [one], and_more=False) for one in events)


def _told(versions: Sequence[Running], read: Iterable[Mapping[str, Any]]) -> Iterator[Event]:
    seen = 0
    for _, together in groupby(read, key=lambda facts: (facts["actor"], facts["now"])):
        stroke = list(together)
        seen += len(stroke)
        kinds = {facts["kind"] for facts in stroke}
        matters: dict[tuple[object, ...], list[Mapping[str, Any]]] = defaultdict(list)
        for facts in stroke:
            if _TOLD_BY.get(facts.get("move", "")) not in kinds:
                matters[_matter(facts)].append(facts)
        for events in matters.values():
            yield _event(versions, events, and_more=seen == SCANNED)


def _matter(facts: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what must be alike for events of one stroke to be told as one."""
    if "nomination" not in facts:
        return (facts["position"],)
    return tuple(facts.get(name) for name in ("kind", "move", "from", "to", "stage", "track", "outcome"))


def _event(versions: Sequence[Running], events: Sequence[Mapping[str, Any]], *, and_more: bool) -> Event:
    newest = events[0]
    source, destination = (_standing(versions, newest.get(name, "")) for name in ("from", "to"))
    return Event(
        program=versions[0].program,
        position=newest["position"],
        at=datetime.fromisoformat(newest["now"]).astimezone(SHANGHAI),
        kind=newest["kind"],
        actor=newest["actor"],
        role=Role(newest["role"]).label if "role" in newest else _BY_LINK,
        number=newest.get("nomination"),
        nominee=None,
        count=len(events),
        and_more=and_more,
        source=source.name if source else None,
        destination=destination.name if destination else None,
        subject=next((subject for one in versions if (subject := _subject(one, newest))), None),
        facts=newest,
    )


def _standing(versions: Sequence[Running], key: str) -> Standing | None:
    return next((one.pipeline.standings[key] for one in versions if key in one.pipeline.standings), None)


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
    rows = connection.execute(select(of.number, of.nominee).where(of.number.in_(numbers)))
    names: dict[str, str] = dict(rows.tuples().all())
    return tuple(replace(event, nominee=names.get(event.number or "")) for event in events)
