import asyncio
from datetime import datetime, timedelta

import pytest
from prefect import get_client
from prefect.flow_engine import run_flow

from deadlines import SHANGHAI
from flows.courses import drive, driven
from flows.deployments import DEPLOYMENTS
from operations.daily import day_of
from operations.newcomers import welcome_administrator
from operations.settings import open_desk
from tests.flows.seen import run

PROGRAM = "luzhou-chief-technician-2019"


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


def test_the_next_run_is_set_once_for_an_instant(played, monkeypatch):
    """As two that were started side by side do."""
    played("2019-07-30T23:00+08:00")
    monkeypatch.setattr("flows.courses.next_instant", lambda *_given: datetime.fromisoformat("2030-01-02T00:00+08:00"))

    async def go():
        [deployment] = [one for one in DEPLOYMENTS if one.name == "course"]
        await deployment.to_runner().aapply()
        async with get_client() as client:
            course = await client.read_deployment_by_name("项目日程/course")
            for _ in range(2):
                started = await client.create_flow_run_from_deployment(course.id, parameters={"program": PROGRAM})
                await run_flow(drive, flow_run=started, parameters={"program": PROGRAM}, return_type="state")
            return [one for one in await client.read_flow_runs() if one.deployment_id == course.id]

    runs = asyncio.run(go())
    [coming] = [one for one in runs if one.state_name == "Scheduled"]
    assert coming.expected_start_time == datetime.fromisoformat("2030-01-02T00:00+08:00")
    assert (coming.parameters, PROGRAM in coming.tags) == ({"program": PROGRAM, "follow": True}, True)
    assert [one.state_name for one in runs].count("Completed") == 2


@pytest.mark.parametrize(("program", "broken", "again"), [(PROGRAM, True, 1), ("moon", False, 0)])
def test_a_run_that_fails_is_followed_by_one_in_the_next_hour_while_there_is_a_program(
    played, monkeypatch, program, broken, again
):
    played("2019-07-30T23:00+08:00")

    def fail(*_given):
        raise RuntimeError("broken")

    if broken:
        monkeypatch.setattr("flows.courses.swept", fail)
    before = {one.id for one in asyncio.run(runs_of_course())}
    for _ in range(2):
        asyncio.run(drive_by_deployment(program))
    runs = [one for one in asyncio.run(runs_of_course()) if one.id not in before]
    coming = [one for one in runs if one.state_name == "Scheduled"]
    assert ([one.state_name for one in runs].count("Failed"), len(coming)) == (2, again)
    for one in coming:
        assert (one.expected_start_time.minute, one.parameters) == (0, {"program": PROGRAM, "follow": True})
        assert one.expected_start_time > datetime.now(SHANGHAI)


async def runs_of_course():
    await course_applied()
    async with get_client() as client:
        course = await client.read_deployment_by_name("项目日程/course")
        return [one for one in await client.read_flow_runs() if one.deployment_id == course.id]


async def course_applied():
    [deployment] = [one for one in DEPLOYMENTS if one.name == "course"]
    await deployment.to_runner().aapply()


async def drive_by_deployment(program):
    async with get_client() as client:
        course = await client.read_deployment_by_name("项目日程/course")
        started = await client.create_flow_run_from_deployment(course.id, parameters={"program": program})
        await run_flow(drive, flow_run=started, parameters={"program": program}, return_type="state")
