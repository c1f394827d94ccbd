"""Whether somebody is who they say, and may do what they ask: what every operation asks in its own transaction.

A face turns what it was told into an `Actor` through `identify`, and nowhere else. That is a service to the user, not
the guard: the operation looks the actor up again, as its transaction sees people, so that an actor made up elsewhere,
or a person disabled a moment ago, does nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.engine import Connection

from operations.actors import CLOCK, MACHINE, OF_PEOPLE, PUBLIC, Actor, Player, Role
from operations.apart import kept_apart
from operations.desk import Desk, Running
from operations.jurisdictions import IsAtOrAbove, Matter
from operations.naming import known_parts
from operations.policy import SECURED, Deed, left_to_security, may
from operations.results import Denied, UnknownError
from operations.tree import Tree
from programs import Program, Words
from programs.naming import is_one_line
from states import Move, Refusal
from store import once
from store import tables as t


def identify(desk: Desk, told: str | None, *, any_role: bool = False) -> Actor | Denied:
    """Turn what a face was told into the actor: `NAME`, `NAME:ROLE` or `NAME:ROLE@ORGANIZATION`.

    While nobody is registered, everybody is taken at their word, and somebody who is not named is the machine's own
    user. Then it must be a person with this role; a name alone is enough for who has one only, or where `any_role` will
    do. Raises `UnknownError` for what cannot be read.
    """
    claim = None if told is None else _read(told)
    with desk.store.read() as connection:
        if not anybody_registered(connection):
            if claim and claim.role not in OF_PEOPLE:
                return Denied((_nobody_s_role(claim.role),))
            return claim or MACHINE
        if claim is None or told is None:
            return Denied((_nobody_named(),))
        person = _person(connection, claim.name)
        if person is None or not person.may_act:
            return Denied((_unfit(claim.name, person),))
        _, _, rest = told.partition(":")
        if any_role and not rest:
            return Actor(claim.name, *person.roles[0])
        return _choose(claim, person.roles, role=bool(rest.partition("@")[0]), organization="@" in rest)


_ANYBODY = select(t.person.c.id).limit(1)

_ROLES = (
    select(t.person.c.disabled_at, t.person_role.c.role, t.person_role.c.organization)
    .join_from(t.person, t.person_role, isouter=True)
    .where(t.person.c.name == bindparam("name"))
    .order_by(t.person_role.c.id)
)


def anybody_registered(connection: Connection) -> bool:
    """Whether people are registered, disabled or not; before, everybody is taken at their word."""
    return connection.execute(_ANYBODY).first() is not None


class Authority:
    """What one actor may do, as one transaction sees people, organizations and rehearsals."""

    def __init__(self, connection: Connection, actor: Actor) -> None:
        self.tree = once(connection, Tree, lambda: Tree(connection))
        self._connection = connection
        self._actor = actor
        self._known: dict[str | None, Refusal | None] = {}

    def refuses(self, deed: Move | Deed, matter: Matter) -> Refusal | None:
        """Return why the actor may not do this: there is no such actor, or the role or the jurisdiction is missing."""
        return self.unknown(matter.program) or self.would_refuse(deed, matter)

    def unknown(self, program: str | None = None) -> Refusal | None:
        """Return why there is no such actor; players are known in the programs that they rehearse."""
        program = program if isinstance(self._actor, Player) else None
        if program not in self._known:
            self._known[program] = self._look_up(program)
        return self._known[program]

    def would_refuse(self, deed: Move | Deed, matter: Matter) -> Refusal | None:
        """Return what the policy says of such an actor, whether there is one or not: for showing, not for doing."""
        if self._actor.role is Role.NOMINEE:
            matter = replace(matter, theirs=matter.case is not None and matter.case in self.own)
        if self._actor.role is Role.ADMINISTRATOR and deed in SECURED and kept_apart(self._connection):
            return left_to_security(self._actor, deed)
        return may(self._actor, deed, matter, self.tree.is_at_or_above)

    @cached_property
    def own(self) -> frozenset[int]:
        """The nominations, by their ids, that are the actor's own."""
        query = select(t.own_nomination.c.nomination_id).join_from(t.own_nomination, t.person)
        rows = self._connection.execute(query.where(t.person.c.name == self._actor.name))
        return frozenset(rows.scalars())

    def reach(self, mine: str | None) -> IsAtOrAbove:
        """Return who is above whom, where one of the two is this organization: nobody else's tree is climbed."""
        if mine is None:
            return self.tree.is_at_or_above
        below, above = self.tree.at_or_below(mine), self.tree.above(mine)

        def is_at_or_above(one: str, other: str) -> bool:
            if one == mine:
                return other in below
            return other == mine and one in above

        return is_at_or_above

    def _look_up(self, program: str | None) -> Refusal | None:
        actor = self._actor
        if actor in (CLOCK, PUBLIC):
            return None
        if isinstance(actor, Player):
            rehearsed = select(t.rehearsal.c.program_id).where(t.rehearsal.c.program_id == program)
            return None if self._connection.execute(rehearsed).first() else _unfit(actor.name, None)
        person = _person(self._connection, actor.name)
        if person is None:
            return _unfit(actor.name, None) if anybody_registered(self._connection) else None
        if not person.may_act:
            return _unfit(actor.name, person)
        held = (actor.role, actor.organization) in person.roles
        return None if held else _not_held(actor, person.roles)


