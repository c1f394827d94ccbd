"""What somebody does with a list of nominations as a whole: takes it away as a workbook, or keeps it under a name."""

from datetime import timedelta
from shutil import rmtree
from typing import Final

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask
from starlette.requests import Request

from console.acting import XLSX, act_of, told
from console.admission import session_here
from console.forms import Form, whole
from console.limiting import Limit
from console.queries import address_of, query_of, read_query, written
from console.showing import Shown, see, taking
from documents.errors import DocumentError
from operations.desk import Desk
from operations.exporting import export_found
from operations.results import Denied
from operations.saved_views import forget_view, save_view
from store.scratch import take_away

#: A list of a million takes a processor for a while, and nobody needs more of them.
_MOST: Final = 10
_WITHIN: Final = timedelta(minutes=1)


class Lists:
    """Exports and saved views."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown
        self._limit = Limit(_MOST, _WITHIN)

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        app.add_route("/nominations/export", taking(self.export), methods=["POST"])
        app.add_route("/nominations/views", taking(self.save), methods=["POST"])
        app.add_route("/nominations/views/forget", taking(self.forget), methods=["POST"])

    def export(self, request: Request, form: Form) -> Response:
        """Give a list as a workbook."""
        now, query = self._shown.voice(request).now, query_of(form.get)
        act = act_of(request, self._shown)
        self._limit.bound(act.actor.name, now)
        folder = take_away(self._desk.contents.incoming)
        try:
            done = export_found(self._desk, query, folder / "list.xlsx", act)
        except DocumentError:
            rmtree(folder)
            return see(address_of(query, told="rows"))
        except BaseException:
            rmtree(folder)
            raise
        if isinstance(done, Denied):
            rmtree(folder)
            told(self._desk, request, act, done)
            return see(address_of(query, told="not-exported"))
        return FileResponse(
            folder / "list.xlsx",
            media_type=XLSX,
            filename=f"申报名单-{now:%Y%m%d-%H%M}.xlsx",
            background=BackgroundTask(rmtree, folder),
        )

    def save(self, request: Request, form: Form) -> Response:
        """Keep a list under a name."""
        session, now, query = session_here(request), self._shown.voice(request).now, query_of(form.get)
        refused = save_view(self._desk, session, form.get("name"), written(query), now)
        return see(address_of(query, told=refused.refusals[0].gate) if refused else address_of(query))

    def forget(self, request: Request, form: Form) -> Response:
        """Forget a list of one's own."""
        forget_view(self._desk, session_here(request), whole(form.get("view")) or 0)
        return see(address_of(read_query(form.get("asked"))))
