"""Signing in and out of the console: sessions that the store keeps, so that each of them can be ended at once.

A browser holds a token of 256 bits of chance, the store its SHA-256. Passwords that are tried in vain make whoever
tries wait longer and longer, whether the name is anybody's or not.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, bindparam, select, update
from sqlalchemy.engine import Connection

from deadlines.zone import SHANGHAI
from operations.actors import Actor, Role
from operations.acts import Act, reason_missing
from operations.attempts import count_try, forget_tries, take_back_try
from operations.desk import Desk
from operations.organizations import AUTHORITY
from operations.passwords import hash_password, is_password
from operations.people import may_not_manage
from operations.results import Denied, UnknownError
from operations.session_begins import (
    Door,
    Entry,
    SignedIn,
    begin_session,
    digest_of,
    has_second_factor,
    no_role,
    record_failure,
    roles_of,
)
from operations.session_ends import end_sessions
from programs import Words
from states import Refusal
from store import INSTALLATION, among, hold
from store import tables as t

#: A session that nobody uses ends after this.
IDLE: Final = timedelta(minutes=30)
#: That somebody is still there is written down no more often than this.
_TOUCH: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in: who, in which of their roles, and until when at the latest."""

    id: int
    name: str
    role: Role
    organization: str | None
    roles: tuple[tuple[Role, str | None], ...]
    address: str
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime
    #: The second factor is still to be shown: nothing is done in it before.
    awaits_code: bool = False
    has_second_factor: bool = False
    #: By which door they came in, and whether whoever keeps it has asked them for a second factor.
    door: Door = Door.PASSWORD
    vouched: bool = False

    @property
    def actor(self) -> Actor:
        """Who acts, in the role that they have chosen."""
        return Actor(self.name, self.role, self.organization)


def sign_in(desk: Desk, name: str, password: str, now: datetime, *, address: str = "") -> SignedIn | Denied:
    """Begin a session for a person who may act; that there is nobody, and a wrong password, are told alike.

    A try counts as a failure before it is looked at, so that many at once are as many failures.
    """
    name = name.strip()
    with desk.store.write() as transaction:
        if locked := count_try(transaction.connection, name, now, address):
            return Denied((wait_for(locked),))
        connection = transaction.connection
        person = connection.execute(_PERSON, {"name": name}).one_or_none()
    right = is_password(person.password if person and person.disabled_at is None else None, password)
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY], shared=True)
        # Whoever was disabled, or had their password set anew, while it was compared, is not let in.
        again = connection.execute(_PERSON, {"name": name}).one_or_none()
        roles = roles_of(connection, again.id) if again else ()
        if not (right and person and again and again.password == person.password and again.disabled_at is None):
            record_failure(transaction, again.name if again else None, now, address)
            return Denied((_wrong(),))
        if not roles:
            record_failure(transaction, again.name, now, address)
            return Denied((no_role(),))
        awaits_code = has_second_factor(connection, again.id)
        _make_up(connection, again.name, address, awaits_code=awaits_code)
        return begin_session(transaction, again, Entry(Door.PASSWORD, address, awaits_code), now)


def session_of(desk: Desk, token: str, now: datetime) -> Session | None:
    """Return the session with this token while it lasts, and write down that somebody is still there.

    None where there is none, it has ended or was left alone for too long, or the person may do nothing any more. A role
    that was taken from them meanwhile gives way to the first that they still have.
    """
    with desk.store.read() as connection:
        row = connection.execute(_RUNNING, {"token": digest_of(token)}).one_or_none()
        roles = roles_of(connection, row.person_id) if row else ()
    if row is None or not roles or now >= row.ends_at or now >= row.seen_at + IDLE:
        return None
    if now >= row.seen_at + _TOUCH:
        with desk.store.write() as transaction:
            transaction.connection.execute(update(t.session).where(t.session.c.id == row.id).values(seen_at=now))
    return _session(row, roles)


