"""What the store has of experts and panels, as the other modules of this package look at it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from operations.actors import Actor
from operations.desk import Running
from operations.jurisdictions import Matter
from operations.results import MisstatedError, UnknownError
from programs import Program, Words
from programs.model import NomineeKind
from programs.panels import Ground, Panel
from states import Refusal
from states.recusals import Evaluated, Evaluator, Tie
from store import tables as t

#: The matter of the pool: whoever changes it holds it, whoever draws from it shares it.
POOL = ("experts",)

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class DeclaredTie:
    """A tie of an expert, with its number."""

    id: int
    tie: Tie


def panel_matter(program_id: str, stage: str) -> tuple[str, str, str]:
    """Name the matter that whoever changes a panel, or relies on it, holds."""
    return "panel", program_id, stage


def panel_of_stage(program: Program, stage: str) -> Panel:
    """Return the panel that a stage draws, as the notice has it; raises `UnknownError` where it draws none."""
    panels = program.panels()
    if stage not in panels:
        known = "、".join(panels)
        raise UnknownError(
            Words("环节 {stage} 不抽取专家；抽取专家的环节：{known}", "{stage} draws no experts; {known} do").format(
                stage=stage, known=known
            )
            if known
            else Words("本项目没有抽取专家的环节（panel）", "no stage of the program draws experts (panel)")
        )
    return panels[stage]


def find_expert(connection: Connection, name: str) -> Row[Any]:
    """Return an expert of the pool; raises `UnknownError` where there is none of this name."""
    row = expert_named(connection, name)
    if row is None:
        raise MisstatedError(
            Words(
                "专家库里没有“{name}”；请用 linxuan expert list 查看",
                "the pool has no expert {name}; see who is there with: linxuan expert list",
            ).format(name=name)
        )
    return row


def expert_named(connection: Connection, name: str) -> Row[Any] | None:
    """Return an expert of the pool, if there is one of this name."""
    return connection.execute(select(t.expert).where(t.expert.c.name == name)).one_or_none()


def names_of(connection: Connection, experts: Iterable[int]) -> dict[int, str]:
    """Return the names of experts by their numbers."""
    of = t.expert.c
    return {row.id: row.name for row in _some(connection, select(of.id, of.name), of.id, experts)}


def standing_panel(connection: Connection, program_id: str, stage: str) -> Row[Any] | None:
    """Return the panel that stands for a stage, if one was drawn."""
    of = t.panel.c
    query = select(t.panel).where(of.program_id == program_id, of.stage == stage, of.voided_at.is_(None))
    return connection.execute(query).one_or_none()


def find_panel(connection: Connection, program_id: str, stage: str) -> Row[Any] | Refusal:
    """Return the panel that stands for a stage, or say that none was drawn."""
    return standing_panel(connection, program_id, stage) or Refusal(
        "panel-drawn",
        Words("此环节还没有抽取专家", "no experts were drawn for this stage"),
        Words(
            "请先抽取：linxuan review draw {program} {stage}",
            "draw them first with: linxuan review draw {program} {stage}",
        ).format(program=program_id, stage=stage),
    )


def seats_of(connection: Connection, panel_id: int) -> list[Row[Any]]:
    """Return everybody who has or had a place on a panel, in the order in which they were seated, with their names."""
    of = t.panel_seat.c
    query = select(t.panel_seat, t.expert.c.name, t.expert.c.employer)
    query = query.join_from(t.panel_seat, t.expert, t.expert.c.id == of.expert_id)
    return list(connection.execute(query.where(of.panel_id == panel_id).order_by(of.ordinal)))


def fields_of(connection: Connection, experts: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
    """Return the fields that experts know, by their numbers."""
    of = t.expert_field.c
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for row in _some(connection, select(of.expert_id, of.field).order_by(of.field), of.expert_id, experts):
        found[row.expert_id] += (row.field,)
    return found


def evaluators(connection: Connection, experts: Iterable[tuple[int, str]]) -> list[Evaluator]:
    """Return experts, told by number and employer, with what they have declared and not withdrawn."""
    known = dict(experts)
    ties = ties_of(connection, known)
    return [Evaluator(one, employer, tuple(each.tie for each in ties[one])) for one, employer in sorted(known.items())]


def ties_of(connection: Connection, experts: Iterable[int]) -> Mapping[int, list[DeclaredTie]]:
    """Return what experts have declared and not withdrawn, by their numbers."""
    of = t.expert_tie.c
    found: dict[int, list[DeclaredTie]] = defaultdict(list)
    standing = select(t.expert_tie).where(of.withdrawn_at.is_(None)).order_by(of.id)
    for row in _some(connection, standing, of.expert_id, experts):
        tie = Tie(Ground(row.ground), row.subject, row.unit, row.until)
        found[row.expert_id].append(DeclaredTie(row.id, tie))
    return found


def evaluated(program: Program, row: Row[Any]) -> Evaluated:
    """Return a nomination as far as recusals go."""
    return Evaluated(row.number, row.nominee, row.unit, row.nominator, has_members(program))


def has_members(program: Program) -> bool:
    """Whether a nominee is more than one person, whose names its own has in it."""
    return program.nominee in (NomineeKind.STUDIO, NomineeKind.TEAM)


def panel_matter_of(running: Running, expert: str, actor: Actor) -> Matter:
    """Return what an expert of a panel does as the policy looks at it."""
    program = running.program
    return Matter(program.id, program.office, expert=expert, own=actor.name == expert)


def _some(connection: Connection, query: Any, column: Any, ids: Iterable[int]) -> list[Row[Any]]:  # noqa: ANN401
    wanted = sorted(set(ids))
    found: list[Row[Any]] = []
    for start in range(0, len(wanted), _CHUNK):
        found += connection.execute(query.where(column.in_(wanted[start : start + _CHUNK]))).all()
    return found


def withdraw_reports(connection: Connection, nomination: int, expert: str, stages: Sequence[str]) -> int:
    """Take back what somebody has reported and scored at these stages who is recused; returns how much that was.

    Scores stay beside those that count, as superseded ones do. What a settled ranking was made of stays as it is: who
    was moved was moved by it, and whoever finds that it must be made anew opens it again.
    """
    ranked = t.ranked.c
    settled = set(
        connection.execute(
            select(ranked.stage).where(ranked.nomination_id == nomination, ranked.stage.in_(stages))
        ).scalars()
    )
    still_open = [stage for stage in stages if stage not in settled]
    of, given = t.report.c, t.score.c
    reported = connection.execute(
        t.report.delete().where(of.nomination_id == nomination, of.reporter == expert, of.stage.in_(still_open))
    ).rowcount
    scored = connection.execute(
        t.score.update()
        .where(
            given.nomination_id == nomination,
            given.evaluator == expert,
            given.stage.in_(still_open),
            ~given.superseded,
        )
        .values(superseded=True)
    ).rowcount
    return reported + scored
