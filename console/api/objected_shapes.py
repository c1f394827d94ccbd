"""What the API takes and answers with about objections. None says who objects but their own page of an objection."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from console.api.judged_shapes import FactAsked
from console.api.shapes import Asked, Day, Line, MovedShape, RefusalShape, Shape, Text
from operations.objections import Outcome, RaisedBy


class ObjectionShape(Shape):
    """An objection. `due_at` is the first instant too late to judge it or to settle it, none without a deadline."""

    id: int
    program: str
    number: str
    nominee: str
    stage: str
    raised_by: RaisedBy | None
    lodged_at: AwareDatetime
    state: str
    state_name: str
    handler: str | None
    due_at: AwareDatetime | None
    provisional: bool
    overdue: bool
    settled_at: AwareDatetime | None


class ObjectionList(Shape):
    """Objections, of each program those that are open in front, the first to be settled before all."""

    objections: list[ObjectionShape]


class EvidenceShape(Shape):
    """A file that an objection rests on, or that was found, in its `place`."""

    place: int
    name: str
    attached_at: AwareDatetime
    attached_by: str


class SignedShape(Shape):
    """What somebody said as they handled an objection."""

    by: str
    at: AwareDatetime | None
    said: str


class ScopeShape(Shape):
    """Something that the program names as no objection."""

    id: str
    name: str


class CorrectableShape(Shape):
    """A fact of the nominee's form that can be put right, and how it is stated."""

    fact: str
    name: str
    choices: list[str]
    hint: str | None
    several: bool


class ObjectionDetail(ObjectionShape):
    """An objection in full, but for how to reach who objects; of a person who does, the first character is told.

    `judged` says why it was admitted or not, `found` what was found, and `settled` the answer. `refusals` say why the
    asker does not handle it.
    """

    unit: str
    objector: str
    grounds: str
    evidence: str | None
    files: list[EvidenceShape]
    has_contact: bool
    taken_by: str | None
    judged: SignedShape | None
    scope: str | None
    found: SignedShape | None
    settled: SignedShape | None
    clause: str | None
    scopes: list[ScopeShape]
    correctable: list[CorrectableShape]
    refusals: list[RefusalShape]


class ContactShape(Shape):
    """How to reach who objects; none where they gave nothing."""

    contact: str | None


class AdmitAsked(Asked):
    """An objection is taken up, and why; `handler` looks into it, the asker where nobody is named."""

    reason: Text
    handler: Line | None = None


class RefuseAsked(Asked):
    """An objection is not taken up, and why, which who objects can read; `scope` says what it is instead."""

    reason: Text
    scope: Line | None = None


class FindingForm(Asked):
    """What was found. Files, each as `file`, may come with it."""

    finding: Text


class ProlongAsked(Asked):
    """An investigation has time until the end of a later day, and why."""

    reason: Text
    until: Day


class SettleAsked(Asked):
    """How an objection ends, and what was found; `facts` put right what the nominee's form states, where corrected.

    `clause` is the rule that it rests on, the publicity's own where it is left out.
    """

    outcome: Outcome
    answer: Text
    clause: Line | None = None
    facts: Annotated[tuple[FactAsked, ...], Field(max_length=100)] = ()
    reason: Text = ""


class HandledShape(Shape):
    """Something was done with an objection. `moved` says where its nominee went, none where they stay."""

    objection: int
    state: str
    handler: str | None = None
    due_at: AwareDatetime | None = None
    moved: MovedShape | None = None
