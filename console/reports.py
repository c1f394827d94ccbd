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
from operations.acts import Act
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
        for path, take in ((_ONE, self.receive), (f"{_ONE}/files", self.attach)):
            app.add_route(path, uploading(take, self._desk.contents.incoming, MOST, self.admits), methods=["POST"])
        app.add_route(f"{_ONE}/{{period}}/files/{{place}}", taking(self.file), methods=["POST"])

    def admits(self, request: Request) -> None:
        """Ask whether the visitor records reports of this term, before any file is read."""
        act_of(request, self._shown)
        if self._terms.found(request).may["report"]:
            raise UnknownError(Words("这里不收文件", "no files are taken here"))

    def receive(self, request: Request, form: FileForm) -> Response:
        """Record that a report has come, with its files."""
        found, act = self._terms.found(request), looked_at(act_of(request, self._shown), form)
        note = text_in(form, "note")
        return self._after(
            request, form, act, receive_report(self._desk, found.honor.number, act, note=note, files=_offered(form))
        )

    def attach(self, request: Request, form: FileForm) -> Response:
        """Keep files with a report that came before."""
        found, act = self._terms.found(request), looked_at(act_of(request, self._shown), form)
        period, offered = whole_in(form.get("period")), _offered(form)
        if period not in found.honor.term.reported or not offered:
            return self._terms.page(request, (_nothing_chosen(),), form)
        return self._after(request, form, act, attach_report(self._desk, found.honor.number, period, offered, act))

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

    def _after(self, request: Request, form: FileForm, act: Act, done: object) -> Response:
        if isinstance(done, Denied):
            return self._terms.page(request, told(self._desk, request, act, done), form)
        asked = request.path_params
        return see(f"/programs/{asked['program_id']}/honors/{asked['number']}?told=recorded")


def _offered(form: FileForm) -> list[Offered]:
    return [Offered(one.name, one.file) for one in form.files]


def _nothing_chosen() -> Refusal:
    words = Words("没有选择文件，或没有选择是哪一期的", "no file, or no period, is chosen")
    return Refusal("file", words, Words("请选择后再上传", "choose, then send it again"))
