import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows.server import client_environment, server_environment, with_defaults

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
