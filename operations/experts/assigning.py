"""Who evaluates what: every nomination at a stage to as many experts as the notice says, none to whom it is barred."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.engine import Connection

from deadlines.zone import shanghai_day
from operations.acts import Act
from operations.authority import matter_at, refuses
from operations.desk import Desk, Running
from operations.experts.records import (
    evaluated,
    evaluators,
    find_panel,
    panel_matter,
    panel_of_stage,
    seats_of,
    withdraw_reports,
)
from operations.policy import Deed
from operations.results import Denied
from programs import Words
from programs.panels import Ground, Panel
from states import Refusal
from states.assignment import Bounds, Shortage, Want, Wanted, assign
from states.recusals import conflicts
from store import Transaction, among, hold
from store import tables as t

#: Nominations that a refusal names; it counts all of them.
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Assigned:
    """What was assigned: new pairs of a nomination and an expert, new recusals, and how much was taken back.

    `loads` is how many nominations each expert of the panel evaluates now; `vacant` are places that nobody has.
    """

    program: str
    stage: str
    nominations: int
    assigned: int
    recused: int
    released: int
    vacant: int
    loads: Mapping[str, int] = field(default_factory=dict)


def assign_experts(desk: Desk, program_id: str, stage: str, act: Act) -> Assigned | Denied:
    """Assign the experts of a stage to what stands there, evenly; what was assigned and still can be stays.

    Ties recuse by themselves, and what is recused is taken back and given to others. All or nothing: where it cannot be
    done, the refusals say for which nominations, and count why. Raises `UnknownError` for a program or a stage that
    draws none.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id, stage)
        wanted = panel_of_stage(running.program, stage)
        if refusal := refuses(connection, act.actor, Deed.DRAW_PANEL, matter_at(running, stage)):
            return Denied((refusal,))
        of = t.nomination.c
        rows = connection.execute(
            select(t.nomination)
            .where(of.program_id == program_id, of.stage == stage)
            .order_by(of.number)
            .with_for_update()
        ).all()
        hold(connection, [panel_matter(program_id, stage)])
        panel = find_panel(connection, program_id, stage)
        if isinstance(panel, Refusal):
            return Denied((panel,))
        seats = [seat for seat in seats_of(connection, panel.id) if seat.state != "declined"]
        if refusal := _not_ready(wanted, seats, act):
            return Denied((refusal,))
        task = _Task(transaction, running, wanted, panel, seats, rows)
        recused = task.recuse(act)
        released = task.release()
        shortages = task.assign(act) if wanted.assigned else ()
        if shortages:
            transaction.abandon()
            return Denied(tuple(_short(wanted, one, task) for one in shortages))
        return Assigned(
            program_id,
            stage,
            len(rows),
            task.added,
            recused,
            released,
            wanted.size - len(seats),
            {seat.name: task.load[seat.expert_id] for seat in seats},
        )


