"""公示和异议 as those see them who work on them: lists, who waits for one, objections, reserves, and vacated places."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.engine import Connection

from deadlines.course import PublishedList
from deadlines.errors import DeadlineError
from deadlines.periods import Period
from notifications.hours import working_days_left
from operations.actors import Actor
from operations.acts import Act
from operations.authority import Authority, matter_at, matter_of
from operations.desk import Desk, Running
from operations.fact_fields import FactField, facts_asked
from operations.lookup import masked_name
from operations.objection_list import ListedObjection, objections_of
from operations.objection_refusals import is_party, party, settled_already
from operations.objection_rows import publicity_of
from operations.paths import path_of
from operations.policy import Deed
from operations.publicize import list_of
from operations.replacing import VACATED, stands_against
from operations.results import UnknownError
from operations.seeing import Seeing, seeing_as
from programs import Program, Words
from programs.stages import OutOfScope, Publicity
from states import Move, Refusal
from store import tables as t


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list that was published, and how many are on it now.

    `days_left` are the working days that objections to it are still taken; none once they are not.
    """

    id: int
    name: str
    dates: PublishedList
    count: int
    days_left: int | None


@dataclass(frozen=True, slots=True)
class ToPublish:
    """A publicity at which some wait; `refusal` says why the reader does not publish them.

    `period`: what a list published now would have; none where its days are not ruled on, or beyond the calendar.
    """

    stage: Publicity
    count: int
    refusal: Refusal | None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Standby:
    """A reserve in its place, or somebody chosen who fell out and whose place nobody has taken."""

    number: str
    nominee: str
    unit: str
    award: str
    ordinal: int | None
    standing: Words
    #: Why the reader does not let a reserve go, or give a vacated place to the next one.
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class PublicityDesk:
    """What a program has published, and what is raised against it, as far as the reader may see it."""

    program: Program
    lists: tuple[ShownList, ...]
    waiting: tuple[ToPublish, ...]
    objections: tuple[ListedObjection, ...]
    reserves: tuple[Standby, ...]
    vacated: tuple[Standby, ...]
    #: Whether the reserves are the reader's to let go.
    releases: bool

    def require_vacated(self, number: str) -> None:
        """Raise `UnknownError` for a number whose place is not vacated, or not the reader's to know."""
        if number not in [one.number for one in self.vacated]:
            raise UnknownError(Words("没有这一空缺", "there is no such vacated place"))

    def require_reserves(self) -> None:
        """Raise `UnknownError` where there is no reserve, or none that the reader may know."""
        if not self.reserves:
            raise UnknownError(Words("没有候补", "there are no reserves"))


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that an objection rests on."""

    place: int
    name: str
    attached_at: datetime
    attached_by: str


@dataclass(frozen=True, slots=True)
class ObjectionCase:
    """One objection: what was raised, and how far it is. Of a person who objects the first character is told.

    `refusal` is why the reader does not handle it; `scopes` are what the program names as no objection, and `asked`
    what a nomination states that can be put right.
    """

    listed: ListedObjection
    program: Program
    unit: str
    objector: str
    grounds: str
    evidence: str | None
    files: tuple[EvidenceFile, ...]
    has_contact: bool
    taken_by: str | None
    judged: tuple[str, datetime, str] | None
    scope: str | None
    found: tuple[str, datetime, str] | None
    settled: tuple[str, str, str | None] | None
    scopes: tuple[OutOfScope, ...]
    asked: tuple[FactField, ...]
    refusal: Refusal | None


def publicity_desk(desk: Desk, program_id: str, actor: Actor, now: datetime) -> PublicityDesk:
    """Return what somebody is shown of a program's publicity; raises `UnknownError` for what is not theirs to know."""
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        running = seeing.program(program_id)
        versions = desk.versions(connection, program_id)
        stages = {
            stage.id: stage
            for version in reversed(versions)
            for stage in version.program.held_stages
            if isinstance(stage, Publicity)
        }
        published = connection.execute(
            select(t.publicity).where(t.publicity.c.program_id == program_id).order_by(t.publicity.c.id.desc())
        ).all()
        of = t.nomination.c
        on_it = dict(
            connection.execute(
                select(of.publicity_id, func.count())
                .where(of.publicity_id.in_([row.id for row in published]))
                .group_by(of.publicity_id)
            )
            .tuples()
            .all()
        )
        reserves = tuple(_reserves(desk, connection, seeing, program_id, actor))
        return PublicityDesk(
            program=running.program,
            lists=tuple(
                ShownList(
                    row.id,
                    stages[row.stage].name if row.stage in stages else row.stage,
                    list_of(row),
                    on_it.get(row.id, 0),
                    working_days_left(running.calendar, now, row.objections_close_at),
                )
                for row in published
            ),
            waiting=tuple(_waiting(desk, connection, seeing, Act(actor, now), program_id, stages.values())),
            objections=tuple(_objections(desk, connection, seeing, program_id, now)),
            reserves=reserves,
            vacated=tuple(_vacated(desk, connection, seeing, program_id, actor, now)),
            releases=bool(reserves) and all(one.refusal is None for one in reserves),
        )


