"""Everybody who stands where bodies are asked, with what each body says, who is silent, and the letters that came."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.engine import Connection

from notifications.hours import working_days_left
from operations.actors import Actor, Role
from operations.acts import Act
from operations.attachments import kept_whole
from operations.authority import Authority, matter_at, matter_of, refuses
from operations.desk import Desk, Running
from operations.fingerprints import fingerprint_of
from operations.jointly import Asks, BodyOpinion, no_letter, opinions_at, said_by_all
from operations.policy import Deed
from operations.queries import planned_of
from operations.results import Denied, UnknownError
from operations.seeing import Seeing, seeing_as
from programs import Program, Words
from programs.stages import Consultation, Screening, bodies_asked
from states import Refusal
from store import tables as t

_of, _said, _letter = t.nomination.c, t.joint_opinion.c, t.opinion_letter.c


class Which(StrEnum):
    """Which of those who stand there are looked at: all, those with a silent body, or with one that does not agree."""

    ALL = "all"
    SILENT = "silent"
    OPPOSED = "opposed"


@dataclass(frozen=True, slots=True)
class Asking:
    """What is looked at: of one body, or of all where none is named, by their places from 0 in the order drawn up."""

    which: Which = Which.ALL
    body: str = ""
    first: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Consulted:
    """One nomination with what each body says of it, in the program's order. `since` is when it came there."""

    number: str
    nominee: str
    unit: str
    since: datetime
    said: tuple[BodyOpinion, ...]

    @property
    def silent(self) -> tuple[BodyOpinion, ...]:
        """Those that have not answered."""
        return tuple(one for one in self.said if one.agrees is None)

    @property
    def opposed(self) -> tuple[BodyOpinion, ...]:
        """Those that do not agree."""
        return tuple(one for one in self.said if one.agrees is False)

    @property
    def agreed(self) -> tuple[BodyOpinion, ...]:
        """Those that agree."""
        return tuple(one for one in self.said if one.agrees)

    def by(self, body: str) -> BodyOpinion | None:
        """Return what one body says, none where it is not asked."""
        return next((one for one in self.said if one.body == body), None)


