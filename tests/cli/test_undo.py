"""`linxuan nomination undo`: told before, done with a reason, refused where the program says nothing of it."""

import re
from pathlib import Path

from tests.cli.selection import DRAWN_UP, HANDED_IN, LUZHOU, Office

UNDO = '\nundo = { moves = ["submit", "endorse"], hours = 24, basis = "主办单位工作规则" }'


def test_undo_is_told_done_and_read_in_the_history(linxuan, tmp_path):
    shipped = (Path("programs") / f"{LUZHOU}.toml").read_text("utf-8")
    text = re.sub(r'(kind = "recommendation")', rf"\1{UNDO}", shipped, count=1)
    file = tmp_path / f"{LUZHOU}.toml"
    file.write_text(text, "utf-8")
    office = Office(linxuan)
    office.source = str(file)
    for ruling in re.findall(r'\[\[rulings\]\]\nid = "([^"]+)"', text):
        office.does("2019-07-10T09:00", "program", "rule", str(file), ruling, "--accept")
    office.does("2019-07-10T09:00", "program", "open", str(file))
    number = office.draws_up()
    office.receives(number)
    office.moves(HANDED_IN, number, "submit")
    at = ["--now", "2019-07-20T12:00", "--actor", "王管理"]
    told = linxuan("nomination", "undo", number, "--dry-run", *at)
    assert told.out == "撤销以后：\n　回到“组织推荐·所在单位申报”\n　本次在表上填写的意见、盖章和编号作废\n", told
    assert linxuan("nomination", "undo", number, *at).code == 1
    done = linxuan("nomination", "undo", number, "--reason", "误操作", *at)
    assert done.out.startswith(f"{number}　已撤销，回到：组织推荐·"), done
    history = linxuan("nomination", "history", number).out.splitlines()
    assert re.search(r"撤销操作（第 \d+ 条“申报”）　组织推荐·\w+ → 组织推荐·所在单位申报　误操作$", history[-1])
    assert linxuan("audit", "verify").code == 0


def test_undo_is_refused_where_the_program_says_nothing_of_it(office):
    number = office.draws_up()
    run = office.ask(DRAWN_UP, "nomination", "undo", number, "--reason", "误操作", "--actor", "王管理")
    assert (run.code, run.reasons) == (1, "最近一步“登记”不能撤销")
