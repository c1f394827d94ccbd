"""What an expert has before them: invitations, pledges, what is theirs to evaluate, and what of it is still missing.

It is their own and nothing else: what others gave is not in it, nor anything of a nominee from whom they are recused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, false, func, or_, select, union
from sqlalchemy.engine import Connection

from operations.actors import Actor, Role
from operations.attachments import AttachedFile, files_of, files_shown_blind
from operations.desk import Desk
from operations.dossiers import Stated, facts_stated
from operations.evaluated import Score, ranked_here, scores_of
from operations.experts.pool import is_in_the_pool
from operations.experts.seats import pledge_text, pledge_version
from operations.experts.sight import Sight, sight_of
from operations.policy import Deed
from operations.results import UnknownError, no_such_nomination
from operations.seeing import Seeing, seeing_as
from programs import Program, Words
from programs.evaluations import Evaluation, Track
from programs.stages import Review, Vote
from store import among
from store import tables as t

#: More nominees than these are not listed where no panel is drawn, and whoever evaluates does so of all.
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Task:
    """A nominee whom the expert evaluates; `missing` are the tracks that wait for them, none once all is given.

    Where the review is blind, `nominee` is the number, and `unit` says nothing.
    """

    number: str
    nominee: str
    unit: str
    missing: tuple[Track, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Seating:
    """A stage at which somebody evaluates. `state` is that of their place on its panel, none where none was drawn.

    `pledge` are the words to pledge, none where there are none to; `tasks` is empty until they have. `total` is how
    many nominees they evaluate, and `missing` how many of them still wait for them. Where those are more than `MOST`,
    and everybody evaluates all alike, `tasks` are the first that wait.
    """

    program: Program
    stage: Review | Vote
    state: str | None
    pledge: str | None
    pledged: bool
    tasks: tuple[Task, ...]
    missing: int
    total: int

    @property
    def waits(self) -> bool:
        """Whether the expert has to do something: answer, pledge, or evaluate."""
        return self.state == "invited" or (self.state == "confirmed" and not self.pledged) or self.missing > 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an expert gives one nominee at a stage: by track, `scores` are their own, `reported` what was reported on.

    `points` are those of their own reports that gave any.

    `following` is the next nominee of theirs of whom something is missing.
    """

    program: Program
    stage: Review | Vote
    task: Task
    category: str | None
    scores: Mapping[str, Score]
    reported: Mapping[str, str]
    points: Mapping[str, int]
    files: tuple[AttachedFile, ...]
    following: str | None
    #: Whether names are kept from the expert; `facts` is then what the form states, which tells nobody who it is.
    blind: bool = False
    facts: tuple[Stated, ...] = ()
    #: Whether they can step back: recusals are kept of experts of the pool.
    may_step_back: bool = False


def seatings(desk: Desk, actor: Actor, now: datetime) -> list[Seating]:
    """Return where an expert evaluates, what waits in front; nothing to whoever acts in another role."""
    if actor.role is not Role.EXPERT:
        return []
    with desk.store.read() as connection:
        found = list(_seatings(desk, connection, actor, now))
    return sorted(found, key=lambda one: (not one.waits, one.program.id))


def seating_of(desk: Desk, program_id: str, stage_id: str, actor: Actor, now: datetime) -> Seating:
    """Return one of an expert's seatings; raises `UnknownError` for what is not there, or not theirs."""
    found = seatings(desk, actor, now)
    one = next((one for one in found if (one.program.id, one.stage.id) == (program_id, stage_id)), None)
    if one is None:
        raise no_such_evaluation()
    return one


def seatings_that_wait(desk: Desk, actor: Actor, now: datetime) -> list[Seating]:
    """Return where an expert has to do something. Of what everybody evaluates alike `tasks` is not told, only counted:
    where no panel is drawn that is whatever stands there.
    """  # noqa: D205 - one sentence
    if actor.role is not Role.EXPERT:
        return []
    with desk.store.read() as connection:
        found = list(_seatings(desk, connection, actor, now, counted=True))
    return sorted((one for one in found if one.waits), key=lambda one: one.program.id)


def sheet(desk: Desk, number: str, stage_id: str, actor: Actor, now: datetime) -> Sheet:
    """Return the sheet of one nominee; raises `UnknownError` for what is not there, or not theirs to evaluate."""
    with desk.store.read() as connection:
        row = connection.execute(select(t.nomination).where(t.nomination.c.number == number)).one_or_none()
        seats = list(_seatings(desk, connection, actor, now, row)) if row is not None else []
        seating = next((one for one in seats if one.stage.id == stage_id), None)
        task = next((one for one in seating.tasks if one.number == number), None) if seating else None
        if row is None or seating is None or task is None or actor.role is not Role.EXPERT:
            raise UnknownError(no_such_nomination(number))
        running = desk.running_for(connection, row)
        own = scores_of(connection, [row.id], stage_id, evaluator=actor.name)
        of = t.report.c
        query = select(t.report).where(of.nomination_id == row.id, of.stage == stage_id)
        reports = connection.execute(query).all()
        seeing = seeing_as(desk, connection, actor, now)
        sees_files, blind = seeing.may(Deed.SEE_FILES, running, row), seeing.is_blind_in(running.program)
        files = files_shown_blind(connection, running.program, row.id) if blind else files_of(connection, row.id)
        return Sheet(
            program=running.program,
            stage=seating.stage,
            task=task,
            category=next((one.name for one in running.program.categories if one.id == row.category), None),
            scores={one.track: one for one in own},
            # What somebody else has found is not told, only that it was.
            reported={one.track: one.opinion or "" if one.reporter == actor.name else "" for one in reports},
            points={one.track: one.points for one in reports if one.reporter == actor.name and one.points is not None},
            files=tuple(files) if sees_files else (),
            following=_following(connection, seeing, seating, actor.name, number),
            blind=blind,
            facts=tuple(one for one in facts_stated(connection, running.program, row) if one.values) if blind else (),
            may_step_back=sight_of(connection, actor, now).in_pool,
        )


