"""Reports of duties on the page of a term: one that has come, with its files; more of them; and copies to read."""

from typing import Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import TakenAway, act_of, number_in, text_in, told
from console.forms import Form, whole_in
from console.honors import Honors, looked_at
from console.showing import Shown, see, taking
from console.uploads import FileForm, uploading
from operations.desk import Desk
from operations.materials import Offered
from operations.publications import MOST
from operations.results import Denied, UnknownError
from operations.tenure.assessing import receive_report
from operations.tenure.report_files import attach_report, take_reports
from programs import Words
from states import Refusal

_ONE: Final = "/programs/{program_id}/honors/{number}/reports"


class Reports:
    """What the forms of `/programs/ID/honors/NUMBER` send about reports."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown
        self._terms = Honors(desk, shown)

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        take = uploading(self.receive, self._desk.contents.incoming, MOST, self.admits)
        app.add_route(_ONE, take, methods=["POST"])
        app.add_route(f"{_ONE}/{{period}}/files/{{place}}", taking(self.file), methods=["POST"])

    def admits(self, request: Request) -> None:
        """Ask whether the visitor records reports of this term, before any file is read."""
        act_of(request, self._shown)
        if self._terms.found(request).may["report"]:
            raise UnknownError(Words("这里不收文件", "no files are taken here"))

    def receive(self, request: Request, form: FileForm) -> Response:
        """Record that a report has come, or keep files with one that came before, which the form names."""
        found = self._terms.found(request)
        number, act = found.honor.number, looked_at(act_of(request, self._shown), form)
        offered = [Offered(one.name, one.file) for one in form.files]
        if form.has("period"):
            period = whole_in(form.get("period"))
            if period not in found.honor.term.reported or not offered:
                return self._terms.page(request, (_nothing_chosen(),), form)
            done: object = attach_report(self._desk, number, period, offered, act)
        else:
            done = receive_report(self._desk, number, act, note=text_in(form, "note"), files=offered)
        if isinstance(done, Denied):
            return self._terms.page(request, told(self._desk, request, act, done), form)
        return see(f"/programs/{found.program.id}/honors/{number}")

    def file(self, request: Request, _form: Form) -> Response:
        """Send a copy of one file of a report; each time is an event."""
        found, act, away = self._terms.found(request), act_of(request, self._shown), TakenAway(self._desk)
        try:
            period, place = (number_in(request.path_params[name]) for name in ("period", "place"))
            done = take_reports(self._desk, found.honor.number, away.folder, act, period=period, place=place)
        except BaseException:
            away.forget()
            raise
        if isinstance(done, Denied):
            away.forget()
            return self._terms.page(request, told(self._desk, request, act, done))
        return away.send(done[0])


def _nothing_chosen() -> Refusal:
    words = Words("没有选择文件，或没有选择是哪一期的", "no file, or no period, is chosen")
    return Refusal("file", words, Words("请选择后再上传", "choose, then send it again"))
