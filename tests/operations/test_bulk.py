"""Moves of time for many at once leave what the door would leave, row by row; nothing else may differ."""

from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update

import operations.sweep
from operations.bulk import TWINS
from operations.desk import Desk
from operations.sweep import Way, sweep
from programs import Path
from states import Case, Circumstances, Move
from store import Store, verify
from store import tables as t
from tests.operations.office import CRAFTSMAN_2017, INTAKE, LUZHOU, STUDIO, Office, why

OBJECTED = "publicity.running"
LATER = timedelta(days=2000)


@pytest.fixture(params=[(LUZHOU, None), (LUZHOU, OBJECTED), (LUZHOU, "tenure"), (CRAFTSMAN_2017, None), (STUDIO, None)])
def waiting(request) -> tuple[str, str | None]:
    """A program, and a standing at which its nominations wait for time; none for where they are drawn up."""
    return request.param


def filled(desk: Desk, shipped, waiting: tuple[str, str | None]) -> Office:
    program_id, stage = waiting
    office = Office(desk, shipped(program_id), INTAKE[program_id])
    office.open()
    names = ["王'“巧”", 'A\\B"C', "张|100%", "李\t四"]
    for name in names:
        office.nominate(nominee=name, unit=f"{name}厂")
    # Time goes on only where all have come to the same place.
    for place in ("publicity", stage) if stage else ():
        for number in numbers(office):
            office.bring(number, place)
    return office


def numbers(office: Office) -> list[str]:
    with office.desk.store.read() as connection:
        return list(connection.execute(select(t.nomination.c.number).order_by(t.nomination.c.id)).scalars())


def left_behind(office: Office) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the store holds but when the calendar was counted with."""
    return {name: rows for name, rows in office.contents().items() if name != "calendar_used"}


def test_sweep_leaves_what_the_door_leaves(new_database, calendar, vault, shipped, waiting, monkeypatch):
    found: list[Any] = []
    for at_once in (True, False):
        with closing(Store(new_database())) as store:
            office = filled(Desk(store, calendar, vault), shipped, waiting)
            with store.write() as transaction:
                # Ciphertexts differ from run to run.
                for table in (t.nomination, t.past):
                    transaction.connection.execute(update(table).values(identity=None))
                # A row that was written again lies elsewhere on some databases; its order stays.
                first = update(t.nomination).where(t.nomination.c.number == numbers(office)[0])
                transaction.connection.execute(first.values(grade=None))
            if not at_once:
                monkeypatch.setattr(operations.sweep, "move_all", lambda *_: None)
            done = sweep(office.desk, office.now + LATER)
            assert done.moved > 0
            found.append((done, left_behind(office)))
    (bulk, all_at_once), (door, one_by_one) = found
    assert (bulk.ways, bulk.named, bulk.refused, bulk.reminders) == (
        door.ways,
        door.named,
        door.refused,
        door.reminders,
    )
    assert all_at_once == one_by_one


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(
    due=st.none() | st.integers(-2, 2),
    outcomes=st.lists(st.sampled_from([None, "dismissed", "upheld"]), max_size=3),
)
def test_twins_answer_as_their_gates_do(luzhou, due, outcomes):
    (number,) = numbers(luzhou) or [luzhou.nominate()]
    now = luzhou.now
    due_at = None if due is None else now + timedelta(microseconds=due)
    nomination = luzhou.row(number).id
    with luzhou.desk.store.write() as transaction:
        connection = transaction.connection
        connection.execute(t.objection.delete())
        connection.execute(update(t.nomination).values(due_at=due_at))
        for outcome in outcomes:
            lodged = {"stage": "publicity", "objector": "某单位", "grounds": "…", "lodged_at": now, "outcome": outcome}
            connection.execute(insert(t.objection).values(nomination_id=nomination, **lodged))
    case = Case("publicity.running", Path(None, "organization"), due=due_at, open_objections=outcomes.count(None))
    with luzhou.desk.store.read() as connection:
        for gate, twin in TWINS.items():
            passes = gate(case, Circumstances(now)) is None
            found = connection.execute(select(t.nomination.c.id).where(twin(now))).scalars().all()
            assert found == ([nomination] if passes else [])


# -- what fails --

_ON_SQLITE = """
CREATE TRIGGER poison BEFORE UPDATE ON nomination WHEN OLD.number = '{number}'
BEGIN SELECT RAISE(ABORT, 'poisoned'); END
"""
_ON_POSTGRESQL = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'poisoned' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER poison BEFORE UPDATE ON nomination FOR EACH ROW WHEN (OLD.number = '{number}')
EXECUTE FUNCTION poison()
"""


