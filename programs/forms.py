"""What a form of a notice contains, so that it can be filled in for a nominee: data, like the rest of a program.

A form goes from top to bottom through its parts. What the store knows is filled in; all else stays blank, for people to
write in.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from programs.base import Name, Part, Slug, unfit
from programs.words import Words


class Datum(StrEnum):
    """What is known of a nominee beside the facts that rules judge by."""

    NUMBER = "number"
    NAME = "name"
    SEX = "sex"
    BIRTH = "birth"
    AGE = "age"
    IDENTITY = "identity"
    PHONE = "phone"
    BANK_ACCOUNT = "bank-account"
    UNIT = "unit"
    NOMINATOR = "nominator"
    CATEGORY = "category"
    ROUTE = "route"
    RANK = "rank"
    AWARD = "award"
    APPLIED = "applied"
    HONORS = "honors"
    COMPETITIONS = "competitions"

    @property
    def is_personal(self) -> bool:
        """Whether it is told only to who may see personal data, for a reason."""
        return self in _PERSONAL


_PERSONAL = frozenset({Datum.SEX, Datum.BIRTH, Datum.AGE, Datum.IDENTITY, Datum.PHONE, Datum.BANK_ACCOUNT})


class Entry(Part):
    """A label and what stands beside it: a datum, a fact that is stated, or nothing yet."""

    label: Name
    of: Datum | None = None
    fact: Slug | None = Field(default=None, description="a level by its vocabulary, or a number by what is counted")
    wide: bool = Field(default=False, description="has a line of its own")

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Entry":
        if self.of and self.fact:
            raise unfit(
                Words("of 和 fact 都写了", "both `of` and `fact` are given"),
                Words("请只留一个", "keep one of them"),
            )
        return self


class Grid(Part):
    """Labels and values side by side, two pairs on a line; a photo stands beside the first lines."""

    kind: Literal["grid"] = "grid"
    title: Name | None = None
    entries: tuple[Entry, ...] = Field(min_length=1)
    photo: bool = False


class Box(Part):
    """Room to write in, so many lines high."""

    label: Name
    hint: str | None = Field(default=None, max_length=300)
    lines: int = Field(default=6, ge=1, le=40)


class Boxes(Part):
    """Boxes one below the other."""

    kind: Literal["boxes"] = "boxes"
    title: Name | None = None
    boxes: tuple[Box, ...] = Field(min_length=1)


class Rows(Part):
    """A table of blank lines."""

    kind: Literal["rows"] = "rows"
    title: Name | None = None
    columns: tuple[Name, ...] = Field(min_length=2, max_length=8)
    blank: int = Field(default=6, ge=1, le=60)


class Opinion(Part):
    """Where somebody writes an opinion. One of a tier says what that tier's opinion must contain."""

    label: Name
    tier: Slug | None = None
    lines: int = Field(default=4, ge=1, le=40)


class Opinions(Part):
    """Opinions one below the other, each with its signature, its seal and its date."""

    kind: Literal["opinions"] = "opinions"
    title: Name | None = None
    opinions: tuple[Opinion, ...] = Field(min_length=1)


FormPart = Annotated[Grid | Boxes | Rows | Opinions, Field(discriminator="kind")]


class Content(Part):
    """What a material contains: a form in Word, an overview on one page in Excel, or a list with a line a nominee."""

    kind: Literal["form", "overview", "list"] = "form"
    cover: tuple[Entry, ...] = Field(default=(), description="what the cover bears; without it there is none")
    parts: tuple[FormPart, ...] = ()
    columns: tuple[Entry, ...] = Field(default=(), description="of a list")
    remarks: tuple[str, ...] = Field(default=(), description="填表说明, in the program's own words")

    @model_validator(mode="after")
    def _holds_what_its_kind_does(self) -> "Content":
        if self.kind == "list" and (not self.columns or self.parts or self.cover):
            raise unfit(
                Words("清单（list）没有 columns，或有 parts、cover", "a list lacks columns, or has parts or a cover"),
                Words(
                    '请只写 columns（各栏）；一人一表的，改为 kind = "form"',
                    'write its `columns` only; a form for each nominee has kind = "form"',
                ),
            )
        if self.kind != "list" and (not self.parts or self.columns):
            raise unfit(
                Words(f"{self.kind} 没有 parts，或有 columns", f"“{self.kind}” without parts, or with columns"),
                Words(
                    '请写 parts（各部分）；一人一行的，改为 kind = "list"',
                    'write its `parts`; a table with a line for each nominee has kind = "list"',
                ),
            )
        if self.kind == "overview" and self.cover:
            raise unfit(
                Words("overview 只有一页，不能有封面", "an overview is one page and has no cover"),
                Words("请删去 cover", "remove `cover`"),
                at="cover",
            )
        return self

    def entries(self) -> Iterator[Entry]:
        """Yield every entry that may be filled in."""
        yield from self.cover
        yield from self.columns
        for part in self.parts:
            if isinstance(part, Grid):
                yield from part.entries

    def tiers(self) -> Iterator[str]:
        """Yield the tiers whose opinions are asked for."""
        for part in self.parts:
            if isinstance(part, Opinions):
                yield from (opinion.tier for opinion in part.opinions if opinion.tier)

    @property
    def is_personal(self) -> bool:
        """Whether any entry is told only to who may see personal data."""
        return any(entry.of and entry.of.is_personal for entry in self.entries())
