"""Inviting whoever was nominated to look after their own nomination: by a link in a mail, and a code told otherwise.

The link is signed for one invitation, kept nowhere, and holds once and for a while. Alone it lets nobody in: whoever
invites is shown a code, which they tell by phone or in person, so that a mail that goes astray opens nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from secrets import randbelow, token_hex
from typing import Any, Final
from unicodedata import normalize

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection

from deadlines.zone import SHANGHAI
from notifications.channels import Channel, DeliveryFailed
from notifications.letters import Letter
from operations.actors import Role
from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk
from operations.experts.records import POOL
from operations.links import INVITATIONS
from operations.numbered import find
from operations.organizations import AUTHORITY, mail_address
from operations.passwords import hash_password
from operations.policy import Deed
from operations.results import Denied, UnknownError
from operations.session_begins import Door, Entry, SignedIn, begin_session
from operations.session_ends import end_sessions
from programs import Program, Words
from programs.naming import is_one_line
from programs.words import moment_in_words
from states import Refusal
from store import INSTALLATION, Transaction, hold
from store import tables as t

#: How long an invitation holds, and how many wrong codes it takes.
HOLDS: Final = timedelta(days=7)
MOST_WRONG: Final = 5
_CODE_DIGITS: Final = 8

_of = t.invitation.c


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation was sent to `mail`. `code` is for whoever invites to tell, and kept nowhere."""

    number: str
    mail: str
    code: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation shows before its code is typed: for which program, until when. Nothing of whom it is about."""

    id: int
    program: Program
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """Somebody sees their own nomination from now on, and signs in under this name."""

    number: str
    name: str
    session: SignedIn


def invite(desk: Desk, number: str, mail: str, act: Act, channel: Channel) -> Invited | Denied:
    """Invite whoever was nominated; an invitation that is still open is withdrawn, as is this one if no mail goes out.

    Raises `UnknownError` for a number that is not there, and for what is no address.
    """
    mail = mail_address(mail)
    base = desk.letterhead.public
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        running = desk.running_for(connection, row)
        if refusal := refuses(connection, act.actor, Deed.INVITE_NOMINEE, matter_of(running.program, row)):
            return Denied((refusal,), number)
        if running.pipeline.standings[row.stage].ended:
            return Denied((_has_ended(),), number)
        if base is None:
            return Denied((_no_address(),), number)
        _withdraw(connection, row.id, act.now)
        code, ends_at = f"{randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}d}", act.now + HOLDS
        made = connection.execute(
            insert(t.invitation)
            .values(nomination_id=row.id, code="", created_at=act.now, ends_at=ends_at)
            .returning(_of.id)
        ).scalar_one()
        signature = desk.sealing(connection).sign(_signed(made))
        connection.execute(update(t.invitation).where(_of.id == made).values(code=_digest(signature, code)))
        transaction.record(
            INSTALLATION, "nominee.invited", subject=number, until=ends_at.isoformat(), **act.signature()
        )
        program = running.program
        letter = Letter(
            f"{token_hex(16)}@linxuan",
            row.nominee,
            mail,
            f"【{program.award}{program.edition}】查看您的申报",
            _body(program, f"{base}{INVITATIONS}/{made}/{signature}", ends_at),
            act.now,
            language="zh",
        )
    try:
        with channel:
            channel.deliver(letter)
    except DeliveryFailed as failure:
        with desk.store.write() as transaction:
            _withdraw(transaction.connection, row.id, act.now)
            transaction.record(INSTALLATION, "nominee.not-reached", subject=number, **act.signature())
        return Denied((_not_sent(failure),), number)
    return Invited(number, mail, code, ends_at)


def invitation_behind(desk: Desk, invitation: int, signature: str, now: datetime) -> Invitation | None:
    """Return what a link invites to; none for what is no such link, and for one that was used or has ended."""
    with desk.store.read() as connection:
        row = _open(desk, connection, invitation, signature, now)
        return Invitation(row.id, desk.running(connection, row.program_id).program, row.ends_at) if row else None


def accept(  # noqa: PLR0913 - what is typed, each by name
    desk: Desk,
    invitation: int,
    signature: str,
    code: str,
    now: datetime,
    *,
    password: str = "",
    address: str = "",
    name: str | None = None,
) -> Accepted | Denied | None:
    """Take up an invitation by its code: as `name`, who is signed in as a nominee, else as a new person.

    None for what is no invitation that is open. A wrong code counts, and too many withdraw it. Raises `UnknownError`
    for what is no password.
    """
    kept = None if name else hash_password(password)
    typed = "".join(normalize("NFKC", code).split())
    with desk.store.write() as transaction:
        connection = transaction.connection
        # Whoever invites again or lets somebody go has the nomination's row: one of the two is first.
        whose = select(_of.nomination_id).where(_of.id == invitation).scalar_subquery()
        connection.execute(select(t.nomination.c.id).where(t.nomination.c.id == whose).with_for_update())
        hold(connection, [AUTHORITY, POOL])
        row = _open(desk, connection, invitation, signature, now)
        if row is None:
            return None
        if not compare_digest(_digest(signature, typed), row.code):
            return Denied((_wrong(transaction, row, now),))
        person = _known(connection, name) if name else _registered(transaction, row, kept, now)
        if person is None:
            return Denied((_other_roles(),))
        connection.execute(update(t.invitation).where(_of.id == row.id).values(used_at=now))
        _bind(transaction, person, row, now)
        session = begin_session(transaction, person, Entry(Door.PASSWORD, address), now)
        return Accepted(row.number, person.name, session)


def release(desk: Desk, number: str, name: str, act: Act) -> Denied | None:
    """Let somebody see a nomination as their own no more; an invitation that is still open is withdrawn.

    Raises `UnknownError` where it is not theirs.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        hold(connection, [AUTHORITY])
        running = desk.running_for(connection, row)
        if refusal := refuses(connection, act.actor, Deed.INVITE_NOMINEE, matter_of(running.program, row)):
            return Denied((refusal,), number)
        own = t.own_nomination.c
        theirs = select(t.person.c.id).where(t.person.c.name == name).scalar_subquery()
        gone = delete(t.own_nomination).where(own.person_id == theirs, own.nomination_id == row.id)
        if not connection.execute(gone).rowcount:
            raise UnknownError(Words("此件不是{name}的", "this is not {name}'s").format(name=name))
        _withdraw(connection, row.id, act.now)
        left = select(own.person_id).where(own.person_id == theirs)
        if connection.execute(left).first() is None:
            role = t.person_role.c
            is_nominee = (role.person_id == theirs, role.role == Role.NOMINEE.value)
            connection.execute(delete(t.person_role).where(*is_nominee))
        transaction.record(INSTALLATION, "nominee.released", subject=name, to=number, **act.signature())
        end_sessions(transaction, name, act)
    return None


