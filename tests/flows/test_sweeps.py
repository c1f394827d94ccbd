import sqlite3
from contextlib import closing
from datetime import datetime

import pytest

from flows import progress
from flows.account import MOST_ROWS, Account, Table, _description, console_links, refused_table
from flows.sweeps import close_publicity, deadline_sweep
from operations import sweep
from operations.results import Denied
from programs import Words
from states.case import Refusal
from tests.flows.seen import run

PROGRAM = "luzhou-chief-technician-2019"
DEADLINE = "2019-07-31T00:00:00+08:00"
PUBLICITY_OVER = "2019-08-28T00:00:00+08:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_sweep_lapses_what_is_overdue_and_says_so(played):
    played("2019-07-30T23:00+08:00")
    seen = run(deadline_sweep, now=DEADLINE)
    assert seen.state == "Completed"
    assert seen.message == "办理 1 件，未能办理 0 件，新增提醒 1 条"
    assert seen.result == {"moved": 1, "refused": 0, "reminders": 1}
    [row] = seen.tables["deadline-sweep-moved"]
    assert row["编号"] == f"{PROGRAM}-0002"
    assert (row["操作"], row["原环节"], row["现环节"]) == ("逾期失效", "组织推荐·所在单位申报", "逾期失效")
    assert "**已办理**（1）" in seen.descriptions["deadline-sweep-moved"]


def test_a_run_is_named_by_what_it_does_and_when_and_tagged_with_the_programs_it_touched(played):
    played("2019-07-30T23:00+08:00")
    seen = run(deadline_sweep, now=DEADLINE)
    assert seen.name == "巡检 07-31 00:00"
    assert seen.tags == {PROGRAM, "环节:recommendation"}


def test_an_instant_before_the_deadline_moves_nothing(played):
    played("2019-07-30T23:00+08:00")
    seen = run(deadline_sweep, now="2019-07-30T23:59:59+08:00")
    assert seen.message == "没有到期事项"
    assert seen.tags == set()
    assert seen.tables == {}


def test_an_instant_without_a_zone_is_shanghai_time(played):
    played("2019-07-30T23:00+08:00")
    assert run(deadline_sweep, now="2019-07-30T23:59:59").result["moved"] == 0
    assert run(deadline_sweep, now="2019-07-31T00:00:00").result["moved"] == 1


def test_a_second_sweep_at_the_same_instant_changes_nothing(played):
    played("2019-07-30T23:00+08:00")
    run(deadline_sweep, now=DEADLINE)
    assert run(deadline_sweep, now=DEADLINE).message == "没有到期事项"


def test_publicity_is_closed_by_its_own_flow_and_waits_for_open_objections(played):
    played("2019-08-22T16:00+08:00")
    assert run(deadline_sweep, now=PUBLICITY_OVER).result["moved"] == 0
    seen = run(close_publicity, now=PUBLICITY_OVER)
    assert seen.name == "公示期满 08-28 00:00"
    assert seen.result["moved"] == 6
    assert {row["操作"] for row in seen.tables["close-publicity-moved"]} == {"公示期满"}


def test_a_database_of_another_program_fails_the_run_in_a_sentence(settings):
    with closing(sqlite3.connect(settings.data / "linxuan.db")) as other:
        other.execute("CREATE TABLE theirs (id INTEGER)")
    seen = run(deadline_sweep)
    assert seen.state == "Failed"
    assert "是别的程序的数据库" in seen.message


def test_a_long_table_says_how_much_it_leaves_out():
    rows = [{"编号": str(number)} for number in range(MOST_ROWS + 3)]
    assert "另有 3 行未列出" in _description(Table("moved", "已办理", rows), "办理 503 件")


def test_reasons_of_one_nomination_are_not_counted_as_nominations():
    why = Refusal("gate", Words("原因", "reason"), Words("办法", "remedy"))
    table = refused_table([Denied((why, why), "x-0001"), Denied((why,), "x-0002")])
    assert _description(table, "巡检") == "**未能办理**（2 件，原因 3 条）：巡检"


def test_a_sweep_that_takes_long_shows_how_far_it_has_come_and_one_that_does_not_has_no_bar(played, monkeypatch):
    played("2019-08-22T16:00+08:00")
    monkeypatch.setattr(sweep, "BATCH", 1)
    monkeypatch.setattr(progress, "LOOK_EVERY", 0.0)
    seen = run(close_publicity, now=PUBLICITY_OVER)
    assert (seen.result["moved"], seen.progress) == (6, {"close-publicity-progress": 100.0})
    monkeypatch.setattr(progress, "LOOK_EVERY", 60.0)
    assert run(close_publicity, now=PUBLICITY_OVER).progress == {}


def test_a_table_leads_to_the_console(played, monkeypatch):
    monkeypatch.setenv("LINXUAN_CONSOLE_URL", "http://console.example:8000/")
    played("2019-07-30T23:00+08:00")
    told = run(deadline_sweep, now=DEADLINE).descriptions["deadline-sweep-moved"]
    assert told.endswith(
        f"控制台：[{PROGRAM}](http://console.example:8000/programs/{PROGRAM})"
        f" · [{PROGRAM}-0002](http://console.example:8000/nominations/{PROGRAM}-0002)"
    )


@pytest.mark.parametrize(("count", "links"), [(0, 1), (10, 11), (11, 1)])
def test_only_few_nominations_are_linked_one_by_one(count, links):
    rows = [{"编号": f"p-{number:04}"} for number in range(count)]
    account = Account("办理", {}, frozenset({"p"}), tables=[Table("moved", "已办理", rows)])
    assert console_links(account, "http://console").count("](http://console/") == links


def test_without_an_address_nothing_leads_to_the_console():
    assert console_links(Account("办理", {}, frozenset({"p"})), None) == ""


def test_what_touches_no_program_leads_to_the_front_page():
    assert console_links(Account("备份", {}), "http://console/") == "控制台：[http://console](http://console/)"
