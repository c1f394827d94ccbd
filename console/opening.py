"""Programs before they take nominations: a file is looked at and entered, its rulings are confirmed, it is opened."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, status_of, text_in, told
from console.admission import visitor_of
from console.forms import Form
from console.program_text import MOST_SENT, as_refusal, sent_program
from console.showing import Shown, see, taking
from console.uploads import FileForm, uploading
from operations.checking import Checked
from operations.desk import Desk
from operations.opening import confirm_ruling, enter_program, open_program
from operations.opening_desk import check_file, not_in_store, opening_desk, ruled_by, ruled_programs, shipped_text
from operations.policy import Deed, grants
from operations.results import Denied, UnknownError
from programs import Fault, Program, ProgramError, Words
from states import Refusal
from store.types import UnfitError

FILES: Final = "/program-files"


class Opening:
    """The pages of `/program-files`, and of `/programs/ID/opening`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        program = "/programs/{program_id}/opening"
        incoming = self._desk.contents.incoming
        app.add_route(FILES, self.files, methods=["GET"])
        app.add_route(FILES, uploading(self.look, incoming, MOST_SENT, admit_opener), methods=["POST"])
        app.add_route(f"{FILES}/entered", uploading(self.enter, incoming, MOST_SENT, admit_opener), methods=["POST"])
        app.add_route(program, self.page, methods=["GET"])
        app.add_route(program, taking(self.open), methods=["POST"])
        app.add_route(f"{program}/rulings/{{ruling}}", taking(self.rule), methods=["POST"])

    def files(self, request: Request) -> Response:
        """Show the form for a program's file, and the programs that ship."""
        admit_opener(request)
        return self._files(request)

    def look(self, request: Request, form: FileForm) -> Response:
        """Show what the check finds in a file; nothing of it is kept."""
        if shipped := form.get("shipped"):
            try:
                return self._found(request, *shipped_text(shipped))
            except ProgramError as error:
                raise UnknownError(Words("没有这个项目", "there is no such program")) from error
        try:
            text, name = sent_program(form)
        except UnfitError as error:
            return self._files(request, error.words)
        return self._found(request, text, name)

    def enter(self, request: Request, form: FileForm) -> Response:
        """Take a file that was looked at into the store, and go on to its rulings."""
        text, name = form.raw("text"), form.get("name")
        try:
            program = check_file(self._desk, text, name).program
        except ProgramError:
            return self._found(request, text, name)
        act = act_of(request, self._shown)
        done = enter_program(self._desk, program, act)
        if isinstance(done, Denied):
            return self._found(request, text, name, told(self._desk, request, act, done))
        return see(_path_to(program.id))

    def page(self, request: Request) -> Response:
        """Show what is to be confirmed, and what stands against opening."""
        return self._page(request)

    def rule(self, request: Request, form: Form) -> Response:
        """Confirm a ruling: as it stands, or as it was typed."""
        act = act_of(request, self._shown, text_in(form, "reason"))
        program, ruling = self._known(request), request.path_params["ruling"]
        if ruling not in [one.id for one in program.rulings]:
            raise UnknownError(Words("没有这项裁定", "there is no such ruling"))
        try:
            done = confirm_ruling(self._desk, program, ruling, form.get("decision") or None, act)
        except ProgramError as error:
            return self._page(request, tuple(map(as_refusal, error.faults)), form, ruling)
        if isinstance(done, Denied):
            return self._page(request, told(self._desk, request, act, done), form, ruling)
        return see(f"{_path_to(program.id)}#ruling-{ruling}")

    def open(self, request: Request, _form: Form) -> Response:
        """Open the program for nominations."""
        act = act_of(request, self._shown)
        program = self._known(request)
        done = open_program(self._desk, program, act)
        if isinstance(done, Denied):
            return self._page(request, told(self._desk, request, act, done))
        return see(f"/programs/{program.id}")

    def _known(self, request: Request) -> Program:
        """Return a program that is theirs to rule on."""
        visitor, now = visitor_of(request), self._shown.voice(request).now
        return opening_desk(self._desk, request.path_params["program_id"], visitor.actor, now).program

    def _files(self, request: Request, refused: Words | None = None) -> Response:
        voice = self._shown.voice(request)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
        values = {
            "form": Form([]),
            "shipped": not_in_store(self._desk),
            "own": ruled_programs(self._desk, visitor_of(request).actor),
        }
        return self._shown.page(request, voice, "program-files.html", status, refused=refused, **values)

    def _found(self, request: Request, text: str, name: str, refusals: Sequence[Refusal] = ()) -> Response:
        checked: Checked | None = None
        try:
            checked = check_file(self._desk, text, name)
            faults: Sequence[Fault] = checked.everything
        except ProgramError as error:
            faults = error.faults
        status = status_of(refusals)
        values: dict[str, object] = {"checked": checked, "faults": faults, "text": text, "name": name}
        values |= {"refusals": refusals, "edition": None, "drafted": False}
        values["opened"] = checked is not None and self._amends(request, checked.program.id)
        return self._shown.page(request, self._shown.voice(request), "program-file.html", status, **values)

    def _amends(self, request: Request, program_id: str) -> bool:
        """Whether a program is open, and theirs to amend by this file."""
        try:
            running = ruled_by(self._desk, program_id, visitor_of(request).actor, self._shown.voice(request).now)
        except UnknownError:
            return False
        return running.opened_at is not None

    def _page(
        self, request: Request, refusals: Sequence[Refusal] = (), form: Form | None = None, ruling: str = ""
    ) -> Response:
        voice = self._shown.voice(request)
        found = opening_desk(self._desk, request.path_params["program_id"], visitor_of(request).actor, voice.now)
        values = {"found": found, "refusals": refusals, "form": form or Form([]), "tried": ruling}
        return self._shown.page(request, voice, "opening.html", status_of(refusals), **values)


def admit_opener(request: Request) -> None:
    """Ask whether somebody opens programs at all, before anything of a file is read; raises `UnknownError` for no."""
    visitor = visitor_of(request)
    if visitor.session is None or visitor.actor.role not in grants(Deed.OPEN):
        raise UnknownError(Words("没有这个页面", "there is no such page"))


def _path_to(program_id: str) -> str:
    return f"/programs/{program_id}/opening"
