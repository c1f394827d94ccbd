import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from cli.face import FAILED_OUTSIDE, Mistake
from cli.ports import answers, choose_port
from cli.supervisor import Supervisor
from programs import Words

LOCALHOST = "127.0.0.1"
WEB = Words("网页", "the web")

#: Does not stop when it is asked to, and has started something that does not either.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if len(sys.argv) == 1:
    subprocess.Popen([sys.executable, __file__, "second"])
open(f"{__file__}.{len(sys.argv)}", "w").close()
time.sleep(60)
"""

#: Supervises what it is told to, and prints that it is there once it is ready.
SUPERVISING = """
import os, sys
from pathlib import Path
from cli.supervisor import Supervisor
from programs import Words
folder, ready, *module = sys.argv[1:]
with Supervisor(Path(folder), os.environ) as supervisor:
    try:
        child = supervisor.start(Words("一", "one"), "one", module, Path(ready).exists)
        supervisor.await_ready(child)
        print(child.process.pid, flush=True)
        supervisor.watch()
    except KeyboardInterrupt:
        pass
"""


@pytest.fixture(autouse=True)
def _handlers():
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture
def stubborn(tmp_path: Path) -> dict[str, str]:
    """An environment in which `python -m stubborn` does not want to stop."""
    (tmp_path / "stubborn.py").write_text(textwrap.dedent(STUBBORN))
    return {**os.environ, "PYTHONPATH": str(tmp_path)}


@pytest.fixture
def supervising(tmp_path, stubborn):
    """Starts another process that supervises; gives it and the child's id."""
    started = []

    def start(ready: Path, *module: str) -> tuple[subprocess.Popen[str], int]:
        command = [sys.executable, "-c", SUPERVISING, str(tmp_path), str(ready), *module]
        process = subprocess.Popen(command, env=stubborn, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process, int(process.stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def group_of(leader: int) -> list[int]:
    pids = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    return [pid for pid in pids if is_alive(pid) and _group(pid) == leader]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def wait_until(fact, seconds: float = 10) -> bool:
    """Look until something holds, for so long; what is waited for longer is looked for less often."""
    end = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > end:
            return False
        # Who asks a server all the time keeps it from what it is asked for.
        time.sleep(min(0.5, seconds / 200))
    return True


def test_a_child_runs_until_the_block_ends(tmp_path):
    port = choose_port(LOCALHOST, 18000, None)
    with Supervisor(tmp_path / "logs", os.environ) as supervisor:
        module = ["http.server", str(port), "--bind", LOCALHOST, "--directory", str(tmp_path)]
        child = supervisor.start(WEB, "web", module, lambda: answers(LOCALHOST, port, "/"))
        supervisor.await_ready(child)
        assert answers(LOCALHOST, port, "/")
    assert not answers(LOCALHOST, port, "/")
    assert not is_alive(child.process.pid)
    assert "GET /" in (tmp_path / "logs" / "web.log").read_text()


def test_a_child_that_ends_by_itself_is_named_with_its_log(tmp_path):
    with Supervisor(tmp_path, os.environ) as supervisor:
        child = supervisor.start(WEB, "web", ["no.such.module"], lambda: False)
        with pytest.raises(Mistake) as caught:
            supervisor.await_ready(child)
    assert caught.value.code == FAILED_OUTSIDE
    assert caught.value.words.zh == f"网页意外停止，其余部分也已停止；原因见 {tmp_path / 'web.log'}"
    assert "no.such" in (tmp_path / "web.log").read_text()


def test_a_child_that_never_gets_ready_is_named(tmp_path, stubborn):
    with Supervisor(tmp_path, stubborn, patience=0.2, grace=0.2) as supervisor:
        child = supervisor.start(WEB, "web", ["stubborn"], lambda: False)
        with pytest.raises(Mistake, match="did not get ready"):
            supervisor.await_ready(child)


def test_whatever_does_not_stop_is_killed_with_all_it_started(tmp_path, stubborn):
    second = tmp_path / "stubborn.py.2"
    with Supervisor(tmp_path, stubborn, grace=0.3) as supervisor:
        child = supervisor.start(WEB, "web", ["stubborn"], second.exists)
        supervisor.await_ready(child)
        assert len(group_of(child.process.pid)) == 2
    assert wait_until(lambda: group_of(child.process.pid) == [])


def test_the_log_of_the_time_before_is_kept(tmp_path):
    for _ in range(2):
        with Supervisor(tmp_path, os.environ) as supervisor, pytest.raises(Mistake):
            supervisor.await_ready(supervisor.start(WEB, "web", ["no.such.module"], lambda: False))
    assert (tmp_path / "web.log.1").read_text() == (tmp_path / "web.log").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_without_a_word(supervising, tmp_path, number):
    process, child = supervising(tmp_path, "timeit", "-n1", "-r1", "import time; time.sleep(60)")
    process.send_signal(number)
    assert process.wait(10) == 0
    assert not is_alive(child)


def test_a_second_signal_kills(supervising, tmp_path):
    process, child = supervising(tmp_path / "stubborn.py.2", "stubborn")
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(3) == 0
    assert wait_until(lambda: group_of(child) == [])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's end")
def test_children_end_when_their_supervisor_is_killed(supervising, tmp_path):
    process, child = supervising(tmp_path, "timeit", "-n1", "-r1", "import time; time.sleep(60)")
    process.kill()
    process.wait()
    assert wait_until(lambda: not is_alive(child))


def test_a_taken_port_is_passed_over_unless_it_was_asked_for():
    with socket.create_server((LOCALHOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert choose_port(LOCALHOST, port, None) > port
        with pytest.raises(Mistake, match=f"no free port at {LOCALHOST}: {port}"):
            choose_port(LOCALHOST, 8000, port)
