"""Calendars that subscribe: one's own addresses, and what calendars get there without a session."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import Request

from console.acting import act_of, number_in
from console.admission import session_here
from console.forms import Form
from console.limiting import Limit, place
from console.showing import Shown, see, taking
from operations.desk import Desk
from operations.feeds import CALENDARS, FEEDS, calendar_of, path_of_feed
from operations.held_secrets import Given, give, list_held, revoke
from operations.results import Denied, UnknownError
from programs import Words

ACCOUNT: Final = "/account/calendars"
_CALENDAR: Final = "text/calendar; charset=utf-8"
#: How often one network address may ask: calendars of a whole office come from one.
MOST: Final = 120
WITHIN: Final = timedelta(minutes=1)
#: How long a calendar may show what it has before it asks again, in seconds.
_AGE: Final = 3600


class Feeds:
    """The page `/account/calendars`, and the secret addresses of `/calendars`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown
        self._limit = Limit(MOST, WITHIN)

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        app.add_route(f"{CALENDARS}/{{token}}.ics", self.give, methods=["GET"])
        app.add_route(ACCOUNT, self.mine, methods=["GET"])
        app.add_route(ACCOUNT, taking(self.subscribe), methods=["POST"])
        app.add_route(f"{ACCOUNT}/revoke", taking(self.revoke), methods=["POST"])

    def give(self, request: Request) -> Response:
        """Send what a calendar subscribes to, or that nothing has changed since it asked last."""
        now = self._shown.voice(request).now
        self._limit.bound(place(request), now)
        found = calendar_of(self._desk, request.path_params["token"], now, self._shown.voice(request).language)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        headers = {
            "ETag": found.tag,
            "Cache-Control": f"private, max-age={_AGE}",
            "X-Robots-Tag": "noindex",
        }
        asked = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
        if found.tag in asked or "*" in asked:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(found.content.encode(), media_type=_CALENDAR, headers=headers)

    def mine(self, request: Request) -> Response:
        """Show one's own subscriptions."""
        return self._page(request)

    def subscribe(self, request: Request, _form: Form) -> Response:
        """Make another address for the role that one acts in, and show it this once."""
        session, act = session_here(request), act_of(request, self._shown)
        role, place = session.actor.role, session.actor.organization
        done = give(self._desk, FEEDS, session.name, act, role=role, place=place)
        if isinstance(done, Denied):
            return self._page(request, refused=done.refusals[0].words)
        return self._page(request, made=done)

    def revoke(self, request: Request, form: Form) -> Response:
        """Revoke one of one's own addresses."""
        session, act = session_here(request), act_of(request, self._shown)
        number = number_in(form.get("feed"))
        if number not in [one.id for one in list_held(self._desk, FEEDS, name=session.name)]:
            raise UnknownError(Words("没有这个订阅", "there is no such subscription"))
        revoke(self._desk, FEEDS, number, act)
        return see(f"{ACCOUNT}?done=revoked")

    def _page(self, request: Request, *, made: Given | None = None, refused: Words | None = None) -> Response:
        session, voice = session_here(request), self._shown.voice(request)
        base = (self._desk.letterhead.console or str(request.base_url)).rstrip("/")
        address = f"{base}{path_of_feed(made.secret)}" if made else None
        return self._shown.page(
            request,
            voice,
            "calendars.html",
            HTTPStatus.CONFLICT if refused else HTTPStatus.OK,
            feeds=[one for one in list_held(self._desk, FEEDS, name=session.name) if one.revoked_at is None],
            address=address,
            webcal=f"webcal://{address.partition('://')[2]}" if address else None,
            refused=refused,
            done=request.query_params.get("done", ""),
        )
