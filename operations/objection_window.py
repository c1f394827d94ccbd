"""Whether an objection comes in time: to a list that is public, or to one that its nominee has gone on from since."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from operations import objection_refusals as refusal_of
from operations.acts import Act
from operations.desk import Running
from operations.paths import path_of
from operations.placing import Landing
from operations.results import Denied
from states import Case, Circumstances, Move, Refusal
from store import tables as t


def comes_too_late(connection: Connection, running: Running, row: Row[Any], stage: str, act: Act) -> Denied | None:
    """Judge an objection that moves nobody like one that does: on the end of the list's publicity."""
    public = f"{stage}.running"
    case = Case(public, path_of(row), due=Landing(connection, running, act.now).due(public, row).at)
    refusals = running.pipeline.may(case, Move.OBJECT, Circumstances(act.now, reason=act.reason))
    return Denied(refusals, row.number) if refusals else None


def list_is_over(connection: Connection, running: Running, row: Row[Any], act: Act) -> Refusal | None:
    """Say when objections were taken where the nominee has gone on since."""
    of = t.publicity.c
    listed = connection.execute(
        select(of.stage, of.objections_close_at).where(of.id == row.publicity_id, of.objections_close_at <= act.now)
    ).one_or_none()
    if listed is None or running.pipeline.standings[row.stage].stage == listed.stage:
        return None
    clauses = {stage.id: stage.clause for stage in running.program.stages}
    return refusal_of.late(listed.objections_close_at, clauses.get(listed.stage))
