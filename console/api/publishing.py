"""The addresses of the API for publicities: lists, reserves and vacated places, and the papers of a program."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import FastAPI, Path, Request
from fastapi.responses import Response

from console.acting import word_file
from console.api.answers import Answers, route
from console.api.asking import Asker, Language, ProgramId, problems
from console.api.published_shapes import (
    ListShape,
    MovedList,
    PublicityShape,
    PublishAsked,
    PublishedShape,
    ReplaceAsked,
    StandbyShape,
    ToPublishShape,
)
from console.api.shapes import Line, MovedShape, ReasonAsked
from console.api.telling import moved_told, refusals_told
from operations.held_secrets import Held
from operations.papers import paper_of
from operations.publicity_desk import PublicityDesk, ShownList, Standby, ToPublish, publicity_desk
from operations.publicize import Publicized, publicize
from operations.replacing import release_reserves, replace_from_reserves

_WORD: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.OK.value: {
        "content": {
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {
                "schema": {"type": "string", "format": "binary"}
            }
        }
    }
}


class Publishing(Answers):
    """What each address answers. Methods whose names say what is asked for; FastAPI reads their annotations."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        program = "/programs/{program_id}"
        route(
            app,
            (
                ("GET", f"{program}/publicity", self.publicity),
                ("POST", f"{program}/publicity/{{stage}}", self.publicize),
                ("POST", f"{program}/replacements", self.replace),
                ("POST", f"{program}/reserves", self.release),
            ),
        )
        app.add_api_route(
            f"{program}/papers/{{paper}}",
            self.paper,
            methods=["GET"],
            response_class=Response,
            responses=problems(HTTPStatus.CONFLICT) | _WORD,
            operation_id="paper",
        )

    def publicity(self, bearer: Asker, language: Language, program_id: ProgramId) -> PublicityShape:
        """What a program has published and is to publish, its reserves, and places that were vacated."""
        found = self._publicity(bearer, program_id)
        return PublicityShape(
            lists=[_list(one) for one in found.lists],
            waiting=[_to_publish(one, language) for one in found.waiting],
            reserves=[_standby(one, language) for one in found.reserves],
            vacated=[_standby(one, language) for one in found.vacated],
        )

    def publicize(
        self,
        request: Request,
        bearer: Asker,
        language: Language,
        program_id: ProgramId,
        stage: Annotated[Line, Path(description="the id of a publicity")],
        asked: PublishAsked,
    ) -> PublishedShape:
        """Publish everybody who waits at a publicity; a list is not closed before its last day."""
        self._program(bearer, program_id)
        act = self._act(bearer)
        done = publicize(self._desk, program_id, stage, act, venue=asked.venue or None, last_day=asked.last_day)
        return _published(self._done(request, act, done), language)

    def replace(self, request: Request, bearer: Asker, program_id: ProgramId, asked: ReplaceAsked) -> MovedShape:
        """Give the place of somebody chosen who fell out to the next reserve."""
        act = self._act(bearer, asked.reason)
        self._publicity(bearer, program_id).require_vacated(asked.vacated)
        return moved_told(self._done(request, act, replace_from_reserves(self._desk, asked.vacated, act)))

    def release(self, request: Request, bearer: Asker, program_id: ProgramId, asked: ReasonAsked) -> MovedList:
        """Let the reserves go who are no longer needed."""
        act = self._act(bearer, asked.reason)
        self._publicity(bearer, program_id).require_reserves()
        done = release_reserves(self._desk, program_id, act)
        if done.denied:
            raise self._refused(request, act, done.denied[0])
        return MovedList(moved=[moved_told(one) for one in done.moved])

    def paper(
        self, request: Request, bearer: Asker, program_id: ProgramId, paper: Literal["notice", "award"]
    ) -> Response:
        """The notice of the last list, or the last document that conferred the award, as a Word file."""
        self._program(bearer, program_id)
        content, name = self._done(request, self._act(bearer), paper_of(self._desk, program_id, paper))
        return word_file(content, name)

    def _publicity(self, bearer: Held, program_id: str) -> PublicityDesk:
        return publicity_desk(self._desk, program_id, bearer.actor, self._clock())


def _list(one: ShownList) -> ListShape:
    dates = one.dates
    return ListShape(
        id=one.id,
        stage=dates.stage,
        name=one.name,
        venue=dates.venue,
        published_at=dates.published_at,
        first_day=dates.first_day,
        last_day=dates.last_day,
        closes=dates.closes,
        objections_close=dates.objections_close,
        working_days_left=one.days_left,
        provisional=dates.provisional,
        count=one.count,
    )


def _to_publish(one: ToPublish, language: str) -> ToPublishShape:
    period = one.period
    return ToPublishShape(
        stage=one.stage.id,
        name=one.stage.name,
        count=one.count,
        venue=one.stage.venue,
        first_day=period.first_day if period else None,
        last_day=period.last_day if period else None,
        closes=period.closes if period else None,
        provisional=period is not None and period.provisional,
        refusals=refusals_told([one.refusal] if one.refusal else [], language),
    )


def _standby(one: Standby, language: str) -> StandbyShape:
    return StandbyShape(
        number=one.number,
        nominee=one.nominee,
        unit=one.unit,
        award=one.award,
        ordinal=one.ordinal,
        standing=one.standing.in_language(language),
        refusals=refusals_told([one.refusal] if one.refusal else [], language),
    )


def _published(done: Publicized, language: str) -> PublishedShape:
    dates = done.published
    return PublishedShape(
        stage=dates.stage,
        venue=dates.venue,
        first_day=dates.first_day,
        last_day=dates.last_day,
        closes=dates.closes,
        objections_close=dates.objections_close,
        provisional=dates.provisional,
        moved=[moved_told(one) for one in done.moved],
        findings=[one.words.in_language(language) for one in done.findings],
    )
