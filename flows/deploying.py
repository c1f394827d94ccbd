"""Brings the declarations to a Prefect server whose workers run elsewhere: `python -m flows.deploying --pool NAME`."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence

import httpx

from flows.server import client_environment, with_defaults
from flows.starting import settings_to_start

#: Exit codes, as those of the command line.
DONE, FAILED_OUTSIDE = 0, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy everything, and print what was deployed as JSON."""
    parser = argparse.ArgumentParser(prog="python -m flows.deploying", description="部署定时流程")
    parser.add_argument("--pool", required=True, help="工作池")
    options = parser.parse_args(arguments)
    os.environ.update(with_defaults(client_environment(settings_to_start().data), os.environ))
    from prefect.exceptions import PrefectHTTPStatusError  # noqa: PLC0415 - Prefect reads the environment when imported

    from flows.serving import deploy_to_pool  # noqa: PLC0415

    try:
        deployed = asyncio.run(deploy_to_pool(options.pool))
    except (httpx.HTTPError, PrefectHTTPStatusError, RuntimeError) as error:
        # A header may hold a password; an error's text names the address and the status alone.
        sys.stderr.write(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}\n")
        return FAILED_OUTSIDE
    sys.stdout.write(json.dumps({"pool": options.pool, "deployments": sorted(deployed)}, ensure_ascii=False) + "\n")
    return DONE


if __name__ == "__main__":
    raise SystemExit(main())
