"""The working-day calendar of a year: every day, and of each that the plain week does not explain, who says so."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import Request

from console.showing import Shown
from deadlines.days import FIRST_YEAR, LAST_YEAR, WEEK, Day, DayKind, library
from operations.desk import Desk
from programs.words import day_in_words


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks of seven places, Monday first; none where the month has no day there."""

    first: date
    weeks: Sequence[Sequence[Day | None]]
    working: int


class Calendars:
    """The page of `/calendar`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app this page."""
        app.add_route("/calendar", self.year, methods=["GET"])

    def year(self, request: Request) -> Response:
        """Show a year, this one where none is asked for."""
        voice = self._shown.voice(request)
        asked = request.query_params.get("year", "")
        year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else voice.today.year
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        with self._desk.store.read() as connection:
            known = self._desk.learn(connection)
        days = list(known.days(date(year, 1, 1), date(year, 12, 31)))
        return self._shown.page(
            request,
            voice,
            "calendar.html",
            year=year,
            months=[_month(days, year, month) for month in range(1, 13)],
            told=[day for day in days if day.source != WEEK and day.kind is not DayKind.WEEKEND],
            working=sum(day.working for day in days),
            library=library(),
            published=day_in_words(known.published_through),
            is_unpublished=days[0].provisional,
            may_change=days[-1].provisional,
            before=year - 1 if year > FIRST_YEAR else None,
            after=year + 1 if year < LAST_YEAR else None,
        )


def _month(days: Sequence[Day], year: int, month: int) -> Month:
    by_number = {day.date.day: day for day in days if day.date.month == month}
    weeks = [[by_number.get(number) for number in week] for week in Calendar().monthdayscalendar(year, month)]
    return Month(date(year, month, 1), weeks, sum(day.working for day in by_number.values()))
