"""What every request passes before any page: its host, its method, whose page sent it; and what every answer carries.

Bound to this machine it answers to this machine's own names only: a page elsewhere that had its name resolve to
127.0.0.1 could otherwise read whatever needs no session. What changes something must come from a page of its own:
browsers say so in `Sec-Fetch-Site`, and in `Origin` where they are older or the console is reached without TLS.
"""

import logging
import os
from collections.abc import Callable, Collection
from http import HTTPStatus
from traceback import walk_tb
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.arriving import Clock, arriving
from console.asked import template_of
from operations.links import LETTERS, Purpose

LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})

#: Nothing but the app's own style sheet and pictures, and forms that are sent to itself; no script, no frame.
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": browsers would then send `Origin: null` with the console's own forms too.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

#: Where people reach the console over HTTPS alone, browsers are to try nothing else for a year.
_SECURE: Final = {"Strict-Transport-Security": "max-age=31536000"}

#: Mail programs send this by themselves (RFC 8058). It asks for no session: what it needs is in the address.
ONE_CLICK: Final = f"{LETTERS}/{Purpose.UNSUBSCRIBE}/"

METHODS: Final = ("GET", "HEAD", "POST")
_log = logging.getLogger(__name__)

Refuse = Callable[[Request, HTTPStatus], Response]
"""Makes the page that says why there is no other."""


class Guard:
    """ASGI middleware. `hosts` are the host names that it answers to (lower case, no port); None means any.

    `tokens_alone` tells the addresses at which no cookie counts, so that it does not matter whose page asks there;
    `clock` is that by which requests arrive. `secure`: people reach the console over HTTPS alone, so that a page of the
    same name without it is not the console's own.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str] | None,
        refuse: Refuse,
        tokens_alone: Callable[[str], bool],
        clock: Clock,
        *,
        secure: bool = False,
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._refuse = refuse
        self._tokens_alone = tokens_alone
        self._clock = clock
        self._secure = secure
        self._headers = HEADERS | (_SECURE if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; an unforeseen error becomes a page."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            if status := self._refusal(request):
                await self._refuse(request, status)(scope, receive, send_with_headers)
            elif request.method == "POST":
                async with arriving(scope, receive, self._clock) as arrived:
                    await self._app(scope, arrived, send_with_headers)
            else:
                await self._app(scope, receive, send_with_headers)
        except Exception as error:
            # Addresses may be secrets, and an error's text may hold what was typed, or a whole statement: both are for
            # those who ask for them.
            _log.error(
                "%s %s: %s at %s",
                request.method,
                template_of(scope),
                type(error).__name__,
                _raised_at(error),
                exc_info=bool(os.environ.get("LINXUAN_DEBUG")),
            )
            if started:
                raise
            answer = self._refuse(request, HTTPStatus.INTERNAL_SERVER_ERROR)
            await answer(scope, receive, send_with_headers)

    def _refusal(self, request: Request) -> HTTPStatus | None:
        if self._hosts is not None and _host(request) not in self._hosts:
            return HTTPStatus.MISDIRECTED_REQUEST
        if request.method not in METHODS:
            return HTTPStatus.METHOD_NOT_ALLOWED
        path = request.url.path
        if request.method == "POST" and not (
            _is_own(request, secure=self._secure) or path.startswith(ONE_CLICK) or self._tokens_alone(path)
        ):
            return HTTPStatus.FORBIDDEN
        return None


def _raised_at(error: Exception) -> str:
    """Return the last place within the product that an error came from."""
    frames = [
        (frame, line) for frame, line in walk_tb(error.__traceback__) if "site-packages" not in frame.f_code.co_filename
    ]
    frame, line = frames[-1]
    return f"{frame.f_globals.get('__name__', '')}:{line}"


def _is_own(request: Request, *, secure: bool) -> bool:
    """Whether a page of this console sent the request, or its reader did by hand; who does not say so did not."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    try:
        origin = urlsplit(request.headers.get("origin", ""))
    except ValueError:
        return False
    if secure and origin.scheme != "https":
        return False
    return origin.netloc.lower() == request.headers.get("host", "").lower() != ""


def _host(request: Request) -> str:
    """Return the host that the request names, without its port; an IPv6 address keeps its brackets."""
    host = request.headers.get("host", "").lower()
    name, _, port = host.rpartition(":")
    return name if port.isdecimal() else host
