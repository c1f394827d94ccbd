"""Which scores are still missing of what experts were assigned: one by one, and how many of each expert."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from operations.experts.listing import Evaluation
from programs.evaluations import Evaluation as Kind
from programs.evaluations import Track
from programs.stages import Approval, Decision, Review, Vote
from store import among_names
from store import tables as t


@dataclass(frozen=True, slots=True)
class Lacking:
    """A score that is missing: whose, of whom, and on what."""

    number: str
    expert: str
    tracks: tuple[str, ...]


#: A stage at which experts may be drawn; at a decision they decide, and score nothing.
Stage = Vote | Review | Decision | Approval


def lacking_of(connection: Connection, stage: Stage, assignments: Sequence[Evaluation]) -> Iterator[Lacking]:
    """Yield what experts have not scored of these assignments at a stage, in their order."""
    tracks = _scored(stage)
    of, whose = t.score.c, t.nomination.c
    numbers = [one.number for one in assignments]
    query = (
        select(whose.number, of.evaluator, of.track)
        .join_from(t.score, t.nomination)
        .where(of.stage == stage.id, ~of.superseded, among_names(whose.number, numbers, connection.dialect.name))
    )
    given = set(connection.execute(query).tuples())
    for one in assignments:
        for expert in one.experts:
            missing = tuple(track.name for track in tracks if (one.number, expert, track.id) not in given)
            if missing:
                yield Lacking(one.number, expert, missing)


def lacking_by_expert(
    connection: Connection, program_id: str, stage: Stage, hidden: AbstractSet[str]
) -> Mapping[str, int]:
    """Return of how many nominees who stand at a stage each expert owes something; whoever owes nothing is left out.

    Nominations that are `hidden`, by number, are not counted.
    """
    tracks = [track.id for track in _scored(stage)]
    if not tracks:
        return {}
    assigned, score, expert, of = t.assignment.c, t.score.c, t.expert.c, t.nomination.c
    here = [of.program_id == program_id, of.stage == stage.id, assigned.stage == stage.id]
    if hidden:
        here.append(of.number.not_in(sorted(hidden)))
    given = (
        select(func.count())
        .where(
            score.nomination_id == assigned.nomination_id,
            score.stage == assigned.stage,
            score.evaluator == expert.name,
            ~score.superseded,
            score.track.in_(tracks),
        )
        .scalar_subquery()
    )
    owed = (
        select(expert.name, func.count())
        .join_from(t.assignment, t.nomination)
        .join(t.expert, expert.id == assigned.expert_id)
        .where(*here, given < len(tracks))
        .group_by(expert.name)
    )
    return dict(connection.execute(owed).tuples().all())


def _scored(stage: Stage) -> list[Track]:
    tracks = stage.tracks if isinstance(stage, Vote | Review) else ()
    return [track for track in tracks if track.criteria and track.evaluation is not Kind.VOTE]