def choose_role(desk: Desk, session: Session, told: str) -> Denied | None:
    """Go on in another role that the person has, told as `role_told` writes it."""
    with desk.store.write() as transaction:
        connection = transaction.connection
        person = connection.execute(_PERSON, {"name": session.name}).one()
        chosen = next((one for one in roles_of(connection, person.id) if told == role_told(*one)), None)
        if chosen is None:
            return Denied((_not_held(),))
        role, organization = chosen
        of = t.session.c
        connection.execute(
            update(t.session).where(of.id == session.id).values(role=role.value, organization=organization)
        )
    return None


def role_told(role: Role, organization: str | None) -> str:
    """Return a role as `choose_role` is told it: `role`, or `role@organization`."""
    return f"{role.value}@{organization}" if organization else role.value


def sign_out(desk: Desk, session: Session, now: datetime) -> None:
    """End one's own session."""
    with desk.store.write() as transaction:
        end_sessions(transaction, session.name, Act(session.actor, now), only=session.id)


def revoke_sessions(desk: Desk, name: str, act: Act, *, only: int | None = None) -> int | Denied:
    """End the sessions of a person, or one of them: one's own, or for a reason those of whom one manages.

    Returns how many.

    Raises `UnknownError` for a person who is not registered, and for a session that is not theirs or has ended.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        if refusal := may_not_manage(connection, act, name, own=True):
            return Denied((refusal,))
        if connection.execute(_PERSON, {"name": name}).one_or_none() is None:
            raise UnknownError(Words("没有登记“{name}”", "{name} is not registered").format(name=name))
        if name != act.actor.name and (refusal := reason_missing(act)):
            return Denied((refusal,))
        ended = end_sessions(transaction, name, act, only=only)
        if only is not None and not ended:
            raise UnknownError(
                Words("{name}没有第 {id} 号登录", "{name} has no session {id}").format(name=name, id=only)
            )
        return ended


def change_password(desk: Desk, session: Session, current: str, chosen: str, now: datetime) -> Denied | None:
    """Set one's own password, knowing the one before; every other session of theirs ends.

    A wrong one counts as it does when somebody signs in: a session that was left open is no way to guess. Raises
    `UnknownError` for what is no password.
    """
    kept = hash_password(chosen)
    with desk.store.write() as transaction:
        if locked := count_try(transaction.connection, session.name, now, session.address):
            return Denied((wait_for(locked),))
        person = transaction.connection.execute(_PERSON, {"name": session.name}).one()
    right = is_password(person.password, current)
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        # Whoever was disabled or signed out meanwhile, or had their password set anew, changes nothing more.
        if connection.execute(_LASTING, {"session": session.id, "now": now}).first() is None:
            return Denied((_over(),))
        again = connection.execute(_PERSON, {"name": session.name}).one()
        if not right or again.password != person.password:
            record_failure(transaction, session.name, now, session.address)
            return Denied((_wrong_current(),))
        awaits_code = has_second_factor(connection, again.id)
        _make_up(connection, session.name, session.address, awaits_code=awaits_code)
        connection.execute(update(t.person).where(t.person.c.id == again.id).values(password=kept, password_set_at=now))
        act = Act(session.actor, now)
        transaction.record(INSTALLATION, "person.password_set", subject=session.name, **act.signature())
        end_sessions(transaction, session.name, act, but=session.id)
    return None


def ask_password(desk: Desk, session: Session, password: str, now: datetime) -> Denied | None:
    """Ask for the password of whoever came in by one, before something that outlasts a session which was left open.

    A wrong one counts as it does when somebody signs in. Who came by an identity provider may have none.
    """
    if session.door is not Door.PASSWORD:
        return None
    with desk.store.write() as transaction:
        if locked := count_try(transaction.connection, session.name, now, session.address):
            return Denied((wait_for(locked),))
        person = transaction.connection.execute(_PERSON, {"name": session.name}).one()
    right = is_password(person.password, password)
    with desk.store.write() as transaction:
        connection = transaction.connection
        if not right:
            record_failure(transaction, session.name, now, session.address)
            return Denied((_wrong_current(),))
        _make_up(connection, session.name, session.address, awaits_code=has_second_factor(connection, person.id))
    return None


def list_sessions(desk: Desk, now: datetime, *, name: str | None = None) -> list[Session]:
    """Return the sessions that last, of one person or of all, those used last first.

    One that still awaits the second factor is nobody's yet, and is not among them.
    """
    of = t.session.c
    lasts = (of.ended_at.is_(None), of.ends_at > now, of.seen_at > now - IDLE)
    query = _sessions().where(of.awaits_code.is_(False), *lasts)
    if name is not None:
        query = query.where(t.person.c.name == name)
    role = t.person_role.c
    held = select(role.person_id, role.role, role.organization).order_by(role.id)
    with desk.store.read() as connection:
        rows = connection.execute(query.order_by(of.seen_at.desc(), of.id)).all()
        theirs: dict[int, list[tuple[Role, str | None]]] = defaultdict(list)
        for owner, kind, place in connection.execute(
            held.where(among(role.person_id, [row.person_id for row in rows]))
        ):
            theirs[owner].append((Role(kind), place))
        return [_session(row, theirs[row.person_id]) for row in rows]


_PERSON = select(t.person).where(t.person.c.name == bindparam("name"))


def _sessions() -> Select[Any]:
    confirmed = t.second_factor.c.confirmed_at.is_not(None).label("has_second_factor")
    query = select(t.session, t.person.c.name, confirmed).join_from(t.session, t.person)
    return query.join(t.second_factor, t.second_factor.c.person_id == t.person.c.id, isouter=True)


_RUNNING = _sessions().where(
    t.session.c.token == bindparam("token"), t.session.c.ended_at.is_(None), t.person.c.disabled_at.is_(None)
)

_LASTING = (
    select(t.session.c.id)
    .join_from(t.session, t.person)
    .where(
        t.session.c.id == bindparam("session"),
        t.session.c.ended_at.is_(None),
        t.session.c.ends_at > bindparam("now", type_=t.session.c.ends_at.type),
        t.person.c.disabled_at.is_(None),
    )
)


def _session(row: Row[Any], roles: Sequence[tuple[Role, str | None]]) -> Session:
    chosen = (Role(row.role), row.organization)
    role, organization = chosen if chosen in roles or not roles else roles[0]
    return Session(
        row.id,
        row.name,
        role,
        organization,
        tuple(roles),
        row.address,
        row.begun_at,
        row.seen_at,
        row.ends_at,
        row.awaits_code,
        row.has_second_factor,
        Door(row.door),
        row.vouched,
    )


def _make_up(connection: Connection, name: str, address: str, *, awaits_code: bool) -> None:
    """Have a right password make up for the failures before it; where a code is to follow, only the code does.

    Otherwise whoever has the password could type it again after every few wrong codes, and guess on.
    """
    if awaits_code:
        take_back_try(connection, name, address)
    else:
        forget_tries(connection, name, address)


def _wrong() -> Refusal:
    return Refusal(
        "signed-in",
        Words("姓名或密码不对", "the name or the password is wrong"),
        Words(
            "请重新输入；忘记密码的，请联系负责账号管理的管理员重设",
            "try again; who has forgotten it asks the administrator who manages people to set another",
        ),
    )


def _wrong_current() -> Refusal:
    return Refusal(
        "signed-in",
        Words("现在的密码不对", "the present password is wrong"),
        Words("请重新输入", "type it again"),
    )


def _over() -> Refusal:
    return Refusal(
        "signed-in",
        Words("登录已经结束，密码没有修改", "your session has ended; the password is as it was"),
        Words("请重新登录", "sign in again"),
    )


def _not_held() -> Refusal:
    return Refusal(
        "role-held",
        Words("您没有这个角色", "this role is not yours"),
        Words("请刷新后再选", "look at the page again and choose one of yours"),
    )


def wait_for(until: datetime) -> Refusal:
    """Refuse to look at a password or a code before an instant: too many were wrong."""
    return Refusal(
        "sign-in-wait",
        Words("密码错误次数过多", "too many passwords were wrong"),
        Words("请在 {at} 之后再试", "try again after {at}").format(at=f"{until.astimezone(SHANGHAI):%H:%M:%S}"),
    )
