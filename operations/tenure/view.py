"""发文和聘期 as those see them who work on them: who waits for the document, and everything about one term."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from operations.actors import Actor
from operations.authority import Authority
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.overview.shapes import Issued
from operations.paths import path_of
from operations.policy import Deed
from operations.results import UnknownError, no_such_nomination
from operations.seeing import seeing_as
from operations.tenure.listing import Honor, honors_of
from operations.tenure.precedence import runs_now
from operations.tenure.report_files import ReportFile, report_files
from operations.tenure.revoking import grounds_of
from programs import Program
from programs.stages import Issuance
from programs.terms import Benefit
from states import Move, Refusal
from store import tables as t

#: How many are named who wait for the document.
NAMED = 200

#: What is done in a term, each asked of the policy.
_DEEDS: Mapping[str, Move | Deed] = {
    "report": Deed.REPORT_DUTIES,
    "assess": Move.ASSESS,
    "rectify": Move.RECTIFY,
    "appoint": Deed.APPOINT,
    "pay": Deed.PAY,
    "stop": Deed.STOP_BENEFITS,
    "revoke": Move.REVOKE,
    "return": Deed.CERTIFY,
}


@dataclass(frozen=True, slots=True)
class Awaiting:
    """Somebody whose publicity has passed and who waits for the document."""

    number: str
    nominee: str
    unit: str
    award: str


@dataclass(frozen=True, slots=True)
class IssuanceDesk:
    """Issuance in a program: who waits (`count` of them, the first ones named), documents, and certificates.

    `issues` and `certifies` say why the reader does not, none where they do; `uncertified` are honored without a
    certificate.
    """

    program: Program
    count: int
    waiting: tuple[Awaiting, ...]
    documents: tuple[Issued, ...]
    certified: int
    uncertified: int
    issues: Refusal | None
    certifies: Refusal | None


@dataclass(frozen=True, slots=True)
class Entitled:
    """A benefit of the notice for this honoree; `runs`: what is no money is had now, none for money that is paid."""

    benefit: Benefit
    runs: bool | None


@dataclass(frozen=True, slots=True)
class TermView:
    """One term with what can be done in it: `may` says of each deed why the reader does not do it.

    `benefits` are those that are paid, `entitled` all that the notice has for this honoree. `reports` are the files of
    reports of duties, told to those alone who may take them.
    """

    program: Program
    honor: Honor
    grounds: tuple[str, ...]
    benefits: tuple[Benefit, ...]
    entitled: tuple[Entitled, ...]
    may: Mapping[str, Refusal | None]
    reports: tuple[ReportFile, ...] = ()


def issuance_desk(desk: Desk, program_id: str, actor: Actor, now: datetime) -> IssuanceDesk:
    """Return the issuance of a program; raises `UnknownError` for what is not the reader's to know."""
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        running = seeing.program(program_id)
        stages = {
            stage.id: stage
            for version in desk.versions(connection, program_id)
            for stage in version.program.held_stages
            if isinstance(stage, Issuance)
        }
        of, issued, certified = t.nomination.c, t.document.c, t.certificate.c
        waiting = (of.program_id == program_id, of.stage.in_(list(stages)), seeing.condition)
        rows = connection.execute(select(t.nomination).where(*waiting).order_by(of.number).limit(NAMED)).all()
        documents = connection.execute(
            select(issued.number, issued.stage, issued.issued_at)
            .where(issued.program_id == program_id)
            .order_by(issued.issued_at)
        ).all()
        honored = select(t.award.c.nomination_id).where(t.award.c.program_id == program_id)
        numbered = select(certified.nomination_id).where(certified.program_id == program_id)
        awards = {seats.id: seats.award for seats in running.program.seats}
        office = running.program.office
        acting = next((stage.office for stage in stages.values() if stage.office), None) or office
        authority = Authority(connection, actor)
        return IssuanceDesk(
            program=running.program,
            count=connection.execute(select(func.count()).select_from(t.nomination).where(*waiting)).scalar_one(),
            waiting=tuple(
                Awaiting(row.number, row.nominee, row.unit, awards.get(row.grade, running.program.award))
                for row in seeing.visible(rows)
            ),
            documents=tuple(Issued(*one) for one in documents),
            certified=connection.execute(select(func.count()).select_from(numbered.subquery())).scalar_one(),
            uncertified=connection.execute(
                select(func.count()).select_from(honored.except_(numbered).subquery())
            ).scalar_one(),
            issues=authority.refuses(Move.ISSUE, Matter(program_id, office, acting)),
            certifies=authority.refuses(Deed.CERTIFY, Matter(program_id, office, office)),
        )


def term_view(desk: Desk, program_id: str, number: str, actor: Actor, now: datetime) -> TermView:
    """Return one term; raises `UnknownError` for what is not there, or not the reader's to see."""
    found = honors_of(desk, program_id, now, number, seen_by=actor)
    if not found:
        raise UnknownError(no_such_nomination(number))
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        row = seeing.nomination(number)
        running = desk.running_for(connection, row)
        authority = Authority(connection, actor)
        program = running.program
        matter = Matter(program.id, program.office, row.holder or program.office, row.unit, row.nominator)
        path_benefits = tuple(one for one in program.benefits if one.kind == "money")
        may = {name: authority.refuses(deed, matter) for name, deed in _DEEDS.items()}
        return TermView(
            program=program,
            honor=found[0],
            grounds=grounds_of(program, found[0].term),
            benefits=path_benefits,
            entitled=tuple(
                Entitled(one, None if one.kind == "money" else runs_now(one, row.stage, found[0].term, now))
                for one in program.benefits
                if one.concerns(*path_of(row))
            ),
            may=may,
            reports=() if may["report"] else report_files(connection, row.id, found[0].term.key),
        )
