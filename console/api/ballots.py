"""The addresses of the API by which a committee's ballots are held: as its board and its papers have them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request

from console.api.answers import Answers
from console.api.asking import Asker, AtStage, Language, Place, each_once, problems
from console.api.ballot_shapes import (
    AnnulAsked,
    AttendAsked,
    BallotAsked,
    BallotShape,
    CastAsked,
    CloseAsked,
    CountAsked,
    MemberShape,
    OnPaperShape,
    OpenAsked,
    PaperShape,
    RecuseMemberAsked,
    RoundShape,
    TieShape,
    VotedOnShape,
)
from console.api.board_telling import may_told
from console.api.shapes import Line
from operations.acts import Act
from operations.ballots.holding import annul_ballot, open_ballot, record_attendance, recuse_member
from operations.ballots.paper import BallotPaper, ballot_paper, no_such_ballot
from operations.ballots.showing import Shown
from operations.ballots.voting import cast_vote, close_ballot, count_papers
from operations.boards import Board, board_of
from operations.desk import Desk
from operations.held_secrets import Held
from operations.results import Denied
from programs.ballots import Ballot
from states.papers import Papers

Member = Annotated[Line, Path(description="the name of a member")]


class Ballots(Answers):
    """What each address answers."""

    def register(self, app: FastAPI) -> None:
        """Give the app these addresses."""
        one = "/programs/{program_id}/stages/{stage}/ballot"
        paper = f"{one}/members/{{member}}"
        asked: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("GET", one, self.ballot),
            ("POST", one, self.hold_ballot),
            ("GET", paper, self.ballot_paper),
            ("POST", paper, self.cast),
        )
        for method, path, answer in asked:
            may = problems() if answer == self.ballot else problems(HTTPStatus.CONFLICT)
            app.add_api_route(path, answer, methods=[method], responses=may, operation_id=answer.__name__)

    def ballot(self, bearer: Asker, language: Language, at: AtStage) -> BallotShape:
        """The ballot of a stage with its rounds, for those who run the stage or oversee it."""
        return self._told(bearer, language, at)

    def hold_ballot(
        self, request: Request, bearer: Asker, language: Language, at: AtStage, asked: BallotAsked
    ) -> BallotShape:
        """Open a round, record who attends or is recused, enter the count, close it, or annul the last one."""
        self._found(bearer, at)
        act = self._act(bearer, getattr(asked, "reason", ""))
        self._done(request, act, self._held((self._desk, *at), asked, act))
        return self._told(bearer, language, at)

    def ballot_paper(self, bearer: Asker, at: AtStage, member: Member) -> PaperShape:
        """What a member votes on in the open, named round: for the member, and for who enters votes for others."""
        return _paper(self._paper(bearer, at, member))

    def cast(self, request: Request, bearer: Asker, at: AtStage, member: Member, asked: CastAsked) -> PaperShape:
        """Enter how a member votes, until the round is closed: by themselves, or by the office as they say it."""
        self._paper(bearer, at, member)
        act = self._act(bearer)
        each_once(one.number for one in asked.marks)
        marks = {one.number: one.mark for one in asked.marks}
        self._done(request, act, cast_vote(self._desk, *at, member, marks, act, which=asked.round))
        return _paper(self._paper(bearer, at, member))

    def _held(self, place: tuple[Desk, str, str], asked: BallotAsked, act: Act) -> object:
        match asked:
            case OpenAsked():
                return open_ballot(*place, act, members=asked.members)
            case AttendAsked():
                return record_attendance(*place, asked.present, act)
            case RecuseMemberAsked():
                return recuse_member(*place, asked.number, act, member=asked.member, ground=asked.ground)
            case CountAsked():
                each_once(one.number for one in asked.votes)
                papers = Papers(asked.returned, asked.invalid, asked.blank)
                given = {one.number: (one.yes, one.no, one.abstained) for one in asked.votes}
                return count_papers(*place, papers, act, given=given, tellers=asked.tellers, which=asked.round)
            case CloseAsked():
                return close_ballot(*place, act)
            case AnnulAsked():
                return annul_ballot(*place, act, which=asked.round)

    def _found(self, bearer: Held, at: Place) -> tuple[Board, Ballot]:
        found = board_of(self._desk, *at, bearer.actor, self._clock(), part=slice(0, 1))
        if found.ballot is None:
            raise no_such_ballot()
        return found, found.ballot

    def _told(self, bearer: Held, language: str, at: Place) -> BallotShape:
        found, ballot = self._found(bearer, at)
        return BallotShape(
            secret=ballot.secret,
            clause=ballot.clause,
            threshold=ballot.threshold.words.in_language(language),
            quorum=ballot.quorum.words.in_language(language) if ballot.quorum else None,
            picks=ballot.picks,
            rounds=[_round(one, found, language) for one in found.rounds],
            may=may_told({name: found.may[name] for name in ("ballot", "cast", "annul")}, language),
        )

    def _paper(self, bearer: Held, at: Place, member: str) -> BallotPaper:
        act = self._act(bearer)
        found = ballot_paper(self._desk, *at, member, act)
        if isinstance(found, Denied):
            # Whose ballots are not the asker's to look at has none for them.
            raise no_such_ballot()
        return found


def _paper(found: BallotPaper) -> PaperShape:
    held = found.round.held
    return PaperShape(
        program=found.program.id,
        stage=found.stage,
        round=held.row.round,
        member=found.member,
        picks=held.picks,
        exactly=held.ballot.exactly,
        nominees=[
            OnPaperShape(number=number, nominee=found.round.nominees[number], mark=found.given.get(number))
            for number in found.over
        ],
    )


def _round(one: Shown, board: Board, language: str) -> RoundShape:
    held, row = one.held, one.held.row
    holds, enters = board.may["ballot"] is None, board.may["cast"] is None
    # While a round is open, what was counted is told to those who hold it alone.
    tells = one.state != "open" or holds
    return RoundShape(
        round=row.round,
        state=one.state,
        again_after=one.again_after,
        secret=row.secret,
        picks=held.picks,
        seated=len(held.members),
        attending=len(held.attendance.attending),
        members=[
            MemberShape(
                member=member,
                present=present,
                recused_from=[number for number, some in held.recused.items() if holds and member in some],
            )
            for member, present in held.members.items()
            if holds or enters
        ],
        nominees=_voted_on(one, language, tells=tells),
        voted=sorted(one.votes) if one.state == "open" and enters and not row.secret else [],
        returned=row.returned if tells else None,
        invalid=row.invalid if tells else None,
        blank=row.blank if tells else None,
        tellers=list(row.tellers or ()) if tells else [],
        tie=TieShape(grade=one.found.tie.grade, level=list(one.found.tie.level), places=one.found.tie.places)
        if one.found and one.found.tie
        else None,
    )


def _voted_on(one: Shown, language: str, *, tells: bool) -> list[VotedOnShape]:
    lines = {line.number: line for line in one.found.lines} if one.found else {}
    decided = one.found is not None and one.found.tie is None
    shapes = []
    for number in lines or one.nominees:
        count, line = one.held.counts.get(number) if tells else None, lines.get(number)
        shapes.append(
            VotedOnShape(
                number=number,
                nominee=one.named.get(number, ""),
                yes=count.yes if count else None,
                no=count.no if count else None,
                abstained=count.abstained if count else None,
                chosen=line.chosen if line and decided else None,
                grade=line.grade if line else None,
                steps=[words.in_language(language) for words in line.told] if line else [],
            )
        )
    return shapes
