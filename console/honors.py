"""发文和聘期: the document that confers the award, everybody whom it has honored, and what becomes of each term."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, day_in, office_file, status_of, text_in, told
from console.admission import visitor_of
from console.forms import Form, whole, whole_in
from console.showing import Shown, see, taking
from documents.pdf import office
from operations.acts import Act
from operations.certify import number_certificates
from operations.desk import Desk
from operations.issue import Issued, issue
from operations.printing import certificate_of
from operations.results import Denied, UnknownError
from operations.tenure.assessing import appoint, assess, rectify
from operations.tenure.listing import honor_page
from operations.tenure.money import read_yuan
from operations.tenure.paying import pay, recover
from operations.tenure.revoking import revoke, take_certificate_back
from operations.tenure.stopping import resume_benefits, stop_benefits
from operations.tenure.view import TermView, issuance_desk, term_view
from programs import Words
from states import Refusal

#: So many honorees are on a page.
MOST: Final = 200


class Honors:
    """The pages of a program's issuance, and of its honorees."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        program = "/programs/{program_id}"
        app.add_route(f"{program}/issuance", self.issuance, methods=["GET"])
        app.add_route(f"{program}/issuance", taking(self.issue), methods=["POST"])
        app.add_route(f"{program}/certificates", taking(self.certify), methods=["POST"])
        app.add_route(f"{program}/honors", self.list, methods=["GET"])
        app.add_route(f"{program}/honors/{{number}}", self.term, methods=["GET"])
        app.add_route(f"{program}/honors/{{number}}/certificate", taking(self.certificate), methods=["POST"])
        app.add_route(f"{program}/honors/{{number}}/{{deed}}", taking(self.act), methods=["POST"])

    def issuance(self, request: Request) -> Response:
        """Show who waits for the document."""
        return self._issuance(request)

    def issue(self, request: Request, form: Form) -> Response:
        """Issue the document."""
        program_id = self._known(request)
        act = act_of(request, self._shown)
        done = issue(self._desk, program_id, form.get("number"), act)
        if isinstance(done, Denied):
            return self._issuance(request, told(self._desk, request, act, done), form)
        if done.held_back:
            # Why they are is told nowhere else.
            return self._issuance(request, issued=done)
        return see(f"/programs/{program_id}/issuance?honored={len(done.moved)}")

    def certify(self, request: Request, _form: Form) -> Response:
        """Number the certificates."""
        program_id = self._known(request)
        act = act_of(request, self._shown)
        done = number_certificates(self._desk, program_id, act)
        if isinstance(done, Denied):
            return self._issuance(request, told(self._desk, request, act, done))
        return see(f"/programs/{program_id}/issuance")

    def list(self, request: Request) -> Response:
        """Show whom a program has honored, a page of them."""
        voice, actor = self._shown.voice(request), visitor_of(request).actor
        program_id, after = request.path_params["program_id"], request.query_params.get("after", "")
        page = honor_page(self._desk, program_id, actor, voice.now, after=after, most=MOST)
        address = f"/programs/{program_id}/honors"
        return self._shown.page(
            request,
            voice,
            "honors.html",
            program=page.program,
            found=page.honors,
            first=address if after else None,
            following=f"{address}?after={quote(page.following)}" if page.following else None,
        )

    def term(self, request: Request) -> Response:
        """Show one term."""
        return self.page(request)

    def certificate(self, request: Request, form: Form) -> Response:
        """Give the certificate as a Word file or a PDF; each time is an event."""
        found, act = self.found(request), act_of(request, self._shown)
        as_pdf = form.get("kind") == "pdf"
        if as_pdf:
            self._shown.bound_computing(request)
        done = certificate_of(self._desk, found.honor.number, act, as_pdf=as_pdf)
        if isinstance(done, Denied):
            return self.page(request, told(self._desk, request, act, done), form)
        return office_file(done, f"证书-{found.honor.nominee}", "pdf" if as_pdf else "docx")

    def act(self, request: Request, form: Form) -> Response:
        """Record what happened in a term."""
        found = self.found(request)
        act = looked_at(act_of(request, self._shown, text_in(form, "reason")), form)
        deed = _DEEDS.get(request.path_params["deed"])
        if deed is None:
            raise UnknownError(Words("没有这个操作", "there is no such deed"))
        try:
            done = deed(self._desk, found.honor.number, form, act)
        except UnknownError as error:
            # A word that is not the program's, or an amount that is none: told where it was typed.
            return self.page(request, (Refusal("read", error.words, _MEND),), form)
        if isinstance(done, Denied):
            return self.page(request, told(self._desk, request, act, done), form)
        return see(f"/programs/{found.program.id}/honors/{found.honor.number}?told=recorded")

    def _known(self, request: Request) -> str:
        now = self._shown.voice(request).now
        return issuance_desk(self._desk, request.path_params["program_id"], visitor_of(request).actor, now).program.id

    def found(self, request: Request) -> TermView:
        """Return the term that an address names; raises `UnknownError` for one that is not the visitor's to see."""
        asked, now = request.path_params, self._shown.voice(request).now
        return term_view(self._desk, asked["program_id"], asked["number"], visitor_of(request).actor, now)

    def _issuance(
        self,
        request: Request,
        refusals: Sequence[Refusal] = (),
        form: Form | None = None,
        issued: Issued | None = None,
    ) -> Response:
        voice = self._shown.voice(request)
        found = issuance_desk(self._desk, request.path_params["program_id"], visitor_of(request).actor, voice.now)
        return self._shown.page(
            request,
            voice,
            "issuance.html",
            status_of(refusals),
            found=found,
            refusals=refusals,
            form=form or Form([]),
            honored=len(issued.moved) if issued else whole(request.query_params.get("honored", "")),
            held_back=issued.held_back if issued else (),
        )

    def page(self, request: Request, refusals: Sequence[Refusal] = (), form: Form | None = None) -> Response:
        """Show the page of a term, with what was refused."""
        return self._shown.page(
            request,
            self._shown.voice(request),
            "term.html",
            status_of(refusals),
            found=self.found(request),
            refusals=refusals,
            form=form or Form([]),
            makes_pdf=office() is not None,
            recorded=not refusals and request.query_params.get("told") == "recorded",
        )