def _seatings(
    desk: Desk,
    connection: Connection,
    actor: Actor,
    now: datetime,
    about: Row[Any] | None = None,
    *,
    counted: bool = False,
) -> Iterator[Seating]:
    """Yield where an expert evaluates; where it is `about` one nomination, in its program, with that one's task."""
    seeing, sight = seeing_as(desk, connection, actor, now), sight_of(connection, actor, now)
    seats = _seats(connection, actor.name)
    for running in seeing.programs:
        program = running.program
        if about is not None and about.program_id != program.id:
            continue
        panels = program.panels()
        for stage in program.held_stages:
            if not isinstance(stage, Review | Vote):
                continue
            seat, panel = seats.get((program.id, stage.id)), panels.get(stage.id)
            if panel is not None and (seat is None or seat.state == "drawn"):
                continue
            if panel is None and not sight.in_pool:
                # Nothing is kept from them for what they are, so that none need be looked at by itself.
                total = _standing(connection, seeing, stage, program.id)
                if counted or total > MOST:
                    only = _waits(stage, program.id, actor.name) if about is None else t.nomination.c.id == about.id
                    asked = (desk, connection, seeing, sight, stage, program.id, actor.name)
                    tasks = () if counted else tuple(_tasks(*asked, only))
                    missing = _to_do(connection, seeing, stage, program.id, actor.name, total)
                    yield Seating(program, stage, None, None, pledged=False, tasks=tasks, missing=missing, total=total)
                    continue
            tasks = tuple(_tasks(desk, connection, seeing, sight, stage, program.id, actor.name))
            if panel is None and not tasks:
                continue
            yield Seating(
                program,
                stage,
                seat.state if seat else None,
                pledge_text(panel) if panel else None,
                seat is not None and panel is not None and seat.pledge == pledge_version(panel),
                tasks,
                sum(bool(one.missing) and not one.closed for one in tasks),
                len(tasks),
            )


def _here(seeing: Seeing, stage: Review | Vote, program_id: str) -> tuple[ColumnElement[bool], ...]:
    of = t.nomination.c
    return of.program_id == program_id, of.stage == stage.id, seeing.evaluating


def _standing(connection: Connection, seeing: Seeing, stage: Review | Vote, program_id: str) -> int:
    """Count the nominees at a stage."""
    kept = seeing.count_at(program_id, stage.id)
    if kept is not None:
        return kept
    count = select(func.count()).select_from(t.nomination).where(*_here(seeing, stage, program_id))
    return connection.execute(count).scalar_one()


def _asked(stage: Review | Vote) -> frozenset[str]:
    """Return the tracks on which an expert gives something."""
    return frozenset(track.id for track in stage.tracks if track.evaluation is not Evaluation.VOTE)


def _to_do(connection: Connection, seeing: Seeing, stage: Review | Vote, program_id: str, name: str, total: int) -> int:
    """Count the nominees at a stage, of so many in all, of whom something is still missing of what an expert gives."""
    if not total or not _asked(stage):
        return 0
    count = select(func.count()).select_from(t.nomination).where(*_here(seeing, stage, program_id))
    return total - connection.execute(count.where(_done(stage, program_id, name))).scalar_one()


def _following(connection: Connection, seeing: Seeing, seating: Seating, name: str, number: str) -> str | None:
    """Return the next nominee after one of whom something is missing, the first again after the last."""
    of = t.nomination.c
    if seating.total == len(seating.tasks):
        ahead = [one.number for one in seating.tasks if one.missing and not one.closed and one.number != number]
        return next((one for one in ahead if one > number), ahead[0] if ahead else None)
    here = _here(seeing, seating.stage, seating.program.id)
    waits = select(func.min(of.number)).where(*here, _waits(seating.stage, seating.program.id, name))
    after = connection.execute(waits.where(of.number > number)).scalar()
    return after or connection.execute(waits.where(of.number != number)).scalar()


def _waits(stage: Review | Vote, program_id: str, name: str) -> ColumnElement[bool]:
    """Say that something is still missing of a nominee of what an expert gives."""
    return ~_done(stage, program_id, name) if _asked(stage) else false()


