"""A nominee's own pages: their nominations, the files that they hand in, and the invitation by which they came."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import UNSEEN, act_of, number_in, told
from console.admission import MINE, end_before, remember, visitor_of
from console.forms import Form, whole
from console.limiting import Limit, address_of, place
from console.materials import MOST as MOST_BYTES
from console.materials import given, medium_of
from console.showing import Shown, see, taking
from console.uploads import FileForm, uploading
from operations.actors import Role
from operations.attachments import see_file
from operations.desk import Desk
from operations.inviting import Accepted, accept, invitation_behind
from operations.links import INVITATIONS
from operations.materials import Offered, attach
from operations.move import move
from operations.own_nominations import OwnNomination, own_nomination, own_nominations
from operations.passwords import LONGEST
from operations.results import Denied, UnknownError
from programs import Words
from states import Move, Refusal

#: How often one address may look at invitations, or type a code.
MOST: Final = 30
WITHIN: Final = timedelta(minutes=1)
_LONGEST_CODE: Final = 40


class Own:
    """The pages of `/mine`, and of `/invitations`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown
        self._limit = Limit(MOST, WITHIN)

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        one = f"{MINE}/{{number}}"
        material = f"{one}/materials/{{material}}/{{medium}}"
        take = uploading(self.attach, self._desk.contents.incoming, MOST_BYTES, self.admits)
        app.add_route(MINE, self.list, methods=["GET"])
        app.add_route(one, self.one, methods=["GET"])
        app.add_route(f"{one}/submit", taking(self.submit), methods=["POST"])
        app.add_route(material, take, methods=["POST"])
        app.add_route(f"{material}/{{place}}", taking(self.give), methods=["POST"])
        invitation = f"{INVITATIONS}/{{invitation}}/{{signature}}"
        app.add_route(invitation, self.invitation, methods=["GET"])
        app.add_route(invitation, taking(self.accept), methods=["POST"])

    def list(self, request: Request) -> Response:
        """Show one's own nominations."""
        voice = self._shown.voice(request)
        found = own_nominations(self._desk, visitor_of(request).actor, voice.now)
        return self._shown.page(request, voice, "mine.html", found=found)

    def one(self, request: Request) -> Response:
        """Show one of them."""
        return self._page(request)

    def submit(self, request: Request, form: Form) -> Response:
        """Hand it in, or hand it in again."""
        self._own(request)
        number, act = request.path_params["number"], act_of(request, self._shown, form.get("reason"))
        seen = whole(form.get("version"))
        if seen is None:
            return self._page(request, (UNSEEN,), form)
        done = move(self._desk, number, Move.SUBMIT, act, seen_version=seen)
        if isinstance(done, Denied):
            return self._page(request, told(self._desk, request, act, done), form)
        return see(f"{_path_to(number)}?told=submitted")

    def admits(self, request: Request) -> None:
        """Ask whether it is theirs to hand in files, before any is read."""
        if visitor_of(request).session is None or not self._own(request).attaches:
            raise UnknownError(Words("这里不收文件", "no files are taken here"))

    def attach(self, request: Request, form: FileForm) -> Response:
        """Hand in the files of one material. That seals and signatures are on them is for the office to look at."""
        number, to = request.path_params["number"], (request.path_params["material"], medium_of(request))
        act = act_of(request, self._shown)
        offered = [Offered(one.name, one.file) for one in form.files if one.field == "file"]
        if not offered:
            return see(f"{_path_to(number)}?told=no-file#materials")
        done = attach(self._desk, number, to, offered, act)
        if isinstance(done, Denied):
            return self._page(request, told(self._desk, request, act, done), form)
        return see(f"{_path_to(number)}?told={'handed-in' if done.received else 'to-see'}#materials")

    def give(self, request: Request, form: Form) -> Response:
        """Give one of the files that were handed in for it."""
        self._own(request)
        place, medium = number_in(request.path_params["place"]), medium_of(request)
        act = act_of(request, self._shown)
        number, material = request.path_params["number"], request.path_params["material"]
        found = see_file(self._desk, number, material, medium, place, act)
        if isinstance(found, Denied):
            return self._page(request, told(self._desk, request, act, found), form)
        return given(*found, to_show=form.has("show"))

    def invitation(self, request: Request) -> Response:
        """Show what an invitation asks for. Nothing of whom it is about: a link may have gone astray."""
        self._limit.bound(place(request), self._shown.voice(request).now)
        return self._invitation(request)

    def accept(self, request: Request, form: Form) -> Response:
        """Take up an invitation, and sign in."""
        self._limit.bound(place(request), self._shown.voice(request).now)
        session, chosen = visitor_of(request).session, form.raw("chosen")[: LONGEST + 1]
        name = session.name if session and session.role is Role.NOMINEE else None
        if session and name is None:
            words = Words("您以工作人员身份登录，请先退出，再打开链接", "sign out first, then open the link")
            return self._invitation(request, words)
        if name is None and chosen != form.raw("again")[: LONGEST + 1]:
            words = Words("两次输入的密码不一致", "the two passwords are not the same")
            return self._invitation(request, words)
        if not form.get("code"):
            # Nothing was guessed, so nothing is counted.
            return self._invitation(request, Words("请输入推荐单位告诉您的验证码", "type the code that you were told"))
        done = self._accepted(request, form.get("code")[:_LONGEST_CODE], chosen, name)
        if done is None or isinstance(done, Words):
            return self._invitation(request, done)
        answer = see(f"{_path_to(done.number)}?told=welcome")
        end_before(self._desk, request, self._shown.voice(request).now)
        remember(answer, request, done.session.token)
        return answer

    def _accepted(self, request: Request, code: str, chosen: str, name: str | None) -> Accepted | Words | None:
        """Take up the invitation; returns why not, or nothing where there is none."""
        number, signature = _link(request)
        now, address = self._shown.voice(request).now, address_of(request)
        try:
            done = accept(self._desk, number, signature, code, now, password=chosen, address=address, name=name)
        except UnknownError as error:
            return error.words
        if not isinstance(done, Denied):
            return done
        refusal = done.refusals[0]
        return Words("{reason}；{remedy}", "{reason}; {remedy}").format(reason=refusal.reason, remedy=refusal.remedy)

    def _own(self, request: Request) -> OwnNomination:
        now = self._shown.voice(request).now
        return own_nomination(self._desk, request.path_params["number"], visitor_of(request).actor, now)

    def _page(self, request: Request, refusals: Sequence[Refusal] = (), form: Form | None = None) -> Response:
        return self._shown.page(
            request,
            self._shown.voice(request),
            "own.html",
            HTTPStatus.CONFLICT if refusals else HTTPStatus.OK,
            own=self._own(request),
            refusals=refusals,
            form=form or Form([]),
            outcome=request.query_params.get("told", ""),
        )

    def _invitation(self, request: Request, refused: Words | None = None) -> Response:
        voice = self._shown.voice(request)
        found = invitation_behind(self._desk, *_link(request), voice.now)
        status = HTTPStatus.NOT_FOUND if found is None else HTTPStatus.OK
        status = HTTPStatus.UNPROCESSABLE_ENTITY if found and refused else status
        session = visitor_of(request).session
        answer = self._shown.page(
            request, voice, "invitation.html", status, invitation=found, refused=refused, session=session
        )
        answer.headers["X-Robots-Tag"] = "noindex"
        # The address is the invitation: nowhere else is told of it.
        answer.headers["Referrer-Policy"] = "same-origin"
        return answer


def _link(request: Request) -> tuple[int, str]:
    return number_in(request.path_params["invitation"]), request.path_params["signature"]


def _path_to(number: str) -> str:
    return f"{MINE}/{quote(number)}"
