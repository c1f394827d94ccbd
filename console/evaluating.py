"""Evaluating: an expert's own invitations, pledge, assignments and score sheets; of anything else there is no page."""

from collections.abc import Sequence
from typing import Final
from zipfile import ZIP_STORED, ZipFile

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import TakenAway, act_of, day_in, status_of, text_in, told
from console.admission import visitor_of
from console.forms import Form, whole_in
from console.showing import Shown, see, taking
from operations.attachments import take_copies
from operations.desk import Desk
from operations.experts.evaluating import (
    Seating,
    Sheet,
    letters,
    no_such_evaluation,
    papers,
    seating_of,
    seatings,
    sheet,
)
from operations.experts.pool import declare_tie, is_in_the_pool
from operations.experts.recusing import recuse
from operations.experts.seats import confirm, decline, make_pledge
from operations.messages import acknowledge
from operations.results import Denied, UnknownError
from operations.scores import enter_score
from operations.screen import report
from programs import Words
from programs.panels import TIES, Ground
from states import Refusal
from states.recusals import Tie
from states.scales import plain, scale_of
from store.types import UnfitError

_CHOOSE: Final = Words("请选择一项", "choose one")
_MEND: Final = Words("请核对后再填", "look at it again")


class Evaluating:
    """The pages of `/evaluations`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        seat, one = "/evaluations/{program_id}/{stage}", "/evaluations/{program_id}/{stage}/{number}"
        app.add_route("/evaluations", self.list, methods=["GET"])
        app.add_route("/evaluations/letters", taking(self.acknowledge), methods=["POST"])
        app.add_route("/evaluations/ties", taking(self.declare), methods=["POST"])
        app.add_route(f"{seat}/{{deed}}", taking(self.answer), methods=["POST"])
        app.add_route(one, self.one, methods=["GET"])
        app.add_route(f"{one}/tracks/{{track}}", taking(self.score), methods=["POST"])
        app.add_route(f"{one}/recusal", taking(self.step_back), methods=["POST"])
        app.add_route(f"{one}/files/{{material}}", taking(self.files), methods=["POST"])

    def list(self, request: Request) -> Response:
        """Show what an expert has before them."""
        return self._list(request)

    def acknowledge(self, request: Request, form: Form) -> Response:
        """Confirm that a letter was received."""
        act = act_of(request, self._shown)
        if form.get("letter") not in [one for one, _, _ in letters(self._desk, act.actor)]:
            raise no_such_evaluation()
        done = acknowledge(self._desk, form.get("letter"), act)
        return self._list(request, told(self._desk, request, act, done)) if done else see("/evaluations")

    def declare(self, request: Request, form: Form) -> Response:
        """Declare a tie by name: whom it recuses from is found out, and not told."""
        act = act_of(request, self._shown)
        ground = next((one for one in TIES if one == form.get("ground")), None)
        if ground is None:
            return self._list(request, (_no_ground(),))
        try:
            tie = Tie(ground, form.get("subject"), form.get("unit") or None, day_in(form.get("until")))
            done = declare_tie(self._desk, act.actor.name, tie, act)
        except (UnknownError, UnfitError) as error:
            return self._list(request, (Refusal("tie-fit", error.words, _MEND),))
        if isinstance(done, Denied):
            return self._list(request, told(self._desk, request, act, done))
        return see("/evaluations?declared=1")

    def answer(self, request: Request, form: Form) -> Response:
        """Confirm or decline an invitation, or pledge."""
        seating = self._seating(request)
        act = act_of(request, self._shown, text_in(form, "reason"))
        place = (self._desk, seating.program.id, seating.stage.id, act.actor.name, act)
        answers = {"confirm": confirm, "decline": decline, "pledge": make_pledge}
        deed = request.path_params["deed"]
        if deed not in answers:
            raise no_such_evaluation()
        done = answers[deed](*place)
        if isinstance(done, Denied):
            return self._list(request, told(self._desk, request, act, done))
        return see("/evaluations")

    def one(self, request: Request) -> Response:
        """Show the sheet of one nominee."""
        return self._sheet(request)

    def score(self, request: Request, form: Form) -> Response:
        """Take what an expert gives on a track."""
        found = self._found(request)
        act = act_of(request, self._shown)
        track = next((one for one in found.stage.tracks if one.id == request.path_params["track"]), None)
        if track is None:
            raise no_such_evaluation()
        opinion = text_in(form, "opinion")
        if track.criteria:
            known = [one.id for one in track.criteria]
            points = {key: value for key, value in form.starting("points.").items() if key in known}
            group = form.get("group") or None
            group = group if group in [one.id for one in track.groups] else None
            if track.groups and group is None:
                return self._sheet(request, (_no_group(),), form, track.id)
            done: object = enter_score(
                self._desk, found.task.number, track.id, points, act, opinion=opinion, panel=group
            )
        else:
            points_given = whole_in(form.get("points"))
            done = report(self._desk, found.task.number, track.id, act, points=points_given, opinion=opinion)
        if isinstance(done, Denied):
            return self._sheet(request, told(self._desk, request, act, done), form, track.id)
        return see(f"{request.url.path.rpartition('/tracks/')[0]}?done={track.id}")

    def step_back(self, request: Request, form: Form) -> Response:
        """Declare that one is recused from a nominee."""
        found = self._found(request)
        act = act_of(request, self._shown, text_in(form, "reason"))
        ground = next((one for one in Ground if one == form.get("ground")), None)
        if ground is None:
            return self._sheet(request, (_no_ground(),), form)
        done = recuse(self._desk, found.task.number, act.actor.name, ground, act)
        if isinstance(done, Denied):
            return self._sheet(request, told(self._desk, request, act, done), form)
        return see("/evaluations")

    def files(self, request: Request, _form: Form) -> Response:
        """Send copies of a material's files; the history says who took them."""
        found, away = self._found(request), TakenAway(self._desk)
        act = act_of(request, self._shown)
        try:
            material = request.path_params["material"]
            done = take_copies(self._desk, found.task.number, away.folder, act, material=material)
            if isinstance(done, Denied):
                away.forget()
                return self._sheet(request, told(self._desk, request, act, done))
            if len(done) == 1:
                return away.send(done[0])
            together = away.folder / f"{material}.zip"
            with ZipFile(together, "w", ZIP_STORED) as archive:
                for one in done:
                    archive.write(one, one.name)
            return away.send(together)
        except BaseException:
            away.forget()
            raise

    def _seating(self, request: Request) -> Seating:
        now, actor = self._shown.voice(request).now, visitor_of(request).actor
        asked = (request.path_params["program_id"], request.path_params["stage"])
        return seating_of(self._desk, *asked, actor, now)

    def _found(self, request: Request) -> Sheet:
        now, actor = self._shown.voice(request).now, visitor_of(request).actor
        asked = request.path_params
        found = sheet(self._desk, asked["number"], asked["stage"], actor, now)
        if found.program.id != asked["program_id"]:
            raise no_such_evaluation()
        return found

    def _list(self, request: Request, refusals: Sequence[Refusal] = ()) -> Response:
        voice, actor = self._shown.voice(request), visitor_of(request).actor
        return self._shown.page(
            request,
            voice,
            "evaluations.html",
            status_of(refusals),
            found=seatings(self._desk, actor, voice.now),
            letters=letters(self._desk, actor) if visitor_of(request).session else [],
            papers=papers(self._desk, actor),
            refusals=refusals,
            grounds=TIES,
            declared=request.query_params.get("declared") == "1",
            may_declare=is_in_the_pool(self._desk, actor),
        )

    def _sheet(
        self,
        request: Request,
        refusals: Sequence[Refusal] = (),
        form: Form | None = None,
        tried: str = "",
    ) -> Response:
        found = self._found(request)
        done = request.query_params.get("done", "")
        return self._shown.page(
            request,
            self._shown.voice(request),
            "evaluation.html",
            status_of(refusals),
            found=found,
            refusals=refusals,
            form=form or Form([]),
            tried=tried,
            done=next((one.name for one in found.stage.tracks if one.id == done), None) if done else None,
            grounds=list(Ground),
            plain=plain,
            scale_of=scale_of,
        )


def _no_group() -> Refusal:
    return Refusal("group-named", Words("没有选择您所在的评议组", "your group is not chosen"), _CHOOSE)


def _no_ground() -> Refusal:
    return Refusal("ground-named", Words("没有选择回避事由", "no ground is chosen"), _CHOOSE)