def permitted(
    connection: Connection, actor: Actor, what: Move, versions: Mapping[int, Running], rows: Sequence[Row[Any]]
) -> tuple[list[Row[Any]], list[Denied]]:
    """Return the nominations that the actor may make this move with, and why not with the others.

    `versions` are those of their program, by their numbers.
    """
    authority = Authority(connection, actor)
    allowed: list[Row[Any]] = []
    denied: list[Denied] = []
    for row in rows:
        if refusal := authority.refuses(what, matter_of(versions[row.revision].program, row)):
            denied.append(Denied((refusal,), row.number))
        else:
            allowed.append(row)
    return allowed, denied


def refuses(connection: Connection, actor: Actor, deed: Move | Deed, matter: Matter) -> Refusal | None:
    """Ask once whether the actor may do this."""
    return Authority(connection, actor).refuses(deed, matter)


def matter_of(program: Program, row: Row[Any]) -> Matter:
    """Return a nomination as the policy looks at it; what has ended is with the office."""
    route = next((one.kind for one in program.routes if one.id == row.route), None)
    holder = row.holder or program.office
    return Matter(program.id, program.office, holder, row.unit, row.nominator, case=row.id, route=route)


def matter_at(running: Running, standing: str) -> Matter:
    """Return what stands at a place of the program that an office of it holds, whoever it is."""
    program = running.program
    return Matter(program.id, program.office, running.pipeline.standings[standing].office or program.office)


@dataclass(frozen=True, slots=True)
class _Person:
    disabled: bool
    roles: tuple[tuple[Role, str | None], ...]

    @property
    def may_act(self) -> bool:
        return bool(self.roles) and not self.disabled


def _person(connection: Connection, name: str) -> _Person | None:
    rows = once(connection, (_ROLES, name), lambda: connection.execute(_ROLES, {"name": name}).all())
    if not rows:
        return None
    return _Person(
        rows[0].disabled_at is not None, tuple((Role(row.role), row.organization) for row in rows if row.role)
    )


def _read(told: str) -> Actor:
    malformed = Words(
        "办理人写成 姓名、姓名:角色 或 姓名:角色@单位；角色：{roles}",
        "write the actor as NAME, NAME:ROLE or NAME:ROLE@ORGANIZATION; roles: {roles}",
    ).format(roles=known_parts({role.value: role.label.zh for role in OF_PEOPLE}))
    if not is_one_line(told):
        raise UnknownError(malformed)
    try:
        return Actor.parse(told)
    except ValueError as error:
        raise UnknownError(malformed) from error


