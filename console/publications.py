"""What anybody reads without signing in: the lists that are public, and the form by which somebody objects.

Reading needs no cookie. A form is taken from a page of the console alone, as every other, and seldom from one address.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from unicodedata import normalize

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import line_in, text_in
from console.admission import PUBLICITY
from console.forms import Form, whole
from console.limiting import Limit, place
from console.showing import Shown, taking
from console.uploads import FileForm, uploading
from documents.certificates import shown_code
from operations.desk import Desk
from operations.materials import Offered
from operations.objection_progress import Progress, progress_of
from operations.objections import RaisedBy
from operations.publications import (
    LARGEST_FILE,
    LONGEST,
    MOST,
    MOST_FILES,
    Publication,
    PublicObjection,
    closed,
    evidence_unbounded,
    object_publicly,
    publication,
    publications,
)
from operations.results import Denied, UnknownError, denied
from programs import Words
from states import Refusal

#: How often one address may object: a whole office may come from one.
OFTEN: Final = 20
WITHIN: Final = timedelta(hours=1)

#: How often one address may ask how objections stand; guessing a code takes centuries all the same.
ASKED: Final = 30
ASKED_WITHIN: Final = timedelta(minutes=10)

#: Where whoever objected asks.
RECEIPT: Final = f"{PUBLICITY}/receipt"

_LONGEST_LINE: Final = 100


class Publications:
    """The pages of `/publicity`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown
        self._limit = Limit(OFTEN, WITHIN)
        self._asking = Limit(ASKED, ASKED_WITHIN)

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        one = f"{PUBLICITY}/{{list}}"
        app.add_route(PUBLICITY, self.list, methods=["GET"])
        app.add_route(RECEIPT, self.asked, methods=["GET"])
        app.add_route(RECEIPT, taking(self.progress), methods=["POST"])
        app.add_route(one, self.one, methods=["GET"])
        app.add_route(f"{one}/objection", self.form, methods=["GET"])
        take = uploading(self.object, self._desk.contents.incoming, MOST, self.admits)
        app.add_route(f"{one}/objection", take, methods=["POST"])

    def list(self, request: Request) -> Response:
        """Show which lists are public now."""
        voice = self._shown.voice(request)
        return self._shown.page(request, voice, "publications.html", found=publications(self._desk, voice.now))

    def one(self, request: Request) -> Response:
        """Show one list."""
        voice = self._shown.voice(request)
        return self._shown.page(request, voice, "publication.html", found=self._found(request, voice.now))

    def form(self, request: Request) -> Response:
        """Show the form, or until when objections were taken."""
        found = self._found(request, self._shown.voice(request).now)
        now = self._shown.voice(request).now
        return self._form(request, found, Form([]), () if found.is_open(now) else (closed(found),))

    def admits(self, request: Request) -> None:
        """Say whether an objection is read at all: from one address few are, and against a list that is over none."""
        now = self._shown.voice(request).now
        self._found(request, now)
        self._limit.bound(place(request), now)

    def object(self, request: Request, form: FileForm) -> Response:
        """Take an objection, and give its receipt."""
        now = self._shown.voice(request).now
        found = self._found(request, now)
        place, _, label = form.get("place").partition(" ")
        given = PublicObjection(
            place=whole(place) or 0,
            read=label,
            raised_by=next((one for one in RaisedBy if one == form.get("as")), RaisedBy.ANONYMOUS),
            objector=line_in(form, "objector")[:_LONGEST_LINE],
            contact=line_in(form, "contact")[:_LONGEST_LINE],
            grounds=text_in(form, "grounds")[:LONGEST],
            described=text_in(form, "described")[:LONGEST],
            files=[Offered(one.name, one.file) for one in form.files],
        )
        wrong = denied(*_unfit(form, is_open=found.is_open(now)))
        done = wrong or object_publicly(self._desk, found.id, given, now)
        if isinstance(done, Denied):
            return self._form(request, found, form, done.refusals, HTTPStatus.UNPROCESSABLE_ENTITY)
        whom = next(one for one in found.names if one.place == given.place)
        return self._shown.page(
            request,
            self._shown.voice(request),
            "objection-receipt.html",
            HTTPStatus.CREATED,
            found=found,
            whom=whom,
            given=given,
            receipt=done,
            shown_code=shown_code,
        )

    def asked(self, request: Request) -> Response:
        """Show the form by which whoever objected asks how that stands."""
        return self._progress(request, Form([]), HTTPStatus.OK)

    def progress(self, request: Request, form: Form) -> Response:
        """Tell whoever has its receipt how an objection stands; asked by a form, so that no address holds the code."""
        if not self._asking.allows(place(request), self._shown.voice(request).now):
            answer = self._progress(request, form, HTTPStatus.TOO_MANY_REQUESTS)
            answer.headers["Retry-After"] = str(int(ASKED_WITHIN.total_seconds()))
            return answer
        number = whole(normalize("NFKC", form.get("number")))
        found = (
            progress_of(self._desk, number, normalize("NFKC", form.get("code")[:_LONGEST_LINE]))
            if number is not None
            else None
        )
        return self._progress(request, form, HTTPStatus.OK if found else HTTPStatus.NOT_FOUND, found)

    def _progress(self, request: Request, form: Form, status: HTTPStatus, found: Progress | None = None) -> Response:
        voice = self._shown.voice(request)
        return self._shown.page(
            request, voice, "objection-progress.html", status, form=form, found=found, answered=status.value
        )

    def _found(self, request: Request, now: datetime) -> Publication:
        number = whole(request.path_params["list"])
        if number is None:
            raise UnknownError(Words("没有这次公示", "there is no such list"))
        return publication(self._desk, number, now)

    def _form(
        self,
        request: Request,
        found: Publication,
        form: Form,
        refusals: Sequence[Refusal] = (),
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        return self._shown.page(
            request,
            self._shown.voice(request),
            "objection-form.html",
            status,
            found=found,
            form=form,
            refusals=refusals,
            most_files=MOST_FILES,
            largest=LARGEST_FILE // 1024 // 1024,
            longest=LONGEST,
        )


def _unfit(form: FileForm, *, is_open: bool) -> Iterator[Refusal]:
    """Say what is wrong with a form, where it would be taken at all."""
    if not is_open:
        return
    if not form.has("in-scope"):
        yield Refusal(
            "in-scope",
            Words("没有确认所反映的属于异议", "it is not confirmed that this is an objection"),
            Words("请阅读不作为异议的情形，并勾选确认", "read what is no objection, and tick the box"),
        )
    if unbounded := evidence_unbounded([one.size for one in form.files]):
        yield unbounded
