"""A second factor beside the password: codes of 30 seconds from an app (RFC 6238), or one of those on paper.

The secret is sealed as personal data is. A code is taken once, and wrong ones make whoever tries wait as wrong
passwords do. Whoever has lost both the app and the paper asks an administrator.
"""

from base64 import b32decode, b32encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from os import urandom
from secrets import choice
from typing import Any, Final

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from operations.actors import Role
from operations.acts import Act, reason_missing
from operations.attempts import count_try, forget_tries
from operations.desk import Desk
from operations.people import may_not_manage
from operations.results import Denied, UnknownError
from operations.session_begins import renewed
from operations.session_ends import end_sessions
from operations.sessions import Session, ask_password, wait_for
from programs import Words
from states import Refusal
from store import INSTALLATION, Transaction, hold
from store import tables as t

ISSUER: Final = "Linxuan"
_STEP: Final = 30
_DIGITS: Final = 6
_SECRET_BYTES: Final = 20
#: Clocks of phones differ: a code counts one step before and after its own.
_DRIFT: Final = 1
RECOVERY_CODES: Final = 10
#: Letters and digits that are not taken for each other: 50 bits of chance in ten of them.
_LEGIBLE: Final = "abcdefghjkmnpqrstuvwxyz234679"
_GROUP: Final = 5

_of = t.second_factor.c
_FACTOR = (
    select(t.second_factor)
    .join_from(t.second_factor, t.person, t.person.c.id == _of.person_id)
    .where(t.person.c.name == bindparam("name"))
)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor that is not confirmed yet: its secret in base 32, and the address that apps read as a QR code."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A second factor counts: the codes for the paper, and the token under which the session goes on."""

    codes: list[str]
    token: str


@dataclass(frozen=True, slots=True)
class Factor:
    """Somebody's second factor: since when it counts, and how many codes on paper are left."""

    since: datetime
    left: int


def factor_of(desk: Desk, name: str) -> Factor | None:
    """Return somebody's second factor; none where they have none that is confirmed."""
    with desk.store.read() as connection:
        row = connection.execute(_FACTOR, {"name": name}).one_or_none()
        if row is None or row.confirmed_at is None:
            return None
        of = t.recovery_code.c
        left = connection.execute(select(of.code).where(of.person_id == row.person_id)).scalars().all()
        return Factor(row.confirmed_at, len(left))


def must_enrol(session: Session, required: Collection[Role]) -> bool:
    """Whether somebody has a role that needs a second factor, and has none yet nor was asked for one elsewhere."""
    shown = session.has_second_factor or session.vouched
    return not shown and any(role in required for role, _ in session.roles)


def begin_enrolment(desk: Desk, session: Session, now: datetime, *, password: str = "") -> Enrolment | Denied:
    """Make up a secret for somebody who has no second factor; one that was not confirmed gives way.

    Whoever came in by a password shows it again: a session that was left open sets up no phone of somebody else.
    """
    if refused := ask_password(desk, session, password, now):
        return refused
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [("second-factor", session.name)])
        vault = desk.sealing(connection)
        row = connection.execute(_FACTOR, {"name": session.name}).one_or_none()
        if row is not None and row.confirmed_at is not None:
            return Denied((_has_one(),))
        owner = _person(connection, session.name)
        secret = b32encode(urandom(_SECRET_BYTES)).decode()
        connection.execute(delete(t.second_factor).where(_of.person_id == owner))
        connection.execute(
            insert(t.second_factor).values(person_id=owner, secret=vault.seal(secret), begun_at=now, last_step=0)
        )
    address = _totp(secret).get_provisioning_uri(session.name, ISSUER)
    return Enrolment(secret, address)


def pending_enrolment(desk: Desk, session: Session) -> Enrolment | None:
    """Return the second factor that somebody has begun and not confirmed."""
    with desk.store.read() as connection:
        row = connection.execute(_FACTOR, {"name": session.name}).one_or_none()
        if row is None or row.confirmed_at is not None:
            return None
        secret = desk.reading(connection).unseal(row.secret)
    return Enrolment(secret, _totp(secret).get_provisioning_uri(session.name, ISSUER))


def confirm_enrolment(desk: Desk, session: Session, code: str, now: datetime) -> Enrolled | Denied:
    """Have a second factor count from now on, by a code that it shows; returns the codes for the paper, once.

    Every other session of theirs ends: it began without. This one goes on under another token.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        if locked := count_try(connection, session.name, now, session.address):
            return Denied((wait_for(locked),))
        row = connection.execute(_FACTOR.with_for_update(of=t.second_factor), {"name": session.name}).one_or_none()
        if row is None or row.confirmed_at is not None:
            return Denied((_has_one() if row else _none_begun(),))
        step = _step_of(desk, connection, row, code, now)
        if step is None:
            return Denied((_wrong(),))
        forget_tries(connection, session.name, session.address)
        connection.execute(
            update(t.second_factor).where(_of.person_id == row.person_id).values(confirmed_at=now, last_step=step)
        )
        act = Act(session.actor, now)
        transaction.record(INSTALLATION, "second-factor.enrolled", subject=session.name, **act.signature())
        end_sessions(transaction, session.name, act, but=session.id)
        return Enrolled(_new_codes(connection, row.person_id), renewed(connection, session.id))


def pass_second(desk: Desk, session: Session, code: str, now: datetime) -> str | Denied:
    """Let a session that waits for the second factor go on, by a code of the app or one on paper, which is used up.

    It goes on under another token, which is returned: whoever knew the one that waited has passed nothing.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        if locked := count_try(connection, session.name, now, session.address):
            return Denied((wait_for(locked),))
        if not _is_right(desk, transaction, session, code, now):
            return Denied((_wrong(),))
        forget_tries(connection, session.name, session.address)
        connection.execute(update(t.session).where(t.session.c.id == session.id).values(awaits_code=False))
        return renewed(connection, session.id)


