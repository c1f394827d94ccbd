import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from prefect import State, flow, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.states import Failed, Running

import flows.upkeep
from deadlines import SHANGHAI
from flows import summaries
from flows.account import Account, at_desk, carry_out
from flows.alerts import LOOKED_AGAIN, notify_administrators
from flows.calendars import watch_calendar, watched
from flows.deployments import DEPLOYMENTS
from flows.summaries import summarize
from flows.upkeep import back_up, verify_history
from notifications.channels import Channel, DeliveryFailed
from notifications.letters import Letter
from operations.results import OutsideError
from operations.settings import Settings
from programs import Words
from tests.flows.seen import run, runs_of

PROGRAM = "luzhou-chief-technician-2019"
SUMMER = "2019-07-30T23:00+08:00"


@pytest.fixture(autouse=True)
def _own(settings) -> None:
    """The settings of an empty folder, for all here."""


def letters(settings: Settings) -> list[str]:
    return sorted(file.read_text("utf-8") for file in (settings.data / "outbox").glob("alert-*.eml"))


def test_a_nights_backup_is_named_by_its_day_and_the_oldest_go(played, settings):
    played(SUMMER)
    kept = settings.files_path / "ab"
    kept.mkdir(parents=True)
    (kept / "abcd").write_bytes(b"handed in")
    folder = settings.backup_folder
    for day in ("2026-11-19", "2026-11-20", "2026-11-21"):
        seen = run(back_up, copies=2, now=f"{day}T02:30")
        assert seen.state == "Completed"
    (folder / "theirs.backup").write_bytes(b"not ours to remove")
    assert seen.name == "备份 11-21 02:30"
    assert seen.result["removed"] == ["linxuan-2026-11-19.backup"]
    again = run(back_up, copies=2, now="2026-11-21T12:00")
    assert (again.state, again.result["files"]) == ("Completed", 0)
    names = {"linxuan-2026-11-20.backup", "linxuan-2026-11-21.backup", "theirs.backup", "files"}
    assert {file.name for file in folder.iterdir()} == names
    assert (folder / "files" / "ab" / "abcd").read_bytes() == b"handed in"
    [row] = seen.tables["backup-kept"]
    assert (row["项目"], Path(row["文件"]).name) == (1, "linxuan-2026-11-21.backup")


def test_backup_that_cannot_be_written_says_where_and_what_to_do(played, monkeypatch, tmp_path):
    played(SUMMER)
    (tmp_path / "nas").write_text("no folder", "utf-8")
    monkeypatch.setenv("LINXUAN_BACKUPS", str(tmp_path / "nas"))
    monkeypatch.setattr(flows.upkeep, "PATIENTLY", ())
    seen = run(back_up)
    assert (seen.state, seen.message) == (
        "Failed",
        f"读写出错：{tmp_path / 'nas'}：已有同名的文件或文件夹；请换个名称或移开它",
    )


@pytest.mark.parametrize("copies", [0, 401])
def test_a_form_that_keeps_nothing_is_refused(copies):
    seen = run(back_up, copies=copies)
    assert (seen.state, "保留份数" in seen.message) == ("Failed", True)


def test_a_whole_history_is_verified_and_a_broken_one_fails_the_run(played, settings):
    played(SUMMER)
    seen = run(verify_history)
    assert (seen.state, seen.tables, seen.progress) == ("Completed", {}, {"audit-progress": 100.0})
    assert seen.message.endswith("全部相符")
    with closing(sqlite3.connect(settings.database_file)) as database:
        database.execute("UPDATE nomination SET nominee = '别人' WHERE number LIKE '%-0001'")
        database.commit()
    broken = run(verify_history)
    assert (broken.state, "发现" in broken.message) == ("Failed", True)
    assert {row["项目"] for row in broken.tables["audit-broken"]} == {PROGRAM}


def asked(*days: str) -> list[int]:
    """How many letters each look at the calendar writes."""
    return [
        at_desk(lambda desk, day=day: watched(desk, datetime.fromisoformat(f"{day}T08:50+08:00"))).facts["asked"]
        for day in days
    ]


