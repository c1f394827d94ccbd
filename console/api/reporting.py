"""The addresses of the API by which files of a report of duties come and go."""

from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Path, Request
from fastapi.responses import Response

from console.acting import TakenAway
from console.api.asking import Asker, Number, ProgramId, problems
from console.api.file_shapes import ReportFilesShape, ReportForm, TakeAsked
from console.api.sent_files import BYTES, TakesFiles
from console.arriving import beside_pages
from console.uploads import Sent
from operations.materials import Offered
from operations.publications import MOST
from operations.results import UnknownError
from operations.tenure.report_files import attach_report, take_reports
from operations.tenure.view import term_view
from programs import Words

Period = Annotated[int, Path(ge=1, le=99, description="which report of the term, counted from 1")]


class Reporting(TakesFiles):
    """What each address answers."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        files = "/programs/{program_id}/honors/{number}/reports/{period}/files"
        self._take(app, files, self.attach_report, ReportForm)
        app.add_api_route(
            f"{files}/{{place}}",
            self.take_report,
            methods=["POST"],
            response_class=Response,
            responses=problems(HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE) | BYTES,
            operation_id="take_report",
        )

    async def attach_report(
        self,
        request: Request,
        bearer: Asker,
        program_id: ProgramId,
        number: Number,
        period: Period,
    ) -> ReportFilesShape:
        """Keep files with a report of duties that has come; `file` may stand several times."""

        def admit() -> None:
            if term_view(self._desk, program_id, number, bearer.actor, self._clock()).may["report"]:
                raise UnknownError(Words("这里不收文件", "no files are taken here"))

        def answer(files: list[Sent], _form: ReportForm) -> ReportFilesShape:
            act = self._act(bearer)
            offered = [Offered(one.name, one.file) for one in files]
            kept = self._done(request, act, attach_report(self._desk, number, period, offered, act))
            return ReportFilesShape(kept=kept)

        await beside_pages(admit)
        return await self._uploaded(request, ReportForm, answer, MOST)

    def take_report(  # noqa: PLR0913, PLR0917 - what FastAPI reads off an address, each by name
        self,
        request: Request,
        bearer: Asker,
        program_id: ProgramId,
        number: Number,
        period: Period,
        place: Annotated[int, Path(ge=1, le=1000)],
        asked: TakeAsked,
    ) -> Response:
        """Take a copy of one file: each time is an event of the nomination."""
        term_view(self._desk, program_id, number, bearer.actor, self._clock())
        act, away = self._act(bearer, asked.reason), TakenAway(self._desk)
        try:
            done = take_reports(self._desk, number, away.folder, act, period=period, place=place)
            (file,) = self._done(request, act, done)
        except BaseException:
            away.forget()
            raise
        return away.send(file)
