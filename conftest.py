"""What holds for every run of the tests, wherever and however it is started.

In continuous integration a test that is skipped proves nothing, so there it fails the run and is named.
"""

import gc
import os
import signal
import threading
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

#: What takes longest is begun first, so that no worker has it before it when the others are done: a folder whose tests
#: share a server that is slow to start, and files of few but long tests.
_FIRST = (
    "tests/flows/",
    "tests/grown/",
    "tests/cli/test_up.py",
    "tests/console/test_five_programs.py",
    "tests/console/test_browser.py",
    "tests/store/test_migrations.py",
    "tests/operations/test_engine_model.py",
    "tests/operations/test_killed.py",
    "tests/console/test_rush.py",
    "tests/console/test_serving.py",
    "tests/operations/test_demo.py",
    "tests/cli/test_acceptance.py",
    "tests/operations/test_migrate.py",
)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    # A run started in the background ignores Ctrl-C, and so would every process that the tests start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first."""
    items.sort(key=lambda item: next((i for i, file in enumerate(_FIRST) if item.nodeid.startswith(file)), len(_FIRST)))


# What is imported and collected is millions of objects that stay: looking for garbage among them costs a fifth.
gc.disable()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the garbage collector pass over all that was imported and collected, and look less often at the rest."""
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> "LoadScopeScheduling | None":
    """Give each worker whole files, in the order of the items, and one worker all that shares Prefect's server."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - where xdist is not installed, nobody asks

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "tests/flows" if nodeid.startswith("tests/flows/") else nodeid.partition("::")[0]

    config.option.loadscopereorder = False
    return Scheduling(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was skipped, and say that it counts."""
    names = _counting(terminalreporter)
    if names:
        terminalreporter.section("skipped tests fail this run, because CI is set", red=True)
        for name in names:
            terminalreporter.line(name)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that passed but for what it skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    undecided = session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    # A worker process has no reporter; the process that it reports to decides.
    if undecided and reporter is not None and _counting(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _counting(reporter: pytest.TerminalReporter) -> list[str]:
    """Return the skipped tests that count as failures."""
    return sorted({report.nodeid for report in reporter.getreports("skipped")}) if os.environ.get("CI") else []
