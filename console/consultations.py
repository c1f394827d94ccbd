"""What bodies say at a stage at which they are asked: who is silent, and one body's answer for many at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from math import ceil
from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from starlette.requests import Request

from console.acting import UNSEEN, act_of, attachment, told
from console.admission import visitor_of
from console.forms import Form, whole
from console.materials import APART
from console.showing import Shown, see, taking
from console.uploads import FileForm, uploading
from operations.answering import Answered, Rest, give_opinions
from operations.consultations import Asking, ConsultationDesk, Which, consultation_desk, no_such_stage, see_letter
from operations.desk import Desk
from operations.jointly import LARGEST_LETTER, Answer, KeptLetter
from operations.materials import Offered
from operations.results import Denied
from programs import Words
from states import Refusal

#: How many nominations are on a page.
MOST: Final = 100
#: A letter with what surrounds it in the form, in bytes.
_MOST_SENT: Final = LARGEST_LETTER + 1024 * 1024
#: The longest note that is kept with an answer.
_LONGEST: Final = 2000


class Consultations:
    """The pages of `/programs/ID/stages/STAGE/opinions`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        one = "/programs/{program_id}/stages/{stage}"
        app.add_route(f"{one}/opinions", self.one, methods=["GET"])
        take = uploading(self.answer, self._desk.contents.incoming, _MOST_SENT, self.admits)
        app.add_route(f"{one}/opinions", take, methods=["POST"])
        app.add_route(f"{one}/letters/{{digest}}", taking(self.letter), methods=["POST"])

    def one(self, request: Request) -> Response:
        """Show what was said of those who stand there."""
        asked = request.query_params
        asking = _asking(asked.get("which", ""), asked.get("body", ""), asked.get("page", ""))
        return self._page(request, asking, done=whole(asked.get("done", "")))

    def admits(self, request: Request) -> None:
        """Ask whether the visitor records answers here, before any letter is read."""
        act_of(request, self._shown)
        if self._found(request, Asking(most=0)).refusal:
            raise no_such_stage()

    def answer(self, request: Request, form: FileForm) -> Response:
        """Record what one body says of those that are marked, and of all others if it says so."""
        asking = _asking(form.get("which"), form.get("body"), form.get("page"))
        act = act_of(request, self._shown, form.get("reason"))
        seen_at = _instant(form.get("seen"))
        if seen_at is None:
            return self._page(request, asking, (UNSEEN,), form)
        agreed, reasons = dict.fromkeys(form.all("agrees")), form.starting("why.")
        clear = {number: Answer(agrees=True) for number in agreed if number not in reasons}
        clear |= {number: Answer(agrees=False, note=why) for number, why in reasons.items() if number not in agreed}
        both = tuple(Denied((_contradicts(),), number) for number in agreed if number in reasons)
        too_long = len(form.get("note")) > _LONGEST
        if too_long or (both and form.has("rest")):
            # Whoever is meant to be held up is not let through with all others.
            return self._page(request, asking, (_too_long() if too_long else _contradicts(),), form)
        if both and not clear:
            return self._page(request, asking, form=form, done=0, denied=both)
        done = give_opinions(
            self._desk,
            request.path_params["program_id"],
            request.path_params["stage"],
            form.get("body"),
            clear,
            act,
            rest=Rest(form.get("mark")) if form.has("rest") else None,
            note=form.get("note"),
            letter=_letter(form),
            seen_at=seen_at,
        )
        if isinstance(done, Denied):
            return self._page(request, asking, told(self._desk, request, act, done), form)
        if both or done.denied:
            return self._after(request, asking, form, Answered(done.recorded, (*both, *done.denied)))
        return see(f"{request.url.path}?{_query(asking, done=len(done.recorded))}#record")

    def letter(self, request: Request, _form: Form) -> Response:
        """Give a letter, as something to keep; each time is an event."""
        asked, act = request.path_params, act_of(request, self._shown)
        found = see_letter(self._desk, asked["program_id"], asked["stage"], asked["digest"], act)
        if isinstance(found, Denied):
            return self._page(request, _asking("", "", ""), told(self._desk, request, act, found))
        name, file = found
        headers = APART | {"Content-Disposition": attachment(name)}
        return FileResponse(str(file), HTTPStatus.OK, media_type="application/octet-stream", headers=headers)

    def _after(self, request: Request, asking: Asking, form: FileForm, done: Answered) -> Response:
        for one in done.denied:
            told(self._desk, request, act_of(request, self._shown), one)
        return self._page(request, asking, form=form, done=len(done.recorded), denied=done.denied)

    def _found(self, request: Request, asking: Asking) -> ConsultationDesk:
        asked, now = request.path_params, self._shown.voice(request).now
        return consultation_desk(
            self._desk, asked["program_id"], asked["stage"], visitor_of(request).actor, now, asking
        )

    def _page(
        self,
        request: Request,
        asking: Asking,
        refusals: Sequence[Refusal] = (),
        form: Form | None = None,
        done: int | None = None,
        denied: Sequence[Denied] = (),
    ) -> Response:
        if asking.body:
            asking = self._known(request, asking)
        found = self._found(request, asking)
        page = asking.first // MOST + 1
        left = {one.number for one in denied}
        return self._shown.page(
            request,
            self._shown.voice(request),
            "consultation.html",
            HTTPStatus.CONFLICT if refusals or denied else HTTPStatus.OK,
            found=found,
            asking=asking,
            page=page,
            pages=max(1, ceil(found.matching / MOST)),
            turned=lambda number: _query(replace(asking, first=(number - 1) * MOST)),
            asked=_query,
            choices=Which,
            asking_of=lambda body, which: _query(Asking(Which(which), body)),
            refusals=refusals,
            form=form or Form([]),
            # Of those that were recorded nothing is typed any more.
            typed=lambda number: not denied or number in left,
            done=done,
            denied=denied,
            sent=isinstance(form, FileForm) and bool(form.files),
            largest=LARGEST_LETTER // 1024 // 1024,
        )

    def _known(self, request: Request, asking: Asking) -> Asking:
        """Return what is asked for, of all bodies where a form that was refused names one that is not asked here."""
        if request.method == "GET" or asking.body in self._found(request, Asking(most=0)).bodies:
            return asking
        return replace(asking, body="")


def _asking(which: str, body: str, page: str) -> Asking:
    chosen = next((one for one in Which if one == which), Which.SILENT if body else Which.ALL)
    return Asking(chosen, body.strip(), (max(1, whole(page) or 1) - 1) * MOST, MOST)


def _query(asking: Asking, **more: object) -> str:
    told = {"body": asking.body, "which": asking.which.value, "page": asking.first // MOST + 1}
    return urlencode({name: value for name, value in {**told, **more}.items() if value})


def _letter(form: FileForm) -> Offered | KeptLetter | None:
    """Return the letter that came with a form; else the one that is named of those that are kept."""
    sent = next((Offered(one.name, one.file) for one in form.files if one.field == "file"), None)
    return sent or (KeptLetter(form.get("kept")) if form.get("kept") else None)


def _instant(said: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _too_long() -> Refusal:
    return Refusal(
        "note-bounded",
        Words("说明超过 {most} 字", "the note is longer than {most} characters").format(most=_LONGEST),
        Words("请写得短些，全文附在复函里", "shorten it; the letter has all of it"),
    )


def _contradicts() -> Refusal:
    return Refusal(
        "said-once",
        Words("既勾选了同意，又写了不同意的理由", "it is marked as agreed to, and says why not"),
        Words("请只留一项", "leave one of the two"),
    )
