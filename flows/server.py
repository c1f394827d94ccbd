"""The Prefect server: private, offline, its things in the product's data folder; whole, or in parts on many machines.

`python -m flows.server --host H --port P` becomes the server of one machine. `--part api` becomes one of several that
answer, `--part services` what they leave to the background, `--part database` brings their database up to date and
ends. What the environment says already wins, so an administrator can give Prefect a database, a password or a longer
memory of its own.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from flows.starting import settings_to_start
from operations.guarding import guard_of, is_this_machine, make_guard

#: How long finished runs stay to be looked at. What they did stays in the product's own history.
RETENTION_DAYS = 21

#: How long Prefect keeps the events of runs that went as they should, which are most of what idle sweeps write. Its own
#: seven days hold for all other events, those of runs that failed among them.
ORDINARY_DAYS: Final = 2
_ORDINARY: Final = ("Scheduled", "Pending", "Submitting", "Running", "Completed", "heartbeat")

#: What a server is, and the command of Prefect that becomes it.
PARTS: Final[Mapping[str, Sequence[str]]] = {
    "all": ("start",),
    "api": ("start", "--no-services"),
    "services": ("services", "start"),
    "database": ("database", "upgrade", "--yes"),
}
_LISTENING: Final = ("all", "api")
#: Those that run beside others of their kind, on one database.
_BESIDE: Final = ("api", "services")
_DATABASES: Final = ("PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_SERVER_DATABASE_CONNECTION_URL")

#: A slot that a dead run held is freed even when the server was restarted meanwhile.
_ALONE: Final = {
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
}

#: What two that start at once would fail at. `--part database` brings the database up to date; the product uses none of
#: Prefect's own kinds of blocks, and somebody who does registers them with `prefect block register`.
_FOR_ONE: Final = {
    "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "false",
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
}


def client_environment(data: Path) -> dict[str, str]:
    """Return the settings of every process that speaks to Prefect."""
    guard = guard_of(data)
    return {
        **({"PREFECT_API_AUTH_STRING": guard} if guard else {}),
        "PREFECT_HOME": str(data / "prefect"),
        "DO_NOT_TRACK": "1",
        # A run says that it lives, so that a dead one is found out; `LINXUAN_SILENCE` is three times as long.
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        # A client without an address must fail, not start a server of its own.
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        # Somebody who starts a run by hand waits for it no longer than where `linxuan up` serves it.
        "PREFECT_WORKER_QUERY_SECONDS": "3",
    }


def server_environment(data: Path, redis: str | None = None) -> dict[str, str]:
    """Return the settings of the server, or of each part of one whose parts speak to each other through Redis."""
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
        # Prefect copies its pages once, by default beside its own code, where whoever runs it may not write.
        "PREFECT_UI_STATIC_DIRECTORY": str(home / "pages"),
        # The UI asks whichever address it was opened at, and no other page may drive the flows through its reader.
        "PREFECT_SERVER_UI_API_URL": "/api",
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        # Nobody's: a page in a sandboxed frame has the origin `null`, and an empty setting would allow all.
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": "https://none.invalid",
        **(_shared(redis) if redis else _ALONE),
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(RETENTION_DAYS * 24 * 3600),
        "PREFECT_SERVER_SERVICES_DB_VACUUM_EVENT_RETENTION_OVERRIDES": json.dumps(
            {f"prefect.flow-run.{one}": ORDINARY_DAYS * 24 * 3600 for one in _ORDINARY}
        ),
    }


def _shared(redis: str) -> dict[str, str]:
    """Return the settings of parts that share one database: events, leases and chores go through Redis."""
    return {
        "PREFECT_MESSAGING_BROKER": "prefect_redis.messaging",
        "PREFECT_MESSAGING_CACHE": "prefect_redis.messaging",
        "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
        "PREFECT_SERVER_WORKER_CHANNEL_CLEANUP_QUEUE_STORAGE": "prefect_redis.cleanup_queue",
        "PREFECT_REDIS_MESSAGING_URL": redis,
        "PREFECT_REDIS_WORKER_CLEANUP_QUEUE_URL": redis,
        "PREFECT_SERVER_DOCKET_URL": redis,
    }


def missing(part: str, environment: Mapping[str, str]) -> str | None:
    """Say what a part of a server lacks in this environment; nothing where it has all that it needs."""
    broker = environment.get("PREFECT_MESSAGING_BROKER", "")
    if broker.startswith("prefect_redis") and find_spec("prefect_redis") is None:
        return "没有安装 prefect-redis；请安装 linxuan[grown]"
    if part not in _BESIDE:
        return None
    if not broker:
        return "各部分分开运行时通过 Redis 互通，请设置 LINXUAN_REDIS，例如 redis://:密码@主机:6379/0"
    if not any(environment.get(name, "").startswith("postgresql") for name in _DATABASES):
        return f"各部分分开运行时共用一个 PostgreSQL 数据库，请设置 {_DATABASES[0]}"
    return None


def with_defaults(defaults: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which these settings hold wherever it does not say otherwise."""
    return {**defaults, **environment}


def main(arguments: Sequence[str] | None = None) -> None:
    """Become the server, or a part of it."""
    parser = argparse.ArgumentParser(prog="python -m flows.server", description="Prefect 服务")
    parser.add_argument("--part", choices=tuple(PARTS), default="all", help="只做其中一部分")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址")
    parser.add_argument("--port", type=int, default=4200, help="端口")
    options = parser.parse_args(arguments)
    settings = settings_to_start()
    listens = options.part in _LISTENING
    # Whoever reaches Prefect can start every flow: beyond this machine it asks for a password.
    if listens and not is_this_machine(options.host) and not os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        make_guard(settings.data)
    redis = settings.redis.get_secret_value() if settings.redis else None
    defaults = server_environment(settings.data, redis)
    if options.part in _BESIDE:
        defaults |= _FOR_ONE
    environment = with_defaults(defaults, os.environ)
    if lack := missing(options.part, environment):
        parser.error(lack)
    Path(environment["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "flows.privately", "server", *PARTS[options.part]]
    if listens:
        command += ["--host", options.host, "--port", str(options.port)]
    os.execve(sys.executable, command, environment)  # noqa: S606 - the process becomes the server, no shell between


if __name__ == "__main__":
    main()
