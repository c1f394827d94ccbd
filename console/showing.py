"""What readers are shown: pages in their language, the files these load, and pages that say what went wrong."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from console.admission import is_secure, session_here, visitor_of
from console.forms import Form, read_form, sent_with
from console.guard import METHODS
from console.keeping import kept_of, lost_on, page_before, refilled, unfolded
from console.limiting import COMPUTED, COMPUTED_WITHIN, Limit
from console.pages import Pages
from console.saying import LANGUAGES, Voice
from programs import Words

_COOKIE: Final = "linxuan_language"
_A_YEAR: Final = 366 * 24 * 3600

Answer = Callable[[Request, Form], Response]
"""Answers a form that was sent."""


class Shown:
    """Renders pages. `clock` says what time it is (aware); `language` is for a reader who has not chosen one.

    `invites`: the console sends invitations, and shows the form for them.
    """

    def __init__(self, pages: Pages, clock: Callable[[], datetime], language: str, *, invites: bool = False) -> None:
        self._pages = pages
        self._clock = clock
        self._language = language
        self._invites = invites
        self._computed = Limit(COMPUTED, COMPUTED_WITHIN)

    def voice(self, request: Request) -> Voice:
        """Return the voice for a reader: as the address asks, else as they chose before."""
        chosen = (request.query_params.get("lang"), request.cookies.get(_COOKIE))
        language = next((one for one in chosen if one in LANGUAGES), None)
        return Voice(language or self._language, self._clock())

    def page(
        self, request: Request, voice: Voice, template: str, status: HTTPStatus = HTTPStatus.OK, **values: object
    ) -> Response:
        """Render a page for whoever asks, and remember the language if the address chose one."""
        visitor = visitor_of(request)
        other = "zh" if voice.language == "en" else "en"
        asked = request.query_params.multi_items() if request.method in ("GET", "HEAD") else []
        switch = "?" + urlencode([*((name, value) for name, value in asked if name != "lang"), ("lang", other)])
        about = {"visitor": visitor, "path": request.url.path, "switch": switch, "invites": self._invites}
        rendered = self._pages.render(template, voice, **about, **values, lost=())
        if status >= HTTPStatus.BAD_REQUEST and request.method == "POST":
            path, sent = request.url.path, sent_with(request)
            rendered = refilled(rendered, path, sent)
            if lost := lost_on(request, rendered):
                rendered = refilled(self._pages.render(template, voice, **about, **values, lost=lost), path, sent)
            rendered = unfolded(rendered, path)
        answer = HTMLResponse(rendered, status)
        answer.headers["Content-Language"] = voice.tag
        if request.query_params.get("lang") in LANGUAGES:
            answer.set_cookie(
                _COOKIE, voice.language, max_age=_A_YEAR, httponly=True, samesite="lax", secure=is_secure(request)
            )
        return answer

    def bound_computing(self, request: Request) -> None:
        """Count one more page that takes a processor for a while; answers 429 where somebody has asked for too many."""
        self._computed.bound(session_here(request).name, self._clock())

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

    def problem(
        self,
        request: Request,
        status: HTTPStatus,
        headers: Mapping[str, str] | None = None,
        words: Words | None = None,
    ) -> Response:
        """Say what went wrong, and what to do; `words` say it better than the status alone."""
        kept = kept_of(request) if request.method == "POST" else None
        told = {"code": status.value, "words": words, "kept": kept, "before": page_before(request)}
        seconds = int((headers or {}).get("Retry-After", "0"))
        told["again_after"] = (seconds + 59) // 60
        answer = self.page(request, self.voice(request), "problem.html", status, **told)
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            answer.headers["Allow"] = (headers or {}).get("Allow", ", ".join(METHODS))
        if headers and "Retry-After" in headers:
            answer.headers["Retry-After"] = headers["Retry-After"]
        return answer


def see(address: str) -> Response:
    """Lead on to a page after a form was taken, so that to look at it again sends nothing again."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def taking(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """Return a route that reads the form that is sent, and answers it beside the others."""

    async def route(request: Request) -> Response:
        return await run_in_threadpool(answer, request, await read_form(request))

    return route


def is_local(address: str) -> bool:
    """Whether an address leads to a page of this console, and nowhere else."""
    return address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
