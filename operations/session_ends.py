"""Ending sessions, and tokens of the API, as part of what ends them: a sign-out, a password, a person disabled."""

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


def revoke_tokens(transaction: Transaction, name: str, act: Act) -> None:
    """Revoke a person's tokens and calendars' addresses that still hold, as part of a change; each is told."""
    of = t.api_token.c
    theirs = select(t.person.c.id).where(t.person.c.name == name).scalar_subquery()
    holding = update(t.api_token).where(of.person_id == theirs, of.revoked_at.is_(None), of.ends_at > act.now)
    revoked = transaction.connection.execute(holding.values(revoked_at=act.now).returning(of.id, of.label)).all()
    for _, label in sorted(revoked):
        transaction.record(INSTALLATION, "token.revoked", subject=name, label=label, **act.signature())
    feed = t.calendar_feed.c
    subscribed = update(t.calendar_feed).where(feed.person_id == theirs, feed.revoked_at.is_(None))
    for _ in transaction.connection.execute(subscribed.values(revoked_at=act.now).returning(feed.id)).all():
        transaction.record(INSTALLATION, "feed.revoked", subject=name, **act.signature())
