import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from prefect import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.flow_engine import run_flow
from prefect.states import Cancelled, Completed, Crashed, Failed, Pending, Running, Scheduled, State

from flows.account import Account
from flows.courses import drive, driven
from flows.deployments import DEPLOYMENTS
from flows.following import Halted, followed, halted, keep_following
from operations.daily import day_of
from operations.newcomers import welcome_administrator
from operations.remind import Delivery
from operations.settings import open_desk
from operations.sweep import GRACE
from tests.flows.seen import run, runs_of

PROGRAM = "luzhou-chief-technician-2019"

#: An instant of a run that is planned.
NEXT = "2030-01-02T00:00+08:00"


def test_a_program_is_driven_and_says_when_it_runs_next(played):
    played("2019-07-30T23:00+08:00")
    seen = run(drive, PROGRAM, now="2019-07-31T00:00")
    assert (seen.state, seen.name) == ("Completed", f"日程 {PROGRAM} 07-31 00:00")
    assert seen.result["moved"] == 1
    assert datetime.fromisoformat(seen.result["next"]) > datetime.fromisoformat("2019-07-31T00:00+08:00")
    assert PROGRAM in seen.tags
    [lapsed] = [row for row in seen.tables["course-dates"] if row["截止"] == "2019-07-30 24:00"]
    assert (lapsed["状态"], lapsed["剩余工作日"]) == ("已过", "—")
    assert sum(row["件数"] for row in seen.tables["course-standings"]) == 12
    assert "下一次 2019-" in seen.message


def test_a_program_is_driven_where_people_are_registered(played, settings):
    played("2019-07-30T23:00+08:00")
    desk = open_desk(settings)
    now = datetime.fromisoformat("2019-07-31T00:00+08:00")
    welcome_administrator(desk, now)
    facts = driven(desk, PROGRAM, now).facts
    coming = day_of(desk, now - timedelta(days=2)).coming
    desk.store.close()
    assert (facts["moved"], facts["next"] is not None, {one.program.id for one in coming}) == (1, True, {PROGRAM})


def test_course_of_a_damaged_program_ends_in_a_sentence(played, settings):
    played("2019-07-30T23:00+08:00")
    with closing(sqlite3.connect(settings.database_file)) as database:
        database.execute("UPDATE program SET definition = '{}', version = version + 1")
        database.commit()
    seen = run(drive, PROGRAM, now="2019-07-31T00:00")
    assert (seen.state, seen.message) == ("Failed", f"项目 {PROGRAM} 的定义已损坏，读不出来；请从备份中恢复该项目")


def test_a_program_driven_from_date_to_date_comes_to_its_end(played, settings):
    played("2019-07-30T23:00+08:00")
    desk, instants = open_desk(settings), []
    at = datetime.fromisoformat("2019-07-31T00:00+08:00")
    while at is not None and len(instants) < 60:
        facts = driven(desk, PROGRAM, at).facts
        instants.append(at)
        at = datetime.fromisoformat(facts["next"]) if facts["next"] else None
    desk.store.close()
    assert instants == sorted(set(instants))
    assert at is None


def test_an_unknown_program_fails_the_run_in_a_sentence(settings):
    del settings
    seen = run(drive, "moon", now="2019-07-31T00:00")
    assert (seen.state, seen.message.startswith("数据库里没有项目 moon")) == ("Failed", True)


def test_a_course_by_the_clock_leaves_those_a_minute_who_were_in_time_and_comes_back_for_them(played, settings):
    played("2019-07-30T23:00+08:00")
    desk, deadline = open_desk(settings), datetime.fromisoformat("2019-07-31T00:00+08:00")
    early = driven(desk, PROGRAM, deadline + GRACE / 2, grace=GRACE).facts
    assert (early["moved"], early["next"]) == (0, (deadline + GRACE).isoformat())
    assert driven(desk, PROGRAM, deadline + GRACE, grace=GRACE).facts["moved"] == 1
    desk.store.close()


@pytest.mark.parametrize(("given", "grace"), [({}, GRACE), ({"now": "2019-07-31T00:00"}, timedelta(0))])
def test_only_a_course_that_names_no_instant_gives_grace(settings, monkeypatch, given, grace):
    del settings
    graces = []

    def note(*_given, grace, **_named):
        graces.append(grace)
        return Account("没有到期事项", {"next": None})

    monkeypatch.setattr("flows.courses.driven", note)
    assert run(drive, PROGRAM, **given).state == "Completed"
    assert graces == [grace]


def test_the_letters_of_a_course_are_the_days_of_all_programs(played, settings, monkeypatch):
    played("2019-07-30T23:00+08:00")
    asked = []
    monkeypatch.setattr("flows.courses.remind", lambda *_given, **named: asked.append(set(named)) or Delivery())
    desk = open_desk(settings)
    driven(desk, PROGRAM, datetime.fromisoformat("2019-07-31T00:00+08:00"))
    desk.store.close()
    assert asked == [{"clock", "has_time"}]


