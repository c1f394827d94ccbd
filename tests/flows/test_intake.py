"""A table taken in from Prefect's form: its progress, its findings cell by cell, and the table put back with notes."""

import io
import os
import signal
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from shutil import copytree

import pytest
from prefect.settings import PREFECT_API_URL
from sqlalchemy import select

from flows import progress
from flows.intake import intake
from operations.actors import Actor, Role
from operations.acts import Act
from operations.lookup import list_nominations
from operations.opening import confirm_ruling, open_program
from operations.people import add_person
from operations.settings import Settings, open_desk
from programs import load_program
from store import tables as t
from tests.flows.seen import run
from tests.operations.test_taking_in import annex, person, row

PROGRAM = "luzhou-chief-technician-2019"
NOW = "2019-07-10T09:00"
BY = Act(Actor("王管理"), datetime.fromisoformat(f"{NOW}+08:00"))


@pytest.fixture(scope="module")
def opened_once(tmp_path_factory) -> Path:
    """The folder of an installation with an opened program: made once, and only ever copied."""
    settings = Settings(data=tmp_path_factory.mktemp("opened"))
    desk = open_desk(settings)
    program = load_program(PROGRAM)
    for ruling in program.rulings:
        confirm_ruling(desk, program, ruling.id, None, BY)
    open_program(desk, program, BY)
    desk.store.close()
    settings.intake_folder.mkdir()
    return settings.data


@pytest.fixture(autouse=True)
def opened(settings, opened_once) -> Settings:
    copytree(opened_once, settings.data, dirs_exist_ok=True)
    return settings


def sent(settings: Settings, content: bytes, name: str = "汇总表.xlsx") -> str:
    (settings.intake_folder / name).write_bytes(content)
    return name


def taken(file: str, **told: object):
    told.setdefault("actor", "王管理")
    return run(intake, PROGRAM, file, nominator_kind="district", now=NOW, **told)


def numbers(settings: Settings) -> list[str]:
    desk = open_desk(settings)
    found = [one.number for one in list_nominations(desk)]
    desk.store.close()
    return found


def results(settings: Settings) -> list[Path]:
    return sorted((settings.intake_folder / "核对结果").glob("*"))


def test_table_is_drawn_up_and_told(opened):
    seen = taken(sent(opened, annex(row(1), row(2))), dry_run=False)
    assert (seen.state, seen.name, seen.tags) == ("Completed", "导入 汇总表.xlsx", {PROGRAM})
    assert seen.message == (
        "2 行，已登记 2 件；未读的栏目：参工 时间、职业(工种)、主要工作 经历、主要技术成果、贡献；"
        "核对结果：核对结果/汇总表（20190710-090000）.xlsx"
    )
    assert seen.result["nominations"] == numbers(opened) == [f"{PROGRAM}-0001", f"{PROGRAM}-0002"]
    assert (seen.tables, seen.progress) == ({}, {"intake-progress": 100.0})


def test_nothing_is_kept_unless_it_is_asked_for(opened):
    seen = taken(sent(opened, annex(row(1))))
    assert (seen.state, seen.name) == ("Completed", "核对 汇总表.xlsx")
    assert seen.message.startswith("1 行，可以登记（只核对，没有登记）")
    assert (numbers(opened), len(results(opened))) == ([], 1)


FAULTY = annex(row(1, 工作单位=""), row(2), row(3, 身份证号=person(2), 性别="", 出生年月=""))


@pytest.mark.parametrize(("dry_run", "state"), [(True, "Completed"), (False, "Failed")])
def test_faulty_table_is_told_cell_by_cell_and_put_back_with_notes(opened, dry_run, state):
    seen = taken(sent(opened, FAULTY), dry_run=dry_run)
    assert (seen.state, seen.tags) == (state, {PROGRAM})
    assert seen.message.startswith("3 行，2 处须改正，一件也没有登记")
    usual = "在表中改正后重新导入"
    told = [("第1人", "G3", "工作单位", "没有写工作单位", usual), ("第3人", "F5", "身份证号", "与第 4 行相同", usual)]
    assert [tuple(one.values()) for one in seen.tables["intake-findings"]] == [(*one, "是") for one in told]
    assert numbers(opened) == []
    (result,) = results(opened)
    with zipfile.ZipFile(io.BytesIO(result.read_bytes())) as package:
        assert package.read("xl/comments1.xml").decode().count("<comment ref=") == 2


def test_same_table_twice_is_drawn_up_once_and_says_what_to_do(opened):
    file = sent(opened, annex(row(1)))
    assert taken(file, dry_run=False).state == "Completed"
    again = taken(file, dry_run=False)
    assert (again.state, len(numbers(opened))) == ("Failed", 1)
    (finding,) = again.tables["intake-findings"]
    assert (finding["单元格"], finding["问题"], finding["怎么办"]) == (
        "F3",
        f"此人已在本项目申报，编号 {PROGRAM}-0001",
        "请在原申报上办理，或先撤回",
    )


