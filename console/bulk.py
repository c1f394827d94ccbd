"""One move of many nominations: picked from a list, looked at before anything changes, and only then made."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, TypedDict

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, told_of_many
from console.admission import visitor_of
from console.forms import Form, whole
from console.marking import LONGEST
from console.queries import address_of, query_of
from console.showing import Shown, see, taking
from operations.actors import Role
from operations.desk import Desk
from operations.finding import Page
from operations.picking import Picking, Together, as_seen, move_picked, not_there, pick, pick_all, pick_there
from operations.policy import grants
from operations.results import UnknownError
from programs import Words
from states import Endorsement, Move

#: So many at most are each given a reason of their own: a form has a bounded number of fields.
_MOST_REASONS: Final = 200

#: What is chosen one by one, by a grade, is decided for the whole of a stage.
_ONE_BY_ONE: Final = frozenset({Move.CHOOSE})


def moves_together(role: Role) -> list[Move]:
    """Return the moves that somebody of a role may make with many, as far as the role tells."""
    own = (one for one in Move if not one.by_clock and one.by_use_case is None and one not in _ONE_BY_ONE)
    return [one for one in own if role in grants(one)]


def moves_fitting(role: Role, page: Page) -> list[Move]:
    """Return the moves to offer below a page of a list: first what fits somebody on it, then what may fit others."""
    fitting = {move for one in page.found for move in one.moves}
    moves = sorted(moves_together(role), key=lambda move: move not in fitting)
    return moves if page.following else [move for move in moves if move in fitting]


class Bulk:
    """The pages on which several nominations are moved."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        app.add_route("/nominations/preview", taking(self.preview), methods=["POST"])
        app.add_route("/nominations/moves", taking(self.confirm), methods=["POST"])

    def preview(self, request: Request, form: Form) -> Response:
        """Tell what would be moved and what not; nothing changes."""
        self._shown.bound_computing(request)
        what, picking = _move(form), self._picked(request, form)
        if not picking.picked:
            told = "nothing-matches" if form.get("scope") == "all" else "nothing-picked"
            return see(address_of(query_of(form.get), told=told))
        act = act_of(request, self._shown, form.get("reason"))
        found = move_picked(self._desk, picking, what, act, **_given(form), dry_run=True)
        return self._page(request, form, what, picking, found, made=False)

    def confirm(self, request: Request, form: Form) -> Response:
        """Move what was looked at; what has changed since, and what is refused, is told."""
        what, seen = _move(form), _seen(form)
        act = act_of(request, self._shown, form.get("reason"))
        picking = as_seen(pick_there(self._desk, seen, act.actor, act.now), seen)
        done = move_picked(self._desk, picking, what, act, **_given(form), dry_run=False)
        told_of_many(self._desk, request, act, done)
        if not done.stays and not done.missing:
            return see(address_of(query_of(form.get), moved=str(len(done.steps))))
        return self._page(request, form, what, picking, done, made=True)

    def _picked(self, request: Request, form: Form) -> Picking:
        actor, now = visitor_of(request).actor, self._shown.voice(request).now
        if form.get("scope") == "all":
            return pick_all(self._desk, query_of(form.get), actor, now)
        return pick(self._desk, [*form.all("number"), *_seen(form)], actor, now)

    def _page(
        self, request: Request, form: Form, what: Move, picking: Picking, found: Together, *, made: bool
    ) -> Response:
        fitting = {move for one in picking.picked for move in one.moves} | {what}
        moves = [move for move in moves_together(visitor_of(request).actor.role) if move in fitting]
        return self._shown.page(
            request,
            self._shown.voice(request),
            "bulk.html",
            HTTPStatus.CONFLICT if made else HTTPStatus.OK,
            form=form,
            move=what,
            moves=moves,
            picking=picking,
            found=found,
            made=made,
            reasons_apart=len(picking.picked) <= _MOST_REASONS,
            longest=LONGEST,
            missing=[(number, not_there(number)) for number in found.missing],
            query=query_of(form.get),
            back=address_of(query_of(form.get)),
            seen=" ".join(f"{one.number}:{one.version}" for one in picking.picked),
        )


def endorsement_of(form: Form) -> Endorsement | None:
    """Return what a tier puts on the form; nothing where it puts nothing there."""
    given = Endorsement(form.starting("opinion."), form.has("sealed"), form.get("form_number") or None)
    return given if given != Endorsement() else None


class _Given(TypedDict):
    endorsement: Endorsement | None
    form_numbers: Mapping[str, str]
    ground: str | None
    reasons: Mapping[str, str]


def _given(form: Form) -> _Given:
    """Return what goes with the move of each."""
    return {
        "endorsement": endorsement_of(form),
        "form_numbers": form.starting("form_number."),
        "ground": form.get("ground") or None,
        "reasons": {number: why[:LONGEST] for number, why in form.starting("why.").items()},
    }


def _move(form: Form) -> Move:
    what = next((one for one in Move if one == form.get("move")), None)
    if what is None:
        raise UnknownError(Words("没有这个操作", "there is no such move"))
    return what


def _seen(form: Form) -> Mapping[str, int]:
    """Return the versions that were looked at, by the numbers of their nominations."""
    told = (one.rpartition(":") for one in form.get("seen").split())
    return {number: read for number, _, version in told if (read := whole(version)) is not None}
