"""Tables that come with nominations beside what they are drawn up from: 一览表, 带徒情况汇总表.

What is kept of one is only what its columns name, for people in them did not apply for anything.
"""

from typing import Final, Literal

from pydantic import Field, model_validator

from programs.base import Clause, Identified, Name, Part, Slug, unfit
from programs.facts import Achiever
from programs.words import Words

#: What a nomination says of itself, beside what its form states: an annex can be held against it.
SAID: Final = ("nominee", "unit", "nominator")


class AnnexColumn(Identified):
    """A column that is kept: `name` is its heading in the notice, `also` are others that mean the same.

    Cells are names or words as they stand, unless one of the rest is given.
    """

    name: Name
    also: tuple[Name, ...] = ()
    vocabulary: Slug | None = Field(default=None, description="its cells are levels of this vocabulary")
    places_of: Achiever | None = Field(
        default=None, description="its cells are places in competitions, of these people"
    )
    counts: Slug | None = Field(
        default=None, description="rows that say the same here are counted; the fewest are the number, such as a year's"
    )

    @model_validator(mode="after")
    def _means_one_thing(self) -> "AnnexColumn":
        if sum(one is not None for one in (self.vocabulary, self.places_of, self.counts)) > 1:
            raise unfit(
                Words(
                    f"{self.id}：vocabulary、places_of、counts 最多写一个",
                    f"{self.id}: give at most one of `vocabulary`, `places_of` and `counts`",
                )
            )
        return self


class Annex(Identified):
    """A table of one program. The first of its columns names each row.

    `rows` says whom they are about: `nominees`, each by their identity number, or `others`, any number of them for one
    nomination.
    """

    name: Name
    clause: Clause
    rows: Literal["nominees", "others"]
    columns: tuple[AnnexColumn, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _columns_are_told_apart(self) -> "Annex":
        for words in ([one.id for one in self.columns], [way for one in self.columns for way in (one.name, *one.also)]):
            doubled = next((one for place, one in enumerate(words) if one in words[:place]), None)
            if doubled:
                raise unfit(
                    Words(f"{self.id}：“{doubled}”出现了两次", f"{self.id}: {doubled!r} stands twice in the columns")
                )
        return self


class AnnexRow(Part):
    """One row: its number as Excel counts it, and its cells by column, without those that say nothing."""

    row: int
    cells: dict[Slug, str]


class FilledAnnex(Part):
    """What is kept of one nomination's annex: the columns that its table had, and its rows."""

    columns: tuple[Slug, ...]
    rows: tuple[AnnexRow, ...]
