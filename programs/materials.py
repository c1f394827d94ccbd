"""What a nomination must hand in."""

from enum import StrEnum

from pydantic import Field

from programs.base import Clause, Name, Scoped


class Medium(StrEnum):
    """How a material is received; each medium is received separately, with date and receiver."""

    PAPER = "paper"
    ELECTRONIC = "electronic"


class Material(Scoped):
    """One thing to hand in."""

    name: Name
    clause: Clause
    media: tuple[Medium, ...] = Field(default=(Medium.PAPER, Medium.ELECTRONIC), min_length=1)
    optional: bool = False
    at_least_characters: int | None = Field(default=None, gt=0)
    at_most_characters: int | None = Field(default=None, gt=0)
    at_most_pages: int | None = Field(default=None, gt=0)
    formats: tuple[Name, ...] = ()
    attestation: Name | None = Field(default=None, description="the phrase that a copy must bear")
