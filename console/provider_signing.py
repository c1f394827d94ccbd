"""Signing in by the organization's own identity provider: led there, and taken back.

What must come back with somebody is kept by their browser alone, in a cookie that is read once: the console keeps
nothing of whom it has sent away, so nobody can fill it by asking.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import timedelta
from http import HTTPStatus
from secrets import compare_digest
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.admission import CODE, end_before, is_secure, remember
from console.limiting import Limit, address_of, place
from console.showing import Shown, is_local, see
from console.signing import Signing
from operations.desk import Desk
from operations.identities import sign_in_known
from operations.identity_provider import PATIENCE, IdentityProvider
from operations.providers import CALLBACK
from operations.results import Denied
from operations.session_begins import SignedIn
from programs import Words
from states import Refusal

#: How often one address may set out, or come back.
MOST: Final = 60
WITHIN: Final = timedelta(minutes=1)

#: The longest that a browser is asked to keep, beside the address to go on to.
_LONGEST_NEXT: Final = 1500
_LONGEST_CODE: Final = 4000


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a browser keeps of somebody who is at the provider: what must come back, where they go on to, since when.

    Whoever changes it deceives themselves: it is compared with what the provider says to this console.
    """

    state: str
    nonce: str
    verifier: str
    wanted: str
    at: float


class ProviderSigning:
    """The addresses between which somebody is at the provider."""

    def __init__(self, desk: Desk, shown: Shown, provider: IdentityProvider, signing: Signing) -> None:
        self._desk = desk
        self._shown = shown
        self._provider = provider
        self._signing = signing
        self._limit = Limit(MOST, WITHIN)

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        app.add_route("/sign-in/provider", self.leave, methods=["GET"])
        app.add_route(CALLBACK, self.back, methods=["GET"])
        app.add_route("/sign-in/provider/out", self.out, methods=["GET"])

    def leave(self, request: Request) -> Response:
        """Lead somebody to the provider, and nowhere else."""
        wanted, now = request.query_params.get("next", ""), self._shown.voice(request).now
        if refused := self._too_often(request):
            return refused
        begun = self._provider.begin(now)
        if isinstance(begun, Denied):
            return self._refuse(request, begun.refusals[0], HTTPStatus.SERVICE_UNAVAILABLE, wanted)
        answer = see(begun.address)
        onward = wanted if is_local(wanted) and len(wanted) <= _LONGEST_NEXT else ""
        self._keep(answer, request, _Kept(begun.state, begun.nonce, begun.verifier, onward, now.timestamp()))
        return answer

    def back(self, request: Request) -> Response:
        """Let somebody in whom the provider vouches for, if they set out from this browser a while ago."""
        if refused := self._too_often(request):
            return refused
        kept = _read(request.cookies.get(_cookie(request), ""))
        wanted = kept.wanted if kept else ""
        done = self._let_in(request, kept)
        if isinstance(done, Denied):
            refusal = done.refusals[0]
            away = refusal.gate == "provider-answers"
            status = HTTPStatus.SERVICE_UNAVAILABLE if away else HTTPStatus.UNPROCESSABLE_ENTITY
            return self._refuse(request, refusal, status, wanted)
        onward = f"?next={quote(wanted, safe='')}" if wanted not in ("", "/") else ""
        answer = see(CODE + onward if done.awaits_code else wanted or "/")
        end_before(self._desk, request, self._shown.voice(request).now)
        remember(answer, request, done.token)
        _forget(answer, request)
        return answer

    def out(self, request: Request) -> Response:
        """Lead somebody who has signed out here to where the provider signs them out too."""
        if refused := self._too_often(request):
            return refused
        address = self._provider.leave(self._shown.voice(request).now)
        if isinstance(address, Denied):
            return self._signing.turned_back(request, address.refusals[0], HTTPStatus.SERVICE_UNAVAILABLE, "")
        return see(address)

    def _let_in(self, request: Request, kept: _Kept | None) -> SignedIn | Denied:
        asked, now = request.query_params, self._shown.voice(request).now
        if kept is None or not compare_digest(kept.state.encode(), asked.get("state", "").encode()):
            return Denied((_not_from_here(),))
        if not 0 <= now.timestamp() - kept.at <= PATIENCE.total_seconds():
            return Denied((_not_from_here(),))
        code = asked.get("code", "")
        if "error" in asked or not 0 < len(code) <= _LONGEST_CODE:
            return Denied((_turned_away(),))
        known = self._provider.finish(code, kept.nonce, kept.verifier, now)
        if isinstance(known, Denied):
            return known
        return sign_in_known(self._desk, known, now, address=address_of(request))

    def _too_often(self, request: Request) -> Response | None:
        if self._limit.allows(place(request), self._shown.voice(request).now):
            return None
        return self._refuse(request, _too_many(), HTTPStatus.TOO_MANY_REQUESTS)

    def _refuse(
        self,
        request: Request,
        refusal: Refusal,
        status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
        wanted: str = "",
    ) -> Response:
        """Show the sign-in with what went wrong: the password is the way that is left, where there is one."""
        answer = self._signing.turned_back(request, refusal, status, wanted)
        _forget(answer, request)
        return answer

    def _keep(self, answer: Response, request: Request, kept: _Kept) -> None:
        answer.set_cookie(
            _cookie(request),
            urlsafe_b64encode(json.dumps(asdict(kept)).encode()).decode(),
            max_age=int(PATIENCE.total_seconds()),
            path="/",
            httponly=True,
            # It comes back with a navigation from the provider's page, which Strict would keep it out of.
            samesite="lax",
            secure=is_secure(request),
        )


def _cookie(request: Request) -> str:
    return "__Host-linxuan_provider" if is_secure(request) else "linxuan_provider"


def _forget(answer: Response, request: Request) -> None:
    answer.delete_cookie(_cookie(request), path="/", httponly=True, samesite="lax", secure=is_secure(request))


def _read(cookie: str) -> _Kept | None:
    """Read what a browser has kept; none for what is nothing of ours."""
    try:
        kept = json.loads(urlsafe_b64decode(cookie.encode()))
        state, nonce, verifier, wanted = (str(kept[name]) for name in ("state", "nonce", "verifier", "wanted"))
        found = _Kept(state, nonce, verifier, wanted if is_local(wanted) else "", float(kept["at"]))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    return found if state and nonce and verifier else None


def _not_from_here() -> Refusal:
    return Refusal(
        "provider-asked",
        Words(
            "这次统一身份登录不是从本浏览器发起的，或已过期",
            "this sign-in was not begun in this browser, or took too long",
        ),
        Words("请重新登录", "begin again"),
    )


def _turned_away() -> Refusal:
    return Refusal(
        "provider-vouches",
        Words("没有完成统一身份登录", "the identity provider did not sign you in"),
        Words("请重新登录", "begin again"),
    )


def _too_many() -> Refusal:
    return Refusal(
        "sign-in-wait",
        Words("登录过于频繁", "too many tries"),
        Words("请一分钟后再试", "try again in a minute"),
    )
