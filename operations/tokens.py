"""Tokens of the API: each stands for one person in one of their roles, and ends. Whoever holds it acts as them."""

from datetime import timedelta
from typing import Final

from operations.actors import Role
from operations.acts import Act
from operations.desk import Desk
from operations.held_secrets import Given, Kind, give
from operations.results import Denied, UnknownError
from programs import Words
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
