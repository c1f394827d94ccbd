"""What holds for a whole program beside its stages: what the award brings, what disqualifies, what must not gate."""

from typing import Literal

from pydantic import Field, model_validator

from programs.base import Clause, Count, Identified, Name, Part, Scoped, Slug, unfit
from programs.rules import Past
from programs.words import Words


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
    years: tuple[int, ...] = Field(
        default=(),
        description='with every = "year": for which years of the term, counted from 1; for all if none',
    )
    tenure: Slug | None = Field(default=None, description="the tenure that it is paid in, where there are several")
    after: Literal["award", "passed-assessment"] = "award"
    barred_by: Past | None = Field(default=None, description="whoever has this in the past does not receive it")
    barred_of: tuple[Name, ...] = Field(default=(), description="the honors or subsidies that are meant; any if none")
    toward: tuple[Name, ...] = Field(
        default=(), description="for precedence: the awards in whose selection; any if none"
    )

    @model_validator(mode="after")
    def _counts_its_years(self) -> "Benefit":
        if self.years and self.every != "year":
            raise unfit(
                Words("写了 years（第几年），而不是按年发放", "`years` are named, and it is not paid by the year"),
                Words('请写 every = "year"', 'write every = "year"'),
                at="every",
            )
        if any(year < 1 for year in self.years) or len(set(self.years)) != len(self.years):
            raise unfit(
                Words("聘期的年度从 1 数起，每年写一次", "years of the term are counted from 1, each named once"),
                Words("第一年写 years = [1]", "write years = [1] for the first"),
                at="years",
            )
        return self

    def is_for_year(self, year: int) -> bool:
        """Whether it is paid for a year of the term, counted from 1."""
        return not self.years or year in self.years


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
