"""Meetings at which a stage was decided: who met where, recorded once and written in the minutes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from deadlines.zone import shanghai_day
from documents.minutes import Meeting
from operations.actors import Actor, Role
from operations.acts import Act
from operations.authority import Authority, matter_at, refuses
from operations.ballots.showing import Shown, show_ballots
from operations.desk import Desk, Running
from operations.policy import Deed
from operations.results import Denied, UnknownError, denied
from operations.seeing import seeing_as
from programs import Program, Words
from programs.ballots import Ballot
from programs.stages import Approval, Decision, Review, Screening, Vote
from states import Move, Refusal
from store import hold, moves_about
from store import tables as t

#: Stages that somebody decides at a meeting.
Meets = Screening | Vote | Review | Decision | Approval

#: What minutes call those whom a move took on, or did not.
CHOSEN: Final = frozenset({Move.CHOOSE, Move.ADVANCE, Move.ACCEPT, Move.APPROVE})
NOT_CHOSEN: Final = frozenset({Move.ELIMINATE, Move.REJECT})
DECIDED: Final = CHOSEN | NOT_CHOSEN | {Move.RESERVE}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A meeting with the day on which it was held, and who recorded it when."""

    meeting: Meeting
    held_on: date
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class MeetingRoom:
    """The meeting of a stage for whoever looks: what is recorded, and the rounds of its ballot, where it holds one.

    `refusal` says why the reader does not record it; none where they do. `decided`: there is something for minutes to
    tell, a closed round or somebody who was decided on.
    """

    program: Program
    stage: Meets
    recorded: Recorded | None
    ballot: Ballot | None
    rounds: tuple[Shown, ...]
    refusal: Refusal | None
    decided: bool


def record_meeting(
    desk: Desk, program_id: str, stage_id: str, act: Act, *, meeting: Meeting, held_on: date
) -> Denied | None:
    """Record the meeting of a stage; a later record takes the place of an earlier one, which the history keeps.

    Raises `UnknownError` for a program or a stage at which nobody meets.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id, stage_id)
        met = [stage.id for stage in running.program.held_stages if isinstance(stage, Meets)]
        if stage_id not in met:
            raise UnknownError(
                Words("环节 {id} 不开会；可用：{known}", "nobody meets at {id}; use one of: {known}").format(
                    id=stage_id, known="、".join(met)
                )
            )
        if refusal := refuses(connection, act.actor, Deed.HOLD_BALLOT, matter_at(running, stage_id)):
            return Denied((refusal,))
        if wrong := denied(*_contradicts(meeting, held_on, act)):
            return wrong
        hold(connection, [("meeting", program_id, stage_id)])
        of = t.meeting.c
        connection.execute(delete(t.meeting).where(of.program_id == program_id, of.stage == stage_id))
        told = {
            "place": meeting.place,
            "chair": meeting.chair or None,
            "recorder": meeting.recorder or None,
            "present": list(meeting.present),
            "absent": list(meeting.absent),
            "agenda": list(meeting.agenda),
        }
        connection.execute(
            insert(t.meeting).values(
                program_id=program_id,
                stage=stage_id,
                held_on=held_on,
                recorded_by=act.actor.name,
                recorded_at=act.now,
                **told,
            )
        )
        transaction.record(
            program_id, "meeting.recorded", stage=stage_id, held_on=held_on.isoformat(), **told, **act.signature()
        )
    return None


def meeting_of(connection: Connection, program_id: str, stage_id: str) -> Recorded | None:
    """Return the meeting that was recorded of a stage, if one was."""
    of = t.meeting.c
    row = connection.execute(select(t.meeting).where(of.program_id == program_id, of.stage == stage_id)).one_or_none()
    if row is None:
        return None
    meeting = Meeting(
        row.place, row.chair or "", row.recorder or "", tuple(row.present), tuple(row.absent), tuple(row.agenda)
    )
    return Recorded(meeting, row.held_on, row.recorded_by, row.recorded_at)


def meetings_seen(desk: Desk, program_id: str, actor: Actor) -> list[Meets]:
    """Return the stages of a program at which somebody meets, and of whose meetings the reader is told."""
    with desk.store.read() as connection:
        running, authority = desk.running(connection, program_id), Authority(connection, actor)
        stages = [stage for stage in running.program.held_stages if isinstance(stage, Meets)]
        return [stage for stage in stages if _is_told(authority, actor, running, stage.id)]


def meeting_room(desk: Desk, program_id: str, stage_id: str, actor: Actor, now: datetime) -> MeetingRoom:
    """Return the meeting of a stage; raises `UnknownError` for what is not there, or not the reader's to see."""
    with desk.store.read() as connection:
        seeing_as(desk, connection, actor, now).program(program_id)
        running, authority = desk.holding(connection, program_id, stage_id), Authority(connection, actor)
        stages = [one for one in running.program.held_stages if isinstance(one, Meets)]
        stage = next((one for one in stages if one.id == stage_id), None)
        if stage is None or not _is_told(authority, actor, running, stage_id):
            raise UnknownError(Words("没有这一环节", "there is no such stage"))
        ballot = running.program.ballots().get(stage_id)
        rounds = show_ballots(desk, program_id, stage_id, act=Act(actor, now)) if ballot else []
        seen = () if isinstance(rounds, Denied) else tuple(rounds)
        return MeetingRoom(
            program=running.program,
            stage=stage,
            recorded=meeting_of(connection, program_id, stage_id),
            ballot=ballot,
            rounds=seen,
            refusal=authority.refuses(Deed.HOLD_BALLOT, matter_at(running, stage_id)),
            decided=any(one.held.row.closed_at for one in seen) or _has_led_on(connection, running, stage_id),
        )


