"""The people who work with one database, and what each of them is: registered by administrators, kept in the history.

Roles of screening officers and experts reach up to what the offices above theirs hold, so only somebody who oversees
all of these hands them out; every other role reaches no further than its organization and what is below it.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection

from operations.actors import FOR_ALL, OF_PEOPLE, Role
from operations.acts import Act
from operations.apart import kept_apart, may_not_hold, officer_left
from operations.attempts import forget_tries
from operations.authority import Authority, anybody_registered, refuses
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.organizations import AUTHORITY, make_known, named, top_of
from operations.passwords import hash_password
from operations.policy import Deed
from operations.results import Denied, MisstatedError, NothingHereError, UnknownError
from operations.session_ends import end_sessions, revoke_tokens
from programs import Words
from states import Refusal
from store import INSTALLATION, Transaction, hold
from store import tables as t

#: The roles whose jurisdiction lies above their organization.
_REACH_UP = frozenset({Role.SCREENING, Role.EXPERT})


def add_person(
    desk: Desk, name: str, role: Role, organization: str | None, act: Act, *, password: str | None = None
) -> Denied | None:
    """Register a person with their first role. The first of all may be registered by anybody, as administrator of all.

    An organization that is not known becomes known. Raises `MisstatedError` for what is no name, `UnknownError` for
    what is no password.
    """
    name, organization = _person_s_name(name), named(organization) if organization else None
    kept = hash_password(password) if password is not None else None
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        if anybody_registered(connection):
            refusal = _may_not_grant(connection, act, role, organization)
        else:
            refusal = _not_first(role, organization)
        refusal = refusal or _works_nowhere(role, organization) or _registered_already(connection, name)
        refusal = refusal or may_not_hold(connection, name, role, organization, ())
        if refusal:
            return Denied((refusal,))
        connection.execute(
            insert(t.person).values(
                name=name, password=kept, password_set_at=act.now if kept else None, created_at=act.now
            )
        )
        transaction.record(INSTALLATION, "person.added", subject=name, **act.signature())
        if kept:
            transaction.record(INSTALLATION, "person.password_set", subject=name, **act.signature())
        _grant(transaction, _find(connection, name), role, organization, act)
    return None


def grant_role(desk: Desk, name: str, role: Role, organization: str | None, act: Act) -> Denied | None:
    """Give a person one more role; again is no change. Raises `UnknownError` for a person who is not registered."""
    organization = named(organization) if organization else None
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        refusal = _may_not_grant(connection, act, role, organization) or _works_nowhere(role, organization)
        if refusal:
            return Denied((refusal,))
        person = _find(connection, name)
        roles = _roles(connection, person.id)
        if any(one is Role.NOMINEE for one, _ in roles):
            return Denied((_looks_after_their_own(name),))
        if refusal := may_not_hold(connection, name, role, organization, roles):
            return Denied((refusal,))
        if (role, organization) not in roles:
            _grant(transaction, person, role, organization, act)
    return None


def revoke_role(desk: Desk, name: str, role: Role, organization: str | None, act: Act) -> Denied | None:
    """Take a role back, and with a nominee's what they saw as their own.

    Raises `UnknownError` for a person who is not registered, or does not have it.
    """
    organization = named(organization) if organization else None
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        if refusal := refuses(connection, act.actor, Deed.MANAGE_ROLE, Matter(within=(organization,))):
            return Denied((refusal,))
        person, apart = _find(connection, name), kept_apart(connection)
        of = t.person_role.c
        revoked = connection.execute(
            delete(t.person_role).where(
                of.person_id == person.id, of.role == role.value, of.organization.is_not_distinct_from(organization)
            )
        ).rowcount
        if not revoked:
            raise NothingHereError(_not_theirs(name, role, organization))
        if role is Role.NOMINEE:
            _own_no_more(connection, person.id)
        if refusal := _nobody_left(connection) or officer_left(connection, apart=apart):
            transaction.abandon()
            return Denied((refusal,))
        transaction.record(
            INSTALLATION, "role.revoked", subject=name, given=role.value, where=organization, **act.signature()
        )
        revoke_tokens(transaction, name, act, of_role=(role, organization))
    return None


def _own_no_more(connection: Connection, person: int) -> None:
    """Take from a nominee what they saw as their own in a role that they have no more: another one is not for it."""
    own, role, of = t.own_nomination.c, t.person_role.c, t.nomination.c
    left = select(role.organization).where(role.person_id == person, role.role == Role.NOMINEE.value)
    elsewhere = select(of.id).where(of.id == own.nomination_id, of.unit.not_in(left))
    connection.execute(delete(t.own_nomination).where(own.person_id == person, elsewhere.exists()))


def disable_person(desk: Desk, name: str, act: Act) -> Denied | None:
    """Let a person do nothing more: their sessions end and their tokens are revoked, for good. Again is no change.

    Raises `UnknownError` for one who is not registered.
    """
    return _set_disabled(desk, name, act, disabled=True)


def enable_person(desk: Desk, name: str, act: Act) -> Denied | None:
    """Let a disabled person act again. Raises `UnknownError` for one who is not registered."""
    return _set_disabled(desk, name, act, disabled=False)


def set_password(desk: Desk, name: str, password: str, act: Act) -> Denied | None:
    """Set a person's password: their own, or that of somebody who is theirs to manage.

    Their sessions end, and their tokens of the API are revoked: whoever had the old password may have made some.

    Raises `UnknownError` for a person who is not registered, and for what is no password.
    """
    kept = hash_password(password)
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        if refusal := may_not_manage(connection, act, name, own=True):
            return Denied((refusal,))
        person = _find(connection, name)
        connection.execute(
            update(t.person).where(t.person.c.id == person.id).values(password=kept, password_set_at=act.now)
        )
        # Whoever locked them out by guessing does so no longer.
        forget_tries(connection, name)
        transaction.record(INSTALLATION, "person.password_set", subject=name, **act.signature())
        end_sessions(transaction, name, act)
        revoke_tokens(transaction, name, act)
    return None


def list_people(desk: Desk) -> list[dict[str, Any]]:
    """Return everybody who is registered, by name, with their roles; of a password only whether there is one.

    `bound` are the claims by which an identity provider knows them, not what it knows.
    """
    held = t.person_role.c
    roles: dict[int, list[dict[str, str | None]]] = defaultdict(list)
    with desk.store.read() as connection:
        people = connection.execute(select(t.person).order_by(t.person.c.name)).all()
        query = select(held.person_id, held.role, held.organization).order_by(held.id)
        for owner, role, organization in connection.execute(query):
            roles[owner].append({"role": role, "organization": organization})
        bound: dict[int, list[str]] = defaultdict(list)
        of = t.identity.c
        for owner, claim in connection.execute(select(of.person_id, of.claim).order_by(of.id)):
            bound[owner].append(claim)
        return [
            {
                "name": person.name,
                "roles": roles[person.id],
                "has_password": person.password is not None,
                "bound": bound[person.id],
                "created_at": person.created_at,
                "disabled_at": person.disabled_at,
            }
            for person in people
        ]


def _set_disabled(desk: Desk, name: str, act: Act, *, disabled: bool) -> Denied | None:
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        if refusal := may_not_manage(connection, act, name):
            return Denied((refusal,))
        person = _find(connection, name)
        if (person.disabled_at is not None) == disabled:
            return None
        apart = kept_apart(connection)
        connection.execute(
            update(t.person).where(t.person.c.id == person.id).values(disabled_at=act.now if disabled else None)
        )
        if refusal := _nobody_left(connection) or officer_left(connection, apart=apart):
            transaction.abandon()
            return Denied((refusal,))
        transaction.record(
            INSTALLATION,
            "person.disabled" if disabled else "person.enabled",
            subject=name,
            **act.signature(),
        )
        end_sessions(transaction, name, act)
        if disabled:
            # They are gone for good: whoever is let in again later begins anew, and asks for new ones.
            revoke_tokens(transaction, name, act)
    return None


def _may_not_grant(connection: Connection, act: Act, role: Role, organization: str | None) -> Refusal | None:
    reached = top_of(connection, organization) if organization and role in _REACH_UP else organization
    return refuses(connection, act.actor, Deed.MANAGE_ROLE, Matter(within=(reached,)))


def may_not_manage(connection: Connection, act: Act, name: str, *, own: bool = False) -> Refusal | None:
    """Refuse to act on a person who is not the actor's to manage, or with `own` the actor themselves.

    Asks for everything that the person may do: whoever sets a password could act as them.
    """
    person = _person(connection, name)
    roles = _roles(connection, person.id) if person else ()
    reached = tuple(top_of(connection, place) if place and role in _REACH_UP else place for role, place in roles)
    matter = Matter(within=reached or (None,))
    authority = Authority(connection, act.actor)
    if own and person and act.actor.name == name:
        return authority.unknown()
    return authority.refuses(Deed.MANAGE_PERSON, matter)


def _grant(transaction: Transaction, person: Row[Any], role: Role, organization: str | None, act: Act) -> None:
    if organization:
        make_known(transaction, organization, act)
    transaction.connection.execute(
        insert(t.person_role).values(person_id=person.id, role=role.value, organization=organization)
    )
    transaction.record(
        INSTALLATION, "role.granted", subject=person.name, given=role.value, where=organization, **act.signature()
    )


def _person(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(t.person).where(t.person.c.name == name)).one_or_none()


def _find(connection: Connection, name: str) -> Row[Any]:
    person = _person(connection, name)
    if person is None:
        raise UnknownError(
            Words(
                "没有登记“{name}”；请用 linxuan user list 查看",
                "{name} is not registered; see who is with: linxuan user list",
            ).format(name=name)
        )
    return person


def _roles(connection: Connection, person_id: int) -> Iterable[tuple[Role, str | None]]:
    of = t.person_role.c
    rows = connection.execute(select(of.role, of.organization).where(of.person_id == person_id).order_by(of.id))
    return [(Role(row.role), row.organization) for row in rows]


def _person_s_name(name: str) -> str:
    """Return a person's name; a colon would part it from a role wherever an actor is written."""
    name = named(name)
    if ":" in name:
        raise MisstatedError(Words("姓名不能含有冒号", "a person's name must have no colon"))
    return name


