"""Administrators, security officers and auditors kept apart: who gives roles, who works, and who looks at both.

It begins when the first security officer of all organizations is registered. From then on people are a security
officer's to manage and no administrator's, what happens to people is read and verified by supervisors alone, and nobody
is two of the three. One alone cannot end it: the last security officer stays.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.actors import Role
from programs import Words
from states import Refusal
from store import once
from store import tables as t

#: Nobody has two of these once they are kept apart.
_THREE: Final = (Role.ADMINISTRATOR, Role.SECURITY, Role.SUPERVISOR)

_held = t.person_role.c
_OFFICER = (
    select(_held.id)
    .join_from(t.person_role, t.person)
    .where(_held.role == Role.SECURITY.value, _held.organization.is_(None), t.person.c.disabled_at.is_(None))
    .limit(1)
)


def kept_apart(connection: Connection) -> bool:
    """Whether there is a security officer of all organizations who is not disabled."""
    return once(connection, kept_apart, lambda: connection.execute(_OFFICER).first() is not None)


def may_not_hold(
    connection: Connection, name: str, role: Role, organization: str | None, held: Iterable[tuple[Role, str | None]]
) -> Refusal | None:
    """Refuse to give somebody who has some roles another one that it must be kept apart from."""
    others = {one for one, _ in held} - {role}
    apart = kept_apart(connection)
    if role is Role.SECURITY:
        # Whoever gives roles has no other one, so that nobody gives roles to whom they work beside.
        beside = others
    else:
        beside = others.intersection(_THREE if apart and role in _THREE else [Role.SECURITY])
    if beside:
        return _not_beside(name, role, beside)
    return _not_begun(connection, organization) if role is Role.SECURITY and not apart else None


def officer_left(connection: Connection, *, apart: bool) -> Refusal | None:
    """Refuse to leave nobody as a security officer of all organizations where they were `apart` before."""
    if not apart or connection.execute(_OFFICER).first() is not None:
        return None
    return Refusal(
        "officer-left",
        Words("这是最后一个不限单位的安全管理员", "this is the last security officer of all organizations"),
        Words("请先登记或启用另一个", "register or enable another one first"),
    )


def _not_begun(connection: Connection, organization: str | None) -> Refusal | None:
    """Refuse to begin with an officer of one organization, or while somebody is two of the three."""
    if organization is not None:
        return _first_of_all()
    two = _who_has_two(connection)
    return _has_two(two) if two else None


def _who_has_two(connection: Connection) -> list[str]:
    roles: dict[str, set[str]] = defaultdict(set)
    query = select(t.person.c.name, _held.role).join_from(t.person_role, t.person).where(_held.role.in_(_THREE))
    for name, role in connection.execute(query).tuples():
        roles[name].add(role)
    return sorted(name for name, some in roles.items() if len(some) > 1)


def _first_of_all() -> Refusal:
    return Refusal(
        "officer-first",
        Words("还没有不限单位的安全管理员", "there is no security officer of all organizations yet"),
        Words("请先登记一个，不写单位", "register one first, without an organization"),
    )


def _has_two(names: Collection[str]) -> Refusal:
    return Refusal(
        "kept-apart",
        Words("{names}兼任管理员和监督人员", "{names} are both administrator and supervisor").format(
            names=Words("、".join(names), ", ".join(names))
        ),
        Words(
            "三员须分开：请先收回其中一个角色（linxuan user revoke）",
            "they are to be kept apart: take one of the roles back first (linxuan user revoke)",
        ),
    )


def _not_beside(name: str, role: Role, others: Collection[Role]) -> Refusal:
    held = sorted(others)
    return Refusal(
        "kept-apart",
        Words("{name}已是{others}，不能兼任{role}", "{name} is {others} and cannot be {role} as well").format(
            name=name,
            role=role.label,
            others=Words("、".join(one.label.zh for one in held), ", ".join(one.label.en for one in held)),
        ),
        Words(
            "请另指定一人，或先收回其原有角色（linxuan user revoke）",
            "choose somebody else, or take the other role back first (linxuan user revoke)",
        ),
    )