def test_the_next_run_is_set_once_for_an_instant_and_again_where_that_one_is_over(played, monkeypatch):
    """As two that were started side by side do, and one whose instant had a run already, or has it itself."""
    played("2019-07-30T23:00+08:00")
    monkeypatch.setattr("flows.courses.next_instant", lambda *_given, **_named: datetime.fromisoformat(NEXT))

    async def go():
        before = {one.id for one in await runs_of_course()}

        async def coming():
            return [one for one in await runs_of_course() if one.state_name == "Scheduled" and one.id not in before]

        for _ in range(2):
            await drive_by_deployment(PROGRAM)
        [first] = await coming()
        async with get_client() as client:
            await client.set_flow_run_state(first.id, Completed(), force=True)
            await drive_by_deployment(PROGRAM)
            [second] = await coming()
            # A clock that is ahead begins the run early, which comes to its own instant again.
            await client.set_flow_run_state(second.id, Pending(), force=True)
            await run_flow(drive, flow_run=second, parameters=second.parameters, return_type="state")
        [third] = await coming()
        return first, second, third

    runs = asyncio.run(go())
    assert len({one.id for one in runs}) == 3
    for one in runs:
        assert one.expected_start_time == datetime.fromisoformat(NEXT)
        assert (one.parameters, PROGRAM in one.tags) == ({"program": PROGRAM, "follow": True}, True)


def ended(state: State, *, after: timedelta | None = timedelta(0), **given: object) -> FlowRun:
    """A run of a course that was planned for an instant, and how it ended, so long after that or before."""
    at = datetime.fromisoformat(NEXT)
    state = state.model_copy(update={"timestamp": at + (after or timedelta(0))})
    return FlowRun(
        flow_id=uuid4(),
        parameters={"program": PROGRAM, **given},
        state=state,
        state_type=state.type,
        start_time=at if after is not None and after >= timedelta(0) else None,
        expected_start_time=at,
    )


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        ([], []),
        ([ended(Completed())], [Halted(PROGRAM, done=True)]),
        ([ended(Failed())], [Halted(PROGRAM, done=False)]),
        ([ended(Crashed())], [Halted(PROGRAM, done=False)]),
        ([ended(Completed()), ended(Scheduled())], []),
        ([ended(Failed()), ended(Running())], []),
        # One is under way though another has ended since.
        ([ended(Running()), ended(Completed())], []),
        # The product was stopped while it ran, or about to run; and somebody did not want it any more.
        ([ended(Cancelled())], [Halted(PROGRAM, done=False)]),
        ([ended(Cancelled(), after=timedelta(seconds=-8))], [Halted(PROGRAM, done=False)]),
        ([ended(Completed()), ended(Cancelled(), after=timedelta(days=-3))], []),
        # Those that were to be the only ones.
        ([ended(Failed(), follow=False)], []),
        ([ended(Failed(), now="2030-01-01T00:00")], []),
        ([ended(Completed()), ended(Failed(), follow=False)], [Halted(PROGRAM, done=True)]),
    ],
)
def test_a_course_has_come_to_a_halt_unless_a_run_is_to_come_or_was_cancelled_ahead(runs, found):
    assert halted(runs) == found


def test_a_course_goes_on_at_once_where_it_broke_off_else_when_something_is_to_come(played, settings):
    played("2019-07-30T23:00+08:00")
    desk, now = open_desk(settings), datetime.fromisoformat("2019-07-30T23:30+08:00")
    due = datetime.fromisoformat("2019-07-31T00:00+08:00") + GRACE
    found = [Halted("moon", done=False), Halted(PROGRAM, done=False)]
    assert followed(desk, found, now).facts["next"] == {PROGRAM: now.isoformat()}
    assert followed(desk, [Halted(PROGRAM, done=True)], now).facts["next"] == {PROGRAM: due.isoformat()}
    over = datetime.fromisoformat("2039-07-31T00:00+08:00")
    assert followed(desk, [Halted(PROGRAM, done=True)], over).facts["next"] == {}
    desk.store.close()


@pytest.mark.parametrize(("program", "again"), [(PROGRAM, 1), ("moon", 0)])
def test_a_run_that_fails_is_followed_while_there_is_a_program(played, monkeypatch, program, again):
    played("2019-07-30T23:00+08:00")

    def fail(*_given, **_named):
        raise RuntimeError("broken")

    monkeypatch.setattr("flows.courses.swept", fail)
    asyncio.run(end_all())
    asyncio.run(drive_by_deployment(program))
    for _ in range(2):
        assert run(keep_following).state == "Completed"
    coming = [one for one in asyncio.run(runs_of_course()) if one.state_name == "Scheduled"]
    assert [one.parameters for one in coming] == [{"program": program, "follow": True}] * again


async def runs_of_course():
    [deployment] = [one for one in DEPLOYMENTS if one.name == "course"]
    await deployment.to_runner().aapply()
    async with get_client() as client:
        course = await client.read_deployment_by_name("项目日程/course")
    return await runs_of(course.id)


async def end_all():
    """Take away the runs of other tests."""
    runs = await runs_of_course()
    async with get_client() as client:
        for one in runs:
            await client.delete_flow_run(one.id)


async def drive_by_deployment(program):
    async with get_client() as client:
        course = await client.read_deployment_by_name("项目日程/course")
        started = await client.create_flow_run_from_deployment(course.id, parameters={"program": program})
        await run_flow(drive, flow_run=started, parameters={"program": program}, return_type="state")
