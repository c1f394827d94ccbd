"""What the API takes and answers with about a stage at which some are chosen: board, panel, ranking, decision."""

from typing import Annotated, Literal

from fastapi import Body
from pydantic import AwareDatetime, Field

from console.api.shapes import Asked, Line, RefusalShape, RoundNumber, Shape, Text
from programs.panels import Ground
from states import Move

Page = Annotated[int, Field(ge=1, le=100_000)]
May = dict[str, RefusalShape | None]
"""Of each deed why the asker does not do it; none where they do."""


class GradeShape(Shape):
    """A grade that can be given."""

    id: str
    award: str


class StandeeShape(Shape):
    """Somebody who stands at the stage; `proposed` by a settled ranking or a closed ballot: nothing, `go`, a grade."""

    number: str
    nominee: str
    unit: str
    category: str | None
    grades: list[GradeShape]
    proposed: str


class SeatsShape(Shape):
    """The seats of a grade; `count` is none where nothing limits it."""

    id: str
    award: str
    clause: str
    count: int | None
    taken: int


class SeatShape(Shape):
    """An expert's place on the panel. `owes`: of how many who stand here something is missing that they give."""

    ordinal: int
    name: str
    employer: str
    field: str
    state: str
    replaces: str | None
    reason: str
    pledged_at: AwareDatetime | None
    answer_by: AwareDatetime | None
    owes: int


class PanelShape(Shape):
    """The panel of a review; `round`, `seed` and the rest are none, and `seats` empty, until experts are drawn."""

    size: int
    clause: str
    round: int | None
    seed: str | None
    drawn_by: str | None
    drawn_at: AwareDatetime | None
    seats: list[SeatShape]


class RecusedShape(Shape):
    """Somebody who steps back from a nomination; `declared` says that it was stated and follows from no tie."""

    expert: str
    ground: Ground
    declared: bool


class OwedShape(Shape):
    """What an expert has not given of a nomination: on which tracks."""

    expert: str
    tracks: list[str]


class AssignmentShape(Shape):
    """A nomination with who evaluates it, who steps back from it, and what is missing."""

    number: str
    experts: list[str]
    recused: list[RecusedShape]
    missing: list[OwedShape]


class ImportShape(Shape):
    """The votes that one platform counted; `jumped` are those whose votes have jumped since the import before."""

    platform: str
    file: str
    as_of: AwareDatetime
    imported_by: str
    superseded: bool
    votes: int
    jumped: int


class BoardShape(Shape):
    """The board of a stage. `mark` is another text once somebody has come or gone: a decision states it.

    `standing` and `assignments` are those of this page, 100 at most, in the order in which they were drawn up. `may`
    says of each deed why the asker does not do it, none where they do.
    """

    program: str
    stage: str
    name: str
    kind: str
    clause: str
    keep: int | None
    total: int
    mark: str
    page: int
    pages: int
    standing: list[StandeeShape]
    panel: PanelShape | None
    assignments: list[AssignmentShape]
    imports: list[ImportShape]
    is_ranked: bool
    has_ballot: bool
    seats: list[SeatsShape]
    may: May


class DrawAsked(Asked):
    """Draw the experts; without a seed one is made and recorded. `again` draws anew, for a reason.

    Then `round` is that of the panel that was read: where another stands by now, nothing is done.
    """

    deed: Literal["draw"]
    seed: Line | None = None
    again: bool = False
    round: RoundNumber | None = None
    reason: Text = ""


class InviteAsked(Asked):
    """Owe an invitation to everybody who was drawn and not invited yet."""

    deed: Literal["invite"]


class AssignAsked(Asked):
    """Assign the experts to what stands here, evenly; a reason where places are vacant."""

    deed: Literal["assign"]
    reason: Text = ""


class AnswerAsked(Asked):
    """Record what an expert has answered, on their word; who declines says why."""

    deed: Literal["confirm", "decline"]
    expert: Line
    reason: Text = ""


class RecuseAsked(Asked):
    """Recuse an expert from a nomination."""

    deed: Literal["recuse"]
    expert: Line
    number: Line
    ground: Ground
    reason: Text


class LiftAsked(Asked):
    """Take a recusal back that rests on an error."""

    deed: Literal["lift"]
    expert: Line
    number: Line
    reason: Text


PanelAsked = Annotated[
    DrawAsked | InviteAsked | AssignAsked | AnswerAsked | RecuseAsked | LiftAsked, Body(discriminator="deed")
]


class LineShape(Shape):
    """A place in a ranking. `total` is exact: a decimal, or a fraction; `steps` lead to the place, in words.

    `goes_on` is none where nothing is cut, or somebody is level there. `missing` says what is still out.
    """

    place: int | None
    number: str
    nominee: str
    unit: str
    total: str | None
    goes_on: bool | None
    missing: list[str]
    steps: list[str]


class RankingShape(Shape):
    """The ranking of a stage, 50 places of it: a settled one with its `round`, else as scores and votes stand now.

    `agrees`: what the store has gives again what was settled. `left` are the places; of `open_ties` all are level.
    """

    round: int | None
    settled_by: str | None
    settled_at: AwareDatetime | None
    agrees: bool
    left: int | None
    count: int
    page: int
    pages: int
    lines: list[LineShape]
    open_ties: list[list[str]]
    may: May


class SettleAsked(Asked):
    """Settle the ranking: scores and votes are closed then."""

    deed: Literal["settle"]
    reason: Text = ""


class ReopenAsked(Asked):
    """Take the last ranking back, so that scores and votes are open again: the `round` that was read, and no other."""

    deed: Literal["reopen"]
    round: RoundNumber
    reason: Text


class ApartAsked(Asked):
    """What was found on one of those who are level: the more, the further in front."""

    number: Line
    points: Annotated[int, Field(ge=0, le=1_000_000_000)]


class ResolveAsked(Asked):
    """Tell those apart who are level: votes of a second vote, or points for the order."""

    deed: Literal["resolve"]
    points: Annotated[list[ApartAsked], Field(min_length=2, max_length=1000)]
    reason: Text


RankAsked = Annotated[SettleAsked | ReopenAsked | ResolveAsked, Body(discriminator="deed")]


class FateAsked(Asked):
    """What becomes of one: goes on, with a grade where the stage gives one; is a reserve of a grade; or does not go on.

    A reason stands in the place of the decision's own, for this nomination alone.
    """

    number: Line
    fate: Literal["go", "reserve", "out"]
    grade: Line | None = None
    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""


class DecisionAsked(Asked):
    """Who goes on. Whoever is not named does not; reserves stand in the order in which they are named here.

    Where nobody is named who goes on or is a reserve, everybody is named as `out`: an empty list drops nobody.

    `mark` is the board's, as it was read. A preview judges all of it, and keeps nothing.
    """

    mark: Line
    fates: Annotated[list[FateAsked], Field(max_length=5000)]
    reason: Text = ""
    preview: bool = True


class DecidedShape(Shape):
    """One who is moved, or would be: how, where to, and who must act there until when."""

    number: str
    move: Move
    destination: str
    holder: str | None
    due_at: AwareDatetime | None


class DecisionShape(Shape):
    """What a decision did, or would do. Where somebody is refused nobody is moved, and the problem says of whom why."""

    preview: bool
    moved: list[DecidedShape]
    remarks: list[RefusalShape]