def open_objections(desk: Desk, actor: Actor, now: datetime) -> list[tuple[Program, tuple[ListedObjection, ...]]]:
    """Return what is open in every program that somebody may know, the first to be settled in front."""
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        open_ones = select(t.nomination.c.program_id).join_from(t.objection, t.nomination)
        objected = set(connection.execute(open_ones.where(t.objection.c.outcome.is_(None))).scalars())
        found = (
            (running.program, tuple(_objections(desk, connection, seeing, running.program.id, now)))
            for running in seeing.programs
            if running.program.id in objected
        )
        listed = ((program, tuple(one for one in some if one.settled_at is None)) for program, some in found)
        return [(program, some) for program, some in listed if some]


def objection_case(desk: Desk, objection_id: int, actor: Actor, now: datetime) -> ObjectionCase:
    """Return one objection; raises `UnknownError` for one that is not there, or not the reader's to see."""
    with desk.store.read() as connection:
        query = select(t.objection).where(t.objection.c.id == objection_id)
        objection = connection.execute(query).one_or_none()
        row = (
            connection.execute(select(t.nomination).where(t.nomination.c.id == objection.nomination_id)).one()
            if objection
            else None
        )
        seeing = seeing_as(desk, connection, actor, now)
        if objection is None or row is None or not _hears(desk, connection, seeing, row):
            raise UnknownError(Words("没有异议 {id}", "there is no objection {id}").format(id=objection_id))
        stage = publicity_of(desk, connection, row, objection)
        of = t.objection_file.c
        files = connection.execute(
            select(of.place, of.name, of.attached_at, of.attached_by)
            .where(of.objection_id == objection_id)
            .order_by(of.place)
        )
        running = desk.running_for(connection, row)
        scopes = stage.out_of_scope if stage else ()
        return ObjectionCase(
            listed=next(one for one in objections_of(connection, row.program_id, now) if one.id == objection_id),
            program=running.program,
            unit=row.unit,
            objector=masked_name(objection.objector) if objection.raised_by == "person" else objection.objector,
            grounds=objection.grounds,
            evidence=objection.evidence,
            files=tuple(EvidenceFile(*one) for one in files),
            has_contact=objection.contact is not None,
            taken_by=objection.taken_by,
            judged=(objection.judged_by, objection.judged_at, objection.judged_because)
            if objection.judged_at
            else None,
            scope=next((one.name for one in scopes if one.id == objection.scope), None),
            found=(objection.found_by, objection.found_at, objection.finding) if objection.finding else None,
            settled=(objection.settled_by, objection.answer, objection.clause) if objection.answer else None,
            scopes=scopes,
            asked=tuple(facts_asked(running.program, path_of(row)).values()),
            refusal=_handles(connection, running, row, objection, actor),
        )


