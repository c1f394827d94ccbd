"""Certificates: each honoree's gets its number by the program's pattern, and a code under which anybody can verify it.

The code is drawn by chance and stands in no event: it is printed on the certificate, and whoever has that may ask.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, exists, func, select
from sqlalchemy.engine import Connection

from deadlines.keydates import term_closes
from deadlines.zone import last_day_before, shanghai_day
from operations.acts import Act
from operations.authority import refuses
from operations.codes import CODE_LENGTH, make_code, read_code
from operations.desk import Desk, Running
from operations.jurisdictions import Matter
from operations.paths import path_of
from operations.policy import Deed
from operations.results import Denied
from programs import Words
from programs.certificates import spellings
from programs.model import NomineeKind
from programs.naming import plain_name
from programs.stages import Issuance, Tenure
from states import End, Refusal
from store import among_names, hold, insert_new
from store import tables as t

#: Ends of those who were honored once and are not any more.
LOST: Final = frozenset(End) - {End.HONORED, End.COMPLETED}


class Validity(StrEnum):
    """What a certificate is worth now."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _LABELS[self]


_LABELS = {
    Validity.VALID: Words("有效", "valid"),
    Validity.EXPIRED: Words("聘期已满", "expired"),
    Validity.REVOKED: Words("已取消", "revoked"),
    Validity.REPLACED: Words("已补发新证，此证作废", "void: a new one was issued in its place"),
}


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate as anybody may see it. `last_day` ends the term, none where there is no term."""

    nomination: str
    program: str
    award: str
    edition: str
    kind: NomineeKind
    grade: str
    honors: tuple[str, ...]
    issuers: tuple[str, ...]
    name: str
    unit: str
    number: str
    code: str
    document: str
    dated: date
    last_day: date | None
    validity: Validity


@dataclass(frozen=True, slots=True)
class Numbered:
    """Certificates that were numbered just now: nomination → certificate number."""

    certificates: dict[str, str]


def number_certificates(desk: Desk, program_id: str, act: Act) -> Numbered | Denied:
    """Number the certificate of everybody who is honored and has none; nothing is done twice.

    They count on in the order of the documents, the grades and the nominations. Raises `UnknownError` for an unknown
    program.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id)
        office = running.program.office
        if refusal := refuses(connection, act.actor, Deed.CERTIFY, Matter(program_id, office, office)):
            return Denied((refusal,))
        hold(connection, [("certificates", program_id)])
        rows = _without(connection, running)
        if not rows:
            return Denied((_nobody_waits(),))
        last = connection.execute(
            select(func.max(t.certificate.c.ordinal)).where(t.certificate.c.program_id == program_id)
        ).scalar()
        new = [
            {
                "nomination_id": row.nomination_id,
                "stage": row.award_stage,
                "program_id": program_id,
                "ordinal": ordinal,
                "number": _issuance(running, row).certificate.numbered(shanghai_day(row.issued_at).year, ordinal),
                "code": make_code(),
                "numbered_at": act.now,
            }
            for ordinal, row in enumerate(rows, (last or 0) + 1)
        ]
        if insert_new(connection, t.certificate, new) != len(new):
            transaction.abandon()
            return Denied((_used_already(),))
        numbered = {one["number"]: row.number for one, row in zip(new, rows, strict=True)}
        transaction.record(
            program_id,
            "certificates.numbered",
            certificates=numbered,
            clause=_issuance(running, rows[0]).clause,
            **act.signature(),
        )
        return Numbered({nomination: number for number, nomination in numbered.items()})


def certificates_of(desk: Desk, program_id: str, now: datetime, nominations: Collection[str] = ()) -> list[Certified]:
    """Return a program's certificates, or those of these nominations, in the order of their numbers.

    Raises `UnknownError` for an unknown program.
    """
    with desk.store.read() as connection:
        desk.running(connection, program_id)
        query = _CERTIFIED.where(t.certificate.c.program_id == program_id).order_by(t.certificate.c.ordinal)
        query = query.where(among_names(_of.number, nominations, connection.dialect.name)) if nominations else query
        return [certified(desk.running_for(connection, row), row, now) for row in connection.execute(query).all()]


def verify_code(desk: Desk, code: str, now: datetime) -> Certified | None:
    """Return the certificate with this code, however it is spaced; none where there is none.

    One that was issued anew is told as void under its old code, which leads to the new one for nobody.
    """
    plain = read_code(code)
    if len(plain) != CODE_LENGTH:
        return None
    if found := list(_verified(desk, t.certificate.c.code == plain, now)):
        return found[0]
    of = t.voided_certificate.c
    mine = (of.nomination_id == _certificate.nomination_id) & (of.stage == _certificate.stage)
    for one in _verified(desk, exists().where(mine, of.code == plain), now):
        lost = one.validity is Validity.REVOKED
        return replace(one, code=plain, validity=one.validity if lost else Validity.REPLACED)
    return None


