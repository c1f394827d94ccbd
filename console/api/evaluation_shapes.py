"""What the API takes and answers with about what an expert evaluates: their own, and nothing of others."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from console.api.shapes import Asked, Day, Line, Shape, Text
from programs.materials import Medium
from programs.panels import Ground


class TrackName(Shape):
    """A track of a review."""

    id: str
    name: str


class TaskShape(Shape):
    """A nominee whom the expert evaluates. Where the review is blind, `nominee` is the number and `unit` empty."""

    number: str
    nominee: str
    unit: str
    missing: list[TrackName]
    closed: bool


class SeatingShape(Shape):
    """A stage at which the expert evaluates. `pledge` are the words that are still to be pledged, none else.

    `missing` of `total` nominees wait for them; of more than are listed, `tasks` are the first that wait.
    """

    program: str
    stage: str
    name: str
    state: str | None
    pledge: str | None
    tasks: list[TaskShape]
    missing: int
    total: int


class PaperWaits(Shape):
    """A named ballot that is open, and in which the expert votes."""

    program: str
    stage: str
    name: str
    round: int


class LetterShape(Shape):
    """A letter to the expert whose receipt is not confirmed."""

    id: str
    subject: str
    sent_at: AwareDatetime


class EvaluationList(Shape):
    """What an expert has before them, what waits in front; nothing for whoever acts in another role."""

    seatings: list[SeatingShape]
    papers: list[PaperWaits]
    letters: list[LetterShape]
    may_declare: bool


class LetterAsked(Asked):
    """The letter that was received."""

    letter: Line


class OwnTieAsked(Asked):
    """What ties the expert; whom it recuses from is found out, and not told. `unit` is where a relative works."""

    ground: Ground
    subject: Line
    unit: Line | None = None
    until: Day | None = None


class SeatAnswered(Asked):
    """Confirm or decline an invitation, or pledge; who declines says why."""

    answer: Literal["confirm", "decline", "pledge"]
    reason: Text = ""


class StepBackAsked(Asked):
    """That the expert steps back from a nominee: what they gave is taken back, and they see nothing of it any more."""

    ground: Ground
    reason: Text


class CriterionShape(Shape):
    """What is scored: within `scale`, or by one of `grades`, as words. `weight_percent` is its part of the track."""

    id: str
    name: str
    scale: str
    full_marks: str
    step: str
    grades: list[str]
    weight_percent: int | None
    clause: str | None


class PointsShape(Shape):
    """Points on a criterion, as a decimal."""

    criterion: str
    points: str


class GivenShape(Shape):
    """What the expert gave on a track; `total` where it has no criteria."""

    points: list[PointsShape]
    total: int | None
    group: str | None
    opinion: str


class TrackShape(Shape):
    """A track on which the expert gives points by criterion, or where it has none, a report.

    `reported`: somebody has reported on it already; another report takes its place.
    """

    id: str
    name: str
    clause: str
    weight_percent: int | None
    opinion_required: bool
    criteria: list[CriterionShape]
    groups: list[TrackName]
    given: GivenShape | None
    reported: bool


class ToldFact(Shape):
    """What a form states, where the review is blind: it tells nobody who it is."""

    fact: str
    name: str
    values: list[str]


class EvaluatedFile(Shape):
    """A file that the expert may take."""

    material: str
    medium: Medium
    place: int
    name: str
    size: int


class SheetShape(Shape):
    """The sheet of one nominee; `following` is the next one of whom something is missing."""

    program: str
    stage: str
    task: TaskShape
    category: str | None
    blind: bool
    facts: list[ToldFact]
    files: list[EvaluatedFile]
    tracks: list[TrackShape]
    following: str | None


class PointsAsked(Asked):
    """Points on a criterion as they are written, or the word of a grade."""

    criterion: Line
    points: Line


class ScoreAsked(Asked):
    """What the expert gives on a track: points by criterion.

    Where the track has no criteria, `total`, an opinion, or both.
    """

    points: Annotated[list[PointsAsked], Field(default_factory=list, max_length=100)]
    total: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    group: Line | None = None
    opinion: Text = ""