def test_a_missing_schedule_is_asked_for_once_a_week_on_whatever_day_a_look_comes(settings):
    seen = run(watch_calendar, now="2029-10-02T08:50")
    assert (seen.state, seen.result["missing"], seen.result["asked"]) == ("Completed", 2030, 1)
    assert seen.tables["calendar-missing"][0]["年份"] == 2030
    assert asked("2029-10-02", "2029-10-07", "2029-10-08", "2029-10-08", "2029-10-17") == [0, 0, 1, 0, 1]
    assert asked("2029-09-25") == [1]
    assert [sum(f"{year} 年" in one for one in letters(settings)) for year in (2029, 2030)] == [1, 3]


def test_a_schedule_is_asked_for_again_on_the_day_after_a_letter_that_did_not_go_out(monkeypatch):
    class Away(Channel):
        def deliver(self, _letter: Letter) -> None:
            raise DeliveryFailed(Words("没有答复", "no answer"), permanent=False)

    with monkeypatch.context() as broken:
        broken.setattr("flows.calendars.open_alert_channel", lambda _settings: Away())
        with pytest.raises(DeliveryFailed):
            asked("2029-10-01")
    assert asked("2029-10-02", "2029-10-03") == [1, 0]


def test_a_known_calendar_is_left_alone():
    seen = run(watch_calendar, now="2019-06-03T08:50")
    assert (seen.result["missing"], seen.tables) == (None, {})


def test_a_day_is_summed_up_on_one_page(played, monkeypatch):
    monkeypatch.setenv("LINXUAN_CONSOLE_URL", "http://console.example:8000/")
    played("2019-07-20T23:00+08:00")
    seen = run(summarize, now="2019-07-29T18:05")
    assert (seen.state, seen.name) == ("Completed", "小结 07-29 18:05")
    page = seen.pages["daily-summary"]
    assert "# 2019-07-29 小结" in page
    assert f"](http://console.example:8000/programs/{PROGRAM})" in page
    assert "| 2019-07-30 24:00 |" in page


def test_runs_that_failed_are_counted_and_named_the_last_first(played):
    played("2019-07-20T23:00+08:00")

    @flow(name="会失败", flow_run_name="这一次没有完成")
    async def fails() -> None:
        raise ValueError("没有纸了")

    assert run(fails).state == "Failed"
    today = run(summarize, now="2019-07-29T18:05")
    # Runs of other tests may have failed on this server before.
    _, _, rest = today.pages["daily-summary"].partition("## 没有完成的运行")
    rows = [line for line in rest.partition("##")[0].splitlines() if line.startswith("| ")][2:]
    assert "这一次没有完成" in rows[0]
    assert "没有纸了" in rows[0]
    assert today.result["failed_runs"] == len(rows)
    after = datetime.now(SHANGHAI) + timedelta(days=2)
    assert run(summarize, now=f"{after:%Y-%m-%d}T18:05").result["failed_runs"] == 0


def test_administrators_are_written_to_once_for_a_matter(settings):
    for _ in range(2):
        seen = run(notify_administrators, "一小时没有巡检", "请看一看", matter="m", now="2026-11-20T09:00")
        assert (seen.state, seen.message) == ("Completed", "已发出 1 封")
    [letter] = letters(settings)
    assert "请看一看" in letter


def test_administrators_are_written_to_though_the_file_of_channels_cannot_be_used(settings):
    file = settings.data / "channels.toml"
    file.write_text("[robots", "utf-8")
    file.chmod(0o600)
    assert run(notify_administrators, "运行失败", now="2026-11-20T09:00").message == "已发出 1 封"


def test_an_alert_says_how_often_a_deployment_failed_within_the_hour(settings):
    deployed("audit", Failed(), Failed(), Failed())
    assert run(notify_administrators, "运行失败", deployment="audit").state == "Completed"
    [letter] = letters(settings)
    assert "这个流程失败或崩溃 3 次" in letter


def deployed(name: str, *states: State, **parameters: object) -> UUID:
    """Deploy something, have a run of it in each of these states, and return its id."""

    async def made() -> UUID:
        [deployment] = [one for one in DEPLOYMENTS if one.name == name]
        known = await deployment.to_runner().aapply()
        async with get_client() as client:
            for state in states:
                run = await client.create_flow_run_from_deployment(known, parameters=parameters)
                await client.set_flow_run_state(run.id, state, force=True)
        return known

    return asyncio.run(made())


