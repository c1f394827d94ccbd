"""The registry of honorees (人才库): everybody whom a document has honored, and what has become of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select

from deadlines.zone import last_day_before, shanghai_day
from documents.workbooks import plain_table
from operations.acts import Act
from operations.certify import HONORED, Validity, term_of, validity_of
from operations.desk import Desk, Running
from operations.personal import PersonalKind, reveal_all
from operations.results import Denied, UnknownError, no_such_nomination
from programs import Words
from programs.stages import Issuance
from store import tables as t


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: parts of a name, a unit, a nominator or an award; a program, an edition, a category; a state.

    What is left out may be anything.
    """

    name: str | None = None
    unit: str | None = None
    nominator: str | None = None
    award: str | None = None
    program: str | None = None
    edition: str | None = None
    category: str | None = None
    validity: Validity | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody in the registry; without a certificate number, it was not numbered yet. `last_day` ends the term."""

    nomination: str
    program: str
    edition: str
    award: str
    registry: str
    name: str
    unit: str
    nominator: str
    category: str
    document: str
    dated: date
    last_day: date | None
    standing: Words
    validity: Validity
    certificate: str | None


def search(desk: Desk, wanted: Wanted, now: datetime) -> Iterator[Entered]:
    """Yield who is in the registry, the newest documents first; raises `UnknownError` for an unknown program."""
    of, award = t.nomination.c, t.award.c
    query = HONORED
    for column, part in ((of.nominee, wanted.name), (of.unit, wanted.unit), (of.nominator, wanted.nominator)):
        query = query.where(column.contains(part, autoescape=True)) if part else query
    query = query.where(award.program_id == wanted.program) if wanted.program else query
    with desk.store.read() as connection:
        if wanted.program:
            desk.running(connection, wanted.program)
        for row in connection.execution_options(yield_per=500).execute(_ordered(query)):
            one = _entered(desk.running_for(connection, row), row, now)
            if _is_wanted(one, wanted):
                yield one


def show(desk: Desk, number: str, now: datetime) -> list[Entered]:
    """Return what is in the registry of one nomination; raises `UnknownError` for one that was not honored."""
    with desk.store.read() as connection:
        rows = connection.execute(_ordered(HONORED.where(t.nomination.c.number == number))).all()
        if not rows:
            known = connection.execute(select(t.nomination.c.id).where(t.nomination.c.number == number)).first()
            raise UnknownError(
                Words(f"{number} 没有获得称号，不在人才库中", f"{number} was not honored, and is in no registry")
                if known
                else no_such_nomination(number)
            )
        return [_entered(desk.running_for(connection, row), row, now) for row in rows]


def export(desk: Desk, wanted: Wanted, act: Act, *, identity: bool = False) -> bytes | Denied:
    """Return who is in the registry as an `.xlsx`, with identity numbers only for who may see them, for a reason."""
    found = list(search(desk, wanted, act.now))
    numbers: dict[str, str] = {}
    if identity:
        told = reveal_all(desk, (one.nomination for one in found), act)
        if isinstance(told, Denied):
            return told
        numbers = {
            number: detail.value
            for number, details in told.items()
            for detail in details
            if detail.kind is PersonalKind.IDENTITY
        }
    headings = [
        ("序号", 6),
        ("姓名/名称", 16),
        *([("身份证号码", 22)] if identity else []),
        ("工作单位", 28),
        ("推荐单位", 20),
        ("称号", 20),
        ("届次", 10),
        ("类别", 10),
        ("发文字号", 22),
        ("授予日期", 12),
        ("聘期至", 12),
        ("状态", 10),
        ("证书编号", 16),
    ]
    rows = [
        [
            str(place),
            one.name,
            *([numbers.get(one.nomination, "")] if identity else []),
            one.unit,
            one.nominator,
            one.award,
            one.edition,
            one.category,
            one.document,
            one.dated.isoformat(),
            one.last_day.isoformat() if one.last_day else "",
            one.validity.label.zh,
            one.certificate or "",
        ]
        for place, one in enumerate(found, 1)
    ]
    return plain_table("人才库", "人才库", headings, rows)


def _ordered(query: Select[Any]) -> Select[Any]:
    return query.order_by(t.document.c.issued_at.desc(), t.award.c.program_id, t.nomination.c.number, t.award.c.stage)


def _entered(running: Running, row: Row[Any], now: datetime) -> Entered:
    program = running.program
    dated = shanghai_day(row.issued_at)
    closes = term_of(running, row, dated)
    stage = next((stage for stage in program.stages if stage.id == row.award_stage), None)
    return Entered(
        nomination=row.number,
        program=program.id,
        edition=program.edition,
        award=next((seats.award for seats in program.seats if seats.id == row.grade), program.award),
        registry=(stage.registry if isinstance(stage, Issuance) else None) or "",
        name=row.nominee,
        unit=row.unit,
        nominator=row.nominator,
        category=next((one.name for one in program.categories if one.id == row.category), ""),
        document=row.document,
        dated=dated,
        last_day=last_day_before(closes) if closes else None,
        standing=running.pipeline.standings[row.stage].name,
        validity=validity_of(row.stage, closes, now),
        certificate=row.certificate_number,
    )


def _is_wanted(one: Entered, wanted: Wanted) -> bool:
    return (
        (not wanted.award or wanted.award in one.award)
        and (not wanted.edition or wanted.edition in one.edition)
        and (not wanted.category or wanted.category in one.category)
        and (wanted.validity is None or wanted.validity is one.validity)
    )
