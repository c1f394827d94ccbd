"""The address of the API that files of a report of duties are sent to."""

from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Path, Request

from console.api.asking import Asker, Number, ProgramId, problems
from console.api.file_shapes import ReportFilesShape, ReportForm
from console.api.sent_files import TakesFiles, body_of
from console.arriving import beside_pages
from console.uploads import Sent
from operations.materials import Offered
from operations.publications import MOST
from operations.results import UnknownError
from operations.tenure.report_files import attach_report
from operations.tenure.view import term_view
from programs import Words


class Reporting(TakesFiles):
    """What the address answers."""

    def register(self, app: FastAPI) -> None:
        """Give the app this address."""
        app.add_api_route(
            "/programs/{program_id}/honors/{number}/reports/{period}/files",
            self.attach_report,
            methods=["POST"],
            responses=problems(HTTPStatus.CONFLICT, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.INSUFFICIENT_STORAGE),
            operation_id="attach_report",
            openapi_extra={"requestBody": body_of(ReportForm)},
        )

    async def attach_report(
        self,
        request: Request,
        bearer: Asker,
        program_id: ProgramId,
        number: Number,
        period: Annotated[int, Path(ge=1, le=99)],
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
