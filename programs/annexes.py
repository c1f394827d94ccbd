"""Tables that come with nominations beside what they are drawn up from: 一览表, 带徒情况汇总表.

What is kept of one is only what its columns name, for people in them did not apply for anything.
"""

from typing import Final, Literal

from pydantic import Field, model_validator

from programs.base import Clause, Identified, Name, Part, Slug, require_told_apart, unfit
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
                    "vocabulary、places_of、counts 写了不止一个",
                    "more than one of `vocabulary`, `places_of` and `counts` is given",
                ),
                Words("请只留一个", "keep one of them"),
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
        require_told_apart(columns=self.columns)
        seen: set[str] = set()
        for column in self.columns:
            for heading in (column.name, *column.also):
                if heading in seen:
                    raise unfit(
                        Words(f"“{heading}”出现了两次", f"“{heading}” stands twice"),
                        Words("请只写在一处", "write it once"),
                        at=f"columns.{column.id}",
                    )
                seen.add(heading)
        return self


class AnnexRow(Part):
    """One row: its number as Excel counts it, and its cells by column, without those that say nothing."""

    row: int
    cells: dict[Slug, str]


class FilledAnnex(Part):
    """What is kept of one nomination's annex: the columns that its table had, and its rows."""

    columns: tuple[Slug, ...]
    rows: tuple[AnnexRow, ...]
