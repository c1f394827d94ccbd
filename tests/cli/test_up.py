"""`linxuan up` as a real process: Prefect, flows and console, all of it, started and stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.ports import answers
from tests.cli.test_supervisor import is_alive, wait_until
from tests.prefect_api import PrefectApi

LINXUAN = Path(sys.executable).with_name("linxuan")
LOCALHOST = "127.0.0.1"


class Up:
    """One running `linxuan up --json`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.document: dict[str, str] = self._read()
        self.children = _children(process.pid)
        self.ports = {name: int(self.document[name].rstrip("/").rpartition(":")[2]) for name in ("console", "prefect")}

    def _read(self) -> dict[str, str]:
        lines: list[str] = []
        while lines[-1:] != ["}\n"]:
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read()
            lines.append(line)
        return json.loads("".join(lines))

    def stop(self) -> tuple[int, str, float]:
        """Press Ctrl-C; returns the exit code, what was said, and the seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out + err, time.monotonic() - begun


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Any]:
    """Starts `linxuan up` on a data folder of its own; whatever a failed test leaves is killed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LINXUAN_", "PREFECT_"))}
    environment |= {"LINXUAN_DATA": str(tmp_path / "data"), "TMPDIR": str(tmp_path)}
    started: list[subprocess.Popen[str]] = []

    def start(*options: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [LINXUAN, "up", "--json", *options],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_demonstration_starts_answers_and_stops_without_a_trace(up, tmp_path):
    demo = Up(up("--demo"))
    folder = Path(demo.document["logs"]).parent
    assert folder.parent == tmp_path
    assert len(demo.children) == 3
    assert answers(LOCALHOST, demo.ports["prefect"], "/api/health")
    assert answers(LOCALHOST, demo.ports["prefect"], "/")
    address, operator = demo.document["console"], demo.document["people"][1]
    assert httpx.get(address).headers["location"] == "/sign-in"
    with httpx.Client(base_url=address, follow_redirects=True, headers={"Origin": address.rstrip("/")}) as browser:
        form = {"name": operator["name"], "password": operator["password"]}
        assert "首席技师" in browser.post("/sign-in", data=form).text
    assert any(Path(demo.document["outbox"]).glob("*.eml"))
    assert {one["role"] for one in demo.document["people"]} == {
        "administrator",
        "operator",
        "screening",
        "expert",
        "supervisor",
    }
    scheduled = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    prefect = PrefectApi(f"{demo.document['prefect']}api")
    assert wait_until(lambda: prefect.ask("/flow_runs/count", scheduled) > 5, 120)
    done = {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
    assert wait_until(lambda: prefect.ask("/flow_runs/count", done) >= 3, 180)
    prefect.close()

    code, said, seconds = demo.stop()
    assert (code, said) == (0, "")
    assert seconds < 20
    assert not any(is_alive(child) for child in demo.children)
    assert not any(answers(LOCALHOST, port, "/") for port in demo.ports.values())
    assert not folder.exists()


def test_a_data_folder_is_kept_belongs_to_one_and_is_let_go_by_a_killed_one(up, tmp_path):
    first = Up(up())
    assert first.document["database"] == f"sqlite:///{tmp_path}/data/linxuan.db"
    second = up()
    out, err = second.communicate(timeout=60)
    assert (second.returncode, out) == (3, "")
    assert err == f"数据文件夹 {tmp_path / 'data'} 已经有一个遴选在运行\n"

    first.process.kill()
    first.process.wait()
    assert wait_until(lambda: not any(is_alive(child) for child in first.children), 40)
    assert (tmp_path / "data" / "linxuan.db").exists()

    third = up("--for", "0.5")
    out, err = third.communicate(timeout=180)
    assert (third.returncode, err) == (0, "")
    assert json.loads(out).keys() == first.document.keys()
    assert [(one["name"], one["role"]) for one in first.document["people"]] == [("管理员", "administrator")]
    assert json.loads(out)["people"] == []
    password = first.document["people"][0]["password"].encode()
    kept = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
    assert [file for file in kept if password in file.read_bytes()] == []


def test_a_part_that_dies_stops_the_rest_and_is_named(up, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "prefect").write_text("not a folder")
    process = up()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (3, "")
    assert err == f"Prefect 服务意外停止，其余部分也已停止；原因见 {tmp_path}/data/logs/prefect.log\n"