def _choose(
    claim: Actor, roles: Sequence[tuple[Role, str | None]], *, role: bool, organization: bool
) -> Actor | Denied:
    """Find the one role that was meant: what was not said may be anything, if there is no choice."""
    meant = [
        Actor(claim.name, *held)
        for held in roles
        if (not role or held[0] is claim.role) and (not organization or held[1] == claim.organization)
    ]
    if not meant:
        return Denied((_not_held(claim, roles),))
    # A role for all organizations can be named in no other way.
    plain = [one for one in meant if role and one.organization is None]
    if len(meant) > 1 and len(plain) != 1:
        return Denied((_several(claim.name, meant),))
    return (plain or meant)[0]


def _unfit(name: str, person: _Person | None) -> Refusal:
    """Say why somebody of this name does nothing: there is none, they are disabled, or they have no role."""
    if person is None:
        return Refusal(
            "registered",
            Words("没有登记“{name}”", "{name} is not registered").format(name=name),
            Words(
                "请以已登记的人员办理（见 linxuan user list），或由管理员登记：linxuan user add {name} --role 角色",
                "act as somebody who is (see linxuan user list), or have an administrator register them with: "
                "linxuan user add {name} --role ROLE",
            ).format(name=name),
        )
    if person.disabled:
        return Refusal(
            "enabled",
            Words("{name}已停用", "{name} is disabled").format(name=name),
            Words(
                "请由其他人员办理，或由管理员启用：linxuan user enable {name}",
                "ask somebody else, or have an administrator enable them with: linxuan user enable {name}",
            ).format(name=name),
        )
    return Refusal(
        "role-held",
        Words("{name}没有任何角色", "{name} has no role").format(name=name),
        Words(
            "请由管理员授予：linxuan user grant {name} --role 角色",
            "have an administrator grant one with: linxuan user grant {name} --role ROLE",
        ).format(name=name),
    )


def _not_held(claim: Actor, roles: Sequence[tuple[Role, str | None]]) -> Refusal:
    held = [Actor(claim.name, *one) for one in roles]
    place = Words("（{organization}）", " at {organization}").format(organization=claim.organization)
    return Refusal(
        "role-held",
        Words("{name}没有“{role}{place}”这一角色，现有：{held}", "{name} is no {role}{place}; they are: {held}").format(
            name=claim.name,
            role=claim.role.label,
            place=place if claim.organization else Words("", ""),
            held=_choices(held),
        ),
        Words(
            "请以现有的角色办理，如 --actor {first}，或由管理员授予：linxuan user grant {name} --role {role}",
            "act in a role that they have, such as --actor {first}, or have an administrator grant it with: "
            "linxuan user grant {name} --role {role}",
        ).format(first=held[0], name=claim.name, role=claim.role.value),
    )


def _several(name: str, meant: Sequence[Actor]) -> Refusal:
    return Refusal(
        "role-named",
        Words("{name}有多个角色：{held}", "{name} has several roles: {held}").format(name=name, held=_choices(meant)),
        Words("请写明以哪个角色办理，如 --actor {first}", "say in which one, such as --actor {first}").format(
            first=meant[0]
        ),
    )


def _choices(actors: Sequence[Actor]) -> Words:
    return Words("、".join(str(one) for one in actors), ", ".join(str(one) for one in actors))


def _nobody_named() -> Refusal:
    return Refusal(
        "actor-named",
        Words("没有写明办理人", "it is not said who does it"),
        Words(
            "请用 --actor 写明已登记的人员（见 linxuan user list）",
            "name somebody who is registered with --actor (see linxuan user list)",
        ),
    )


def _nobody_s_role(role: Role) -> Refusal:
    if role is Role.CLOCK:
        return Refusal(
            "authority",
            Words("定时巡检只由系统办理", "the clock acts by itself"),
            Words("请运行 linxuan sweep，或以经办人办理", "run linxuan sweep, or act as an operator"),
        )
    if role is Role.NOMINEE:
        return Refusal(
            "authority",
            Words("候选人只由邀请登记", "nominees are let in by an invitation alone"),
            Words("请由推荐单位邀请：linxuan nomination invite", "invite them with: linxuan nomination invite"),
        )
    return Refusal(
        "authority",
        Words("公众只在公示页面上提出异议", "the public objects on its own pages"),
        Words("请以经办人登记", "act as an operator"),
    )