def test_what_fails_in_the_hour_after_a_letter_is_written_of_once_more(settings, monkeypatch):
    about = {"subject": "运行失败：备份", "deployment": "backup"}
    here = deployed("notify-administrators")
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", str(here))

    # Other tests have the same server.
    known = {one.id for one in asyncio.run(runs_of(here))}

    def planned() -> list[FlowRun]:
        runs = [one for one in asyncio.run(runs_of(here)) if one.id not in known]
        # Where another test has declared the automations, they write of these failures too.
        return [one for one in runs if one.parameters.get("since")]

    before = datetime.now(SHANGHAI)
    run(notify_administrators, **about)
    [later] = planned()
    assert timedelta() <= later.expected_start_time - before - LOOKED_AGAIN < timedelta(minutes=1)
    assert {name: later.parameters[name] for name in about} == about
    nothing = run(notify_administrators, **later.parameters)
    assert (nothing.result, len(letters(settings))) == ({"sent": 0}, 1)
    deployed("backup", Failed(message="磁盘已满"), Failed(message="磁盘已满"))
    assert run(notify_administrators, **later.parameters).result == {"sent": 1}
    assert len(planned()) == 1
    [letter] = [one for one in letters(settings) if "其后又有 2 次" in one]
    assert "又失败或崩溃 2 次" in letter
    assert "磁盘已满" in letter
    # Another letter has told of them.
    deployed("notify-administrators", Running(), **about)
    assert run(notify_administrators, **later.parameters).result == {"sent": 0}


@pytest.mark.parametrize(("ago", "back"), [(None, 1), (0.5, 1), (3, 3), (8, 7)])
def test_a_page_goes_back_to_the_last_one_but_not_too_far(monkeypatch, ago, back):
    now = datetime(2026, 11, 20, 18, 5, tzinfo=SHANGHAI)

    class Client:
        async def __aenter__(self):
            return self

        async def __aexit__(self, *_error):
            return None

        async def read_flow_runs(self, **_asked):
            return [] if ago is None else [SimpleNamespace(start_time=now - timedelta(days=ago))]

    monkeypatch.setattr(summaries, "get_client", Client)
    assert asyncio.run(summaries._told_until(now)) == now - timedelta(days=back)  # noqa: SLF001 - asked of no server


def test_every_administrator_is_written_to(settings, monkeypatch):
    monkeypatch.setenv("LINXUAN_ADMINISTRATORS", "a@example.com, b@example.com")
    assert run(notify_administrators, "试").result == {"sent": 2}
    assert len(letters(settings)) == 2


def test_an_alert_without_an_address_says_what_to_set(monkeypatch):
    monkeypatch.setenv("LINXUAN_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("LINXUAN_SMTP_PORT", "9")
    seen = run(notify_administrators, "试")
    assert (seen.state, "LINXUAN_ADMINISTRATORS" in seen.message) == ("Failed", True)


def test_history_is_verified_once_more_where_the_database_was_away(played, monkeypatch):
    played(SUMMER)
    tries, verify = [], flows.upkeep.verified

    def away_at_first(*given: object, **more: object) -> Account:
        tries.append(1)
        if len(tries) == 1:
            raise OutsideError(Words("数据库服务器不在", "away"))
        return verify(*given, **more)

    monkeypatch.setattr(flows.upkeep, "verified", away_at_first)
    monkeypatch.setattr(flows.upkeep, "PATIENTLY", (0,))
    assert (run(verify_history).state, len(tries)) == ("Completed", 2)


@pytest.mark.parametrize(
    "failure",
    [
        OutsideError(Words("数据库服务器不在", "away")),
        DeliveryFailed(Words("邮件服务器不在", "away"), permanent=False),
    ],
)
def test_what_lies_outside_is_tried_again_where_it_may_be(failure):
    tries = []

    def work(_desk: object) -> Account:
        tries.append(1)
        if len(tries) < 3:
            raise failure
        return Account("成了", {})

    @flow
    async def patient():
        return await carry_out("test", work, again_after=(0, 0))

    @flow
    async def impatient():
        return await carry_out("test", work)

    assert run(impatient).state == "Failed"
    assert run(patient).message == "成了"
