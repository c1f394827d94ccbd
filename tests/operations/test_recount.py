"""A schedule that arrives late: what was counted without it is counted again, and the history says so."""

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from deadlines.calendar import WorkCalendar
from deadlines.editions import redate
from deadlines.schedules import parse_schedule
from deadlines.zone import SHANGHAI
from notifications.channels import MemoryChannel
from operations.actors import Actor
from operations.acts import Act
from operations.dates import dates_so_far
from operations.desk import Desk, Running
from operations.disagreements import disagreements
from operations.intakes import extend_deadline
from operations.investigating import prolong
from operations.lookup import list_nominations
from operations.objection_list import list_objections
from operations.objections import admit, lodge
from operations.opening import Opened, open_program
from operations.publicize import list_publicities
from operations.recount import Recount, recount
from operations.rehearse import rehearse
from operations.rehearse.people import make_identity, make_people
from operations.rehearse.plan import Plan
from operations.sweep import sweep
from programs import Program, decide
from states import Move
from store import Store, events_of
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE, Databases
from tests.operations.amending import amended, change
from tests.operations.office import LUZHOU, Office, why
from tests.operations.schedules import SCHEDULE

#: How days are counted is the same on every database; what comes of it for rows is asked of both.
pytestmark = on(SQLITE)

EDITION = "luzhou-late"

DURING = Act(Actor("管理员甲"), datetime(2026, 12, 30, 10, tzinfo=SHANGHAI))


@pytest.fixture(scope="module")
def published_edition(calendar, vault, shipped) -> Callable[[Databases], str]:
    """A database of each kind with an edition whose list was published on 29 December 2026; it is only copied."""
    made: dict[str, str] = {}

    def played(databases: Databases) -> str:
        if databases.kind not in made:
            program, published = _edition(shipped("luzhou-chief-technician-2019"), calendar)
            made[databases.kind] = databases.new()
            with closing(Store(made[databases.kind])) as store:
                desk = Desk(store, calendar, vault)
                rehearse(desk, program, MemoryChannel(), nominations=12, seed=1, until=published)
        return made[databases.kind]

    return played


def _edition(source: Program, calendar: WorkCalendar) -> tuple[Program, datetime]:
    for days in range(2600, 2800):
        program = redate(source, EDITION, "2026年", days, calendar)
        plan = Plan(Running(program, 0, None, calendar), make_people(program, 12, 1)).scenes()
        published = next(scene.at for scene in plan if scene.stage == "publicity")
        if published.date() == date(2026, 12, 29):
            return program, published
    raise AssertionError("no shift publishes on 29 December 2026")


@pytest.fixture
def publicized(desk, databases, published_edition) -> Desk:
    """The desk of that edition."""
    desk.store.engine.dispose()
    databases.replace(desk.store.url.render_as_string(hide_password=False), published_edition(databases))
    return desk


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


@on(*KINDS)
def test_recount_with_a_new_schedule_moves_the_end_of_the_publicity(informed):
    assert recount(informed, DURING).publicities == 1
    assert published(informed) == (date(2027, 1, 7), datetime(2027, 1, 8, tzinfo=SHANGHAI), False)


@on(*KINDS)
def test_recount_moves_what_waits_for_the_end_along(informed):
    recount(informed, DURING)

    running = list_nominations(informed, program_id=EDITION, stage="publicity.running")
    assert {(one.due_at, one.provisional) for one in running} == {(datetime(2027, 1, 8, tzinfo=SHANGHAI), False)}


def test_recount_moves_the_time_to_look_into_an_objection_but_not_a_day_that_somebody_named(
    desk, shipped, store, vault
):
    program = decide(date_to_2026(shipped(LUZHOU), desk), {"investigation": 5})
    office = Office(desk, program, datetime(2026, 12, 1, 10, tzinfo=SHANGHAI))
    office.open()
    young = [make_identity(place, Random(place), date(1985, 1, 1)) for place in (1, 2)]  # noqa: S311 - made-up people
    numbers = [office.nominate("publicity", identity=one) for one in young]
    office.now = DURING.now - timedelta(days=1)
    office.publicize()
    office.now = DURING.now
    for number in numbers:
        objection = lodge(office.desk, number, "某公司", "有争议", office.act())
        admit(office.desk, objection, office.act("署名"))
    prolong(office.desk, 2, date(2027, 1, 8), office.act("疑难"))

    def due() -> list[tuple[datetime | None, bool]]:
        return [(one.due_at, one.provisional) for one in list_objections(office.desk, office.id, office.now)]

    named = datetime(2027, 1, 9, tzinfo=SHANGHAI)
    assert due() == [(datetime(2027, 1, 8, tzinfo=SHANGHAI), True), (named, False)]
    informed = Desk(store, desk.calendar.with_schedule(parse_schedule(SCHEDULE)), vault)
    done = recount(informed, DURING)
    assert (done.objections, recount(informed, DURING)) == (1, Recount())
    assert due() == [(named, False), (named, False)]
    (event,) = [one for one in office.events() if one["kind"] == "objection.recounted"]
    assert (event["from"], event["to"]) == ("2027-01-08T00:00:00+08:00", "2027-01-09T00:00:00+08:00")
    with store.read() as connection:
        assert list(disagreements(connection)) == []


