"""Who may be honored: typed rules, discriminated by kind. No expression strings, nothing is evaluated as code.

A rule that the product cannot compute asks for an attestation: a named reviewer's verdict with evidence.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from programs.base import Clause, Day, KeyDateId, Name, Scoped, Slug, unfit
from programs.facts import Achiever
from programs.words import Words

Past = Literal["past-winner", "leads-another-studio", "banned", "subsidized"]
"""Something in a nominee's past that the store can look up."""


class RuleBase(Scoped):
    """What every rule has: its words are the project's own, the clause says where the notice has it."""

    name: Name
    clause: Clause

    @model_validator(mode="before")
    @classmethod
    def _branches_were_told_apart_otherwise(cls, written: object) -> object:
        # Databases hold definitions, vouched for by the history, that say so in the way of an earlier version.
        if isinstance(written, dict) and "only_for" in written:
            return {key: value for key, value in written.items() if key != "only_for"}
        return written


class Attestation(RuleBase):
    """A condition that needs judgement."""

    kind: Literal["attestation"] = "attestation"
    evidence: Name | None = Field(default=None, description="what the reviewer must have seen")


def _day_in_quotes(value: object) -> object:
    """Return the day that a text in ISO form names: in quotes, and in stored definitions, it is a day all the same."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2026-08-31") else value
    except ValueError:
        return value


class Age(RuleBase):
    """Ages in full years at `as_of`, bounds included: a day, or a key date's id; the recommendation's close without it.

    `men` and `women` are the highest by sex. `born_from` and `born_until` bound the day of birth itself, included.
    """

    kind: Literal["age"] = "age"
    men: int | None = Field(default=None, gt=0, lt=120)
    women: int | None = Field(default=None, gt=0, lt=120)
    at_least: int | None = Field(default=None, gt=0, lt=120, description="the lowest, whoever it is")
    born_from: Day | None = None
    born_until: Day | None = None
    as_of: Annotated[Day | KeyDateId, BeforeValidator(_day_in_quotes)] | None = None


class Level(RuleBase):
    """A grade in an ordered vocabulary, that level or above (民法典 art. 1259: 以上 includes it)."""

    kind: Literal["level"] = "level"
    vocabulary: Slug = Field(description="skill, title, heritage, award, education, or one of the program's own")
    at_least: Name


class Title(RuleBase):
    """One of the listed honors is held; with `exactly_one` the form applies with one of them and with nothing else."""

    kind: Literal["title"] = "title"
    any_of: tuple[Name, ...] = Field(min_length=1)
    exactly_one: bool = False


class Quantity(RuleBase):
    """A number about the nominee within bounds, both ends included."""

    kind: Literal["quantity"] = "quantity"
    of: Slug = Field(description="what is counted, for example team-size, months-a-year, years-at-unit")
    at_least: int | None = None
    at_most: int | None = None


class CompetitionRank(RuleBase):
    """A place in a skill competition, by level and class: `{"国家一类": 6}` means 1st to 6th place."""

    kind: Literal["competition-rank"] = "competition-rank"
    places: dict[Name, int] = Field(min_length=1)
    achieved_by: Achiever = "nominee"


class History(RuleBase):
    """Something in the past of the person or the unit that the store can look up, in whatever program it was.

    `bars` must not be there, `requires` must be: one of them is given. A winner of `of` is meant; of the program's own
    award when left out. For subsidies and studios `of` names which; all when left out.
    """

    kind: Literal["history"] = "history"
    bars: Past | None = None
    requires: Past | None = None
    of: tuple[Name, ...] = Field(default=(), description="the honors, studios or subsidies that are meant")
    within_years: int | None = Field(
        default=None, gt=0, le=50, description="only what began so recently; without it, ever"
    )

    @model_validator(mode="after")
    def _bars_or_requires(self) -> "History":
        if (self.bars is None) == (self.requires is None):
            raise unfit(
                Words(
                    "bars（不得有）和 requires（须有）都写了，或都没写",
                    "both or neither of `bars` (must not be there) and `requires` (must be there) are given",
                ),
                Words("请写且只写其中一个", "give one of them"),
            )
        return self


class Agreement(RuleBase):
    """Every row of an annex says what the nomination says: `same` gives for columns of it what they must be.

    That is `unit`, `nominee` or `nominator`, or a level or a number that the form states, by its vocabulary or by what
    is counted. Width, spaces and brackets in names make no difference.
    """

    kind: Literal["agreement"] = "agreement"
    annex: Slug
    same: dict[Slug, Slug] = Field(min_length=1)


class Combination(RuleBase):
    """At least `need` of the named rules; all of them when left out."""

    kind: Literal["combination"] = "combination"
    of: tuple[Slug, ...] = Field(min_length=2)
    need: int | None = Field(default=None, gt=0)


class Exemption(RuleBase):
    """Whoever meets one of `granted_by` is free of exactly the one rule `lifts`."""

    kind: Literal["exemption"] = "exemption"
    lifts: Slug
    granted_by: tuple[Name, ...] = Field(min_length=1)


class Preference(RuleBase):
    """优先: who meets it comes first among equals. It never refuses anybody."""

    kind: Literal["preference"] = "preference"


class Ratio(RuleBase):
    """A share of all who are chosen, among those whom this rule concerns: nominees with the trait `of`, in percent.

    Bounds are included. A `soft` one is told and refuses nothing.
    """

    kind: Literal["ratio"] = "ratio"
    of: Slug = Field(description="a trait")
    at_least_percent: int | None = Field(default=None, ge=0, le=100)
    at_most_percent: int | None = Field(default=None, ge=0, le=100)
    soft: bool = False


Rule = Annotated[
    Attestation
    | Age
    | Level
    | Title
    | Quantity
    | CompetitionRank
    | History
    | Agreement
    | Combination
    | Exemption
    | Preference
    | Ratio,
    Field(discriminator="kind"),
]
