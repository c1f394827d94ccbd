"""What an expert sees: nominations that they are assigned and have pledged for, and none that they are recused from."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from itertools import combinations, product
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from deadlines.zone import shanghai_day
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk, Running
from operations.experts.records import evaluated, evaluators, expert_named
from operations.experts.seats import pledge_version
from operations.paths import path_of
from operations.results import Denied, UnknownError, no_such_nomination
from programs import Program, Words
from programs.panels import Ground, Panel
from states import Refusal
from states.recusals import Evaluator, conflicts
from store import once
from store import tables as t


class Sight:
    """What one actor may see, as one transaction sees the pool, panels and recusals; nothing of it is read twice.

    Whoever is recused sees nothing of the nomination, in whatever role they come. Otherwise only experts are limited,
    and only in programs that draw panels.
    """

    def __init__(self, connection: Connection, actor: Actor, now: datetime) -> None:
        self._connection = connection
        self._actor = actor
        self._today: date = shanghai_day(now)
        # A nominee is a party to their own case, whatever they are asked to judge elsewhere.
        self._expert = None if actor.role is Role.NOMINEE else expert_named(connection, actor.name)
        expert = self._expert
        self._evaluator: Evaluator | None = (
            evaluators(connection, [(expert.id, expert.employer)])[0] if expert else None
        )
        self._recused: Mapping[int, Ground] = self._recusals() if expert else {}
        self._assigned: Mapping[tuple[int, str], str] = self._assignments() if expert else {}
        self._seats = self._places() if expert else {}

    def refuses(self, running: Running, row: Row[Any], *, stage: str | None = None) -> Refusal | None:
        """Return why the actor sees nothing of a nomination, or, of one stage, reports nothing on it."""
        if stage is None and self.blind(running.program):
            # Before recusals are asked about: who is refused otherwise than the others would be known by it.
            return _only_evaluated()
        if refusal := self.recused(running, row):
            return refusal
        if self._actor.role is not Role.EXPERT:
            return None
        panels = _panels(running, row)
        if stage is not None:
            panels = {key: panel for key, panel in panels.items() if key == stage}
        if not panels:
            return None
        refusals = [self._not_theirs(row, key, panel) for key, panel in panels.items()]
        return None if None in refusals else refusals[0]

    def recused(self, running: Running, row: Row[Any]) -> Refusal | None:
        """Return why the actor has nothing to do with a nomination, in whatever role they come."""
        ground = self._ground(running, row)
        if ground and self.blind(running.program):
            # To name the ground would tell who it is, and so would any other word than the rest are refused with.
            return _not_assigned(next((panel.clause for panel in _panels(running, row).values()), None))
        return _recused(ground) if ground else None

    def blind(self, program: Program) -> bool:
        """Whether the actor is an expert of a blind panel of the program, and is told no names there."""
        return self._actor.role is Role.EXPERT and any(
            panel.blind and (program.id, stage) in self._seats for stage, panel in program.panels().items()
        )

    def not_evaluated(self, running: Running, row: Row[Any]) -> Refusal | None:
        """Return why an expert evaluates a nomination at none of the stages on its path."""
        refusals = [self.refuses(running, row, stage=stage) for stage in _panels(running, row)]
        return None if None in refusals else next(iter(refusals), _not_assigned())

    @property
    def in_pool(self) -> bool:
        """Whether the actor is an expert of the pool; nobody else is recused, whatever role they come in."""
        return self._evaluator is not None

    @property
    def recorded_recusals(self) -> Collection[int]:
        """The nominations, by their ids, from which it is recorded that the actor is recused."""
        return self._recused.keys()

    @property
    def names(self) -> Collection[str]:
        """What the actor has ties to as an expert: only nominations that name one of these can recuse them by it."""
        if self._evaluator is None:
            return ()
        return sorted({self._evaluator.employer, *(tie.subject for tie in self._evaluator.ties)})

    def evaluates(self, running: Running, row: Row[Any]) -> Collection[int] | None:
        """Return which nominations on the path of this row an expert evaluates, by their ids; None for all of them.

        Recusals are not looked at.
        """
        panels, pledged = _panels(running, row), self._pledged(running)
        if not panels or any(not panel.assigned for stage, panel in panels.items() if stage in pledged):
            return None
        return self._assigned_at(running.program.id, pledged & panels.keys())

    def evaluates_few(self, versions: Iterable[Running]) -> Collection[int] | None:
        """Return which nominations of a program, of so many versions, an expert evaluates, by their ids.

        None where it takes a look at each path: some path does not have all panels, or one whose experts evaluate
        everything, or what was pledged under one version was not under another.
        """
        pledged = set()
        program_id = ""
        for running in versions:
            program, program_id = running.program, running.program.id
            panels = {stage: program.stage(stage) for stage, panel in program.panels().items() if panel.assigned}
            if len(panels) < len(program.panels()):
                return None
            traits = sorted(program.deciding_traits)
            some = [frozenset(one) for count in range(len(traits) + 1) for one in combinations(traits, count)]
            categories: list[str | None] = [*(one.id for one in program.categories)] or [None]
            for path in product(categories, [one.id for one in program.routes], some):
                if not panels or not all(stage.concerns(*path) for stage in panels.values()):
                    return None
            pledged.add(self._pledged(running))
        return self._assigned_at(program_id, pledged.pop()) if len(pledged) == 1 else None

    def _pledged(self, running: Running) -> frozenset[str]:
        """Return the stages of a program at which the actor may evaluate: they have pledged the words of its panel."""
        return frozenset(
            stage
            for stage, panel in running.program.panels().items()
            if (seat := self._seats.get((running.program.id, stage))) is not None
            and seat.pledge == pledge_version(panel)
            and (panel.assigned or seat.state == "confirmed")
        )

    def _assigned_at(self, program_id: str, stages: AbstractSet[str]) -> Collection[int]:
        return {one for (one, stage), of in self._assigned.items() if of == program_id and stage in stages}

    def _ground(self, running: Running, row: Row[Any]) -> Ground | None:
        """Return what recuses the actor: what was recorded, else what they have declared since."""
        if self._evaluator is None:
            return None
        if row.id in self._recused:
            return self._recused[row.id]
        one = evaluated(running.program, row)
        for panel in _panels(running, row).values():
            found = conflicts(panel, [self._evaluator], [one], self._today)
            if found:
                return found[one.number][self._evaluator.id]
        return None

    def _not_theirs(self, row: Row[Any], stage: str, panel: Panel) -> Refusal | None:
        seat = self._seats.get((row.program_id, stage))
        theirs = (row.id, stage) in self._assigned if panel.assigned else seat is not None and seat.state == "confirmed"
        if not theirs or seat is None:
            return _not_assigned(panel.clause)
        if seat.pledge != pledge_version(panel):
            return not_pledged(row.program_id, stage, panel)
        return None

    def _recusals(self) -> Mapping[int, Ground]:
        of = t.recusal.c
        query = select(of.nomination_id, of.ground).where(of.expert_id == self._number)
        return {nomination: Ground(ground) for nomination, ground in self._connection.execute(query)}

    def _assignments(self) -> Mapping[tuple[int, str], str]:
        """Return the programs of what the actor was assigned, by nomination and stage."""
        of, nomination = t.assignment.c, t.nomination.c
        query = select(of.nomination_id, of.stage, nomination.program_id).join_from(t.assignment, t.nomination)
        rows = self._connection.execute(query.where(of.expert_id == self._number))
        return {(row.nomination_id, row.stage): row.program_id for row in rows}

    def _places(self) -> Mapping[tuple[str, str], Row[Any]]:
        of = t.panel_seat.c
        query = (
            select(t.panel.c.program_id, t.panel.c.stage, of.state, of.pledge)
            .join_from(t.panel_seat, t.panel)
            .where(of.expert_id == self._number, t.panel.c.voided_at.is_(None))
        )
        return {(row.program_id, row.stage): row for row in self._connection.execute(query)}

    @property
    def _number(self) -> int:
        assert self._expert is not None  # noqa: S101 - asked of experts only
        return int(self._expert.id)


def sight_of(connection: Connection, actor: Actor, now: datetime) -> Sight:
    """Return what an actor may see of what is evaluated, put together once in a read."""
    return once(connection, (Sight, actor, now), lambda: Sight(connection, actor, now))


class Evaluators:
    """Whether somebody may evaluate nominations: in their own name, or in that of whom they type in for."""

    def __init__(self, connection: Connection, act: Act, evaluator: str) -> None:
        self._sights = [
            Sight(connection, actor, act.now)
            for actor in dict.fromkeys((act.actor, replace(act.actor, name=evaluator, role=Role.EXPERT)))
        ]

    def blind(self, program: Program) -> bool:
        """Whether what is made for them bears no names."""
        return any(one.blind(program) for one in self._sights)

    def refuses(self, running: Running, row: Row[Any], stage: str) -> Refusal | None:
        """Return why a nomination is not theirs to evaluate at a stage."""
        return next((found for one in self._sights if (found := one.refuses(running, row, stage=stage))), None)


def _panels(running: Running, row: Row[Any]) -> dict[str, Panel]:
    """Return the panels of the reviews on a nomination's path, by the stage."""
    program, path = running.program, path_of(row)
    return {stage: panel for stage, panel in program.panels().items() if program.stage(stage).concerns(*path)}


