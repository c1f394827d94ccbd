import asyncio
from datetime import datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from prefect import get_client
from prefect.client.schemas.objects import ConcurrencyLimitStrategy
from prefect.exceptions import PrefectHTTPStatusError
from prefect.utilities.importtools import import_object
from prefect.utilities.schema_tools.validation import ValidationError, validate

from deadlines import SHANGHAI
from flows.automations import automations
from flows.deployments import DEPLOYMENTS, NOBODYS_NUMBER
from flows.wording import in_words
from tests.flows.seen import runs_of

SCHEDULED = {one.name: one for one in DEPLOYMENTS if one.cron}


def next_runs(name: str, after: str, count: int) -> list[str]:
    # Only who runs these tests needs the server's own modules.
    from prefect.server.schemas.schedules import CronSchedule  # noqa: PLC0415

    [schedule] = SCHEDULED[name].to_runner().schedules
    start = datetime.fromisoformat(after).replace(tzinfo=SHANGHAI)
    dates = asyncio.run(CronSchedule(**schedule.schedule.model_dump()).get_dates(n=count, start=start))
    return [f"{one.astimezone(SHANGHAI):%m-%d %H:%M}" for one in dates]


def test_all_flows_are_deployed_once():
    names = [one.name for one in DEPLOYMENTS]
    assert names == [
        "deadline-sweep",
        "close-publicity",
        "send-reminders",
        "calendar-watch",
        "daily-summary",
        "backup",
        "audit",
        "course",
        "course-watch",
        "batch",
        "notify-administrators",
        "transition",
        "intake",
        "rehearse",
    ]
    assert len({one.flow.name for one in DEPLOYMENTS}) == len(names)


def test_the_sweep_runs_every_five_minutes_shanghai_time():
    assert next_runs("deadline-sweep", "2026-11-20T23:55", 3) == ["11-20 23:55", "11-21 00:00", "11-21 00:05"]


def test_publicity_closes_a_minute_after_its_last_day():
    assert next_runs("close-publicity", "2026-11-21T00:00", 2) == ["11-21 00:01", "11-21 00:06"]


def test_reminders_run_at_night_too_for_what_is_urgent():
    assert next_runs("send-reminders", "2026-11-20T17:31", 3) == ["11-20 17:45", "11-20 18:00", "11-20 18:15"]


@pytest.mark.parametrize(
    ("name", "clock"),
    [("backup", "02:30"), ("audit", "03:30"), ("calendar-watch", "08:50"), ("daily-summary", "18:05")],
)
def test_what_keeps_order_runs_once_a_day(name, clock):
    assert next_runs(name, "2026-11-20T00:00", 2) == [f"11-20 {clock}", f"11-21 {clock}"]


def test_heavy_work_of_the_night_does_not_run_at_a_start_by_day():
    assert {one.name for one in DEPLOYMENTS if not one.catches_up} == {"backup", "audit"}


def test_only_operators_and_automations_start_the_others():
    asked = {"course", "batch", "notify-administrators", "transition", "intake", "rehearse"}
    assert {one.name for one in DEPLOYMENTS} - SCHEDULED.keys() == asked


def test_batches_and_tables_are_only_looked_at_unless_it_is_asked_for():
    for name in ("batch", "intake"):
        [deployment] = [one for one in DEPLOYMENTS if one.name == name]
        assert deployment.schema().properties["dry_run"]["default"] is True


@pytest.mark.parametrize("name", SCHEDULED)
def test_of_two_scheduled_runs_the_newer_gives_way(name):
    deployment = SCHEDULED[name].to_runner()
    assert deployment.concurrency_limit == 1
    assert deployment.concurrency_options.collision_strategy is ConcurrencyLimitStrategy.CANCEL_NEW


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: one.name)
def test_every_field_of_the_form_is_named_and_explained_in_chinese(deployment):
    properties = deployment.schema().properties
    assert properties.keys() == deployment.form.keys()
    for field in properties.values():
        assert not field["title"].isascii()
        assert not field["description"].isascii()


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: one.name)
def test_a_run_finds_its_flow_by_module(deployment):
    assert import_object(deployment.to_runner().entrypoint) is deployment.flow


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: one.name)
def test_every_deployment_is_described_and_tagged(deployment):
    runner = deployment.to_runner()
    assert not runner.description.isascii()
    assert runner.tags
    assert runner.paused is False


