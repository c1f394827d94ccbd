"""A committee's ballots on a board: begun, attended, voted in, counted, closed or annulled."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from console.acting import act_of, status_of, text_in, told
from console.admission import visitor_of
from console.boards import board_address, board_page
from console.forms import Form, whole_in
from console.showing import Shown, see, taking
from operations.actors import Role
from operations.acts import Act
from operations.ballots.holding import annul_ballot, open_ballot, record_attendance, recuse_member
from operations.ballots.paper import BallotPaper, ballot_paper, no_such_ballot
from operations.ballots.voting import cast_vote, close_ballot, count_papers
from operations.boards import Board, board_of
from operations.desk import Desk
from operations.results import Denied, UnknownError
from programs import Words
from programs.naming import is_seen
from programs.panels import Ground
from states import Refusal
from states.balloting import Mark
from states.papers import Papers

#: A space between two names; one within a name of two characters only sets it wider (`张　三`).
_BETWEEN_NAMES: Final = re.compile(r"(?<=[\u4e00-\u9fff]{2})[ \u3000]+(?=[\u4e00-\u9fff]{2})")
_LONGEST_COUNT: Final = len("999999")
_MOST_MEMBERS: Final = 200


class Ballots:
    """The pages of a stage's ballot."""

    def __init__(self, desk: Desk, shown: Shown) -> None:
        self._desk = desk
        self._shown = shown

    def register(self, app: FastAPI) -> None:
        """Give the app these pages."""
        one = "/programs/{program_id}/stages/{stage}/ballot"
        app.add_route(f"{one}/members/{{member}}", self.paper, methods=["GET"])
        app.add_route(f"{one}/members/{{member}}", taking(self.cast), methods=["POST"])
        app.add_route(f"{one}/{{deed}}", taking(self.hold), methods=["POST"])

    def hold(self, request: Request, form: Form) -> Response:
        """Begin a round, record who attends or is recused, enter the count, close it, or annul it."""
        found = self._board(request)
        act = act_of(request, self._shown, text_in(form, "reason"))
        done = self._held(request.path_params["deed"], found, form, act)
        if isinstance(done, Denied):
            return board_page(self._shown, request, found, told(self._desk, request, act, done), form)
        return see(f"{board_address(request)}#ballot")

    def paper(self, request: Request) -> Response:
        """Show what a member votes on in a named ballot."""
        return self._paper(request, self._found(request))

    def cast(self, request: Request, form: Form) -> Response:
        """Enter how a member votes: by themselves, or by the office as they say it."""
        found, asked = self._found(request), request.path_params
        act = act_of(request, self._shown)
        marks = {one.value: one for one in Mark}
        given = {number: marks[said] for number, said in form.starting("mark.").items() if said in marks}
        place, round_ = (asked["program_id"], asked["stage"], asked["member"]), whole_in(form.get("round"))
        done = cast_vote(self._desk, *place, given, act, which=round_)
        if isinstance(done, Denied):
            return self._paper(request, found, told(self._desk, request, act, done), form)
        if act.actor.role is Role.EXPERT:
            return see(f"{board_address(request)}/ballot/members/{quote(asked['member'], safe='')}?done=1")
        return see(f"{board_address(request)}#ballot")

    def _held(self, deed: str, found: Board, form: Form, act: Act) -> object:
        place = (self._desk, found.program.id, found.stage.id)
        ground = next((one for one in Ground if one == form.get("ground")), Ground.OTHER)
        number, member = form.get("number"), form.get("member")
        deeds: Mapping[str, Callable[[], object]] = {
            "open": lambda: open_ballot(*place, act, members=_names(form.get("members"))),
            "attendance": lambda: record_attendance(*place, form.all("present"), act),
            "recusal": lambda: recuse_member(*place, number, act, member=member, ground=ground),
            "count": lambda: self._count(found, form, act),
            "close": lambda: close_ballot(*place, act),
            "annul": lambda: annul_ballot(*place, act, which=whole_in(form.get("round"))),
        }
        if deed not in deeds:
            raise UnknownError(Words("没有这个操作", "there is no such deed"))
        return deeds[deed]()

    def _count(self, found: Board, form: Form, act: Act) -> object:
        counted = _counted(form)
        if isinstance(counted, list):
            names = {number: name for one in found.rounds for number, name in one.nominees.items()}
            return Denied((_no_count([names.get(number, number) for number in counted]),))
        papers, given = counted
        place = (self._desk, found.program.id, found.stage.id)
        tellers, round_ = _names(form.get("tellers")), whole_in(form.get("round"))
        return count_papers(*place, papers, act, given=given, tellers=tellers, which=round_)

    def _board(self, request: Request) -> Board:
        asked, now = request.path_params, self._shown.voice(request).now
        return board_of(self._desk, asked["program_id"], asked["stage"], visitor_of(request).actor, now)

    def _found(self, request: Request) -> BallotPaper:
        """Return the paper of a member, for the member or for who enters votes for others."""
        asked = request.path_params
        act = Act(visitor_of(request).actor, self._shown.voice(request).now)
        found = ballot_paper(self._desk, asked["program_id"], asked["stage"], asked["member"], act)
        if isinstance(found, Denied):
            told(self._desk, request, act, found)
            raise no_such_ballot()
        return found

    def _paper(
        self, request: Request, paper: BallotPaper, refusals: Sequence[Refusal] = (), form: Form | None = None
    ) -> Response:
        return self._shown.page(
            request,
            self._shown.voice(request),
            "ballot-paper.html",
            status_of(refusals),
            program=paper.program,
            stage=paper.stage,
            found=paper.round,
            member=paper.member,
            over=paper.over,
            given=paper.given,
            marks=list(Mark),
            address=f"{board_address(request)}/ballot/members/{quote(paper.member, safe='')}",
            refusals=refusals,
            form=form or Form([]),
            done=request.query_params.get("done") == "1",
        )


