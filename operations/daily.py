"""A day in figures: what moved, what was sent, what is held up, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, select

from deadlines.zone import ONE_DAY
from operations.damaged import damaged_programs
from operations.desk import Desk
from operations.overview import Dated, overview
from programs import Words
from store import tables as t

#: How far ahead the day looks.
AHEAD: Final = timedelta(days=7)


class Changed(NamedTuple):
    """How many nominations of a program came to a standing in that time, and stand there still."""

    program: str
    standing: Words
    nominations: int


@dataclass(frozen=True, slots=True)
class Day:
    """What came to pass from `since` to `now`, and what stands then.

    `coming` are key dates that close within the next week, the next first. `falling_due` counts, by program, the
    nominations that time moves on within that week. Of `damaged` programs, whose definitions nobody can read, the
    nominations that moved are not told.
    """

    since: datetime
    now: datetime
    changed: tuple[Changed, ...]
    sent: int
    waiting: int
    parked: int
    overdue: int
    falling_due: Mapping[str, int]
    coming: tuple[Dated, ...]
    names: Mapping[str, str]
    damaged: tuple[str, ...]


def day_of(desk: Desk, now: datetime, since: datetime | None = None) -> Day:
    """Return what came to pass `since` an instant, else in the 24 hours up to now, so that no evening is left out."""
    since = since or now - ONE_DAY
    of, message = t.nomination.c, t.message.c
    seen = overview(desk, now, latest=0)
    with desk.store.read() as connection:
        moved = connection.execute(
            select(of.program_id, of.revision, of.stage, func.count())
            .where(of.moved_at > since, of.moved_at <= now)
            .group_by(of.program_id, of.revision, of.stage)
            .order_by(of.program_id, of.stage)
        ).all()
        sent = connection.execute(
            select(func.count()).where(message.sent_at > since, message.sent_at <= now)
        ).scalar_one()
        due = connection.execute(
            select(of.program_id, func.count())
            .where(of.due_at > now, of.due_at <= now + AHEAD)
            .group_by(of.program_id)
            .order_by(of.program_id)
        )
        falling_due = dict(due.tuples().all())
        damaged = damaged_programs(desk, connection)
        changed = tuple(
            Changed(program_id, desk.version_of(connection, program_id, revision).pipeline.standings[stage].name, count)
            for program_id, revision, stage, count in moved
            if program_id not in damaged
        )
    return Day(
        since=since,
        now=now,
        changed=changed,
        sent=sent,
        waiting=seen.waiting,
        parked=seen.parked,
        overdue=seen.overdue,
        falling_due=falling_due,
        coming=tuple(one for one in seen.dates if one.key.closes and one.key.closes <= now + AHEAD),
        names={one.program.id: f"{one.program.award}（{one.program.edition}）" for one in seen.programs},
        damaged=damaged,
    )
