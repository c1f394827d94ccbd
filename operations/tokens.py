"""Tokens of the API: each stands for one person in one of their roles, and ends. Whoever holds it acts as them."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.held_secrets import Given, Kind, give
from operations.results import Denied, UnknownError
from operations.session_begins import has_second_factor, roles_of
from programs import Words
from states import Refusal
from store import tables as t

#: How long a token lasts at most.
LONGEST: Final = timedelta(days=366)
#: A scanner for secrets knows one by how it begins.
TOKENS: Final = Kind(t.api_token, Words("令牌", "token"), acts=True, begins="linxuan_")


def give_token(  # noqa: PLR0913 - what a token is, each by name
    desk: Desk, name: str, label: str, lasts: timedelta, act: Act, *, role: Role | None = None, place: str | None = None
) -> Given | Denied:
    """Give a token for a person; raises `UnknownError` for one without a label or of no length, and as `give` does."""
    label = label.strip()
    if not label or not timedelta() < lasts <= LONGEST:
        raise UnknownError(
            Words(
                f"请写明用途，期限为 1 至 {LONGEST.days} 天", f"say what it is for; it lasts 1 to {LONGEST.days} days"
            )
        )
    return give(desk, TOKENS, name, act, role=role, place=place, label=label, ends_at=act.now + lasts)


def may_give_authority(desk: Desk, actor: Actor, required: Collection[Role]) -> Denied | None:
    """Refuse somebody to give authority by a token, who signs in with a second factor, or must in a role of theirs.

    A token shows none, and what is given by it lasts when the token is long revoked.
    """
    with desk.store.read() as connection:
        person = connection.execute(select(t.person.c.id).where(t.person.c.name == actor.name)).scalar_one_or_none()
        if person is None:
            return None
        is_asked = has_second_factor(connection, person) or any(
            role in required for role, _ in roles_of(connection, person)
        )
    return Denied((_no_second_factor(),)) if is_asked else None


def _no_second_factor() -> Refusal:
    return Refusal(
        "authority",
        Words(
            "令牌没有经过第二验证，不能授予权限：登记人员、授予角色、启用人员、调整单位隶属",
            "a token shows no second factor, and gives nobody authority: it registers and enables nobody, grants no "
            "role, and places no organization",
        ),
        Words("请登录控制台办理", "sign in to the console for it"),
    )
