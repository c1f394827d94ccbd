"""What holds for every run of the tests, wherever and however it is started.

In continuous integration a test that is skipped proves nothing, so there it fails the run and is named.
"""

import os
import signal
import threading

import pytest

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    # A run started in the background ignores Ctrl-C, and so would every process that the tests start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