def _not_first(role: Role, organization: str | None) -> Refusal | None:
    if role is Role.ADMINISTRATOR and organization is None:
        return None
    return Refusal(
        "administrator-first",
        Words(
            "还没有登记任何人；第一个须是不限单位的管理员",
            "nobody is registered yet; the first one must be an administrator of all organizations",
        ),
        Words(
            "请先登记管理员：linxuan user add 姓名 --role administrator（不写 --organization）",
            "register one first with: linxuan user add NAME --role administrator (and no --organization)",
        ),
    )


def _looks_after_their_own(name: str) -> Refusal:
    """Say that nobody acts on nominations who looks after one of their own: they would decide on themselves."""
    return Refusal(
        "no-nominee",
        Words("{name}是申报人，不能再有办理的角色", "{name} is a nominee and acts on nothing else").format(name=name),
        Words(
            "请另登记一个名字，或先收回其查看申报的权限：linxuan nomination release",
            "register them under another name, or take back their sight: linxuan nomination release",
        ),
    )


def _works_nowhere(role: Role, organization: str | None) -> Refusal | None:
    if role not in OF_PEOPLE:
        return Refusal(
            "role-of-a-person",
            Words("{role}不是人员的角色", "{role} is nobody's role").format(role=role.label),
            Words("请另选角色", "choose another role"),
        )
    if organization or role in FOR_ALL:
        return None
    return Refusal(
        "organization-named",
        Words("{role}须写明所在单位", "it is not said where they are {role}").format(role=role.label),
        Words("请用 --organization 写明单位", "name the organization with --organization"),
    )