def _done(stage: Review | Vote, program_id: str, name: str) -> ColumnElement[bool]:
    """Say that an expert gave all that they give of a nominee, or that nothing can be given any more."""
    asked = _asked(stage)
    of, score, report, ranked = t.nomination.c, t.score.c, t.report.c, t.ranked.c
    given = union(
        select(score.nomination_id, score.track).where(
            score.evaluator == name, score.stage == stage.id, ~score.superseded, score.track.in_(sorted(asked))
        ),
        select(report.nomination_id, report.track).where(report.stage == stage.id, report.track.in_(sorted(asked))),
    ).subquery()
    whole = select(given.c.nomination_id).group_by(given.c.nomination_id).having(func.count() == len(asked))
    settled = select(t.ranking.c.id).where(t.ranking.c.program_id == program_id, t.ranking.c.stage == stage.id)
    closed = select(ranked.nomination_id).where(ranked.ranking_id.in_(settled))
    return or_(of.id.in_(whole), of.id.in_(closed))


def _tasks(  # noqa: PLR0913, PLR0917 - what is asked, of whom, by whom
    desk: Desk,
    connection: Connection,
    seeing: Seeing,
    sight: Sight,
    stage: Review | Vote,
    program_id: str,
    name: str,
    only: ColumnElement[bool] | None = None,
) -> Iterator[Task]:
    """Yield the nominees at a stage, or the first `MOST` of those that are `only` asked for."""
    of = t.nomination.c
    here = select(t.nomination).where(*_here(seeing, stage, program_id))
    if only is not None:
        here = here.where(only).limit(MOST)
    rows = [
        row
        for row in connection.execute(here.order_by(of.number)).all()
        if sight.refuses(desk.running_for(connection, row), row, stage=stage.id) is None
    ]
    ids = [row.id for row in rows]
    given = {(one.nomination, one.track) for one in scores_of(connection, ids, stage.id, evaluator=name)}
    given |= _reported(connection, rows, stage.id)
    closed = ranked_here(connection, ids, stage.id)
    blind = rows and seeing.is_blind_in(desk.running(connection, program_id).program)
    for row in rows:
        tracks = [track for track in stage.tracks if track.evaluation is not Evaluation.VOTE]
        missing = tuple(track for track in tracks if (row.id, track.id) not in given)
        nominee, unit = (row.number, "") if blind else (row.nominee, row.unit)
        yield Task(row.number, nominee, unit, missing, row.id in closed)


def _reported(connection: Connection, rows: Sequence[Row[Any]], stage: str) -> set[tuple[int, str]]:
    of = t.report.c
    query = select(of.nomination_id, of.track).where(
        of.stage == stage, among(of.nomination_id, [row.id for row in rows])
    )
    return {(row.nomination_id, row.track) for row in connection.execute(query)}


def _seats(connection: Connection, name: str) -> Mapping[tuple[str, str], Row[Any]]:
    of = t.panel_seat.c
    query = (
        select(t.panel.c.program_id, t.panel.c.stage, of.state, of.pledge)
        .join_from(t.panel_seat, t.panel)
        .join(t.expert, t.expert.c.id == of.expert_id)
        .where(t.expert.c.name == name, t.panel.c.voided_at.is_(None))
    )
    return {(row.program_id, row.stage): row for row in connection.execute(query)}


def letters(desk: Desk, actor: Actor) -> list[tuple[str, str, datetime]]:
    """Return the letters that were sent to an expert and whose receipt is not confirmed: id, subject, when.

    Nothing to whoever acts in another role, or only has the name of an organization that is written to.
    """
    if not is_in_the_pool(desk, actor):
        return []
    of = t.message.c
    query = select(of.id, of.subject, of.sent_at).where(
        of.recipient == actor.name, of.state == "sent", of.received_at.is_(None)
    )
    with desk.store.read() as connection:
        return [(row.id, row.subject, row.sent_at) for row in connection.execute(query.order_by(of.sent_at.desc()))]


@dataclass(frozen=True, slots=True)
class Paper:
    """A named ballot that is open, and in which somebody votes."""

    program: Program
    stage: str
    name: str
    round: int


def papers(desk: Desk, actor: Actor) -> list[Paper]:
    """Return the named ballots that wait for an expert's own vote; of secret ones there are papers, and none here."""
    if actor.role is not Role.EXPERT:
        return []
    of, member = t.ballot.c, t.ballot_member.c
    query = (
        select(of.program_id, of.stage, of.round)
        .join_from(t.ballot, t.ballot_member)
        .where(
            member.member == actor.name, member.present, ~of.secret, of.closed_at.is_(None), of.annulled_at.is_(None)
        )
        .order_by(of.id)
    )
    with desk.store.read() as connection:
        found = []
        for row in connection.execute(query).all():
            program = desk.holding(connection, row.program_id, row.stage).program
            found.append(Paper(program, row.stage, program.stage(row.stage).name, row.round))
        return found


def no_such_evaluation() -> UnknownError:
    """Say of an evaluation that is not there, or not theirs, one and the same."""
    return UnknownError(Words("没有这项评议", "there is no such evaluation"))
