"""The addresses of the API by which some are chosen at a stage: its board, panel, ranking and decision."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import FastAPI, Query, Request

from console.acting import each_refused, told
from console.api.answers import Answers, Routed, route
from console.api.asking import Asker, AtStage, Language, Place, ProblemError, each_once
from console.api.board_shapes import (
    AnswerAsked,
    AssignAsked,
    BoardShape,
    DecisionAsked,
    DecisionShape,
    DrawAsked,
    InviteAsked,
    Page,
    PanelAsked,
    RankAsked,
    RankingShape,
    RecuseAsked,
    ReopenAsked,
    ResolveAsked,
    SettleAsked,
)
from console.api.board_telling import board_told, decision_told, ranking_told
from operations.acts import Act
from operations.boards import EVERYBODY, MOST, Board, board_of, ranking_desk
from operations.decide import decide, not_all_seen, others_stand_here
from operations.desk import Desk
from operations.experts.assigning import assign_experts
from operations.experts.panels import draw_panel
from operations.experts.recusing import lift_recusal, recuse
from operations.experts.seats import confirm, decline, invite
from operations.held_secrets import Held
from operations.rankings import reopen_ranking, resolve_tie, settle_ranking
from operations.results import MisstatedError, UnknownError, no_such_nomination
from programs import Words
from states import Refusal


class Boards(Answers):
    """What each address answers."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        one = "/programs/{program_id}/stages/{stage}"
        asked: Routed = (
            ("GET", f"{one}/board", self.board),
            ("POST", f"{one}/panel", self.arrange_panel),
            ("GET", f"{one}/ranking", self.ranking),
            ("POST", f"{one}/ranking", self.rank),
            ("POST", f"{one}/decision", self.decide),
        )
        route(app, asked)

    def board(self, bearer: Asker, language: Language, at: AtStage, page: Annotated[Page, Query()] = 1) -> BoardShape:
        """The board of a stage at which some are chosen, with those of one page of it."""
        return self._board(bearer, language, at, page)

    def arrange_panel(
        self, request: Request, bearer: Asker, language: Language, at: AtStage, asked: PanelAsked
    ) -> BoardShape:
        """Draw, invite or assign experts, record what one has answered, or recuse one; answers with the first page."""
        found = self._found(bearer, at)
        act = self._act(bearer, getattr(asked, "reason", ""))
        self._done(request, act, self._arranged(found, asked, act))
        return self._board(bearer, language, at, 1)

    def ranking(
        self, bearer: Asker, language: Language, at: AtStage, page: Annotated[Page, Query()] = 1
    ) -> RankingShape:
        """The ranking of a stage, 50 places of it, with every step to each."""
        found = ranking_desk(self._desk, *at, bearer.actor, self._clock(), page=page)
        return ranking_told(found, language)

    def rank(self, request: Request, bearer: Asker, language: Language, at: AtStage, asked: RankAsked) -> RankingShape:
        """Settle the ranking, open it again, or tell those apart who are level; answers with its first places."""
        # Whoever has no sight of the board is not told of its ranking either.
        self._found(bearer, at, slice(0, 1))
        act = self._act(bearer, asked.reason)
        self._done(request, act, self._ranked((self._desk, *at), asked, act))
        return ranking_told(ranking_desk(self._desk, *at, bearer.actor, act.now, page=1), language)

    def decide(
        self, request: Request, bearer: Asker, language: Language, at: AtStage, asked: DecisionAsked
    ) -> DecisionShape:
        """Send those who are chosen on, and nobody else: all of it or nothing. By default a preview."""
        found = self._found(bearer, at)
        act = self._act(bearer, asked.reason)
        each_once([one.number for one in asked.fates])
        standing = frozenset(one.number for one in found.standing)
        if len(standing) != found.total:
            raise _nothing_done(not_all_seen())
        if asked.mark != found.mark:
            raise _nothing_done(others_stand_here())
        if found.may["decide"] is None and not _is_said_of_all(asked, standing):
            raise _nothing_done(_NOBODY)
        if asked.preview:
            self._computed.bound(act.actor.name, act.now)
        done = decide(
            self._desk,
            found.program.id,
            found.stage.id,
            {one.number: one.grade for one in asked.fates if one.fate == "go"},
            act,
            reserves={one.number: one.grade or "" for one in asked.fates if one.fate == "reserve"},
            reasons={one.number: one.reason for one in asked.fates if one.reason},
            standing=standing,
            dry_run=asked.preview,
        )
        if done.denied:
            told(self._desk, request, act, done.denied[0])
            names = {one.number: one.nominee for one in found.standing}
            why = list(each_refused(done, names))
            raise ProblemError(HTTPStatus.CONFLICT, refusals=[one for one, _ in why], about=[about for _, about in why])
        return decision_told(done, language, preview=asked.preview)

    def _arranged(self, found: Board, asked: PanelAsked, act: Act) -> object:
        place = (self._desk, found.program.id, found.stage.id)
        match asked:
            case DrawAsked():
                if asked.again and asked.round is None:
                    raise MisstatedError(
                        Words("重抽须写明现有的 round", "to draw again, state the `round` that stands")
                    )
                return draw_panel(*place, act, seed=asked.seed or None, again=asked.again, which=asked.round)
            case InviteAsked():
                return invite(*place, act)
            case AssignAsked():
                return assign_experts(*place, act)
            case AnswerAsked():
                return (confirm if asked.deed == "confirm" else decline)(*place, asked.expert, act)
        if asked.number not in [one.number for one in found.standing]:
            raise UnknownError(no_such_nomination(asked.number))
        if isinstance(asked, RecuseAsked):
            return recuse(self._desk, asked.number, asked.expert, asked.ground, act)
        return lift_recusal(self._desk, asked.number, asked.expert, act)

    def _ranked(self, place: tuple[Desk, str, str], asked: RankAsked, act: Act) -> object:
        match asked:
            case SettleAsked():
                return settle_ranking(*place, act)
            case ReopenAsked():
                return reopen_ranking(*place, act, which=asked.round)
            case ResolveAsked():
                each_once([one.number for one in asked.points])
                return resolve_tie(*place, {one.number: one.points for one in asked.points}, act)

    def _found(self, bearer: Held, at: Place, part: slice = EVERYBODY) -> Board:
        return board_of(self._desk, *at, bearer.actor, self._clock(), part=part)

    def _board(self, bearer: Held, language: str, at: Place, page: int) -> BoardShape:
        part = slice((page - 1) * MOST, page * MOST)
        return board_told(self._found(bearer, at, part), page, language)


_NOBODY: Final = Refusal(
    "somebody-named",
    Words("没有写明谁通过", "nobody is named who goes on"),
    Words("确实无人通过的，请把每一件都写明 out", "if truly nobody does, name each of them as `out`"),
)


def _is_said_of_all(asked: DecisionAsked, standing: frozenset[str]) -> bool:
    """Whether somebody is named who stays, or everybody as one who does not: only an explicit word eliminates all."""
    return any(one.fate != "out" for one in asked.fates) or standing <= {one.number for one in asked.fates}


def _nothing_done(refusal: Refusal) -> ProblemError:
    return ProblemError(HTTPStatus.CONFLICT, refusals=(refusal,))
