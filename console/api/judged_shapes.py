"""What the API takes and answers with about what is found out of a nomination: verdicts, facts, opinions, details."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from console.api.shapes import Asked, Line, Shape, Text, VerdictShape
from operations.personal import PersonalKind
from states import Result


class VerdictAsked(Asked):
    """What a reviewer finds of one rule."""

    rule: Line
    result: Result


class VerdictsAsked(Asked):
    """Verdicts of a screening: a later one replaces an earlier."""

    verdicts: Annotated[list[VerdictAsked], Field(min_length=1, max_length=200)]
    note: Text = ""


class VerdictList(Shape):
    """What every rule says of a nominee now."""

    verdicts: list[VerdictShape]


class FactAsked(Asked):
    """A fact as the form states it: all its values, or none to take back what was stated."""

    fact: Line
    values: Annotated[list[Line], Field(max_length=50)]


class FactsAsked(Asked):
    """What a form states. Facts that are not named stay as they are."""

    facts: Annotated[list[FactAsked], Field(min_length=1, max_length=100)]


class FactShape(Shape):
    """A fact that rules ask a form for. `values` is none where nothing is stated, empty where that there is none is.

    A value is one of `choices` where there are some, and else written as `hint` says; `several` may be stated.
    """

    fact: str
    name: str
    values: list[str] | None
    choices: list[str]
    hint: str | None
    several: bool


class FactList(Shape):
    """What rules ask a form for, with what it states."""

    facts: list[FactShape]


class BodyOpinionAsked(Asked):
    """What a body says that screens jointly, or is consulted; who does not agree says why in `note`."""

    body: Line
    agrees: bool
    note: Text = ""


class BodyOpinionShape(Shape):
    """What one body says; `agrees` is none while it has not answered."""

    body: str
    agrees: bool | None
    note: str
    given_by: str | None
    given_at: AwareDatetime | None


class BodyOpinionList(Shape):
    """What each body says that is asked where the nomination stands, for whoever records it; else nothing."""

    opinions: list[BodyOpinionShape]


class DetailShape(Shape):
    """One value of a nominee's personal data, in full."""

    kind: PersonalKind
    name: str
    value: str


class DetailList(Shape):
    """A nominee's personal data in full."""

    details: list[DetailShape]
