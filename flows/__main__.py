"""Serves every deployment against the Prefect server at `PREFECT_API_URL`: `python -m flows`."""

import argparse
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from flows.server import client_environment, with_defaults
from flows.starting import desk_to_start, settings_to_start
from operations.settings import Settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m flows", description="运行定时流程")
    parser.add_argument("--ready", type=Path, metavar="FILE", help="开始运行后创建这个文件")
    options = parser.parse_args(arguments)
    os.environ.update(with_defaults(client_environment(settings_to_start().data), os.environ))
    # A new database is made ready here, once: the first runs start together.
    desk_to_start(Settings()).store.close()
    # Whoever sends tables finds their folder before the first run.
    with suppress(OSError):
        Settings().intake_folder.mkdir(parents=True, exist_ok=True)
    from flows.serving import serve  # noqa: PLC0415 - Prefect reads the environment as it is imported

    serve(options.ready)


if __name__ == "__main__":
    main()
