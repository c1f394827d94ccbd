"""Taking in what nominators send: looked at cell by cell, mended on the page, and only then taken in whole."""

from contextlib import suppress
from dataclasses import asdict, replace
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import XLSX, act_of, attachment, office_file
from console.admission import session_here, visitor_of
from console.forms import Form
from console.intake_cells import cells_of, changes_in
from console.showing import Answer, Shown, see, taking
from console.uploads import FileForm, uploading
from documents.errors import DocumentError
from operations.acts import Act
from operations.archives import Unpacked
from operations.blank_tables import blank_of, columns_of
from operations.desk import Desk
from operations.finding import programs_seen
from operations.materials import LARGEST
from operations.picking import pick, pick_there
from operations.receiving import Asked, Sending, came_with, corrected, corrected_name, drawn_up_from, take, takes_in
from operations.results import Denied, UnknownError
from operations.rows import NO_ROWS
from operations.sheets import TakenIn
from programs import Program, Words
from states import Refusal
from store.scratch import MENDED, waiting_in
from store.types import UnfitError
from store.waiting import Waiting, Waits

HOME: Final = "/intake"
MOST: Final = LARGEST + 1024 * 1024
#: So many findings are shown; the workbook has all of them.
_SHOWN: Final = 300
_RESULT: Final = "result.xlsx"
_LONGEST: Final = 120
#: What a table may leave out, told beside it for all of its rows.
_DEFAULTS: Final = ("nominator", "nominator_kind", "host", "category", "route")
#: So many of those that were taken in are named.
_NAMED: Final = 50