class _Task:
    """One run: what is known of the seats and the nominations, and what was decided about them."""

    def __init__(
        self,
        transaction: Transaction,
        running: Running,
        wanted: Panel,
        panel: Row[Any],
        seats: Sequence[Row[Any]],
        rows: Sequence[Row[Any]],
    ) -> None:
        self._transaction, self._running = transaction, running
        self._wanted, self._panel, self._seats, self._rows = wanted, panel, seats, rows
        self._connection: Connection = transaction.connection
        self.names = {seat.expert_id: seat.name for seat in seats}
        self._ids = [row.id for row in rows]
        self.recused = self._recused()
        self._given, self.load = self._assigned()
        self.added = 0
        self._of_category: dict[str | None, frozenset[int]] = {}

    def recuse(self, act: Act) -> int:
        """Record what ties recuse by themselves; returns how much is new."""
        experts = evaluators(self._connection, [(seat.expert_id, seat.employer) for seat in self._seats])
        told = [evaluated(self._running.program, row) for row in self._rows]
        found = conflicts(self._wanted, experts, told, shanghai_day(act.now))
        new = [
            (row, expert, ground)
            for row in self._rows
            for expert, ground in found.get(row.number, {}).items()
            if expert not in self.recused[row.id]
        ]
        if new:
            self._connection.execute(
                insert(t.recusal),
                [recusal_columns(row.id, expert, ground, act, declared=False) for row, expert, ground in new],
            )
        for row, expert, ground in new:
            self.recused[row.id].add(expert)
            reports = withdraw_reports(self._connection, row.id, self.names[expert], [self._panel.stage])
            self._transaction.record(
                self._running.program.id,
                "expert.recused",
                nomination=row.number,
                stage=self._panel.stage,
                expert=self.names[expert],
                ground=ground.value,
                declared=False,
                reports=reports or None,
                **act.signature(),
            )
        return len(new)

    def release(self) -> int:
        """Take back what somebody was assigned who is recused now; returns how much."""
        released = 0
        of = t.assignment.c
        for row in self._rows:
            for expert in sorted(self._given[row.id] & self.recused[row.id]):
                self._given[row.id].discard(expert)
                self.load[expert] -= 1
                released += self._connection.execute(
                    t.assignment.delete().where(
                        of.nomination_id == row.id, of.stage == self._panel.stage, of.expert_id == expert
                    )
                ).rowcount
        return released

    def assign(self, act: Act) -> tuple[Shortage, ...]:
        """Assign what is wanting still; returns why it cannot be done, nothing of it then."""
        bounds = Bounds(self._wanted.at_least, self._wanted.at_most)
        done = assign([self._asked(row) for row in self._rows], {one: self.load[one] for one in self.names}, bounds)
        if done.shortages:
            return done.shortages
        rows = {row.number: row for row in self._rows}
        pairs = [(rows[number].id, expert) for number, experts in sorted(done.experts.items()) for expert in experts]
        if pairs:
            shared = {"stage": self._panel.stage, "panel_id": self._panel.id, "assigned_at": act.now}
            self._connection.execute(
                insert(t.assignment), [{"nomination_id": row, "expert_id": expert, **shared} for row, expert in pairs]
            )
        for number, experts in sorted(done.experts.items()):
            self.load.update(experts)
            self._transaction.record(
                self._running.program.id,
                "experts.assigned",
                nomination=number,
                stage=self._panel.stage,
                experts=[self.names[one] for one in experts],
                **act.signature(),
            )
        self.added = len(pairs)
        return ()

    def may_take(self, row: Row[Any]) -> frozenset[int]:
        """Return who of the panel evaluates a nomination of this category and is not recused from it."""
        return self._able(row.category) - self.recused[row.id]

    def _able(self, category: str | None) -> frozenset[int]:
        if category not in self._of_category:
            urns = {urn.id for urn in self._wanted.urns() if not urn.categories or category in urn.categories}
            self._of_category[category] = frozenset(seat.expert_id for seat in self._seats if seat.urn in urns)
        return self._of_category[category]

    def recused_from(self, numbers: Iterable[str]) -> int:
        """Return how many experts of the panel are recused from any of these."""
        wanted = set(numbers)
        return len(
            {one for row in self._rows if row.number in wanted for one in self.recused[row.id] & self.names.keys()}
        )

    def _asked(self, row: Row[Any]) -> Wanted:
        able, has = self.may_take(row), self._given[row.id]
        count = len(able) if self._wanted.per_nominee is None else self._wanted.per_nominee
        return Wanted(row.number, max(0, count - len(has)), able - has)

    def _recused(self) -> defaultdict[int, set[int]]:
        of = t.recusal.c
        found: defaultdict[int, set[int]] = defaultdict(set)
        query = select(of.nomination_id, of.expert_id).where(among(of.nomination_id, self._ids))
        for nomination, expert in self._connection.execute(query):
            found[nomination].add(expert)
        return found

    def _assigned(self) -> tuple[defaultdict[int, set[int]], Counter[int]]:
        """Return who evaluates what at this stage, and how much each expert of this panel does."""
        of = t.assignment.c
        found: defaultdict[int, set[int]] = defaultdict(set)
        load: Counter[int] = Counter()
        query = select(of.nomination_id, of.expert_id).where(of.panel_id == self._panel.id)
        for nomination, expert in self._connection.execute(query):
            found[nomination].add(expert)
            load[expert] += 1
        return found, load


