"""Organizations and people as those see them who manage or oversee them: their own tree, and nothing beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.actors import Actor, Role
from operations.addresses import may_address
from operations.authority import Authority
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.organizations import list_organizations
from operations.people import list_people
from operations.policy import Deed
from operations.results import UnknownError
from programs import Words
from store import tables as t

#: Who looks at people: those who manage them, and those who oversee.
_OF_PEOPLE = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SECURITY})
_OF_ORGANIZATIONS = _OF_PEOPLE | {Role.OPERATOR, Role.SCREENING}


@dataclass(frozen=True, slots=True)
class Listed:
    """An organization in its tree: `depth` below the first that is shown; what the reader may do with it."""

    name: str
    parent: str | None
    mail: str | None
    depth: int
    may_place: bool
    may_address: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is registered, with those of their roles that are the reader's to see."""

    name: str
    roles: tuple[tuple[Role, str | None], ...]
    has_password: bool
    created_at: datetime
    disabled: bool
    manageable: bool
    #: By which claims an identity provider knows them.
    bound: tuple[str, ...] = ()
    #: Whether they are of the pool, and written to; whether the reader may change where.
    expert: bool = False
    may_address: bool = False


def organizations_seen(desk: Desk, actor: Actor) -> list[Listed]:
    """Return the organizations that are the actor's, or below theirs, as a tree: each behind the one above it.

    Raises `UnknownError` for roles that have nothing to do with them.
    """
    known = {row["name"]: row for row in list_organizations(desk)}
    with desk.store.read() as connection:
        authority = _authority(connection, actor, _OF_ORGANIZATIONS)
        mine = authority.tree.at_or_below(actor.organization) if actor.organization else known.keys()
        below: dict[str | None, list[str]] = {}
        for name in sorted(known.keys() & set(mine)):
            parent = known[name]["parent"]
            below.setdefault(parent if parent in mine else None, []).append(name)

        def walk(parent: str | None, depth: int) -> Iterator[Listed]:
            for name in below.pop(parent, []):
                matter = Matter(within=(name, known[name]["parent"]))
                yield Listed(
                    name,
                    known[name]["parent"],
                    known[name]["mail"],
                    depth,
                    authority.refuses(Deed.PLACE_ORGANIZATION, matter) is None,
                    authority.refuses(Deed.SET_MAIL, Matter(within=(name,))) is None,
                )
                yield from walk(name, depth + 1)

        return list(walk(None, 0))


def may_add_organizations(desk: Desk, actor: Actor) -> bool:
    """Whether somebody makes organizations known."""
    with desk.store.read() as connection:
        return Authority(connection, actor).refuses(Deed.ADD_ORGANIZATION, Matter()) is None


def people_seen(desk: Desk, actor: Actor) -> list[Person]:
    """Return who has a role in the actor's organization, or below it; of all organizations, everybody.

    Raises `UnknownError` for roles that have nothing to do with it.
    """
    found = list_people(desk)
    with desk.store.read() as connection:
        authority = _authority(connection, actor, _OF_PEOPLE)
        mine = authority.tree.at_or_below(actor.organization) if actor.organization else None
        pool = set(connection.execute(select(t.expert.c.name).where(t.expert.c.program_id.is_(None))).scalars())
        shown = []
        for one in found:
            held = [(Role(each["role"]), each["organization"]) for each in one["roles"]]
            seen = tuple((role, place) for role, place in held if mine is None or place in mine)
            if not seen and mine is not None:
                continue
            within = tuple(place for _, place in held) or (None,)
            shown.append(
                Person(
                    one["name"],
                    seen,
                    one["has_password"],
                    one["created_at"],
                    one["disabled_at"] is not None,
                    authority.refuses(Deed.MANAGE_PERSON, Matter(within=within)) is None,
                    tuple(one["bound"]),
                    one["name"] in pool,
                    one["name"] in pool and may_address(authority, one["name"], expert=True),
                )
            )
        return shown


def manages_people(desk: Desk, actor: Actor) -> bool:
    """Whether people of the actor's own organization are theirs to manage."""
    with desk.store.read() as connection:
        return Authority(connection, actor).refuses(Deed.MANAGE_PERSON, Matter(within=(actor.organization,))) is None


def places_of(desk: Desk, actor: Actor) -> list[str]:
    """Return the organizations in which somebody may give roles, by name."""
    with desk.store.read() as connection:
        names = connection.execute(select(t.organization.c.name).order_by(t.organization.c.name)).scalars().all()
        mine = Authority(connection, actor).tree.at_or_below(actor.organization) if actor.organization else set(names)
        return [name for name in names if name in mine]


def person_in(found: list[Person], name: str) -> Person:
    """Return somebody of a list; raises `UnknownError` for who is not in it."""
    by_name: Mapping[str, Person] = {one.name: one for one in found}
    if name not in by_name:
        raise UnknownError(Words("没有登记“{name}”", "{name} is not registered").format(name=name))
    return by_name[name]


def _authority(connection: Connection, actor: Actor, roles: frozenset[Role]) -> Authority:
    authority = Authority(connection, actor)
    if actor.role not in roles or authority.unknown() is not None:
        raise UnknownError(Words("没有这个页面", "there is no such page"))
    return authority