#: No term's mark.
_UNMARKED: Final = "-"
_MEND = Words("请核对后再提交", "look at it, then send it again")


def looked_at(act: Act, form: Form) -> Act:
    """Return an act with the mark of the term that its page showed.

    A form without one is none of the page's: it was sent by somebody who has looked at nothing.
    """
    return replace(act, seen=form.get("mark") or _UNMARKED)


def _assess(desk: Desk, number: str, form: Form, act: Act) -> object:
    return assess(desk, number, form.get("result"), act, note=text_in(form, "note"))


def _rectify(desk: Desk, number: str, form: Form, act: Act) -> object:
    return rectify(desk, number, form.get("result"), act, note=text_in(form, "note"))


def _appoint(desk: Desk, number: str, form: Form, act: Act) -> object:
    day = day_in(form.get("day"))
    return appoint(desk, number, day, form.get("document"), act) if day else Denied((_no_day(),))


def _pay(desk: Desk, number: str, form: Form, act: Act) -> object:
    fen = read_yuan(form.get("yuan"))
    return pay(desk, number, form.get("benefit"), fen, act, document=form.get("document"), period=_year(form))


def _recover(desk: Desk, number: str, form: Form, act: Act) -> object:
    fen, instalment = read_yuan(form.get("yuan")), whole_in(form.get("instalment"))
    return recover(desk, number, form.get("benefit"), fen, act, period=_year(form), instalment=instalment)


def _stop(desk: Desk, number: str, form: Form, act: Act) -> object:
    return stop_benefits(desk, number, form.get("ground"), act, since=day_in(form.get("day")))


def _resume(desk: Desk, number: str, form: Form, act: Act) -> object:
    return resume_benefits(desk, number, act, on=day_in(form.get("day")))


def _revoke(desk: Desk, number: str, form: Form, act: Act) -> object:
    fen = read_yuan(form.get("yuan")) if form.get("yuan") else None
    despite = form.get("despite_rectification") == "yes"
    approval = form.get("approval")
    return revoke(
        desk, number, form.get("ground"), act, approval=approval, to_recover=fen, despite_rectification=despite
    )


def _returned(desk: Desk, number: str, _form: Form, act: Act) -> object:
    return take_certificate_back(desk, number, act)


_DEEDS: Mapping[str, Callable[[Desk, str, Form, Act], object]] = {
    "assess": _assess,
    "rectify": _rectify,
    "appoint": _appoint,
    "pay": _pay,
    "recover": _recover,
    "stop": _stop,
    "resume": _resume,
    "revoke": _revoke,
    "returned": _returned,
}


def _year(form: Form) -> int | None:
    return whole_in(form.get("year"))


def _no_day() -> Refusal:
    return Refusal("day-named", Words("没有写明日期", "no day is named"), Words("请选择日期", "choose a day"))