class Intake:
    """The pages of `/intake`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        one = f"{HOME}/{{token}}"
        app.add_route(HOME, self.form, methods=["GET"])
        app.add_route(HOME, uploading(self.send, self._desk.contents.incoming, MOST, self.admits), methods=["POST"])
        app.add_route(f"{HOME}/blank", self.blank, methods=["GET"])
        app.add_route(one, self.look, methods=["GET"])
        app.add_route(f"{one}/cells", taking(self._newest(self.mend)), methods=["POST"])
        app.add_route(f"{one}/commit", taking(self._newest(self.commit)), methods=["POST"])
        app.add_route(f"{one}/drop", taking(self._newest(self.drop)), methods=["POST"])
        app.add_route(f"{one}/workbook", self.workbook, methods=["GET"])

    def admits(self, request: Request) -> None:
        """Ask whether the visitor's role takes anything in; an `UnknownError` for whoever's does not."""
        if not takes_in(session_here(request).role):
            raise UnknownError(Words("这里不收文件", "no files are taken here"))

    def form(self, request: Request) -> Response:
        """Show the form that a file is sent with."""
        self.admits(request)
        return self._form(request, request.query_params.get("program", "")[:_LONGEST])

    def blank(self, request: Request) -> Response:
        """Give a table to fill in, with the headings that are read for a program."""
        self.admits(request)
        asked = request.query_params.get("program", "")
        program = next((one for one in self._programs(request) if one.id == asked), None)
        if program is None:
            raise UnknownError(Words("没有这个项目", "there is no such program"))
        return office_file(blank_of(program), f"{program.award}（{program.edition}）推荐汇总表", "xlsx")

    def send(self, request: Request, form: FileForm) -> Response:
        """Keep a file for its sender to look at what is found in it."""
        act, asked = self._act(request), _asked(form)
        files = [one for one in form.files if one.field == "file"]
        if not files:
            return self._form(request, asked.program, form, _no_file())
        if asked.program not in {one.id for one in self._programs(request)}:
            raise UnknownError(Words("没有这个项目", "there is no such program"))
        if asked.nomination:
            # Whoever may not see it is told no more of it than of one that is not there.
            pick(self._desk, [asked.nomination], act.actor, act.now)
        try:
            waits = self._waiting.keep(files[0].file, files[0].name, act.actor.name, _facts(asked), act.now)
        except UnfitError as error:
            return self._form(request, asked.program, form, _told(error.words))
        return see(f"{HOME}/{waits.token}")

    def look(self, request: Request) -> Response:
        """Show what is found in a file, or what has come of it; of one that was mended, lead on to it as it is now."""
        self.admits(request)
        if moved := self._moved(request):
            return moved
        self._shown.bound_computing(request)
        return self._look(request, self._found(request))

    def mend(self, request: Request, form: Form) -> Response:
        """Put other values into cells; the file with them waits in the place of the one before."""
        self.admits(request)
        self._shown.bound_computing(request)
        waits, act = self._found(request), self._act(request)
        asked = _asked_of(waits)
        done = self._take(asked, waits, act, dry_run=True)
        changes = changes_in(form)
        if not isinstance(done, TakenIn) or not changes or waits.facts.get("done"):
            return see(f"{HOME}/{waits.token}")
        with self._waiting.taking(waits) as first:
            if not first:
                return see(f"{HOME}/{waits.token}")
            with TemporaryDirectory(prefix=MENDED, dir=self._desk.contents.incoming) as folder:
                file = Path(folder) / "mended"
                file.write_bytes(corrected(waits.file, waits.name, done.table, changes))
                again = self._waiting.keep(file, corrected_name(waits.name), act.actor.name, _facts(asked), act.now)
            self._waiting.follow(waits, again)
        return see(f"{HOME}/{again.token}")

    def commit(self, request: Request, _form: Form) -> Response:
        """Take a file in, all of it or nothing."""
        self.admits(request)
        waits, act = self._found(request), self._act(request)
        with self._waiting.taking(waits) as first:
            if not first:
                return see(f"{HOME}/{waits.token}")
            done = self._take(_asked_of(waits), waits, act, dry_run=False)
            come = _come_of(done)
            if come is None:
                self._waiting.untaken(waits)
        if come is None:
            return self._look(request, waits)
        # Past the mark: whatever fails from here on, the file is taken in and must not be once more.
        self._waiting.note(waits, done=come)
        if isinstance(done, TakenIn):
            self._waiting.beside(waits, _RESULT).write_bytes(done.workbook)
        return see(f"{HOME}/{waits.token}")

    def drop(self, request: Request, _form: Form) -> Response:
        """Forget a file that is not to be taken in."""
        waits = self._found(request)
        self._waiting.drop(waits)
        return see(HOME)

    def workbook(self, request: Request) -> Response:
        """Give the table with a note on each cell in which something was found."""
        self.admits(request)
        self._shown.bound_computing(request)
        waits = self._found(request)
        kept = self._waiting.beside(waits, _RESULT)
        if kept.exists():
            content = kept.read_bytes()
        else:
            done = self._take(_asked_of(waits), waits, self._act(request), dry_run=True)
            if not isinstance(done, TakenIn):
                raise UnknownError(Words("没有核对结果", "there is no such workbook"))
            content = done.workbook
        headers = {"Content-Disposition": attachment("核对结果.xlsx")}
        return Response(content, media_type=XLSX, headers=headers)

    def _newest(self, answer: Answer) -> Answer:
        """Return what answers a form of a file's page, which does nothing to one that was mended since it was read."""
        return lambda request, form: self._moved(request) or answer(request, form)

    def _moved(self, request: Request) -> Response | None:
        """Lead on from a file that was mended to the one in its place, as whoever goes back in the browser is."""
        token = request.path_params["token"]
        newest = self._waiting.newest(token, session_here(request).name)
        return see(f"{HOME}/{newest}") if newest != token else None

    @property
    def _waiting(self) -> Waiting:
        return waiting_in(self._desk.contents.incoming)

    def _look(self, request: Request, waits: Waits) -> Response:
        voice, asked = self._shown.voice(request), _asked_of(waits)
        if (done := waits.facts.get("done")) is not None:
            return self._done(request, waits, done)
        if self._waiting.is_taken(waits):
            # What whoever has begun does is in the history before they let go.
            with self._waiting.left(waits) as is_left:
                done = self._told_by_history(request, asked, waits)
                # A table is taken in whole, so that of one which the history does not have nothing was.
                again = done is None and is_left and asked.sending is Sending.TABLE
                if again:
                    self._waiting.untaken(waits)
            if done is not None:
                # It was taken in, and what came of it could not be written beside the file: the history has it.
                return self._done(request, waits, done)
            if not again:
                return self._form(request, asked.program, refused=_begun())
        found = self._take(asked, waits, self._act(request), dry_run=True)
        if isinstance(found, Denied):
            return self._form(request, asked.program, _told_beside(asked), found)
        cells = cells_of(found) if isinstance(found, TakenIn) else []
        return self._shown.page(
            request,
            voice,
            "intake-findings.html",
            waits=waits,
            asked=asked,
            found=found,
            cells=cells[:_SHOWN],
            more=max(len(cells) - _SHOWN, 0),
            archive=isinstance(found, Unpacked),
            kept_until=waits.kept_at,
            no_rows=NO_ROWS,
        )

    def _done(self, request: Request, waits: Waits, done: dict[str, Any]) -> Response:
        """Show what has come of a file, with the names of those it was about whom its sender may see."""
        voice = self._shown.voice(request)
        numbers = [number for some in ("numbers", "to_see", "received") for number in done.get(some, ())]
        names: dict[str, str] = {}
        with suppress(UnknownError):
            there = pick_there(self._desk, numbers[:_NAMED], visitor_of(request).actor, voice.now)
            names = {one.number: one.nominee for one in there.picked}
        return self._shown.page(
            request,
            voice,
            "intake-done.html",
            waits=waits,
            asked=_asked_of(waits),
            done=done,
            names=names,
            most=_NAMED,
        )

    def _told_by_history(self, request: Request, asked: Asked, waits: Waits) -> dict[str, Any] | None:
        """Return what came of a file that was taken in, as far as the history tells; none where it does not."""
        act = self._act(request)
        if asked.sending is Sending.TABLE:
            drawn_up = drawn_up_from(self._desk, asked.program, waits.name, act.actor, waits.kept_at)
            return {"rows": drawn_up.rows, "numbers": list(drawn_up.numbers)} if drawn_up else None
        # An annex, or an archive, holds the same when it is looked at once more.
        come = _come_of(self._take(asked, waits, act, dry_run=True))
        numbers = came_with(self._desk, asked, waits.name, act.actor, waits.kept_at)
        if come and "numbers" in come:
            come["numbers"] = numbers
        return come if numbers else None

    def _take(self, asked: Asked, waits: Waits, act: Act, *, dry_run: bool) -> TakenIn | Unpacked | Denied:
        """Look at a file, or take it in; what cannot be read is refused."""
        try:
            return take(self._desk, asked, waits.file, waits.name, act, dry_run=dry_run)
        except (DocumentError, UnknownError, UnfitError) as error:
            return _told(error.words)

    def _form(
        self, request: Request, program_id: str, form: Form | None = None, refused: Denied | None = None
    ) -> Response:
        programs = self._programs(request)
        program = next((one for one in programs if one.id == program_id), programs[0] if len(programs) == 1 else None)
        return self._shown.page(
            request,
            self._shown.voice(request),
            "intake.html",
            HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
            programs=programs,
            program=program,
            headings=[one.heading for one in columns_of(program)] if program else (),
            sendings=[one for one in Sending if program and _is_asked(program, one)],
            form=form or Form([]),
            refused=refused,
        )

    def _programs(self, request: Request) -> tuple[Program, ...]:
        return programs_seen(self._desk, visitor_of(request).actor, self._shown.voice(request).now)

    def _act(self, request: Request) -> Act:
        return act_of(request, self._shown)

    def _found(self, request: Request) -> Waits:
        token, now = request.path_params["token"], self._shown.voice(request).now
        waits = self._waiting.find(token, session_here(request).name, now)
        if waits is None:
            raise UnknownError(Words("没有这个文件，或已过期", "there is no such file, or no longer"))
        return waits


