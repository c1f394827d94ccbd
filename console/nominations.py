"""Nominations: finding them, everything about one, and moving it on by a form."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import UNSEEN, act_of, reason_for, rules_and_materials, told
from console.admission import visitor_of
from console.bulk import endorsement_of, moves_fitting
from console.forms import Form, whole
from console.queries import address_of, fields_of, query_of, written
from console.showing import Shown, see, taking
from operations.acts import Act
from operations.casefiles import CaseFile, case_file
from operations.desk import Desk
from operations.finding import find_nominations, programs_seen
from operations.inviting import Invited
from operations.jointly import give_opinion
from operations.materials import receive
from operations.move import Lacking, move
from operations.overview import Event
from operations.personal import reveal
from operations.results import Denied, UnknownError
from operations.saved_views import views_of
from operations.screen import judge
from operations.seeing import version_seen
from operations.undo import undo
from programs import Words
from programs.materials import Medium
from states import Move, Refusal, Result, Verdict, each

#: Moves that go against somebody: told apart, and never without a reason.
_AGAINST: Final = frozenset(
    {Move.RETURN, Move.REJECT, Move.ELIMINATE, Move.WITHDRAW, Move.DISQUALIFY, Move.REVOKE, Move.FAIL}
)
_LONGEST: Final = 120


class Nominations:
    """The pages of `/nominations`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        one = "/nominations/{number}"
        app.add_route("/nominations", self.list, methods=["GET"])
        app.add_route(one, self.one, methods=["GET"])
        app.add_route(f"{one}/moves/{{move}}", taking(self.move), methods=["POST"])
        app.add_route(f"{one}/undo", taking(self.undo), methods=["POST"])
        app.add_route(f"{one}/receipts", taking(self.receive), methods=["POST"])
        app.add_route(f"{one}/verdicts", taking(self.judge), methods=["POST"])
        app.add_route(f"{one}/opinions", taking(self.concur), methods=["POST"])
        app.add_route(f"{one}/details", taking(self.reveal), methods=["POST"])

    def list(self, request: Request) -> Response:
        """Show a page of what was asked for."""
        voice, visitor, asked = self._shown.voice(request), visitor_of(request), request.query_params
        actor, query = visitor.actor, query_of(asked.get)
        page = find_nominations(self._desk, query, voice.now, seen_by=actor)
        programs = programs_seen(self._desk, actor, voice.now)
        return self._shown.page(
            request,
            voice,
            "nominations.html",
            query=query,
            page=page,
            programs=programs,
            following=address_of(query, page.following) if page.following else None,
            first=address_of(query) if query.after else None,
            done=asked.get("done", "")[:_LONGEST],
            moved=whole(asked.get("moved", "")),
            told=asked.get("told", ""),
            moves=moves_fitting(actor.role, page) if visitor.may_act else [],
            views=views_of(self._desk, visitor.session) if visitor.session else (),
            fields=fields_of(query),
            asked=written(query),
        )

    def one(self, request: Request) -> Response:
        """Show one nomination."""
        return self.page(request, done=whole(request.query_params.get("done", "")))

    def move(self, request: Request, form: Form) -> Response:
        """Make a move, if nobody has moved it since the page was read."""
        number = request.path_params["number"]
        # In the last minutes before a deadline hundreds come at once: of a nomination that goes on, no page is made.
        self._expect(request)
        what = next((one for one in Move if one == request.path_params["move"]), None)
        if what is None:
            raise UnknownError(Words("没有这个操作", "there is no such move"))
        seen = form.get("version")
        found = self._case(request) if form.has("rule") or form.has("lacking") else None
        lacking = _lacking(form, found) if found else Lacking()
        act = self._act(request, reason_for(found, lacking, form.get("reason")) if found else form.get("reason"))
        if whole(seen) is None:
            return self.page(request, refusals=(UNSEEN,), tried=what, form=form)
        done = move(
            self._desk,
            number,
            what,
            act,
            grade=form.get("grade") or None,
            ground=form.get("ground") or None,
            endorsement=endorsement_of(form),
            lacking=lacking,
            seen_version=whole(seen),
        )
        if isinstance(done, Denied):
            refusals = told(self._desk, request, act, done)
            # Whoever has moved it since may have moved it out of the reader's hands: the page tells that first.
            return self.page(request, refusals=refusals, tried=what, form=form, raced=self._raced(request, seen))
        return self._moved(request, number, done.version)

    def undo(self, request: Request, form: Form) -> Response:
        """Take the last move back, if nobody has moved it since the page was read."""
        number = request.path_params["number"]
        found = self._case(request)
        act = self._act(request, form.get("reason"))
        seen = form.get("version")
        if whole(seen) is None:
            return self.page(request, refusals=(UNSEEN,), tried=Move.UNDO, form=form)
        done = undo(self._desk, number, act, seen_version=whole(seen))
        if isinstance(done, Denied):
            raced = seen != str(found.version)
            refusals = told(self._desk, request, act, done)
            return self.page(request, refusals=refusals, tried=Move.UNDO, form=form, raced=raced)
        return self._moved(request, number, done.version)

    def _moved(self, request: Request, number: str, version: int) -> Response:
        try:
            self._expect(request)
        except UnknownError:
            # It has gone to where it is not theirs to see.
            return see(f"/nominations?mine=1&done={quote(number)}")
        return see(f"{path_to(number)}?done={version}")

    def receive(self, request: Request, form: Form) -> Response:
        """Record materials as received."""
        self._case(request)
        ticked = [one.partition(":") for one in form.all("material")]
        media = {medium.value: medium for medium in Medium}
        receipts = [(material, media.get(medium)) for material, _, medium in ticked]
        act = self._act(request)
        done = receive(self._desk, request.path_params["number"], receipts, act, seen=form.has("seen"))
        return self._after(request, form, act, done, "materials")

    def judge(self, request: Request, form: Form) -> Response:
        """Record verdicts on rules."""
        self._case(request)
        results = {one.value: one for one in Result}
        found = {rule: results[result] for rule, result in form.starting("rule.").items() if result in results}
        if not found:
            return self.page(request, refusals=(_unjudged(),), form=form)
        note, act = form.get("note"), self._act(request)
        done = judge(self._desk, request.path_params["number"], found, act, note=note)
        return self._after(request, form, act, done, "rules")

    def concur(self, request: Request, form: Form) -> Response:
        """Record what a body says that screens jointly with others."""
        self._case(request)
        if form.get("agrees") not in ("yes", "no"):
            return self.page(request, refusals=(_undecided(),), form=form)
        agrees, note = form.get("agrees") == "yes", form.get("note")
        number, act = request.path_params["number"], self._act(request)
        done = give_opinion(self._desk, number, form.get("body"), act, agrees=agrees, note=note)
        return self._after(request, form, act, done, "rules")

    def reveal(self, request: Request, form: Form) -> Response:
        """Show personal data in full, once, for a reason that the history keeps."""
        self._case(request)
        act = self._act(request, form.get("reason"))
        done = reveal(self._desk, request.path_params["number"], act)
        if isinstance(done, Denied):
            return self.page(request, refusals=told(self._desk, request, act, done), form=form)
        return self.page(request, revealed={one.kind: one.value for one in done})

    def _after(self, request: Request, form: Form, act: Act, done: Denied | None, section: str) -> Response:
        if done:
            return self.page(request, refusals=told(self._desk, request, act, done), form=form)
        return see(f"{path_to(request.path_params['number'])}#{section}")

    def _expect(self, request: Request) -> int:
        """Return the version of a nomination that is the reader's to see; raises `UnknownError` for any other."""
        now = self._shown.voice(request).now
        return version_seen(self._desk, request.path_params["number"], visitor_of(request).actor, now)

    def _raced(self, request: Request, seen: str) -> bool:
        return seen != str(self._expect(request))

    def _act(self, request: Request, reason: str = "") -> Act:
        return act_of(request, self._shown, reason)

    def _case(self, request: Request) -> CaseFile:
        now = self._shown.voice(request).now
        return case_file(self._desk, request.path_params["number"], visitor_of(request).actor, now)

    def page(  # noqa: PLR0913 - what a page shows beside the nomination, each by name
        self,
        request: Request,
        *,
        done: int | None = None,
        refusals: Sequence[Refusal] = (),
        tried: Move | None = None,
        form: Form | None = None,
        revealed: object = None,
        raced: bool = False,
        invited: Invited | None = None,
    ) -> Response:
        """Show a nomination, with what came of what somebody tried."""
        found, voice = self._case(request), self._shown.voice(request)
        mine = visitor_of(request).actor.name
        done_now = next(
            (
                event
                for event in found.history
                if event.facts.get("version") == done and "move" in event.facts and event.actor == mine
            ),
            None,
        )
        return self._shown.page(
            request,
            voice,
            "nomination.html",
            HTTPStatus.CONFLICT if refusals else HTTPStatus.OK,
            case=found,
            invited=invited,
            done=done_now if done else None,
            refusals=refusals,
            tried=tried,
            raced=_newest_move(found) if raced else None,
            form=form or Form([]),
            revealed=revealed or {},
            open_moves=[one for one in found.moves if not one.refusals and visitor_of(request).may_act],
            shut_moves=[one for one in found.moves if one.refusals],
            against=_AGAINST,
            failing=_failing(found),
            outcome=request.query_params.get("told", ""),
            differing=[one for one in each(found.verdicts) if one.lines],
        )