def test_nothing_of_a_number_is_shown_to_who_looks_at_the_run(opened):
    damaged = row(2, 类别=person(3), 身份证号="510000197501019960", 联系电话="1380013800")
    file = sent(opened, annex(row(1, 工作单位=""), damaged), f"{person(5)}.xlsx")
    seen, missing = taken(file, category=person(4)), taken(f"{person(6)}.xlsx")
    shown = repr((seen.message, seen.tables, seen.descriptions, seen.name, seen.result, missing.name, missing.message))
    numbers_told = (person(1), person(3), person(4), person(5), person(6), "510000197501019960")
    assert [one for one in numbers_told if one in shown] == []
    assert seen.tables["intake-findings"]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("没有.xlsx", "里没有“没有.xlsx”；现有：汇总表.xlsx、表.docx"),
        ("../linxuan.db", "里没有“../linxuan.db”"),
        ("/etc/passwd", "里没有“/etc/passwd”"),
        ("", "请填写“文件名”"),
        ("\0", "里没有"),
        ("汇总表.xlsx", "打不开，可能已损坏"),
        ("表.docx", "不是表格文件"),
    ],
)
def test_file_that_cannot_be_taken_in_fails_the_run_in_a_sentence(opened, file, said):
    sent(opened, b"no workbook")
    sent(opened, b"x", "表.docx")
    seen = taken(file, dry_run=False)
    assert (seen.state, said in seen.message, "Traceback" in seen.message) == ("Failed", True, False), seen.message
    assert numbers(opened) == []


def test_link_out_of_the_folder_is_not_followed(opened, tmp_path):
    outside = tmp_path / "别处.xlsx"
    outside.write_bytes(annex(row(1)))
    (opened.intake_folder / "表.xlsx").symlink_to(outside)
    assert taken("表.xlsx").state == "Failed"


def test_unknown_program_fails_the_run_in_a_sentence(opened):
    seen = run(intake, "moon", sent(opened, annex(row(1))), "王管理", now=NOW)
    assert (seen.state, seen.message.startswith("数据库里没有项目 moon")) == ("Failed", True)


def test_table_of_nobody_is_a_failed_run(opened):
    seen = taken(sent(opened, annex()), dry_run=False)
    assert (seen.state, seen.message.startswith("表中没有一行写有姓名")) == ("Failed", True)


def test_policy_is_asked_like_everywhere_else(opened):
    desk = open_desk(opened)
    assert add_person(desk, "王管理", Role.ADMINISTRATOR, None, BY) is None
    assert add_person(desk, "李四", Role.OPERATOR, "龙马潭区", BY) is None
    desk.store.close()
    file = sent(opened, annex(row(1)))
    stranger = taken(file, actor="张三", dry_run=False)
    assert (stranger.state, stranger.message) == ("Completed", "不予办理：没有登记“张三”")
    assert stranger.tables["intake-refused"][0]["关口"] == "registered"
    others = taken(file, actor="李四", dry_run=False)
    assert (others.state, others.tables["intake-findings"][0]["栏目"]) == ("Failed", "推荐单位")
    assert numbers(opened) == []


def test_work_goes_on_where_its_bar_cannot_be_shown(opened, monkeypatch):
    async def fails(*_given: object, **_named: object) -> None:
        raise OSError("no server")

    monkeypatch.setattr(progress, "acreate_progress_artifact", fails)
    seen = taken(sent(opened, annex(row(1))), dry_run=False)
    assert (seen.state, seen.progress, len(numbers(opened))) == ("Completed", {}, 1)


KILLED = """
import asyncio, os, signal
from flows import intake as flow
from operations import taking_in

before = flow._follow
def follow(progress, step, place, count):
    before(progress, step, place, count)
    if step is taking_in.DRAWING_UP and place == {place}:
        os.kill(os.getpid(), signal.SIGKILL)

flow._follow = follow
asyncio.run(flow.intake("{program}", "汇总表.xlsx", "王管理", dry_run=False, nominator_kind="district", now="{now}"))
"""


def test_run_that_is_killed_half_way_leaves_nothing_and_is_run_again(opened):
    sent(opened, annex(*(row(number) for number in range(1, 9))))
    code = KILLED.format(program=PROGRAM, place=5, now=NOW)
    environment = os.environ | {"PREFECT_API_URL": PREFECT_API_URL.value()}
    killed = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    desk = open_desk(opened)
    with desk.store.read() as connection:
        assert connection.execute(select(t.nomination.c.number)).all() == []
        assert connection.execute(select(t.event.c.payload).where(t.event.c.payload.contains("taken-in"))).all() == []
    desk.store.close()
    assert results(opened) == []
    assert taken("汇总表.xlsx", dry_run=False).result["nominations"] == numbers(opened)
    assert len(numbers(opened)) == 8


def test_bar_follows_the_rows_and_never_goes_back():
    bar = progress.Progress()
    told = []
    for percent, words in ((10, "核对"), (5, "核对"), (120, "登记")):
        bar.says(percent, words)
        told.append((bar.percent, bar.words))
    assert told == [(10, "核对"), (10, "核对"), (100, "登记")]