def nominees_let_in(connection: Connection, nomination_id: int) -> list[str]:
    """Return who sees a nomination as their own, by name."""
    own = t.own_nomination.c
    query = select(t.person.c.name).join_from(t.own_nomination, t.person).where(own.nomination_id == nomination_id)
    return sorted(connection.execute(query).scalars())


def _open(desk: Desk, connection: Connection, invitation: int, signature: str, now: datetime) -> Row[Any] | None:
    of = t.nomination.c
    query = (
        select(t.invitation, of.number, of.nominee, of.unit, of.program_id)
        .join_from(t.invitation, t.nomination)
        .where(_of.id == invitation, _of.used_at.is_(None), _of.withdrawn_at.is_(None))
    )
    row = connection.execute(query).one_or_none()
    if row is None or now >= row.ends_at:
        return None
    expected = desk.reading(connection).sign(_signed(row.id))
    return row if compare_digest(expected.encode(), signature.encode()) else None


def _known(connection: Connection, name: str) -> Row[Any] | None:
    """Return somebody who is signed in and a nominee alone: who has another role is not to decide on themselves."""
    person = connection.execute(select(t.person).where(t.person.c.name == name)).one()
    role = t.person_role.c
    others = select(role.id).where(role.person_id == person.id, role.role != Role.NOMINEE.value)
    return None if connection.execute(others).first() else person


def _registered(transaction: Transaction, row: Row[Any], password: str | None, now: datetime) -> Row[Any]:
    """Register whoever was nominated, under their own name unless somebody else has it."""
    connection = transaction.connection
    plain = row.nominee.replace(":", "：")[:60]
    name = plain if is_one_line(plain) and not _is_somebody_s(connection, plain) else f"{plain}（{row.number}）"
    while _is_somebody_s(connection, name):
        name = f"{plain}（{row.number} {token_hex(2)}）"
    values = {"name": name, "password": password, "password_set_at": now, "created_at": now}
    person = connection.execute(insert(t.person).values(values).returning(*t.person.c)).one()
    told = {"actor": name, "role": Role.NOMINEE.value, "now": now.isoformat()}
    transaction.record(INSTALLATION, "person.added", subject=name, **told)
    return person