def _handles(
    connection: Connection, running: Running, row: Row[Any], objection: Row[Any], actor: Actor
) -> Refusal | None:
    """Return why somebody does nothing with an objection, as its operations would say."""
    authority = Authority(connection, actor)
    refusal = authority.refuses(Deed.HANDLE_OBJECTION, matter_of(running.program, row))
    if refusal is None and objection.outcome is not None:
        refusal = settled_already(objection.id)
    if refusal is None and is_party(actor.name, actor.organization, row, objection):
        refusal = party(actor.name)
    return refusal


def _hears(desk: Desk, connection: Connection, seeing: Seeing, row: Row[Any]) -> bool:
    running = desk.running_for(connection, row)
    return seeing.sees(running, row) and seeing.may(Deed.SEE_OBJECTION, running, row)


def _objections(
    desk: Desk, connection: Connection, seeing: Seeing, program_id: str, now: datetime
) -> Iterator[ListedObjection]:
    """Yield what somebody is told of, what is open in front, the first to be settled before all."""
    of = t.nomination.c
    about = select(t.objection.c.nomination_id)
    rows = connection.execute(
        select(t.nomination).where(of.program_id == program_id, of.id.in_(about), seeing.of_few)
    ).all()
    if not rows:
        return
    heard = {row.number for row in rows if _hears(desk, connection, seeing, row)}
    found = [one for one in objections_of(connection, program_id, now) if one.number in heard]
    yield from sorted(
        found, key=lambda one: (one.settled_at is not None, one.due_at is None, one.due_at or now, one.id)
    )


def _waiting(
    desk: Desk,
    connection: Connection,
    seeing: Seeing,
    act: Act,
    program_id: str,
    stages: Iterable[Publicity],
) -> Iterator[ToPublish]:
    of = t.nomination.c
    authority = Authority(connection, act.actor)
    for stage in stages:
        here = (of.program_id == program_id, of.stage == stage.id, seeing.condition)
        count = connection.execute(select(func.count()).select_from(t.nomination).where(*here)).scalar_one()
        if count:
            running = desk.holding(connection, program_id, stage.id)
            period = None
            with suppress(DeadlineError):
                period = running.count(stage.period, act.now) if stage.period else None
            yield ToPublish(stage, count, authority.refuses(Move.PUBLISH, matter_at(running, stage.id)), period)


def _reserves(desk: Desk, connection: Connection, seeing: Seeing, program_id: str, actor: Actor) -> Iterator[Standby]:
    of, authority = t.place.c, Authority(connection, actor)
    query = (
        select(t.nomination, of.limit_key, of.ordinal)
        .join_from(t.place, t.nomination)
        .where(of.program_id == program_id, of.limit_key.startswith("reserves.", autoescape=True), seeing.of_few)
        .order_by(of.limit_key, of.ordinal)
    )
    for row in connection.execute(query).all():
        refusal = authority.refuses(Move.ELIMINATE, matter_of(seeing.version(row).program, row))
        yield _standby(desk, connection, row, row.limit_key.partition(".")[2], row.ordinal, refusal)


def _vacated(
    desk: Desk, connection: Connection, seeing: Seeing, program_id: str, actor: Actor, now: datetime
) -> Iterator[Standby]:
    of = t.nomination.c
    query = select(t.nomination).where(
        of.program_id == program_id,
        of.stage.in_([end.value for end in VACATED]),
        of.grade.is_not(None),
        of.id.not_in(select(t.replacement.c.vacated_id)),
        seeing.of_few,
    )
    running = desk.running(connection, program_id)
    for row in connection.execute(query.order_by(of.number)).all():
        refusal = stands_against(connection, running, row, actor, now)
        yield _standby(desk, connection, row, row.grade, None, refusal)


def _standby(
    desk: Desk, connection: Connection, row: Row[Any], grade: str, ordinal: int | None, refusal: Refusal | None
) -> Standby:
    running = desk.running_for(connection, row)
    award = next((seats.award for seats in running.program.seats if seats.id == grade), grade)
    return Standby(
        row.number, row.nominee, row.unit, award, ordinal, running.pipeline.standings[row.stage].name, refusal
    )
