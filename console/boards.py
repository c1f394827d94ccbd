"""The board of a stage at which some are chosen: its experts, scores, ranking and votes, and who goes on."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, each_refused, status_of, text_in, told
from console.admission import visitor_of
from console.forms import Form, whole, whole_in
from console.marking import leaf_of, marks_in, part_of, proposed_on
from console.showing import Shown, see, taking
from console.uploads import FileForm, uploading
from deadlines.zone import SHANGHAI
from documents.errors import DocumentError
from operations.acts import Act
from operations.boards import EVERYBODY, Board, board_of, ranking_desk
from operations.decide import decide, not_all_seen, others_stand_here
from operations.desk import Desk
from operations.experts.assigning import assign_experts
from operations.experts.lacking import Lacking
from operations.experts.panels import draw_panel
from operations.experts.recusing import lift_recusal, recuse
from operations.experts.seats import confirm, decline, invite
from operations.rankings import reopen_ranking, resolve_tie, settle_ranking
from operations.results import Batch, Denied, UnknownError
from operations.tally_tables import LABELS
from operations.tallying import LARGEST_TALLY, Tallied, import_tally
from programs import Words
from programs.panels import Ground
from states import Refusal
from states.explaining import explain
from states.explaining import shown as shown_value
from store.types import UnfitError

_MOST_FINDINGS: Final = 30


class Boards:
    """The pages of `/programs/ID/stages/STAGE`."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        one = "/programs/{program_id}/stages/{stage}"
        app.add_route(one, self.one, methods=["GET"])
        app.add_route(f"{one}/panel/{{deed}}", taking(self.panel), methods=["POST"])
        app.add_route(f"{one}/ranking", self.ranks, methods=["GET"])
        app.add_route(f"{one}/ranking/{{deed}}", taking(self.ranking), methods=["POST"])
        take = uploading(self.tally, self._desk.contents.incoming, LARGEST_TALLY, self.admits)
        app.add_route(f"{one}/tallies", take, methods=["POST"])
        app.add_route(f"{one}/decision", taking(self.decide), methods=["POST"])

    def one(self, request: Request) -> Response:
        """Show the board, with those of one page of it."""
        number = max(1, whole(request.query_params.get("page", "")) or 1)
        return board_page(self._shown, request, self.found(request, part_of(number)))

    def panel(self, request: Request, form: Form) -> Response:
        """Draw, invite, assign, answer for an expert, or recuse one."""
        found = self.found(request)
        act = act_of(request, self._shown, text_in(form, "reason"))
        done = self._with_panel(request.path_params["deed"], found, form, act)
        return self._after(request, act, done, form)

    def ranks(self, request: Request) -> Response:
        """Show the ranking by itself, a page of it."""
        return self._ranking(request)

    def ranking(self, request: Request, form: Form) -> Response:
        """Settle the ranking, tell those apart who are level, or open it again."""
        found = self.found(request, part_of(1))
        act = act_of(request, self._shown, text_in(form, "reason"))
        place = (self._desk, found.program.id, found.stage.id)
        deed = request.path_params["deed"]
        if deed == "settle":
            done: object = settle_ranking(*place, act)
        elif deed == "reopen":
            done = reopen_ranking(*place, act, which=whole_in(form.get("round")))
        elif deed == "resolve":
            done = resolve_tie(*place, _points(form), act)
        else:
            raise UnknownError(Words("没有这个操作", "there is no such deed"))
        if found.is_ranked_apart:
            refusals = told(self._desk, request, act, done) if isinstance(done, Denied) else ()
            return self._ranking(request, refusals) if refusals else see(f"{board_address(request)}/ranking")
        return self._after(request, act, done, form)

    def admits(self, request: Request) -> None:
        """Ask whether the visitor imports votes here, before any are read."""
        act_of(request, self._shown)
        if self.found(request).may["tally"]:
            raise UnknownError(Words("这里不收票数", "no votes are taken here"))

    def tally(self, request: Request, form: FileForm) -> Response:
        """Take in the votes of one platform."""
        found = self.found(request)
        act = act_of(request, self._shown)
        if not form.files:
            return self._page(request, (_no_file(),), form)
        try:
            done = import_tally(
                self._desk,
                found.program.id,
                form.files[0].file.read_bytes(),
                form.files[0].name,
                act,
                stage_id=found.stage.id,
                platform=form.get("platform") or None,
                as_of=_instant(form.get("as-of")),
                replace=form.has("replace"),
            )
        except DocumentError as error:
            return self._page(request, (Refusal("table", error.words, _MEND),), form)
        if isinstance(done, Tallied) and done.is_blocked:
            return self._page(request, tuple(_faults(done)), form)
        return self._after(request, act, done, form)

    def decide(self, request: Request, form: Form) -> Response:
        """Show another page, or what a decision would do; once that is confirmed, decide."""
        found = self.found(request)
        act = act_of(request, self._shown, text_in(form, "reason"))
        marks = marks_in(form)
        standing = frozenset(one.number for one in found.standing)
        if found.is_large:
            # Whoever is on no page that was marked does not go on: they are named by nothing but the mark of all.
            is_of_these, marks = form.get("mark") == found.mark, marks.of(standing)
        else:
            is_of_these = marks.fates.keys() == standing
        if len(found.standing) != found.total:
            return self._page(request, (not_all_seen(),), form)
        if not is_of_these:
            return self._page(request, (others_stand_here(),), form)
        if form.has("turn"):
            return self._page(request, form=form)
        chosen, reserves = marks.chosen()
        sure = form.has("sure")
        if not sure:
            self._shown.bound_computing(request)
        place = (self._desk, found.program.id, found.stage.id)
        done = decide(
            *place, chosen, act, reserves=reserves, reasons=marks.reasons, standing=standing, dry_run=not sure
        )
        if sure or done.denied:
            return self._after(request, act, done, form)
        return self._page(request, form=form, preview=(chosen, reserves))

    def found(self, request: Request, part: slice = EVERYBODY) -> Board:
        """Return the board that an address names, with everybody or with a part of them."""
        asked, now = request.path_params, self._shown.voice(request).now
        return board_of(self._desk, asked["program_id"], asked["stage"], visitor_of(request).actor, now, part=part)

    def _with_panel(self, deed: str, found: Board, form: Form, act: Act) -> object:
        place = (self._desk, found.program.id, found.stage.id)
        expert, number = form.get("expert"), form.get("number")
        ground = next((one for one in Ground if one == form.get("ground")), Ground.OTHER)
        seed, again, round_ = form.get("seed") or None, form.has("again"), whole_in(form.get("round"))
        deeds: dict[str, Callable[[], object]] = {
            "draw": lambda: draw_panel(*place, act, seed=seed, again=again, which=round_),
            "invite": lambda: invite(*place, act),
            "assign": lambda: assign_experts(*place, act),
            "confirm": lambda: confirm(*place, expert, act),
            "decline": lambda: decline(*place, expert, act),
        }
        if number in [one.number for one in found.standing]:
            deeds["recuse"] = lambda: recuse(self._desk, number, expert, ground, act)
            deeds["lift"] = lambda: lift_recusal(self._desk, number, expert, act)
        if deed not in deeds:
            raise UnknownError(Words("没有这个操作", "there is no such deed"))
        return deeds[deed]()

    def _after(self, request: Request, act: Act, done: object, form: Form) -> Response:
        if isinstance(done, Batch) and done.denied:
            told(self._desk, request, act, done.denied[0])
            names = {one.number: one.nominee for one in self.found(request).standing}
            return self._page(request, tuple(one for one, _ in each_refused(done, names)), form)
        if isinstance(done, Denied):
            refusals = told(self._desk, request, act, done)
            about = (Refusal("about", Words(done.number, done.number), Words("", "")),) if done.number else ()
            return self._page(request, (*refusals, *about), form)
        decided = f"?decided={len(done.moved)}" if isinstance(done, Batch) else ""
        return see(f"{board_address(request)}{decided}")

    def _ranking(self, request: Request, refusals: Sequence[Refusal] = ()) -> Response:
        voice, asked = self._shown.voice(request), request.path_params
        place, actor = (asked["program_id"], asked["stage"]), visitor_of(request).actor
        number = max(1, whole(request.query_params.get("page", "")) or 1)
        found = ranking_desk(self._desk, *place, actor, voice.now, page=number)
        address = f"{board_address(request)}/ranking"
        return self._shown.page(
            request,
            voice,
            "ranking.html",
            status_of(refusals),
            found=found,
            refusals=refusals,
            lines=found.lines,
            explain=explain,
            shown_value=shown_value,
            first=address if number > 1 else None,
            following=f"{address}?page={number + 1}" if number < found.pages else None,
        )

    def _page(
        self,
        request: Request,
        refusals: Sequence[Refusal] = (),
        form: Form | None = None,
        preview: tuple[Mapping[str, str | None], Mapping[str, str]] | None = None,
    ) -> Response:
        return board_page(self._shown, request, self.found(request), refusals, form, preview)


