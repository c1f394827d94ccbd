"""What the store keeps of people, as no face shows it."""

from sqlalchemy import select

from operations.desk import Desk
from operations.passwords import is_password
from store import tables as t


def password_matches(desk: Desk, name: str, password: str) -> bool:
    """Whether this is the password of somebody who may act; a name that is not there takes as long to refuse."""
    of = t.person.c
    with desk.store.read() as connection:
        kept = connection.execute(select(of.password).where(of.name == name, of.disabled_at.is_(None))).scalar()
    return is_password(kept, password)


def identities_of(desk: Desk, name: str) -> list[tuple[str, str]]:
    """By which claims providers know somebody, and their values, what was bound first first."""
    of = t.identity.c
    query = select(of.claim, of.value).join_from(t.identity, t.person).where(t.person.c.name == name).order_by(of.id)
    with desk.store.read() as connection:
        return list(connection.execute(query).tuples())
