"""Ending sessions as part of what ends them: a sign-out, another password, a person who is disabled."""

from sqlalchemy import select, update

from operations.acts import Act
from store import INSTALLATION, Transaction
from store import tables as t


def end_sessions(
    transaction: Transaction, name: str, act: Act, *, only: int | None = None, but: int | None = None
) -> int:
    """End a person's sessions as part of a change: all, one of them, or all but one. Returns how many."""
    of = t.session.c
    theirs = select(t.person.c.id).where(t.person.c.name == name).scalar_subquery()
    query = update(t.session).where(of.person_id == theirs, of.ended_at.is_(None), of.ends_at > act.now)
    if only is not None:
        query = query.where(of.id == only)
    if but is not None:
        query = query.where(of.id != but)
    ended = transaction.connection.execute(query.values(ended_at=act.now)).rowcount
    if ended:
        transaction.record(INSTALLATION, "session.ended", subject=name, count=ended, **act.signature())
    return ended
