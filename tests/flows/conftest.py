import gc
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shutil import copytree

import pytest
from prefect.settings import (
    PREFECT_HOME,
    PREFECT_SERVER_ANALYTICS_ENABLED,
    PREFECT_SERVER_DATABASE_CONNECTION_URL,
    PREFECT_SERVER_EPHEMERAL_ENABLED,
    PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_CANCELLING_TIMEOUT_SECONDS,
    PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL,
    temporary_settings,
)
from sqlalchemy.engine import make_url

from notifications.channels import MemoryChannel
from operations.rehearse import rehearse
from operations.settings import Settings, open_desk
from programs import load_program

#: What the flows are run on: 12 made-up nominations of a program that ships, played up to some instant.
PROGRAM = "luzhou-chief-technician-2019"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Prefect's clients be collected: they leave their last connection to the garbage collector."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"))


#: Seconds for which a server of the tests gathers events before it writes them down; else it is five.
GATHERS = 0.1

#: Seconds after which it takes a run that is being cancelled for cancelled; else it is five minutes.
CANCELLED_WITHIN = 1.0


@dataclass
class _Prefect:
    """The server of these tests while it runs, and a database as it was when nothing had happened."""

    running: ExitStack = field(default_factory=ExitStack)
    new: Path | None = None


_PREFECT = _Prefect()


@pytest.fixture(scope="module", autouse=True)
def new_prefect(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Start the server of these tests, and give a copy of its database as it was when nothing had happened."""
    if _PREFECT.new is None:
        _PREFECT.new = _PREFECT.running.enter_context(_serving(tmp_path_factory))
    return _PREFECT.new


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Stop the server once other tests follow: a server that nobody asks looks for work all the same."""
    if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
        _PREFECT.running.close()
        _PREFECT.new = None


@contextmanager
def _serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    # The server's own modules are many, and only who runs these tests needs them.
    from prefect.testing.utilities import prefect_test_harness  # noqa: PLC0415

    offline = {
        PREFECT_HOME: tmp_path_factory.mktemp("prefect"),
        PREFECT_SERVER_ANALYTICS_ENABLED: False,
        PREFECT_SERVER_EPHEMERAL_ENABLED: False,
        PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL: GATHERS,
        PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_CANCELLING_TIMEOUT_SECONDS: CANCELLED_WITHIN,
    }
    with pytest.MonkeyPatch.context() as patch, temporary_settings(offline):
        patch.setenv("DO_NOT_TRACK", "1")
        with prefect_test_harness(server_startup_timeout=120):
            new = tmp_path_factory.mktemp("new-prefect") / "prefect.db"
            made = make_url(PREFECT_SERVER_DATABASE_CONNECTION_URL.value()).database
            # Each server that starts without one would make its tables anew, by a hundred migrations.
            with closing(sqlite3.connect(made)) as source, closing(sqlite3.connect(new)) as copy:
                source.backup(copy)
            yield new


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """Collect what a run left while its warnings are still expected."""
    yield
    gc.collect()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings that the flows find in their environment: an empty folder."""
    for name in ("DATABASE", "KEY_FILE", "OUTBOX", "SMTP_HOST"):
        monkeypatch.delenv(f"LINXUAN_{name}", raising=False)
    monkeypatch.setenv("LINXUAN_DATA", str(tmp_path))
    return Settings()


@pytest.fixture(scope="session")
def _played_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Plays the program up to an instant into a folder, once for each."""
    known: dict[str, Path] = {}

    def play(until: str) -> Path:
        if until not in known:
            known[until] = folder = tmp_path_factory.mktemp("played")
            desk = open_desk(Settings(data=folder))
            program = load_program(PROGRAM)
            rehearse(desk, program, MemoryChannel(), nominations=12, seed=1, until=datetime.fromisoformat(until))
            desk.store.close()
        return known[until]

    return play


@pytest.fixture
def played(settings: Settings, _played_once: Callable[[str], Path]) -> Callable[[str], None]:
    """Gives a copy of the program as played up to an instant, all its reminders delivered."""

    def play(until: str) -> None:
        copytree(_played_once(until), settings.data, dirs_exist_ok=True)

    return play
