"""What the API takes and answers with about documents, certificates and terms. Money is in fen, days are Shanghai's."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from console.api.shapes import Asked, Day, Line, MovedShape, RefusalShape, RefusedShape, Shape, Text
from deadlines.duties import DutyKind, Rung
from operations.certify import Validity


def _counted(value: object) -> object:
    """Take a number as JSON has it, and none that is text: what reads like one may be a year or a document."""
    if isinstance(value, str | bool):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


Fen = Annotated[int, Field(ge=0, le=2**53), BeforeValidator(_counted)]
"""Money: 100 fen are one yuan. Text is none, however it reads."""
Year = Annotated[int, Field(ge=1, le=99)]
"""A year of a term, counted from 1."""


class AwaitingShape(Shape):
    """Somebody whose publicity has passed and who waits for the document."""

    number: str
    nominee: str
    unit: str
    award: str


class DocumentShape(Shape):
    """A document that was issued."""

    number: str
    stage: str
    issued_at: AwareDatetime


class IssuanceShape(Shape):
    """Issuance in a program: `count` wait, the first ones are named; `uncertified` are honored without a certificate.

    `issuing` and `certifying` say why the asker does not do it.
    """

    count: int
    waiting: list[AwaitingShape]
    documents: list[DocumentShape]
    certified: int
    uncertified: int
    issuing: list[RefusalShape]
    certifying: list[RefusalShape]


class IssueAsked(Asked):
    """The number of a document, such as 某人社发〔2026〕1号."""

    number: Line


class IssuedShape(Shape):
    """A document honored these; those who are `held_back` stay, and why."""

    number: str
    moved: list[MovedShape]
    held_back: list[RefusedShape]


class CertificateShape(Shape):
    """The certificate of a nomination got its number."""

    nomination: str
    certificate: str


class CertificateList(Shape):
    """Certificates that were numbered just now."""

    certificates: list[CertificateShape]


class DutyShape(Shape):
    """What is to be done within a term. It can be done from `opens` on; `due` is the first instant too late."""

    kind: DutyKind
    name: str
    period: int
    opens: AwareDatetime
    due: AwareDatetime
    rung: Rung | None


class RoundShape(Shape):
    """An assessment; `round` 2 is the check of a rectification, for which there was time until `rectify_by`."""

    period: int
    round: int
    result: str
    passed: bool
    rectify_by: AwareDatetime | None
    assessed_at: AwareDatetime


class StopShape(Shape):
    """Benefits that have stopped."""

    ground: str
    since: date


class RevocationShape(Shape):
    """Why a title was taken away, what is to be paid back (fen), and when the certificate came back."""

    ground: str
    approved_by: str | None
    approval: str | None
    to_recover: int
    outstanding: int
    barred_until: date | None
    revoked_at: AwareDatetime
    returned_at: AwareDatetime | None


class HonorShape(Shape):
    """Somebody who was honored. `duties` are to be done now, `following` comes next; `paid` is not paid back (fen)."""

    number: str
    nominee: str
    unit: str
    award: str
    standing: str
    validity: Validity
    certificate: str | None
    begun: date | None
    last_day: date | None
    duties: list[DutyShape]
    following: DutyShape | None
    last: RoundShape | None
    stop: StopShape | None
    paid: int
    revocation: RevocationShape | None


class HonorPageShape(Shape):
    """A page of those whom a program has honored; `following` is the `after` of the next one, if there is one."""

    honors: list[HonorShape]
    following: str | None


class PaymentShape(Shape):
    """Money that was paid, and of it paid back; `year` is none where it is paid once."""

    benefit: str
    name: str
    year: int | None
    instalment: int
    fen: int
    recovered: int
    document: str
    paid_at: AwareDatetime


class BenefitShape(Shape):
    """A benefit of the notice for this honoree; `runs`: what is no money is had now, none for money."""

    id: str
    name: str
    kind: Literal["money", "support", "precedence"]
    clause: str
    at_most_yuan: int | None
    every: Literal["once", "year"]
    years: list[int]
    toward: list[str]
    runs: bool | None


class DeedShape(Shape):
    """Something that is done in a term. `refusals` say why it is not the asker's to do."""

    deed: str
    refusals: list[RefusalShape]


class ReportFileShape(Shape):
    """A file of the report of a period, in its place; told to those alone who may take it."""

    period: int
    place: int
    name: str
    attached_at: AwareDatetime
    attached_by: str


class TermShape(HonorShape):
    """A term in full: reports and assessments by period, what was paid, and the words that the program has for it.

    `mark` is another text once anything was recorded: all that is done in the term states it.
    """

    mark: str

    reported: list[int]
    report_files: list[ReportFileShape]
    rounds: list[RoundShape]
    payments: list[PaymentShape]
    benefits: list[BenefitShape]
    results: list[str]
    suspension_grounds: list[str]
    revocation_grounds: list[str]
    revoked_by: str | None
    deeds: list[DeedShape]


class CertificateAsked(Asked):
    """As what a certificate is taken."""

    kind: Literal["docx", "pdf"] = "docx"


class InTermAsked(Asked):
    """What is done in a term. `mark` is the one that was read: where something was recorded since, nothing is done."""

    mark: Annotated[Line, Field(min_length=1)]


class AppointAsked(InTermAsked):
    """The first day of a term, and the number of the letter that begins it."""

    day: Day
    document: Line


class ReportAsked(InTermAsked):
    """A report of duties has come."""

    note: Text = ""


class AssessAsked(InTermAsked):
    """What an assessment, or the check of a rectification, has found; what fails needs a reason."""

    result: Line
    reason: Text = ""


class PayAsked(InTermAsked):
    """Money was paid by a document; for the year of the term that runs, or the only one it is for, unless it says."""

    benefit: Line
    fen: Fen
    document: Line
    year: Year | None = None


class RecoverAsked(InTermAsked):
    """Money was paid back, and why."""

    benefit: Line
    fen: Fen
    reason: Text
    year: Year | None = None
    instalment: Annotated[int, Field(ge=1, le=12)] | None = None


class StopAsked(InTermAsked):
    """Benefits stop from a day on, today's unless it says, for a ground of the program's."""

    ground: Line
    day: Day | None = None
    reason: Text = ""


class ResumeAsked(InTermAsked):
    """Benefits run again from a day on, today's unless it says."""

    reason: Text
    day: Day | None = None


class RevokeAsked(InTermAsked):
    """A title is taken away. Where money was paid, `fen` says how much is to be paid back.

    `approval` names the decision of the body that must approve it. `despite_rectification`: it is for another ground
    than the assessment that may still be made good.
    """

    ground: Line
    reason: Text
    approval: Line = ""
    fen: Fen | None = None
    despite_rectification: bool = False


class ReturnAsked(InTermAsked):
    """There is nothing to be said of it."""
