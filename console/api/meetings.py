"""The addresses of the API for the meeting of a stage: who met where and when, as the minutes tell it."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import Response

from console.acting import word_file
from console.api.answers import Answers
from console.api.asking import Asker, AtStage, Language, Place, ProblemError, problems
from console.api.ballot_shapes import MeetingAsked, MeetingShape, RecordedShape
from console.api.sent_files import BYTES
from console.api.telling import refusals_told
from console.meetings import DECIDE_FIRST, MEND_MINUTES
from documents.errors import DocumentError
from documents.minutes import Meeting
from operations.held_secrets import Held
from operations.meetings import meeting_room, record_meeting
from operations.printing import minutes_of
from states import Refusal


class Meetings(Answers):
    """What each address answers."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        one = "/programs/{program_id}/stages/{stage}/meeting"
        app.add_api_route(one, self.meeting, methods=["GET"], responses=problems(), operation_id="meeting")
        may = problems(HTTPStatus.CONFLICT)
        app.add_api_route(one, self.record_meeting, methods=["POST"], responses=may, operation_id="record_meeting")
        app.add_api_route(
            "/programs/{program_id}/stages/{stage}/minutes",
            self.minutes,
            methods=["GET"],
            response_class=Response,
            responses=may | BYTES,
            operation_id="minutes",
        )

    def meeting(self, bearer: Asker, language: Language, at: AtStage) -> MeetingShape:
        """The meeting of a stage, as it was recorded."""
        return self._told(bearer, language, at)

    def record_meeting(
        self, request: Request, bearer: Asker, language: Language, at: AtStage, asked: MeetingAsked
    ) -> MeetingShape:
        """Record the meeting of a stage, in the place of what was recorded before."""
        meeting_room(self._desk, *at, bearer.actor, self._clock())
        act = self._act(bearer)
        lists = (tuple(dict.fromkeys(one)) for one in (asked.present, asked.absent, asked.agenda))
        meeting = Meeting(asked.place, asked.chair, asked.recorder, *lists)
        if done := record_meeting(self._desk, *at, act, meeting=meeting, held_on=asked.held_on):
            raise self._refused(request, act, done)
        return self._told(bearer, language, at)

    def minutes(self, bearer: Asker, at: AtStage) -> Response:
        """The minutes of a stage at which somebody was decided on, as a Word file."""
        found = meeting_room(self._desk, *at, bearer.actor, self._clock())
        try:
            return word_file(minutes_of(self._desk, *at), f"{found.stage.name}纪要")
        except DocumentError as error:
            remedy = MEND_MINUTES if found.decided else DECIDE_FIRST
            raise ProblemError(HTTPStatus.CONFLICT, refusals=(Refusal("minutes", error.words, remedy),)) from error

    def _told(self, bearer: Held, language: str, at: Place) -> MeetingShape:
        found = meeting_room(self._desk, *at, bearer.actor, self._clock())
        recorded = None
        if found.recorded:
            meeting = found.recorded.meeting
            recorded = RecordedShape(
                held_on=found.recorded.held_on,
                place=meeting.place,
                chair=meeting.chair,
                recorder=meeting.recorder,
                present=list(meeting.present),
                absent=list(meeting.absent),
                agenda=list(meeting.agenda),
                recorded_by=found.recorded.recorded_by,
                recorded_at=found.recorded.recorded_at,
            )
        refusals = refusals_told([found.refusal] if found.refusal else [], language)
        return MeetingShape(recorded=recorded, refusals=refusals, decided=found.decided)
