"""A program that draws experts, and its office: for tests of the pool, of draws, assignments and recusals."""

from dataclasses import replace
from typing import Any

from operations.actors import Actor, Role
from operations.acts import Act
from operations.experts.assigning import Assigned, assign_experts
from operations.experts.panels import DrawnPanel, draw_panel
from operations.experts.pool import ExpertDraft, add_expert
from operations.experts.seats import confirm, invite, make_pledge
from operations.screen import report
from programs import Program
from tests.operations.office import Office

REVIEW = "review"
PANEL = {"clause": "四、（三）", "size": 3, "per_nominee": 1}


def with_panel(program: Program, **changes: Any) -> Program:
    """A program whose review draws a panel."""
    document = program.model_dump(mode="json")
    for stage in document["stages"]:
        if stage["id"] == REVIEW:
            stage["panel"] = PANEL | changes
    return Program.model_validate(document)


class PanelOffice(Office):
    """An office with a pool of experts: 专家1, 专家2 …, each of an employer of their own."""

    @property
    def keeper(self) -> Act:
        return Act(Actor("总管"), self.now, "依规办理")

    def as_expert(self, name: str, reason: str = "", where: str | None = None) -> Act:
        return Act(Actor(name, Role.EXPERT, where or self.program.stage(REVIEW).office), self.now, reason)

    def add(self, name: str, **changes: Any) -> int:
        draft = replace(ExpertDraft(name, f"{name}所在单位"), **changes)
        done = add_expert(self.desk, draft, self.keeper)
        assert isinstance(done, int), done
        return done

    def fill_the_pool(self, count: int, **changes: Any) -> list[str]:
        names = [f"专家{place}" for place in range(1, count + 1)]
        for name in names:
            self.add(name, **changes)
        return names

    def draw(self, seed: str = "种子") -> DrawnPanel:
        done = draw_panel(self.desk, self.id, REVIEW, self.act(), seed=seed)
        assert isinstance(done, DrawnPanel), done
        return done

    def seat(self, *, pledged: bool = True) -> list[str]:
        """Draw, invite, and have everybody confirm and pledge; returns who is on the panel."""
        names = [seat.name for seat in self.draw().seats]
        assert invite(self.desk, self.id, REVIEW, self.act()) == tuple(names)
        for name in names:
            assert confirm(self.desk, self.id, REVIEW, name, self.as_expert(name)) is None
            if pledged:
                assert make_pledge(self.desk, self.id, REVIEW, name, self.as_expert(name)) is None
        return names

    def assign(self, reason: str = "") -> Assigned:
        done = assign_experts(self.desk, self.id, REVIEW, self.act(reason))
        assert isinstance(done, Assigned), done
        return done

    def reports(self, name: str, number: str) -> Any:
        return report(self.desk, number, "materials", self.as_expert(name), points=90, opinion="业绩突出")