def _registered_already(connection: Connection, name: str) -> Refusal | None:
    if _person(connection, name) is None:
        return None
    return Refusal(
        "person-new",
        Words("“{name}”已经登记", "{name} is registered already").format(name=name),
        Words(
            "增加角色的，请另行授予（linxuan user grant {name}）；同名的另一人请写成可以区分的姓名",
            "to give them another role, grant it (linxuan user grant {name}); write a namesake so that they can be "
            "told apart",
        ).format(name=name),
    )


def _nobody_left(connection: Connection) -> Refusal | None:
    """Make sure that somebody can still let others in again."""
    held = t.person_role.c
    left = connection.execute(
        select(held.id)
        .join_from(t.person_role, t.person)
        .where(held.role == Role.ADMINISTRATOR.value, held.organization.is_(None), t.person.c.disabled_at.is_(None))
    ).first()
    if left is not None:
        return None
    return Refusal(
        "administrator-left",
        Words("这是最后一个不限单位的管理员", "this is the last administrator of all organizations"),
        Words("请先登记或启用另一个", "register or enable another one first"),
    )


def _not_theirs(name: str, role: Role, organization: str | None) -> Words:
    place = Words("（{organization}）", " at {organization}").format(organization=organization)
    return Words("{name}没有“{role}{place}”这一角色", "{name} is no {role}{place}").format(
        name=name, role=role.label, place=place if organization else Words("", "")
    )