def recusal_columns(nomination: int, expert: int, ground: Ground, act: Act, *, declared: bool) -> dict[str, Any]:
    """Return the row of a recusal; what an act of declaring gives as its reason is its note."""
    return {
        "nomination_id": nomination,
        "expert_id": expert,
        "ground": ground.value,
        "declared": declared,
        "note": act.reason.strip() if declared else "",
        "recused_by": act.actor.name,
        "recused_at": act.now,
    }


def _not_ready(wanted: Panel, seats: Sequence[Row[Any]], act: Act) -> Refusal | None:
    """Refuse to assign to whoever has not confirmed, and without a reason to fewer than the notice asks for."""
    silent = [seat.name for seat in seats if seat.state != "confirmed"]
    if silent:
        return Refusal(
            "confirmed",
            Words("还有 {count} 名专家没有确认参加：{names}", "{count} experts have not confirmed yet: {names}").format(
                count=len(silent), names="、".join(silent)
            ),
            Words(
                "请等其确认，或登记辞邀由下一名递补：linxuan review confirm、decline",
                "wait for them, or record who declines: linxuan review confirm, decline",
            ),
            wanted.clause,
        )
    if len(seats) < wanted.size and not act.reason.strip():
        return Refusal(
            "panel-full",
            Words("应有 {size} 名专家，现有 {count} 名，且已无人递补", "{count} of {size} experts are left").format(
                size=wanted.size, count=len(seats)
            ),
            Words(
                "请补充专家库后重抽；确需按现有人数评议的，请写明理由（--reason）",
                "add to the pool and draw again, or say why fewer will do (--reason)",
            ),
            wanted.clause,
        )
    return None


def _short(wanted: Panel, one: Shortage, task: _Task) -> Refusal:
    names = [task.names[expert] for expert in one.experts]
    values = {
        "count": len(one.numbers),
        "numbers": _some(one.numbers),
        "needed": one.needed,
        "available": one.available,
        "experts": len(names),
        "names": _some(names),
        "least": wanted.at_least,
        "most": wanted.at_most,
        "recused": task.recused_from(one.numbers),
    }
    reason, remedy = _SHORT[one.want]
    return Refusal("assignable", reason.format(**values), remedy, wanted.clause)


_SHORT: Mapping[Want, tuple[Words, Words]] = {
    Want.EXPERTS: (
        Words(
            "{count} 件申报每件还需 {needed} 名专家，可评的只有 {available} 名"
            "（专家组中有 {recused} 名回避）：{numbers}",
            "{count} nominations need {needed} more experts each, and {available} can take them "
            "({recused} of the panel are recused): {numbers}",
        ),
        Words("请增加专家人数，或核对回避事由", "draw more experts, or check the recusals"),
    ),
    Want.ROOM: (
        Words(
            "{count} 件申报只能由 {experts} 名专家（{names}）评议，共需 {needed} 份，"
            "每人最多 {most} 件，只能承担 {available} 份：{numbers}",
            "{count} nominations are for {experts} experts only ({names}), who would evaluate {needed} "
            "and can {available}, {most} each: {numbers}",
        ),
        Words("请提高每人最多件数，或增加专家人数", "raise the most that each takes, or draw more experts"),
    ),
    Want.WORK: (
        Words(
            "{experts} 名专家（{names}）每人至少 {least} 件，共需 {needed} 件，可分给他们的只有 {available} 件",
            "{experts} experts ({names}) take at least {least} each, {needed} together; there are {available} for them",
        ),
        Words("请降低每人最少件数", "lower the least that each takes"),
    ),
}


def _some(names: Sequence[str]) -> str:
    shown = "、".join(names[:_NAMED])
    return f"{shown}……" if len(names) > _NAMED else shown
