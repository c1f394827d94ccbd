"""What may be taken back at a stage: moves made by mistake, for a short time and while nothing follows."""

from typing import Literal

from pydantic import Field, model_validator

from programs.base import Name, Part, unfit
from programs.words import Words

Undoable = Literal[
    "submit", "endorse", "accept", "return", "reject", "advance", "eliminate", "choose", "approve", "withdraw"
]
"""A move that can be taken back at all. Time's own moves cannot, nor what is part of more than a move."""


class Undo(Part):
    """The moves from a stage that may be taken back, by whoever made them or an administrator of the program's office.

    One that is taken back gives back what it took and takes again what it gave back. It cannot be where something was
    built on it: a later act on the nomination, a ranking, a list, a letter whose receipt was confirmed.
    """

    moves: tuple[Undoable, ...] = Field(min_length=1)
    hours: int | None = Field(default=None, gt=0, le=720, description="within so many hours of the move")
    working_days: int | None = Field(
        default=None, gt=0, le=30, description="until the end of so many working days after the day of the move"
    )
    basis: Name = Field(description="the decision that allows it, which refusals cite")

    @model_validator(mode="after")
    def _has_one_time(self) -> "Undo":
        if (self.hours is None) == (self.working_days is None):
            raise unfit(
                Words(
                    "hours（小时）和 working_days（工作日）须写一个，且只写一个",
                    "one of `hours` and `working_days` is needed, and only one",
                ),
                Words("请写明多久以内可以撤销", "say for how long a move may be taken back"),
            )
        return self
