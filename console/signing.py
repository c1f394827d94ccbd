"""Signing in and out, the role that somebody acts in, and their own sessions and password."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.admission import CODE, SIGN_IN, SIGN_OUT, end_before, forget, remember, session_here, visitor_of
from console.forms import Form, whole
from console.limiting import Limit, address_of, place
from console.showing import Shown, is_local, see, taking
from operations.acts import Act
from operations.desk import Desk
from operations.identity_provider import IdentityProvider
from operations.passwords import LONGEST
from operations.results import Denied, UnknownError
from operations.session_begins import Door
from operations.sessions import (
    change_password,
    choose_role,
    list_sessions,
    revoke_sessions,
    sign_in,
    sign_out,
)
from programs import Words
from states import Refusal

#: How often one address may try to sign in: a whole office may come from one, at nine in the morning.
MOST: Final = 60
WITHIN: Final = timedelta(minutes=1)

#: Nothing longer is a name.
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Doors:
    """By what people sign in: a password, an identity provider of their organization, or either."""

    password: bool = True
    provider: IdentityProvider | None = None


BY_PASSWORD: Final = Doors()

#: What tells the form that somebody has left who is still signed in at the provider.
_THERE: Final = "provider"


class Signing:
    """The pages of `/sign-in` and `/account`."""

    def __init__(self, desk: Desk, shown: Shown, doors: Doors) -> None:
        self._desk = desk
        self._shown = shown
        self._doors = doors
        self._limit = Limit(MOST, WITHIN)

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        app.add_route(SIGN_IN, self.page, methods=["GET"])
        app.add_route(SIGN_IN, taking(self.enter), methods=["POST"])
        app.add_route(SIGN_OUT, taking(self.leave), methods=["POST"])
        app.add_route("/role", taking(self.choose), methods=["POST"])
        app.add_route("/account", self.account, methods=["GET"])
        app.add_route("/account/password", taking(self.change), methods=["POST"])
        app.add_route("/account/sessions", taking(self.end), methods=["POST"])

    def page(self, request: Request) -> Response:
        """Show the form; whoever is signed in is led on."""
        if visitor_of(request).session:
            return see(_next(request.query_params.get("next", "")))
        return self._form(request, request.query_params.get("next", ""))

    def enter(self, request: Request, form: Form) -> Response:
        """Sign somebody in."""
        name, wanted, now = form.get("name")[:_LONGEST_NAME], form.get("next"), self._shown.voice(request).now
        if not self._limit.allows(place(request), now):
            words = Words("登录过于频繁，请一分钟后再试", "too many tries; try again in a minute")
            return self._form(request, wanted, name, words, HTTPStatus.TOO_MANY_REQUESTS)
        if visitor_of(request).unregistered:
            return self._form(request, wanted, name)
        if not self._doors.password:
            words = Words("本单位不用密码登录，请用统一身份认证登录", "nobody signs in with a password here")
            return self._form(request, wanted, name, words, HTTPStatus.FORBIDDEN)
        done = sign_in(self._desk, name, form.raw("password")[: LONGEST + 1], now, address=address_of(request))
        if isinstance(done, Denied):
            refusal = done.refusals[0]
            waits = refusal.gate == "sign-in-wait"
            status = HTTPStatus.TOO_MANY_REQUESTS if waits else HTTPStatus.UNPROCESSABLE_ENTITY
            return self._form(request, wanted, name, refusal.words, status)
        back = f"?next={quote(wanted, safe='')}" if is_local(wanted) and wanted != "/" else ""
        answer = see(CODE + back if done.awaits_code else _next(wanted))
        end_before(self._desk, request, now)
        remember(answer, request, done.token)
        return answer

    def turned_back(self, request: Request, refusal: Refusal, status: HTTPStatus, wanted: str) -> Response:
        """Show the form to whom another door has not let in, saying why and what is left to do."""
        said = Words("{reason}；{remedy}", "{reason}; {remedy}").format(reason=refusal.reason, remedy=refusal.remedy)
        other = Words("，或用姓名和密码登录", ", or sign in with your name and password")
        words = Words(said.zh + other.zh, said.en + other.en) if self._doors.password else said
        return self._form(request, wanted, refused=words, status=status)

    def leave(self, request: Request, _form: Form) -> Response:
        """Sign somebody out."""
        visitor = visitor_of(request)
        if session := visitor.session or visitor.awaiting:
            sign_out(self._desk, session, self._shown.voice(request).now)
        # Who shares a computer would come in as them again, without a password.
        there_too = session is not None and session.door is Door.PROVIDER and self._doors.provider
        answer = see(f"{SIGN_IN}?left={_THERE}" if there_too else SIGN_IN)
        forget(answer, request)
        return answer

    def choose(self, request: Request, form: Form) -> Response:
        """Go on in another role."""
        session = session_here(request)
        if refused := choose_role(self._desk, session, form.get("role")):
            return self._account(request, HTTPStatus.UNPROCESSABLE_ENTITY, refused=refused.refusals[0].words)
        return see("/")

    def account(self, request: Request) -> Response:
        """Show one's own sessions, and the form for another password."""
        return self._account(request, HTTPStatus.OK, done=request.query_params.get("done", ""))

    def change(self, request: Request, form: Form) -> Response:
        """Set one's own password."""
        session, now = session_here(request), self._shown.voice(request).now
        chosen = form.raw("chosen")
        if chosen != form.raw("again"):
            words = Words("两次输入的新密码不一致", "the two new passwords are not the same")
            return self._account(request, HTTPStatus.UNPROCESSABLE_ENTITY, refused=words)
        try:
            done = change_password(self._desk, session, form.raw("current"), chosen, now)
        except UnknownError as error:
            return self._account(request, HTTPStatus.UNPROCESSABLE_ENTITY, refused=error.words)
        if done:
            return self._account(request, HTTPStatus.UNPROCESSABLE_ENTITY, refused=done.refusals[0].words)
        return see("/account?done=password")

    def end(self, request: Request, form: Form) -> Response:
        """End one of one's own sessions, wherever it is."""
        session, now = session_here(request), self._shown.voice(request).now
        if number := whole(form.get("session")):
            revoke_sessions(self._desk, session.name, Act(session.actor, now), only=number)
        return see("/account?done=session")

    def _account(self, request: Request, status: HTTPStatus, refused: Words | None = None, done: str = "") -> Response:
        session, voice = session_here(request), self._shown.voice(request)
        mine = list_sessions(self._desk, voice.now, name=session.name)
        return self._shown.page(
            request, voice, "account.html", status, session=session, sessions=mine, refused=refused, done=done
        )

    def _form(
        self,
        request: Request,
        wanted: str,
        name: str = "",
        refused: Words | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        provider = self._doors.provider.provided if self._doors.provider else None
        onward = wanted if is_local(wanted) else ""
        values = {
            "wanted": onward,
            "name": name,
            "refused": refused,
            "by_password": self._doors.password,
            "provider": provider,
            "left": provider is not None and request.query_params.get("left") == _THERE,
            "to_provider": "/sign-in/provider" + (f"?next={quote(onward, safe='')}" if onward else ""),
        }
        return self._shown.page(request, self._shown.voice(request), "sign-in.html", status, **values)


def _next(wanted: str) -> str:
    return wanted if is_local(wanted) else "/"
