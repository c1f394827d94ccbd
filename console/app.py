"""The operators' console: what waits for them, all programs on one page, one page for each, and what they do."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from console import api
from console.admission import Admission, visitor_of
from console.amending import Amending
from console.arriving import by_arrival
from console.asked import asked_for
from console.auditing import Auditing
from console.ballots import Ballots
from console.boards import Boards
from console.bulk import Bulk
from console.calendars import Calendars
from console.consultations import Consultations
from console.drafting import Drafting
from console.entering import Entering
from console.evaluating import Evaluating
from console.experts import Experts
from console.feeds import Feeds
from console.guard import LOOPBACK_HOSTS, Guard
from console.honors import Honors
from console.intake import Intake
from console.inviting import Inviting
from console.letters import Letters
from console.lists import Lists
from console.materials import Materials
from console.meetings import Meetings
from console.migrating import Migrating
from console.nominations import Nominations
from console.opening import Opening
from console.own import Own
from console.pages import Pages
from console.parked import ParkedMessages
from console.provider_signing import ProviderSigning
from console.publications import Publications
from console.publicity import PublicityPages
from console.registers import Registers
from console.rehearsing import Rehearsing
from console.reports import Reports
from console.rosters import Rosters
from console.second_factors import SecondFactors
from console.showing import Shown
from console.signing import BY_PASSWORD, Doors, Signing
from console.usage import Usages
from console.verifying import Verifying
from documents.certificates import VERIFY
from notifications.channels import Channel
from operations.actors import Role
from operations.acts import Act
from operations.attempts import note_refused
from operations.boards import boards_seen
from operations.consultations import consultations_seen
from operations.desk import Desk
from operations.experts.evaluating import seatings_that_wait
from operations.meetings import meetings_seen
from operations.opening_desk import rules_on
from operations.overview import overview, program_overview
from operations.publicity_desk import open_objections
from operations.recommending import has_register
from operations.results import DamagedError, KeyMissingError, MisstatedError, NothingHereError, UnknownError
from operations.waiting import waiting_for
from store.types import UnfitError

_READING = ["GET", "HEAD"]

#: What has pages of its own, each made with the desk and what shows pages.
_PAGES = (
    Nominations,
    Bulk,
    Lists,
    Materials,
    Entering,
    Intake,
    Publications,
    PublicityPages,
    Evaluating,
    Experts,
    Boards,
    Ballots,
    Meetings,
    Consultations,
    Registers,
    Reports,
    Honors,
    Calendars,
    Auditing,
    Usages,
    Letters,
    Own,
    ParkedMessages,
    Feeds,
    Opening,
    Drafting,
    Amending,
    Migrating,
    Rehearsing,
)


def create_app(  # noqa: PLR0913 - what an installation can set, each by name
    desk: Desk,
    clock: Callable[[], datetime],
    *,
    language: str = "zh",
    hosts: Collection[str] | None = LOOPBACK_HOSTS,
    address: str | None = None,
    second_factor: Collection[Role] = frozenset(),
    doors: Doors = BY_PASSWORD,
    channel: Channel | None = None,
) -> FastAPI:
    """Return the app. `clock` says what time it is (aware); `hosts` are the names it answers to, None any.

    `language` is what a reader gets who has not chosen one; `address` where people reach it, if that is not where it
    is served: one that begins with https keeps cookies to HTTPS. Nobody acts in a role of `second_factor` without one;
    `doors` are those through which people sign in, and invitations of nominees go out by `channel`.
    """
    app = FastAPI(title="Linxuan", openapi_url=None, redirect_slashes=False)
    here, clock = clock, by_arrival(clock)
    shown = Shown(Pages(), clock, language, invites=channel is not None)
    verifying = Verifying(desk, shown.page, shown.voice)

    def front(request: Request) -> Response:
        voice = shown.voice(request)
        visitor = visitor_of(request)
        with desk.store.read():
            found = overview(desk, voice.now, seen_by=visitor.actor)
            waiting = waiting_for(desk, visitor.actor, voice.now) if visitor.session else ()
            objections = [one for _, some in open_objections(desk, visitor.actor, voice.now) for one in some]
            seats = seatings_that_wait(desk, visitor.actor, voice.now)
        return shown.page(
            request, voice, "overview.html", found=found, waiting=waiting, objections=objections, seats=seats
        )

    def program(request: Request, program_id: str) -> Response:
        voice = shown.voice(request)
        actor = visitor_of(request).actor
        with desk.store.read():
            found = program_overview(desk, program_id, voice.now, seen_by=actor)
            boards, rules = boards_seen(desk, program_id, actor), rules_on(desk, program_id, actor)
            meetings, asking = meetings_seen(desk, program_id, actor), consultations_seen(desk, program_id, actor)
        return shown.page(
            request,
            voice,
            "program.html",
            found=found,
            boards=boards,
            meetings=meetings,
            asking=asking,
            rules=rules,
            registers=has_register(actor),
        )

    def health() -> Response:
        try:
            with desk.store.read() as connection:
                connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            return JSONResponse({"status": "failing", "database": "failing"}, HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse({"status": "ok", "database": "ok"})

    app.add_api_route("/", front, methods=_READING)
    app.add_api_route("/programs/{program_id}", program, methods=_READING)
    app.add_api_route("/health", health, methods=_READING)
    app.add_api_route(VERIFY, verifying.by_number, methods=_READING)
    app.add_api_route(f"{VERIFY}/{{code}}", verifying.by_code, methods=_READING)
    app.add_api_route("/assets/{digest}/{name}", shown.asset, methods=_READING)
    for pages in _PAGES:
        pages(desk, shown).register(app)
    signing = Signing(desk, shown, doors)
    signing.register(app)
    if doors.provider:
        ProviderSigning(desk, shown, doors.provider, signing).register(app)
    Rosters(desk, shown, doors.provider.provided if doors.provider else None).register(app)
    SecondFactors(desk, shown, second_factor).register(app)
    if channel:
        Inviting(desk, shown, channel).register(app)
    secure = address is not None and urlsplit(address).scheme == "https"
    for error in (HTTPException, UnknownError, UnfitError, DamagedError):
        app.add_exception_handler(error, partial(_answer, desk, shown))
    app.mount(api.PATH, api.create_api(desk, clock, second_factor=second_factor))

    def refuse(request: Request, status: HTTPStatus) -> Response:
        return (api.problem if api.is_api(request.url.path) else shown.problem)(request, status)

    app.add_middleware(Admission, desk=desk, clock=clock, refuse=refuse, secure=secure, second_factor=second_factor)
    app.add_middleware(Guard, hosts=hosts, refuse=refuse, tokens_alone=api.is_api, clock=here, secure=secure)
    return app


async def _answer(desk: Desk, shown: Shown, request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return shown.problem(request, HTTPStatus(error.status_code), error.headers)
    if isinstance(error, DamagedError) or (isinstance(error, UnknownError) and error.outside):
        # A file that is gone, say: nobody asked for what is not theirs.
        return shown.problem(request, HTTPStatus.SERVICE_UNAVAILABLE)
    if isinstance(error, KeyMissingError):
        return shown.problem(request, HTTPStatus.SERVICE_UNAVAILABLE, words=error.told)
    if isinstance(error, MisstatedError | NothingHereError):
        misstated = isinstance(error, MisstatedError)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if misstated else HTTPStatus.NOT_FOUND
        return shown.problem(request, status, words=error.words)
    if isinstance(error, UnfitError) and request.method not in _READING:
        # What was typed; an address that is unfit leads nowhere.
        return shown.problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, words=error.words)
    if session := visitor_of(request).session:
        act = Act(session.actor, shown.voice(request).now)
        await run_in_threadpool(note_refused, desk, act, asked_for(request))
    return shown.problem(request, HTTPStatus.NOT_FOUND)
