import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows import server
from flows.server import client_environment, server_environment, with_defaults
from operations.guarding import guard_file, guard_of, is_this_machine

SHOW = """
import json
from prefect.settings import get_current_settings as current
server = current().server
print(json.dumps({
    "home": str(current().home),
    "database": server.database.connection_url.get_secret_value(),
    "memo": str(server.memo_store_path),
    "ephemeral": server.ephemeral.enabled,
    "analytics": server.analytics_enabled,
    "ui": [server.ui.enabled, server.ui.v2_enabled, server.ui.show_promotional_content, server.ui.api_url],
    "csrf": server.api.csrf_protection_enabled,
    "guarded": [bool(server.api.auth_string), bool(current().api.auth_string)],
    "origins": server.api.cors_allowed_origins,
    "leases": server.concurrency.lease_storage,
    "vacuum": sorted(server.services.db_vacuum.enabled),
    "retention": server.services.db_vacuum.retention_period.days,
}))
"""


@pytest.fixture
def took(tmp_path):
    """What Prefect makes of the environment: it ignores a misspelt name without a word."""

    def took(**more: str) -> dict:
        environment = with_defaults(server_environment(tmp_path), {"PATH": "", **more})
        shown = subprocess.run(
            [sys.executable, "-c", SHOW], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return json.loads(shown.stdout)

    return took


def test_every_setting_of_the_server_took(took, tmp_path):
    home = tmp_path / "prefect"
    assert took() == {
        "home": str(home),
        "database": f"sqlite+aiosqlite:///{home}/prefect.db",
        "memo": str(home / "memo_store.toml"),
        "ephemeral": False,
        "analytics": False,
        "ui": [True, False, False, "/api"],
        "csrf": True,
        "guarded": [False, False],
        "origins": "null",
        "leases": "prefect.server.concurrency.lease_storage.filesystem",
        "vacuum": ["events", "flow_runs"],
        "retention": 30,
    }


def test_an_administrator_can_set_it_otherwise(took):
    assert took(PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD="86400")["retention"] == 1


def test_clients_are_told_not_to_track_and_to_start_no_server_of_their_own():
    told = client_environment(Path("/data"))
    assert told["DO_NOT_TRACK"] == "1"
    assert told["PREFECT_SERVER_EPHEMERAL_ENABLED"] == "false"


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104 - read, not bound
        ("::", False),
        ("lan.example", False),
    ],
)
def test_only_this_machine_needs_no_password(host, alone):
    assert is_this_machine(host) is alone


def test_beyond_this_machine_the_server_asks_for_a_password_that_its_clients_know(took, tmp_path, monkeypatch):
    started = []
    monkeypatch.setenv("LINXUAN_DATA", str(tmp_path))
    monkeypatch.delenv("PREFECT_SERVER_API_AUTH_STRING", raising=False)
    monkeypatch.setattr("os.execve", lambda *given: started.append(given))
    server.main(["--port", "4999"])
    assert guard_of(tmp_path) is None
    for _ in range(2):
        server.main(["--host", "0.0.0.0", "--port", "4999"])  # noqa: S104 - read, not bound
    guard = guard_of(tmp_path)
    assert [one[2].get("PREFECT_SERVER_API_AUTH_STRING") for one in started] == [None, guard, guard]
    assert (guard.startswith("admin:"), len(guard) > 30, guard_file(tmp_path).stat().st_mode & 0o777) == (
        True,
        True,
        0o600,
    )
    # A list of processes shows commands.
    assert not [word for one in started for word in one[1] if guard in word]
    assert client_environment(tmp_path)["PREFECT_API_AUTH_STRING"] == guard
    assert took()["guarded"] == [True, True]


def test_a_password_that_an_administrator_set_is_the_one(tmp_path, monkeypatch):
    monkeypatch.setenv("LINXUAN_DATA", str(tmp_path))
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", "a:b")
    monkeypatch.setattr("os.execve", lambda *_given: None)
    server.main(["--host", "0.0.0.0"])  # noqa: S104 - read, not bound
    assert guard_of(tmp_path) is None
