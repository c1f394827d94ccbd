"""What is done with experts: every act × every role × who they are, and that a refusal changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from operations.actors import CLOCK, Actor, Role
from operations.acts import Act
from operations.experts.assigning import assign_experts
from operations.experts.browsing import reveal_expert
from operations.experts.importing import import_experts
from operations.experts.panels import draw_panel
from operations.experts.pool import (
    ExpertDraft,
    add_expert,
    change_expert,
    declare_tie,
    list_experts,
    retire_expert,
    withdraw_tie,
)
from operations.experts.recusing import lift_recusal, recuse
from operations.experts.seats import confirm, decline, invite, make_pledge
from operations.results import Denied
from programs.panels import Ground
from states.recusals import Tie
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import INTAKE, LUZHOU, why
from tests.operations.panels import REVIEW, PanelOffice, with_panel

#: administrator, operator, screening, supervisor, clock, an expert of another name, the expert themselves; 李四 is on
#: the panel in the first six. All are of the program's office, but for those marked *, who are for all organizations.
TABLE = """
add*           ✓ · · · · · ·
import*        ✓ · · · · · ·
change*        ✓ · · · · · ·
reveal*        ✓ · · ✓ · · ·
declare*       ✓ · · · · · ✓
withdraw_tie*  ✓ · · · · · ✓
draw           ✓ · · · · · ·
invite         ✓ · · · · · ·
confirm        ✓ · · · · · ✓
pledge         · · · · · · ✓
assign         ✓ · · · · · ·
recuse         ✓ · · · · · ✓
lift           ✓ · · · · · ·
decline        ✓ · · · · · ✓
retire*        ✓ · · · · · ·
"""
ROLES = (Role.ADMINISTRATOR, Role.OPERATOR, Role.SCREENING, Role.SUPERVISOR, Role.CLOCK, Role.EXPERT, Role.EXPERT)
#: Of those who are for one organization, these act for all of them too.
FOR_ALL = (Role.ADMINISTRATOR, Role.SUPERVISOR)


def cells() -> dict[str, str]:
    return {name: "".join(marks) for name, *marks in (line.split() for line in TABLE.strip().splitlines())}


class Acts:
    """Each act, ready to be done in the order of the table, about 李四."""

    def __init__(self, office: PanelOffice) -> None:
        self.office, self.desk, self.place = office, office.desk, (office.desk, office.id, REVIEW)
        for name in ("李四", "王五", "赵六", "钱七"):
            office.add(name)
        self.number = office.nominate(REVIEW)
        self.tie = declare_tie(self.desk, "李四", Tie(Ground.PROJECT, "某项目"), office.keeper)

    def before(self, name: str) -> None:
        """Bring it about that an act is at its turn, by those who may."""
        steps: dict[str, Callable[[], Any]] = {
            "invite": lambda: draw_panel(*self.place, self.office.act(), seed="1"),
            "confirm": lambda: invite(*self.place, self.office.act()),
            "pledge": lambda: confirm(*self.place, "李四", self.office.act()),
            "assign": lambda: [confirm(*self.place, one, self.office.act()) for one in self.seated()],
            "lift": lambda: recuse(self.desk, self.number, "李四", Ground.OTHER, self.office.act("有误")),
        }
        done = steps.get(name, lambda: None)()
        # Whoever may draw has drawn already.
        assert not isinstance(done, Denied) or why(done) == [("drawn-once", None)]

    def seated(self) -> list[str]:
        return ["李四", "王五", "赵六", "钱七"]

    def add(self, act: Act) -> Any:
        return add_expert(self.desk, ExpertDraft("新人", "某厂"), act)

    def import_(self, act: Act) -> Any:
        return import_experts(self.desk, "姓名,工作单位\n又一人,某厂\n".encode(), "专家.csv", act)

    def change(self, act: Act) -> Any:
        return change_expert(self.desk, "李四", {"title": "教授"}, act)

    def reveal(self, act: Act) -> Any:
        return reveal_expert(self.desk, "李四", act)

    def declare(self, act: Act) -> Any:
        return declare_tie(self.desk, "李四", Tie(Ground.PROJECT, "另一项目"), act)

    def withdraw_tie(self, act: Act) -> Any:
        return withdraw_tie(self.desk, "李四", self.tie, act)

    def draw(self, act: Act) -> Any:
        return draw_panel(*self.place, act, seed="1")

    def invite(self, act: Act) -> Any:
        return invite(*self.place, act)

    def confirm(self, act: Act) -> Any:
        return confirm(*self.place, "李四", act)

    def pledge(self, act: Act) -> Any:
        return make_pledge(*self.place, "李四", act)

    def assign(self, act: Act) -> Any:
        return assign_experts(*self.place, act)

    def recuse(self, act: Act) -> Any:
        return recuse(self.desk, self.number, "李四", Ground.OTHER, act)

    def lift(self, act: Act) -> Any:
        return lift_recusal(self.desk, self.number, "李四", act)

    def decline(self, act: Act) -> Any:
        return decline(*self.place, "李四", act)

    def retire(self, act: Act) -> Any:
        return retire_expert(self.desk, "李四", act)


@pytest.fixture
def acts(desk, shipped) -> Acts:
    office = PanelOffice(desk, with_panel(shipped(LUZHOU), size=3), INTAKE[LUZHOU])
    office.open()
    made = Acts(office)
    # 李四 has to be on the panel, whatever the order is: of four one is taken out.
    retire_expert(desk, "钱七", office.keeper)
    made.seated = lambda: ["李四", "王五", "赵六"]  # type: ignore[method-assign]
    return made


@on(SQLITE)
@pytest.mark.parametrize("column", range(len(ROLES)))
def test_acts_with_experts_are_for_the_roles_of_the_table(acts, column):
    role, office = ROLES[column], acts.office
    name = "李四" if column == len(ROLES) - 1 else "某人"
    found = {}
    for key in cells():
        act_name = key.rstrip("*")
        acts.before(act_name)
        before = office.contents()
        where = None if key.endswith("*") and role in FOR_ALL else office.program.office
        actor = CLOCK if role is Role.CLOCK else Actor(name, role, where)
        method = "import_" if act_name == "import" else act_name
        outcome = getattr(acts, method)(Act(actor, office.now, "依规办理"))
        refused = isinstance(outcome, Denied) and {gate for gate, _ in why(outcome)} & {
            "authority",
            "jurisdiction",
            "own",
        }
        found[key] = "·" if refused else "✓"
        assert not refused or office.contents() == before, key
    # An operator of the office holds no nomination that stands with its experts.
    assert found == {key: marks[column] for key, marks in cells().items()}


@on(SQLITE)
def test_administrator_of_one_organization_keeps_no_pool_and_draws_only_for_programs_of_theirs(acts):
    elsewhere = Act(Actor("某人", Role.ADMINISTRATOR, "别处"), acts.office.now, "依规办理")
    acts.before("invite")
    acts.before("confirm")
    refused = [acts.add(elsewhere), acts.draw(elsewhere), acts.invite(elsewhere), acts.confirm(elsewhere)]
    refused += [acts.assign(elsewhere), acts.recuse(elsewhere), acts.lift(elsewhere), acts.declare(elsewhere)]
    refused.append(acts.reveal(elsewhere))
    assert [[gate for gate, _ in why(one)] for one in refused] == [["jurisdiction"]] * len(refused)
    assert [one.draft.name for one in list_experts(acts.desk)] == ["李四", "王五", "赵六"]
