"""When whoever must act is reminded, by their part in a program, and when somebody above them is told."""

from enum import StrEnum
from typing import Final, Literal

from pydantic import Field, field_validator

from programs.base import Part, Slug, unfit
from programs.words import Words

_MOST: Final = 250
"""The working days of a year: nobody is reminded so long before something is due, or after it."""

_BEFORE = "working days before what is due; what `reminders` says when left out"
_AFTER = "working days after a matter without a deadline was told, while it is still not done"
_UNSUBSCRIBE = "whether they may do without news of outcomes; what they have to do is told in any case"
_ESCALATE = "working days after the first reminder until the organization above is told, while it is still not done"


class Actor(StrEnum):
    """Whoever must act, by their part in a program."""

    NOMINATOR = "nominator"
    OFFICE = "office"
    OBJECTIONS = "objections"
    EXPERT = "expert"
    TENURE = "tenure"


class Ladder(Part):
    """The reminders of those who have one part in a program."""

    actor: Actor = Field(description="whose reminders these are")
    before: tuple[int, ...] | None = Field(default=None, description=_BEFORE)
    after: tuple[int, ...] = Field(default=(), description=_AFTER)
    escalate: int | None = Field(default=None, description=_ESCALATE)
    unsubscribe: bool | None = Field(default=None, description=_UNSUBSCRIBE)

    @property
    def may_unsubscribe(self) -> bool:
        """Whether they may do without news: nominees' sides may, unless the program says otherwise."""
        return self.actor is Actor.NOMINATOR if self.unsubscribe is None else self.unsubscribe

    @field_validator("before", "after", "escalate")
    @classmethod
    def _is_within_a_year(cls, days: tuple[int, ...] | int | None) -> tuple[int, ...] | int | None:
        given = (days,) if isinstance(days, int) else days or ()
        if any(not 0 <= one <= _MOST for one in given):
            raise unfit(
                Words("提醒的工作日数不在 0 至 250 之间", "a number of working days is not between 0 and 250"),
                Words("请写 0 至 250 的整数", "write whole numbers from 0 to 250"),
            )
        return days


class Wording(Part):
    """A sentence of the program's own in its letters: in all of a kind, or in those about one stage."""

    kind: Literal["deadline", "arrival", "notice", "invitation", "overdue", "escalation"] = Field(
        description="in which letters it stands"
    )
    stage: Slug | None = Field(default=None, description="about which stage; about all of them when left out")
    text: str = Field(min_length=1, max_length=500, description="what it says")


#: What holds for a part that a program says nothing of.
USUAL: Final = {
    Actor.NOMINATOR: Ladder(actor=Actor.NOMINATOR, after=(3,), escalate=3),
    Actor.OFFICE: Ladder(actor=Actor.OFFICE, after=(5,)),
    Actor.OBJECTIONS: Ladder(actor=Actor.OBJECTIONS, after=(2, 4), escalate=5),
    Actor.EXPERT: Ladder(actor=Actor.EXPERT, after=(2,), escalate=3),
    Actor.TENURE: Ladder(actor=Actor.TENURE, after=(5,)),
}
