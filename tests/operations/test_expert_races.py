"""Several who act on one panel at the same instant: what comes of it is what one after the other would have come to."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from typing import Any

import pytest

from operations.desk import Desk
from operations.experts.assigning import Assigned, assign_experts
from operations.experts.listing import list_assignments
from operations.experts.panels import DrawnPanel, draw_panel, explain_panel, show_panel
from operations.experts.pool import ExpertDraft, add_expert
from operations.experts.recusing import recuse
from operations.experts.seats import confirm, decline, invite
from operations.results import Denied
from programs.panels import Ground
from store import Store, verify
from tests.operations.office import LUZHOU, why
from tests.operations.panels import REVIEW, PanelOffice, with_panel

Deed = Callable[[PanelOffice], Any]
Race = Callable[[list[Deed]], list[Any]]

MANY = 4


@pytest.fixture
def office(office_of, shipped) -> PanelOffice:
    made = office_of(LUZHOU, program=with_panel(shipped(LUZHOU)), kind=PanelOffice)
    made.fill_the_pool(9)
    return made


@pytest.fixture
def race(office, store, calendar, vault) -> Race:
    """Do these deeds at the same instant, each with a store of its own; the history holds together after."""

    def ran(deeds: list[Deed]) -> list[Any]:
        together = Barrier(len(deeds))

        def act(deed: Deed) -> Any:
            racer = PanelOffice(Desk(Store(store.url), calendar, vault), office.program, office.now)
            with closing(racer.desk.store):
                racer.running()
                together.wait()
                return deed(racer)

        with ThreadPoolExecutor(len(deeds)) as pool:
            outcomes = list(pool.map(act, deeds))
        with office.desk.store.read() as connection:
            assert verify(connection).broken == ()
        return outcomes

    return ran


def losers(outcomes: list[Any]) -> list[str]:
    return [gate for one in outcomes if isinstance(one, Denied) for gate, _ in why(one)]


def test_of_several_draws_at_once_one_stands_and_is_what_its_seed_gives(office, race):
    outcomes = race([lambda one: draw_panel(one.desk, one.id, REVIEW, one.act())] * MANY)
    assert losers(outcomes) == ["drawn-once"] * (MANY - 1)
    (won,) = [one for one in outcomes if isinstance(one, DrawnPanel)]
    explained = explain_panel(office.desk, office.id, REVIEW)
    assert (explained.panel, explained.wrong) == (won, ())


def test_expert_who_comes_into_the_pool_meanwhile_is_either_a_candidate_or_not(office, race):
    deeds: list[Deed] = [
        lambda one: draw_panel(one.desk, one.id, REVIEW, one.act()),
        lambda one: add_expert(one.desk, ExpertDraft("新人", "某厂"), one.keeper),
    ]
    drawn, _ = race(deeds)
    assert drawn.candidates in ({"any": 9}, {"any": 10})
    assert explain_panel(office.desk, office.id, REVIEW).wrong == ()


def test_confirming_while_it_is_drawn_again_counts_for_the_panel_that_it_was_for(office, race):
    names = [seat.name for seat in office.draw("1").seats]
    invite(office.desk, office.id, REVIEW, office.act())
    deeds: list[Deed] = [
        lambda one, name=name: confirm(one.desk, one.id, REVIEW, name, one.as_expert(name)) for name in names
    ]
    deeds.append(lambda one: draw_panel(one.desk, one.id, REVIEW, one.act("重抽"), seed="2", again=True))
    *answers, drawn = race(deeds)
    assert isinstance(drawn, DrawnPanel)
    assert set(losers(answers)) <= {"on-the-panel", "invited"}
    assert {seat.state for seat in show_panel(office.desk, office.id, REVIEW).seats} == {"drawn"}


def test_who_declines_twice_at_once_is_followed_by_one(office, race):
    name = office.draw("1").seats[0].name
    outcomes = race([lambda one: decline(one.desk, one.id, REVIEW, name, one.act("病假"))] * MANY)
    assert losers(outcomes) == ["not-declined"] * (MANY - 1)
    assert len(show_panel(office.desk, office.id, REVIEW).seats) == 4
    assert explain_panel(office.desk, office.id, REVIEW).wrong == ()


def test_several_who_decline_at_once_are_each_followed_by_another(office, race):
    names = [seat.name for seat in office.draw("1").seats]
    outcomes = race([lambda one, name=name: decline(one.desk, one.id, REVIEW, name, one.act("病假")) for name in names])
    assert len(set(outcomes) - set(names)) == 3
    assert explain_panel(office.desk, office.id, REVIEW).wrong == ()


def test_assigning_twice_at_once_assigns_once_and_a_recusal_meanwhile_holds(office, race):
    numbers = [office.nominate(REVIEW) for _ in range(4)]
    first, *_ = office.seat()
    deeds: list[Deed] = [lambda one: assign_experts(one.desk, one.id, REVIEW, one.act())] * 2
    deeds.append(lambda one: recuse(one.desk, numbers[0], first, Ground.OTHER, one.act("有利害关系")))
    *done, recused = race(deeds)
    assert [isinstance(one, Assigned) for one in done] == [True, True]
    assert recused is None
    office.assign()
    found = {one.number: one.experts for one in list_assignments(office.desk, office.id, REVIEW)}
    assert {number: len(experts) for number, experts in found.items()} == dict.fromkeys(numbers, 1)
    assert first not in found[numbers[0]]
    assert max(Counter(name for experts in found.values() for name in experts).values()) <= 2
