"""Amending an open program by a changed file, and extending when one of its intakes closes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, attachment, line_in, status_of, text_in, told
from console.admission import visitor_of
from console.forms import Form
from console.program_text import MOST_SENT, as_refusal, sent_program
from console.showing import Shown, see, taking
from console.uploads import FileForm, uploading
from deadlines.zone import SHANGHAI
from operations.acts import Act
from operations.amend import Amended, amend, rulings_to_confirm
from operations.desk import Desk, Running
from operations.intakes import extend_deadline
from operations.opening_desk import ruled_by, written_program
from operations.previewing import outlook
from operations.results import Denied
from programs import Program, ProgramError, Words
from programs.loader import parse_program
from programs.rulings import Decision
from states import Refusal
from store.types import UnfitError


class Amending:
    """The pages of `/programs/ID/amendment` and `/programs/ID/extension`, for those who rule on a program."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        program, incoming = "/programs/{program_id}", self._desk.contents.incoming
        looking = uploading(self.look, incoming, MOST_SENT, self.admits)
        confirming = uploading(self.confirm, incoming, MOST_SENT, self.admits)
        app.add_route(f"{program}/file.toml", self.file, methods=["GET"])
        app.add_route(f"{program}/amendment", self.page, methods=["GET"])
        app.add_route(f"{program}/amendment", looking, methods=["POST"])
        app.add_route(f"{program}/amendment/confirmed", confirming, methods=["POST"])
        app.add_route(f"{program}/extension", self.extension, methods=["GET"])
        app.add_route(f"{program}/extension", taking(self.extend), methods=["POST"])

    def admits(self, request: Request) -> None:
        """Ask whether the program is theirs to amend, before anything of a file is read."""
        self._running(request)

    def file(self, request: Request) -> Response:
        """Send the newest version of a program as a file to edit."""
        program_id, now = request.path_params["program_id"], self._shown.voice(request).now
        text = written_program(self._desk, program_id, visitor_of(request).actor, now)
        headers = {"Content-Disposition": attachment(f"{program_id}.toml")}
        return Response(text.encode(), media_type="application/toml; charset=utf-8", headers=headers)

    def page(self, request: Request) -> Response:
        """Show where an amendment begins."""
        return self._page(request)

    def look(self, request: Request, form: FileForm) -> Response:
        """Show what an amended file would change; nothing of it is kept."""
        try:
            text, name = sent_program(form)
        except UnfitError as error:
            return self._page(request, (_unread(error.words),), form)
        return self._looked(request, text, name, form)

    def confirm(self, request: Request, form: FileForm) -> Response:
        """Make a file that was looked at the newest version, with the rulings that are confirmed with it."""
        running = self._running(request)
        text, name = form.raw("text").replace("\r\n", "\n"), form.get("name")
        program = self._read(running, text, name)
        if not isinstance(program, Program):
            return self._looked(request, text, name, form)
        act = act_of(request, self._shown, text_in(form, "reason"))
        ticked = {one.id for one in rulings_to_confirm(self._desk, program)} & set(form.all("confirmed"))
        confirmed = {one: decision for one, decision in _decisions(form, program).items() if one in ticked}
        try:
            done = amend(self._desk, program, act, confirmed=confirmed, against=form.get("against") or None)
        except ProgramError as error:
            return self._looked(request, text, name, form, tuple(map(as_refusal, error.faults)))
        if isinstance(done, Denied):
            return self._looked(request, text, name, form, told(self._desk, request, act, done))
        return see(f"/programs/{done.program}/usage#versions")

    def extension(self, request: Request) -> Response:
        """Show when each intake closes, and the form that extends one."""
        return self._extension(request)

    def extend(self, request: Request, form: Form) -> Response:
        """Extend or correct when an intake closes."""
        running, act = self._running(request), act_of(request, self._shown)
        deadline = form.get("deadline")
        if deadline not in running.program.deadlines():
            return self._extension(request, (_no_deadline(),), form)
        try:
            closes = _instant(form.get("day"), form.get("time"))
            done = extend_deadline(self._desk, running.program.id, deadline, closes, line_in(form, "authority"), act)
        except UnfitError as error:
            return self._extension(request, (_unread(error.words),), form)
        except ProgramError as error:
            return self._extension(request, tuple(map(as_refusal, error.faults)), form)
        if isinstance(done, Denied):
            return self._extension(request, told(self._desk, request, act, done), form)
        return see(f"/programs/{done.id}/extension?done={deadline}")

    def _running(self, request: Request) -> Running:
        now = self._shown.voice(request).now
        return ruled_by(self._desk, request.path_params["program_id"], visitor_of(request).actor, now)

    def _read(self, running: Running, text: str, name: str) -> Program | Sequence[Refusal] | ProgramError:
        try:
            program = parse_program(text, name)
        except ProgramError as error:
            return error
        return program if program.id == running.program.id else (_another(running.program, program),)

    def _looked(self, request: Request, text: str, name: str, form: Form, refusals: Sequence[Refusal] = ()) -> Response:
        """Show what a file would change, and what stands against it."""
        running = self._running(request)
        values: dict[str, object] = {"text": text, "name": name}
        read = self._read(running, text, name)
        if isinstance(read, ProgramError):
            return self._page(request, refusals, form, **values, faults=read.faults)
        if not isinstance(read, Program):
            return self._page(request, (*refusals, *read), form, **values)
        voice = self._shown.voice(request)
        waiting = rulings_to_confirm(self._desk, read)
        decisions = _decisions(form, read)
        # What nobody has decided yet is looked at as the file has it; a ruling without a default waits for a decision.
        as_filed = {one.id: decisions[one.id] for one in waiting}
        act = Act(visitor_of(request).actor, voice.now)
        try:
            found = amend(self._desk, read, act, confirmed=as_filed, dry_run=True)
        except ProgramError as error:
            return self._page(request, (*refusals, *map(as_refusal, error.faults)), form, **values, waiting=waiting)
        values |= {"waiting": waiting, "against": running.digest}
        if isinstance(found, Denied):
            return self._page(request, tuple(map(_on_page, refusals or found.refusals)), form, **values)
        values |= {"found": found, "closes": _closes(found), "outlook": outlook(self._desk, found.changed, voice.now)}
        return self._page(request, tuple(map(_on_page, refusals)), form, **values)

    def _page(
        self, request: Request, refusals: Sequence[Refusal] = (), form: Form | None = None, **values: object
    ) -> Response:
        voice, running = self._shown.voice(request), self._running(request)
        about = {"program": running.program, "opened": running.opened_at, "revision": running.revision}
        blank: dict[str, object] = {"found": None, "faults": (), "waiting": (), "text": "", "name": "", "against": ""}
        shown = {**blank, **about, **values, "refusals": refusals, "form": form or Form([])}
        return self._shown.page(request, voice, "amendment.html", status_of(refusals), **shown)

    def _extension(self, request: Request, refusals: Sequence[Refusal] = (), form: Form | None = None) -> Response:
        voice, running = self._shown.voice(request), self._running(request)
        done = request.query_params.get("done")
        deadlines = running.program.deadlines()
        closes = [
            (f"{stage.id}.{tier.id}", stage, tier, running.closes.get(f"{stage.id}.{tier.id}"))
            for stage, tier in running.program.tiers()
            if f"{stage.id}.{tier.id}" in deadlines
        ]
        values = {
            "program": running.program,
            "opened": running.opened_at,
            "deadlines": deadlines,
            "closes": closes,
            "done": done if done in deadlines else None,
            "refusals": refusals,
            "form": form or Form([]),
        }
        return self._shown.page(request, voice, "extension.html", status_of(refusals), **values)


