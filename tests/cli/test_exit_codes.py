"""Exit codes: 0 done, 1 refused by a rule, 2 wrong usage or bad input, 3 something outside failed."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.selection import DRAWN_UP, LUZHOU, SCREENED, identity_of

SPECIAL_GRADE = "bayu-special-grade-technician"

REFUSED = {
    "a program whose rulings are not confirmed": f"program open {SPECIAL_GRADE} --actor 王管理",
    "a rehearsal of a program without a date": f"rehearse {SPECIAL_GRADE}",
    "a ruling without a default": f"program rule {SPECIAL_GRADE} year --accept --actor 王管理",
    "a ruling by somebody who may not rule": f"program rule {LUZHOU} closing-hour --accept --actor 王某:expert",
    "a text without a deadline": "deadline parse 择期另行通知",
}

WRONG = {
    "no command": "",
    "an unknown command": "programme list",
    "an unknown sub-command": "program lst",
    "an unknown option": "program list --nop",
    "an option without its value": "program list --now",
    "a value for a flag": "program list --json=1",
    "a missing option": f"program open {LUZHOU}",
    "a missing argument": "program show",
    "an argument too many": "program list extra",
    "an unknown choice": "nomination move N fly --actor 王管理",
    "a word for a number": f"rehearse {LUZHOU} --nominations many",
    "a number out of range": f"rehearse {LUZHOU} --nominations 0",
    "a number that no database holds": f"rehearse {LUZHOU} --nominations 1 --seed {10**30}",
    "an objection's number that no database holds": f"publicity settle {10**30} dismissed --answer 无 --actor 王管理",
    "points that no database holds": f"nomination report N materials --points {10**30} --actor 王管理",
    "what is no instant": "sweep --now yesterday",
    "an instant before all awards": "sweep --now 0001-01-01",
    "an instant after all awards": "sweep --now 9999-12-31T23:59",
    "what is no date": f"program dates {LUZHOU} --issued 2019-02-30",
    "a date before all awards": f"program dates {LUZHOU} --issued 0001-01-01",
    "a date after all awards": f"program dates {LUZHOU} --issued 9999-12-31",
    "an unknown program": "program show nowhere-2019",
    "a program that is not in the database": "program extend luzhou x --to 2019-08-06 --authority 文件 --actor 王管理",
    "an unknown ruling": f"program rule {LUZHOU} weather --accept --actor 王管理",
    "both a decision and its default": f"program rule {LUZHOU} closing-hour --decision 17:00 --accept --actor 王管理",
    "neither a decision nor its default": f"program rule {LUZHOU} closing-hour --actor 王管理",
    "a decision that makes no program": f"program rule {LUZHOU} text-tolerance --decision 很多 --actor 王管理",
    "an option that is given twice": f"program rule {LUZHOU} text-tolerance --decision 5 --decision 6 --actor 王管理",
    "an unknown role": f"program open {LUZHOU} --actor 王管理:king",
    "an unknown nomination": "nomination show nowhere-2019-0001",
    "an unknown objection": "publicity settle 1 dismissed --answer 查无实据 --actor 王管理",
    "what is no database": "nomination list --database linxuan.db",
    "another kind of database": "nomination list --database mysql://server/linxuan",
    "another driver": "nomination list --database postgresql+psycopg2://server/linxuan",
    "a server without a database": "nomination list --database postgresql://server",
    "a port that cannot be": "nomination list --database postgresql://server:70000/linxuan",
    "a port that is no number": "nomination list --database postgresql://server:five/linxuan",
    "a database in memory": "nomination list --database sqlite://",
    "what is no mail address": "organization mail 江阳区人社局 nowhere --actor 王管理",
    "a folder to write to": f"export register {LUZHOU} --out /",
    "a backup that is not there": "restore nowhere.backup",
    "a backup of nothing": "backup linxuan.backup",
    "a folder for a backup": "backup /",
    "heads that are not there": "audit verify --heads nowhere.json",
    "days the wrong way round": "calendar export --from 2019-10-07 --to 2019-10-01",
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", REFUSED.values(), ids=REFUSED)
def test_a_refusal_exits_with_1_and_says_why_on_stderr(linxuan, command, language):
    plain = linxuan(*command.split(), language=language)
    assert plain.code == 1
    assert plain.err.strip()
    in_json = linxuan(*command.split(), "--json", language=language)
    assert in_json.code == 1
    for refusal in in_json.document.get("refusals", []):
        assert refusal["reason"] in plain.err


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", WRONG.values(), ids=WRONG)
def test_wrong_usage_and_bad_input_exit_with_2_and_print_nothing_on_stdout(linxuan, command, language):
    run = linxuan(*command.split(), language=language)
    assert (run.code, run.out) == (2, ""), run
    assert run.err.strip()


@pytest.mark.parametrize("blank", ["", " ", "李\n明", "李\x1b[2J"])
@pytest.mark.parametrize("field", ["--nominee", "--unit", "--nominator", "--actor"])
def test_a_name_is_one_line_of_text(office, linxuan, field, blank):
    given = {
        "--nominee": "李明",
        "--unit": "第一机械厂",
        "--nominator": "江阳区人社局",
        "--actor": "王管理",
        field: blank,
    }
    options = [word for pair in given.items() for word in pair]
    run = linxuan("nomination", "add", LUZHOU, *options, "--now", DRAWN_UP)
    assert run.code == 2
    assert office.ask(DRAWN_UP, "nomination", "list").document == []


def test_an_empty_database_address_is_not_taken_for_the_embedded_one(linxuan, data):
    assert linxuan("sweep", "--database", "").code == 2
    assert not data.exists()


@pytest.mark.parametrize(("name", "value"), [("LINXUAN_SMTP_PORT", "twenty-five"), ("LINXUAN_SMTP_SECURITY", "maybe")])
def test_a_setting_that_cannot_be_is_bad_input_and_is_named(linxuan, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    run = linxuan("remind")
    assert run.code == 2
    assert name in run.err
    assert value in run.err


def test_an_unpaired_surrogate_is_bad_input(linxuan, data):
    for command in (["program", "show", "\udcff"], ["nomination", "list", "--program", "x\ud800"], ["\udcff"]):
        run = linxuan(*command)
        assert (run.code, run.out) == (2, "")
    assert not data.exists()


@pytest.mark.parametrize("command", ["nomination list", "sweep", "migrate"])
def test_a_database_of_another_program_is_left_alone(linxuan, tmp_path, command):
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE theirs (id INTEGER)")
    other.close()
    run = linxuan(*command.split(), "--database", f"sqlite:///{tmp_path}/other.db")
    assert (run.code, "是别的程序的数据库" in run.err) == (2, True)
    with sqlite3.connect(tmp_path / "other.db") as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    other.close()


@pytest.fixture(params=["a folder", "a file of something else", "below a file", "where nothing can be made"])
def unusable(request, tmp_path) -> str:
    """Name a database that cannot be used, whoever tries."""
    (tmp_path / "text.db").write_text("这不是数据库" * 200, encoding="utf-8")
    places = {
        "a folder": tmp_path,
        "a file of something else": tmp_path / "text.db",
        "below a file": tmp_path / "text.db" / "linxuan.db",
        "where nothing can be made": Path("/proc/linxuan.db"),
    }
    return f"sqlite:///{places[request.param]}"


@pytest.mark.parametrize("command", ["migrate", f"rehearse {LUZHOU} --nominations 1"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_database_that_cannot_be_used_says_so(linxuan, unusable, command, language, tmp_path):
    run = linxuan(*command.split(), "--json", "--database", unusable, language=language)
    named_wrongly = "text.db" in unusable.rsplit("/", 1)[-1] or unusable.endswith(tmp_path.name)
    assert (run.code, run.out) == (2 if named_wrongly else 3, ""), run
    assert run.err.strip()
    assert "LINXUAN_DEBUG" not in run.err


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    "command",
    [
        f"program dates {LUZHOU} --ics /proc/dates.ics",
        f"export register {LUZHOU} --out /proc/register.xlsx",
        f"rehearse {LUZHOU} --nominations 1 --outbox /proc/letters",
    ],
)
def test_a_folder_that_takes_no_file_exits_with_3(linxuan, command):
    run = linxuan(*command.split(), "--json")
    assert (run.code, run.out) == (3, ""), run
    assert "/proc/" in run.err


@pytest.mark.usefixtures("office")
def test_a_paper_that_cannot_be_drawn_up_leaves_no_file(linxuan, tmp_path):
    out = tmp_path / "notice.docx"
    assert linxuan("export", "notice", LUZHOU, "--out", str(out)).code == 2
    assert not out.exists()


def another(office):
    """Draw up a nomination, for which the identity number must be sealed."""
    nominee = (
        "--nominee",
        "赵青山",
        "--unit",
        "某机械厂",
        "--nominator",
        "江阳区人社局",
        "--nominator-kind",
        "district",
    )
    number = ("--identity", identity_of(7), "--actor", "王管理")
    return office.ask(DRAWN_UP, "nomination", "add", LUZHOU, *nominee, *number)


def test_an_error_is_told_in_a_sentence_and_in_full_only_when_asked(office, data, monkeypatch):
    key = data / "key"
    key.write_text("不是密钥", encoding="utf-8")
    monkeypatch.setenv("LINXUAN_KEY_FILE", str(key))
    told = another(office)
    assert (told.code, "应为 64 位十六进制数字" in told.err, "Traceback" in told.err) == (2, True, False)
    monkeypatch.setenv("LINXUAN_DEBUG", "1")
    assert "Traceback" in another(office).err


def test_a_database_whose_key_is_gone_takes_no_other(office, linxuan, data):
    office.draws_up()
    (data / "linxuan.db.key").unlink()
    assert linxuan("nomination", "list").code == 0
    lost = another(office)
    assert (lost.code, "缺少密钥文件" in lost.err) == (2, True)
    assert not (data / "linxuan.db.key").exists()
    (data / "linxuan.db.key").write_text("ab" * 32, encoding="ascii")
    foreign = another(office)
    assert (foreign.code, "与数据库不符" in foreign.err) == (2, True)


def test_a_move_by_somebody_without_the_authority_changes_nothing(office):
    number = office.draws_up()
    office.hands_in(number)
    for actor in ("孙专家:expert", "钱监督:supervisor", "巡检:clock"):
        refused = office.ask(SCREENED, "nomination", "move", number, "reject", "--reason", "不符", "--actor", actor)
        assert refused.code == 1
    assert office.stage_of(number) == "screening"
