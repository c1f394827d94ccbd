"""Nominations that somebody picks from a list, as they looked at them, and what one move would make of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select

from operations.actors import Actor
from operations.acts import Act
from operations.desk import Desk, Running
from operations.many import move_each
from operations.queries import Query, conditions_of, ordered
from operations.results import UnknownError, no_such_nomination
from operations.seeing import Seeing, seeing_as
from programs import Program, Words
from programs.stages import Tier
from programs.terms import Disqualification
from states import Endorsement, Move, Refusal
from store import tables as t

#: More than these are not moved together from a page.
MOST: Final = 1000

_of = t.nomination.c


@dataclass(frozen=True, slots=True)
class Picked:
    """One nomination as it was looked at: `version` was read then, `moves` lead on from there, whoever makes them."""

    number: str
    version: int
    nominee: str
    unit: str
    standing: Words
    running: Running
    moves: tuple[Move, ...]

    @property
    def program(self) -> Program:
        """The version of the program by which it is judged."""
        return self.running.program


@dataclass(frozen=True, slots=True)
class Picking:
    """What was picked, in the order of the list. `more`: others match as well, which are too many to move together.

    `missing` are the numbers of others that were asked for and are not there, or not theirs to see.
    `tier` is the one tier of recommendation at which all of them stand, where they do.
    """

    picked: tuple[Picked, ...]
    more: bool = False
    missing: tuple[str, ...] = ()
    tier: Tier | None = None

    @property
    def grounds(self) -> tuple[Disqualification, ...]:
        """The grounds of a disqualification that the programs of all of them have."""
        kinds = [one.program.disqualifications for one in self.picked]
        return tuple(one for one in kinds[0] if all(one in others for others in kinds)) if kinds else ()


@dataclass(frozen=True, slots=True)
class Step:
    """A nomination goes on, or would: from one standing to another, where `holder` must act, until `due_at`.

    `version` is the one that it has then.
    """

    picked: Picked
    stage: str
    destination: Words
    version: int
    holder: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stay:
    """A nomination stays where it is, and every reason why."""

    picked: Picked
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """What one move makes of several nominations. `remarks` refuse nothing: what a notice would rather have.

    `missing` are the numbers of those that are not there, or not the mover's to see: which of both, nobody is told.
    """

    steps: tuple[Step, ...]
    stays: tuple[Stay, ...]
    remarks: tuple[Refusal, ...]
    missing: tuple[str, ...] = ()


def not_there(number: str) -> Refusal:
    """Say of one of several that it is not there, or not theirs to see."""
    return Refusal(
        "there",
        Words("没有编号为 {number} 的申报", "there is no nomination {number}").format(number=number),
        Words("其余的不受影响", "the others are not affected"),
    )


def pick(desk: Desk, numbers: Iterable[str], actor: Actor, now: datetime) -> Picking:
    """Return these nominations as they stand; raises `UnknownError` for one that is not there, or not theirs to see."""
    picking = pick_there(desk, numbers, actor, now)
    if picking.missing:
        raise UnknownError(no_such_nomination(picking.missing[0]))
    return picking


def pick_there(desk: Desk, numbers: Iterable[str], actor: Actor, now: datetime) -> Picking:
    """Return those of these nominations that somebody sees, as they stand, and the numbers of the others.

    Raises `UnknownError` where they see none of them.
    """
    wanted = list(dict.fromkeys(numbers))[:MOST]
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        query = select(t.nomination).where(_of.number.in_(wanted), seeing.condition).order_by(_of.id)
        rows = seeing.visible(connection.execute(query).all())
        found = {row.number for row in rows}
        missing = tuple(number for number in wanted if number not in found)
        if missing and not rows:
            raise UnknownError(no_such_nomination(missing[0]))
        return replace(_picking(seeing, rows), missing=missing)


def pick_all(desk: Desk, query: Query, actor: Actor, now: datetime) -> Picking:
    """Return all nominations that a list shows somebody, from its first page on, `MOST` of them at most."""
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        listed = select(t.nomination).where(*conditions_of(seeing, query, now))
        rows = connection.execute(ordered(listed, replace(query, after="")).limit(MOST + 1)).all()
        return replace(_picking(seeing, seeing.visible(rows[:MOST])), more=len(rows) > MOST)


def as_seen(picking: Picking, versions: Mapping[str, int]) -> Picking:
    """Return what was picked with the versions that somebody looked at before."""
    seen = (replace(one, version=versions.get(one.number, one.version)) for one in picking.picked)
    return replace(picking, picked=tuple(seen))


def move_picked(  # noqa: PLR0913 - what goes with a move, each by name
    desk: Desk,
    picking: Picking,
    what: Move,
    act: Act,
    *,
    endorsement: Endorsement | None = None,
    form_numbers: Mapping[str, str] | None = None,
    ground: str | None = None,
    reasons: Mapping[str, str] | None = None,
    dry_run: bool,
) -> Together:
    """Move what was picked, unless it has changed since it was looked at; a dry run tells what would come of it."""
    by_number = {one.number: one for one in picking.picked}
    seen = {one.number: one.version for one in picking.picked}
    done = move_each(
        desk,
        list(by_number),
        what,
        act,
        endorsement=endorsement,
        form_numbers=form_numbers,
        ground=ground,
        reasons=reasons,
        seen=seen,
        dry_run=dry_run,
    )
    moved = {one.number: one for one in done.moved}
    denied = {one.number: one.refusals for one in done.denied if one.number}
    steps = [
        Step(
            one,
            to.destination,
            one.running.pipeline.standings[to.destination].name,
            to.version,
            to.holder,
            to.due_at,
        )
        for number, one in by_number.items()
        if (to := moved.get(number))
    ]
    stays = [Stay(one, denied[number]) for number, one in by_number.items() if number in denied]
    return Together(tuple(steps), tuple(stays), done.remarks, picking.missing)


def _picking(seeing: Seeing, rows: Sequence[Row[Any]]) -> Picking:
    versions = [seeing.version(row) for row in rows]
    picked = tuple(
        Picked(
            row.number,
            row.version,
            row.nominee,
            row.unit,
            running.pipeline.standings[row.stage].name,
            running,
            running.pipeline.moves_from(row.stage),
        )
        for row, running in zip(rows, versions, strict=True)
    )
    tiers = [running.program.tier(row.stage) for row, running in zip(rows, versions, strict=True)]
    alike = bool(tiers) and all(one == tiers[0] for one in tiers)
    return Picking(picked, tier=tiers[0] if alike else None)