def _has_led_on(connection: Connection, running: Running, stage_id: str) -> bool:
    """Whether anybody was decided on at a stage; its history is read where somebody has ever stood where it leads."""
    led = {running.pipeline.destination(stage_id, move, path) for move in DECIDED for path in running.program.paths()}
    of = t.standing.c
    there = select(of.stage).where(of.program_id == running.program.id, of.stage.in_(sorted(filter(None, led))))
    if connection.execute(there.limit(1)).first() is None:
        return False
    return next(decided_at(connection, running.program.id, stage_id), None) is not None


def decided_at(connection: Connection, program_id: str, stage_id: str) -> Iterator[dict[str, Any]]:
    """Yield the moves by which nominations were last decided on at a stage, the newest first; none that were undone."""
    told: set[str] = set()
    for event in moves_about(connection, program_id, stage_id):
        if event["nomination"] not in told:
            told.add(event["nomination"])
            if event["from"] == stage_id and Move(event["move"]) in DECIDED:
                yield event


def _is_told(authority: Authority, actor: Actor, running: Running, stage_id: str) -> bool:
    """Whether somebody is told of a meeting: whoever sees what came of the stage, but no expert, as with its board."""
    matter = matter_at(running, stage_id)
    return actor.role is not Role.EXPERT and authority.would_refuse(Deed.SEE_RESULTS, matter) is None


def _contradicts(meeting: Meeting, held_on: date, act: Act) -> Iterator[Refusal]:
    """Say what cannot be true of a meeting that was held, or that nothing is said of it."""
    if not any((meeting.place, meeting.chair, meeting.recorder, meeting.present, meeting.absent, meeting.agenda)):
        yield Refusal(
            "meeting-told",
            Words("没有填写会议的任何情况", "nothing is said of the meeting"),
            Words("请填写地点、主持人、到会人员等", "say where it was, who chaired it and who was there"),
        )
    if held_on > shanghai_day(act.now):
        yield Refusal(
            "meeting-held",
            Words("{day} 还没有到", "{day} has not come yet").format(day=held_on),
            Words("请在开会之后登记", "record the meeting once it was held"),
        )
    if both := [name for name in meeting.present if name in meeting.absent]:
        yield Refusal(
            "attendance-clear",
            Words("既到会又请假：{names}", "both present and absent: {names}").format(names="、".join(both)),
            Words("请只写在一处", "name them once"),
        )
