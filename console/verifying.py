"""The page on which anybody verifies a certificate: by the code in its QR code, or by its number and the name on it.

It tells what the certificate itself says and whether that still holds, and nothing else of anybody.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from console.limiting import Limit, place
from console.saying import Voice
from documents.certificates import shown_code
from operations.certify import Certified, verify_code, verify_number
from operations.desk import Desk

#: A hall full of people behind one address may scan theirs; guessing a code takes centuries all the same.
MOST: Final = 60
WITHIN: Final = timedelta(minutes=1)

#: Nothing longer is a number or a name.
_LONGEST: Final = 120

Page = Callable[..., Response]
"""Renders a template: the request, the reader's voice, the template, a status, and its values."""


class Verifying:
    """Answers who verifies. `page` renders, `voice` finds the reader's language."""

    def __init__(self, desk: Desk, page: Page, voice: Callable[[Request], Voice]) -> None:
        self._desk = desk
        self._page = page
        self._voice = voice
        self._limit = Limit(MOST, WITHIN)

    def by_code(self, request: Request, code: str) -> Response:
        """Show the certificate with a code."""
        return self._answer(request, lambda now: [one] if (one := verify_code(self._desk, code, now)) else [], {})

    def by_number(self, request: Request, number: str = "", name: str = "") -> Response:
        """Show the form, and the certificates with this number and this name where both are asked for."""
        asked = {"number": number[:_LONGEST].strip(), "name": name[:_LONGEST].strip()}
        if not all(asked.values()):
            # Whoever opens the page has asked for nothing yet; whoever sent the form has left something out.
            sent = {"number", "name"} & set(request.query_params)
            status = HTTPStatus.UNPROCESSABLE_ENTITY if sent else HTTPStatus.OK
            return self._shown(request, status, found=None, asked=asked, incomplete=bool(sent))
        return self._answer(request, lambda now: verify_number(self._desk, asked["number"], asked["name"], now), asked)

    def _answer(self, request: Request, find: Callable[[datetime], list[Certified]], asked: dict[str, str]) -> Response:
        voice = self._voice(request)
        if not self._limit.allows(place(request), voice.now):
            answer = self._shown(request, HTTPStatus.TOO_MANY_REQUESTS, found=None, asked=asked, too_many=True)
            answer.headers["Retry-After"] = str(int(WITHIN.total_seconds()))
            return answer
        found = find(voice.now)
        return self._shown(request, HTTPStatus.OK if found else HTTPStatus.NOT_FOUND, found=found, asked=asked)

    def _shown(self, request: Request, status: HTTPStatus, **values: Any) -> Response:  # noqa: ANN401 - a template's
        asked = {"number": "", "name": ""} | values.pop("asked")
        values = {"too_many": False, "incomplete": False, "shown_code": shown_code, **values}
        answer = self._page(request, self._voice(request), "verify.html", status, asked=asked, **values)
        # Whoever has the code has the certificate; a search engine should have neither.
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer
