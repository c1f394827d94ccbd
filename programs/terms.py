"""What holds for a whole program beside its stages: what the award brings, what disqualifies, what must not gate."""

from typing import Literal

from pydantic import Field

from programs.base import Clause, Count, Identified, Name, Part, Scoped
from programs.rules import Past


class Benefit(Scoped):
    """Something that an honoree receives: money, support, or precedence in another selection."""

    name: Name
    clause: Clause
    kind: Literal["money", "support", "precedence"]
    at_most_yuan: Count | None = Field(default=None, description="for money: per `every`, at most")
    every: Literal["once", "year"] = "once"
    instalments: int = Field(
        default=1, gt=0, le=12, description="for money: in how many payments at most, together within the cap"
    )
    after: Literal["award", "passed-assessment"] = "award"
    barred_by: Past | None = Field(default=None, description="whoever has this in the past does not receive it")
    barred_of: tuple[Name, ...] = Field(default=(), description="the honors or subsidies that are meant; any if none")
    toward: tuple[Name, ...] = Field(
        default=(), description="for precedence: the awards in whose selection; any if none"
    )


class Disqualification(Identified):
    """Something that ends a nomination wherever it stands."""

    name: Name
    clause: Clause
    effect: Name = Field(description="what follows, in the notice's own term")
    bars_years: int | None = Field(
        default=None, gt=0, le=99, description="how long whoever it concerns may not be nominated, in any program"
    )


class Ungated(Part):
    """Facts about a nominee that no rule may judge by."""

    facts: tuple[Literal["sex", "education", "seniority"], ...] = Field(min_length=1)
    clause: Clause
