"""Organizations and people as those see them who manage or oversee them: their own tree, and nothing beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.actors import Actor, Role
from operations.addresses import may_address
from operations.authority import Authority
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.people import list_people
from operations.policy import Deed
from operations.results import UnknownError, nothing_there
from programs import Words
from store import tables as t

#: Who looks at people: those who manage them, and those who oversee.
_OF_PEOPLE = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SECURITY})
_OF_ORGANIZATIONS = _OF_PEOPLE | {Role.OPERATOR, Role.SCREENING}


#: So many are shown at once, and so many names are suggested where one is typed.
MOST: Final = 50
SUGGESTED: Final = 500

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Sought:
    """Which are asked for: those with this in their name, behind one of them."""

    part: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Some(Generic[_T]):
    """Some of a roster, in its order; `after` is the name behind which it goes on, none where it does not.

    `lost`: the name that it was to begin behind is not in it, so these are the first ones.
    """

    shown: tuple[_T, ...]
    after: str | None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """An organization in its tree: `depth` below the first that is shown; what the reader may do with it."""

    name: str
    parent: str | None
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
    #: Whether they show a second factor when they sign in.
    second_factor: bool = False


def organizations_seen(desk: Desk, actor: Actor, sought: Sought = Sought(), *, most: int = MOST) -> Some[Listed]:
    """Return the organizations that are the actor's, or below theirs, as a tree: each behind the one above it.

    Of those sought, at most so many at once. Raises `UnknownError` for roles that have nothing to do with them.
    """
    with desk.store.read() as connection:
        authority = _authority(connection, actor, _OF_ORGANIZATIONS)
        of = t.organization.c
        known = dict(connection.execute(select(of.name, of.parent)).tuples().all())
        mine = authority.tree.at_or_below(actor.organization) if actor.organization else known.keys()
        below: dict[str | None, list[str]] = {}
        for name in sorted(known.keys() & set(mine)):
            parent = known[name]
            below.setdefault(parent if parent in mine else None, []).append(name)

        def walk(parent: str | None, depth: int) -> Iterator[tuple[str, int]]:
            for name in below.pop(parent, []):
                yield name, depth
                yield from walk(name, depth + 1)

        depths = {name: depth for name, depth in walk(None, 0) if sought.part in name}
        some = _page(list(depths), sought, most)
        # What may be done is asked of those that are shown alone: each asks for all that lies above it.
        authority.tree.learn(some.shown)
        listed = tuple(_listed(authority, name, known[name], depths[name]) for name in some.shown)
        return Some(listed, some.after, some.lost)


def _listed(authority: Authority, name: str, parent: str | None, depth: int) -> Listed:
    return Listed(
        name,
        parent,
        depth,
        authority.refuses(Deed.PLACE_ORGANIZATION, Matter(within=(name, parent))) is None,
        authority.refuses(Deed.SET_MAIL, Matter(within=(name,))) is None,
    )


def _page(names: list[str], sought: Sought, most: int) -> Some[str]:
    """Return so many names behind one of them; from the first where that one is not among them."""
    start = names.index(sought.after) + 1 if sought.after in names else 0
    shown = names[start : start + most]
    lost = sought.after not in ("", *names)
    return Some(tuple(shown), shown[-1] if len(names) > start + most else None, lost)


def may_add_organizations(desk: Desk, actor: Actor) -> bool:
    """Whether somebody makes organizations known."""
    with desk.store.read() as connection:
        return Authority(connection, actor).refuses(Deed.ADD_ORGANIZATION, Matter()) is None


def people_seen(desk: Desk, actor: Actor, sought: Sought = Sought(), *, most: int = MOST) -> Some[Person]:
    """Return who has a role in the actor's organization, or below it, by name; of all organizations, everybody.

    Of those who are sought, at most so many at once. Raises `UnknownError` for roles that have nothing to do with it.
    """
    found = list_people(desk)
    with desk.store.read() as connection:
        authority = _authority(connection, actor, _OF_PEOPLE)
        mine = authority.tree.at_or_below(actor.organization) if actor.organization else None
        held = {one["name"]: [(Role(each["role"]), each["organization"]) for each in one["roles"]] for one in found}
        seen = {name: tuple(one for one in roles if mine is None or one[1] in mine) for name, roles in held.items()}
        theirs = [one["name"] for one in found if (mine is None or seen[one["name"]]) and sought.part in one["name"]]
        some = _page(theirs, sought, most)
        of = t.expert.c
        pool = set(
            connection.execute(select(of.name).where(of.program_id.is_(None), of.name.in_(some.shown))).scalars()
        )
        shows = select(t.person.c.name).join(t.second_factor).where(t.second_factor.c.confirmed_at.is_not(None))
        factors = set(connection.execute(shows.where(t.person.c.name.in_(some.shown))).scalars())
        by_name = {one["name"]: one for one in found}
        shown = tuple(
            Person(
                name,
                seen[name],
                by_name[name]["has_password"],
                by_name[name]["created_at"],
                by_name[name]["disabled_at"] is not None,
                _manageable(authority, tuple(place for _, place in held[name])),
                tuple(by_name[name]["bound"]),
                name in pool,
                name in pool and may_address(authority, name, expert=True),
                name in factors,
            )
            for name in some.shown
        )
        return Some(shown, some.after, some.lost)


def _manageable(authority: Authority, within: tuple[str | None, ...]) -> bool:
    return authority.refuses(Deed.MANAGE_PERSON, Matter(within=within or (None,))) is None


def manages_people(desk: Desk, actor: Actor) -> bool:
    """Whether people of the actor's own organization are theirs to manage."""
    with desk.store.read() as connection:
        return Authority(connection, actor).refuses(Deed.MANAGE_PERSON, Matter(within=(actor.organization,))) is None


def places_of(desk: Desk, actor: Actor) -> list[str]:
    """Return the organizations in which somebody may give roles, by name; none where they are too many to suggest."""
    with desk.store.read() as connection:
        names = connection.execute(select(t.organization.c.name).order_by(t.organization.c.name)).scalars().all()
        mine = Authority(connection, actor).tree.at_or_below(actor.organization) if actor.organization else set(names)
        found = [name for name in names if name in mine]
        return found if len(found) <= SUGGESTED else []


def ask_known(desk: Desk, actor: Actor, name: str | None) -> None:
    """Ask that an organization is known before another is placed below it, or somebody given a role in it.

    Of who is for all organizations: whoever is for one reaches nothing that is not known anyway. Raises `UnknownError`.
    """
    if name is None or actor.organization is not None:
        return
    with desk.store.read() as connection:
        if connection.execute(select(t.organization.c.name).where(t.organization.c.name == name)).first() is None:
            words = Words(
                "没有登记“{name}”；请核对名称，新的单位先登记", "{name} is no organization that is known; add it first"
            )
            raise UnknownError(words.format(name=name))


def person_seen(desk: Desk, actor: Actor, name: str) -> Person:
    """Return one of `people_seen`; raises `UnknownError` for who is not among them."""
    found = people_seen(desk, actor, Sought(name), most=10_000).shown
    person = next((one for one in found if one.name == name), None)
    if person is None:
        raise UnknownError(Words("没有登记“{name}”", "{name} is not registered").format(name=name))
    return person


def _authority(connection: Connection, actor: Actor, roles: frozenset[Role]) -> Authority:
    authority = Authority(connection, actor)
    if actor.role not in roles or authority.unknown() is not None:
        raise nothing_there()
    return authority
