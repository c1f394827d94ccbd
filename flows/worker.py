"""A worker of a work pool: `python -m flows.worker --pool NAME` waits for runs and starts a process for each."""

import argparse
import os
import sys
from collections.abc import Sequence

from flows.server import client_environment, with_defaults
from flows.starting import settings_to_start


def main(arguments: Sequence[str] | None = None) -> None:
    """Become the worker."""
    parser = argparse.ArgumentParser(prog="python -m flows.worker", description="定时流程的工作进程")
    parser.add_argument("--pool", required=True, help="工作池")
    parser.add_argument("--name", help="名称，默认由 Prefect 取")
    parser.add_argument("--limit", type=int, default=4, help="同时运行的个数")
    options = parser.parse_args(arguments)
    environment = with_defaults(client_environment(settings_to_start().data), os.environ)
    command = [sys.executable, "-m", "prefect", "worker", "start", "--type", "process", "--pool", options.pool]
    command += ["--limit", str(options.limit), *(["--name", options.name] if options.name else [])]
    os.execve(sys.executable, command, environment)  # noqa: S606 - the process becomes the worker, no shell between


if __name__ == "__main__":
    main()