def date_to_2026(program: Program, desk: Desk) -> Program:
    """The program as if it were announced so that its intake is open at the beginning of December 2026."""
    return redate(program, EDITION, "2026年", 2690, desk.calendar)


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

    before = published(informed)
    recount(informed, afterwards)

    # Only that its last day might change is over too.
    assert published(informed) == (*before[:2], False)


def rungs(desk: Desk) -> dict[int, set[date]]:
    """The days on which each rung of the ladders is sent, by its working days before the deadline."""
    found: dict[int, set[date]] = {}
    with desk.store.read() as connection:
        owed = (t.reminder.c.kind == "deadline", t.reminder.c.state == "owed")
        for step, send_at in connection.execute(select(t.reminder.c.step, t.reminder.c.send_at).where(*owed)):
            found.setdefault(step, set()).add(send_at.date())
    return found


@on(*KINDS)
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


# -- what was said stays as it was said --


def with_ruling(program: Program, *settles: str, **values: object) -> Program:
    """The program with a further ruling on these places; `values` go into its screening first."""
    document = program.model_dump()
    (screening,) = [stage for stage in document["stages"] if stage["kind"] == "screening"]
    screening |= values
    document["rulings"] = [
        *document["rulings"],
        {
            "id": "days",
            "question": "几个工作日？",
            "clause": "四",
            "decision": 5,
            "basis": "惯例",
            "otherwise": "期限随之长短",
            "settles": settles,
        },
    ]
    return Program.model_validate(document)


def test_ruling_leaves_a_time_to_correct_that_runs_as_it_was(office_of, shipped):
    source = with_ruling(shipped(LUZHOU), "stages.screening.correction.days", correction={"days": 5})
    office = office_of(LUZHOU, program=source)
    running, later = office.nominate("screening"), office.nominate("screening")
    office.move(running, Move.RETURN, "材料不全")
    due = office.row(running).due_at
    office.rule("days", 15)
    assert recount(office.desk, office.act()) == Recount()
    assert office.row(running).due_at == due
    office.move(later, Move.RETURN, "材料不全")
    assert office.row(later).due_at > due


def test_time_to_correct_over_a_new_schedule_is_counted_again_as_it_was_said(luzhou, store, vault):
    number = luzhou.nominate("screening")
    luzhou.now = datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)
    luzhou.move(number, Move.RETURN, "材料不全")
    before = luzhou.row(number).due_at
    informed = Desk(store, luzhou.desk.calendar.with_schedule(parse_schedule(SCHEDULE)), vault)
    assert recount(informed, DURING).corrections == 1
    assert (before, luzhou.row(number).due_at) == (
        datetime(2027, 1, 7, tzinfo=SHANGHAI),
        datetime(2027, 1, 8, tzinfo=SHANGHAI),
    )


def test_list_is_remarked_on_by_the_days_that_it_was_published_for(office_of, shipped):
    office = office_of(LUZHOU, program=with_ruling(shipped(LUZHOU), "stages.publicity.period.days"))
    office.nominate("publicity")
    office.now = datetime(2019, 8, 20, 9, tzinfo=SHANGHAI)
    office.publicize()
    before = dates_so_far(office.desk, office.program)["publicity.period"]
    office.rule("days", 7)
    after = dates_so_far(office.desk, office.program)["publicity.period"]
    assert (after, after.phrase) == (before, "5个工作日")


# -- intakes that are counted in working days --


@pytest.fixture
def counting(desk, shipped) -> Office:
    """The program of Luzhou, issued on 14 December 2026, whose intake ends sixteen working days later."""
    document = shipped("luzhou-chief-technician-2019").model_dump()
    (tier,) = [tier for stage in document["stages"] for tier in stage.get("tiers", ()) if tier["deadline"]]
    tier["deadline"] |= {"phrase": "自通知印发之日起16个工作日内", "clock": "24:00"}
    document |= {"issued": date(2026, 12, 14), "rulings": []}
    office = Office(desk, Program.model_validate(document), datetime(2026, 12, 15, 10, tzinfo=SHANGHAI))
    office.open()
    return office


