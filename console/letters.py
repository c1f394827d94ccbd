"""The pages that links in letters lead to: to confirm that a letter has come, and to get no more news of outcomes.

They need no session: whoever has the letter has the link. Reading changes nothing, since mail scanners read; what
changes something is the button, or a mail program's own POST to unsubscribe (RFC 8058).
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from console.forms import read_bounded
from console.limiting import Limit, place
from console.showing import Shown
from operations.desk import Desk
from operations.links import LETTERS, Purpose
from operations.receipts import confirm_receipt, receipt_asked
from operations.subscriptions import news_behind, unsubscribe_by_link

#: What comes with a button is not read; nothing longer is one.
_LARGEST: Final = 8 * 1024
#: How often one address may ask: the scanner of a mail server opens the links of a whole office.
MOST: Final = 120
WITHIN: Final = timedelta(minutes=1)


class Letters:
    """The pages of `/letters`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown
        self._limit = Limit(MOST, WITHIN)

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        for purpose, show, take in (
            (Purpose.RECEIVED, self.receipt, self.confirm),
            (Purpose.UNSUBSCRIBE, self.news, self.unsubscribe),
        ):
            address = f"{LETTERS}/{purpose}/{{name}}/{{signature}}"
            app.add_route(address, self._bounded(show), methods=["GET"])
            app.add_route(address, _pressed(self._bounded(take)), methods=["POST"])

    def receipt(self, request: Request) -> Response:
        """Show what a letter is about, and the button that confirms that it has come."""
        found = receipt_asked(self._desk, *_link(request), self._shown.voice(request).now)
        return self._page(request, receipt=found)

    def confirm(self, request: Request) -> Response:
        """Note that a letter has come."""
        found = confirm_receipt(self._desk, *_link(request), self._shown.voice(request).now)
        return self._page(request, receipt=found)

    def news(self, request: Request) -> Response:
        """Show what a letter unsubscribes from, and the button that does it."""
        return self._page(request, news=news_behind(self._desk, *_link(request)))

    def unsubscribe(self, request: Request) -> Response:
        """Unsubscribe the recipient of a letter."""
        found = unsubscribe_by_link(self._desk, *_link(request), self._shown.voice(request).now)
        return self._page(request, news=found)

    def _bounded(self, answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """Return a page that one address asks for no more often than it may."""

        def bounded(request: Request) -> Response:
            now = self._shown.voice(request).now
            if not self._limit.allows(place(request), now):
                refused = self._page(request, HTTPStatus.TOO_MANY_REQUESTS)
                refused.headers["Retry-After"] = str(int(WITHIN.total_seconds()))
                return refused
            return answer(request)

        return bounded

    def _page(self, request: Request, refused: HTTPStatus | None = None, **found: object) -> Response:
        status = refused or (HTTPStatus.OK if any(found.values()) else HTTPStatus.NOT_FOUND)
        voice = self._shown.voice(request)
        values = {"receipt": None, "news": None, "too_many": refused is not None, **found}
        answer = self._shown.page(request, voice, "letter.html", status, **values)
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer


def _link(request: Request) -> tuple[str, str]:
    return request.path_params["name"], request.path_params["signature"]


def _pressed(answer: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """Return a route for a button that sends nothing but its press, in whatever form."""

    async def route(request: Request) -> Response:
        await read_bounded(request, _LARGEST)
        return await run_in_threadpool(answer, request)

    return route
