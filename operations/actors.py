"""Who acts, and who may: one policy that every operation asks before any gate."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from programs import Words
from states import Move, Refusal


class Role(StrEnum):
    """What somebody is in the selection."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    SCREENING = "screening"
    EXPERT = "expert"
    SUPERVISOR = "supervisor"
    CLOCK = "clock"

    @property
    def label(self) -> Words:
        """What people call this role."""
        return _LABELS[self]


_LABELS = {
    Role.ADMINISTRATOR: Words("管理员", "administrator"),
    Role.OPERATOR: Words("经办人", "operator"),
    Role.SCREENING: Words("审查人员", "screening officer"),
    Role.EXPERT: Words("专家", "expert"),
    Role.SUPERVISOR: Words("监督人员", "supervisor"),
    Role.CLOCK: Words("定时巡检", "the clock"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or the clock, in a role for an organization."""

    name: str
    role: Role = Role.ADMINISTRATOR
    organization: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Actor":
        """Read `NAME`, `NAME:ROLE` or `NAME:ROLE@ORGANIZATION`; raises `ValueError` for an unknown role or no name."""
        name, _, rest = text.partition(":")
        role, _, organization = rest.partition("@")
        if not name.strip():
            raise ValueError("an actor needs a name")
        return cls(name.strip(), Role(role) if role else Role.ADMINISTRATOR, organization or None)


#: Time itself: the actor of every scheduled sweep.
CLOCK = Actor("巡检", Role.CLOCK)

_PEOPLE = frozenset(move for move in Move if not move.by_clock)
_SCREENING = frozenset({Move.ACCEPT, Move.RETURN, Move.REJECT, Move.ELIMINATE, Move.DISQUALIFY})

#: Who may make which move. Time's own moves are the clock's alone: nobody closes a publicity early or late.
MOVES: dict[Role, frozenset[Move]] = {
    Role.ADMINISTRATOR: _PEOPLE,
    Role.OPERATOR: _PEOPLE,
    Role.SCREENING: _SCREENING,
    Role.EXPERT: frozenset(),
    Role.SUPERVISOR: frozenset(),
    Role.CLOCK: frozenset(move for move in Move if move.by_clock),
}

#: Who may do what is not a move: draw up nominations, record facts, report evaluations, run a program.
RECORDERS = frozenset({Role.ADMINISTRATOR, Role.OPERATOR, Role.SCREENING})
REPORTERS = RECORDERS | {Role.EXPERT}
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


def may_move(actor: Actor, move: Move) -> Refusal | None:
    """Ask the policy for a move."""
    if move in MOVES[actor.role]:
        return None
    if move.by_clock:
        return Refusal(
            "authority",
            Words("“{move}”只能由到期巡检办理", "only a sweep makes the move “{move}”").format(move=move.label),
            Words("请等到期限届满", "wait until it is due"),
        )
    return _not_for(actor, move.label, (role for role, moves in MOVES.items() if move in moves))


def may_act(actor: Actor, what: Words, roles: frozenset[Role]) -> Refusal | None:
    """Ask the policy for something that is not a move."""
    return None if actor.role in roles else _not_for(actor, what, (role for role in Role if role in roles))


def _not_for(actor: Actor, what: Words, roles: Iterable[Role]) -> Refusal:
    named = [role.label for role in roles]
    return Refusal(
        "authority",
        Words("{role}无权办理“{what}”", "the role {role} may not do “{what}”").format(role=actor.role.label, what=what),
        Words("请由{roles}办理", "ask one of: {roles}").format(
            roles=Words("、".join(label.zh for label in named), ", ".join(label.en for label in named))
        ),
    )
