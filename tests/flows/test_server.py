import asyncio
import json
import subprocess
import sys
from pathlib import Path

import httpx
import prefect
import pytest
from prefect.settings import PREFECT_SERVER_UI_V2_ENABLED, PREFECT_UI_STATIC_DIRECTORY, temporary_settings
from starlette.middleware.cors import CORSMiddleware

from flows import server
from flows.privately import leave_out_pages_that_call_out
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
    "pages": server.ui.static_directory,
    "origins": server.api.cors_allowed_origins,
    "leases": server.concurrency.lease_storage,
    "vacuum": sorted(server.services.db_vacuum.enabled),
    "retention": server.services.db_vacuum.retention_period.days,
    "events": {name: kept.days for name, kept in server.services.db_vacuum.event_retention_overrides.items()},
    "messages": [server.events.messaging_broker, server.events.messaging_cache, server.events.causal_ordering],
    "cleanup": server.worker_channel.cleanup_queue_storage,
    "docket": server.docket.url,
    "looking": current().worker.query_seconds,
}))
"""

MEMORY = "prefect.server.utilities.messaging.memory"
REDIS = "redis://:secret@redis.example:6379/0"
POSTGRESQL = {"PREFECT_API_DATABASE_CONNECTION_URL": "postgresql+asyncpg://prefect@db.example/prefect"}


@pytest.fixture
def took(tmp_path):
    """What Prefect makes of the environment: it ignores a misspelt name without a word."""

    def took(redis: str | None = None, **more: str) -> dict:
        environment = with_defaults(server_environment(tmp_path, redis), {"PATH": "", **more})
        shown = subprocess.run(
            [sys.executable, "-c", SHOW], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return json.loads(shown.stdout)

    return took


def test_every_setting_of_the_server_took(took, tmp_path):
    home = tmp_path / "prefect"
    assert took() == {
        "home": str(home),
        # Not beside Prefect's own code, where only the administrator writes.
        "pages": str(home / "pages"),
        "database": f"sqlite+aiosqlite:///{home}/prefect.db",
        "memo": str(home / "memo_store.toml"),
        "ephemeral": False,
        "analytics": False,
        "ui": [True, False, False, "/api"],
        "csrf": True,
        "guarded": [False, False],
        "origins": "https://none.invalid",
        "leases": "prefect.server.concurrency.lease_storage.filesystem",
        "vacuum": ["events", "flow_runs"],
        "retention": 21,
        "events": {
            f"prefect.flow-run.{one}": 2
            for one in ("Scheduled", "Pending", "Submitting", "Running", "Completed", "heartbeat")
        },
        "messages": [MEMORY, MEMORY, "prefect.server.events.ordering.memory"],
        "cleanup": "prefect.server.worker_communication.cleanup_queue.memory",
        "docket": "memory://",
        "looking": 3,
    }


def test_parts_of_a_server_speak_to_each_other_through_redis(took):
    shown = took(REDIS)
    assert [shown[key] for key in ("messages", "leases", "cleanup", "docket")] == [
        ["prefect_redis.messaging", "prefect_redis.messaging", "prefect_redis.ordering"],
        "prefect_redis.lease_storage",
        "prefect_redis.cleanup_queue",
        REDIS,
    ]


@pytest.fixture
def became(tmp_path, monkeypatch):
    """What a part of a server becomes: the command after `prefect server`, and its environment."""

    def became(*arguments: str, **environment: str) -> tuple[list[str], dict[str, str]]:
        started: list[tuple] = []
        for name in (*POSTGRESQL, "PREFECT_SERVER_API_AUTH_STRING", "LINXUAN_REDIS"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"LINXUAN_DATA": str(tmp_path), **environment}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("os.execve", lambda *given: started.append(given))
        server.main(arguments)
        [(_, command, settings)] = started
        assert command[1:4] == ["-m", "flows.privately", "server"]
        return command[4:], settings

    return became


@pytest.mark.parametrize(
    ("part", "command", "migrates"),
    [
        ("all", ["start", "--host", "127.0.0.1", "--port", "4999"], None),
        ("api", ["start", "--no-services", "--host", "127.0.0.1", "--port", "4999"], "false"),
        ("services", ["services", "start"], "false"),
        ("database", ["database", "upgrade", "--yes"], None),
    ],
)
def test_a_part_becomes_its_command_of_prefect(became, part, command, migrates):
    done, settings = became("--part", part, "--port", "4999", LINXUAN_REDIS=REDIS, **POSTGRESQL)
    for_one = ("PREFECT_SERVER_DATABASE_MIGRATE_ON_START", "PREFECT_API_BLOCKS_REGISTER_ON_START")
    assert (done, {settings.get(name) for name in for_one}) == (command, {migrates})
    assert settings["PREFECT_REDIS_MESSAGING_URL"] == REDIS


@pytest.mark.parametrize("part", ["api", "services"])
@pytest.mark.parametrize(
    ("environment", "lacks"),
    [(POSTGRESQL, "LINXUAN_REDIS"), ({"LINXUAN_REDIS": REDIS}, "PREFECT_API_DATABASE_CONNECTION_URL")],
)
def test_parts_that_could_not_share_do_not_start(became, capsys, part, environment, lacks):
    with pytest.raises(SystemExit):
        became("--part", part, **environment)
    told = capsys.readouterr().err
    assert (lacks in told, "secret" in told) == (True, False)


def test_redis_without_its_package_is_told_before_anything_starts(became, capsys, monkeypatch):
    monkeypatch.setattr(server, "find_spec", lambda _name: None)
    with pytest.raises(SystemExit):
        became(LINXUAN_REDIS=REDIS)
    assert "linxuan[grown]" in capsys.readouterr().err


def test_no_page_of_another_origin_is_let_in(tmp_path):
    """A page in a sandboxed frame has the origin `null`, so that word does not stand for nobody."""
    allowed = server_environment(tmp_path)["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"]
    door = CORSMiddleware(None, allow_origins=allowed.split(","))
    assert [door.is_allowed_origin(one) for one in ("null", "http://elsewhere.example", "https://none.invalid")] == [
        False,
        False,
        True,
    ]


def test_pages_that_call_out_are_neither_served_nor_offered(tmp_path, monkeypatch):
    # Only who runs these tests needs the server's own modules.
    from prefect.server.api.server import create_ui_app  # noqa: PLC0415

    monkeypatch.setattr(prefect, "__ui_v2_static_path__", prefect.__ui_v2_static_path__)
    with temporary_settings({PREFECT_UI_STATIC_DIRECTORY: str(tmp_path), PREFECT_SERVER_UI_V2_ENABLED: False}):
        leave_out_pages_that_call_out()
        pages = httpx.AsyncClient(transport=httpx.ASGITransport(create_ui_app(ephemeral=False)), base_url="http://here")
        told = asyncio.run(pages.get("/ui-settings")).json()
    assert (told["available_uis"], told["v2_base_url"]) == (["v1"], None)


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
