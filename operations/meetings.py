"""Meetings at which a stage was decided: who met where, recorded once and written in the minutes."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from documents.minutes import Meeting
from operations.acts import Act
from operations.authority import matter_at, refuses
from operations.desk import Desk
from operations.policy import Deed
from operations.results import Denied, UnknownError
from programs import Words
from programs.stages import Approval, Decision, Review, Screening, Vote
from store import hold
from store import tables as t

#: Stages that somebody decides at a meeting.
MET: tuple[type, ...] = (Screening, Vote, Review, Decision, Approval)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A meeting with the day on which it was held."""

    meeting: Meeting
    held_on: date


def record_meeting(
    desk: Desk, program_id: str, stage_id: str, act: Act, *, meeting: Meeting, held_on: date
) -> Denied | None:
    """Record the meeting of a stage; a later record takes the place of an earlier one, which the history keeps.

    Raises `UnknownError` for a program or a stage at which nobody meets.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id, stage_id)
        met = [stage.id for stage in running.program.held_stages if isinstance(stage, MET)]
        if stage_id not in met:
            raise UnknownError(
                Words("环节 {id} 不开会；可用：{known}", "nobody meets at {id}; use one of: {known}").format(
                    id=stage_id, known="、".join(met)
                )
            )
        if refusal := refuses(connection, act.actor, Deed.HOLD_BALLOT, matter_at(running, stage_id)):
            return Denied((refusal,))
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
    return Recorded(meeting, row.held_on)
