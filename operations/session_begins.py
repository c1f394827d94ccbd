"""Beginning sessions: what all doors have in common through which somebody comes in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, insert, or_, select, update
from sqlalchemy.engine import Connection

from operations.actors import Actor, Role
from operations.acts import Act
from operations.attempts import told_of_nobody
from programs import Words
from states import Refusal
from store import INSTALLATION, Transaction
from store import tables as t

#: A session ends after this, however busy.
LONGEST: Final = timedelta(hours=10)
#: Sessions that ended are kept this long.
_KEPT: Final = timedelta(days=30)


class Door(StrEnum):
    """By what somebody shows who they are."""

    PASSWORD = "password"  # noqa: S105 - the name of a door
    PROVIDER = "provider"

    @property
    def label(self) -> Words:
        """What people call this door."""
        return _LABELS[self]


_LABELS = {
    Door.PASSWORD: Words("密码", "password"),
    Door.PROVIDER: Words("统一身份认证", "identity provider"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """How somebody comes in: by which door, from which address, and whether our second factor is still to be shown.

    `vouched`: whoever keeps the door has asked them for a second factor already.
    """

    door: Door
    address: str
    awaits_code: bool = False
    vouched: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session has begun. `token` is for the browser alone and kept nowhere."""

    token: str
    ends_at: datetime
    awaits_code: bool = False


def begin_session(transaction: Transaction, person: Row[Any], entry: Entry, now: datetime) -> SignedIn:
    """Begin a session of a person who has been found to be who they say, in the first of their roles."""
    connection = transaction.connection
    role, organization = roles_of(connection, person.id)[0]
    _forget_ended(connection, now)
    token, ends_at = token_urlsafe(32), now + LONGEST
    connection.execute(
        insert(t.session).values(
            token=digest_of(token),
            person_id=person.id,
            role=role.value,
            organization=organization,
            address=entry.address[:64],
            begun_at=now,
            seen_at=now,
            ends_at=ends_at,
            awaits_code=entry.awaits_code,
            door=entry.door.value,
            vouched=entry.vouched,
        )
    )
    signature = Act(Actor(person.name, role, organization), now).signature()
    where = entry.address[:64] or None
    transaction.record(
        INSTALLATION, "session.begun", subject=person.name, address=where, door=entry.door.value, **signature
    )
    return SignedIn(token, ends_at, entry.awaits_code)


def renewed(connection: Connection, session_id: int) -> str:
    """Give a session another token, and return it: whoever has the one before has nothing any more."""
    token = token_urlsafe(32)
    connection.execute(update(t.session).where(t.session.c.id == session_id).values(token=digest_of(token)))
    return token


def roles_of(connection: Connection, person_id: int) -> tuple[tuple[Role, str | None], ...]:
    """Return the roles of a person, in the order in which they were given."""
    return tuple((Role(role), place) for role, place in connection.execute(_ROLES, {"person": person_id}))


def has_second_factor(connection: Connection, person_id: int) -> bool:
    """Whether a person has a second factor of ours that is confirmed."""
    of = t.second_factor.c
    return bool(
        connection.execute(select(of.person_id).where(of.person_id == person_id, of.confirmed_at.is_not(None))).first()
    )


def record_failure(
    transaction: Transaction, name: str | None, now: datetime, address: str, door: Door = Door.PASSWORD
) -> None:
    """Record that somebody was not let in; of a name that is nobody's, no more than tells that there are such.

    The name itself may be a password that somebody typed into the wrong field.
    """
    tries = None if name else told_of_nobody(transaction.connection, now)
    if name or tries:
        transaction.record(
            INSTALLATION,
            "sign-in.failed",
            subject=name,
            actor=name or "—",
            address=address[:64] or None,
            door=door.value,
            tries=tries,
            now=now.isoformat(),
        )


def digest_of(token: str) -> str:
    """Return what the store keeps of a secret that somebody holds: a browser's token, or one of the API."""
    return sha256(token.encode()).hexdigest()


def no_role() -> Refusal:
    """Refuse to let in somebody who could do nothing."""
    return Refusal(
        "role-held",
        Words("您还没有任何角色", "you have no role yet"),
        Words("请管理员授予：linxuan user grant 姓名", "ask an administrator for one: linxuan user grant NAME"),
    )


_ROLES = (
    select(t.person_role.c.role, t.person_role.c.organization)
    .where(t.person_role.c.person_id == bindparam("person"))
    .order_by(t.person_role.c.id)
)


def _forget_ended(connection: Connection, now: datetime) -> None:
    """Forget sessions that ended so long ago that nobody asks for them."""
    of = t.session.c
    long_ago = now - _KEPT
    connection.execute(delete(t.session).where(or_(of.ends_at < long_ago, of.ended_at < long_ago)))
