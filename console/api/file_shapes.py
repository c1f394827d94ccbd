"""What the API takes and answers with where files come and go: materials, receipts, tables and archives."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from console.api.shapes import Asked, Line, Shape, Text
from programs.materials import Medium

_Yes = Literal["true", "false"]


class FileShape(Shape):
    """A file that was handed in, in its `place`. `anonymous`: it tells nobody who the nominee is."""

    place: int
    name: str
    format: str
    size: int
    pages: int | None
    attached_at: AwareDatetime
    attached_by: str
    anonymous: bool


class MediumShape(Shape):
    """A material in one medium. Whoever receives it must have looked at `to_see`; `again`: it is to be mended."""

    medium: Medium
    received_at: AwareDatetime | None
    receiver: str | None
    to_see: list[str]
    again: bool
    files: list[FileShape]


class HandedInShape(Shape):
    """A material in every medium that it is taken in."""

    id: str
    name: str
    clause: str
    media: list[MediumShape]


class MaterialList(Shape):
    """What a nomination hands in."""

    materials: list[HandedInShape]


class ReceiptAsked(Asked):
    """A material that has come, in one medium, or in every one that it is taken in."""

    material: Line
    medium: Medium | None = None


class ReceiptsAsked(Asked):
    """What is received. `seen`: what the notice asks of it and no machine can tell has been looked at."""

    materials: Annotated[list[ReceiptAsked], Field(min_length=1, max_length=200)]
    seen: bool = False


class TakeAsked(Asked):
    """Why a file is looked at, which the history keeps."""

    reason: Text = ""


class AttachForm(Asked):
    """What is sent with the files of a material."""

    seen: _Yes = "false"
    anonymous: _Yes = "false"


class IntakeForm(Asked):
    """What is sent with a table, an annex or an archive; `nominator` and what follows stand for missing columns."""

    sending: Literal["table", "compare", "annex", "archive"] = "table"
    preview: _Yes = "true"
    annex: Line = ""
    nomination: Line = ""
    nominator: Line = ""
    nominator_kind: Line = ""
    host: Line = ""
    category: Line = ""
    route: Line = ""


class AttachedShape(Shape):
    """What was handed in. Where it is not `received`, somebody looks at `to_see` and receives it then."""

    received: bool
    to_see: list[str]
    replaced: list[str]
    materials: list[HandedInShape]


class FoundShape(Shape):
    """Something found in a table (`where` is a cell) or an archive (a file). What `blocks` keeps all of it out."""

    where: str
    reason: str
    blocks: bool


class IntakeShape(Shape):
    """What came of a file: nothing was kept unless it is `taken`. `numbers` were drawn up, or received files."""

    taken: bool
    rows: int
    numbers: list[str]
    to_see: list[str]
    findings: list[FoundShape]
    passed_over: list[str]
