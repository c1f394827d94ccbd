"""What operations on documents, certificates and terms answer with, put into the shapes of the API."""

from datetime import datetime

from console.api.honored_shapes import (
    AwaitingShape,
    BenefitShape,
    DeedShape,
    DocumentShape,
    DutyShape,
    HonorPageShape,
    HonorShape,
    IssuanceShape,
    IssuedShape,
    PaymentShape,
    ReportFileShape,
    RevocationShape,
    RoundShape,
    StopShape,
    TermShape,
)
from console.api.shapes import RefusedShape
from console.api.telling import moved_told, refusals_told
from deadlines.duties import Duty
from operations.issue import Issued
from operations.tenure.listing import Honor, HonorPage, Revocation
from operations.tenure.state import Paid, Round
from operations.tenure.view import Entitled, IssuanceDesk, TermView


def issuance_told(found: IssuanceDesk, language: str) -> IssuanceShape:
    """Tell who waits for the document, and what was issued."""
    return IssuanceShape(
        count=found.count,
        waiting=[
            AwaitingShape(number=one.number, nominee=one.nominee, unit=one.unit, award=one.award)
            for one in found.waiting
        ],
        documents=[
            DocumentShape(number=one.number, stage=one.stage, issued_at=one.issued_at) for one in found.documents
        ],
        certified=found.certified,
        uncertified=found.uncertified,
        issuing=refusals_told([found.issues] if found.issues else [], language),
        certifying=refusals_told([found.certifies] if found.certifies else [], language),
    )


def issued_told(done: Issued, language: str) -> IssuedShape:
    """Tell that a document was issued."""
    return IssuedShape(
        number=done.document_number,
        moved=[moved_told(one) for one in done.moved],
        held_back=[
            RefusedShape(number=one.number or "", refusals=refusals_told(one.refusals, language))
            for one in done.held_back
        ],
    )


def honors_told(page: HonorPage, language: str, now: datetime) -> HonorPageShape:
    """Tell a page of honorees."""
    return HonorPageShape(honors=[honor_told(one, language, now) for one in page.honors], following=page.following)


def honor_told(one: Honor, language: str, now: datetime) -> HonorShape:
    """Tell somebody who was honored."""
    return HonorShape(
        number=one.number,
        nominee=one.nominee,
        unit=one.unit,
        award=one.award,
        standing=one.standing.in_language(language),
        validity=one.validity,
        certificate=one.certificate,
        begun=one.begun,
        last_day=one.last_day,
        duties=[_duty(duty, language, now) for duty in one.opened],
        following=_duty(one.following, language, now) if one.following else None,
        last=_round(one.last) if one.last else None,
        stop=StopShape(ground=one.stop.ground, since=one.stop.since) if one.stop else None,
        paid=one.paid,
        revocation=_revocation(one.revocation) if one.revocation else None,
    )


def term_told(found: TermView, language: str, now: datetime) -> TermShape:
    """Tell a term in full."""
    honor, term = found.honor, found.honor.term
    return TermShape(
        **dict(honor_told(honor, language, now)),
        mark=term.mark,
        reported=sorted(term.reported),
        report_files=[
            ReportFileShape(
                period=one.period,
                place=one.place,
                name=one.name,
                attached_at=one.attached_at,
                attached_by=one.attached_by,
            )
            for one in found.reports
        ],
        rounds=[_round(one) for one in term.rounds],
        payments=[_payment(one, honor) for one in term.payments],
        benefits=[_benefit(one) for one in found.entitled],
        results=list(term.stage.results) if term.stage else [],
        suspension_grounds=list(term.stage.suspension_grounds) if term.stage else [],
        revocation_grounds=list(found.grounds),
        revoked_by=term.stage.revoked_by if term.stage else None,
        deeds=[
            DeedShape(deed=deed, refusals=refusals_told([refusal] if refusal else [], language))
            for deed, refusal in found.may.items()
        ],
    )


def _duty(duty: Duty, language: str, now: datetime) -> DutyShape:
    return DutyShape(
        kind=duty.kind,
        name=duty.kind.label.in_language(language),
        period=duty.period,
        opens=duty.opens,
        due=duty.due,
        rung=duty.rung(now),
    )


def _round(one: Round) -> RoundShape:
    return RoundShape(
        period=one.period,
        round=one.number,
        result=one.result,
        passed=one.passed,
        rectify_by=one.rectify_by,
        assessed_at=one.assessed_at,
    )


def _revocation(one: Revocation) -> RevocationShape:
    return RevocationShape(
        ground=one.ground,
        approved_by=one.approved_by,
        approval=one.approval,
        to_recover=one.to_recover,
        outstanding=one.outstanding,
        barred_until=one.barred_until,
        revoked_at=one.revoked_at,
        returned_at=one.returned_at,
    )


def _payment(one: Paid, honor: Honor) -> PaymentShape:
    return PaymentShape(
        benefit=one.benefit,
        name=honor.benefits.get(one.benefit, one.benefit),
        year=one.period or None,
        instalment=one.instalment,
        fen=one.fen,
        recovered=one.recovered,
        document=one.document,
        paid_at=one.paid_at,
    )


def _benefit(one: Entitled) -> BenefitShape:
    benefit = one.benefit
    return BenefitShape(
        id=benefit.id,
        name=benefit.name,
        kind=benefit.kind,
        clause=benefit.clause,
        at_most_yuan=benefit.at_most_yuan,
        every=benefit.every,
        years=list(benefit.years),
        toward=list(benefit.toward),
        runs=one.runs,
    )
