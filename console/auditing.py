"""The history: chains and their heads, verifying them, and looking for what happened."""

from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from starlette.requests import Request

from console.acting import act_of, attachment, told
from console.admission import visitor_of
from console.forms import Form, whole
from console.showing import Shown, taking
from operations.acts import Act
from operations.audit import Verification, heads_to_json
from operations.chronicle import Answer, Question, chains_seen, search, verify_all
from operations.desk import Desk
from operations.results import Denied
from store import INSTALLATION

_LONGEST: Final = 120


class Auditing:
    """The pages of `/audit`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        app.add_route("/audit", self.page, methods=["GET"])
        app.add_route("/audit", taking(self.verify), methods=["POST"])
        app.add_route("/audit/heads", taking(self.heads), methods=["POST"])

    def page(self, request: Request) -> Response:
        """Show the chains, and what was looked for."""
        return self._page(request)

    def verify(self, request: Request, _form: Form) -> Response:
        """Verify everything."""
        self._shown.bound_computing(request)
        act = act_of(request, self._shown)
        return self._page(request, verify_all(self._desk, act.actor))

    def heads(self, request: Request, _form: Form) -> Response:
        """Send the heads of verified chains, to be kept elsewhere; a broken history has none that are worth it."""
        self._shown.bound_computing(request)
        act = act_of(request, self._shown)
        done = verify_all(self._desk, act.actor)
        if isinstance(done, Denied) or done.breaks:
            return self._page(request, done)
        headers = {"Content-Disposition": attachment(f"linxuan-heads-{act.now:%Y%m%d-%H%M}.json")}
        return JSONResponse(heads_to_json(done.heads, act.now), headers=headers)

    def _page(self, request: Request, verified: Verification | Denied | None = None) -> Response:
        voice, actor, asked = self._shown.voice(request), visitor_of(request).actor, request.query_params
        chains = chains_seen(self._desk, actor, voice.now)
        question = Question(
            chain=asked.get("chain", "")[:_LONGEST],
            number=asked.get("number", "").strip()[:_LONGEST],
            text=asked.get("text", "").strip()[:_LONGEST],
            before=whole(asked.get("before", "")) or 0,
        )
        found: Answer | None = search(self._desk, question, actor, voice.now) if question.chain else None
        act = Act(actor, voice.now)
        refused = told(self._desk, request, act, verified) if isinstance(verified, Denied) else ()
        return self._shown.page(
            request,
            voice,
            "audit.html",
            HTTPStatus.CONFLICT if refused else HTTPStatus.OK,
            chains=chains,
            installation=INSTALLATION,
            verifies=visitor_of(request).may_act and any(one.program is None for one in chains),
            verified=None if isinstance(verified, Denied) else verified,
            refusals=refused,
            question=question,
            found=found,
            following=_address(question, found.following) if found and found.following else None,
        )


def _address(question: Question, before: int) -> str:
    fields = {"chain": question.chain, "number": question.number, "text": question.text, "before": str(before)}
    return "/audit?" + urlencode({name: value for name, value in fields.items() if value})
