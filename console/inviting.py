"""Inviting whoever was nominated, from the page of their nomination; and letting nobody see it as theirs any more."""

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, told
from console.admission import visitor_of
from console.forms import Form
from console.nominations import Nominations, path_to
from console.showing import Shown, see, taking
from notifications.channels import Channel
from operations.casefiles import case_file
from operations.desk import Desk
from operations.inviting import invite, release
from operations.results import Denied, UnknownError
from programs import Words
from states import Refusal


class Inviting:
    """The forms by which nominees are invited; invitations go out by `channel`."""

    def __init__(self, desk: Desk, shown: Shown, channel: Channel) -> None:
        self._desk = desk
        self._shown = shown
        self._channel = channel
        self._pages = Nominations(desk, shown)

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        one = "/nominations/{number}/nominees"
        app.add_route(one, taking(self.invite), methods=["POST"])
        app.add_route(f"{one}/released", taking(self.release), methods=["POST"])

    def invite(self, request: Request, form: Form) -> Response:
        """Send an invitation, and show its code, once."""
        self._see(request)
        act = act_of(request, self._shown)
        try:
            done = invite(self._desk, request.path_params["number"], form.get("mail"), act, self._channel)
        except UnknownError as error:
            mend = Words("请核对邮箱地址", "look at the address")
            return self._pages.page(request, refusals=(Refusal("read", error.words, mend),), form=form)
        if isinstance(done, Denied):
            return self._pages.page(request, refusals=told(self._desk, request, act, done), form=form)
        return self._pages.page(request, invited=done)

    def release(self, request: Request, form: Form) -> Response:
        """Let somebody see the nomination as their own no more."""
        self._see(request)
        number, act = request.path_params["number"], act_of(request, self._shown)
        done = release(self._desk, number, form.get("name"), act)
        if isinstance(done, Denied):
            return self._pages.page(request, refusals=told(self._desk, request, act, done))
        return see(f"{path_to(number)}#nominees")

    def _see(self, request: Request) -> None:
        now = self._shown.voice(request).now
        case_file(self._desk, request.path_params["number"], visitor_of(request).actor, now)