def remove_own(desk: Desk, session: Session, code: str, now: datetime) -> Denied | None:
    """Do without a second factor from now on, by a code of it."""
    with desk.store.write() as transaction:
        connection = transaction.connection
        if locked := count_try(connection, session.name, now, session.address):
            return Denied((wait_for(locked),))
        if not _is_right(desk, transaction, session, code, now):
            return Denied((_wrong(),))
        forget_tries(connection, session.name, session.address)
        _remove(transaction, session.name, Act(session.actor, now))
    return None


def remove_second_factor(desk: Desk, name: str, act: Act) -> Denied | None:
    """Take the second factor from a person whom the actor manages, who has lost it, for a reason; their sessions end.

    Raises `UnknownError` for a person who is not registered, or has none.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        if refusal := may_not_manage(connection, act, name):
            return Denied((refusal,))
        if connection.execute(_FACTOR, {"name": name}).one_or_none() is None:
            raise UnknownError(Words("{name}没有第二验证", "{name} has no second factor").format(name=name))
        if refusal := reason_missing(act):
            return Denied((refusal,))
        _remove(transaction, name, act)
        end_sessions(transaction, name, act)
    return None


def _is_right(desk: Desk, transaction: Transaction, session: Session, code: str, now: datetime) -> bool:
    """Whether a code is one of the app that was not taken yet, or one on paper, which is used up by it.

    That it was neither is recorded.
    """
    connection, signature = transaction.connection, Act(session.actor, now).signature()
    row = connection.execute(_FACTOR.with_for_update(of=t.second_factor), {"name": session.name}).one_or_none()
    if row is None or row.confirmed_at is None:
        return False
    step = _step_of(desk, connection, row, code, now)
    if step is not None:
        connection.execute(update(t.second_factor).where(_of.person_id == row.person_id).values(last_step=step))
        return True
    of = t.recovery_code.c
    used = delete(t.recovery_code).where(of.person_id == row.person_id, of.code == _digest(code))
    found = connection.execute(used).rowcount > 0
    transaction.record(
        INSTALLATION,
        "second-factor.paper-used" if found else "second-factor.failed",
        subject=session.name,
        **signature,
    )
    return found


def _step_of(desk: Desk, connection: Connection, row: Row[Any], code: str, now: datetime) -> int | None:
    """Return the time step whose code this is, later than the last that was taken; none for a wrong one."""
    typed = "".join(code.split())
    if len(typed) != _DIGITS or not typed.isascii() or not typed.isdecimal():
        return None
    totp = _totp(desk.reading(connection).unseal(row.secret))
    here = int(now.timestamp()) // _STEP
    steps = range(max(here - _DRIFT, row.last_step + 1), here + _DRIFT + 1)
    return next((step for step in steps if bytes_eq(totp.generate(step * _STEP), typed.encode())), None)


def _totp(secret: str) -> TOTP:
    return TOTP(b32decode(secret), _DIGITS, SHA1(), _STEP)  # noqa: S303 - what apps take for granted, within an HMAC


def _new_codes(connection: Connection, owner: int) -> list[str]:
    codes = [
        "-".join("".join(choice(_LEGIBLE) for _ in range(_GROUP)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]
    connection.execute(delete(t.recovery_code).where(t.recovery_code.c.person_id == owner))
    connection.execute(insert(t.recovery_code), [{"person_id": owner, "code": _digest(code)} for code in codes])
    return codes


def _remove(transaction: Transaction, name: str, act: Act) -> None:
    connection = transaction.connection
    owner = _person(connection, name)
    connection.execute(delete(t.recovery_code).where(t.recovery_code.c.person_id == owner))
    connection.execute(delete(t.second_factor).where(_of.person_id == owner))
    transaction.record(INSTALLATION, "second-factor.removed", subject=name, **act.signature())


def _person(connection: Connection, name: str) -> int:
    owner: int = connection.execute(select(t.person.c.id).where(t.person.c.name == name)).scalar_one()
    return owner


def _digest(code: str) -> str:
    """Return what is kept of a code on paper, however it was typed."""
    return sha256("".join(one for one in code.casefold() if one.isalnum()).encode()).hexdigest()


def _wrong() -> Refusal:
    return Refusal(
        "second-factor",
        Words("验证码不对，或已经用过", "the code is wrong, or was used already"),
        Words(
            "请输入应用现在显示的 6 位数字，或一个没有用过的恢复码",
            "type the six digits that the app shows now, or a recovery code that was not used yet",
        ),
    )


def _has_one() -> Refusal:
    return Refusal(
        "second-factor",
        Words("您已启用第二验证", "you have a second factor already"),
        Words("换手机的，请先停用再启用", "to change the phone, remove it first"),
    )


def _none_begun() -> Refusal:
    return Refusal(
        "second-factor",
        Words("还没有开始设置", "nothing was begun yet"),
        Words("请重新开始", "begin again"),
    )
