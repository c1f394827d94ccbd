"""A schedule that is loaded into a database counts for everybody who works with it, and once."""

from datetime import date, datetime

import pytest
from sqlalchemy import select, update

from deadlines.schedules import parse_schedule
from deadlines.zone import SHANGHAI
from operations.actors import Actor, Role
from operations.acts import Act
from operations.calendars import load_schedule
from operations.desk import Desk
from operations.recount import Recount
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import LUZHOU, why
from tests.operations.schedules import SCHEDULE

pytestmark = on(SQLITE)

MONDAY = date(2027, 1, 4)
BY = Act(Actor("管理员甲"), datetime(2026, 12, 1, 10, tzinfo=SHANGHAI))
REVISION = """
year = 2027
revision = true
source = "made up for the test"
days = [{ name = "上班", date = 2027-01-04, off = false }]
"""


def load(desk: Desk, text: str, act: Act = BY):
    return load_schedule(desk, parse_schedule(text), text.encode(), act)


def loaded(desk: Desk) -> list[tuple[int, bool, str]]:
    of = t.schedule.c
    with desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(select(of.year, of.revision, of.actor).order_by(of.id))]


def works(desk: Desk) -> bool:
    """Whether the Monday is worked, as the program counts."""
    with desk.store.read() as connection:
        return desk.running(connection, LUZHOU).calendar.is_working_day(MONDAY)


@on(*KINDS)
def test_schedule_counts_for_every_desk_at_the_database(luzhou, vault, calendar):
    other = Desk(luzhou.desk.store, calendar, vault)
    assert works(other)
    assert load(luzhou.desk, SCHEDULE) == Recount()
    assert (works(luzhou.desk), works(other)) == (False, False)


@on(*KINDS)
def test_schedule_of_a_year_replaces_the_one_before(luzhou):
    for _ in range(2):
        load(luzhou.desk, SCHEDULE)
    assert loaded(luzhou.desk) == [(2027, False, "管理员甲")]


def test_revision_that_is_loaded_once_more_is_the_newest(luzhou):
    other = REVISION.replace("off = false", "off = true")
    said = []
    for text in (SCHEDULE, REVISION, other, REVISION):
        load(luzhou.desk, text)
        said.append(works(luzhou.desk))
    assert said == [False, True, False, True]


def test_machine_that_knows_less_counts_nothing_again(luzhou):
    load(luzhou.desk, SCHEDULE)
    with luzhou.desk.store.write() as transaction:
        more = {"published_through": date(2050, 12, 31), "fingerprint": "x"}
        transaction.connection.execute(update(t.calendar_used).values(more))
    assert load(luzhou.desk, REVISION) is None


@pytest.mark.parametrize("texts", [(SCHEDULE, REVISION), (REVISION, SCHEDULE)], ids=["after", "before"])
def test_revision_counts_on_top_of_its_year_whenever_it_was_loaded(luzhou, texts):
    for text in texts:
        load(luzhou.desk, text)
    assert works(luzhou.desk)


def test_same_revision_twice_is_kept_once(luzhou):
    for _ in range(2):
        load(luzhou.desk, REVISION)
    assert loaded(luzhou.desk) == [(2027, True, "管理员甲")]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_schedule_is_loaded_by_administrators_only(luzhou, role):
    refused = load(luzhou.desk, SCHEDULE, Act(Actor("某人", role), BY.now))
    assert (why(refused), loaded(luzhou.desk)) == ([("authority", None)], [])
