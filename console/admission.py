"""Who a request comes from: the session behind its cookie, asked before any page, so that no page can forget to.

While nobody is registered everybody at the machine reads, as the machine's own user, and nobody from elsewhere. Once
people are, every address but the public ones needs a session; a page that is asked for without one leads to the sign-in
and back.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from console.arriving import beside_pages, is_long
from console.asked import asked_for
from console.keeping import keep, whole_address
from documents.certificates import VERIFY
from operations.actors import MACHINE, Actor, Role
from operations.acts import Act
from operations.attempts import note_refused
from operations.authority import anybody_registered
from operations.desk import Desk
from operations.feeds import CALENDARS
from operations.guarding import is_this_machine
from operations.links import INVITATIONS, LETTERS
from operations.results import UnknownError
from operations.second_factor import must_enrol
from operations.session_begins import LONGEST
from operations.sessions import Session, session_of, sign_out
from programs import Words

SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"
#: Where a session goes on by the second factor, and where somebody sets theirs up.
CODE: Final = "/sign-in/code"
SET_UP: Final = "/account/second-factor"
PUBLICITY: Final = "/publicity"

#: Addresses that are for everybody, and those below them; those of the API ask for a token themselves.
PUBLIC: Final = (VERIFY, PUBLICITY, LETTERS, INVITATIONS, CALENDARS, SIGN_IN, "/health", "/assets", "/api")

#: Where nominees find their own nominations, and what else they have beside what is public: themselves.
MINE: Final = "/mine"
_FOR_NOMINEES: Final = (MINE, "/account", "/role", SIGN_OUT)
#: What is below those and not theirs: calendars give the dates of programs.
_NOT_FOR_NOMINEES: Final = "/account/calendars"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever sends a request: signed in, or the machine's own user while nobody is registered, or anybody."""

    actor: Actor
    session: Session | None = None
    #: One that still awaits the second factor: nobody acts or reads in it.
    awaiting: Session | None = None
    #: Nobody is registered yet, so the console shows everything and does nothing.
    unregistered: bool = False

    @property
    def may_act(self) -> bool:
        """Whether the console takes anything from them."""
        return self.session is not None

    @property
    def at_machine(self) -> bool:
        """Whether a command of the machine means something to them: administrators of the installation."""
        return self.actor.role is Role.ADMINISTRATOR and self.actor.organization is None


NOBODY: Final = Visitor(MACHINE)

#: The names of the cookie: browsers take the first over HTTPS alone, from this host alone.
_GUARDED: Final = "__Host-linxuan_session"
_PLAIN: Final = "linxuan_session"


