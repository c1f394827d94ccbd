"""What the API takes and answers with. Instants are ISO 8601 with an offset; words are in the reader's language."""

from datetime import date
from re import ASCII, fullmatch
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from operations.queries import Sort
from states import Move

_Stripped = Annotated[str, StringConstraints(strip_whitespace=True)]
_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
Line = Annotated[_Stripped, Field(max_length=120, pattern=_LINE)]
"""One line, as names and ids are: no control characters, and as from forms without space around it."""
Name = Annotated[Line, Field(min_length=1)]
"""The name of somebody, which is never empty."""
Phrase = Annotated[_Stripped, Field(max_length=200, pattern=_LINE)]
"""One line of more than a name: a place, or what is on an agenda."""
Text = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]
"""A reason, or an opinion."""


def _written(value: object) -> object:
    """Take a day as it is written, and none as the seconds since 1970, which would be read too."""
    if not isinstance(value, str) or not fullmatch(r"\d{4}-\d\d-\d\d", value, ASCII):
        raise PydanticCustomError("date_type", "Input should be a valid date in the format YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_written)]
"""A day in Shanghai."""
Version = Annotated[int, Field(ge=1, le=1_000_000_000)]
RoundNumber = Annotated[int, Field(ge=1, le=10_000)]


class Shape(BaseModel):
    """Something that the API answers with."""

    model_config = ConfigDict(frozen=True)


class Asked(BaseModel):
    """Something that is sent to the API: a field that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ReasonAsked(Asked):
    """Why something is done, or seen: it goes into the history."""

    reason: Text


class RefusalShape(Shape):
    """Why something is not done: the gate, the reason, what would help, and the clause behind it."""

    gate: str
    reason: str
    remedy: str
    clause: str | None


class ProblemRefusal(RefusalShape):
    """Why nothing was done. Of many, `numbers` are those whom it is about."""

    numbers: list[str] = []


class Problem(Shape):
    """A problem as RFC 9457 has it. `refusals` say why a move was not made; `version` is the one that now stands."""

    title: str
    status: int
    detail: str
    refusals: list[ProblemRefusal] = []
    version: int | None = None


class NominationShape(Shape):
    """A nomination in a list. `by` is when it is due, or planned to be done; `late` where that is past.

    `stage` is the id of the stage and the place within it, or how it ended; `standing` is its name.
    """

    number: str
    program: str
    nominee: str
    unit: str
    nominator: str
    stage: str
    standing: str
    holder: str | None
    since: AwareDatetime
    by: AwareDatetime | None
    working_days_left: int | None
    late: bool


class NominationPage(Shape):
    """A page of a list. `count` stops at 1001; `following` is the `after` of the next page, if there is one."""

    nominations: list[NominationShape]
    count: int
    following: str | None


class MoveShape(Shape):
    """A move that leads on: where to, what stands against it now, and what whoever makes it is still to give."""

    move: Move
    name: str
    destination: str
    destination_name: str
    refusals: list[RefusalShape]
    asked: list[RefusalShape]


class UndoingShape(Shape):
    """What taking the last move back would do: where to, until when it can be, and what is against it now."""

    move: Move
    by: str
    at: AwareDatetime
    until: AwareDatetime
    destination: str
    told: list[str]
    warned: list[str]
    refusals: list[RefusalShape]


class VerdictShape(Shape):
    """What a rule says of a nominee."""

    rule: str
    name: str
    result: str
    words: str
    clause: str


class MaterialShape(Shape):
    """A material, and in which media it has been received and is missing."""

    id: str
    name: str
    received: list[str]
    missing: list[str]


class ToMendShape(Shape):
    """A rule or a material that a nomination was returned for."""

    name: str
    mended: bool


class NominationDetail(NominationShape):
    """A nomination with its moves, verdicts and materials. `version` counts its moves; a move asks for it.

    `undoing` is there where the program lets the last move be taken back; `to_mend` while it is returned for something.
    """

    version: int
    undoing: UndoingShape | None
    moves: list[MoveShape]
    verdicts: list[VerdictShape]
    materials: list[MaterialShape]
    to_mend: list[ToMendShape]


class EventShape(Shape):
    """Something that happened. `facts` are all of them for those who run the program, and a few for others."""

    position: int
    at: AwareDatetime
    kind: str
    actor: str
    role: str
    source: str | None
    destination: str | None
    facts: dict[str, Any]


class History(Shape):
    """What happened to a nomination, the newest first."""

    events: list[EventShape]


class Me(Shape):
    """Whom a token stands for."""

    name: str
    role: str
    organization: str | None
    token: str
    ends_at: AwareDatetime


class DraftAsked(Asked):
    """A nomination to be drawn up; `identity` is the identity number of the person, or of a studio's named expert."""

    nominee: Line
    unit: Line
    nominator: Line
    route: Line = "organization"
    category: Line | None = None
    nominator_kind: Line | None = None
    host: Line | None = None
    traits: Annotated[list[Line], Field(max_length=20)] = []
    identity: Line | None = None
    phone: Line | None = None
    bank_account: Line | None = None


class Drawn(Shape):
    """A nomination was drawn up under this number, and stands there."""

    number: str
    stage: str


class OpinionAsked(Asked):
    """What a tier says on one point of the form."""

    point: Line
    said: Text


Opinion = Annotated[list[OpinionAsked], Field(max_length=50)]


class UndoAsked(Asked):
    """That the last move is to be taken back: why, and the version of the nomination that was read."""

    reason: Text
    version: Version


class MoveAsked(Asked):
    """A move. `version` is the one that was read: whoever moved it since is told of, and nothing is done.

    `rules` and `materials` are what a return is for: what is not met, and what is to be mended.
    """

    move: Move
    version: Version
    reason: Text = ""
    rules: Annotated[list[Line], Field(max_length=200)] = []
    materials: Annotated[list[Line], Field(max_length=200)] = []
    grade: Line | None = None
    ground: Line | None = None
    sealed: bool = False
    opinion: Opinion = []
    form_number: Line | None = None


class MovedShape(Shape):
    """A nomination was moved: who must act next, and when time moves it on from there."""

    number: str
    move: Move
    source: str
    destination: str
    version: int
    holder: str | None
    due_at: AwareDatetime | None


class Chosen(Asked):
    """One of many, and the version that was read; a preview does without, and tells it."""

    number: Line
    version: Version | None = None


class BatchAsked(Asked):
    """One move for many. A preview judges all of them as they would be, and keeps nothing."""

    move: Move
    nominations: Annotated[list[Chosen], Field(min_length=1, max_length=1000)]
    preview: bool = True
    reason: Text = ""
    ground: Line | None = None
    sealed: bool = False
    opinion: Opinion = []


class StepShape(Shape):
    """One of many that is moved, or would be: to which standing, and who must act there until when.

    `version` is the one that a move asks for next: of a preview the one that was read, else the one that now stands.
    """

    number: str
    version: int
    stage: str
    standing: str
    holder: str | None
    due_at: AwareDatetime | None


class RefusedShape(Shape):
    """One of many that stays where it is, and why."""

    number: str
    refusals: list[RefusalShape]


class BatchDone(Shape):
    """What a move did to many, or would do."""

    preview: bool
    moved: list[StepShape]
    refused: list[RefusedShape]
    remarks: list[RefusalShape]


class Listing(Asked):
    """What of a list is asked for; `text` is how a number or a name begins."""

    program: Line = ""
    stage: Line = ""
    text: Line = ""
    mine: bool = False
    late: bool = False
    sort: Sort = Sort.NUMBER
    after: Line = ""
