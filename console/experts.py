"""The pool of experts: who is in it, and what those do who keep it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, day_in, number_in, status_of, told
from console.addressing import ADDRESSING, addressed
from console.admission import session_here, visitor_of
from console.forms import Form, whole_in
from console.showing import Shown, see, taking
from console.uploads import FileForm, uploading
from documents.errors import DocumentError
from documents.tables import LARGEST
from notifications.kinds import ChannelKind
from operations.acts import Act
from operations.addresses import list_addresses
from operations.desk import Desk
from operations.experts.browsing import InFull, Sought, pool_seen, reveal_expert
from operations.experts.importing import Imported, import_experts
from operations.experts.pool import ExpertDraft, add_expert, change_expert, declare_tie, retire_expert, withdraw_tie
from operations.results import Denied, UnknownError
from programs import Words
from programs.panels import TIES
from states import Refusal
from states.recusals import Tie
from store.types import UnfitError

_HOME: Final = "/experts"
_LONGEST: Final = 120
#: The fields of an expert, as the forms that take one in and correct one have them.
_TYPED: Final = ("name", "employer", "fields", "title", "born", "mail", "term_from", "term_until")
#: What is beside the file in a form that takes a table in.
_BESIDE: Final = 64 * 1024
_MEND: Final = Words("请核对后再提交", "look at it, then send it again")


class Experts:
    """The pages of `/experts`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        app.add_route(_HOME, self.pool, methods=["GET"])
        table = uploading(self.take_in, self._desk.contents.incoming, LARGEST + _BESIDE, self.admits)
        app.add_route(f"{_HOME}/table", table, methods=["POST"])
        app.add_route(f"{_HOME}/{{deed}}", taking(self.keep), methods=["POST"])

    def admits(self, request: Request) -> None:
        """Ask whether the pool is the visitor's to look at; an `UnknownError` for whoever's it is not."""
        pool_seen(self._desk, session_here(request).actor, most=1)

    def pool(self, request: Request) -> Response:
        """Show those of the pool who are asked for."""
        return self._pool(request)

    def keep(self, request: Request, form: Form) -> Response:
        """Take somebody in, see them in full, correct or retire them, record ties, or change where they are reached."""
        self.admits(request)
        act = act_of(request, self._shown, form.get("reason"))
        try:
            if request.path_params["deed"] == "details":
                return self._in_full(request, form, act)
            done = self._kept(request.path_params["deed"], form, act)
        except (UnknownError, UnfitError) as error:
            return self._pool(request, (Refusal("read", error.words, _MEND),), form)
        if isinstance(done, Denied):
            return self._pool(request, told(self._desk, request, act, done), form)
        return see(_at({"q": form.get("name"), "retired": "1" if request.path_params["deed"] == "retire" else ""}))

    def _in_full(self, request: Request, form: Form, act: Act) -> Response:
        seen = reveal_expert(self._desk, form.get("name"), act)
        if isinstance(seen, Denied):
            return self._pool(request, told(self._desk, request, act, seen), form)
        return self._pool(request, form=form, seen=seen)

    def take_in(self, request: Request, form: FileForm) -> Response:
        """Check a table of experts, or take all of them in."""
        act = act_of(request, self._shown)
        sent = next((one for one in form.files if one.field == "file"), None)
        if sent is None:
            words = Words("没有选择文件", "no file was chosen")
            return self._pool(request, (Refusal("read", words, Words("请选择文件", "choose one")),), form)
        try:
            done = import_experts(self._desk, sent.file.read_bytes(), sent.name, act, dry_run=not form.has("sure"))
        except DocumentError as error:
            return self._pool(request, (Refusal("read", error.words, _MEND),), form)
        if isinstance(done, Denied):
            return self._pool(request, told(self._desk, request, act, done), form)
        return self._pool(request, form=form, imported=done)

    def _kept(self, deed: str, form: Form, act: Act) -> Denied | None:
        name = form.get("name")
        done: object = None
        if deed == "add":
            done = add_expert(self._desk, _draft(form), act)
        elif deed == "change":
            draft = _draft(form)
            kept = ("employer", "fields", "title", "born", "mail", "term_from", "term_until")
            done = change_expert(self._desk, name, {one: getattr(draft, one) for one in kept}, act)
        elif deed == "retire":
            done = retire_expert(self._desk, name, act)
        elif deed == "declare":
            ground = next((one for one in TIES if one.value == form.get("ground")), None)
            if ground is None:
                raise UnknownError(Words("请选择事由", "choose a ground"))
            tie = Tie(ground, form.get("subject"), form.get("unit") or None, day_in(form.get("until")))
            done = declare_tie(self._desk, name, tie, act)
        elif deed in ADDRESSING:
            done = addressed(self._desk, deed, form, act)
        elif deed == "withdraw-tie":
            done = withdraw_tie(self._desk, name, number_in(form.get("tie")), act)
        else:
            raise UnknownError(Words("没有这个操作", "there is no such deed"))
        return done if isinstance(done, Denied) else None

    def _pool(
        self,
        request: Request,
        refusals: Sequence[Refusal] = (),
        form: Form | None = None,
        imported: Imported | None = None,
        seen: InFull | None = None,
    ) -> Response:
        asked = {name: request.query_params.get(name, "")[:_LONGEST] for name in ("field", "q", "after", "retired")}
        deed = request.path_params.get("deed")
        if form and deed and deed != "add":
            # What is told of one of a pool of thousands is told beside them.
            asked |= {"q": form.get("name")[:_LONGEST], "retired": "1"}
        visitor = visitor_of(request)
        sought = Sought(asked["field"], asked["q"], bool(asked["retired"]), asked["after"])
        found = pool_seen(self._desk, visitor.actor, sought)
        typed = {name: form.get(name) if form and deed in ("add", "change") else "" for name in _TYPED}
        changes = deed == "change" and typed["name"] in [one.draft.name for one in found.experts]
        blocked = imported is not None and imported.findings
        return self._shown.page(
            request,
            self._shown.voice(request),
            "experts.html",
            HTTPStatus.CONFLICT if blocked else status_of(refusals),
            found=found,
            addresses=list_addresses(self._desk, [one.draft.name for one in found.experts]),
            kinds=list(ChannelKind),
            asked=asked,
            first=_at({**asked, "after": ""}) if asked["after"] else None,
            following=_at({**asked, "after": found.after}) if found.after else None,
            keeps=found.keeps and visitor.may_act,
            reads=visitor.session is not None,
            revealed=seen,
            changed=typed if changes else None,
            adding=dict.fromkeys(_TYPED, "") if changes else typed,
            grounds=TIES,
            refusals=refusals,
            imported=imported,
        )


def _at(asked: Mapping[str, str]) -> str:
    told = urlencode({name: value for name, value in asked.items() if value})
    return f"{_HOME}?{told}" if told else _HOME


def _draft(form: Form) -> ExpertDraft:
    """Read an expert as the form has them; an empty field is nothing. Raises `UnfitError` for what cannot be read."""
    return ExpertDraft(
        form.get("name"),
        form.get("employer"),
        tuple(one for one in form.get("fields").replace(",", "、").replace("，", "、").split("、") if one.strip()),
        form.get("title") or None,
        whole_in(form.get("born")),
        form.get("mail") or None,
        day_in(form.get("term_from")),
        day_in(form.get("term_until")),
    )
