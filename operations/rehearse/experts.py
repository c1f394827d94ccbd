"""Made-up experts of a rehearsal: in the pool for this program alone, drawn and assigned as others are."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from deadlines.zone import shanghai_day
from operations.actors import Player, Role
from operations.acts import Act
from operations.desk import Desk
from operations.experts.assigning import Assigned, assign_experts
from operations.experts.panels import DrawnPanel, draw_panel
from operations.experts.pool import ExpertDraft, add_expert
from operations.experts.seats import confirm, decline, invite, make_pledge
from operations.results import Denied
from programs import Program
from programs.panels import Panel
from programs.stages import Review
from store import tables as t

#: How old made-up experts are; a panel may have a limit below that.
_AGE = 50


class RehearsedPanel:
    """One panel, from a pool twice as large as it is up to who evaluates what."""

    def __init__(self, desk: Desk, program: Program, stage: Review, office: str, now: datetime) -> None:
        assert stage.panel is not None  # noqa: S101 - the scene is planned only where there is one
        self._desk, self._program, self._stage, self._office, self._now = desk, program, stage, office, now
        self._panel: Panel = stage.panel
        self.told = "没有抽取专家"

    def play(self, office: Act) -> Iterator[Denied]:
        """Do all of it in the name of the office and of each expert; yields what was refused."""
        place = self._desk, self._program.id, self._stage.id
        yield from self._fill_the_pool()
        drawn = draw_panel(*place, office, seed=self._program.id)
        if isinstance(drawn, Denied):
            yield drawn
            return
        invited = invite(*place, office)
        first, *others = [seat.name for seat in drawn.seats]
        following = decline(*place, first, self._own(first, "因公出差"))
        for refused in (invited, following):
            if isinstance(refused, Denied):
                yield refused
        seated = [*others, following] if isinstance(following, str) else others
        for name in seated:
            for done in (confirm(*place, name, self._own(name)), make_pledge(*place, name, self._own(name))):
                if done:
                    yield done
        yield from self._assign(drawn, office)

    def _assign(self, drawn: DrawnPanel, office: Act) -> Iterator[Denied]:
        done = assign_experts(self._desk, self._program.id, self._stage.id, office)
        if isinstance(done, Denied):
            yield done
            return
        self.told = f"候选专家 {sum(drawn.candidates.values())} 名，抽取 {len(drawn.seats)} 名；{_told(done)}"

    def _fill_the_pool(self) -> Iterator[Denied]:
        keeper = Act(Player("演练·专家库管理员", Role.ADMINISTRATOR), self._now)
        age = min(_AGE, self._panel.age_at_most or _AGE)
        for urn in self._panel.urns():
            for number in range(2 * urn.size):
                name = f"演练·{self._program.id}·{self._stage.id}·{urn.id}{number + 1}"
                draft = ExpertDraft(name, f"{name}所在单位", (urn.name,), born=shanghai_day(self._now).year - age)
                done = add_expert(self._desk, draft, keeper, rehearsal=self._program.id)
                if isinstance(done, Denied):
                    yield done

    def _own(self, name: str, reason: str = "") -> Act:
        return Act(Player(name, Role.EXPERT, self._office), self._now, reason)


def evaluators_of(desk: Desk, number: str, stage: Review) -> list[str]:
    """Return who evaluates a nomination: whom it is assigned to, else everybody of the panel."""
    panel = stage.panel
    with desk.store.read() as connection:
        row = connection.execute(
            select(t.nomination.c.id, t.nomination.c.program_id).where(t.nomination.c.number == number)
        ).one()
        if panel is not None and panel.assigned:
            of = t.assignment.c
            names = select(t.expert.c.name).join_from(t.assignment, t.expert)
            names = names.where(of.nomination_id == row.id, of.stage == stage.id)
        else:
            seat = t.panel_seat.c
            names = select(t.expert.c.name).join_from(t.panel_seat, t.expert, t.expert.c.id == seat.expert_id)
            names = names.join(t.panel, t.panel.c.id == seat.panel_id).where(
                t.panel.c.program_id == row.program_id,
                t.panel.c.stage == stage.id,
                t.panel.c.voided_at.is_(None),
                seat.state == "confirmed",
            )
        return list(connection.execute(names.order_by(t.expert.c.id)).scalars())


def _told(done: Assigned) -> str:
    loads = sorted(done.loads.values())
    spread = f"，每人 {loads[0]}—{loads[-1]} 件" if loads else ""
    return f"分配 {done.assigned} 份{spread}"