def _newest_move(found: CaseFile) -> Event | None:
    """Return the move that brought a nomination to where it stands; none where another version of its program did."""
    newest = next((event for event in found.history if "move" in event.facts), None)
    return newest if newest and newest.facts.get("version") == found.version else None


def _unjudged() -> Refusal:
    return Refusal(
        "verdict-stated",
        Words("没有选择任何一条的结论", "no verdict is chosen"),
        Words("请在要审查的条件后面选择符合、不符合或待查验", "choose one for each rule that was looked at"),
    )


def _undecided() -> Refusal:
    return Refusal(
        "opinion-stated",
        Words("没有选择同意还是不同意", "it is not said whether the body agrees"),
        Words("请选择一项", "choose one"),
    )


def _failing(found: CaseFile) -> list[Verdict]:
    """Return the verdicts that a nomination may be returned for."""
    return [one for one in found.verdicts if one.result is not Result.PASS]


def _lacking(form: Form, found: CaseFile) -> Lacking:
    """Return what was ticked as wrong, of what there is."""
    rules, materials = rules_and_materials(found)
    return Lacking(
        tuple(one for one in dict.fromkeys(form.all("rule")) if one in rules),
        tuple(one for one in dict.fromkeys(form.all("lacking")) if one in materials),
    )


def path_to(number: str) -> str:
    """Return where a nomination's page is."""
    return f"/nominations/{quote(number)}"
