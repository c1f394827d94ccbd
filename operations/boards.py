"""A stage at which some are chosen, on one board: who stands there, its experts, scores, ranking, votes, seats.

For those who run the stage or oversee it; experts have their own assignments (`operations.experts.evaluating`).
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.engine import Connection

from operations.actors import Actor, Role
from operations.acts import Act
from operations.authority import Authority, matter_at
from operations.ballots.showing import Shown, chosen_by_ballot, show_ballots
from operations.desk import Desk, Running
from operations.experts.lacking import Lacking, lacking_by_expert, lacking_of
from operations.experts.listing import Evaluation, list_assignments
from operations.experts.panels import DrawnPanel, show_panel
from operations.facts import ranks
from operations.fingerprints import fingerprint_of
from operations.paths import path_of
from operations.policy import Deed
from operations.ranked import Ranked
from operations.rankings import going_on, ranking_at
from operations.results import Denied, NothingHereError, UnknownError
from operations.seeing import seeing_as
from operations.tallying import Import, imports_of
from programs import Program, Words
from programs.ballots import Ballot
from programs.model import Seats
from programs.panels import Panel
from programs.stages import Approval, Decision, Review, Vote
from states import Move, Refusal
from states.ranking import Line
from store import tables as t

#: Whom a board has where nobody asks for a part of them.
EVERYBODY: Final = slice(None)
#: Where more than these stand at a stage, the board tells assignments of a part of them.
MOST: Final = 100
#: Where more than these do, the ranking is told apart, as many places at a time, with every step to each.
RANKED: Final = 50

#: A stage that has a board.
Choosing = Vote | Review | Decision | Approval

#: What is done on a board, each asked of the policy.
_DEEDS: Mapping[str, Move | Deed] = {
    "draw": Deed.DRAW_PANEL,
    "recuse": Deed.RECUSE,
    "tally": Deed.TALLY,
    "rank": Deed.RANK,
    "reopen": Deed.REOPEN_RANKING,
    "ballot": Deed.HOLD_BALLOT,
    "cast": Deed.CAST,
    "annul": Deed.ANNUL_BALLOT,
}


@dataclass(frozen=True, slots=True)
class Standee:
    """Somebody who stands at the stage; `grades` they can be given, and `proposed` what a ranking or ballot says.

    `proposed` is a grade's id, `go` without one, and empty for nobody whom it chooses.
    """

    number: str
    nominee: str
    unit: str
    category: str | None
    grades: tuple[Seats, ...]
    proposed: str


@dataclass(frozen=True, slots=True)
class SeatsLeft:
    """A grade with its seats, and how many are taken."""

    seats: Seats
    taken: int


@dataclass(frozen=True, slots=True)
class Board:
    """Everything about one such stage. `may` says of each deed why the reader does not do it, none where they do.

    Nobody from whom the reader is recused is in any part of it. `standing` are those whom they may see of `total`, or
    of the `part` that was asked for, in the order in which they were drawn up; `mark` is another text once somebody has
    come or gone, and `proposed` has what is proposed of all who stand here, by number. `drawn`, `assignments` and
    `lacking` are empty where no experts were drawn; `owed` counts what each expert has not evaluated of all who stand
    here. Where these are more than `MOST`, assignments and what is lacking of them are told of the part alone; where
    they are more than `RANKED`, the ranking, if there `is_ranked` anybody, is for `ranking_desk`.
    """

    program: Program
    stage: Choosing
    total: int
    mark: str
    part: slice
    standing: tuple[Standee, ...]
    proposed: Mapping[str, str]
    panel: Panel | None
    drawn: DrawnPanel | None
    assignments: tuple[Evaluation, ...]
    lacking: tuple[Lacking, ...]
    owed: Mapping[str, int]
    is_ranked: bool
    ranking: Ranked | None
    imports: tuple[Import, ...]
    ballot: Ballot | None
    rounds: tuple[Shown, ...]
    seats: tuple[SeatsLeft, ...]
    may: Mapping[str, Refusal | None]

    @property
    def is_large(self) -> bool:
        """Whether more stand here than are told of at once."""
        return self.total > MOST

    @property
    def is_ranked_apart(self) -> bool:
        """Whether there is a ranking, and more stand here than it is told of on the board."""
        return self.is_ranked and self.total > RANKED

    @property
    def round(self) -> Shown | None:
        """The round that is open, if one is."""
        return next((one for one in reversed(self.rounds) if one.state == "open"), None)


def board_of(
    desk: Desk, program_id: str, stage_id: str, actor: Actor, now: datetime, *, part: slice = EVERYBODY
) -> Board:
    """Return a stage's board; raises `UnknownError` for what is not there, or not the reader's to see.

    `part`: whom of those who stand there, by their places from 0; all of them where it is left out.
    """
    # One read for all of it: the parts fit each other, and what each looks up is known to the next.
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        seeing.program(program_id)
        running = desk.holding(connection, program_id, stage_id)
        stage = choosing_stage(running, stage_id)
        authority, matter = Authority(connection, actor), matter_at(running, stage_id)
        if actor.role is Role.EXPERT or authority.refuses(Deed.SEE_RESULTS, matter) is not None:
            raise no_such_board()
        may = {name: authority.refuses(deed, matter) for name, deed in _DEEDS.items()}
        may["decide"] = authority.refuses(choosing_move(stage), matter)
        here = (t.nomination.c.program_id == program_id, t.nomination.c.stage == stage_id)
        total, mark = fingerprint_of(connection, t.nomination.c.id, here)
        seen = seeing.visible(_standing(connection, (*here, seeing.condition), part))
        settled = isinstance(stage, Vote | Review) and _is_ranked(connection, here, stage_id)
        places = _seats(connection, running, stage)
        hidden = seeing.recused_in(running)
        panel = running.program.panels().get(stage_id)
        sees_names = may["draw"] is None or may["recuse"] is None or actor.role is Role.SUPERVISOR
        owed = lacking_by_expert(connection, program_id, stage, hidden) if panel and sees_names else {}
        drawn = show_panel(desk, program_id, stage_id) if panel and sees_names else None
        act, is_large = Act(actor, now), total > MOST
        listed = (() if part == EVERYBODY else [row.number for row in seen]) if is_large else None
        assignments = _assignments(desk, running.program, stage, act, listed, hidden) if panel and sees_names else ()
        is_ranked = ranks_here(stage)
        ranking = _ranking(desk, program_id, stage, act) if is_ranked and total <= RANKED else None
        lacking = tuple(lacking_of(connection, stage, assignments)) if assignments else ()
        proposed = _proposed(desk, program_id, stage, has_ranking=settled)
        categories = {one.id: one.name for one in running.program.categories}
        return Board(
            program=running.program,
            stage=stage,
            total=total,
            mark=mark,
            part=part,
            proposed=proposed,
            standing=tuple(
                Standee(
                    row.number,
                    row.nominee,
                    row.unit,
                    categories.get(row.category),
                    running.program.grades_at(stage, path_of(row)),
                    proposed.get(row.number, ""),
                )
                for row in seen
            ),
            panel=panel,
            drawn=drawn if not isinstance(drawn, Denied) else None,
            assignments=assignments,
            lacking=lacking,
            owed=owed,
            is_ranked=is_ranked,
            ranking=ranking,
            imports=tuple(_imports(desk, program_id, stage_id, act)) if isinstance(stage, Vote) else (),
            ballot=running.program.ballots().get(stage_id),
            rounds=tuple(_rounds(desk, running.program, stage_id, act)),
            seats=tuple(places),
            may=may,
        )


@dataclass(frozen=True, slots=True)
class RankingDesk:
    """The ranking of a stage, with what may be done with it, as on its board; `lines` are those of a page of it."""

    program: Program
    stage: Vote | Review
    ranking: Ranked
    page: int
    lines: Sequence[Line]
    may: Mapping[str, Refusal | None]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, ceil(len(self.ranking.ranking.lines) / RANKED))


def ranking_desk(desk: Desk, program_id: str, stage_id: str, actor: Actor, now: datetime, *, page: int) -> RankingDesk:
    """Return a page, from 1, of the ranking of a stage.

    Raises `UnknownError` where nothing is ranked, or for what is not the reader's.
    """
    part = slice((page - 1) * RANKED, page * RANKED)
    with desk.store.read() as connection:
        seeing_as(desk, connection, actor, now).program(program_id)
        running = desk.holding(connection, program_id, stage_id)
        stage = choosing_stage(running, stage_id)
        authority, matter = Authority(connection, actor), matter_at(running, stage_id)
        if actor.role is Role.EXPERT or authority.refuses(Deed.SEE_RESULTS, matter) is not None:
            raise no_such_board()
        if not ranks_here(stage):
            raise NothingHereError(Words("“{stage}”不排名次", "nobody is ranked at “{stage}”").format(stage=stage.name))
        may = {name: authority.refuses(_DEEDS[name], matter) for name in ("rank", "reopen")}
        ranking = _ranking(desk, program_id, stage, Act(actor, now), part)
    if ranking is None or not isinstance(stage, Vote | Review):
        raise no_such_board()
    return RankingDesk(running.program, stage, ranking, page, ranking.ranking.lines[part], may)


def boards_in(program: Program) -> list[Choosing]:
    """Return the stages of a program that have a board, in their order."""
    return [stage for stage in program.held_stages if isinstance(stage, Choosing)]


def boards_seen(desk: Desk, program_id: str, actor: Actor) -> list[Choosing]:
    """Return the stages of a program of which somebody is shown the board."""
    if actor.role is Role.EXPERT:
        return []
    with desk.store.read() as connection:
        running, authority = desk.running(connection, program_id), Authority(connection, actor)
        return [
            stage
            for stage in boards_in(running.program)
            if authority.refuses(Deed.SEE_RESULTS, matter_at(running, stage.id)) is None
        ]


def choosing_stage(running: Running, stage_id: str) -> Choosing:
    """Return a stage that has a board; raises `UnknownError`."""
    found = next((stage for stage in boards_in(running.program) if stage.id == stage_id), None)
    if found is None:
        raise no_such_board()
    return found


def choosing_move(stage: Choosing) -> Move:
    """Return the move of those who are chosen at a stage."""
    if isinstance(stage, Decision):
        return Move.CHOOSE
    return Move.APPROVE if isinstance(stage, Approval) else Move.ADVANCE


def no_such_board() -> UnknownError:
    """Say of a board that is not there, or not theirs, one and the same."""
    return UnknownError(Words("没有这一环节", "there is no such stage"))


def _standing(connection: Connection, where: tuple[ColumnElement[bool], ...], part: slice) -> list[Row[Any]]:
    """Return a part of those who stand at a stage. Only of these is more read than an index holds."""
    of = t.nomination.c.id
    if part == EVERYBODY:
        return list(connection.execute(select(t.nomination).where(*where).order_by(of)))
    ids = select(of).where(*where).order_by(of).offset(part.start).limit(part.stop - part.start)
    return list(connection.execute(select(t.nomination).where(of.in_(ids)).order_by(of)))


def _is_ranked(connection: Connection, here: tuple[ColumnElement[bool], ...], stage_id: str) -> bool:
    """Whether somebody who stands at a stage has a place in a settled ranking of it."""
    of = t.ranked.c
    query = select(of.nomination_id).join(t.nomination, t.nomination.c.id == of.nomination_id)
    return connection.scalar(query.where(of.stage == stage_id, *here).limit(1)) is not None


def _seats(connection: Connection, running: Running, stage: Choosing) -> list[SeatsLeft]:
    """Return the grades that are given here, with how many of their seats are taken."""
    if not isinstance(stage, Decision):
        return []
    of = t.place.c
    query = select(of.limit_key, func.count()).where(of.program_id == running.program.id).group_by(of.limit_key)
    taken = dict(connection.execute(query).tuples().all())
    return [SeatsLeft(seats, taken.get(f"seats.{seats.id}", 0)) for seats in running.program.seats]


def ranks_here(stage: Choosing) -> bool:
    """Whether nominees are ranked at a stage."""
    # Where votes count in a review, a ranking tells how the two come together, whether it must be settled or not.
    return isinstance(stage, Vote) or (isinstance(stage, Review) and (ranks(stage) or stage.vote_percent > 0))


def _ranking(desk: Desk, program_id: str, stage: Choosing, act: Act, part: slice = EVERYBODY) -> Ranked | None:
    found = ranking_at(desk, program_id, stage.id, act=act, part=part)
    return None if isinstance(found, Denied) else found


def _assignments(
    desk: Desk,
    program: Program,
    stage: Choosing,
    act: Act,
    listed: Sequence[str] | None,
    hidden: AbstractSet[str],
) -> tuple[Evaluation, ...]:
    found = list_assignments(desk, program.id, stage.id, actor=act.actor, now=act.now, of=listed)
    return () if isinstance(found, Denied) else tuple(one for one in found if one.number not in hidden)


def _imports(desk: Desk, program_id: str, stage_id: str, act: Act) -> Sequence[Import]:
    found = imports_of(desk, program_id, stage_id, act=act)
    return () if isinstance(found, Denied) else found[1]


def _rounds(desk: Desk, program: Program, stage_id: str, act: Act) -> Sequence[Shown]:
    if stage_id not in program.ballots():
        return ()
    found = show_ballots(desk, program.id, stage_id, act=act)
    return () if isinstance(found, Denied) else found


def _proposed(desk: Desk, program_id: str, stage: Choosing, *, has_ranking: bool) -> Mapping[str, str]:
    """Return what a settled ranking, or a closed ballot, would have done with those who stand there."""
    if has_ranking:
        return dict.fromkeys(going_on(desk, program_id, stage.id), "go")
    if not isinstance(stage, Vote) and stage.ballot is not None:
        with suppress(UnknownError):
            return {number: grade or "go" for number, grade in chosen_by_ballot(desk, program_id, stage.id).items()}
    return {}
