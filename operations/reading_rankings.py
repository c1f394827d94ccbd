"""Rankings as scores and votes give them: now, of those who have no place in one, and as they were settled."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, select
from sqlalchemy.engine import Connection

from operations.desk import Desk, Running
from operations.evaluated import entries_of, ranking_rules, resolutions_of
from operations.fingerprints import fingerprint_of
from operations.known_rankings import Inputs
from operations.ranked import Ranked
from programs.evaluations import Evaluation
from programs.stages import Review, Vote
from states.explaining import ranking_json
from states.ranking import Ranking, RankingRules, rank, rules_of, vote_counted
from store import is_remembering
from store import tables as t
from store.chain import canonical


def unranked(connection: Connection, program_id: str, stage_id: str) -> list[Row[Any]]:
    """Return who stands at a stage and has no place in a ranking of it, by number; of each what a ranking tells."""
    of = t.nomination.c
    query = select(of.id, of.number, of.nominee, of.unit)
    return list(connection.execute(query.where(*_unranked(program_id, stage_id)).order_by(of.number)).all())


def is_anybody_unranked(connection: Connection, program_id: str, stage_id: str) -> bool:
    """Whether somebody stands at a stage who has no place in a ranking of it."""
    query = select(t.nomination.c.id).where(*_unranked(program_id, stage_id)).limit(1)
    return connection.execute(query).first() is not None


def ranking_of(
    desk: Desk, connection: Connection, running: Running, stage: Vote | Review, rows: Sequence[Row[Any]]
) -> Ranking:
    """Rank these, of whom `id` and `number` are asked."""
    # What is settled is ranked by what its own transaction reads.
    known = desk.known_scores if is_remembering(connection) else None
    rules = ranking_rules(connection, running, stage)
    entries = entries_of(connection, running, stage, rules, {row.id: row.number for row in rows}, known)
    return rank(rules, entries, resolutions_of(connection, running.program.id, stage.id))


def ranking_now(desk: Desk, connection: Connection, running: Running, stage: Vote | Review) -> Ranked:
    """Rank all of whom `unranked` tells; what was ranked before is told again where it was made of the same."""
    program_id = running.program.id

    def ranked() -> Ranked:
        rows = unranked(connection, program_id, stage.id)
        return Ranked(program_id, stage, ranking_of(desk, connection, running, stage, rows), {})

    if not _may_be_known(connection, stage):
        return ranked()
    rules, who = ranking_rules(connection, running, stage), _unranked(program_id, stage.id)
    vote = rules.vote.id if rules.vote else None
    # With the instant at which the last of them came: others may have ids that add up alike.
    came = func.max(t.nomination.c.moved_at)
    return desk.known_rankings.of(_inputs(connection, running, stage, rules, vote, who, came), ranked)


def ranking_as_settled(
    desk: Desk, connection: Connection, running: Running, stage: Vote | Review, settled: Row[Any]
) -> Ranked:
    """Rank whom a settled ranking has placed, as it did, and say whether that is what was settled.

    One that was held against its digest is told again where it was made of the same.
    """
    of = t.ranked.c
    placed = select(of.nomination_id).where(of.ranking_id == settled.id)

    def ranked() -> Ranked:
        query = select(t.nomination.c.id, t.nomination.c.number).where(t.nomination.c.id.in_(placed))
        numbers = dict(connection.execute(query).tuples().all())
        # As it was settled: a later ruling may have changed how the stage ranks.
        then = type(stage).model_validate(settled.rules["stage"])
        kept = settled.rules["vote"]
        own = vote_counted(running.program, then) if isinstance(then, Vote) else None
        rules = rules_of(then, Vote.model_validate(kept) if kept else own, left=settled.places)
        entries = entries_of(connection, running, then, rules, numbers)
        ranking = rank(rules, entries, resolutions_of(connection, running.program.id, stage.id))
        return Ranked(
            running.program.id,
            then,
            ranking,
            {},
            settled.round,
            settled.settled_by,
            settled.settled_at,
            digest_of(then, ranking) == settled.digest,
        )

    if not _may_be_known(connection, stage):
        return ranked()
    who = (t.nomination.c.id.in_(placed),)
    vote = settled.rules["vote"]["id"] if settled.rules["vote"] else stage.id if isinstance(stage, Vote) else None
    return desk.known_rankings.of(_inputs(connection, running, stage, (settled.id, settled.digest), vote, who), ranked)


def digest_of(stage: Vote | Review, ranking: Ranking) -> str:
    """Return the SHA-256 of how was ranked, of all that went in, and of what came out."""
    told = {**rules_kept(stage, ranking), "left": ranking.rules.left, "lines": ranking_json(ranking)}
    return sha256(canonical(told).encode()).hexdigest()


def rules_kept(stage: Vote | Review, ranking: Ranking) -> dict[str, Any]:
    """Return how was ranked, as it is kept with a settled ranking."""
    # What is as it is by default is left out, so that a field that a later version knows changes no digest.
    vote = ranking.rules.vote
    kept = {"stage": stage, "vote": None if vote is stage else vote}
    return {
        name: None if one is None else {"kind": one.kind, **one.model_dump(mode="json", exclude_defaults=True)}
        for name, one in kept.items()
    }


def _may_be_known(connection: Connection, stage: Vote | Review) -> bool:
    """Whether rows tell by themselves that a ranking is made of the same, and what is read is there to stay."""
    # A report is written over where it stands; and what is written may never be.
    reported = [track for track in stage.tracks if not track.criteria and track.evaluation is not Evaluation.VOTE]
    return not reported and is_remembering(connection)


def _unranked(program_id: str, stage_id: str) -> tuple[ColumnElement[bool], ...]:
    of = t.nomination.c
    is_placed = exists().where(t.ranked.c.nomination_id == of.id, t.ranked.c.stage == stage_id)
    return of.program_id == program_id, of.stage == stage_id, ~is_placed


def _inputs(
    connection: Connection,
    running: Running,
    stage: Vote | Review,
    how: RankingRules | tuple[int, str],
    vote: str | None,
    who: Sequence[ColumnElement[bool]],
    *more: ColumnElement[datetime],
) -> Inputs:
    nomination, score = t.nomination.c, t.score.c
    ids = select(nomination.id).where(*who)
    counting = (score.stage == stage.id, ~score.superseded, score.nomination_id.in_(ids))
    return Inputs(
        running.program.id,
        stage.id,
        how,
        tuple(resolutions_of(connection, running.program.id, stage.id)),
        fingerprint_of(connection, nomination.id, who, *more),
        # With the instant, since a backup that was brought back gives ids once more.
        fingerprint_of(connection, score.id, counting, func.max(score.entered_at)),
        _tallies(connection, running.program.id, vote),
    )


def _tallies(connection: Connection, program_id: str, vote: str | None) -> Sequence[tuple[int, datetime]]:
    """Return which imports of votes count, and when they were made."""
    if vote is None:
        return ()
    of = t.tally.c
    here = (of.program_id == program_id, of.stage == vote, ~of.superseded)
    return tuple(connection.execute(select(of.id, of.imported_at).where(*here).order_by(of.id)).tuples())