@dataclass(frozen=True, slots=True)
class Heard:
    """How often one body agrees and how often not, of how many it has yet to answer, and when it answered last."""

    body: str
    agreed: int
    opposed: int
    silent: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of a body: its SHA-256, what it is called, of how many nominations it tells, when it was recorded."""

    body: str
    digest: str
    name: str
    nominations: int
    given_at: datetime


@dataclass(frozen=True, slots=True)
class ConsultationDesk:
    """Everything about such a stage, of those whom the reader may see.

    `total` stand there, `matching` are those that were asked for and `standing` the part of them. `mark` is another
    text once somebody has come or gone. `since` is when the first came there, `by` when the planned time ends (none
    where the notice plans none), `days_left` working days until then, none once it is `late`. `refusal` says why the
    reader does not record what a body says; none where they do.
    """

    program: Program
    stage: Asks
    total: int
    matching: int
    mark: str
    standing: tuple[Consulted, ...]
    heard: tuple[Heard, ...]
    letters: tuple[Letter, ...]
    since: datetime | None
    by: datetime | None
    days_left: int | None
    late: bool
    refusal: Refusal | None

    @property
    def consults(self) -> bool:
        """Whether the bodies are consulted, and do not screen themselves."""
        return isinstance(self.stage, Consultation)

    @property
    def bodies(self) -> tuple[str, ...]:
        """The bodies that are asked."""
        return tuple(one.body for one in self.heard)


def consultations_seen(desk: Desk, program_id: str, actor: Actor) -> list[Asks]:
    """Return the stages of a program at which bodies are asked, and of whose answers the reader is told."""
    with desk.store.read() as connection:
        running = desk.running(connection, program_id)
        return [stage for stage in asking_stages(running) if _is_told(connection, actor, running, stage.id)]


def consultation_desk(
    desk: Desk, program_id: str, stage_id: str, actor: Actor, now: datetime, asking: Asking | None = None
) -> ConsultationDesk:
    """Return what bodies say of those who stand at a stage.

    Raises `UnknownError` for a stage, or a body, that is not there, and for what is not the reader's to see.
    """
    asking = asking or Asking()
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        seeing.program(program_id)
        running, stage = asking_stage(desk, connection, program_id, stage_id)
        if not _is_told(connection, actor, running, stage_id):
            raise no_such_stage()
        bodies = bodies_of(desk, connection, program_id, stage_id)
        if asking.body and asking.body not in bodies:
            raise UnknownError(Words("这里没有问过这一部门", "this body is not asked here"))
        everybody = (_of.program_id == program_id, _of.stage == stage_id)
        here = (*everybody, seeing.condition)
        mark = fingerprint_of(connection, _of.id, everybody).mark
        total, since = connection.execute(select(func.count(), func.min(_of.moved_at)).where(*here)).one()
        matching = (*here, *_matching(asking, stage_id, bodies))
        rows = _rows(connection, matching, asking)
        seen = seeing.visible(rows)
        said = opinions_at(connection, stage_id, [row.id for row in seen])
        by = planned_of(running).get(stage_id)
        late = by is not None and by <= now
        return ConsultationDesk(
            program=running.program,
            stage=stage,
            total=total,
            matching=connection.scalar(select(func.count()).where(*matching)) or 0,
            mark=mark,
            standing=tuple(_consulted(seeing.version(row), row, said.get(row.id, {})) for row in seen),
            heard=tuple(_heard(connection, here, stage_id, bodies, total)),
            letters=tuple(_letters(connection, seeing, program_id, stage_id)),
            since=since,
            by=by,
            days_left=working_days_left(running.calendar, now, by) if by and not late else None,
            late=late,
            refusal=refuses(connection, actor, Deed.JUDGE, matter_at(running, stage_id)),
        )


def see_letter(desk: Desk, program_id: str, stage_id: str, digest: str, act: Act) -> tuple[str, Path] | Denied:
    """Return what a letter is called and where it is kept, to be read; the history says who has seen it.

    It is for whoever is told what bodies say there and sees files, never for the nominee's side alone. It names all
    that it is about: for whom one of these nominations is not there, it is not there either (`UnknownError`).
    `OutsideError` says that it is gone or damaged.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        seeing = Seeing(desk, connection, act.actor, act.now)
        seeing.program(program_id)
        running, _ = asking_stage(desk, connection, program_id, stage_id)
        about = _about(program_id, stage_id, digest)
        seen = seeing.visible(connection.execute(select(t.nomination).where(about, seeing.condition)).all())
        is_told = _is_told(connection, act.actor, running, stage_id)
        if not is_told or not seen or len(seen) != _count(connection, about):
            raise UnknownError(no_letter())
        authority = Authority(connection, act.actor)
        for row in seen:
            if refusal := authority.refuses(Deed.SEE_FILES, matter_of(seeing.version(row).program, row)):
                return Denied((refusal,), row.number)
        query = select(_letter.name, _letter.body).where(_letter.digest == digest, _letter.stage == stage_id)
        found = connection.execute(query.where(_letter.nomination_id == seen[0].id).limit(1)).one()
        file = kept_whole(desk, digest, found.name)
        transaction.record(
            program_id, "letter.seen", stage=stage_id, body=found.body, files=[digest], **act.signature()
        )
    return found.name, file


def asking_stages(running: Running) -> list[Asks]:
    """Return the stages of a program at which bodies are asked one by one."""
    stages = (one for one in running.program.held_stages if isinstance(one, Screening | Consultation))
    return [one for one in stages if bodies_asked(one)]


def asking_stage(desk: Desk, connection: Connection, program_id: str, stage_id: str) -> tuple[Running, Asks]:
    """Return the newest version in which bodies are asked at a stage, and the stage; raises `UnknownError`."""
    running = desk.newest_that(connection, program_id, lambda one: _asks(one, stage_id))
    stage = next((one for one in asking_stages(running) if one.id == stage_id), None)
    if stage is None:
        raise no_such_stage()
    return running, stage


def bodies_of(desk: Desk, connection: Connection, program_id: str, stage_id: str) -> tuple[str, ...]:
    """Return the bodies that any version of a program asks at a stage, those of the newest first."""
    versions = desk.versions(connection, program_id)
    stages = [one for running in versions for one in asking_stages(running) if one.id == stage_id]
    return tuple(dict.fromkeys(body for stage in stages for body in bodies_asked(stage)))


def has_answered(stage_id: str, body: str, *, agrees: bool | None = None) -> ColumnElement[bool]:
    """Return the condition that a body has answered about a nomination at a stage, or has answered so."""
    answered = (_said.nomination_id == _of.id, _said.stage == stage_id, _said.body == body)
    return exists().where(*answered, *(() if agrees is None else (_said.agrees.is_(agrees),)))


