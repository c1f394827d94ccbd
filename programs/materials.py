"""What a nomination must hand in."""

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from programs.base import Clause, Identified, Name, Part, Scoped, unfit
from programs.copies import FileFormat
from programs.forms import Content
from programs.lengths import Counting
from programs.words import Words


class Medium(StrEnum):
    """How a material is received; each medium is received separately, with date and receiver."""

    PAPER = "paper"
    ELECTRONIC = "electronic"
    SCAN = "scan"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _MEDIA[self]


_MEDIA = {
    Medium.PAPER: Words("纸质", "paper"),
    Medium.ELECTRONIC: Words("电子", "electronic"),
    Medium.SCAN: Words("扫描", "scanned"),
}


class Mark(StrEnum):
    """What a paper must bear beside its text."""

    SEAL = "seal"
    STRADDLE_SEAL = "straddle-seal"
    HANDLER_SIGNATURE = "handler-signature"
    NOMINEE_SIGNATURE = "nominee-signature"


#: What a scanner gives; and, where a scan is handed in beside it, what can still be edited.
_SCANS = (FileFormat.PDF, FileFormat.JPEG, FileFormat.PNG, FileFormat.TIFF)
_EDITABLE = (FileFormat.DOC, FileFormat.DOCX, FileFormat.XLS, FileFormat.XLSX)


class Form(Identified):
    """One of several forms in which a material may be handed in; every bound includes its number."""

    name: Name
    formats: tuple[FileFormat, ...] = ()
    at_least_pieces: int | None = Field(default=None, gt=0)
    at_most_pieces: int | None = Field(default=None, gt=0)
    at_least_minutes: int | None = Field(default=None, gt=0)
    at_most_minutes: int | None = Field(default=None, gt=0)


class Material(Scoped):
    """One thing to hand in. Every bound includes its number (民法典 art. 1259)."""

    name: Name
    clause: Clause
    media: tuple[Medium, ...] = Field(default=(Medium.PAPER, Medium.ELECTRONIC), min_length=1)
    optional: bool = False
    per: Literal["nominee", "nominator"] = Field(
        default="nominee", description="a nominator's summary is handed in once, with all its nominations"
    )
    at_least_characters: int | None = Field(default=None, gt=0)
    at_most_characters: int | None = Field(default=None, gt=0)
    about_characters: int | None = Field(default=None, gt=0, description="字左右: give or take `tolerance_percent`")
    tolerance_percent: int = Field(default=10, ge=0, le=50)
    counting: Counting = Field(default=Counting.CHARACTERS, description="how the characters of a text are counted")
    at_most_pages: int | None = Field(default=None, gt=0)
    at_most_pieces: int | None = Field(default=None, gt=0, description="how many files it may consist of")
    at_most_megabytes: int | None = Field(default=None, gt=0, description="of all its files together")
    formats: tuple[FileFormat, ...] = ()
    forms: tuple[Form, ...] = Field(default=(), description="any one of these will do")
    attestation: Name | None = Field(default=None, description="the phrase that a copy must bear")
    marks: tuple[Mark, ...] = ()
    sheet: Literal["A4", "A3"] | None = None
    duplex: bool = False
    declassified: bool = Field(default=False, description="脱密: whoever hands it in confirms that it holds no secret")
    identifying: bool = Field(
        default=True, description="experts of a blind panel see its files only where they were handed in as anonymous"
    )
    content: Content | None = Field(default=None, description="what a form contains, so that it can be filled in")

    @model_validator(mode="after")
    def _length_is_stated_once(self) -> "Material":
        if self.about_characters and (self.at_least_characters or self.at_most_characters):
            raise unfit(
                Words(
                    "about_characters（字左右）和字数上下限不能同时写：它已含上下限",
                    "about_characters stands alone: it implies the least and the most",
                ),
                Words(
                    "请只留 about_characters，或只留 at_least_characters、at_most_characters",
                    "keep either about_characters, or at_least_characters and at_most_characters",
                ),
            )
        return self

    def formats_in(self, medium: Medium) -> tuple[FileFormat, ...]:
        """Return the formats that are taken in a medium, any where there are none."""
        if medium is Medium.SCAN:
            return _SCANS
        if self.formats or self.forms or Medium.SCAN not in self.media:
            return self.formats
        return _EDITABLE

    def characters(self) -> tuple[int | None, int | None]:
        """Return the least and the most characters, both included; None where there is no such bound."""
        if self.about_characters is None:
            return self.at_least_characters, self.at_most_characters
        slack = self.about_characters * self.tolerance_percent // 100
        return self.about_characters - slack, self.about_characters + slack


class Archive(Part):
    """The one compressed file in which the electronic copies of a nomination arrive, and what its name is made of."""

    clause: Clause
    named_by: tuple[Literal["employer", "name"], ...] = Field(min_length=1)