def _names(said: str) -> list[str]:
    """Read names, a line each, or apart by commas or spaces."""
    for mark in ("、", "，", ",", ";", "；", "\r", "\t"):
        said = said.replace(mark, "\n")
    said = _BETWEEN_NAMES.sub("\n", said)
    lines = ("".join(one for one in line if is_seen(one)).strip() for line in said.split("\n"))
    return list(dict.fromkeys(line for line in lines if line))[:_MOST_MEMBERS]


def _counted(form: Form) -> tuple[Papers, Mapping[str, Sequence[int]]] | list[str]:
    """Read what tellers have counted, or whose counts are none: numbers, and none where it is those of the papers."""
    parts = ("yes", "no", "abstained")
    by_part = {part: form.given(f"{part}.") for part in parts}
    said = [form.get("returned"), form.get("invalid") or "0", form.get("blank") or "0"]
    each = {
        number: [yes, by_part["no"].get(number, "0"), by_part["abstained"].get(number) or "0"]
        for number, yes in by_part["yes"].items()
    }
    unread = [number for number, some in each.items() if not all(_is_count(one) for one in some)]
    if unread or not all(_is_count(one) for one in said):
        return unread
    papers = Papers(*(int(one) for one in said))
    return papers, {number: [int(one) for one in some] for number, some in each.items()}


def _is_count(said: str) -> bool:
    """Whether it is a count, in whichever width its digits were typed."""
    return said.isdecimal() and len(said) <= _LONGEST_COUNT


def _no_count(whose: Sequence[str]) -> Refusal:
    reason = Words("票数须为整数", "counts are whole numbers")
    if whose:
        reason = Words("票数须为整数：{who}", "counts are whole numbers: {who}").format(who="、".join(whose))
    return Refusal("count", reason, Words("请逐个填写，没有的填 0", "fill each in, with 0 where there is none"))
