"""Amendments and migrations that meet moves, sweeps, drafts and each other at the same instant: nothing is lost.

Everybody has a store and a desk of their own, as processes have them, and all wait at a barrier before they act.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest

from operations.amend import Amended
from operations.desk import Desk
from operations.disagreements import disagreements
from operations.migrating import Migration
from operations.nominate import Nominated, nominate
from operations.results import Denied, Moved
from operations.sweep import sweep
from states import Move
from store import Store, verify
from tests.operations.amending import amended, amends, change, edited, migrated, until
from tests.operations.office import LUZHOU, Office, why

CLOSES = datetime.fromisoformat("2019-07-31T00:00+08:00")
ROUNDS = 3

Deed = Callable[[Office], Any]
Race = Callable[[Office, list[Deed]], list[Any]]


@pytest.fixture
def race(store, calendar, vault) -> Race:
    """Do these deeds at the same instant; returns what came of each, in their order."""

    def ran(office: Office, deeds: list[Deed]) -> list[Any]:
        together = Barrier(len(deeds))

        def act(deed: Deed) -> Any:
            racer = Office(Desk(Store(store.url), calendar, vault), office.program, office.now)
            with closing(racer.desk.store):
                racer.running()
                together.wait()
                return deed(racer)

        with ThreadPoolExecutor(len(deeds)) as pool:
            return list(pool.map(act, deeds))

    return ran


def agrees(office: Office) -> bool:
    with office.desk.store.read() as connection:
        return (verify(connection).broken, list(disagreements(connection))) == ((), [])


def moving(number: str, what: Move, **facts: Any) -> Deed:
    return lambda racer: racer.move(number, what, **facts)


def test_migrations_and_moves_at_once_lose_nothing(luzhou, race):
    for turn in range(ROUNDS):
        numbers = [luzhou.nominate() for _ in range(4)]
        done = amended(luzhou, change("seats", "chief-technician", count=20 + turn), until("2019年8月15日"))
        deeds: list[Deed] = [migrated, migrated, *(moving(number, Move.SUBMIT) for number in numbers)]
        first, second, *moves = race(luzhou, deeds)
        assert all(isinstance(one, Moved) for one in moves), moves
        assert isinstance(first, Migration)
        assert first.migrated + second.migrated >= len(numbers)
        for number in numbers:
            row = luzhou.row(number)
            assert (row.revision, row.stage, row.version) == (done.revision, "recommendation.recommender", 3)
            kinds = [event["kind"] for event in luzhou.events(number) if event["kind"] != "materials.received"]
            assert sorted(kinds) == ["nomination.created", "nomination.migrated", "nomination.moved"]
        assert agrees(luzhou)


def test_sweep_and_migration_at_once_leave_each_nomination_with_one_of_both(luzhou, race):
    """Whoever is brought over in time does not lapse; whoever has lapsed is not brought over."""
    numbers = [luzhou.nominate() for _ in range(6)]
    amended(luzhou, until("2019年8月15日"))
    luzhou.now = CLOSES
    race(luzhou, [lambda racer: sweep(racer.desk, racer.now), migrated])
    assert {(luzhou.row(number).revision, luzhou.row(number).stage) for number in numbers} <= {
        (1, "lapsed"),
        (2, "recommendation.unit"),
    }
    assert sweep(luzhou.desk, CLOSES).moved == 0
    assert agrees(luzhou)


def test_of_two_amendments_at_once_one_is_the_next_version_and_the_other_finds_nothing_to_amend(luzhou, race):
    for turn in range(ROUNDS):
        edit = change("seats", "chief-technician", count=20 + turn)
        outcomes = race(luzhou, [lambda racer, edit=edit: amends(racer, edit)] * 3)
        assert [one.revision for one in outcomes if isinstance(one, Amended)] == [turn + 2]
        assert [why(one) for one in outcomes if isinstance(one, Denied)] == [[("something-differs", None)]] * 2
    assert agrees(luzhou)


def test_seats_are_not_taken_and_taken_away_at_once(office_of, shipped, race):
    program = edited(shipped(LUZHOU), change("seats", "chief-technician", count=4))
    office = office_of(LUZHOU, program=program)
    for turn in range(ROUNDS):
        numbers = [office.nominate("decision") for _ in range(2)]
        assert isinstance(office.move(numbers[0], Move.CHOOSE, grade="chief-technician"), Moved)
        taken = len(office.places())
        fewer = change("seats", "chief-technician", count=taken)
        choice, amendment = race(
            office,
            [
                moving(numbers[1], Move.CHOOSE, grade="chief-technician"),
                lambda racer, fewer=fewer: amends(racer, fewer),
            ],
        )
        # Both read what the other wrote, so that just one of them is refused.
        assert sorted([isinstance(choice, Moved), isinstance(amendment, Amended)]) == [False, True]
        assert len(office.places()) <= office.running().program.seats[0].count
        assert agrees(office)
        amended(office, change("seats", "chief-technician", count=20 + turn))


def test_draft_at_the_instant_of_an_amendment_is_wholly_of_one_version(luzhou, race):
    closes = {1: CLOSES, 2: datetime.fromisoformat("2019-08-16T00:00+08:00")}
    drafts = [luzhou.draft() for _ in range(3)]
    deeds: list[Deed] = [lambda racer: amends(racer, until("2019年8月15日"))]
    deeds += [lambda racer, draft=draft: nominate(racer.desk, racer.id, draft, racer.act()) for draft in drafts]
    amendment, *drawn_up = race(luzhou, deeds)
    assert isinstance(amendment, Amended)
    for done in drawn_up:
        assert isinstance(done, Nominated)
        row = luzhou.row(done.number)
        assert row.due_at == closes[row.revision]
    assert agrees(luzhou)