def poison(office: Office, number: str) -> None:
    """Have the database refuse every change of one nomination."""
    with office.desk.store.write() as transaction:
        on_postgresql = transaction.connection.dialect.name == "postgresql"
        transaction.connection.exec_driver_sql((_ON_POSTGRESQL if on_postgresql else _ON_SQLITE).format(number=number))


def heal(office: Office) -> None:
    with office.desk.store.write() as transaction:
        on = " ON nomination" if transaction.connection.dialect.name == "postgresql" else ""
        transaction.connection.execute(text(f"DROP TRIGGER poison{on}"))


def failures(office: Office) -> list[tuple[Any, ...]]:
    of = t.sweep_failure.c
    with office.desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(select(of.nomination_id, of.since, of.last_at))]


@pytest.mark.parametrize("place", [0, 3, 8])
def test_row_that_fails_is_isolated_and_told_while_all_others_go_on(luzhou, place):
    poisoned, *others = sorted((luzhou.nominate() for _ in range(9)), key=lambda number: number[-1] != str(place + 1))
    poison(luzhou, poisoned)
    now = luzhou.now + LATER
    done = sweep(luzhou.desk, now)
    assert sorted(one.number for one in done.named) == others
    assert done.ways == {Way(LUZHOU, Move.LAPSE, "recommendation.unit", "lapsed"): 8}
    assert [(one.number, why(one)) for one in done.refused] == [(poisoned, [("swept", None)])]
    assert failures(luzhou) == [(luzhou.row(poisoned).id, now, now)]
    with luzhou.desk.store.read() as connection:
        assert verify(connection).broken == ()


def test_failure_is_remembered_until_the_row_moves(luzhou):
    number = luzhou.nominate()
    poison(luzhou, number)
    first, second, third = (luzhou.now + LATER + timedelta(days=days) for days in range(3))
    for now in (first, second):
        sweep(luzhou.desk, now)
    assert failures(luzhou) == [(luzhou.row(number).id, first, second)]
    heal(luzhou)
    assert [one.number for one in sweep(luzhou.desk, third).named] == [number]
    assert failures(luzhou) == []


def test_damaged_program_is_told_once_and_holds_up_no_other(luzhou, craftsman):
    for _ in range(3):
        luzhou.nominate()
    other = craftsman.nominate()
    with luzhou.desk.store.write() as transaction:
        damaged = update(t.program).where(t.program.c.id == LUZHOU)
        transaction.connection.execute(damaged.values(definition={"id": LUZHOU}, version=t.program.c.version + 1))
    done = sweep(luzhou.desk, luzhou.now + LATER)
    assert [why(one) for one in done.refused] == [[("program-readable", None)]]
    assert [one.number for one in done.named] == [other]


def test_damaged_program_is_told_beside_a_row_that_fails(luzhou, craftsman):
    craftsman.nominate()
    poison(luzhou, luzhou.nominate())
    with luzhou.desk.store.write() as transaction:
        damaged = update(t.program).where(t.program.c.id == craftsman.id)
        transaction.connection.execute(damaged.values(definition={}, version=t.program.c.version + 1))
    done = sweep(luzhou.desk, luzhou.now + LATER)
    assert sorted(gate for one in done.refused for gate in why(one)) == [("program-readable", None), ("swept", None)]


def test_damaged_program_does_not_have_the_others_counted_again_by_every_sweep(luzhou, craftsman):
    with luzhou.desk.store.write() as transaction:
        damaged = update(t.program).where(t.program.c.id == craftsman.id)
        transaction.connection.execute(damaged.values(definition={}, version=t.program.c.version + 1))
    assert [sweep(luzhou.desk, luzhou.now).recounted for _ in range(3)][1:] == [None, None]