def board_page(
    shown: Shown,
    request: Request,
    found: Board,
    refusals: Sequence[Refusal] = (),
    form: Form | None = None,
    preview: tuple[Mapping[str, str | None], Mapping[str, str]] | None = None,
) -> Response:
    """Show a board, with what was refused or is to be confirmed."""
    form = form or Form([])
    leaf = leaf_of(found, form)
    marks = marks_in(form)
    if not marks.fates:
        marks = proposed_on(found)
    if found.is_large:
        marks = marks.marked()
    return shown.page(
        request,
        shown.voice(request),
        "board.html",
        status_of(refusals),
        found=found,
        refusals=refusals,
        form=form,
        preview=preview,
        decided=None if refusals else whole(request.query_params.get("decided", "")),
        leaf=leaf,
        marks=marks,
        away=marks.kept({one.number for one in leaf.standing}),
        grounds=list(Ground),
        lacking=_by_number(found),
        explain=explain,
        shown_value=shown_value,
        names={one.number: one.nominee for one in found.standing},
    )


def _by_number(found: Board) -> Mapping[str, Sequence[Lacking]]:
    lacking: dict[str, list[Lacking]] = defaultdict(list)
    for one in found.lacking:
        lacking[one.number].append(one)
    return lacking


def board_address(request: Request) -> str:
    """Return where the board is that a form of it was sent from."""
    return f"/programs/{request.path_params['program_id']}/stages/{request.path_params['stage']}"


def _points(form: Form) -> dict[str, int]:
    return {number: whole_in(said) or 0 for number, said in form.starting("level.").items()}


def _instant(said: str) -> datetime | None:
    try:
        return datetime.fromisoformat(said).replace(tzinfo=SHANGHAI) if said else None
    except ValueError as error:
        raise UnfitError(Words("“{text}”不是时刻", "“{text}” is no time").format(text=said[:40])) from error


def _faults(done: Tallied) -> list[Refusal]:
    found = []
    for one in [one for one in done.findings if one.blocks][:_MOST_FINDINGS]:
        where = Words("第 {row} 行 {column}：", "row {row} {column}: ").format(
            row=one.row, column=LABELS.get(one.column or "", one.column or "")
        )
        found.append(Refusal("cell", Words(where.zh + one.words.zh, where.en + one.words.en), _MEND))
    return found


_MEND: Final = Words("请改正后重新上传", "mend the table and send it again")


def _no_file() -> Refusal:
    return Refusal("file", Words("没有选择文件", "no file is chosen"), Words("请选择票数表", "choose the table"))
