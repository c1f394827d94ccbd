"""The app of the API: its tokens, the length of what is sent, and how problems are told."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from itertools import zip_longest
from threading import Lock
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.api.asking import ProblemError, language_of
from console.api.ballots import Ballots
from console.api.boards import Boards
from console.api.evaluations import Evaluations
from console.api.experts import Experts
from console.api.handing_in import HandingIn
from console.api.honoring import Honoring
from console.api.judging import Judging
from console.api.meetings import Meetings
from console.api.misfits import misfits_told
from console.api.objecting import Objecting
from console.api.publishing import Publishing
from console.api.reporting import Reporting
from console.api.rosters import Rosters
from console.api.routes import Routes
from console.api.sent_files import TAKES_FILES
from console.api.shapes import Problem, ProblemRefusal
from console.api.tables import Tables
from console.api.telling import refusals_told, shown
from console.arriving import beside_pages, is_long
from console.asked import asked_for
from console.limiting import COMPUTED, COMPUTED_WITHIN, Limit, place
from console.saying import remedy_shown
from operations.actors import Role
from operations.acts import Act
from operations.attempts import note_refused
from operations.desk import Desk
from operations.held_secrets import Held, holder_of
from operations.results import (
    DamagedError,
    KeyMissingError,
    MisstatedError,
    NothingHereError,
    OutsideError,
    UnknownError,
)
from operations.tokens import TOKENS
from programs import Words
from store.types import UnfitError

PATH: Final = "/api/v1"

#: What is sent is at most this long, in bytes; a batch of a thousand numbers has 80 kB.
MOST: Final = 256 * 1024

_TOO_LONG: Final = Words(
    f"请求太长，最多 {MOST // 1024} KB；件数多的请分几次提交",
    f"the request is longer than {MOST // 1024} KiB; send less at a time",
)

_NOT_JSON: Final = Words(
    "内容须为 JSON，请加请求头 Content-Type: application/json",
    "what is sent is JSON: say so with the header Content-Type: application/json",
)

_TITLES: Final = {
    HTTPStatus.BAD_REQUEST: Words("请求读不懂", "the request cannot be read"),
    HTTPStatus.UNAUTHORIZED: Words("请出示令牌", "show a token"),
    HTTPStatus.FORBIDDEN: Words("无权办理", "not yours to do"),
    HTTPStatus.NOT_FOUND: Words("没有找到", "not found"),
    HTTPStatus.METHOD_NOT_ALLOWED: Words("这里不能这样请求", "this cannot be asked so"),
    HTTPStatus.CONFLICT: Words("没有办理", "nothing was done"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Words("请求太长", "the request is too long"),
    HTTPStatus.MISDIRECTED_REQUEST: Words("这里不是所请求的主机", "this is not the host that was asked"),
    HTTPStatus.UNPROCESSABLE_ENTITY: Words("请求的内容不对", "the request does not fit"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Words("文件须以 multipart/form-data 提交", "files come as multipart/form-data"),
    HTTPStatus.INSUFFICIENT_STORAGE: Words("磁盘空间不足", "there is no room on the disk"),
    HTTPStatus.TOO_MANY_REQUESTS: Words("请求过于频繁", "too many requests"),
    HTTPStatus.INTERNAL_SERVER_ERROR: Words("出了意外，没有办理", "something failed; nothing was done"),
    HTTPStatus.SERVICE_UNAVAILABLE: Words("暂时不能办理", "not available for now"),
}


#: Who is told so has asked for nothing that is not theirs.
_NO_ATTEMPTS: Final = (MisstatedError, NothingHereError, KeyMissingError, OutsideError)


def is_api(path: str) -> bool:
    """Whether an address is one of the API."""
    return path == PATH or path.startswith(f"{PATH}/")


def problem(request: Request, status: HTTPStatus, detail: Words | None = None) -> Response:
    """Tell a problem that has no more to it than its kind, or than `detail`."""
    return _told(request, ProblemError(status, detail))


def create_api(desk: Desk, clock: Callable[[], datetime], *, second_factor: Collection[Role] = frozenset()) -> ASGIApp:
    """Return the app, to be mounted at `PATH`. `clock` says what time it is (aware).

    Nobody signs in to a role of `second_factor` without one.
    """
    # Made now, as `Bearing` makes its own: processes that are forked later share it.
    computed = Limit(COMPUTED, COMPUTED_WITHIN)
    made = MadeAtFirst(partial(_answering, desk, clock, computed, second_factor))
    return Bounded(Bearing(made, desk, clock))


def _answering(desk: Desk, clock: Callable[[], datetime], computed: Limit, second_factor: Collection[Role]) -> FastAPI:
    app = FastAPI(
        title="Linxuan",
        version=version("linxuan"),
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        root_path_in_servers=False,
        servers=[{"url": PATH}],
    )
    for answers in (
        Routes,
        HandingIn,
        Judging,
        Boards,
        Ballots,
        Meetings,
        Evaluations,
        Experts,
        Publishing,
        Objecting,
        Honoring,
        Reporting,
        Tables,
    ):
        answers(desk, clock, computed).register(app)
    Rosters(desk, clock, computed, second_factor).register(app)

    async def unknown(request: Request, error: Exception) -> Response:
        found: Held | None = request.scope["state"].get("bearer")
        if found and not isinstance(error, _NO_ATTEMPTS):
            await run_in_threadpool(note_refused, desk, Act(found.actor, clock()), asked_for(request))
        return _unknown(request, error)

    for kind, told in ((ProblemError, _problem), (UnfitError, _unfit), (RequestValidationError, _invalid)):
        app.add_exception_handler(kind, told)
    app.add_exception_handler(DamagedError, _damaged)
    app.add_exception_handler(UnknownError, unknown)
    app.add_exception_handler(HTTPException, _http)
    return app


class MadeAtFirst:
    """ASGI app that is made when it is first asked for something.

    What is described of each address takes longer to put together than all pages do, and many a console is never asked.
    """

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None
        self._making = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Make the app in a thread, as pages are answered meanwhile, and pass on."""
        app = self._app
        if app is None:
            app = await run_in_threadpool(self._made)
        await app(scope, receive, send)

    def _made(self) -> ASGIApp:
        with self._making:
            # Another request may have made it meanwhile.
            if self._app is None:
                self._app = self._make()
            return self._app


