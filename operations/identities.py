"""Who an identity provider's people are here: bound by administrators, let in by what the provider says of them."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from operations.actors import Actor
from operations.acts import Act
from operations.desk import Desk
from operations.organizations import AUTHORITY
from operations.people import may_not_manage
from operations.providers import Known, as_kept
from operations.results import Denied, UnknownError
from operations.session_begins import (
    Door,
    Entry,
    SignedIn,
    begin_session,
    has_second_factor,
    no_role,
    record_failure,
    roles_of,
)
from operations.session_ends import end_sessions
from programs import Words
from states import Refusal
from store import INSTALLATION, Transaction, hold
from store import tables as t

#: What every provider knows people by (OpenID Connect Core, 2): never anybody else's, and never changed.
SUBJECT: Final = "sub"

_of = t.identity.c
_BOUND = (
    select(t.person)
    .join_from(t.identity, t.person)
    .where(_of.issuer == bindparam("issuer"), _of.claim == bindparam("claim"), _of.value == bindparam("value"))
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a provider knows a person by."""

    issuer: str
    claim: str
    value: str
    bound_at: datetime


def bind_identity(desk: Desk, name: str, issuer: str, claim: str, value: str, act: Act) -> Denied | None:
    """Bind a person to what the provider `issuer` knows them by, in the place of what that was. Again is no change.

    Their sessions end. Raises `UnknownError` for a person who is not registered, and for what is no identity.
    """
    value = as_kept(claim, value)
    if not value or not value.isprintable():
        raise UnknownError(Words("统一身份的标识不能为空", "an identity cannot be empty"))
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        if refusal := may_not_manage(connection, act, name):
            return Denied((refusal,))
        person = _person(connection, name)
        found = connection.execute(_BOUND, {"issuer": issuer, "claim": claim, "value": value}).one_or_none()
        if found is not None:
            return None if found.id == person.id else Denied((_somebody_else_s(found.name),))
        _write(transaction, person, Identity(issuer, claim, value, act.now), act)
        end_sessions(transaction, name, act)
    return None


def unbind_identity(desk: Desk, name: str, act: Act) -> Denied | None:
    """Let no provider know a person any more; their sessions end.

    Raises `UnknownError` for a person who is not registered, or not bound.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        if refusal := may_not_manage(connection, act, name):
            return Denied((refusal,))
        person = _person(connection, name)
        if not connection.execute(delete(t.identity).where(_of.person_id == person.id)).rowcount:
            raise UnknownError(Words("{name}没有绑定统一身份", "{name} is bound to no identity").format(name=name))
        transaction.record(INSTALLATION, "identity.unbound", subject=name, **act.signature())
        end_sessions(transaction, name, act)
    return None


def sign_in_known(desk: Desk, known: Known, now: datetime, *, address: str = "") -> SignedIn | Denied:
    """Begin a session for whom the provider vouches for, if an administrator has bound them to a person.

    Whoever comes by a claim for the first time is bound to their subject from then on: the claim may become somebody
    else's, a subject never does. Nobody is registered by signing in.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        # As binding does: two who come by one claim at once are not both bound to it.
        hold(connection, [AUTHORITY])
        found = _found(transaction, known, now)
        if isinstance(found, Refusal):
            record_failure(transaction, None, now, address, Door.PROVIDER)
            return Denied((found,))
        roles = roles_of(connection, found.id)
        if found.disabled_at is not None or not roles:
            record_failure(transaction, found.name, now, address, Door.PROVIDER)
            return Denied((_disabled(found.name) if found.disabled_at is not None else no_role(),))
        awaits_code = not known.second_factor and has_second_factor(connection, found.id)
        entry = Entry(Door.PROVIDER, address, awaits_code, vouched=known.second_factor)
        return begin_session(transaction, found, entry, now)


def _found(transaction: Transaction, known: Known, now: datetime) -> Row[Any] | Refusal:
    """Return the person behind what a provider says."""
    connection = transaction.connection
    by_subject = {"issuer": known.issuer, "claim": SUBJECT, "value": known.subject}
    found = connection.execute(_BOUND, by_subject).one_or_none()
    if found is not None:
        return found
    if known.claim is None or known.value is None:
        return _nobody_s(known)
    by_claim = {"issuer": known.issuer, "claim": known.claim, "value": known.value}
    found = connection.execute(_BOUND, by_claim).one_or_none()
    if found is None or known.claim == SUBJECT:
        return _nobody_s(known)
    theirs = select(_of.id).where(_of.person_id == found.id, _of.issuer == known.issuer, _of.claim == SUBJECT)
    if connection.execute(theirs).first() is not None:
        # The mailbox has gone over to another person since, say.
        return _nobody_s(known)
    if found.disabled_at is None:
        roles = roles_of(connection, found.id)
        own = Actor(found.name, *roles[0]) if roles else Actor(found.name)
        _write(transaction, found, Identity(known.issuer, SUBJECT, known.subject, now), Act(own, now))
    return found


def _write(transaction: Transaction, person: Row[Any], identity: Identity, act: Act) -> None:
    connection = transaction.connection
    if identity.claim != SUBJECT:
        # Whoever comes by another claim from now on may be known by another subject too.
        gone = (_of.person_id == person.id, _of.issuer == identity.issuer, _of.claim == SUBJECT)
        connection.execute(delete(t.identity).where(*gone))
    same = (_of.person_id == person.id, _of.issuer == identity.issuer, _of.claim == identity.claim)
    values = {"value": identity.value, "bound_at": identity.bound_at}
    if not connection.execute(update(t.identity).where(*same).values(values)).rowcount:
        own = {"person_id": person.id, "issuer": identity.issuer, "claim": identity.claim}
        connection.execute(insert(t.identity).values(own | values))
    # A mail is not for the history, where it would stand for ever.
    transaction.record(
        INSTALLATION,
        "identity.bound",
        subject=person.name,
        issuer=identity.issuer,
        claim=identity.claim,
        digest=sha256(identity.value.encode()).hexdigest(),
        **act.signature(),
    )


def _person(connection: Connection, name: str) -> Row[Any]:
    person = connection.execute(select(t.person).where(t.person.c.name == name)).one_or_none()
    if person is None:
        raise UnknownError(Words("没有登记“{name}”", "{name} is not registered").format(name=name))
    return person


def _nobody_s(known: Known) -> Refusal:
    return Refusal(
        "identity-bound",
        Words("您的统一身份还没有绑定到遴选的人员", "your identity is not bound to anybody here yet"),
        Words(
            "请把标识 {subject} 告诉管理员，由其绑定：linxuan user bind 姓名 --subject {subject}",
            "tell an administrator your subject {subject}, who binds it: linxuan user bind NAME --subject {subject}",
        ).format(subject=known.subject),
    )


def _disabled(name: str) -> Refusal:
    return Refusal(
        "person-enabled",
        Words("{name}已停用", "{name} is disabled").format(name=name),
        Words("请管理员启用：linxuan user enable 姓名", "ask an administrator: linxuan user enable NAME"),
    )


def _somebody_else_s(name: str) -> Refusal:
    return Refusal(
        "identity-free",
        Words("这个统一身份已绑定到{name}", "this identity is bound to {name}").format(name=name),
        Words("请先解除：linxuan user unbind {name}", "unbind it first: linxuan user unbind {name}").format(name=name),
    )