def _decisions(form: Form, program: Program) -> Mapping[str, Decision | None]:
    """Return what was typed for each ruling of a file; none for the file's own."""
    return {one.id: line_in(form, f"decision-{one.id}") or None for one in program.rulings}


def _closes(found: Amended) -> list[tuple[str, datetime | None, datetime | None]]:
    def read(instant: str | None) -> datetime | None:
        return datetime.fromisoformat(instant) if instant else None

    return [(key, read(moved["from"]), read(moved["to"])) for key, moved in found.closes.items()]


def _instant(day: str, clock: str) -> datetime:
    """Return when something closes, from a day and a time of Shanghai: without a time, at 24:00 of the day."""
    try:
        closes = datetime.fromisoformat(f"{day}T{clock or '00:00'}:00").replace(tzinfo=SHANGHAI)
        # Of a time to the second too, the first instant too late.
        return closes if clock else datetime.combine(closes.date() + timedelta(days=1), time(), SHANGHAI)
    except (ValueError, OverflowError) as error:
        raise UnfitError(
            Words(
                "日期或时刻不对；日期如 2026-04-20，时刻如 18:00",
                "the day or the time cannot be read; a day is 2026-04-20, a time 18:00",
            )
        ) from error


def _on_page(refusal: Refusal) -> Refusal:
    """Return a refusal with what to do here, where the command's remedy names an option."""
    if refusal.gate == "rulings-confirmed":
        return replace(
            refusal,
            remedy=Words(
                "请在下面写明决定或按文件所写，并勾选确认", "decide it below, or leave the file's own, and tick it"
            ),
        )
    if refusal.gate == "reason-stated":
        return replace(refusal, remedy=Words("请写明依据的文件或决定", "state the document or decision behind it"))
    return refusal


def _unread(words: Words) -> Refusal:
    reason, _, remedy = words.zh.partition("；")
    why, _, do = words.en.partition("; ")
    return Refusal("read", Words(reason, why), Words(remedy, do))


def _another(own: Program, program: Program) -> Refusal:
    return Refusal(
        "program-known",
        Words("文件的 id 是 {id}，不是 {own}", "the file's id is {id}, not {own}").format(id=program.id, own=own.id),
        Words("请核对选的文件；修订不改 id", "check which file was chosen; an amendment keeps the id"),
    )


def _no_deadline() -> Refusal:
    return Refusal(
        "read",
        Words("没有选定要延长的截止时间", "no close was chosen"),
        Words("请在列表里选定一项", "choose one of the list"),
    )
