"""`audit verify` holds experts, panels, assignments and recusals against the history."""

from typing import Any

import pytest
from sqlalchemy import delete, update

from operations.audit import audit
from operations.experts.panels import draw_panel, show_panel
from operations.experts.pool import change_expert, declare_tie, retire_expert, withdraw_tie
from operations.experts.recusing import lift_recusal, recuse
from operations.experts.seats import confirm, decline, invite, make_pledge
from programs.panels import Ground
from states.recusals import Tie
from store import tables as t
from tests.operations.office import LUZHOU
from tests.operations.panels import REVIEW, PanelOffice, with_panel


@pytest.fixture
def office(desk, office_of, shipped) -> PanelOffice:
    """An office in which everything has happened to experts that can."""
    made = office_of(LUZHOU, program=with_panel(shipped(LUZHOU)), kind=PanelOffice)
    made.fill_the_pool(6)
    made.add("同单位", employer="长江厂")
    retire_expert(desk, "同单位", made.keeper)
    change_expert(desk, "专家1", {"employer": "长江厂", "fields": ("钳工",)}, made.keeper)
    declare_tie(desk, "专家2", Tie(Ground.PROJECT, "长江厂"), made.keeper)
    withdraw_tie(desk, "专家3", declare_tie(desk, "专家3", Tie(Ground.PROJECT, "误"), made.keeper), made.keeper)
    numbers = [made.nominate(REVIEW, unit=unit) for unit in ("长江厂", "黄河厂", "第3厂", "第4厂")]
    made.draw("1")
    draw_panel(desk, made.id, REVIEW, made.act("重抽"), seed="8", again=True)
    names = seat_all(made)
    made.assign()
    recuse(desk, numbers[2], names[0], Ground.KINSHIP, made.as_expert(names[0], "亲属"))
    recuse(desk, numbers[1], names[1], Ground.OTHER, made.act("误记"))
    lift_recusal(desk, numbers[1], names[1], made.act("误记"))
    made.assign()
    following = decline(desk, made.id, REVIEW, names[2], made.act("住院"))
    confirm(desk, made.id, REVIEW, str(following), made.act())
    made.assign()
    return made


def seat_all(office: PanelOffice) -> list[str]:
    names = [seat.name for seat in show_panel(office.desk, office.id, REVIEW).seats]
    invite(office.desk, office.id, REVIEW, office.act())
    for name in names:
        confirm(office.desk, office.id, REVIEW, name, office.as_expert(name))
        make_pledge(office.desk, office.id, REVIEW, name, office.as_expert(name))
    return names


def found(office: PanelOffice) -> list[tuple[str, str]]:
    """What disagrees: of which sort, and the field."""
    return [
        (one.where.partition(":")[0], one.disagreement.field if one.disagreement else "")
        for one in audit(office.desk).broken
    ]


def test_what_has_happened_agrees_and_whatever_is_tampered_with_is_named(office):
    assert found(office) == []
    assert audit(office.desk, office.id).broken == ()
    tampering: list[tuple[Any, tuple[str, str]]] = [
        (update(t.expert).where(t.expert.c.name == "专家4").values(employer="别处"), ("expert", "employer")),
        (update(t.expert).where(t.expert.c.name == "专家4").values(born=1950), ("expert", "born")),
        (update(t.expert).where(t.expert.c.name == "同单位").values(retired_at=None), ("expert", "retired_at")),
        (delete(t.expert_field), ("expert", "fields")),
        (update(t.expert_tie).values(withdrawn_at=office.now), ("tie", "exists")),
        (update(t.panel).where(t.panel.c.round == 2).values(seed="9"), ("panel", "seed")),
        (update(t.panel).where(t.panel.c.round == 2).values(candidates={"any": [1]}), ("panel", "candidates")),
        (update(t.panel_seat).where(t.panel_seat.c.state == "declined").values(state="confirmed"), ("panel", "state")),
        (update(t.panel_seat).where(t.panel_seat.c.pledge.is_not(None)).values(pledge="x"), ("panel", "pledge")),
        (delete(t.assignment), ("assignment", "exists")),
        (update(t.recusal).values(ground="other"), ("recusal", "ground")),
        (delete(t.recusal), ("recusal", "exists")),
    ]
    for statement, expected in tampering:
        with office.desk.store.write() as transaction:
            transaction.connection.execute(statement)
            transaction.abandon()
            assert set(found(office)) == {expected}, expected
    assert found(office) == []
