"""Tokens of the API: each stands for one person in one of their roles, until it ends, is revoked, or the role is.

Whoever holds a token acts as that person. The store keeps its SHA-256; the token itself is shown once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final

from sqlalchemy import Row, bindparam, insert, select, update

from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.organizations import AUTHORITY
from operations.people import may_not_manage
from operations.results import Denied, UnknownError
from operations.session_begins import roles_of
from programs import Words
from states import Refusal
from store import INSTALLATION, hold
from store import tables as t

#: How long a token lasts at most.
LONGEST: Final = timedelta(days=366)
#: Begins every token, so that a scanner for secrets knows it.
_PREFIX: Final = "linxuan_"
#: That a token is used is written down no more often than this.
_TOUCH: Final = timedelta(minutes=10)

_of = t.api_token.c


@dataclass(frozen=True, slots=True)
class Token:
    """A token was given. `token` is for its holder alone and kept nowhere."""

    id: int
    token: str
    actor: Actor
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a token stands for."""

    id: int
    label: str
    actor: Actor
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class TokenListed:
    """A token as it is listed: whose, what for, and whether it still stands for anybody."""

    id: int
    name: str
    role: Role
    organization: str | None
    label: str
    created_at: datetime
    ends_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def give_token(  # noqa: PLR0913 - what a token is, each by name
    desk: Desk, name: str, label: str, lasts: timedelta, act: Act, *, role: Role | None = None, place: str | None = None
) -> Token | Denied:
    """Give a token for a person: one's own, or for somebody whom one manages. Without a role, in their only one.

    Raises `UnknownError` for a person who is not registered or does not have the role, for a role that has to be
    chosen, and for a token without a label or of no length.
    """
    label = label.strip()
    if not label or not timedelta() < lasts <= LONGEST:
        raise UnknownError(
            Words(
                f"请写明用途，期限为 1 至 {LONGEST.days} 天", f"say what it is for; it lasts 1 to {LONGEST.days} days"
            )
        )
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY], shared=True)
        if refusal := may_not_manage(connection, act, name, own=True):
            return Denied((refusal,))
        person = connection.execute(_PERSON, {"name": name}).one_or_none()
        if person is None:
            raise UnknownError(Words("没有登记“{name}”", "{name} is not registered").format(name=name))
        if person.disabled_at is not None:
            return Denied((_disabled(name),))
        held = [
            one
            for one in roles_of(connection, person.id)
            if role in (None, one[0]) and (place is None or one[1] == place) and one[0] is not Role.NOMINEE
        ]
        if len(held) != 1:
            raise UnknownError(_which(name, many=len(held) > 1))
        ((chosen, organization),) = held
        token, ends_at = _PREFIX + token_urlsafe(32), act.now + lasts
        made = connection.execute(
            insert(t.api_token).values(
                token=_digest(token),
                person_id=person.id,
                role=chosen.value,
                organization=organization,
                label=label,
                created_at=act.now,
                ends_at=ends_at,
            )
        )
        transaction.record(
            INSTALLATION,
            "token.given",
            subject=name,
            label=label,
            given=chosen.value,
            where=organization,
            until=ends_at.isoformat(),
            **act.signature(),
        )
        ((identity,),) = [made.inserted_primary_key or (0,)]
        return Token(identity, token, Actor(name, chosen, organization), ends_at)


def bearer_of(desk: Desk, token: str, now: datetime) -> Bearer | None:
    """Return whom a token stands for, and write down that it is used.

    None where there is none, it has ended or was revoked, the person is disabled, or no longer has the role.
    """
    with desk.store.read() as connection:
        row = connection.execute(_VALID, {"token": _digest(token)}).one_or_none()
        if (
            row is None
            or now >= row.ends_at
            or (Role(row.role), row.organization) not in roles_of(connection, row.person_id)
        ):
            return None
    if row.used_at is None or now >= row.used_at + _TOUCH:
        with desk.store.write() as transaction:
            transaction.connection.execute(update(t.api_token).where(_of.id == row.id).values(used_at=now))
    return Bearer(row.id, row.label, Actor(row.name, Role(row.role), row.organization), row.ends_at)


def list_tokens(desk: Desk, *, name: str | None = None) -> list[TokenListed]:
    """Return the tokens of one person or of all, the newest first."""
    query = select(t.api_token, t.person.c.name).join_from(t.api_token, t.person).order_by(_of.id.desc())
    with desk.store.read() as connection:
        return [
            _listed(row) for row in connection.execute(query if name is None else query.where(t.person.c.name == name))
        ]


def revoke_token(desk: Desk, token_id: int, act: Act) -> TokenListed | Denied:
    """Revoke a token, one's own or of somebody whom one manages; again is no change.

    Raises `UnknownError` for one that is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = connection.execute(
            select(t.api_token, t.person.c.name).join_from(t.api_token, t.person).where(_of.id == token_id)
        ).one_or_none()
        if row is None:
            raise UnknownError(Words(f"没有第 {token_id} 号令牌", f"there is no token {token_id}"))
        if refusal := may_not_manage(connection, act, row.name, own=True):
            return Denied((refusal,))
        if row.revoked_at is None:
            connection.execute(update(t.api_token).where(_of.id == token_id).values(revoked_at=act.now))
            transaction.record(INSTALLATION, "token.revoked", subject=row.name, label=row.label, **act.signature())
        return _listed(row)


_PERSON = select(t.person).where(t.person.c.name == bindparam("name"))
_VALID = (
    select(t.api_token, t.person.c.name)
    .join_from(t.api_token, t.person)
    .where(_of.token == bindparam("token"), _of.revoked_at.is_(None), t.person.c.disabled_at.is_(None))
)


def _listed(row: Row[Any]) -> TokenListed:
    return TokenListed(
        row.id,
        row.name,
        Role(row.role),
        row.organization,
        row.label,
        row.created_at,
        row.ends_at,
        row.used_at,
        row.revoked_at,
    )


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _disabled(name: str) -> Refusal:
    return Refusal(
        "person-enabled",
        Words("{name}已停用", "{name} is disabled").format(name=name),
        Words("请先启用：linxuan user enable 姓名", "enable them first: linxuan user enable NAME"),
    )


def _which(name: str, *, many: bool) -> Words:
    if many:
        return Words(
            "{name}有几个角色；请用 --role 和 --organization 写明是哪一个",
            "{name} has several roles; say which with --role and --organization",
        ).format(name=name)
    return Words(
        "{name}没有这个角色；用 linxuan user list 查看", "{name} has no such role; see: linxuan user list"
    ).format(name=name)
