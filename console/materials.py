"""The files of a nomination's materials: handed in, and shown or given again, through the product alone."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from starlette.requests import Request

from console.acting import act_of, attachment, number_in, told
from console.admission import visitor_of
from console.forms import Form
from console.nominations import Nominations, path_to
from console.showing import Shown, see, taking
from console.uploads import FileForm, uploading
from operations.attachments import AttachedFile, see_file
from operations.casefiles import case_file
from operations.desk import Desk
from operations.materials import LARGEST, Offered, attach
from operations.policy import Deed
from operations.results import Denied, UnknownError
from programs import Words
from programs.copies import FileFormat
from programs.materials import Medium

#: The files of one material together, with what surrounds them in the form.
MOST: Final = LARGEST + 1024 * 1024

#: What a browser may show by itself. Everything else is kept as a file: nothing that was handed in runs here.
_SHOWN: Final = {FileFormat.PDF: "application/pdf", FileFormat.JPEG: "image/jpeg", FileFormat.PNG: "image/png"}

#: Whatever a file holds, it is of no origin, loads nothing and runs nothing.
APART: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class Materials:
    """Handing in files and seeing them."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown
        self._pages = Nominations(desk, shown)

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        one = "/nominations/{number}/materials/{material}/{medium}"
        take = uploading(self.attach, self._desk.contents.incoming, MOST, self.admits)
        app.add_route(one, take, methods=["POST"])
        app.add_route(f"{one}/{{place}}", taking(self.give), methods=["POST"])

    def admits(self, request: Request) -> None:
        """Ask whether the visitor may hand in files for a nomination, before any is read."""
        now = self._shown.voice(request).now
        found = case_file(self._desk, request.path_params["number"], visitor_of(request).actor, now)
        if visitor_of(request).session is None or Deed.ATTACH not in found.deeds:
            raise UnknownError(Words("这里不收文件", "no files are taken here"))

    def attach(self, request: Request, form: FileForm) -> Response:
        """Hand in the files of one material, in the place of those before."""
        number, to = request.path_params["number"], (request.path_params["material"], medium_of(request))
        act = act_of(request, self._shown)
        offered = [Offered(one.name, one.file) for one in form.files if one.field == "file"]
        if not offered:
            return see(f"{path_to(number)}?told=no-file#materials")
        done = attach(self._desk, number, to, offered, act, seen=form.has("seen"), anonymous=form.has("anonymous"))
        if isinstance(done, Denied):
            return self._pages.page(request, refusals=told(self._desk, request, act, done))
        return see(f"{path_to(number)}?told={'handed-in' if done.received else 'to-see'}#materials")

    def give(self, request: Request, form: Form) -> Response:
        """Give a file: to be kept, or shown by the browser where it can do so safely; each time is an event."""
        number, medium = request.path_params["number"], medium_of(request)
        place = number_in(request.path_params["place"])
        now = self._shown.voice(request).now
        case_file(self._desk, number, visitor_of(request).actor, now)
        act = act_of(request, self._shown)
        found = see_file(self._desk, number, request.path_params["material"], medium, place, act)
        if isinstance(found, Denied):
            return self._pages.page(request, refusals=told(self._desk, request, act, found))
        one, file = found
        return given(one, file, to_show=form.has("show"))


def given(one: AttachedFile, file: Path, *, to_show: bool) -> Response:
    """Give a file that was handed in: to be kept, or shown where a browser does that safely."""
    media_type = _SHOWN.get(one.copy.format)
    way = attachment(one.copy.name)
    if to_show and media_type:
        way = way.replace("attachment", "inline", 1)
    return FileResponse(
        str(file),
        HTTPStatus.OK,
        media_type=media_type or "application/octet-stream",
        headers=APART | {"Content-Disposition": way},
    )


def medium_of(request: Request) -> Medium:
    """Return the medium that an address names; an `UnknownError` says that there is none."""
    found = next((one for one in Medium if one == request.path_params["medium"]), None)
    if found is None:
        raise UnknownError(Words("没有这种载体", "there is no such medium"))
    return found
