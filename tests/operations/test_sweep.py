"""巡检: what time owes is done once, in batches that each commit, and what is refused stays due and is told."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from operations import sweep as sweeping
from operations.actors import CLOCK
from operations.sweep import sweep
from states import Move
from store import tables as t
from store import verify
from tests.operations.office import CRAFTSMAN_2017, said, why

INTAKE_CLOSES = datetime.fromisoformat("2019-07-31T00:00+08:00")


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 2)


def test_sweep_lets_what_missed_the_intake_lapse(luzhou):
    numbers = [luzhou.nominate(f"recommendation.{tier}") for tier in ("unit", "recommender", "office")]
    assert sweep(luzhou.desk, INTAKE_CLOSES - timedelta(microseconds=1)).named == []
    done = sweep(luzhou.desk, INTAKE_CLOSES)
    assert [(moved.number, moved.move, moved.destination) for moved in done.named] == [
        (number, Move.LAPSE, "lapsed") for number in numbers[:2]
    ]
    assert luzhou.stages(numbers) == ["lapsed", "lapsed", "recommendation.office"]


def test_who_comes_after_a_lapse_is_told_the_intake_that_it_was_too_late_for(office_of):
    office = office_of(CRAFTSMAN_2017)
    numbers = [office.nominate(f"recommendation.{tier}") for tier in ("unit", "district")]
    # The district's intake closed ten days before the city's, and the sweep finds both closed.
    office.now = datetime.fromisoformat("2017-05-02T09:00+08:00")
    sweep(office.desk, office.now)
    assert [
        (said(office.move(number, what)), why(office.move(number, what)))
        for number, what in zip(numbers, (Move.SUBMIT, Move.ENDORSE), strict=True)
    ] == [
        (["受理已于 2017年4月20日 24:00 截止，此件逾期失效"], [("in-time", "转发通知")]),
        (["受理已于 2017年4月30日 24:00 截止，此件逾期失效"], [("in-time", "八、（二）")]),
    ]


def test_sweep_lets_what_was_not_corrected_in_time_lapse(luzhou):
    number = luzhou.nominate("screening")
    due = luzhou.move(number, Move.RETURN).due_at
    luzhou.now = due
    assert why(luzhou.move(number, Move.SUBMIT)) == [("before-due", None)]
    assert [moved.number for moved in sweep(luzhou.desk, due).named] == [number]


def test_sweep_signs_as_the_clock_with_a_reason(luzhou):
    number = luzhou.nominate()
    sweep(luzhou.desk, INTAKE_CLOSES)
    event = luzhou.events(number)[-1]
    assert (event["actor"], event["role"], event["reason"], event["now"]) == (
        CLOCK.name,
        "clock",
        "逾期未办",
        INTAKE_CLOSES.isoformat(),
    )


def test_sweep_again_at_the_same_instant_changes_nothing(luzhou):
    for _ in range(3):
        luzhou.nominate()
    sweep(luzhou.desk, INTAKE_CLOSES)
    before = luzhou.contents()
    again = sweep(luzhou.desk, INTAKE_CLOSES)
    assert (again.named, again.refused, again.reminders, again.batches) == ([], [], 0, 0)
    assert luzhou.contents() == before


@pytest.mark.usefixtures("small_batches")
def test_sweep_works_in_batches_of_one_link_each(luzhou):
    for _ in range(5):
        luzhou.nominate()
    links = luzhou.contents()["link"]
    done = sweep(luzhou.desk, INTAKE_CLOSES)
    assert (done.moved, done.batches) == (5, 3)
    assert len(luzhou.contents()["link"]) == len(links) + 3
    with luzhou.desk.store.read() as connection:
        assert verify(connection).broken == ()


@pytest.mark.usefixtures("small_batches")
def test_a_sweep_of_several_batches_says_how_far_it_has_come(luzhou):
    numbers = [luzhou.nominate() for _ in range(5)]
    told: list[tuple[int, int]] = []
    sweep(luzhou.desk, INTAKE_CLOSES, watch=lambda place, count: told.append((place, count)))
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert luzhou.stages(numbers) == ["lapsed"] * 5


def test_a_sweep_of_one_batch_says_nothing_of_its_progress(luzhou):
    luzhou.nominate()
    told: list[tuple[int, int]] = []
    sweep(luzhou.desk, INTAKE_CLOSES - timedelta(days=1), watch=lambda *place: told.append(place))
    assert told == []


@pytest.mark.usefixtures("small_batches")
def test_sweep_passes_over_what_is_refused_and_leaves_it_due(luzhou):
    """A nominee under objection whose row says that it is due is told and passed over, however often it is met."""
    numbers = [luzhou.nominate("publicity.running") for _ in range(1)]
    numbers += [luzhou.nominate() for _ in range(4)]
    with luzhou.desk.store.write() as transaction:
        transaction.connection.execute(
            t.objection.insert().values(
                nomination_id=luzhou.row(numbers[0]).id,
                stage="publicity",
                objector="某单位",
                grounds="反映问题",
                lodged_at=luzhou.now,
            )
        )
        transaction.connection.execute(update(t.nomination).values(due_at=INTAKE_CLOSES))
    done = sweep(luzhou.desk, INTAKE_CLOSES)
    assert [(one.number, why(one)) for one in done.refused] == [(numbers[0], [("no-open-objection", None)])]
    assert [moved.number for moved in done.named] == numbers[1:]
    assert luzhou.row(numbers[0]).due_at == INTAKE_CLOSES
    assert len(sweep(luzhou.desk, INTAKE_CLOSES).refused) == 1


def test_sweep_makes_only_the_moves_it_is_asked_for(luzhou):
    number = luzhou.nominate()
    assert sweep(luzhou.desk, INTAKE_CLOSES, moves=(Move.CLOSE,)).named == []
    assert [moved.number for moved in sweep(luzhou.desk, INTAKE_CLOSES, moves=(Move.LAPSE,)).named] == [number]


def test_sweep_of_one_program_leaves_the_others(luzhou, craftsman):
    one, other = luzhou.nominate(), craftsman.nominate()
    later = datetime.fromisoformat("2030-01-01T00:00+08:00")
    assert [moved.number for moved in sweep(luzhou.desk, later, program_id=craftsman.id).named] == [other]
    assert [moved.number for moved in sweep(luzhou.desk, later).named] == [one]


def test_sweep_tells_the_unit_what_lapsed(luzhou):
    luzhou.nominate(unit="长江厂")
    assert sweep(luzhou.desk, INTAKE_CLOSES).reminders == 1
