"""Looking something up makes no database, and a database that is missing is not taken for an empty one."""

import pytest

from tests.cli.selection import DRAWN_UP, LUZHOU

ANSWERED = [
    "program list",
    f"program show {LUZHOU}",
    f"program check {LUZHOU}",
    f"program dates {LUZHOU}",
    f"program diagram {LUZHOU}",
    "program schema",
    "nomination list",
    "organization list",
    "past list",
    "remind --dry-run",
    f"rehearse {LUZHOU} --nominations 1",
    "deadline parse 2019年7月30日",
    "calendar day 2019-10-01",
    "--version",
]
UNKNOWN = [
    "nomination show N",
    "nomination history N",
    "nomination moves N",
    f"nomination list --program {LUZHOU}",
    f"publicity list {LUZHOU}",
    f"audit verify --program {LUZHOU}",
    f"export register {LUZHOU} --out register.xlsx",
]


@pytest.mark.parametrize("command", ANSWERED)
def test_a_fresh_installation_answers_and_stays_fresh(linxuan, data, command):
    assert linxuan(*command.split()).code == 0
    assert not data.exists()


@pytest.mark.parametrize("command", ["audit verify", "audit export"])
def test_nothing_is_not_verified_as_if_all_were_well(linxuan, data, command):
    run = linxuan(*command.split())
    assert (run.code, "没有数据库，无可核验" in run.err, data.exists()) == (2, True, False)


@pytest.mark.parametrize("command", UNKNOWN)
def test_a_fresh_installation_knows_no_nominations_and_stays_fresh(linxuan, data, command):
    assert linxuan(*command.split()).code == 2
    assert not data.exists()


@pytest.mark.parametrize("command", ["audit verify", "nomination list", "organization list", "remind --dry-run"])
def test_a_named_database_that_is_missing_is_a_mistake(linxuan, tmp_path, command):
    missing = tmp_path / "typo.db"
    run = linxuan(*command.split(), "--database", f"sqlite:///{missing}")
    assert (run.code, run.out) == (2, "")
    assert str(missing) in run.err
    assert not missing.exists()


def test_a_command_leaves_the_database_closed(office, linxuan, data):
    office.draws_up()
    assert linxuan("nomination", "list").code == 0
    assert {file.name for file in data.iterdir()} == {"linxuan.db", "linxuan.db.key"}


def test_a_database_is_used_wherever_it_is_named(linxuan, data, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere" / "kept.db"
    assert linxuan("migrate", "--database", f"sqlite:///{elsewhere}").code == 0
    assert elsewhere.is_file()
    monkeypatch.setenv("LINXUAN_DATABASE", f"sqlite:///{tmp_path}/set.db")
    # What goes on by itself makes none: it would find nothing due for ever.
    for command in ("sweep", "remind"):
        missing = linxuan(command)
        assert (missing.code, (tmp_path / "set.db").exists(), "没有数据库" in missing.err) == (2, False, True)
    assert linxuan("migrate").code == 0
    assert linxuan("sweep").code == 0
    assert (tmp_path / "set.db").is_file()
    assert not data.exists()


def test_the_clock_of_a_command_is_the_one_it_is_given(office):
    number = office.draws_up()
    before, after = "2019-07-30T23:59:59", "2019-07-31T00:00"
    assert office.sweeps(before)["named"] == []
    assert [one["number"] for one in office.sweeps(after)["named"]] == [number]
    assert office.sweeps(after)["named"] == []


def test_the_end_of_a_number_is_told_whose_it_is(office, linxuan):
    number = office.draws_up()
    for written in ("1", "0001"):
        run = linxuan("nomination", "show", written)
        assert (run.code, run.err) == (2, f"没有编号为 {written} 的申报；是否想写 {number}？\n")
    assert "linxuan nomination list" in linxuan("nomination", "show", "2").err


def test_moves_tell_where_they_lead_and_what_is_still_to_give(office, linxuan):
    number = office.draws_up()
    withdrawn = next(line for line in linxuan("nomination", "moves", number).out.splitlines() if "withdraw" in line)
    assert withdrawn == "✓ withdraw    撤回 → 已撤回　办理时还须：没有写明理由"
    moves = {one["move"]: one for one in linxuan("nomination", "moves", number, "--json").document}
    assert [one["gate"] for one in moves["submit"]["asked"]] == ["endorsed"]


def test_moves_that_only_the_clock_makes_are_told_in_one_line(office, linxuan):
    lines = linxuan("nomination", "moves", office.draws_up()).out.splitlines()
    assert [line for line in lines if "失效" in line] == ["到期由巡检办理：逾期失效 → 逾期失效"]


def test_a_move_that_there_is_not_is_told_which_is_meant(office, linxuan):
    number = office.draws_up()
    for language, meant in (("zh", "之一；是否想写 submit？"), ("en", "did you mean submit?")):
        run = linxuan("nomination", "move", number, "submitt", "--actor", "甲", language=language)
        assert (run.code, meant in run.err) == (2, True)


def test_a_sweep_tells_where_it_led_in_words(office, linxuan):
    number = office.draws_up()
    run = linxuan("sweep", "--now", "2019-07-31T00:00")
    assert run.out.splitlines()[0] == f"{number}　陈立秋　逾期失效　→ 逾期失效"


def test_an_organization_above_that_was_not_known_is_told(office, linxuan):
    office.does(DRAWN_UP, "organization", "add", "茶城市人社局")
    run = linxuan("organization", "add", "青山县人社局", "--under", "茶城人社局", "--actor", "甲", "--now", DRAWN_UP)
    assert run.out == (
        "已登记单位 青山县人社局\n※ 上级单位 茶城人社局 之前没有登记，已一并登记；是否想写 茶城市人社局？\n"
    )


def test_an_emptied_database_is_not_taken_for_a_new_one(linxuan, data):
    data.mkdir()
    file, key = data / "linxuan.db", data / "linxuan.db.key"
    file.touch()
    key.write_text("00" * 32, "ascii")
    run = linxuan("sweep")
    assert (run.code, f"数据库 {file} 是空的，而它的密钥还在（{key}）" in run.err) == (2, True)
    file.unlink()
    assert linxuan("sweep").code == 0
