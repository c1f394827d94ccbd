"""优先推荐参评: what an honor gives precedence for, told to whoever screens later, and refusing nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.desk import Desk
from operations.pasts import owner_of
from operations.paths import path_of
from operations.tenure.state import LOST, Term, terms_of
from programs.terms import Benefit
from store import among
from store import tables as t


@dataclass(frozen=True, slots=True)
class Precedence:
    """What an honor gives precedence for: the benefit's name and clause, and the program and nomination behind it."""

    name: str
    clause: str
    program: str
    award: str
    nomination: str
    toward: tuple[str, ...]

    def concerns(self, award: str) -> bool:
        """Whether it is meant for the selection of an award; one that names none is meant for any."""
        return not self.toward or any(one in award or award in one for one in self.toward)


def precedences_of(desk: Desk, number: str, now: datetime) -> list[Precedence]:
    """Return what other honors of a nominee give precedence for in this selection. Raises `UnknownError`."""
    with desk.store.read() as connection:
        row = connection.execute(select(t.nomination).where(t.nomination.c.number == number)).one_or_none()
        if row is None:
            return []
        program = desk.running_for(connection, row).program
        owner, of = owner_of(program, row), t.past.c
        if owner is None:
            return []
        earlier = select(of.nomination_id).where(
            of.owner == owner, of.nomination_id.is_not(None), of.nomination_id != row.id, of.since.is_not(None)
        )
        ids = list(connection.execute(earlier).scalars())
        return [one for one in held_by(desk, connection, ids, now) if one.concerns(program.award)]


def own_precedences(desk: Desk, number: str, now: datetime) -> list[Precedence]:
    """Return what the honor of a nomination gives precedence for, in whatever selection."""
    with desk.store.read() as connection:
        ids = connection.execute(select(t.nomination.c.id).where(t.nomination.c.number == number)).scalars().all()
        return held_by(desk, connection, ids, now)


def held_by(desk: Desk, connection: Connection, ids: Sequence[int], now: datetime) -> list[Precedence]:
    """Return what the honors of these nominations give precedence for now."""
    if not ids:
        return []
    rows = connection.execute(
        select(t.nomination).where(among(t.nomination.c.id, ids)).order_by(t.nomination.c.program_id, t.nomination.c.id)
    ).all()
    found: list[Precedence] = []
    for program_id in dict.fromkeys(row.program_id for row in rows):
        own = [row for row in rows if row.program_id == program_id]
        versions = desk.running_by_version(connection, desk.running(connection, program_id), own)
        terms = terms_of(connection, versions, own)
        for row in own:
            program = versions[row.revision].program
            found += [
                Precedence(one.name, one.clause, program.id, program.award, row.number, one.toward)
                for one in program.benefits
                if one.kind == "precedence"
                and one.concerns(*path_of(row))
                and runs_now(one, row.stage, terms[row.id], now)
            ]
    return found


def runs_now(benefit: Benefit, stage: str, term: Term, now: datetime) -> bool:
    """Whether a benefit that is no money is had now, by whom stands at a stage."""
    if term.honored_at is None or stage in LOST or term.is_over or term.stop or term.is_rectifying:
        return False
    if term.closes is not None and term.closes <= now:
        return False
    return benefit.after == "award" or (term.last is not None and term.last.passed)
