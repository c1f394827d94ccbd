"""Calendars that subscribe to dates: a secret address for a person in a role, until it is revoked or the role is.

Whoever has the address reads what that person may know of programs' dates, and nothing else. The store keeps the
SHA-256 of what stands in it; the address itself is shown once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final

from sqlalchemy import Row, bindparam, insert, select, update

from deadlines.ics import to_ics_together
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.organizations import AUTHORITY
from operations.people import may_not_manage
from operations.results import Denied, UnknownError
from operations.session_begins import roles_of
from operations.usage import dates_seen
from programs import Words
from states import Refusal
from store import INSTALLATION, hold
from store import tables as t

#: Where they are, below whatever address the console has.
FEEDS: Final = "/calendars"
#: How many somebody has at once: one for each device and calendar, and a few that were forgotten.
MOST: Final = 20
#: That one is asked for is written down no more often than this.
_TOUCH: Final = timedelta(minutes=10)
#: Two files of the same dates are the same whenever they are made.
_WHENEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)

_of = t.calendar_feed.c


@dataclass(frozen=True, slots=True)
class Feed:
    """A subscription was made. `path` is the secret address, which is kept nowhere."""

    id: int
    path: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class FeedListed:
    """A subscription as it is listed: whose, in which role, and whether it still gives anything."""

    id: int
    name: str
    role: Role
    organization: str | None
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a subscription gives: the file, and what tells it from any other (an HTTP entity tag)."""

    content: str
    tag: str


def give_feed(desk: Desk, name: str, act: Act, *, role: Role | None = None, place: str | None = None) -> Feed | Denied:
    """Make a secret address for a person: one's own, or of somebody whom one manages; in a role, or their only one.

    Raises `UnknownError` for a person who is not registered or has no such role, and for a role that must be chosen.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY], shared=True)
        if refusal := may_not_manage(connection, act, name, own=True):
            return Denied((refusal,))
        person = connection.execute(_PERSON, {"name": name}).one_or_none()
        if person is None:
            raise UnknownError(Words("没有登记“{name}”", "{name} is not registered").format(name=name))
        held = [
            one
            for one in roles_of(connection, person.id)
            # Programs' dates are for those who work on them; a nominee has their own on their page.
            if one[0] is not Role.NOMINEE and role in (None, one[0]) and (place is None or one[1] == place)
        ]
        if len(held) != 1:
            raise UnknownError(_which(name, many=len(held) > 1))
        standing = select(_of.id).where(_of.person_id == person.id, _of.revoked_at.is_(None))
        if len(connection.execute(standing).all()) >= MOST:
            return Denied((_too_many(),))
        ((chosen, organization),) = held
        token = token_urlsafe(32)
        made = connection.execute(
            insert(t.calendar_feed).values(
                token=_digest(token),
                person_id=person.id,
                role=chosen.value,
                organization=organization,
                created_at=act.now,
            )
        )
        transaction.record(
            INSTALLATION,
            "feed.given",
            subject=name,
            given=chosen.value,
            where=organization,
            **act.signature(),
        )
        ((identity,),) = [made.inserted_primary_key or (0,)]
        return Feed(identity, f"{FEEDS}/{token}.ics", Actor(name, chosen, organization))


def calendar_of(desk: Desk, token: str, now: datetime, language: str = "zh") -> Calendar | None:
    """Return what a secret address gives now; none where there is none, or it gives nothing any more."""
    with desk.store.read() as connection:
        row = connection.execute(_STANDING, {"token": _digest(token)}).one_or_none()
        if row is None or (Role(row.role), row.organization) not in roles_of(connection, row.person_id):
            return None
    if row.used_at is None or now >= row.used_at + _TOUCH:
        with desk.store.write() as transaction:
            used = update(t.calendar_feed).where(_of.id == row.id)
            transaction.connection.execute(used.values(used_at=now))
    actor = Actor(row.name, Role(row.role), row.organization)
    dates = dates_seen(desk, actor, now)
    title = {"zh": "遴选：评选日程", "en": "Linxuan: dates of selections"}[language if language == "en" else "zh"]
    same = to_ics_together(dates, title, stamp=_WHENEVER, language=language)
    content = to_ics_together(dates, title, stamp=now, language=language)
    return Calendar(content, f'"{_digest(same)[:32]}"')


def list_feeds(desk: Desk, *, name: str | None = None) -> list[FeedListed]:
    """Return the subscriptions of one person or of all, the newest first."""
    query = select(t.calendar_feed, t.person.c.name).join_from(t.calendar_feed, t.person).order_by(_of.id.desc())
    with desk.store.read() as connection:
        rows = connection.execute(query if name is None else query.where(t.person.c.name == name))
        return [_listed(row) for row in rows]


def revoke_feed(desk: Desk, feed_id: int, act: Act) -> FeedListed | Denied:
    """Revoke an address, one's own or of somebody whom one manages; again is no change.

    Raises `UnknownError` for one that is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = connection.execute(
            select(t.calendar_feed, t.person.c.name).join_from(t.calendar_feed, t.person).where(_of.id == feed_id)
        ).one_or_none()
        if row is None:
            raise UnknownError(Words(f"没有第 {feed_id} 号日历订阅", f"there is no subscription {feed_id}"))
        if refusal := may_not_manage(connection, act, row.name, own=True):
            return Denied((refusal,))
        if row.revoked_at is None:
            connection.execute(update(t.calendar_feed).where(_of.id == feed_id).values(revoked_at=act.now))
            transaction.record(INSTALLATION, "feed.revoked", subject=row.name, **act.signature())
        return _listed(row)


_PERSON = select(t.person).where(t.person.c.name == bindparam("name"))
_STANDING = (
    select(t.calendar_feed, t.person.c.name)
    .join_from(t.calendar_feed, t.person)
    .where(_of.token == bindparam("token"), _of.revoked_at.is_(None), t.person.c.disabled_at.is_(None))
)


def _listed(row: Row[Any]) -> FeedListed:
    return FeedListed(row.id, row.name, Role(row.role), row.organization, row.created_at, row.used_at, row.revoked_at)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _too_many() -> Refusal:
    return Refusal(
        "feeds-few",
        Words(f"已有 {MOST} 个订阅地址", f"there are {MOST} addresses"),
        Words("请先撤销不用的", "revoke those that are not used"),
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
