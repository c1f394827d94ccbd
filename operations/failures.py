"""Nominations that a sweep could not move, and why: kept until a later one can."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, exists, select, update

from operations.desk import Desk
from programs import Words
from states import Refusal
from store import insert_new
from store import tables as t


def swept_in_vain(problem: str) -> Refusal:
    """Say that a sweep could not do what it owed to one nomination."""
    return Refusal(
        "swept",
        Words("巡检未能办理：{problem}", "the sweep failed: {problem}").format(problem=problem),
        Words("其余各件照常办理；请管理员查明后再巡检", "all others went on; find out why, then sweep again"),
    )


def keep_failures(desk: Desk, failed: Mapping[int, str], now: datetime) -> None:
    """Keep what failed in this sweep (nomination id → problem), and forget what is no longer due."""
    term_is_due = exists().where(t.tenure.c.nomination_id == t.nomination.c.id, t.tenure.c.next_at <= now)
    due_at = t.nomination.c.due_at
    over = select(t.nomination.c.id).where(due_at.is_(None) | (due_at > now), ~term_is_due)
    of = t.sweep_failure.c
    with desk.store.read() as connection:
        known = connection.execute(select(exists().where(of.nomination_id.is_not(None)))).scalar_one()
    if not failed and not known:
        return
    with desk.store.write() as transaction:
        connection = transaction.connection
        connection.execute(delete(t.sweep_failure).where(of.nomination_id.in_(over)))
        insert_new(
            connection,
            t.sweep_failure,
            [
                {"nomination_id": nomination, "problem": problem, "since": now, "last_at": now}
                for nomination, problem in failed.items()
            ],
        )
        for nomination, problem in failed.items():
            connection.execute(
                update(t.sweep_failure).where(of.nomination_id == nomination).values(problem=problem, last_at=now)
            )
