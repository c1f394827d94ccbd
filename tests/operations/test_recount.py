"""A schedule that arrives late: what was counted without it is counted again, and the history says so."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from deadlines.editions import redate
from deadlines.schedules import parse_schedule
from deadlines.zone import SHANGHAI
from notifications.channels import MemoryChannel
from operations.actors import Actor
from operations.acts import Act
from operations.desk import Desk, Running
from operations.lookup import list_nominations
from operations.publicize import list_publicities
from operations.recount import Recount, recount
from operations.rehearse import rehearse
from operations.rehearse.people import make_people
from operations.rehearse.plan import Plan
from store import events_of
from store import tables as t

EDITION = "luzhou-late"

#: New Year's Day 2027 is a Friday; this made-up schedule takes the Monday after it as well, for a worked Saturday.
SCHEDULE = """
year = 2027
source = "made up for the test"
days = [
  { name = "元旦", date = 2027-01-01, off = true },
  { name = "元旦", date = 2027-01-02, off = true },
  { name = "元旦", date = 2027-01-03, off = true },
  { name = "元旦", date = 2027-01-04, off = true },
  { name = "元旦", date = 2027-01-09, off = false },
  { name = "春节", date = 2027-02-06, off = true },
  { name = "春节", date = 2027-02-07, off = true },
  { name = "春节", date = 2027-02-08, off = true },
  { name = "清明节", date = 2027-04-05, off = true },
  { name = "劳动节", date = 2027-05-01, off = true },
  { name = "劳动节", date = 2027-05-02, off = true },
  { name = "端午节", date = 2027-06-09, off = true },
  { name = "中秋节", date = 2027-09-15, off = true },
  { name = "国庆节", date = 2027-10-01, off = true },
  { name = "国庆节", date = 2027-10-02, off = true },
  { name = "国庆节", date = 2027-10-03, off = true },
]
"""
DURING = Act(Actor("管理员甲"), datetime(2026, 12, 30, 10, tzinfo=SHANGHAI))


@pytest.fixture
def publicized(desk, shipped) -> Desk:
    """The desk of an edition whose list was published on 29 December 2026."""
    source = shipped("luzhou-chief-technician-2019")
    for days in range(2600, 2800):
        program = redate(source, EDITION, "2026年", days, desk.calendar)
        plan = Plan(Running(program, 0, None, desk.calendar), make_people(program, 12, 1)).scenes()
        published = next(scene.at for scene in plan if scene.stage == "publicity")
        if published.date() == date(2026, 12, 29):
            rehearse(desk, program, MemoryChannel(), nominations=12, seed=1, until=published)
            return desk
    raise AssertionError("no shift publishes on 29 December 2026")


@pytest.fixture
def informed(publicized, store, vault) -> Desk:
    """The same desk once the schedule of 2027 is known."""
    return Desk(store, publicized.calendar.with_schedule(parse_schedule(SCHEDULE)), vault)


def published(desk: Desk) -> tuple[date, datetime, bool]:
    (row,) = list_publicities(desk, EDITION)
    return row["last_day"], row["closes_at"], row["provisional"]


def test_publicity_over_an_unpublished_schedule_is_provisional(publicized):
    assert published(publicized) == (date(2027, 1, 6), datetime(2027, 1, 7, tzinfo=SHANGHAI), True)


def test_recount_with_the_same_calendar_changes_nothing(publicized):
    assert recount(publicized, DURING) == Recount()


def test_recount_with_a_new_schedule_moves_the_end_of_the_publicity(informed):
    assert recount(informed, DURING).publicities == 1
    assert published(informed) == (date(2027, 1, 7), datetime(2027, 1, 8, tzinfo=SHANGHAI), False)


def test_recount_moves_what_waits_for_the_end_along(informed):
    recount(informed, DURING)

    running = list_nominations(informed, program_id=EDITION, stage="publicity.running")
    assert {(one.due_at, one.provisional) for one in running} == {(datetime(2027, 1, 8, tzinfo=SHANGHAI), False)}


def test_recount_is_an_event_with_both_values(informed):
    recount(informed, DURING)

    with informed.store.read() as connection:
        event = next(events_of(connection, EDITION, newest_first=True))
    assert (event["kind"], event["actor"], event["from"], event["to"]) == (
        "publicity.recounted",
        "管理员甲",
        {
            "first_day": "2026-12-30",
            "last_day": "2027-01-06",
            "closes": "2027-01-07T00:00:00+08:00",
            "provisional": True,
        },
        {
            "first_day": "2026-12-30",
            "last_day": "2027-01-07",
            "closes": "2027-01-08T00:00:00+08:00",
            "provisional": False,
        },
    )


def test_recount_twice_changes_nothing_more(informed):
    recount(informed, DURING)

    assert recount(informed, DURING) == Recount()


def test_recount_after_the_end_leaves_what_is_over(informed):
    afterwards = Act(DURING.actor, datetime(2027, 1, 7, tzinfo=SHANGHAI))

    assert recount(informed, afterwards).publicities == 0


def rungs(desk: Desk) -> dict[int, set[date]]:
    """The days on which each rung of the ladders is sent, by its working days before the deadline."""
    found: dict[int, set[date]] = {}
    with desk.store.read() as connection:
        owed = (t.reminder.c.kind == "deadline", t.reminder.c.state == "owed")
        for step, send_at in connection.execute(select(t.reminder.c.step, t.reminder.c.send_at).where(*owed)):
            found.setdefault(step, set()).add(send_at.date())
    return found


def test_recount_moves_the_rungs_of_ladders_to_their_new_days(desk, store, vault, shipped):
    source = shipped("luzhou-chief-technician-2019")
    shift = (date(2027, 1, 11) - date(2019, 7, 30)).days
    program = redate(source, EDITION, "2027年", shift, desk.calendar)
    rehearse(desk, program, MemoryChannel(), nominations=4, seed=1, until=DURING.now)
    before = rungs(desk)
    informed = Desk(store, desk.calendar.with_schedule(parse_schedule(SCHEDULE)), vault)

    moved = recount(informed, DURING).reminders

    # The Saturday that is worked now stands between the third working day before and the deadline's Monday.
    assert (before[3], before[1], before[0]) == ({date(2027, 1, 6)}, {date(2027, 1, 8)}, {date(2027, 1, 11)})
    after = rungs(informed)
    assert (after[3], after[1], after[0]) == ({date(2027, 1, 7)}, {date(2027, 1, 9)}, {date(2027, 1, 11)})
    assert moved > 0
