"""The Prefect server of one machine: private, offline, its things in the product's data folder.

`python -m flows.server --host H --port P` becomes the server. What the environment says already wins, so an
administrator can give Prefect a database, a password or a longer memory of its own.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from operations.guarding import guard_of, is_this_machine, make_guard
from operations.settings import Settings

#: How long finished runs stay to be looked at. What they did stays in the product's own history.
RETENTION_DAYS = 30


def client_environment(data: Path) -> dict[str, str]:
    """Return the settings of every process that speaks to Prefect."""
    guard = guard_of(data)
    return {
        **({"PREFECT_API_AUTH_STRING": guard} if guard else {}),
        "PREFECT_HOME": str(data / "prefect"),
        "DO_NOT_TRACK": "1",
        # A run says that it lives, so that a dead one is found out; `flows.automations` waits three times as long.
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        # A client without an address must fail, not start a server of its own.
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    }


def server_environment(data: Path) -> dict[str, str]:
    """Return the settings of the server."""
    home, guard = data / "prefect", guard_of(data)
    return {
        **client_environment(data),
        **({"PREFECT_SERVER_API_AUTH_STRING": guard} if guard else {}),
        "PREFECT_SERVER_MEMO_STORE_PATH": str(home / "memo_store.toml"),
        # Nothing is sent or fetched beyond this machine: the second version of the UI calls out, the first does not.
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_ENABLED": "true",
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # The UI asks whichever address it was opened at, and no other page may drive the flows through its reader.
        "PREFECT_SERVER_UI_API_URL": "/api",
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": "null",
        # A slot that a dead run held is freed even when the server was restarted meanwhile.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(RETENTION_DAYS * 24 * 3600),
    }


def with_defaults(defaults: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which these settings hold wherever it does not say otherwise."""
    return {**defaults, **environment}


def main(arguments: Sequence[str] | None = None) -> None:
    """Become the server."""
    parser = argparse.ArgumentParser(prog="python -m flows.server", description="Prefect 服务")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址")
    parser.add_argument("--port", type=int, default=4200, help="端口")
    options = parser.parse_args(arguments)
    # Whoever reaches Prefect can start every flow: beyond this machine it asks for a password.
    if not is_this_machine(options.host) and not os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        make_guard(Settings().data)
    environment = with_defaults(server_environment(Settings().data), os.environ)
    Path(environment["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", options.host, "--port", str(options.port)]
    os.execve(sys.executable, command, environment)  # noqa: S606 - the process becomes the server, no shell between


if __name__ == "__main__":
    main()