INTAKE = "recommendation.office"
ANNOUNCED = datetime(2027, 1, 7, tzinfo=SHANGHAI)
COUNTED_AGAIN = datetime(2027, 1, 8, tzinfo=SHANGHAI)


@pytest.fixture
def learned(counting, store, vault) -> Office:
    """The same office once the schedule of 2027 is known: the first Monday is off."""
    program, now = counting.program, DURING.now
    return Office(Desk(store, counting.desk.calendar.with_schedule(parse_schedule(SCHEDULE)), vault), program, now)


def test_intake_is_announced_when_the_program_opens(counting):
    assert counting.running().closes == {INTAKE: ANNOUNCED}
    (opened,) = [event for event in counting.events() if event["kind"] == "program.opened"]
    assert opened["closes"] == {INTAKE: ANNOUNCED.isoformat()}


def test_intake_stays_as_announced_until_it_is_counted_again(counting, learned):
    number = counting.nominate()
    assert learned.running().closes == {INTAKE: ANNOUNCED}
    assert recount(learned.desk, DURING).deadlines == 1
    assert learned.running().closes == {INTAKE: COUNTED_AGAIN}
    assert learned.row(number).due_at == COUNTED_AGAIN


def test_recounted_intake_is_an_event_with_both_values(learned):
    recount(learned.desk, DURING)
    (event,) = [event for event in learned.events() if event["kind"] == "deadline.recounted"]
    assert (event["deadline"], event["from"], event["to"]) == (
        INTAKE,
        {"at": ANNOUNCED.isoformat(), "provisional": True},
        {"at": COUNTED_AGAIN.isoformat(), "provisional": False},
    )


@on(*KINDS)
def test_every_version_of_an_amended_program_is_counted_again(counting, learned):
    old = counting.nominate()
    amended(counting, change("seats", "chief-technician", count=12))
    new = counting.nominate()
    assert recount(learned.desk, DURING).deadlines == 2
    assert [learned.row(number).due_at for number in (old, new)] == [COUNTED_AGAIN] * 2
    recounted = [event for event in learned.events() if event["kind"] == "deadline.recounted"]
    assert [(event.get("revision"), sorted(event.get("versions", ()))) for event in recounted] == [
        (None, []),
        (1, ["1"]),
    ]
    with learned.desk.store.read() as connection:
        assert list(disagreements(connection)) == []


def test_intake_that_has_closed_is_not_counted_again(learned):
    assert recount(learned.desk, Act(DURING.actor, ANNOUNCED)).deadlines == 0
    assert learned.running().closes == {INTAKE: ANNOUNCED}


def test_extension_holds_whatever_the_calendar_says(counting, learned):
    to = datetime(2027, 1, 20, 18, tzinfo=SHANGHAI)
    assert isinstance(extend_deadline(counting.desk, counting.id, INTAKE, to, "某文", DURING), Program)
    assert recount(learned.desk, DURING).deadlines == 0
    assert learned.running().closes == {INTAKE: to}


def test_sweep_counts_again_when_the_calendar_has_changed_and_once_only(counting, learned):
    sweep(counting.desk, counting.now)
    first, second = (sweep(learned.desk, DURING.now).recounted for _ in range(2))
    assert (first, second) == (Recount(deadlines=1), None)
    (event,) = [event for event in learned.events() if event["kind"] == "deadline.recounted"]
    assert (event["actor"], event["reason"]) == ("巡检", "放假安排有变化")


def test_sweep_with_a_calendar_that_knows_fewer_years_counts_nothing_again(counting, learned):
    sweep(learned.desk, learned.now)
    assert sweep(counting.desk, learned.now).recounted is None
    assert counting.running().closes == {INTAKE: COUNTED_AGAIN}


@on(*KINDS)
def test_nomination_by_the_clock_lapses_at_the_recounted_close(counting, learned):
    number = counting.nominate()
    recount(learned.desk, DURING)
    assert sweep(learned.desk, COUNTED_AGAIN - timedelta(seconds=1)).named == []
    assert [one.number for one in sweep(learned.desk, COUNTED_AGAIN).named] == [number]


# -- what an earlier version left --


def test_database_that_announced_nothing_yet_is_given_what_the_calendar_says(counting):
    with counting.desk.store.write() as transaction:
        transaction.connection.execute(update(t.program).values(closes=None, version=9))
    assert counting.running().closes == {INTAKE: ANNOUNCED}
    assert recount(counting.desk, DURING) == Recount()
    with counting.desk.store.read() as connection:
        kept = connection.execute(select(t.program.c.closes)).scalar_one()
    assert kept == {INTAKE: {"at": ANNOUNCED.isoformat(), "provisional": True}}