def no_such_stage() -> UnknownError:
    """Say of a stage that asks nobody, is not there, or not theirs to see, one and the same."""
    return UnknownError(
        Words("没有这一环节，或者这一环节不征求部门意见", "there is no such stage, or it asks no bodies")
    )


def _asks(running: Running, stage_id: str) -> bool:
    return any(stage.id == stage_id for stage in asking_stages(running))


def _is_told(connection: Connection, actor: Actor, running: Running, stage_id: str) -> bool:
    """Whether somebody is told what bodies say: whoever sees what came of the stage, but no expert."""
    refusal = refuses(connection, actor, Deed.SEE_RESULTS, matter_at(running, stage_id))
    return actor.role is not Role.EXPERT and refusal is None


def _matching(asking: Asking, stage_id: str, bodies: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    asked = [asking.body] if asking.body else list(bodies)
    if asking.which is Which.SILENT:
        yield or_(*(~has_answered(stage_id, body) for body in asked))
    elif asking.which is Which.OPPOSED:
        yield or_(*(has_answered(stage_id, body, agrees=False) for body in asked))


def _rows(connection: Connection, where: Sequence[ColumnElement[bool]], asking: Asking) -> Sequence[Row[Any]]:
    """Return a part of them, in the order in which they were drawn up; only of these is more read than ids."""
    ids = select(_of.id).where(*where).order_by(_of.id).offset(asking.first)
    ids = ids if asking.most is None else ids.limit(asking.most)
    return connection.execute(select(t.nomination).where(_of.id.in_(ids)).order_by(_of.id)).all()


def _consulted(running: Running, row: Row[Any], said: Mapping[str, BodyOpinion]) -> Consulted:
    stage = next((one for one in asking_stages(running) if one.id == row.stage), None)
    bodies = bodies_asked(stage) if stage else ()
    return Consulted(row.number, row.nominee, row.unit, row.moved_at, said_by_all(said, bodies))


def _heard(
    connection: Connection, here: Sequence[ColumnElement[bool]], stage_id: str, bodies: Sequence[str], total: int
) -> Iterator[Heard]:
    query = (
        select(_said.body, _said.agrees, func.count(), func.max(_said.given_at))
        .join_from(t.joint_opinion, t.nomination, _of.id == _said.nomination_id)
        .where(*here, _said.stage == stage_id)
        .group_by(_said.body, _said.agrees)
    )
    found = {(body, agrees): (count, last) for body, agrees, count, last in connection.execute(query).tuples()}
    for body in bodies:
        agreed, opposed = (found.get((body, agrees), (0, None)) for agrees in (True, False))
        last = max((one for one in (agreed[1], opposed[1]) if one is not None), default=None)
        yield Heard(body, agreed[0], opposed[0], total - agreed[0] - opposed[0], last)


def _letters(connection: Connection, seeing: Seeing, program_id: str, stage_id: str) -> Iterator[Letter]:
    """Yield the letters of a stage, the newest first, of which the reader sees all whom they are about.

    Those who have gone on are among these.
    """
    mine = and_(_said.nomination_id == _letter.nomination_id, _said.stage == _letter.stage, _said.body == _letter.body)
    query = (
        select(_letter.body, _letter.digest, func.min(_letter.name), func.count(), func.max(_said.given_at))
        .select_from(t.opinion_letter.join(t.joint_opinion, mine).join(t.nomination, _of.id == _letter.nomination_id))
        .where(_letter.stage == stage_id, _of.program_id == program_id)
        .group_by(_letter.body, _letter.digest)
    )
    every = {(one.body, one.digest): one.nominations for one in map(_letter_of, connection.execute(query))}
    seen = map(_letter_of, connection.execute(query.where(seeing.of_few)))
    shown = [one for one in seen if every[one.body, one.digest] == one.nominations]
    yield from sorted(shown, key=lambda one: one.given_at, reverse=True)


def _letter_of(row: Row[Any]) -> Letter:
    return Letter(*row)


def _about(program_id: str, stage_id: str, digest: str) -> ColumnElement[bool]:
    ids = select(_letter.nomination_id).where(_letter.digest == digest, _letter.stage == stage_id)
    return and_(_of.program_id == program_id, _of.id.in_(ids))


def _count(connection: Connection, where: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(t.nomination).where(where)) or 0
