"""What was scored, reported and voted, read for many nominees at once, as one transaction sees it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Text, func, select, type_coerce
from sqlalchemy.engine import Connection

from operations.desk import Running
from operations.known_scores import Given, KnownScores, ScoreRow
from operations.naming import ids_called
from operations.results import UnknownError
from programs import Words
from programs.evaluations import Track
from programs.stages import Review, Vote
from states.ranking import Entry, RankingRules, Resolution, Way, rules_of, vote_counted
from states.scoring import REPORTED, Evaluated
from store import among
from store import tables as t
from store.types import documents

#: What is said where a stage has no such track, to be filled with `id` and `known`.
NO_SUCH_TRACK: Final = Words("没有评议项 {id}；此环节的评议项：{known}", "no track {id}; the stage has {known}")


def ranking_stage(running: Running, stage_id: str) -> Vote | Review:
    """Return a stage that is scored or voted; raises `UnknownError` for any other."""
    held = {stage.id: stage for stage in running.program.held_stages if isinstance(stage, Vote | Review)}
    if stage_id not in held:
        raise UnknownError(
            Words(
                "“{id}”不是评议或投票环节；可用：{known}", "{id} is no review and no vote; use one of: {known}"
            ).format(id=stage_id, known="、".join(held) or "—")
        )
    return held[stage_id]


def track_of(stage: Vote | Review, track_id: str) -> Track:
    """Return a track of a stage by its id or name; raises `UnknownError` for one that it has not."""
    called = ids_called([track_id], {one.id: one.name for one in stage.tracks}, NO_SUCH_TRACK)[track_id]
    return next(one for one in stage.tracks if one.id == called)


def standing_here(connection: Connection, program_id: str, stage_id: str, *, lock: bool = False) -> list[Row[Any]]:
    """Return the nominations that stand at a stage, in the order of their numbers; held for this transaction or not."""
    of = t.nomination.c
    query = select(t.nomination).where(of.program_id == program_id, of.stage == stage_id).order_by(of.number)
    return list(connection.execute(query.with_for_update() if lock else query))


def ranked_here(connection: Connection, ids: Sequence[int], stage_id: str) -> set[int]:
    """Return which of these nominations have a place in a settled ranking of the stage."""
    of = t.ranked.c
    return set(
        connection.execute(
            select(of.nomination_id).where(of.stage == stage_id, among(of.nomination_id, list(ids)))
        ).scalars()
    )


@dataclass(frozen=True, slots=True)
class Score:
    """What one evaluator gave one nominee, as it stands now."""

    nomination: int
    track: str
    evaluator: str
    panel: str | None
    points: dict[str, Decimal]
    opinion: str
    revision: int
    entered_by: str


def scores_of(
    connection: Connection, ids: Sequence[int], stage_id: str, *, evaluator: str | None = None
) -> list[Score]:
    """Return the scores of these nominations at a stage that count now; of one evaluator, or of all."""
    query = select(t.score).where(*_counting(ids, stage_id))
    if evaluator is not None:
        query = query.where(t.score.c.evaluator == evaluator)
    return [
        Score(
            row.nomination_id,
            row.track,
            row.evaluator,
            row.panel,
            {key: Decimal(points) for key, points in row.points.items()},
            row.opinion,
            row.revision,
            row.entered_by,
        )
        for row in connection.execute(query)
    ]


def _counting(ids: Sequence[int], stage_id: str) -> tuple[ColumnElement[bool], ...]:
    of = t.score.c
    return of.stage == stage_id, ~of.superseded, among(of.nomination_id, list(ids))


def votes_of(connection: Connection, program_id: str, stage_id: str, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return the votes of these nominations by platform, of those who are counted on every platform there is."""
    of = t.tally.c
    mine = (of.program_id == program_id, of.stage == stage_id, ~of.superseded)
    count = connection.execute(select(func.count()).select_from(t.tally).where(*mine)).scalar_one()
    query = select(t.tally_votes.c.nomination_id, of.platform, t.tally_votes.c.votes).join_from(t.tally_votes, t.tally)
    votes: dict[int, dict[str, int]] = defaultdict(dict)
    for nomination, platform, given in connection.execute(
        query.where(*mine, among(t.tally_votes.c.nomination_id, list(ids)))
    ):
        votes[nomination][platform] = given
    return {nomination: own for nomination, own in votes.items() if len(own) == count}