class Admission:
    """ASGI middleware that finds the visitor, or sends a stranger to the sign-in.

    `secure`: people reach the console over HTTPS, whatever the proxy before it speaks.
    """

    def __init__(
        self,
        app: ASGIApp,
        desk: Desk,
        clock: Callable[[], datetime],
        refuse: Callable[[Request, HTTPStatus], Response],
        *,
        secure: bool = False,
        second_factor: Collection[Role] = frozenset(),
    ) -> None:
        self._app = app
        self._desk = desk
        self._clock = clock
        self._refuse = refuse
        self._secure = secure
        self._second_factor = second_factor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on who knows themselves, and whoever asks for what is public."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        scope.setdefault("state", {})["secure"] = self._secure
        path = request.url.path
        # Who is signed in already takes up an invitation as themselves.
        asked_of_all = path not in (SIGN_IN, CODE) and not path.startswith(f"{INVITATIONS}/")
        if is_public(path) and asked_of_all:
            visitor: Visitor | None = NOBODY
        else:
            # What is long is not read on before it is known from whom it comes: it does not wait behind pages for that.
            beside = request.method == "POST" and is_long(scope)
            visitor = await (beside_pages if beside else run_in_threadpool)(self._visitor, request)
        strange = SIGN_IN if visitor is None else CODE if visitor.awaiting and path != SIGN_OUT else None
        if strange and not is_public(path):
            if request.method == "POST":
                await keep(Request(scope, receive))
            await self._strange(request, strange)(scope, receive, send)
            return
        if visitor and visitor.session and must_enrol(visitor.session, self._second_factor) and not _sets_up(path):
            await RedirectResponse(SET_UP, HTTPStatus.SEE_OTHER)(scope, receive, send)
            return
        if visitor and visitor.actor.role is Role.NOMINEE and not is_for_nominees(path):
            await (await run_in_threadpool(self._elsewhere, request, visitor))(scope, receive, send)
            return
        scope["state"]["visitor"] = visitor or NOBODY
        await self._app(scope, receive, send)

    def _visitor(self, request: Request) -> Visitor | None:
        token = request.cookies.get(cookie_name(request), "")
        if token and (session := session_of(self._desk, token, self._clock())):
            return Visitor(session.actor, session) if not session.awaits_code else Visitor(MACHINE, awaiting=session)
        if not _is_here(request):
            return None
        with self._desk.store.read() as connection:
            return None if anybody_registered(connection) else Visitor(MACHINE, unregistered=True)

    def _elsewhere(self, request: Request, visitor: Visitor) -> Response:
        """Lead a nominee to their own pages; every other is one that is not there for them."""
        if request.url.path == "/" and request.method in ("GET", "HEAD"):
            return RedirectResponse(MINE, HTTPStatus.SEE_OTHER)
        note_refused(self._desk, Act(visitor.actor, self._clock()), asked_for(request))
        return self._refuse(request, HTTPStatus.NOT_FOUND)

    def _strange(self, request: Request, to: str) -> Response:
        """Lead whoever reads to where they sign in; whoever sends a form is told that it was not taken."""
        if request.method == "POST":
            return self._refuse(request, HTTPStatus.UNAUTHORIZED)
        wanted = whole_address(request)
        back = "" if wanted == "/" else f"?next={quote(wanted, safe='')}"
        return RedirectResponse(to + back, HTTPStatus.SEE_OTHER)


def visitor_of(request: Request) -> Visitor:
    """Return whoever sends a request."""
    found: Visitor = request.scope.get("state", {}).get("visitor", NOBODY)
    return found


def session_here(request: Request) -> Session:
    """Return the session of whoever is signed in; an `UnknownError` is a page that is not there for anybody else."""
    session = visitor_of(request).session
    if session is None:
        raise UnknownError(Words("请先登录", "sign in first"))
    return session


def _sets_up(path: str) -> bool:
    """Whether an address is for whoever has no second factor yet and needs one."""
    return path.startswith(SET_UP) or path in (SIGN_OUT, "/role")


def is_public(path: str) -> bool:
    """Whether an address is for everybody."""
    return any(path == one or path.startswith(f"{one}/") for one in PUBLIC)


def is_for_nominees(path: str) -> bool:
    """Whether an address is for somebody in the role of a nominee: their own, and what is public."""
    if _is_below(path, _NOT_FOR_NOMINEES):
        return False
    return is_public(path) or any(_is_below(path, one) for one in _FOR_NOMINEES)


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root}/")


def is_secure(request: Request) -> bool:
    """Whether the reader's own connection is HTTPS: as an administrator told, or a form's own origin does."""
    told: bool = request.scope.get("state", {}).get("secure", False)
    return told or request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")


def _is_here(request: Request) -> bool:
    """Whether whoever asks sits at this machine, and came through no other server."""
    asked = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    near = request.client is not None and is_this_machine(request.client.host) and is_this_machine(asked)
    return near and not any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip"))


def cookie_name(request: Request) -> str:
    """Return the cookie's name: over HTTPS one that no other host and no plain page can set, and no other is read."""
    return _GUARDED if is_secure(request) or _GUARDED in request.cookies else _PLAIN


def remember(answer: Response, request: Request, token: str) -> None:
    """Give the browser its token, for itself alone."""
    secure = is_secure(request)
    answer.set_cookie(
        _GUARDED if secure else _PLAIN,
        token,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def end_before(desk: Desk, request: Request, now: datetime) -> None:
    """End the session that a browser brings along to where another begins: it would last on with nobody to see it."""
    token = request.cookies.get(cookie_name(request), "")
    if token and (session := session_of(desk, token, now)):
        sign_out(desk, session, now)


def forget(answer: Response, request: Request) -> None:
    """Take the token back."""
    name = cookie_name(request)
    answer.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=name == _GUARDED)
