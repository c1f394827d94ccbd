"""The ranking of those who stand at a stage and have no place in one, as scores and votes give it now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, select
from sqlalchemy.engine import Connection

from operations.desk import Desk, Running
from operations.evaluated import entries_of, ranking_rules, resolutions_of
from operations.fingerprints import fingerprint_of
from operations.known_rankings import Inputs
from programs.evaluations import Evaluation
from programs.stages import Review, Vote
from states.ranking import Ranking, RankingRules, rank
from store import is_remembering
from store import tables as t


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


def ranking_now(desk: Desk, connection: Connection, running: Running, stage: Vote | Review) -> Ranking:
    """Rank all of whom `unranked` tells; what was ranked before is told again where it was made of the same."""

    def ranked() -> Ranking:
        return ranking_of(desk, connection, running, stage, unranked(connection, running.program.id, stage.id))

    reported = [track for track in stage.tracks if not track.criteria and track.evaluation is not Evaluation.VOTE]
    if reported or not is_remembering(connection):
        # A report is written over where it stands; and what is written may never be.
        return ranked()
    rules = ranking_rules(connection, running, stage)
    return desk.known_rankings.of(_inputs(connection, running, stage, rules), ranked)


def _unranked(program_id: str, stage_id: str) -> tuple[ColumnElement[bool], ...]:
    of = t.nomination.c
    is_placed = exists().where(t.ranked.c.nomination_id == of.id, t.ranked.c.stage == stage_id)
    return of.program_id == program_id, of.stage == stage_id, ~is_placed


def _inputs(connection: Connection, running: Running, stage: Vote | Review, rules: RankingRules) -> Inputs:
    nomination, score = t.nomination.c, t.score.c
    who = select(nomination.id).where(*_unranked(running.program.id, stage.id))
    counting = (score.stage == stage.id, ~score.superseded, score.nomination_id.in_(who))
    return Inputs(
        running.program.id,
        stage.id,
        rules,
        tuple(resolutions_of(connection, running.program.id, stage.id)),
        fingerprint_of(connection, nomination.id, _unranked(running.program.id, stage.id)),
        # With the instant, since a backup that was brought back gives ids once more.
        fingerprint_of(connection, score.id, counting, func.max(score.entered_at)),
        _tallies(connection, running.program.id, rules.vote),
    )


def _tallies(connection: Connection, program_id: str, vote: Vote | None) -> Sequence[tuple[int, datetime]]:
    """Return which imports of votes count, and when they were made."""
    if vote is None:
        return ()
    of = t.tally.c
    here = (of.program_id == program_id, of.stage == vote.id, ~of.superseded)
    return tuple(connection.execute(select(of.id, of.imported_at).where(*here).order_by(of.id)).tuples())