def entries_of(
    connection: Connection,
    running: Running,
    stage: Vote | Review,
    rules: RankingRules,
    numbers: Mapping[int, str],
    known: KnownScores | None = None,
) -> list[Entry]:
    """Return what a ranking is made of, scores, reports and votes, by nomination; `numbers` are theirs by id.

    Of scores that are `known` only which of them count is read.
    """
    ids = list(numbers)
    evaluations: dict[int, dict[str, list[Evaluated]]] = {one: {} for one in ids}
    scored = {track.id for track in stage.tracks if track.criteria}
    for nomination, (track, evaluated) in _scored(connection, ids, stage.id, known):
        if track in scored:
            evaluations[nomination].setdefault(track, []).append(evaluated)
    of = t.report.c
    reports = select(t.report).where(of.stage == stage.id, among(of.nomination_id, ids))
    for row in connection.execute(reports) if len(scored) < len(stage.tracks) else ():
        if row.track not in scored:
            reported = {} if row.points is None else {REPORTED: Decimal(row.points)}
            evaluations[row.nomination_id].setdefault(row.track, []).append(
                Evaluated(row.reporter, reported, row.opinion)
            )
    votes = votes_of(connection, running.program.id, rules.vote.id, ids) if rules.vote else {}
    return [Entry(numbers[one], evaluations[one], votes.get(one)) for one in ids]


def _scored(
    connection: Connection, ids: Sequence[int], stage_id: str, known: KnownScores | None
) -> Iterable[tuple[int, Given]]:
    """Return the nomination of each score that counts, with what it says."""
    counting = _counting(ids, stage_id)
    if known is None:
        return ((row.nomination, given) for row, given in _given(connection, counting).items())
    of = t.score.c
    rows = [
        ScoreRow(*row) for row in connection.execute(select(of.id, of.nomination_id, of.entered_at).where(*counting))
    ]
    found = known.of(rows, lambda some: _given(connection, (among(of.id, [row.id for row in some]),)))
    return ((row.nomination, found[row]) for row in rows)


def _given(connection: Connection, asked: Iterable[ColumnElement[bool]]) -> Mapping[ScoreRow, Given]:
    """Read what scores say."""
    of = t.score.c
    told_of = (of.track, of.evaluator, type_coerce(of.points, Text), of.opinion, of.panel)
    found = connection.execute(select(of.id, of.nomination_id, of.entered_at, *told_of).where(*asked)).all()
    if not found:
        return {}
    ids, nominations, instants, tracks, evaluators, points, opinions, groups = zip(*found, strict=True)
    told = zip(ids, nominations, instants, tracks, evaluators, documents(points), opinions, groups, strict=True)
    return {
        ScoreRow(id_, nomination, entered_at): Given(
            track, Evaluated(evaluator, {criterion: Decimal(one) for criterion, one in some.items()}, opinion, panel)
        )
        for id_, nomination, entered_at, track, evaluator, some, opinion, panel in told
    }


def ranking_rules(connection: Connection, running: Running, stage: Vote | Review) -> RankingRules:
    """Return how a stage ranks now, with the places of its cut that settled rankings have left."""
    vote = vote_counted(running.program, stage)
    if stage.keep is None:
        return rules_of(stage, vote, left=None)
    of = t.ranking.c
    query = select(func.count()).select_from(t.ranked.join(t.ranking, t.ranked.c.ranking_id == of.id))
    gone = connection.execute(
        query.where(of.program_id == running.program.id, of.stage == stage.id, t.ranked.c.goes_on)
    ).scalar_one()
    return rules_of(stage, vote, left=max(stage.keep - gone, 0))


def resolutions_of(connection: Connection, program_id: str, stage_id: str) -> list[Resolution]:
    """Return how those who were level were told apart, the oldest first."""
    of = t.tie_resolution.c
    query = select(t.tie_resolution).where(of.program_id == program_id, of.stage == stage_id).order_by(of.id)
    return [Resolution(Way(row.way), row.points, row.reason) for row in connection.execute(query)]
