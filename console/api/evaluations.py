"""The addresses of the API for experts: their own seatings, sheets and letters, and nothing of others."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Path, Request
from fastapi.responses import FileResponse, Response

from console.acting import attachment
from console.api.answers import Answers, Routed, route
from console.api.asking import Asker, AtStage, Language, Number, Place, each_once, problems
from console.api.evaluation_shapes import (
    EvaluationList,
    LetterAsked,
    OwnTieAsked,
    ScoreAsked,
    SeatAnswered,
    SheetShape,
    StepBackAsked,
)
from console.api.evaluation_telling import evaluations_told, sheet_told
from console.api.file_shapes import TakeAsked
from console.api.handing_in import Material
from console.api.sent_files import BYTES
from console.api.shapes import Line
from operations.acts import Act
from operations.attachments import see_file
from operations.experts.evaluating import Sheet, letters, no_such_evaluation, papers, seating_of, seatings, sheet
from operations.experts.pool import declare_tie, is_in_the_pool
from operations.experts.recusing import recuse
from operations.experts.seats import confirm, decline, make_pledge
from operations.held_secrets import Held
from operations.messages import acknowledge
from operations.results import MisstatedError
from operations.scores import enter_score
from operations.screen import report
from programs import Words
from programs.evaluations import Track
from programs.materials import Medium
from states.recusals import Tie

TrackId = Annotated[Line, Path(description="the id of a track")]


class Evaluations(Answers):
    """What each address answers."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        home, seat = "/evaluations", "/evaluations/{program_id}/{stage}"
        one = f"{seat}/{{number}}"
        asked: Routed = (
            ("GET", home, self.evaluations),
            ("POST", f"{home}/letters", self.acknowledge_letter),
            ("POST", f"{home}/ties", self.declare_own_tie),
            ("POST", seat, self.answer_seat),
            ("GET", one, self.sheet),
            ("POST", f"{one}/tracks/{{track}}", self.score),
            ("POST", f"{one}/recusal", self.step_back),
        )
        route(app, asked)
        app.add_api_route(
            f"{one}/files/{{material}}/{{medium}}/{{place}}",
            self.take_evaluated_file,
            methods=["POST"],
            response_class=Response,
            responses=problems(HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE) | BYTES,
            operation_id="take_evaluated_file",
        )

    def evaluations(self, bearer: Asker) -> EvaluationList:
        """Where an expert evaluates, what waits in front: their own, and nothing to whoever acts in another role."""
        return self._list(bearer)

    def acknowledge_letter(self, request: Request, bearer: Asker, asked: LetterAsked) -> EvaluationList:
        """Confirm that a letter was received."""
        act = self._act(bearer)
        if asked.letter not in [one for one, _, _ in letters(self._desk, act.actor)]:
            raise no_such_evaluation()
        return self._after(request, bearer, act, acknowledge(self._desk, asked.letter, act))

    def declare_own_tie(self, request: Request, bearer: Asker, asked: OwnTieAsked) -> EvaluationList:
        """Declare a tie by name: whom it recuses from is found out, and not told."""
        if not is_in_the_pool(self._desk, bearer.actor):
            raise no_such_evaluation()
        act = self._act(bearer)
        tie = Tie(asked.ground, asked.subject, asked.unit or None, asked.until)
        return self._after(request, bearer, act, declare_tie(self._desk, act.actor.name, tie, act))

    def answer_seat(self, request: Request, bearer: Asker, at: AtStage, asked: SeatAnswered) -> EvaluationList:
        """Confirm or decline an invitation, or pledge."""
        act = self._act(bearer, asked.reason)
        seating_of(self._desk, *at, act.actor, act.now)
        answers: dict[str, Callable[..., object]] = {"confirm": confirm, "decline": decline, "pledge": make_pledge}
        done = answers[asked.answer](self._desk, *at, act.actor.name, act)
        return self._after(request, bearer, act, done)

    def sheet(self, bearer: Asker, language: Language, at: AtStage, number: Number) -> SheetShape:
        """The sheet of one nominee: what is asked, and what the expert gave; blind where the review is."""
        return sheet_told(self._found(bearer, at, number), language)

    def score(  # noqa: PLR0913, PLR0917 - what FastAPI reads off an address, each by name
        self,
        request: Request,
        bearer: Asker,
        language: Language,
        at: AtStage,
        number: Number,
        track: TrackId,
        asked: ScoreAsked,
    ) -> SheetShape:
        """Take what an expert gives on a track; a later one takes the place of it until the ranking is settled."""
        found, act = self._found(bearer, at, number), self._act(bearer)
        of = next((one for one in found.stage.tracks if one.id == track), None)
        if of is None:
            raise no_such_evaluation()
        self._done(request, act, self._given(number, of, asked, act))
        return sheet_told(self._found(bearer, at, number), language)

    def _given(self, number: str, track: Track, asked: ScoreAsked, act: Act) -> object:
        if track.criteria:
            if asked.total is not None:
                raise MisstatedError(Words("此项按评分项打分，请填 points", "this track has criteria: state `points`"))
            each_once([one.criterion for one in asked.points])
            points = {one.criterion: one.points for one in asked.points}
            return enter_score(self._desk, number, track.id, points, act, opinion=asked.opinion, panel=asked.group)
        if asked.points or asked.group:
            raise MisstatedError(Words("此项没有评分项，请填 total", "this track has no criteria: state `total`"))
        return report(self._desk, number, track.id, act, points=asked.total, opinion=asked.opinion)

    def step_back(
        self, request: Request, bearer: Asker, at: AtStage, number: Number, asked: StepBackAsked
    ) -> EvaluationList:
        """Declare that one is recused from a nominee."""
        self._found(bearer, at, number)
        act = self._act(bearer, asked.reason)
        done = recuse(self._desk, number, act.actor.name, asked.ground, act)
        return self._after(request, bearer, act, done)

    def take_evaluated_file(  # noqa: PLR0913, PLR0917 - what FastAPI reads off an address, each by name
        self,
        request: Request,
        bearer: Asker,
        at: AtStage,
        number: Number,
        material: Material,
        medium: Medium,
        place: Annotated[int, Path(ge=1, le=1000)],
        asked: TakeAsked,
    ) -> Response:
        """Take one of the files of a sheet: each time is an event of the nomination."""
        self._found(bearer, at, number)
        act = self._act(bearer, asked.reason)
        one, file = self._done(request, act, see_file(self._desk, number, material, medium, place, act))
        headers = {"Content-Disposition": attachment(one.copy.name)}
        return FileResponse(str(file), media_type="application/octet-stream", headers=headers)

    def _found(self, bearer: Held, at: Place, number: str) -> Sheet:
        found = sheet(self._desk, number, at.stage, bearer.actor, self._clock())
        if found.program.id != at.program_id:
            raise no_such_evaluation()
        return found

    def _after(self, request: Request, bearer: Held, act: Act, done: object) -> EvaluationList:
        self._done(request, act, done)
        return self._list(bearer)

    def _list(self, bearer: Held) -> EvaluationList:
        actor = bearer.actor
        return evaluations_told(
            seatings(self._desk, actor, self._clock()),
            papers(self._desk, actor),
            letters(self._desk, actor),
            may_declare=is_in_the_pool(self._desk, actor),
        )