def test_upgrade_that_moves_what_waits_says_so(counting, learned):
    """An earlier version kept no closes; its nominations knew them all the same."""
    number = counting.nominate()
    with counting.desk.store.write() as transaction:
        transaction.connection.execute(update(t.program).values(closes=None, version=9))
    assert recount(learned.desk, DURING).deadlines == 1
    (event,) = [event for event in learned.events() if event["kind"] == "deadline.recounted"]
    assert ("from" in event, event["to"]["at"]) == (False, COUNTED_AGAIN.isoformat())
    assert learned.row(number).due_at == COUNTED_AGAIN


@pytest.mark.usefixtures("counting")
def test_list_that_leads_out_of_the_calendar_holds_no_other_program_up(learned, studio):
    studio.nominate("publicity")
    studio.now = datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)
    studio.publicize()
    with studio.desk.store.write() as transaction:
        beyond = datetime(2060, 12, 30, tzinfo=SHANGHAI)
        transaction.connection.execute(update(t.publicity).values(published_at=beyond))
    assert recount(learned.desk, DURING) == Recount(deadlines=1, failed=1)


# -- calendars that differ --


@pytest.mark.usefixtures("counting")
def test_extension_to_what_the_calendar_says_is_announced(learned):
    late = Act(DURING.actor, ANNOUNCED)
    recount(learned.desk, late)
    assert isinstance(extend_deadline(learned.desk, learned.id, INTAKE, COUNTED_AGAIN, "某文", late), Program)
    assert learned.running().closes == {INTAKE: COUNTED_AGAIN}


def test_calendars_that_know_as_much_do_not_count_again_in_turns(counting, store, vault):
    other = SCHEDULE.replace("date = 2027-01-04, off = true", "date = 2027-01-08, off = true")
    desks = [
        Desk(store, counting.desk.calendar.with_schedule(parse_schedule(text)), vault) for text in (SCHEDULE, other)
    ]
    found = [sweep(desk, DURING.now + timedelta(minutes=turn)).recounted for turn, desk in enumerate(desks * 3)]
    assert found == [Recount(deadlines=1), None, None, None, None, None]


def test_machine_that_knows_fewer_years_announces_no_dates(counting, learned, store, calendar, vault):
    sweep(learned.desk, learned.now)
    other = Program.model_validate(counting.program.model_dump() | {"id": "luzhou-other"})
    office = Office(Desk(store, calendar, vault), other, learned.now)
    refused = open_program(office.desk, other, office.act())
    assert [gate for gate, _ in why(refused)] == ["calendar-current"]
    office = Office(learned.desk, other, learned.now)
    assert open_program(office.desk, other, office.act()) == Opened("luzhou-other", learned.now)


def test_nobody_is_told_of_an_arrival_by_a_recount(counting, learned):
    counting.nominate()

    def arrivals() -> list[str]:
        query = select(t.reminder.c.key).where(t.reminder.c.kind == "arrival").order_by(t.reminder.c.key)
        with counting.desk.store.read() as connection:
            return list(connection.execute(query).scalars())

    before = arrivals()
    assert recount(learned.desk, DURING).deadlines == 1
    assert arrivals() == before


def test_list_to_a_stated_day_stays_provisional_and_is_never_too_short(luzhou, store, vault):
    luzhou.nominate("publicity")
    luzhou.now = datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)
    done = luzhou.publicize(last_day=date(2027, 1, 6))
    assert (done.published.last_day, done.published.provisional) == (date(2027, 1, 6), True)
    informed = Desk(store, luzhou.desk.calendar.with_schedule(parse_schedule(SCHEDULE)), vault)
    assert recount(informed, DURING).publicities == 1
    (row,) = list_publicities(informed, luzhou.id)
    assert (row["last_day"], row["provisional"]) == (date(2027, 1, 7), False)


def test_longer_list_to_a_stated_day_keeps_it(luzhou, store, vault):
    luzhou.nominate("publicity")
    luzhou.now = datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)
    luzhou.publicize(last_day=date(2027, 1, 15))
    informed = Desk(store, luzhou.desk.calendar.with_schedule(parse_schedule(SCHEDULE)), vault)
    recount(informed, DURING)
    (row,) = list_publicities(informed, luzhou.id)
    assert (row["last_day"], row["provisional"]) == (date(2027, 1, 15), False)