class Bearing:
    """ASGI middleware that finds whom a request's token stands for; tokens that are nobody's are not tried for long."""

    def __init__(self, app: ASGIApp, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._app = app
        self._desk = desk
        self._clock = clock
        self._guesses = Limit(30, timedelta(minutes=1))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with the bearer, if there is one."""
        if scope["type"] == "http":
            request = Request(scope)
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            shown = token.strip() if scheme.lower() == "bearer" else ""
            looks = beside_pages if request.method == "POST" and is_long(scope) else run_in_threadpool
            bearer = await looks(holder_of, self._desk, TOKENS, shown, self._clock()) if shown else None
            if shown and bearer is None and not self._guesses.allows(place(request), self._clock()):
                await problem(request, HTTPStatus.TOO_MANY_REQUESTS)(scope, receive, send)
                return
            scope.setdefault("state", {})["bearer"] = bearer
        await self._app(scope, receive, send)


class Bounded:
    """ASGI middleware that takes no more than `MOST` bytes; addresses that take files bound them by themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole of what is sent, or say that it is too long."""
        if scope["type"] == "http" and TAKES_FILES.fullmatch(scope["path"].removeprefix(PATH)):
            await self._app(scope, receive, send)
            return
        parts: list[bytes] = []
        more, length = scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"), 0
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            parts.append(message.get("body", b""))
            length += len(parts[-1])
            more = message.get("more_body", False)
            if length > MOST:
                await problem(Request(scope), HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_LONG)(scope, receive, send)
                return
        sent: Message | None = {"type": "http.request", "body": b"".join(parts), "more_body": False} if parts else None

        async def received() -> Message:
            nonlocal sent
            message, sent = sent, None
            return message or await receive()

        await self._app(scope, received, send)


def _told(request: Request, error: ProblemError) -> Response:
    language = language_of(request)
    title = _TITLES[error.status].in_language(language) if error.status in _TITLES else error.status.phrase
    between = "; " if language == "en" else "；"
    reasons = between.join(shown(one).words.in_language(language) for one in error.refusals)
    said = Problem(
        title=title,
        status=error.status.value,
        detail=error.detail.in_language(language) if error.detail else reasons or title,
        refusals=[
            ProblemRefusal(**dict(one), numbers=list(numbers))
            for one, numbers in zip_longest(refusals_told(error.refusals, language), error.about, fillvalue=())
        ],
        version=error.version,
    )
    answer = JSONResponse(said.model_dump(mode="json"), error.status, media_type="application/problem+json")
    answer.headers["Content-Language"] = {"zh": "zh-CN", "en": "en"}[language]
    if error.status is HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _problem(request: Request, error: Exception) -> Response:
    return _told(request, error if isinstance(error, ProblemError) else ProblemError(HTTPStatus.BAD_REQUEST))


def _unknown(request: Request, error: Exception) -> Response:
    if isinstance(error, KeyMissingError):
        return _told(request, ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, error.told))
    words = remedy_shown(error.words) if isinstance(error, UnknownError) else None
    if isinstance(error, MisstatedError):
        return _told(request, ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, words))
    outside = isinstance(error, OutsideError)
    return _told(request, ProblemError(HTTPStatus.SERVICE_UNAVAILABLE if outside else HTTPStatus.NOT_FOUND, words))


def _damaged(request: Request, error: Exception) -> Response:
    """Say which program cannot be read: nobody asked for what is not theirs."""
    words = error.words if isinstance(error, DamagedError) else None
    return _told(request, ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, words))


def _unfit(request: Request, _error: Exception) -> Response:
    return _told(request, ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY))


def _invalid(request: Request, error: Exception) -> Response:
    """Say where it is and what is wrong."""
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if any(one["loc"] == ("body",) for one in faults) and not kind.endswith("json"):
        # What is not said to be JSON is not read as such, however it looks.
        return _told(request, ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, _NOT_JSON))
    return _told(request, ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, misfits_told(faults)))


def _http(request: Request, error: Exception) -> Response:
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
    answer = _told(request, ProblemError(status))
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer
