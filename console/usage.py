"""A program's places by body, its versions, and its dates for calendars."""

from typing import Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import attachment
from console.admission import visitor_of
from console.showing import Shown
from operations.desk import Desk
from operations.usage import dates_feed, usage_of

_CALENDAR: Final = "text/calendar; charset=utf-8"


class Usages:
    """The pages that a program's own page leads on to."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        program = "/programs/{program_id}"
        app.add_route(f"{program}/usage", self.page, methods=["GET"])
        app.add_route(f"{program}/dates.ics", self.feed, methods=["GET"])

    def page(self, request: Request) -> Response:
        """Show the places used by each body, and the versions."""
        voice = self._shown.voice(request)
        found = usage_of(self._desk, request.path_params["program_id"], visitor_of(request).actor, voice.now)
        return self._shown.page(request, voice, "usage.html", found=found)

    def feed(self, request: Request) -> Response:
        """Send the key dates as calendars take them."""
        voice, program_id = self._shown.voice(request), request.path_params["program_id"]
        content = dates_feed(self._desk, program_id, visitor_of(request).actor, voice.now, voice.language)
        headers = {"Content-Disposition": attachment(f"{program_id}.ics")}
        return Response(content.encode(), media_type=_CALENDAR, headers=headers)