def _is_asked(program: Program, sending: Sending) -> bool:
    if sending is Sending.ANNEX:
        return bool(program.annexes)
    return sending is not Sending.ARCHIVE or program.archive is not None


def _asked(form: Form) -> Asked:
    defaults = {name: form.get(name)[:_LONGEST] for name in _DEFAULTS if form.get(name)}
    sending = next((one for one in Sending if one == form.get("sending")), Sending.TABLE)
    annex = form.get("annex")[:_LONGEST]
    return Asked(form.get("program")[:_LONGEST], sending, defaults, annex, form.get("nomination")[:_LONGEST])


def _facts(asked: Asked) -> dict[str, Any]:
    return asdict(replace(asked, defaults=dict(asked.defaults)))


def _asked_of(waits: Waits) -> Asked:
    told = {name: value for name, value in waits.facts.items() if name != "done"}
    return Asked(**told | {"sending": Sending(told["sending"])})


def _told_beside(asked: Asked) -> Form:
    """Return the form with what was told beside a file, for one that cannot be read and is sent again."""
    told = {"sending": asked.sending.value, "annex": asked.annex, "nomination": asked.nomination, **asked.defaults}
    return Form(list(told.items()))


def _come_of(done: TakenIn | Unpacked | Denied) -> dict[str, Any] | None:
    """Return what has come of a file that was taken in; nothing where it was not."""
    if isinstance(done, Unpacked):
        told = [{"file": one.file, "words": list(one.words)} for one in done.findings]
        received = {number: list(some) for number, some in done.received.items()}
        to_see = {number: list(some) for number, some in done.to_see.items()}
        return {"received": received, "to_see": to_see, "findings": told}
    if isinstance(done, TakenIn) and not done.is_blocked:
        return {"rows": done.rows, "numbers": list(done.numbers)}
    return None


def _begun() -> Denied:
    """Say of a file that is being taken in, or was when something failed, that it is not taken in once more."""
    words = Words(
        "这个文件已经确认登记，结果还没有写下", "this file was confirmed already; what came of it is not written yet"
    )
    remedy = Words(
        "请稍后刷新；仍无结果时，先在申报名单中核对是否已登记，再决定是否重新报送",
        "reload in a while; if nothing comes, see the list of nominations before you send the file again",
    )
    return Denied((Refusal("taken-once", words, remedy),))


def _no_file() -> Denied:
    return _told(Words("没有选择文件", "no file was chosen"))


def _told(words: Words) -> Denied:
    return Denied((Refusal("file-read", words, Words("请核对后重新上传", "look at it and send it again")),))
