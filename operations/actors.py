"""Who acts: a person, or the clock, in a role for an organization."""

from dataclasses import dataclass
from enum import StrEnum

from programs import Words


class Role(StrEnum):
    """What somebody is in the selection."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    SCREENING = "screening"
    EXPERT = "expert"
    SUPERVISOR = "supervisor"
    SECURITY = "security"
    NOMINEE = "nominee"
    CLOCK = "clock"
    PUBLIC = "public"

    @property
    def label(self) -> Words:
        """What people call this role."""
        return _LABELS[self]

    @classmethod
    def called(cls, text: str) -> "Role":
        """Return the role of which this is the id or what people call it; raises `ValueError` for no such role."""
        return next((one for one, label in _LABELS.items() if text == label.zh), None) or cls(text)


_LABELS = {
    Role.ADMINISTRATOR: Words("管理员", "administrator"),
    Role.OPERATOR: Words("经办人", "operator"),
    Role.SCREENING: Words("审查人员", "screening officer"),
    Role.EXPERT: Words("专家", "expert"),
    Role.SUPERVISOR: Words("监督人员", "supervisor"),
    Role.SECURITY: Words("安全管理员", "security officer"),
    Role.NOMINEE: Words("候选人", "nominee"),
    Role.CLOCK: Words("定时巡检", "the clock"),
    Role.PUBLIC: Words("公众", "the public"),
}

#: The roles that a person can be registered with. Nobody is made a nominee: who was nominated is invited.
OF_PEOPLE = tuple(role for role in Role if role not in (Role.NOMINEE, Role.CLOCK, Role.PUBLIC))

#: The roles that somebody can have for all organizations; everybody else works for one.
FOR_ALL = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SECURITY})


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or the clock, in a role for an organization; without one, for all of them.

    To be one is no authority: every operation looks up in its own transaction whether there is such a person.
    """

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
        return cls(name.strip(), Role.called(role) if role else Role.ADMINISTRATOR, organization or None)

    def __str__(self) -> str:
        """Write the actor as it is read."""
        return f"{self.name}:{self.role.value}" + (f"@{self.organization}" if self.organization else "")


class Player(Actor):
    """Somebody made up, who plays in rehearsals: registered nowhere, and nobody outside of them."""

    __slots__ = ()


#: Whoever works at the machine before anybody is registered, and has not said who they are.
MACHINE = Actor("本机用户")

#: Time itself: the actor of every scheduled sweep.
CLOCK = Actor("巡检", Role.CLOCK)

#: Whoever reads what is public and objects to it, without signing in: what they say of themselves is in the objection.
PUBLIC = Actor("公众", Role.PUBLIC)
