"""The demonstration: whenever it is filled, each program stands in the midst of its own stage, nobody real in it."""

from datetime import date, timedelta
from datetime import time as clock

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from deadlines.zone import at
from notifications.channels import MemoryChannel
from operations.demo import fill_demo
from operations.desk import Desk
from operations.finding import find_nominations
from operations.queries import Query
from operations.rehearse.people import make_people
from operations.results import UnknownError
from programs import shipped_programs
from programs.model import NomineeKind
from store import Store, verify
from store import tables as t
from tests.conftest import NewDatabase, on
from tests.databases import SQLITE

#: The kind of stage at which each program stands, in the order of the programs' ids.
KINDS = ("publicity", "review", "recommendation", "tenure", "screening")

DAYS = st.integers(0, (date(2027, 6, 30) - date(2026, 3, 1)).days).map(lambda days: date(2026, 3, 1) + timedelta(days))
NOWS = st.builds(at, DAYS, st.integers(0, 23).map(clock))


# Whole programs run on PostgreSQL elsewhere; what is asked here is where they stop.
@on(SQLITE)
@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(now=NOWS)
def test_demo_stands_in_the_midst_of_a_different_stage_of_each_program(new_database: NewDatabase, calendar, vault, now):
    desk = Desk(Store(new_database()), calendar, vault)
    editions = fill_demo(desk, MemoryChannel(), now, nominations=20)
    assert [edition.id for edition in editions] == [f"{program}-demo" for program in shipped_programs()]
    for edition, kind in zip(editions, KINDS, strict=True):
        stage = next(stage.id for stage in edition.held_stages if stage.kind == kind)
        assert stage in stages_of(desk, edition.id), (edition.id, now)
        assert not events_after(desk, edition.id, now)
    # Something is late on every day of the year: it waits where it should have been screened by now.
    late = find_nominations(desk, Query(late=True), now).found
    assert {(one.program.id, one.standing.en, one.late) for one in late} == {(editions[2].id, "screening", True)}
    with desk.store.read() as connection:
        assert verify(connection).broken == ()
    desk.store.close()


def stages_of(desk: Desk, program_id: str) -> set[str]:
    with desk.store.read() as connection:
        found = connection.execute(select(t.nomination.c.stage).where(t.nomination.c.program_id == program_id))
        return {stage.partition(".")[0] for stage in found.scalars()}


def events_after(desk: Desk, program_id: str, now) -> list[str]:
    with desk.store.read() as connection:
        moved = select(t.nomination.c.number).where(
            t.nomination.c.program_id == program_id, t.nomination.c.moved_at > now
        )
        return list(connection.execute(moved).scalars())


@on(SQLITE)
def test_demo_is_filled_again_with_the_same_but_not_with_other_nominations(desk):
    now = at(date(2026, 3, 11), clock(10))
    first = fill_demo(desk, MemoryChannel(), now, nominations=6)
    assert fill_demo(desk, MemoryChannel(), now, nominations=6) == first
    with pytest.raises(UnknownError, match="another rehearsal"):
        fill_demo(desk, MemoryChannel(), now, nominations=7)


@pytest.mark.parametrize("program_id", shipped_programs())
def test_made_up_people_are_told_apart_and_nobody_real(program_id, shipped):
    program = shipped(program_id)
    people = make_people(program, 2000, 1)
    named = [one for one in people if program.nominee_of(one.path.category) is NomineeKind.PERSON]
    assert not {one.unit for one in named} & {one.nominee for one in named}
    assert len({person.identity for person in people}) == 2000
    assert {(person.identity[:6], person.identity[14:16]) for person in people} == {("510000", "99")}
    assert people == make_people(program, 2000, 1)
