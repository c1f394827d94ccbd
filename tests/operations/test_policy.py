"""The policy: every role × every move, and every role × everything else that is done, written out in full."""

from datetime import datetime

import pytest

from operations.actors import CLOCK, Actor, Role, may_move
from operations.acts import Act
from operations.decide import decide
from operations.intakes import extend_deadline
from operations.issue import issue
from operations.nominate import nominate, receive
from operations.objections import Outcome, lodge, settle
from operations.opening import confirm_ruling, open_program
from operations.organizations import set_mail
from operations.publicize import publicize
from operations.results import Batch, Denied
from operations.screen import Result, judge, report
from programs.materials import Medium
from states import Move
from tests.operations.office import Office

#: administrator, operator, screening, expert, supervisor, clock: ✓ may, · may not.
MOVES = """
submit      ✓ ✓ · · · ·
endorse     ✓ ✓ · · · ·
accept      ✓ ✓ ✓ · · ·
return      ✓ ✓ ✓ · · ·
reject      ✓ ✓ ✓ · · ·
advance     ✓ ✓ · · · ·
eliminate   ✓ ✓ ✓ · · ·
choose      ✓ ✓ · · · ·
approve     ✓ ✓ · · · ·
publish     ✓ ✓ · · · ·
object      ✓ ✓ · · · ·
settle      ✓ ✓ · · · ·
uphold      ✓ ✓ · · · ·
close       · · · · · ✓
issue       ✓ ✓ · · · ·
assess      ✓ ✓ · · · ·
fail        ✓ ✓ · · · ·
rectify     ✓ ✓ · · · ·
revoke      ✓ ✓ · · · ·
expire      · · · · · ✓
lapse       · · · · · ✓
withdraw    ✓ ✓ · · · ·
disqualify  ✓ ✓ ✓ · · ·
"""

ACTS = """
nominate         ✓ ✓ ✓ · · ·
receive          ✓ ✓ ✓ · · ·
judge            ✓ ✓ ✓ · · ·
report           ✓ ✓ ✓ ✓ · ·
rule             ✓ · · · · ·
open             ✓ · · · · ·
extend           ✓ · · · · ·
set_mail         ✓ ✓ ✓ · · ·
decide           ✓ ✓ · · · ·
publicize        ✓ ✓ · · · ·
lodge            ✓ ✓ · · · ·
lodge_another    ✓ ✓ · · · ·
dismiss_one      ✓ ✓ · · · ·
uphold_one       ✓ ✓ · · · ·
issue            ✓ ✓ · · · ·
"""

ROLES = (Role.ADMINISTRATOR, Role.OPERATOR, Role.SCREENING, Role.EXPERT, Role.SUPERVISOR, Role.CLOCK)


def rows(table: str) -> dict[str, dict[Role, bool]]:
    lines = [line.split() for line in table.split("\n") if line]
    return {name: {role: mark == "✓" for role, mark in zip(ROLES, marks, strict=True)} for name, *marks in lines}


def refused_for_authority(outcome: object) -> bool:
    denied = outcome.denied if isinstance(outcome, Batch) else [outcome] if isinstance(outcome, Denied) else []
    return any(refusal.gate == "authority" for one in denied for refusal in one.refusals)


def test_policy_knows_every_role_and_every_move():
    assert set(ROLES) == set(Role)
    assert set(rows(MOVES)) == {move.value for move in Move}


def test_moves_are_for_the_roles_of_the_table():
    found = {move.value: {role: may_move(Actor("某人", role), move) is None for role in Role} for move in Move}
    assert found == rows(MOVES)


def test_move_refused_by_the_policy_names_who_may_make_it():
    refusal = may_move(Actor("某人", Role.EXPERT), Move.ACCEPT)
    assert (refusal.gate, refusal.reason.zh, refusal.remedy.zh) == (
        "authority",
        "专家无权办理“受理通过”",
        "请由管理员、经办人、审查人员办理",
    )


def test_move_of_time_is_nobody_else_s():
    refusal = may_move(Actor("某人"), Move.CLOSE)
    assert (refusal.reason.zh, refusal.remedy.zh) == ("“公示期满”只能由到期巡检办理", "请等到期限届满")
    assert may_move(CLOCK, Move.CLOSE) is None


class Acts:
    """One thing of every kind that is done, each ready to be done."""

    def __init__(self, office: Office, fresh: Office) -> None:
        self.office = office
        self.fresh = fresh
        screened, reviewed, issued, waiting = (
            office.nominate(stage) for stage in ("screening", "review", "issuance", "publicity")
        )
        office.publicize()
        self.objected, self.public = waiting, office.nominate("decision")
        office.decide("decision", {self.public: "chief-technician"})
        office.publicize()
        self.objections = [lodge(office.desk, waiting, "某单位", "反映问题", office.act()) for _ in range(2)]
        self.screened, self.reviewed, self.issued = screened, reviewed, issued
        self.waiting = office.nominate("publicity")
        self.deciding = office.nominate("decision")

    def nominate(self, act: Act):
        return nominate(self.office.desk, self.office.id, self.office.draft(), act)

    def receive(self, act: Act):
        return receive(self.office.desk, self.screened, [("overview", Medium.PAPER)], act)

    def judge(self, act: Act):
        return judge(self.office.desk, self.screened, {"conduct": Result.PASS}, act)

    def report(self, act: Act):
        return report(self.office.desk, self.reviewed, "materials", act)

    def rule(self, act: Act):
        return confirm_ruling(self.fresh.desk, self.fresh.program, self.fresh.program.rulings[0].id, None, act)

    def open(self, act: Act):
        return open_program(self.fresh.desk, self.fresh.program, act)

    def extend(self, act: Act):
        closes = datetime.fromisoformat("2019-08-31T00:00+08:00")
        return extend_deadline(self.office.desk, self.office.id, "recommendation.office", closes, "某文", act)

    def set_mail(self, act: Act):
        return set_mail(self.office.desk, "江阳区", "jiangyang@example.cn", act)

    def decide(self, act: Act):
        return decide(self.office.desk, self.office.id, "decision", {self.deciding: "chief-technician"}, act)

    def publicize(self, act: Act):
        return publicize(self.office.desk, self.office.id, "publicity", act)

    def lodge(self, act: Act):
        return lodge(self.office.desk, self.public, "某单位", "反映问题", act)

    def lodge_another(self, act: Act):
        return lodge(self.office.desk, self.objected, "某单位", "反映问题", act)

    def dismiss_one(self, act: Act):
        return settle(self.office.desk, self.objections[0], Outcome.DISMISSED, "不属实", act)

    def uphold_one(self, act: Act):
        return settle(self.office.desk, self.objections[1], Outcome.UPHELD, "属实", act)

    def issue(self, act: Act):
        return issue(self.office.desk, self.office.id, "泸市人社办〔2019〕9号", act)


@pytest.fixture
def acts(luzhou, desk, shipped) -> Acts:
    program = shipped("bayu-craftsman-2022")
    return Acts(luzhou, Office(desk, program, luzhou.now))


@pytest.mark.parametrize("role", Role)
def test_acts_are_for_the_roles_of_the_table(acts, role):
    allowed = {name: roles[role] for name, roles in rows(ACTS).items()}
    found = {}
    for name in allowed:
        before = acts.office.contents()
        outcome = getattr(acts, name)(acts.office.act("依规办理", role))
        found[name] = not refused_for_authority(outcome)
        assert found[name] or acts.office.contents() == before, name
    assert found == allowed
