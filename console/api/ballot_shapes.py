"""What the API takes and answers with about the ballots of a committee, and its meeting."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Body
from pydantic import AwareDatetime, Field

from console.api.board_shapes import May
from console.api.shapes import Asked, Day, Line, Name, Phrase, RefusalShape, RoundNumber, Shape, Text
from programs.panels import Ground
from states.balloting import Mark

_Names = Annotated[list[Name], Field(max_length=200)]
_Count = Annotated[int, Field(ge=0, le=999_999)]


class MemberShape(Shape):
    """A member of a round; `present` is none until it is recorded who attends."""

    member: str
    present: bool | None
    recused_from: list[str]


class VotedOnShape(Shape):
    """Somebody who is voted on, with what was counted; none where it was not, or is not the asker's to see yet.

    `chosen` is none while nothing is decided; `steps` lead to it, in words.
    """

    number: str
    nominee: str
    yes: int | None
    no: int | None
    abstained: int | None
    chosen: bool | None
    grade: str | None
    steps: list[str]


class TieShape(Shape):
    """Those who are level at the last places of a grade: they are voted on again."""

    grade: str | None
    level: list[str]
    places: int


class RoundShape(Shape):
    """A round, open, closed or annulled. Never how a member has voted; `voted` says of an open named one who has.

    `members` are told to those who hold it or enter votes; `seated` and `attending` count them for all.
    `returned`, `invalid`, `blank` and `tellers` are those of a secret one that was counted.
    """

    round: int
    state: str
    again_after: int | None
    secret: bool
    picks: int | None
    seated: int
    attending: int
    members: list[MemberShape]
    nominees: list[VotedOnShape]
    voted: list[str]
    returned: int | None
    invalid: int | None
    blank: int | None
    tellers: list[str]
    tie: TieShape | None


class BallotShape(Shape):
    """The ballot of a stage, and its rounds in their order."""

    secret: bool
    clause: str
    threshold: str
    quorum: str | None
    picks: int | None
    rounds: list[RoundShape]
    may: May


class OpenAsked(Asked):
    """Open a round on everybody on whom none has decided, or again on those who are level.

    Members are the panel's, else those who are named here, else those of the round before.
    """

    deed: Literal["open"]
    members: Annotated[list[Name], Field(default_factory=list, max_length=200)]


class AttendAsked(Asked):
    """Record who attends: these, and no others."""

    deed: Literal["attend"]
    present: _Names


class RecuseMemberAsked(Asked):
    """Recuse a member from a nominee of the open round."""

    deed: Literal["recuse"]
    member: Line
    number: Line
    ground: Ground
    reason: Text


class CountedAsked(Asked):
    """What was counted of one nominee; where members pick, `yes` alone."""

    number: Line
    yes: _Count
    no: _Count = 0
    abstained: _Count = 0


class CountAsked(Asked):
    """What the tellers of a secret ballot have counted in a `round`, all of it at once."""

    deed: Literal["count"]
    round: RoundNumber
    returned: _Count
    invalid: _Count = 0
    blank: _Count = 0
    tellers: _Names
    votes: Annotated[list[CountedAsked], Field(max_length=1000)]


class CloseAsked(Asked):
    """Close the open round."""

    deed: Literal["close"]


class AnnulAsked(Asked):
    """Annul the last round, so that it can be held again: the `round` that was read, and no other."""

    deed: Literal["annul"]
    round: RoundNumber
    reason: Text


BallotAsked = Annotated[
    OpenAsked | AttendAsked | RecuseMemberAsked | CountAsked | CloseAsked | AnnulAsked, Body(discriminator="deed")
]


class OnPaperShape(Shape):
    """Somebody whom a member votes on, with what was entered."""

    number: str
    nominee: str
    mark: Mark | None


class PaperShape(Shape):
    """What a member votes on in the open, named round: on each, or `picks` of them at most, or `exactly` that many."""

    program: str
    stage: str
    round: int
    member: str
    picks: int | None
    exactly: bool
    nominees: list[OnPaperShape]


class MarkAsked(Asked):
    """How a member votes on one."""

    number: Line
    mark: Mark


class CastAsked(Asked):
    """How a member votes in the `round` of the paper that was read.

    Whom it says nothing about is abstained from, or where some are picked, voted against.
    """

    round: RoundNumber
    marks: Annotated[list[MarkAsked], Field(max_length=1000)]


class RecordedShape(Shape):
    """A meeting with the day on which it was held, and who recorded it when."""

    held_on: date
    place: str
    chair: str
    recorder: str
    present: list[str]
    absent: list[str]
    agenda: list[str]
    recorded_by: str
    recorded_at: AwareDatetime


class MeetingShape(Shape):
    """The meeting of a stage, none where none is recorded; `refusals` say why the asker records none.

    `decided`: there is something for minutes to tell.
    """

    recorded: RecordedShape | None
    refusals: list[RefusalShape]
    decided: bool


_Lines = Annotated[list[Annotated[Phrase, Field(min_length=1)]], Field(default_factory=list, max_length=200)]


class MeetingAsked(Asked):
    """A meeting; it takes the place of what was recorded before."""

    held_on: Day
    place: Phrase = ""
    chair: Line = ""
    recorder: Line = ""
    present: _Lines
    absent: _Lines
    agenda: _Lines
