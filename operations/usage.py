"""What of a program's places each body has used, and how the program came to what it says now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.engine import Connection

from deadlines.ics import to_ics
from deadlines.keydates import KeyDates
from deadlines.zone import SHANGHAI
from operations.actors import Actor
from operations.authority import Authority
from operations.dates import dates_in_force
from operations.desk import Desk, Running
from operations.objection_list import objections_seen
from operations.placing import last_issued
from operations.seeing import Seeing, seeing_as
from programs import Program
from programs.model import Quota
from store import events_of
from store import tables as t


@dataclass(frozen=True, slots=True)
class Used:
    """How many places of a quota a body has used, of how many that it has."""

    quota: Quota
    owner: str
    taken: int
    places: int


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a program: since when, by whom and why, what it changed, and how many nominations are judged by it.

    Who and why is told to those who run the program. The first one has neither, but when the program was opened; where
    it is the only one, none are counted.
    """

    number: int
    since: datetime | None
    actor: str | None
    reason: str | None
    differences: tuple[str, ...]
    nominations: int | None


@dataclass(frozen=True, slots=True)
class Usage:
    """The quotas of a program by body, as far as the reader may see them, and its versions, the newest first."""

    program: Program
    used: tuple[Used, ...]
    versions: tuple[Version, ...]


def usage_of(desk: Desk, program_id: str, actor: Actor, now: datetime) -> Usage:
    """Return the places used in a program: of every body to who runs it, of their own to others.

    Raises `UnknownError` for a program that is not theirs to know.
    """
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        running = seeing.program(program_id)
        program, tree = running.program, Authority(connection, actor).tree
        runs = seeing.runs(running)
        own = None if runs else tree.at_or_below(actor.organization or "")
        found = tuple(one for one in _used(connection, program) if own is None or one.owner in own)
        # Of a program that was never amended there is one version, by which all are judged.
        counts = _judged_by(connection, seeing, program_id) if running.revision > 1 else {}
        amended = _amended(connection, program_id) if running.revision > 1 else {}
        return Usage(
            program,
            found,
            tuple(
                _version(
                    number,
                    amended.get(number),
                    running.opened_at,
                    counts.get(number, 0) if counts else None,
                    names=runs,
                )
                for number in range(running.revision, 0, -1)
            ),
        )


def dates_feed(desk: Desk, program_id: str, actor: Actor, now: datetime, language: str) -> str:
    """Return a program's key dates as an iCalendar file; raises `UnknownError` as `usage_of` does."""
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        running, objections = seeing.program(program_id), objections_seen(connection, seeing, program_id)[program_id]
        dates = _dates(connection, running, objections)
    return to_ics(dates, stamp=now, language=language)


def dates_seen(desk: Desk, actor: Actor, now: datetime) -> list[KeyDates]:
    """Return the key dates of every open program that somebody may know."""
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        objections = objections_seen(connection, seeing)
        return [
            _dates(connection, running, objections[running.program.id])
            for running in seeing.programs
            if running.opened_at is not None
        ]


def _dates(connection: Connection, running: Running, objections: Sequence[Row[Any]]) -> KeyDates:
    of, program_id = t.publicity.c, running.program.id
    lists = connection.execute(select(t.publicity).where(of.program_id == program_id).order_by(of.id)).all()
    return dates_in_force(running, lists, last_issued(connection, program_id), objections)


def _used(connection: Connection, program: Program) -> Iterator[Used]:
    """Yield every body that has used a place of a quota, or was allotted some."""
    of, allotted = t.place.c, t.allotment.c
    query = select(of.limit_key, of.owner, func.count()).where(of.program_id == program.id)
    taken = {
        (key.partition(".")[2], owner): count
        for key, owner, count in connection.execute(query.group_by(of.limit_key, of.owner))
        if key.startswith("quota.")
    }
    given = select(allotted.quota, allotted.owner, allotted.places).where(allotted.program_id == program.id)
    places = {(row.quota, row.owner): row.places for row in connection.execute(given)}
    for quota in program.quotas:
        for owner in sorted({owner for key, owner in (*taken, *places) if key == quota.id}):
            matter = (quota.id, owner)
            yield Used(quota, owner, taken.get(matter, 0), places.get(matter, quota.limit))


def _judged_by(connection: Connection, seeing: Seeing, program_id: str) -> Mapping[int, int]:
    of = t.nomination.c
    mine = select(of.revision, func.count()).where(of.program_id == program_id, seeing.condition)
    return dict(connection.execute(mine.group_by(of.revision)).tuples().all())


def _amended(connection: Connection, program_id: str) -> Mapping[int, Mapping[str, Any]]:
    events = events_of(connection, program_id, kind="program.amended", newest_first=True)
    return {event["revision"]: event for event in events}


def _version(
    number: int, event: Mapping[str, Any] | None, opened: datetime | None, nominations: int | None, *, names: bool
) -> Version:
    if event is None:
        return Version(number, opened if number == 1 else None, None, None, (), nominations)
    return Version(
        number,
        datetime.fromisoformat(event["now"]).astimezone(SHANGHAI),
        event["actor"] if names else None,
        event.get("reason") if names else None,
        tuple(event["differences"]),
        nominations,
    )
