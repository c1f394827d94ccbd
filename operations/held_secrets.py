"""Secrets that stand for a person in one of their roles: shown once, kept as SHA-256, listed, used, revoked.

Tokens of the API and addresses of calendars are kinds of them. One holds until it ends, is revoked, the person is
disabled, or the role is theirs no more; nominees have none, since they act on their own pages alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, Final

from sqlalchemy import Row, Select, Table, insert, select, update

from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.organizations import AUTHORITY
from operations.people import may_not_manage
from operations.results import Denied, UnknownError
from operations.session_begins import digest_of, roles_of
from programs import Words
from states import Refusal
from store import INSTALLATION, hold
from store import tables as t

#: That one is used is written down no more often than this.
_TOUCH: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of secret: where it is kept, what one is called, and how many somebody may have.

    One that `acts` is a token: it has a label and an end. `begins` stands before what is left to chance.
    """

    table: Table
    name: Words
    acts: bool
    begins: str = ""
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A secret was given. `secret` is for its holder alone, and kept nowhere."""

    id: int
    secret: str
    actor: Actor
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A secret as it is listed: whose, in which role, what for, and whether it still stands for anybody."""

    id: int
    name: str
    role: Role
    organization: str | None
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    label: str | None = None
    ends_at: datetime | None = None

    @property
    def actor(self) -> Actor:
        """Whom it stands for."""
        return Actor(self.name, self.role, self.organization)


def give(  # noqa: PLR0913 - what a secret is, each by name
    desk: Desk,
    kind: Kind,
    name: str,
    act: Act,
    *,
    role: Role | None = None,
    place: str | None = None,
    label: str | None = None,
    ends_at: datetime | None = None,
) -> Given | Denied:
    """Give a secret for a person: one's own, or for somebody whom one manages. Without a role, in their only one.

    Raises `UnknownError` for a person who is not registered or does not have the role, and for a role that has to be
    chosen.
    """
    of = kind.table.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY], shared=True)
        if refusal := may_not_manage(connection, act, name, own=True):
            return Denied((refusal,))
        person = connection.execute(select(t.person).where(t.person.c.name == name)).one_or_none()
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
        standing = select(of.id).where(of.person_id == person.id, of.revoked_at.is_(None))
        if kind.most is not None and len(connection.execute(standing).all()) >= kind.most:
            return Denied((_too_many(kind, kind.most),))
        ((chosen, organization),) = held
        secret = kind.begins + token_urlsafe(32)
        whose = {"person_id": person.id, "role": chosen.value, "organization": organization, "created_at": act.now}
        kept = {"label": label, "ends_at": ends_at} if kind.acts else {}
        made = connection.execute(insert(kind.table).values(token=digest_of(secret), **whose, **kept).returning(of.id))
        identity = made.scalar_one()
        transaction.record(
            INSTALLATION,
            "token.given" if kind.acts else "feed.given",
            subject=name,
            label=label,
            given=chosen.value,
            where=organization,
            until=ends_at.isoformat() if ends_at else None,
            **act.signature(),
        )
        return Given(identity, secret, Actor(name, chosen, organization), ends_at)


def holder_of(desk: Desk, kind: Kind, secret: str, now: datetime) -> Held | None:
    """Return what a secret stands for now, and write down that it is used; none for one that stands for nobody."""
    of = kind.table.c
    with desk.store.read() as connection:
        standing = (of.token == digest_of(secret), of.revoked_at.is_(None), t.person.c.disabled_at.is_(None))
        row = connection.execute(_all(kind).where(*standing)).one_or_none()
        found = _held(row) if row else None
        if row is None or found is None or (found.ends_at is not None and now >= found.ends_at):
            return None
        if (found.role, found.organization) not in roles_of(connection, row.person_id):
            return None
    if found.used_at is None or now >= found.used_at + _TOUCH:
        with desk.store.write() as transaction:
            transaction.connection.execute(update(kind.table).where(of.id == found.id).values(used_at=now))
    return found


def list_held(desk: Desk, kind: Kind, *, name: str | None = None) -> list[Held]:
    """Return the secrets of one person or of all, the newest first."""
    query = _all(kind).order_by(kind.table.c.id.desc())
    with desk.store.read() as connection:
        rows = connection.execute(query if name is None else query.where(t.person.c.name == name))
        return [_held(row) for row in rows]


def revoke(desk: Desk, kind: Kind, number: int, act: Act) -> Held | Denied:
    """Revoke a secret, one's own or of somebody whom one manages; again is no change.

    Raises `UnknownError` for one that is not there.
    """
    of = kind.table.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = connection.execute(_all(kind).where(of.id == number)).one_or_none()
        if row is None:
            words = Words("没有第 {number} 号{kind}", "there is no {kind} {number}")
            raise UnknownError(words.format(number=number, kind=kind.name))
        found = _held(row)
        if refusal := may_not_manage(connection, act, found.name, own=True):
            return Denied((refusal,))
        if found.revoked_at is None:
            connection.execute(update(kind.table).where(of.id == number).values(revoked_at=act.now))
            said = {"subject": found.name, "label": found.label}
            transaction.record(
                INSTALLATION, "token.revoked" if kind.acts else "feed.revoked", **said, **act.signature()
            )
        return found


def _all(kind: Kind) -> Select[Any]:
    return select(kind.table, t.person.c.name).join_from(kind.table, t.person)


def _held(row: Row[Any]) -> Held:
    kept = row._asdict()
    return Held(
        row.id,
        row.name,
        Role(row.role),
        row.organization,
        row.created_at,
        row.used_at,
        row.revoked_at,
        kept.get("label"),
        kept.get("ends_at"),
    )


def _too_many(kind: Kind, most: int) -> Refusal:
    return Refusal(
        "secrets-few",
        Words("已有 {most} 个{kind}", "there are {most} of: {kind}").format(most=most, kind=kind.name),
        Words("请先撤销不用的", "revoke those that are not used"),
    )


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