def verify_number(desk: Desk, number: str, name: str, now: datetime) -> list[Certified]:
    """Return the certificates with this number that bear this name: both must be known, and agree.

    Width, spaces, capitals and kinds of brackets make no difference.
    """
    found = _verified(desk, t.certificate.c.number.in_(sorted(spellings(number))), now)
    return [one for one in found if plain_name(one.name) == plain_name(name)]


def certified(running: Running, row: Row[Any], now: datetime) -> Certified:
    """Return what a row of `_CERTIFIED` says."""
    program, issuance = running.program, _issuance(running, row)
    dated = shanghai_day(row.issued_at)
    closes = term_of(running, row, dated)
    return Certified(
        nomination=row.number,
        program=program.id,
        award=program.award,
        edition=program.edition,
        kind=program.nominee,
        grade=next((seats.award for seats in program.seats if seats.id == row.grade), program.award),
        honors=issuance.honors,
        issuers=issuance.issuers,
        name=row.nominee,
        unit=row.unit,
        number=row.certificate_number,
        code=row.code,
        document=row.document,
        dated=dated,
        last_day=last_day_before(closes) if closes else None,
        validity=validity_of(row.stage, closes, now),
    )


def term_of(running: Running, row: Row[Any], dated: date) -> datetime | None:
    """Return the first instant after the term of an award, none where it has no end.

    A tenure that more follows on (an acceptance after two years of building) is no term of what is given in the end.
    """
    stages = [stage for stage in running.program.held_stages if stage.concerns(*path_of(row))]
    last = stages[-1]
    if not isinstance(last, Tenure) or not last.years:
        return None
    first: date | None = row.begun or (dated if last.begins == "document" else None)
    return term_closes(first, last.years) if first else None


def validity_of(stage: str, closes: datetime | None, now: datetime) -> Validity:
    """Return what an award is worth whose nomination stands here; a sweep may be late, the term is not."""
    if stage in LOST:
        return Validity.REVOKED
    if stage == End.COMPLETED or (closes is not None and closes <= now):
        return Validity.EXPIRED
    return Validity.VALID


_of, _award, _certificate, _document = t.nomination.c, t.award.c, t.certificate.c, t.document.c

_HONORED = (
    t.award.join(t.nomination, _of.id == _award.nomination_id)
    .join(t.document, (_document.program_id == _award.program_id) & (_document.number == _award.document))
    .outerjoin(t.tenure, t.tenure.c.nomination_id == _award.nomination_id)
)

_ABOUT = (
    _award.nomination_id,
    _award.stage.label("award_stage"),
    _award.document,
    _award.program_id.label("program_id"),
    _document.issued_at,
    *(_of[name] for name in ("number", "nominee", "unit", "grade", "stage", "category", "route", "traits")),
    _of.nominator,
    _of.revision,
    t.tenure.c.begun,
)

_MINE = (_certificate.nomination_id == _award.nomination_id) & (_certificate.stage == _award.stage)
_CERTIFIED = select(*_ABOUT, _certificate.number.label("certificate_number"), _certificate.code).select_from(
    _HONORED.join(t.certificate, _MINE)
)

#: Everybody who was honored, with the certificate where there is one.
HONORED = select(*_ABOUT, _certificate.number.label("certificate_number"), _certificate.code).select_from(
    _HONORED.outerjoin(t.certificate, _MINE)
)


def _verified(desk: Desk, which: Any, now: datetime) -> Iterator[Certified]:  # noqa: ANN401 - a condition
    with desk.store.read() as connection:
        for row in connection.execute(_CERTIFIED.where(which).order_by(_certificate.program_id)).all():
            yield certified(desk.running_for(connection, row), row, now)


def _without(connection: Connection, running: Running) -> list[Row[Any]]:
    """Return the honorees without a certificate, as they count on."""
    query = HONORED.where(_award.program_id == running.program.id, _certificate.code.is_(None), _of.stage.not_in(LOST))
    grades = {seats.id: place for place, seats in enumerate(running.program.seats)}
    rows = connection.execute(query.order_by(_of.number)).all()
    return sorted(rows, key=lambda row: (row.issued_at, row.document, grades.get(row.grade, len(grades)), row.number))


def _issuance(running: Running, row: Row[Any]) -> Issuance:
    stage = next((stage for stage in running.program.stages if stage.id == row.award_stage), None)
    if not isinstance(stage, Issuance):  # pragma: no cover - it was honored by this version
        raise TypeError(row.award_stage)
    return stage


def _nobody_waits() -> Refusal:
    return Refusal(
        "somebody-honored",
        Words("没有需要编号的证书", "no certificate waits for a number"),
        Words("发文以后，获得者的证书才能编号；已编号的不再重编", "issue the document first; none is numbered twice"),
    )


def _used_already() -> Refusal:
    return Refusal(
        "certificate-numbered",
        Words("证书编号与已有的重复", "a certificate of this number exists"),
        Words("请核对项目中证书编号的写法（certificate.number）", "check the pattern of the program's certificates"),
    )
