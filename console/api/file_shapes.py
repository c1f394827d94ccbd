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


class TallyForm(Asked):
    """What is sent with a table of votes. `platform`: where the program names several; `as_of`: when it was counted.

    `replace`: it stands in the place of what the platform counted before, which stays recorded.
    """

    preview: _Yes = "true"
    platform: Line = ""
    as_of: AwareDatetime | None = None
    replace: _Yes = "false"


class ExpertsForm(Asked):
    """What is sent with a table of experts."""

    preview: _Yes = "true"


class ReportForm(Asked):
    """Files of a report are sent with nothing else."""


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


class VotesShape(Shape):
    """How many votes somebody has."""

    number: str
    votes: int


class JumpShape(Shape):
    """Somebody whose votes fell, or rose by far more than those of most others, since the import before."""

    number: str
    before: int
    after: int


class TallyShape(Shape):
    """What came of a table of votes: nothing was kept unless it is `taken`. Who `jumped` is shown, and changes nothing.

    `digest` is the SHA-256 of the file, `replaced` that of the one in whose place it stands.
    """

    taken: bool
    platform: str
    digest: str
    votes: list[VotesShape]
    jumped: list[JumpShape]
    replaced: str | None
    findings: list[FoundShape]


class ExpertsTakenShape(Shape):
    """What came of a table of experts: nobody was taken in unless it is `taken`. `where` is a row here."""

    taken: bool
    rows: int
    findings: list[FoundShape]
    passed_over: list[str]


class ReportFilesShape(Shape):
    """So many files were kept with a report; the same file is kept once."""

    kept: int
