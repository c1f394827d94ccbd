"""聘期一览: everybody whom a program has honored, with the term, what it asks for next, and what was paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from deadlines.duties import Duty, duties
from deadlines.zone import last_day_before
from documents.workbooks import plain_table
from operations.actors import Actor
from operations.certify import Validity, validity_of
from operations.desk import Desk, Running
from operations.results import UnknownError, no_such_nomination
from operations.seeing import Seeing, seeing_as
from operations.tenure.money import yuan
from operations.tenure.state import Round, Stop, Term, terms_of
from programs import Program, Words
from store import among
from store import tables as t

#: So many awards are looked at in one statement.
_LOOKED_AT: Final = 2000


@dataclass(frozen=True, slots=True)
class Revocation:
    """Why a title was taken away, who approved it, what is to be paid back (fen), when the certificate came back.

    `recovered` was paid back since, where it is known; `barred_until` is the last day of the ban, as it stands now.
    """

    ground: str
    approved_by: str | None
    approval: str | None
    to_recover: int
    recovered: int | None
    barred_until: date | None
    revoked_at: datetime
    returned_at: datetime | None

    @property
    def outstanding(self) -> int:
        """What is still to be paid back, in fen."""
        return max(self.to_recover - (self.recovered or 0), 0)


@dataclass(frozen=True, slots=True)
class Honor:
    """Somebody who was honored. `last_day` ends the term; `opened` is to be done now, `following` comes next.

    `paid` was paid and not paid back, in fen.
    """

    number: str
    nominee: str
    unit: str
    award: str
    standing: Words
    validity: Validity
    begun: date | None
    last_day: date | None
    opened: tuple[Duty, ...]
    following: Duty | None
    last: Round | None
    stop: Stop | None
    paid: int
    term: Term
    benefits: Mapping[str, str]
    revocation: Revocation | None
    certificate: str | None

    def is_overdue(self, now: datetime) -> bool:
        """Whether something should have been done already."""
        return any(duty.due <= now for duty in self.opened)


def honors_of(
    desk: Desk, program_id: str, now: datetime, number: str | None = None, *, seen_by: Actor | None = None
) -> list[Honor]:
    """Return everybody whom a program has honored, in the order of the numbers; to an actor, whom they may see.

    Raises `UnknownError`.
    """
    of = t.nomination.c
    with desk.store.read() as connection:
        seeing = Seeing(desk, connection, seen_by, now) if seen_by else None
        newest = seeing.program(program_id) if seeing else desk.running(connection, program_id)
        honored = select(t.award.c.nomination_id).where(t.award.c.program_id == program_id)
        query = select(t.nomination).where(of.id.in_(honored)).order_by(of.number)
        query = query.where(of.number == number) if number else query
        rows = connection.execute(query.where(seeing.of_few) if seeing else query).all()
        return _honors(desk, connection, newest, seeing.visible(rows) if seeing else rows, now)


@dataclass(frozen=True, slots=True)
class HonorPage:
    """Some of those whom a program has honored; `following` is after whom the next ones come, none at the end.

    `lost`: of whom it was to begin after is none of them, so these are the first ones.
    """

    program: Program
    honors: tuple[Honor, ...]
    following: str | None
    lost: bool = False


def honor_page(desk: Desk, program_id: str, actor: Actor, now: datetime, *, after: str, most: int) -> HonorPage:
    """Return so many honorees whom the actor may see, as they were drawn up: the first ones, or those after a number.

    Raises `UnknownError`.
    """
    of = t.nomination.c
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        newest = seeing.program(program_id)
        # Of a number that is not theirs nothing is told, not even that there is one.
        honored = select(t.award.c.nomination_id).where(t.award.c.program_id == program_id)
        known = select(of.id).where(of.number == after, of.id.in_(honored), seeing.of_few)
        last = (connection.execute(known).scalar() or 0) if after else 0
        rows = _next_honored(connection, seeing, program_id, last, most + 1)
        honors = _honors(desk, connection, newest, seeing.visible(rows[:most]), now)
        following = rows[most - 1].number if len(rows) > most else None
        return HonorPage(newest.program, tuple(honors), following, lost=bool(after) and not last)


def _next_honored(connection: Connection, seeing: Seeing, program_id: str, last: int, most: int) -> list[Row[Any]]:
    """Return so many nominations that were honored and are the actor's to see, of those after an id, in their order.

    Where few are the actor's, these are asked for awards. Else awards are read some at a time: no database knows that
    among them are few of somebody who nominated many.
    """
    of, award = t.nomination.c, t.award.c
    if program_id not in seeing.whole:
        seen = select(of.id).where(of.program_id == program_id, seeing.condition).limit(_LOOKED_AT + 1)
        theirs = connection.execute(seen).scalars().all()
        if len(theirs) <= _LOOKED_AT:
            honored = select(award.nomination_id).where(award.program_id == program_id)
            few = select(t.nomination).where(among(of.id, theirs), of.id > last, of.id.in_(honored)).order_by(of.id)
            return list(connection.execute(few.limit(most)))
    found: list[Row[Any]] = []
    while len(found) < most and program_id in seeing.concerned:
        honored = select(award.nomination_id).where(award.program_id == program_id, award.nomination_id > last)
        ids = connection.execute(honored.order_by(award.nomination_id).limit(_LOOKED_AT)).scalars().all()
        if not ids:
            break
        here = select(t.nomination).where(among(of.id, ids), seeing.of_few).order_by(of.id)
        found += connection.execute(here.limit(most - len(found)))
        last = ids[-1]
    return found


def _honors(
    desk: Desk, connection: Connection, newest: Running, rows: Sequence[Row[Any]], now: datetime
) -> list[Honor]:
    versions = desk.running_by_version(connection, newest, rows)
    terms = terms_of(connection, versions, rows)
    revocations = _revocations(connection, terms)
    of = t.certificate.c
    numbered = select(of.nomination_id, of.number).where(among(of.nomination_id, list(terms)))
    certificates = dict(connection.execute(numbered.order_by(of.ordinal)).tuples().all())
    found: list[Honor] = []
    for row in rows:
        running, term = versions[row.revision], terms[row.id]
        program, opened = running.program, term.open_duties(now)[0]
        found.append(
            Honor(
                number=row.number,
                nominee=row.nominee,
                unit=row.unit,
                award=next((seats.award for seats in program.seats if seats.id == row.grade), program.award),
                standing=running.pipeline.standings[row.stage].name,
                validity=validity_of(row.stage, term.closes, now),
                begun=term.begun,
                last_day=last_day_before(term.closes) if term.closes else None,
                opened=opened,
                following=_following(term, now),
                last=term.last,
                stop=term.stop,
                paid=term.paid,
                term=term,
                benefits={one.id: one.name for one in program.benefits},
                revocation=revocations.get(row.id),
                certificate=certificates.get(row.id),
            )
        )
    return found


def _revocations(connection: Connection, terms: Mapping[int, Term]) -> Mapping[int, Revocation]:
    """Return why titles were taken away, with the bans as they stand: an administrator may have ended one since."""
    query = (
        select(t.revocation, t.past.c.ended_at.label("barred_until"))
        .outerjoin(t.past, t.past.c.id == t.revocation.c.past_id)
        .where(among(t.revocation.c.nomination_id, list(terms)))
    )
    return {
        one.nomination_id: Revocation(
            ground=one.ground,
            approved_by=one.approved_by,
            approval=one.approval,
            to_recover=one.to_recover,
            recovered=one.paid - terms[one.nomination_id].paid if one.paid is not None else None,
            barred_until=last_day_before(one.barred_until) if one.barred_until else None,
            revoked_at=one.revoked_at,
            returned_at=one.returned_at,
        )
        for one in connection.execute(query)
    }


def honor_of(desk: Desk, number: str, now: datetime) -> Honor:
    """Return the honor of one nomination. Raises `UnknownError` for one that was not honored."""
    with desk.store.read() as connection:
        of = t.nomination.c
        program_id = connection.execute(select(of.program_id).where(of.number == number)).scalar()
    if program_id is None:
        raise UnknownError(no_such_nomination(number))
    found = honors_of(desk, program_id, now, number)
    if not found:
        raise UnknownError(Words(f"{number} 没有获得称号，没有聘期", f"{number} was not honored, and has no term"))
    return found[0]


def table_of(desk: Desk, program_id: str, now: datetime) -> bytes:
    """Return everybody whom a program has honored as an `.xlsx`. Raises `UnknownError`."""
    headings = [
        ("序号", 6),
        ("编号", 22),
        ("姓名/名称", 16),
        ("工作单位", 28),
        ("称号", 20),
        ("聘期起", 12),
        ("聘期至", 12),
        ("状态", 10),
        ("最近考核", 16),
        ("待办", 28),
        ("停发待遇", 28),
        ("已发放（元）", 14),
        ("取消情形", 28),
        ("应追回（元）", 14),
        ("尚未追回（元）", 14),
        ("不得申报至", 12),
        ("证书收回", 12),
    ]
    rows = [
        [
            str(place),
            one.number,
            one.nominee,
            one.unit,
            one.award,
            one.begun.isoformat() if one.begun else "",
            one.last_day.isoformat() if one.last_day else "",
            one.validity.label.zh,
            f"第{one.last.period}期 {one.last.result}" if one.last else "",
            "；".join(duty_words(duty, now).zh for duty in one.opened),
            f"{one.stop.since.isoformat()} 起：{one.stop.ground}" if one.stop else "",
            yuan(one.paid) if one.paid else "",
            one.revocation.ground if one.revocation else "",
            yuan(one.revocation.to_recover) if one.revocation and one.revocation.to_recover else "",
            yuan(one.revocation.outstanding) if one.revocation and one.revocation.to_recover else "",
            one.revocation.barred_until.isoformat() if one.revocation and one.revocation.barred_until else "",
            _returned(one.revocation),
        ]
        for place, one in enumerate(honors_of(desk, program_id, now), 1)
    ]
    return plain_table("聘期一览表", "聘期一览", headings, rows)


def duty_words(duty: Duty, now: datetime) -> Words:
    """Say what is to be done, and by when."""
    day = last_day_before(duty.due)
    late = Words("，已逾期", ", overdue") if duty.due <= now else Words("", "")
    return Words("第{period}期{what}，期限 {day}{late}", "{what} of period {period}, by {day}{late}").format(
        what=duty.kind.label, period=duty.period, day=day, late=late
    )


def _returned(one: Revocation | None) -> str:
    if one is None:
        return ""
    return "已收回" if one.returned_at else "未收回"


def _following(term: Term, now: datetime) -> Duty | None:
    if term.stage is None or term.begun is None or term.is_over:
        return None
    ahead = [duty for duty in duties(term.stage, term.begun, now) if duty.opens > now]
    return min(ahead, key=lambda duty: duty.due, default=None)
