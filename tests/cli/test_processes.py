"""`linxuan` as a process of its own: pipes, encodings, Ctrl-C, and what it imports."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.cli.selection import DRAWN_UP, LUZHOU, SCREENED

LINXUAN = str(Path(sys.executable).with_name("linxuan"))

_IMPORTED = """
import json, sys
from cli import main
for command in json.loads(sys.argv[1]):
    sys.argv = ["linxuan", *command]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, (command, ended.code)
print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""

#: These answer at once, because they are asked often.
LIGHT = [
    ("--help",),
    ("deadline", "--help"),
    ("deadline", "parse", "2019年7月30日前"),
    ("deadline", "parse", "收到通知之日起5个工作日内", "--event", "2019-07-15", "--json"),
    ("calendar", "day", "2019-10-01"),
    ("calendar", "publicity", "--published", "2019-08-20", "--days", "5"),
]
DAILY = [("nomination", "list"), ("sweep", "--now", DRAWN_UP), ("remind", "--dry-run"), ("audit", "verify")]


@pytest.fixture
def process(data: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """Start the installed command with its streams in pipes."""

    def start(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [LINXUAN, *arguments],
            env={**os.environ, "LINXUAN_DATA": str(data), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    return start


@pytest.fixture
def unheard(process):
    """Run a command whose reader has gone before it says a word; returns its exit code and its stderr."""

    def run(*arguments: str) -> tuple[int, str]:
        with process(*arguments) as started:
            started.stdout.close()
            said = started.stderr.read().decode()
        return started.returncode, said

    return run


def test_the_installed_command_answers_in_json_alone(process):
    out, err = process("program", "list", "--json").communicate()
    assert err == b""
    assert LUZHOU in {one["id"] for one in json.loads(out)}


def test_a_reader_that_has_gone_is_no_failure(unheard):
    assert unheard("program", "schema") == (0, "")


def test_a_refusal_is_a_refusal_though_nobody_reads_it(unheard):
    code, said = unheard("program", "open", "bayu-special-grade-technician", "--actor", "王管理", "--json")
    assert code == 1
    assert said.startswith("不予办理：")
    assert "Traceback" not in said
    assert "Exception ignored" not in said


def test_a_full_disk_under_stdout_is_told(data):
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run([LINXUAN, "program", "list"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert run.returncode == 3
    assert "Traceback" not in run.stderr.decode()
    assert not data.exists()


def test_a_closed_stdout_changes_nothing_but_what_is_read(data):
    run = subprocess.run(["/bin/sh", "-c", f"{LINXUAN} sweep --json >&-"], stderr=subprocess.PIPE, check=False)
    assert (run.returncode, run.stderr) == (0, b"")
    assert data.exists()


def test_a_terminal_without_some_letters_gets_the_others(office, process):
    encoding = "gbk"
    number = office.draws_up()
    moves = ("nomination", "moves", number, "--now", SCREENED)

    out, err = process(*moves, PYTHONIOENCODING=encoding).communicate()
    assert err == b""
    assert "逾期失效" in out.decode(encoding)

    out, err = process(*moves, "--json", PYTHONIOENCODING=encoding).communicate()
    assert err == b""
    labels = {one["move"]: one["label"] for one in json.loads(out.decode(encoding))}
    assert labels["submit"] == "申报"


def test_ctrl_c_ends_a_rehearsal_with_a_word_and_leaves_whole_scenes(process, linxuan, tmp_path):
    database = f"sqlite:///{tmp_path}/kept.db"
    rehearsal = ("rehearse", LUZHOU, "--nominations", "30", "--json", "--database", database)
    interrupted = process(*rehearsal)
    assert _begun(linxuan, database)
    interrupted.send_signal(signal.SIGINT)
    out, err = interrupted.communicate(timeout=20)

    assert interrupted.returncode == 130
    assert out == b""
    assert err.decode().strip() == "已中断"
    assert linxuan("audit", "verify", "--database", database).code == 0
    assert linxuan(*rehearsal).code == 0


def _begun(linxuan, database: str) -> bool:
    """Wait until a rehearsal has done something."""
    until = monotonic() + 30
    while monotonic() < until:
        found = linxuan("audit", "verify", "--database", database, "--json")
        if found.code == 0 and found.document["events"]:
            return True
        sleep(0.05)
    return False


@pytest.mark.usefixtures("data")
def test_what_must_start_at_once_imports_nothing_heavy():
    heavy = {"prefect", "pandas", "numpy", "fastapi", "uvicorn", "sqlalchemy", "alembic", "docx", "xlsxwriter"}
    assert not heavy & _imported_by(LIGHT)


@pytest.mark.usefixtures("office")
def test_daily_work_imports_neither_prefect_nor_the_web():
    assert not {"prefect", "fastapi", "uvicorn"} & _imported_by(DAILY)


def _imported_by(commands: list[tuple[str, ...]]) -> set[str]:
    """Return the top-level modules that are loaded after these commands."""
    run = subprocess.run(
        [sys.executable, "-c", _IMPORTED, json.dumps(commands)], capture_output=True, text=True, check=True
    )
    return set(run.stderr.split())