#: Whose they are: nobody's.
PHONE, IDENTITY = "13800138000", "51050219800101003X"
GIVEN = {
    "intake": {"program": "p-2026", "file": "江阳区汇总表20260915093000.xlsx", "actor": "张三:operator@江阳区"},
    "batch": {"move": "endorse", "actor": "张三", "numbers": ["luzhou-2019-0001 luzhou-2019-0002=first"]},
    "transition": {
        "number": "luzhou-2019-0001",
        "move": "endorse",
        "actor": "张三",
        "now": "2026-11-27T09:00:00+08:00",
    },
}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("intake", {"file": f"{PHONE}.xlsx"}),
        ("intake", {"file": f"张三{IDENTITY}.xlsx"}),
        ("intake", {"file": "510502-19800101-003x.xlsx"}),
        ("intake", {"nominator": "张三 138 0013 8000"}),
        ("intake", {"nominator": "6217 0013 7000 1234 567"}),
        ("intake", {"nominator": "510502 1980 0101 003X"}),
        ("batch", {"numbers": ["luzhou-2019-0001", IDENTITY]}),
        ("batch", {"reason": f"本人（{PHONE}）放弃"}),
        ("transition", {"opinion": {"推荐意见": f"电话 {PHONE}"}}),
        ("transition", {"actor": IDENTITY}),
    ],
)
def test_form_refuses_what_has_somebodys_number(name, told):
    [deployment] = [one for one in DEPLOYMENTS if one.name == name]
    schema = deployment.schema().model_dump()
    validate(GIVEN[name], schema, raise_on_error=True)
    with pytest.raises(ValidationError, match=NOBODYS_NUMBER["description"]):
        validate(GIVEN[name] | told, schema, raise_on_error=True)


def test_server_keeps_no_run_whose_parameters_have_somebodys_number():
    [deployment] = [one for one in DEPLOYMENTS if one.name == "intake"]

    async def asked() -> tuple[str, list[str]]:
        async with get_client() as client:
            kept = await deployment.to_runner().aapply()
            await client.create_flow_run_from_deployment(kept, parameters=GIVEN["intake"])
            with pytest.raises(PrefectHTTPStatusError) as refused:
                await client.create_flow_run_from_deployment(kept, parameters=GIVEN["intake"] | {"file": PHONE})
            files = [one.parameters["file"] for one in await runs_of(kept)]
            await client.delete_deployment(kept)
        return refused.value.response.text, files

    said, files = asyncio.run(asked())
    assert (NOBODYS_NUMBER["description"] in said, files) == (True, [GIVEN["intake"]["file"]])


def test_letter_about_a_run_says_in_chinese_what_became_of_it():
    # Only who runs these tests needs the server's own modules.
    from prefect.server.utilities.user_templates import render_user_template_sync  # noqa: PLC0415

    failed, *_ = automations(dict.fromkeys((one.name for one in DEPLOYMENTS), uuid4()))
    [action] = failed.actions
    killed = "Process exited with status code: -9. Process exited due to a SIGKILL signal. Typically caused by …"
    run = SimpleNamespace(name="巡检 11-28 05:15", state=SimpleNamespace(name="Crashed", message=killed))
    body = in_words(render_user_template_sync(action.parameters["body"]["template"], {"flow_run": run}))
    told = "“巡检 11-28 05:15”的状态是 崩溃：进程被强行终止（信号 9），多为内存不足或人工终止"
    assert body.partition("\n")[0] == told


def test_what_prefect_does_not_say_by_itself_stays_as_it_is():
    assert in_words("没有编号为 x 的申报") == "没有编号为 x 的申报"
    assert in_words("Flow run exceeded timeout of 1800.0 second(s)") == "超过时限 1800 秒，已中断"
