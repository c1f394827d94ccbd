"""Ending sessions, and tokens of the API, as part of what ends them: a sign-out, a password, a person disabled."""

from sqlalchemy import null, select, true, update

from operations.actors import Role
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


def revoke_tokens(
    transaction: Transaction, name: str, act: Act, *, of_role: tuple[Role, str | None] | None = None
) -> None:
    """Revoke a person's tokens and calendars' addresses that still hold, as part of a change; each is told.

    Of one role and its organization, or all: whoever is given the role once more begins anew.
    """
    theirs = select(t.person.c.id).where(t.person.c.name == name).scalar_subquery()
    for table, holds in ((t.api_token, t.api_token.c.ends_at > act.now), (t.calendar_feed, true())):
        of = table.c
        holding = update(table).where(of.person_id == theirs, of.revoked_at.is_(None), holds)
        if of_role is not None:
            role, place = of_role
            holding = holding.where(of.role == role.value, of.organization.is_not_distinct_from(place))
        label = of.label if table is t.api_token else null()
        revoked = transaction.connection.execute(holding.values(revoked_at=act.now).returning(of.id, label)).all()
        for _, label_told in sorted(revoked, key=lambda one: one[0]):
            transaction.record(
                INSTALLATION,
                "token.revoked" if table is t.api_token else "feed.revoked",
                subject=name,
                label=label_told,
                **act.signature(),
            )
