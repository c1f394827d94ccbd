"""The second factor of whoever is signed in: typed after the password, set up with an app, taken off again."""

from collections.abc import Collection
from http import HTTPStatus
from io import BytesIO
from typing import Final
from urllib.parse import quote

import segno
from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.admission import CODE, SET_UP, SIGN_IN, remember, session_here, visitor_of
from console.forms import Form
from console.showing import Shown, is_local, see, taking
from operations.actors import Role
from operations.desk import Desk
from operations.passwords import LONGEST
from operations.results import Denied
from operations.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    factor_of,
    must_enrol,
    pass_second,
    pending_enrolment,
    remove_own,
)
from operations.session_begins import Door

_LONGEST: Final = 40


class SecondFactors:
    """The pages of the second factor. `required`: the roles that nobody acts in without one."""

    def __init__(self, desk: Desk, shown: Shown, required: Collection[Role]) -> None:
        self._desk = desk
        self._shown = shown
        self._required = required

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        app.add_route(CODE, self.ask, methods=["GET"])
        app.add_route(CODE, taking(self.take), methods=["POST"])
        app.add_route(SET_UP, self.show, methods=["GET"])
        app.add_route(SET_UP, taking(self.begin), methods=["POST"])
        app.add_route(f"{SET_UP}/confirm", taking(self.confirm), methods=["POST"])
        app.add_route(f"{SET_UP}/remove", taking(self.remove), methods=["POST"])

    def ask(self, request: Request) -> Response:
        """Ask for the code that a session waits for."""
        wanted = request.query_params.get("next", "")
        visitor = visitor_of(request)
        if visitor.awaiting:
            return self._ask(request, wanted)
        return see(_next(wanted) if visitor.session else SIGN_IN)

    def take(self, request: Request, form: Form) -> Response:
        """Let a session go on, by a right code."""
        visitor, wanted = visitor_of(request), form.get("next")
        session = visitor.awaiting
        if session is None:
            return see(_next(wanted)) if visitor.session else self._shown.problem(request, HTTPStatus.UNAUTHORIZED)
        done = pass_second(self._desk, session, form.get("code")[:_LONGEST], self._shown.voice(request).now)
        if isinstance(done, Denied):
            return self._ask(request, wanted, done)
        answer = see(_next(wanted))
        remember(answer, request, done)
        return answer

    def show(self, request: Request) -> Response:
        """Show whether there is a second factor, and how to set it up."""
        return self._page(request)

    def begin(self, request: Request, form: Form) -> Response:
        """Make up a secret for the app."""
        password, now = form.raw("password")[: LONGEST + 1], self._shown.voice(request).now
        done = begin_enrolment(self._desk, session_here(request), now, password=password)
        return self._page(request, refused=done) if isinstance(done, Denied) else see(SET_UP)

    def confirm(self, request: Request, form: Form) -> Response:
        """Have it count from now on, and show the codes for the paper, once."""
        now = self._shown.voice(request).now
        done = confirm_enrolment(self._desk, session_here(request), form.get("code")[:_LONGEST], now)
        if isinstance(done, Denied):
            return self._page(request, refused=done)
        answer = self._page(request, codes=done.codes)
        remember(answer, request, done.token)
        return answer

    def remove(self, request: Request, form: Form) -> Response:
        """Do without from now on."""
        now = self._shown.voice(request).now
        refused = remove_own(self._desk, session_here(request), form.get("code")[:_LONGEST], now)
        return self._page(request, refused=refused) if refused else see(SET_UP)

    def _ask(self, request: Request, wanted: str, refused: Denied | None = None) -> Response:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
        voice = self._shown.voice(request)
        kept = wanted if is_local(wanted) else ""
        return self._shown.page(request, voice, "code.html", status, wanted=kept, refused=refused)

    def _page(self, request: Request, refused: Denied | None = None, codes: list[str] | None = None) -> Response:
        session, voice = session_here(request), self._shown.voice(request)
        pending = pending_enrolment(self._desk, session)
        return self._shown.page(
            request,
            voice,
            "second-factor.html",
            HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
            factor=factor_of(self._desk, session.name),
            pending=pending,
            picture=_picture(pending.address) if pending else "",
            codes=codes or [],
            refused=refused,
            required=must_enrol(session, self._required),
            asks_password=session.door is Door.PASSWORD,
            needed=any(role in self._required for role, _ in session.roles),
        )


def _next(wanted: str) -> str:
    return wanted if is_local(wanted) else "/"


def _picture(address: str) -> str:
    """Return a QR code as a picture within the page: the secret is on no address, and in no file."""
    made = BytesIO()
    segno.make(address, error="m").save(made, kind="svg", scale=5, border=4, dark="#000", light="#fff")
    return f"data:image/svg+xml,{quote(made.getvalue().decode())}"
