"""The operators' console, for reading: all programs on one page, and one page for each."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from console.guard import LOOPBACK_HOSTS, Guard
from console.pages import Pages
from console.saying import LANGUAGES, Voice
from console.verifying import Verifying
from documents.certificates import VERIFY
from operations.desk import Desk
from operations.overview import overview, program_overview
from operations.results import UnknownError
from store.types import UnfitError

_COOKIE = "linxuan_language"
_A_YEAR = 366 * 24 * 3600
_READING = ["GET", "HEAD"]


def create_app(
    desk: Desk,
    clock: Callable[[], datetime],
    *,
    language: str = "zh",
    hosts: Collection[str] | None = LOOPBACK_HOSTS,
) -> FastAPI:
    """Return the app. `clock` says what time it is (aware); `hosts` are the names it answers to, None any.

    `language` is what a reader gets who has not chosen one.
    """
    app = FastAPI(title="Linxuan", openapi_url=None, redirect_slashes=False)
    shown = _Shown(Pages(), clock, language)

    verifying = Verifying(desk, shown.page, shown.voice)

    def front(request: Request) -> Response:
        voice = shown.voice(request)
        return shown.page(request, voice, "overview.html", found=overview(desk, voice.now))

    def program(request: Request, program_id: str) -> Response:
        voice = shown.voice(request)
        return shown.page(request, voice, "program.html", found=program_overview(desk, program_id, voice.now))

    def health() -> Response:
        try:
            with desk.store.read() as connection:
                connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            return JSONResponse({"status": "failing", "database": "failing"}, HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse({"status": "ok", "database": "ok"})

    app.add_api_route("/", front, methods=_READING)
    app.add_api_route("/programs/{program_id}", program, methods=_READING)
    app.add_api_route("/health", health, methods=_READING)
    app.add_api_route(VERIFY, verifying.by_number, methods=_READING)
    app.add_api_route(f"{VERIFY}/{{code}}", verifying.by_code, methods=_READING)
    app.add_api_route("/assets/{digest}/{name}", shown.asset, methods=_READING)
    app.add_exception_handler(HTTPException, partial(_answer, shown))
    app.add_exception_handler(UnknownError, partial(_answer, shown))
    app.add_exception_handler(UnfitError, partial(_answer, shown))
    app.add_middleware(Guard, hosts=hosts, refuse=shown.problem)
    return app


async def _answer(shown: "_Shown", request: Request, error: Exception) -> Response:
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
    return shown.problem(request, status)


class _Shown:
    """What readers are shown: pages in their language, the files these load, and pages that say what went wrong."""

    def __init__(self, pages: Pages, clock: Callable[[], datetime], language: str) -> None:
        self._pages = pages
        self._clock = clock
        self._language = language

    def voice(self, request: Request) -> Voice:
        """Return the voice for a reader: as the address asks, else as they chose before."""
        chosen = (request.query_params.get("lang"), request.cookies.get(_COOKIE))
        language = next((one for one in chosen if one in LANGUAGES), None)
        return Voice(language or self._language, self._clock())

    def page(
        self, request: Request, voice: Voice, template: str, status: HTTPStatus = HTTPStatus.OK, **values: object
    ) -> Response:
        """Render a page, and remember the language if the address chose one."""
        answer = HTMLResponse(self._pages.render(template, voice, **values), status)
        answer.headers["Content-Language"] = voice.tag
        if request.query_params.get("lang") in LANGUAGES:
            answer.set_cookie(_COOKIE, voice.language, max_age=_A_YEAR, httponly=True, samesite="lax")
        return answer

    def asset(self, digest: str, name: str) -> Response:
        """Return a file that pages load, where the address names the version that there is."""
        asset = self._pages.assets.get(name)
        if asset is None or asset.digest != digest:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return Response(
            asset.content,
            media_type=asset.media_type,
            headers={"Cache-Control": "public, max-age=31536000, immutable"},
        )

    def problem(self, request: Request, status: HTTPStatus) -> Response:
        """Say what went wrong, and what to do."""
        answer = self.page(request, self.voice(request), "problem.html", status, code=status.value)
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            answer.headers["Allow"] = ", ".join(_READING)
        return answer