def _is_somebody_s(connection: Connection, name: str) -> bool:
    """Whether anybody goes by this name who has an account, evaluates, or votes: a name alone tells who they are."""
    known = (t.person.c.name, t.expert.c.name, t.score.c.evaluator, t.ballot_member.c.member)
    return any(connection.execute(select(column).where(column == name).limit(1)).first() for column in known)


def _bind(transaction: Transaction, person: Row[Any], row: Row[Any], now: datetime) -> None:
    connection = transaction.connection
    own, role = t.own_nomination.c, t.person_role.c
    theirs = (own.person_id == person.id, own.nomination_id == row.nomination_id)
    if connection.execute(select(own.person_id).where(*theirs)).first() is None:
        values = {"person_id": person.id, "nomination_id": row.nomination_id, "bound_at": now}
        connection.execute(insert(t.own_nomination).values(values))
    held = (role.person_id == person.id, role.role == Role.NOMINEE.value, role.organization == row.unit)
    if connection.execute(select(role.id).where(*held)).first() is None:
        values = {"person_id": person.id, "role": Role.NOMINEE.value, "organization": row.unit}
        connection.execute(insert(t.person_role).values(values))
    told = {"actor": person.name, "role": Role.NOMINEE.value, "now": now.isoformat()}
    transaction.record(INSTALLATION, "nominee.let-in", subject=person.name, to=row.number, **told)


def _wrong(transaction: Transaction, row: Row[Any], now: datetime) -> Refusal:
    failures = row.failures + 1
    values: dict[str, Any] = {"failures": failures, "withdrawn_at": now if failures >= MOST_WRONG else None}
    transaction.connection.execute(update(t.invitation).where(_of.id == row.id).values(values))
    told = {"actor": "—", "now": now.isoformat()}
    transaction.record(INSTALLATION, "nominee.code-wrong", subject=row.number, **told)
    left = MOST_WRONG - failures
    if left:
        again = Words(f"请核对后重新输入，还可以输 {left} 次", f"type it again; {left} tries are left")
    else:
        again = Words("请推荐单位重新邀请", "ask whoever invited you for another invitation")
    return Refusal("invitation-code", Words("验证码不对", "the code is wrong"), again)


def _withdraw(connection: Connection, nomination_id: int, now: datetime) -> None:
    is_open = (_of.nomination_id == nomination_id, _of.used_at.is_(None), _of.withdrawn_at.is_(None))
    connection.execute(update(t.invitation).where(*is_open).values(withdrawn_at=now))


def _signed(invitation: int) -> str:
    return f"invitation|{invitation}"


def _digest(signature: str, code: str) -> str:
    """Return what is kept of a code: eight digits alone would be found by trying them all."""
    return sha256(f"{signature}|{code}".encode()).hexdigest()


def _body(program: Program, address: str, ends_at: datetime) -> str:
    until = moment_in_words(ends_at.astimezone(SHANGHAI)).zh
    return (
        f"您好：\n\n您在“{program.award}”（{program.edition}）中的申报，可以由您本人查看办理情况。\n\n"
        f"请在 {until} 前打开以下链接，输入推荐单位另行告知您的验证码，并设置密码：\n\n{address}\n\n"
        "链接只能使用一次。请不要把链接和验证码转给他人；没有收到验证码的，请向推荐单位索取。\n"
        "如果您没有申报，请不要理会本邮件，并告知推荐单位。\n"
    )


def _has_ended() -> Refusal:
    return Refusal(
        "not-ended",
        Words("这件申报已经结束", "this nomination has come to an end"),
        Words("不再邀请候选人", "nobody is invited to it any more"),
    )


def _no_address() -> Refusal:
    return Refusal(
        "console-reached",
        Words("没有设置外网可以打开的网址，邀请链接无处可去", "there is no address that the invitation could lead to"),
        Words(
            "请管理员设置 LINXUAN_PUBLIC_URL 或 LINXUAN_CONSOLE_URL", "set LINXUAN_PUBLIC_URL or LINXUAN_CONSOLE_URL"
        ),
    )


def _not_sent(failure: DeliveryFailed) -> Refusal:
    return Refusal(
        "invitation-sent",
        Words("邀请没有发出：{why}", "the invitation was not sent: {why}").format(why=failure.words),
        Words("请核对邮箱地址后再试", "look at the address, then try again"),
    )


def _other_roles() -> Refusal:
    return Refusal(
        "nominee-alone",
        Words("您以工作人员身份登录，不能用这个账号接受邀请", "you are signed in as somebody who acts here"),
        Words("请先退出，再打开链接", "sign out first, then open the link"),
    )
