"""Messages: what became of each, receipts that somebody has told; parked ones are handled one by one.

Administrators handle what was parked; they and operators see the messages of their programs, with every try.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, status_of, text_in, told
from console.admission import visitor_of
from console.forms import Form
from console.showing import Shown, see, taking
from operations.actors import Role
from operations.acts import Act
from operations.desk import Desk
from operations.messages import acknowledge, release
from operations.parked import Parked, Way, deliver_otherwise, drop, list_parked
from operations.results import Denied, UnknownError
from operations.tracing import OUTCOMES, STATES, Traced, newest, trace
from programs import Words
from states import Refusal


class ParkedMessages:
    """The pages of `/messages`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        app.add_route("/messages", self.list, methods=["GET"])
        app.add_route("/messages/{message}", self.show, methods=["GET"])
        app.add_route("/messages/{message}/received", taking(self.receive), methods=["POST"])
        app.add_route("/messages/{deed}", taking(self.settle), methods=["POST"])

    def list(self, request: Request) -> Response:
        """Show what was parked, what awaits a confirmation, and the newest messages."""
        return self._page(request)

    def show(self, request: Request) -> Response:
        """Show one message, with every try to deliver it."""
        return self._message(request, request.path_params["message"])

    def receive(self, request: Request, form: Form) -> Response:
        """Note that a message was received, on its recipient's word."""
        message = request.path_params["message"]
        act = act_of(request, self._shown, text_in(form, "reason"))
        self._traced(request, message)
        refused = acknowledge(self._desk, message, act)
        if isinstance(refused, Denied):
            return self._message(request, message, told(self._desk, request, act, refused))
        return see("/messages?done=received" if form.get("back") else f"/messages/{message}")

    def settle(self, request: Request, form: Form) -> Response:
        """Do something with one message."""
        message, act = form.get("message"), act_of(request, self._shown, text_in(form, "reason"))
        if message not in [one.id for one in self._found(request)]:
            raise _none()
        way = next((one for one in Way if one == form.get("way")), None)
        deeds: Mapping[str, Callable[[], object]] = {
            "send": lambda: release(self._desk, [message], act),
            "deliver": lambda: deliver_otherwise(self._desk, message, way, act) if way else Denied((_no_way(),)),
            "drop": lambda: drop(self._desk, message, act),
        }
        deed = request.path_params["deed"]
        if deed not in deeds:
            raise _none()
        done = deeds[deed]()
        if isinstance(done, Denied):
            return self._page(request, told(self._desk, request, act, done), form, deed)
        return see(f"/messages?done={deed}")

    def _traced(self, request: Request, message: str) -> Traced:
        found = trace(self._desk, message, Act(visitor_of(request).actor, self._shown.voice(request).now))
        if isinstance(found, Denied):
            raise _none()
        return found

    def _message(self, request: Request, message: str, refusals: Sequence[Refusal] = ()) -> Response:
        found = self._traced(request, message)
        voice = self._shown.voice(request)
        return self._shown.page(
            request,
            voice,
            "message.html",
            status_of(refusals),
            found=found,
            outcomes=OUTCOMES,
            states=STATES,
            refusals=refusals,
        )

    def _found(self, request: Request) -> Sequence[Parked]:
        act = Act(visitor_of(request).actor, self._shown.voice(request).now)
        found = list_parked(self._desk, act)
        if isinstance(found, Denied):
            raise _none()
        return found

    def _page(
        self, request: Request, refusals: Sequence[Refusal] = (), form: Form | None = None, tried: str = ""
    ) -> Response:
        status: HTTPStatus = status_of(refusals)
        actor, voice = visitor_of(request).actor, self._shown.voice(request)
        handles = actor.role is Role.ADMINISTRATOR
        if actor.role not in (Role.ADMINISTRATOR, Role.OPERATOR):
            raise _none()
        return self._shown.page(
            request,
            voice,
            "messages.html",
            status,
            handles=handles,
            found=self._found(request) if handles else (),
            newest=newest(self._desk, Act(actor, voice.now)),
            states=STATES,
            ways=list(Way),
            refusals=refusals,
            form=form or Form([]),
            tried=tried,
            done=request.query_params.get("done", ""),
        )


def _none() -> UnknownError:
    return UnknownError(Words("没有这封信函", "there is no such message"))


def _no_way() -> Refusal:
    return Refusal("way-named", Words("没有选择送达方式", "it is not said how"), Words("请选择一项", "choose one"))
