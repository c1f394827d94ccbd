"""What a changed calendar may not change: what people were told for today, what is over, what somebody else counts."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from deadlines.schedules import parse_schedule
from deadlines.zone import SHANGHAI
from operations import recount as recounts
from operations.actors import Actor
from operations.acts import Act
from operations.calendars import load_schedule
from operations.dates import dates_so_far
from operations.desk import Desk
from operations.disagreements import disagreements
from operations.intakes import extend_deadline
from operations.lookup import list_nominations
from operations.objections import lodge
from operations.opening import Opened, open_program
from operations.publicize import list_publicities
from operations.recount import recount
from operations.recounting import Recount
from operations.results import Denied
from operations.sweep import sweep
from programs import Program
from states import Move
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import LUZHOU, Office, why
from tests.operations.schedules import SCHEDULE

pytestmark = on(SQLITE)

NOW = datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)
#: Schedules are loaded by somebody who is for all organizations.
EVERYWHERE = Act(Actor("管理员甲"), NOW)

#: Of the same days, Sunday the third is worked and Monday the fourth is not off: what is counted ends a day earlier.
EARLIER = SCHEDULE.replace("date = 2027-01-03, off = true", "date = 2027-01-03, off = false").replace(
    '{ name = "元旦", date = 2027-01-04, off = true },', ""
)
INTAKE = "recommendation.office"


def instant(day: int, hour: int = 0, month: int = 1) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def knowing(store, vault, calendar):
    """A desk of the same database that knows a schedule of 2027."""
    return lambda schedule=SCHEDULE: Desk(store, calendar.with_schedule(parse_schedule(schedule)), vault)


@pytest.fixture
def publicized(luzhou) -> Office:
    luzhou.nominate("publicity")
    luzhou.now = NOW
    luzhou.publicize()
    return luzhou


def at(office: Office, when: datetime):
    return replace(office.act(), now=when)


def listed(desk: Desk) -> tuple[date, bool]:
    (row,) = list_publicities(desk, LUZHOU)
    return row["last_day"], row["provisional"]


def numbered(office: Office, stage: str) -> str:
    (one,) = list_nominations(office.desk, program_id=office.id, stage=stage)
    return one.number


def with_periods(program: Program, **changes) -> Program:
    """The program with other periods for its corrections, its lists and the objections to them."""
    document = program.model_dump()
    for stage in document["stages"]:
        for name in {"correction", "period", "objections"} & changes.keys() & stage.keys():
            stage[name] = (stage[name] or {}) | changes[name]
    return Program.model_validate(document)


# -- nothing that was announced closes before the end of today --


@on(*KINDS)
@pytest.mark.parametrize(
    ("day", "last_day"),
    [
        # While nobody relies on the last days yet, they move as the calendar says.
        (5, date(2027, 1, 5)),
        (6, date(2027, 1, 6)),
    ],
)
def test_list_never_ends_before_the_day_that_has_begun(publicized, knowing, day, last_day):
    informed, now = knowing(EARLIER), instant(day, 10)
    assert listed(informed) == (date(2027, 1, 6), True)
    assert recount(informed, at(publicized, now)) == Recount(publicities=1)
    assert listed(informed) == (last_day, False)
    number = numbered(publicized, "publicity.running")
    assert publicized.row(number).due_at == day_after(last_day)
    assert sweep(informed, now).named == []
    assert isinstance(lodge(informed, number, "某单位", "事由", at(publicized, now)), int)


def day_after(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1)


@pytest.fixture
def counting(desk, shipped) -> Office:
    document = shipped(LUZHOU).model_dump()
    (tier,) = [tier for stage in document["stages"] for tier in stage.get("tiers", ()) if tier["deadline"]]
    tier["deadline"] |= {"phrase": "自通知印发之日起16个工作日内", "clock": "24:00"}
    document |= {"issued": date(2026, 12, 14), "rulings": []}
    office = Office(desk, Program.model_validate(document), datetime(2026, 12, 15, 10, tzinfo=SHANGHAI))
    office.open()
    return office


@on(*KINDS)
def test_intake_never_closes_before_the_end_of_the_day_that_has_begun(counting, knowing):
    number = counting.nominate()
    done = sweep(knowing(EARLIER), instant(6, 10))
    assert (done.recounted.deadlines, done.named) == (1, [])
    (event,) = [event for event in counting.events() if event["kind"] == "deadline.recounted"]
    assert (event["from"], event["to"]) == (
        {"at": instant(7).isoformat(), "provisional": True},
        {"at": instant(7).isoformat(), "provisional": False},
    )
    assert counting.row(number).due_at == instant(7)
    assert sweep(knowing(EARLIER), instant(6, 11)).recounted is None


def test_time_to_correct_never_ends_before_the_end_of_the_day_that_has_begun(luzhou, knowing):
    number = luzhou.nominate("screening")
    luzhou.now = NOW
    assert luzhou.move(number, Move.RETURN, "材料不全").provisional
    assert recount(knowing(EARLIER), at(luzhou, instant(6, 10))).corrections == 0
    row = luzhou.row(number)
    assert (row.due_at, row.provisional) == (instant(7), False)


def test_time_to_correct_that_is_over_is_not_counted_again(luzhou, knowing):
    number = luzhou.nominate("screening")
    luzhou.now = NOW
    luzhou.move(number, Move.RETURN, "材料不全")
    assert recount(knowing(), at(luzhou, instant(7))).corrections == 0
    assert luzhou.row(number).due_at == instant(7)


# -- what the office said, and what is over --


def test_last_day_that_the_office_named_is_not_moved_earlier(luzhou, knowing):
    luzhou.nominate("publicity")
    luzhou.now = NOW
    luzhou.publicize(last_day=date(2027, 1, 6))
    recount(knowing(EARLIER), at(luzhou, instant(2, 10)))
    assert listed(luzhou.desk)[0] == date(2027, 1, 6)


def test_last_day_that_the_office_named_is_never_too_short(luzhou, knowing):
    luzhou.nominate("publicity")
    luzhou.now = NOW
    luzhou.publicize(last_day=date(2027, 1, 6))
    recount(knowing(), at(luzhou, instant(2, 10)))
    assert listed(luzhou.desk) == (date(2027, 1, 7), False)


def test_days_of_a_list_that_are_over_stay_while_objections_are_open(office_of, shipped, knowing):
    source = with_periods(shipped(LUZHOU), objections={"days": 6})
    office = office_of(LUZHOU, program=source)
    office.nominate("publicity")
    office.now = NOW
    office.publicize()
    assert recount(knowing(), at(office, instant(7))).publicities == 1
    (row,) = list_publicities(office.desk, LUZHOU)
    assert (row["last_day"], row["closes_at"]) == (date(2027, 1, 6), instant(7))
    assert row["objections_close_at"] == instant(9)


def test_list_that_is_over_is_provisional_no_more(publicized, knowing):
    for now in (NOW, instant(7)):
        sweep(publicized.desk, now)
    assert listed(publicized.desk) == (date(2027, 1, 6), True)
    assert recount(knowing(), at(publicized, instant(8))) == Recount(publicities=1)
    assert listed(publicized.desk) == (date(2027, 1, 6), False)
    assert dates_so_far(knowing(), publicized.program)["publicity.period"].findings == ()
    assert recount(knowing(), at(publicized, instant(8))) == Recount()


def test_list_that_leads_out_of_the_calendar_holds_nothing_else_of_its_program_up(counting, knowing):
    number = counting.nominate("publicity")
    counting.now = datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)
    counting.publicize()
    with counting.desk.store.write() as transaction:
        beyond = datetime(2060, 12, 30, tzinfo=SHANGHAI)
        transaction.connection.execute(update(t.publicity).values(published_at=beyond))
    done = recount(knowing(), counting.act())
    assert (done.deadlines, done.failed) == (1, 1)
    assert done.words.zh.endswith("1 项超出工作日历，保持原定日期")
    assert counting.row(number).due_at == instant(7)


# -- what somebody else counts meanwhile --


def test_list_published_while_a_schedule_is_being_counted_is_counted_by_it(luzhou, store, vault, calendar, monkeypatch):
    luzhou.nominate("publicity")
    luzhou.now = NOW
    another = Office(Desk(store, calendar, vault), luzhou.program, NOW)
    another.running()
    count_again = recounts.count_again

    def then_publicize(desk, program_id, act):
        done = count_again(desk, program_id, act)
        assert not isinstance(another.publicize(), Denied)
        return done

    monkeypatch.setattr(recounts, "count_again", then_publicize)
    load_schedule(luzhou.desk, parse_schedule(SCHEDULE), SCHEDULE.encode(), EVERYWHERE)
    assert listed(luzhou.desk) == (date(2027, 1, 7), False)


def test_program_opened_while_a_schedule_is_being_counted_is_dated_by_it(counting, store, vault, calendar, monkeypatch):
    document = counting.program.model_dump() | {"id": "luzhou-other"}
    another = Office(Desk(store, calendar, vault), Program.model_validate(document), NOW)
    Office(another.desk, counting.program, NOW).running()
    count_again = recounts.count_again

    def then_open(desk, program_id, act):
        done = count_again(desk, program_id, act)
        assert isinstance(open_program(another.desk, another.program, another.act()), Opened)
        return done

    monkeypatch.setattr(recounts, "count_again", then_open)
    load_schedule(counting.desk, parse_schedule(SCHEDULE), SCHEDULE.encode(), EVERYWHERE)
    assert another.running().closes == counting.running().closes == {INTAKE: instant(8)}


def test_machine_that_knows_less_starts_no_period_and_moves_no_deadline(luzhou, knowing):
    number, other = luzhou.nominate("screening"), luzhou.nominate("publicity")
    sweep(knowing(), NOW - timedelta(hours=1))
    luzhou.now = NOW
    refused = [
        luzhou.move(number, Move.RETURN, "材料不全"),
        luzhou.publicize(),
    ]
    assert [why(one)[0][0] for one in refused] == ["calendar-current"] * 2
    assert [luzhou.row(one).stage for one in (number, other)] == ["screening", "publicity"]


def test_machine_that_lacks_a_revision_of_a_published_year_announces_no_dates(luzhou, store, vault, calendar):
    revision = 'year = 2026\nrevision = true\nsource = "x"\ndays = [{ name = "x", date = 2026-12-10, off = true }]\n'
    informed = Desk(store, calendar.with_schedule(parse_schedule(revision)), vault)
    luzhou.nominate("publicity")
    luzhou.now = datetime(2026, 12, 8, 9, tzinfo=SHANGHAI)
    sweep(informed, luzhou.now - timedelta(hours=1))
    assert [gate for gate, _ in why(luzhou.publicize())] == ["calendar-current"]


# -- whether a date may still change has one answer --


def test_days_of_the_calendar_are_not_provisional_anywhere(office_of, shipped):
    days = {"days": 10, "unit": "calendar"}
    office = office_of(LUZHOU, program=with_periods(shipped(LUZHOU), correction=days, period=days))
    returned, public = office.nominate("screening"), office.nominate("publicity")
    office.now = NOW
    moved = office.move(returned, Move.RETURN, "材料不全")
    (published,) = office.publicize().moved
    told = [one.provisional for one in list_nominations(office.desk, program_id=LUZHOU)]
    assert (moved.provisional, published.provisional, told) == (False, False, [False, False])
    assert office.row(public).due_at == instant(9)


def test_longer_list_is_remarked_on_by_its_own_last_day(office_of, shipped):
    source = with_periods(
        shipped(LUZHOU), period={"days": 7, "unit": "calendar"}, objections={"days": 5, "unit": "calendar"}
    )
    office = office_of(LUZHOU, program=source)
    office.nominate("publicity")
    # Counted it would end on a Saturday.
    office.now = datetime(2019, 8, 17, 9, tzinfo=SHANGHAI)
    found = office.publicize(last_day=date(2019, 9, 3)).findings
    shown = dates_so_far(office.desk, office.program)["publicity.period"].findings
    assert [one.code for one in found] == [one.code for one in shown] == ["objections_close_early"]
    assert found[0].words.zh == "异议期限算到2019年8月22日，早于公示最后一日2019年9月3日；公示期满前均予受理"


# -- the history vouches for it --


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period": {"days": 60, "unit": "working"}}, "period"),
        ({"objections": {"days": 60, "unit": "working"}}, "objections"),
        ({"stated": True}, "stated"),
        ({"last_day": date(2027, 2, 1)}, "last_day"),
    ],
)
def test_changed_days_of_a_list_are_named(publicized, knowing, changes, field):
    recount(knowing(), publicized.act())
    with publicized.desk.store.write() as transaction:
        assert list(disagreements(transaction.connection)) == []
        transaction.connection.execute(update(t.publicity).values(changes))
        assert [one.field for one in disagreements(transaction.connection)] == [field]
        transaction.abandon()


def test_changed_due_instant_of_a_nomination_is_named(publicized):
    number = numbered(publicized, "publicity.running")
    with publicized.desk.store.write() as transaction:
        transaction.connection.execute(update(t.nomination).values(due_at=NOW))
        (found,) = disagreements(transaction.connection)
        transaction.abandon()
    assert (found.number, found.field, found.table, found.history) == (
        number,
        "due_at",
        NOW.isoformat(),
        instant(7).isoformat(),
    )


def test_due_instants_agree_after_everything_that_moves_them(luzhou, knowing):
    waiting, returned, public = luzhou.nominate(), luzhou.nominate("screening"), luzhou.nominate("publicity")
    extend_deadline(luzhou.desk, LUZHOU, INTAKE, datetime(2019, 8, 5, tzinfo=SHANGHAI), "某文", luzhou.act())
    luzhou.now = NOW
    luzhou.move(returned, Move.RETURN, "材料不全")
    luzhou.publicize()
    assert recount(knowing(), luzhou.act()) == Recount(publicities=1, corrections=1, reminders=0)
    assert [luzhou.row(one).due_at for one in (returned, public)] == [instant(8), instant(8)]
    assert luzhou.row(waiting).due_at == datetime(2019, 8, 5, tzinfo=SHANGHAI)
    with luzhou.desk.store.read() as connection:
        assert list(disagreements(connection)) == []
