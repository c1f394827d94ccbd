"""Whether a committee's ballot can be held as it is written."""

from collections.abc import Iterator

from programs.ballots import Ballot
from programs.checks.sentences import fault
from programs.errors import Fault
from programs.model import Program
from programs.stages import Decision, Review, Stage, Vote


def ballots_to_hold(program: Program) -> Iterator[Fault]:
    """Find ballots whose members or rankings come too late, quorums and picks beyond what there is, shares in vain."""
    held = program.held_stages
    for stage_id, ballot in program.ballots().items():
        stage = program.stage(stage_id)
        before = held[: held.index(stage) + 1]
        place = f"stages.{stage_id}.ballot"
        if ballot.panel is not None:
            yield from _members(program, ballot, before, place)
        if ballot.ranking is not None and not any(
            one.id == ballot.ranking and isinstance(one, Review | Vote) for one in before[:-1]
        ):
            yield fault("ballot_ranking_missing", f"{place}.ranking", ranking=ballot.ranking)
        if ballot.grades and not (isinstance(stage, Decision) and not stage.confirms):
            yield fault("ballot_grades_in_vain", f"{place}.grades", name=stage.name)
        places = _places(program, stage)
        if ballot.picks is not None and places is not None and ballot.picks > places:
            yield fault("picks_above_places", f"{place}.picks", picks=ballot.picks, places=places)


def _members(program: Program, ballot: Ballot, before: tuple[Stage, ...], place: str) -> Iterator[Fault]:
    panel = program.panels().get(ballot.panel or "")
    if panel is None or all(one.id != ballot.panel for one in before):
        yield fault("ballot_panel_missing", f"{place}.panel", panel=ballot.panel)
    elif ballot.quorum and ballot.quorum.count and ballot.quorum.count > panel.size:
        yield fault("quorum_above_panel", f"{place}.quorum", count=ballot.quorum.count, size=panel.size)


def _places(program: Program, stage: Stage) -> int | None:
    """Return how many can be chosen at a stage, where that is limited."""
    if isinstance(stage, Review):
        return stage.keep
    if not isinstance(stage, Decision) or stage.confirms or any(seats.kind != "cap" for seats in program.seats):
        return None
    return sum(seats.count or 0 for seats in program.seats)
