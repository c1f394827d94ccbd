"""Who has to do with a matter: plain predicates over organizations and people, which read nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from programs.model import RouteKind

#: Whether the one organization is the other, or lies above it in the tree.
IsAtOrAbove = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Matter:
    """What is acted on, by the organizations that have to do with it.

    `office` runs the program. `holder` must act on the nomination now, or would; once it has ended, the office does.
    `within` are the organizations that a deed outside of programs is about, None among them for all there are. `expert`
    is who of the pool it is about, and `own` whether that is the actor themselves. An `announced` program is open.
    `case` is the nomination by its id, `route` how the nominee came to it, and `theirs` whether it is the actor's own.
    """

    program: str | None = None
    office: str | None = None
    holder: str | None = None
    unit: str | None = None
    nominator: str | None = None
    within: tuple[str | None, ...] = ()
    expert: str | None = None
    own: bool = False
    announced: bool = False
    case: int | None = None
    route: RouteKind | None = None
    theirs: bool = False

    @property
    def by_itself(self) -> bool:
        """Whether the nominee's side holds it, and no organization is behind the nominee that could act for them."""
        direct = self.route in (RouteKind.PUBLIC, RouteKind.SELF)
        return direct and self.holder is not None and self.holder in (self.unit, self.nominator)


Predicate = Callable[[str, Matter, IsAtOrAbove], bool]
"""Whether somebody of an organization may act on a matter."""


def runs_it(mine: str, matter: Matter, is_at_or_above: IsAtOrAbove) -> bool:
    """They are of the office that runs the program, or above it."""
    return matter.office is not None and is_at_or_above(mine, matter.office)


def holds_it(mine: str, matter: Matter, is_at_or_above: IsAtOrAbove) -> bool:
    """They are of the organization that must act now, or above it."""
    return matter.holder is not None and is_at_or_above(mine, matter.holder)


def holds_or_runs_it(mine: str, matter: Matter, is_at_or_above: IsAtOrAbove) -> bool:
    """They are of the organization that it is for, or of the office that runs the program, or above either."""
    return holds_it(mine, matter, is_at_or_above) or runs_it(mine, matter, is_at_or_above)


def works_for_the_holder(mine: str, matter: Matter, is_at_or_above: IsAtOrAbove) -> bool:
    """They are of the organization that must act now, or below it: a department screens what its office holds."""
    return matter.holder is not None and is_at_or_above(matter.holder, mine)


def stands_behind_it(mine: str, matter: Matter, is_at_or_above: IsAtOrAbove) -> bool:
    """They are of the nominee's side, wherever the nomination is: of its unit or its nominator, or above either."""
    return any(side is not None and is_at_or_above(mine, side) for side in (matter.unit, matter.nominator))


def concerns_them(mine: str, matter: Matter, is_at_or_above: IsAtOrAbove) -> bool:
    """They hold it, or they stand behind it: who put somebody forward may take the nomination back at any time."""
    return holds_it(mine, matter, is_at_or_above) or stands_behind_it(mine, matter, is_at_or_above)


def prepares_it(mine: str, matter: Matter, is_at_or_above: IsAtOrAbove) -> bool:
    """They hold it, or the nominee's side does and they are of it: either helps the other as long as it is theirs.

    For a nominee who came without an organization the office takes in what they bring.
    """
    theirs = matter.holder in (matter.unit, matter.nominator) and stands_behind_it(mine, matter, is_at_or_above)
    brought = matter.by_itself and runs_it(mine, matter, is_at_or_above)
    return theirs or brought or holds_it(mine, matter, is_at_or_above)


def answers_for_it(mine: str, matter: Matter, is_at_or_above: IsAtOrAbove) -> bool:
    """They are of the nominee's side, or of the office: who knows who was nominated, and how to reach them."""
    return stands_behind_it(mine, matter, is_at_or_above) or runs_it(mine, matter, is_at_or_above)


def lies_in_their_tree(mine: str, matter: Matter, is_at_or_above: IsAtOrAbove) -> bool:
    """Their organization, or one below it, runs the program, holds the nomination or stands behind it."""
    return runs_it(mine, matter, is_at_or_above) or concerns_them(mine, matter, is_at_or_above)


def oversees_it(mine: str, matter: Matter, is_at_or_above: IsAtOrAbove) -> bool:
    """Every organization that this is about is theirs, or below it; what is about all of them is nobody's of one."""
    return bool(matter.within) and all(one is not None and is_at_or_above(mine, one) for one in matter.within)


def is_announced(mine: str, matter: Matter, is_at_or_above: IsAtOrAbove) -> bool:
    """Its notice is out, so that everybody may know it; or they run it, and prepare it."""
    return matter.announced or runs_it(mine, matter, is_at_or_above)


def is_for_all(_mine: str, _matter: Matter, _is_at_or_above: IsAtOrAbove) -> bool:
    """It concerns every organization, so it is for those who have none of their own."""
    return False


def is_their_own(_mine: str, matter: Matter, _is_at_or_above: IsAtOrAbove) -> bool:
    """It is about themselves: what an expert says nobody else of the same role says for them, wherever they are."""
    return matter.own


def is_about_them(_mine: str, matter: Matter, _is_at_or_above: IsAtOrAbove) -> bool:
    """It is their own nomination, whatever organization anybody is of."""
    return matter.theirs


def is_theirs_to_prepare(_mine: str, matter: Matter, _is_at_or_above: IsAtOrAbove) -> bool:
    """It is their own nomination, which they put forward themselves and which is with them."""
    return matter.theirs and matter.route is RouteKind.SELF and matter.by_itself
