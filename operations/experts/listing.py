"""Who evaluates what at a stage, and who steps back: all of it for the office, their own for an expert."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from operations.actors import Actor, Role
from operations.authority import matter_at, refuses
from operations.desk import Desk
from operations.experts.records import panel_of_stage, seats_of, standing_panel
from operations.experts.seats import pledge_version
from operations.experts.sight import not_pledged, sight_of
from operations.policy import Deed
from operations.results import Denied
from programs.panels import Ground
from store import among, among_names
from store import tables as t


@dataclass(frozen=True, slots=True)
class Recused:
    """Somebody who steps back from a nomination; `declared` says that it was stated and does not follow from a tie."""

    expert: str
    ground: Ground
    declared: bool
    note: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A nomination at a stage, with who evaluates it and who steps back from it."""

    number: str
    nominee: str
    unit: str
    experts: tuple[str, ...]
    recused: tuple[Recused, ...]


def list_assignments(
    desk: Desk,
    program_id: str,
    stage: str,
    *,
    actor: Actor | None = None,
    now: datetime | None = None,
    of: Collection[str] | None = None,
) -> list[Evaluation] | Denied:
    """Return what stands at a stage or was assigned there, by its number: to the office, and to supervisors.

    Where it is asked `of` some nominations, by number, only these. An expert is told what they evaluate, nobody else's
    name, and nothing before they have pledged. `now` is when an actor looks. Raises `UnknownError` for a program or a
    stage that draws none.
    """
    with desk.store.read() as connection:
        running = desk.holding(connection, program_id, stage)
        panel = panel_of_stage(running.program, stage)
        if actor is not None and actor.role not in (Role.EXPERT, Role.SUPERVISOR):
            refusal = refuses(connection, actor, Deed.SEE_PANEL, matter_at(running, stage))
            if refusal:
                return Denied((refusal,))
        rows = _rows(connection, program_id, stage, of)
        experts = _experts(connection, stage, rows)
        own = actor.name if actor is not None and actor.role is Role.EXPERT else None
        recused = _recusals(connection, rows) if own is None else {}
        blind = False
        if actor is not None and now is not None:
            if own and _waits_for_the_pledge(connection, program_id, stage, own, pledge_version(panel)):
                return Denied((not_pledged(program_id, stage, panel),))
            # Whoever is recused from a nomination sees nothing of it here either, in whatever role they come.
            sight = sight_of(connection, actor, now)
            blind = sight.blind(running.program)
            rows = [row for row in rows if sight.refuses(running, row, stage=stage) is None]
        return [
            Evaluation(
                row.number,
                "" if blind else row.nominee,
                "" if blind else row.unit,
                tuple(name for name in experts.get(row.id, ()) if own in (None, name)),
                tuple(recused.get(row.id, ())),
            )
            for row in rows
        ]


def _rows(connection: Connection, program_id: str, stage: str, numbers: Collection[str] | None) -> list[Row[Any]]:
    of, assigned = t.nomination.c, t.assignment.c
    if numbers is not None:
        query = select(t.nomination).where(among_names(of.number, numbers, connection.dialect.name))
        return list(connection.execute(query.order_by(of.number)))
    panels = select(t.panel.c.id).where(t.panel.c.program_id == program_id, t.panel.c.stage == stage)
    ids = select(assigned.nomination_id).where(assigned.stage == stage, assigned.panel_id.in_(panels))
    query = select(t.nomination).where(of.program_id == program_id, (of.stage == stage) | of.id.in_(ids))
    return list(connection.execute(query.order_by(of.number)))


def _experts(connection: Connection, stage: str, rows: list[Row[Any]]) -> Mapping[int, list[str]]:
    of = t.assignment.c
    query = (
        select(of.nomination_id, t.expert.c.name)
        .join_from(t.assignment, t.expert)
        .where(of.stage == stage, among(of.nomination_id, [row.id for row in rows]))
        .order_by(of.nomination_id, t.expert.c.name)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for nomination, name in connection.execute(query):
        found[nomination].append(name)
    return found


def _recusals(connection: Connection, rows: list[Row[Any]]) -> Mapping[int, list[Recused]]:
    of = t.recusal.c
    query = (
        select(t.recusal, t.expert.c.name)
        .join_from(t.recusal, t.expert)
        .where(among(of.nomination_id, [row.id for row in rows]))
        .order_by(of.nomination_id, t.expert.c.name)
    )
    found: dict[int, list[Recused]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.nomination_id].append(Recused(row.name, Ground(row.ground), row.declared, row.note))
    return found


def _waits_for_the_pledge(connection: Connection, program_id: str, stage: str, expert: str, version: str) -> bool:
    """Whether an expert of the panel has not pledged these words."""
    panel = standing_panel(connection, program_id, stage)
    seats = seats_of(connection, panel.id) if panel is not None else []
    return any(seat.name == expert and seat.state != "declined" and seat.pledge != version for seat in seats)
