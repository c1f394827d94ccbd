"""Bringing nominations of an amended program to another version: looked at one by one, then done."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, status_of, text_in, told
from console.admission import visitor_of
from console.forms import Form, whole
from console.showing import Shown, see, taking
from operations.desk import Desk
from operations.migrating import BATCH, Wanted, migrate
from operations.migration_desk import MigrationDesk, migration_desk
from operations.results import Denied
from programs import Words
from states import Refusal

_MAP: Final = "map."
_WHY: Final = Words("请写明依据的文件或决定", "state the document or decision behind it")


class Migrating:
    """The page of `/programs/ID/migration`, for those who rule on a program."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app this page."""
        path = "/programs/{program_id}/migration"
        app.add_route(path, self.look, methods=["GET"])
        app.add_route(path, taking(self.bring), methods=["POST"])

    def look(self, request: Request) -> Response:
        """Show what bringing nominations to a version would do."""
        self._shown.bound_computing(request)
        return self._page(request, Form(request.query_params.multi_items()))

    def bring(self, request: Request, form: Form) -> Response:
        """Bring over all that are under way, or those that are ticked."""
        found = self._found(request, form)
        everybody = form.get("whom") == "all"
        numbers = tuple(dict.fromkeys(form.all("number")))
        refused = _unsaid(form, numbers) or (None if found.at_once or not everybody else _too_many(found))
        if refused:
            return self._page(request, form, (refused,))
        act = act_of(request, self._shown, text_in(form, "reason"))
        wanted = Wanted(found.target, None if everybody else numbers, _mapping(form))
        done = migrate(self._desk, found.program.id, wanted, act)
        if isinstance(done, Denied):
            refusals = told(self._desk, request, act, done)
            return self._page(request, form, [_on_page(one) for one in refusals])
        asked = {"to": found.target, **{f"{_MAP}{old}": new for old, new in _mapping(form).items()}}
        asked |= {"done": done.migrated, "stayed": len(done.refused)}
        return see(f"{request.url.path}?{urlencode(asked)}")

    def _found(self, request: Request, form: Form) -> MigrationDesk:
        now, actor = self._shown.voice(request).now, visitor_of(request).actor
        mapping = _mapping(form)
        return migration_desk(self._desk, request.path_params["program_id"], whole(form.get("to")), mapping, actor, now)

    def _page(self, request: Request, form: Form, refusals: Sequence[Refusal] = ()) -> Response:
        found = self._found(request, form)
        return self._shown.page(
            request,
            self._shown.voice(request),
            "migration.html",
            status_of(refusals),
            found=found,
            outlook=[replace(one, refusal=one.refusal and _on_page(one.refusal)) for one in found.outlook],
            shown=[replace(one, refusal=one.refusal and _on_page(one.refusal)) for one in found.shown],
            mapping=_mapping(form),
            refusals=refusals,
            form=form,
            done=whole(form.get("done")) if request.method == "GET" else None,
            stayed=whole(form.get("stayed")),
        )


def _mapping(form: Form) -> Mapping[str, str]:
    return form.starting(_MAP)


def _on_page(refusal: Refusal) -> Refusal:
    """Return a refusal with what to do here, where the command's remedy names an option."""
    if refusal.gate == "standing-known":
        return replace(refusal, remedy=Words("请在下面选定改到哪里", "choose below where they go"))
    return replace(refusal, remedy=_WHY) if refusal.gate == "reason-stated" else refusal


def _unsaid(form: Form, numbers: Sequence[str]) -> Refusal | None:
    if form.get("whom") == "all" or (form.get("whom") == "ticked" and numbers):
        return None
    return Refusal(
        "chosen",
        Words("没有选定改哪些申报", "it is not said which are to be brought over"),
        Words("请选“全部”，或选“只改勾选的”并勾选", "choose all, or only those ticked and tick them"),
    )


def _too_many(found: MigrationDesk) -> Refusal:
    command = f"linxuan program migrate {found.program.id} --all --to {found.target} --reason …"
    return Refusal(
        "few-enough",
        Words("多于 {most} 件，不在页面上一次办理", "more than {most} are not brought over from a page").format(
            most=BATCH
        ),
        Words("请用 {command}", "use {command}").format(command=command),
    )
