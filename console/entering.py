"""Entering one nomination by a form, without a table; and what its form states, for the rules to judge by."""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, line_in, text_in, told
from console.admission import session_here, visitor_of
from console.forms import Form
from console.nominations import Nominations, path_to
from console.showing import Shown, see, taking
from console.withheld import restored, withheld
from operations.acts import Act
from operations.casefiles import CaseFile, case_file
from operations.desk import Desk
from operations.dossiers import Stated, state_facts
from operations.finding import programs_seen
from operations.nominate import Draft, nominate
from operations.organizations import is_registered
from operations.policy import Deed
from operations.receiving import takes_in
from operations.results import Denied, UnknownError
from operations.rows import identity_in
from programs import Program, Words
from states import Refusal
from store.types import UnfitError

_HOME: Final = "/intake/one"
_LONGEST: Final = 120
#: What is shown to nobody but for a reason, also not to whoever has just typed it.
_PERSONAL: Final = ("identity", "phone", "bank_account")
#: Ticked, it says that the nominator is to be made known.
_NEW: Final = "new_nominator"
#: Who the nomination is of, and who puts it forward: nothing is drawn up without them.
_NEEDED: Final = {
    "nominee": Words("候选人或候选单位", "nominee"),
    "unit": Words("所在单位", "employer"),
    "nominator": Words("推荐单位", "nominator"),
}


class Entering:
    """The page of `/intake/one`, and the form of facts on a nomination's page."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown
        self._pages = Nominations(desk, shown)

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        app.add_route(_HOME, self.form, methods=["GET"])
        app.add_route(_HOME, taking(self.enter), methods=["POST"])
        app.add_route("/nominations/{number}/facts", taking(self.state), methods=["POST"])

    def form(self, request: Request) -> Response:
        """Show the form, empty but for the organization of whoever fills it in."""
        own = session_here(request).organization or ""
        return self._form(request, request.query_params.get("program", "")[:_LONGEST], Form([("nominator", own)]))

    def enter(self, request: Request, form: Form) -> Response:
        """Draw a nomination up, and lead to its page."""
        program_id, act = form.get("program"), act_of(request, self._shown)
        program = next((one for one in self._programs(request) if one.id == program_id), None)
        if program is None:
            raise UnknownError(Words("没有这个项目", "there is no such program"))
        form = restored(form, _PERSONAL, self._desk.vault, act)
        if lacking := tuple(_lacking(form)):
            return self._form(request, program_id, form, lacking)
        draft = _draft(form)
        # Of whoever may name any nominator a slip of the pen would make another one known, to which letters then go.
        names_any = act.actor.organization in (None, program.office)
        own = draft.nominator == draft.nominee or form.has(_NEW)
        if names_any and not own and not is_registered(self._desk, draft.nominator):
            return self._form(request, program_id, form, (_unknown(draft.nominator),))
        try:
            done = nominate(self._desk, program_id, draft, act)
        except (UnknownError, UnfitError) as error:
            return self._form(request, program_id, form, (_unread(error.words),))
        if isinstance(done, Denied):
            return self._form(request, program_id, form, told(self._desk, request, act, done))
        return see(path_to(done.number))

    def state(self, request: Request, form: Form) -> Response:
        """Keep what differs from what is stated, so that two who fill in different fields leave each other's alone."""
        number, act = request.path_params["number"], act_of(request, self._shown)
        case = case_file(self._desk, number, act.actor, act.now)
        changed = [pair for one in case.stated for pair in _changed(one, form)]
        try:
            done = self._stated(case, changed, act)
        except (UnknownError, UnfitError) as error:
            return self._pages.page(request, refusals=(_unread(error.words),), form=form)
        if done:
            return self._pages.page(request, refusals=told(self._desk, request, act, done), form=form)
        return see(f"{path_to(number)}#facts")

    def _stated(self, case: CaseFile, changed: Sequence[tuple[str, str]], act: Act) -> Denied | None:
        # Who may not is told so, also where nothing would change.
        asks = changed or Deed.RECEIVE not in case.deeds
        done = state_facts(self._desk, case.found.number, changed, act) if asks else None
        return done if isinstance(done, Denied) else None

    def _form(self, request: Request, program_id: str, form: Form, refusals: Sequence[Refusal] = ()) -> Response:
        if not takes_in(session_here(request).role):
            raise UnknownError(Words("这里不登记申报", "no nominations are entered here"))
        programs = self._programs(request)
        program = next((one for one in programs if one.id == program_id), programs[0] if len(programs) == 1 else None)
        form, kept = withheld(form, _PERSONAL, self._desk.vault, act_of(request, self._shown))
        return self._shown.page(
            request,
            self._shown.voice(request),
            "entry.html",
            HTTPStatus.UNPROCESSABLE_ENTITY if refusals else HTTPStatus.OK,
            programs=programs,
            program=program,
            routes=[one for one in program.routes if one.accepted] if program else [],
            form=form,
            kept=kept,
            refusals=refusals,
        )

    def _programs(self, request: Request) -> tuple[Program, ...]:
        return programs_seen(self._desk, visitor_of(request).actor, self._shown.voice(request).now)


def _draft(form: Form) -> Draft:
    return Draft(
        line_in(form, "nominee"),
        line_in(form, "unit"),
        line_in(form, "nominator"),
        form.get("route") or "organization",
        form.get("category") or None,
        form.get("nominator_kind") or None,
        identity_in(line_in(form, "identity")) or None,
        line_in(form, "phone") or None,
        line_in(form, "bank_account") or None,
        line_in(form, "host") or None,
        frozenset(one for one in form.all("trait") if one),
    )


def _unknown(nominator: str) -> Refusal:
    return Refusal(
        "nominator-known",
        Words("没有登记过推荐单位“{name}”", "no nominator “{name}” is registered").format(name=nominator),
        Words("写错了请改正；确是新的，请勾选“新的推荐单位”", "correct it, or tick that the nominator is new"),
    )


def _lacking(form: Form) -> Iterator[Refusal]:
    for name, what in _NEEDED.items():
        if not line_in(form, name):
            reason = Words("没有填写{what}", "the field “{what}” is empty").format(what=what)
            yield Refusal("filled-in", reason, Words("请填写", "fill it in"))


def _changed(stated: Stated, form: Form) -> Iterator[tuple[str, str]]:
    """Yield what is to be stated anew: nothing where a field was not sent, or says what is stated already."""
    field, name = stated.field, f"fact.{stated.field.word}"
    before = stated.values
    if field.many:
        lines = form.all(name) if field.choices else text_in(form, name).splitlines()
        now = tuple(dict.fromkeys(one.strip() for one in lines if one.strip()))
        none = form.has(f"none.{field.word}")
        # An empty list says that there are none: from a field that was empty all along, only where that is ticked.
        if (form.has(f"asked.{field.word}") and now != (before or ())) or (none and before is None and not now):
            yield from ((field.word, one) for one in now or ("",))
    elif form.has(name):
        now = tuple(filter(None, [line_in(form, name)]))
        if now != (before or ()):
            yield field.word, now[0] if now else ""


def _unread(words: Words) -> Refusal:
    return Refusal("read", words, Words("请核对后再提交", "look at it, then send it again"))