def unseen(desk: Desk, number: str, actor: Actor, now: datetime) -> Denied | None:
    """Return why an actor sees nothing of a nomination; raises `UnknownError` where there is none."""
    with desk.store.read() as connection:
        row = connection.execute(select(t.nomination).where(t.nomination.c.number == number)).one_or_none()
        if row is None:
            raise UnknownError(no_such_nomination(number))
        refusal = Sight(connection, actor, now).refuses(desk.running_for(connection, row), row)
    return Denied((refusal,), number) if refusal else None


def not_pledged(program_id: str, stage: str, panel: Panel) -> Refusal:
    """Say that the pledge comes before the first file."""
    return Refusal(
        "pledged",
        Words("还没有签署评审承诺", "the pledge is not made yet"),
        Words(
            "请本人先签署：linxuan review pledge {program} {stage}",
            "make it first, yourself, with: linxuan review pledge {program} {stage}",
        ).format(program=program_id, stage=stage),
        panel.clause,
    )


def _not_assigned(clause: str | None = None) -> Refusal:
    return Refusal(
        "assigned",
        Words("此件没有分配给您评议", "this nomination is not assigned to you"),
        Words(
            "您只能查看和评议分配给您的申报：linxuan review assignments",
            "see what is: linxuan review assignments",
        ),
        clause,
    )


def _only_evaluated() -> Refusal:
    return Refusal(
        "blind",
        Words("本次评审为盲评", "the review is blind"),
        Words(
            "您只按编号评议，见“我的评审”或 linxuan review assignments",
            "you evaluate by numbers alone; see your evaluations, or: linxuan review assignments",
        ),
    )


def _recused(ground: Ground) -> Refusal:
    return Refusal(
        "recused",
        Words("您应回避此件：{ground}", "you are recused from this nomination: {ground}").format(ground=ground.label),
        Words(
            "回避的申报不能查看和评议；有误的请与主办单位联系",
            "you neither see nor evaluate it; tell the office if this is wrong",
        ),
    )
