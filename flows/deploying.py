"""Brings the declarations to a Prefect server whose workers run elsewhere: `python -m flows.deploying --pool NAME`."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence

import httpx

from flows.server import client_environment, with_defaults
from flows.starting import language, settings_to_start
from operations.guarding import shown_address
from programs import Words

#: Exit codes, as those of the command line.
DONE, FAILED_OUTSIDE = 0, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy everything, and print what was deployed as JSON."""
    parser = argparse.ArgumentParser(prog="python -m flows.deploying", description="部署定时流程")
    parser.add_argument("--pool", required=True, help="工作池")
    options = parser.parse_args(arguments)
    os.environ.update(with_defaults(client_environment(settings_to_start().data), os.environ))
    from flows.serving import deploy_to_pool  # noqa: PLC0415 - Prefect reads the environment when imported

    try:
        deployed = asyncio.run(deploy_to_pool(options.pool))
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError, ValueError) as error:
        sys.stderr.write(f"{refusal_of(error, os.environ.get('PREFECT_API_URL', '')).in_language(language())}\n")
        return FAILED_OUTSIDE
    sys.stdout.write(json.dumps({"pool": options.pool, "deployments": sorted(deployed)}, ensure_ascii=False) + "\n")
    return DONE


def refusal_of(error: Exception, url: str) -> Words:
    """Say why a server at `url` has not taken the declarations, and what to do; no password is among the words.

    The texts of errors are Prefect's and httpx's own: they may quote the address with a password in it, so the kind of
    an error and a server's status are told in their place.
    """
    where = shown_address(url)
    status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.InvalidURL)) or not url.startswith(("http://", "https://")):
        words = Words(
            "PREFECT_API_URL（{where}）不是网址；请写成 http://主机:4200/api",
            "PREFECT_API_URL ({where}) is no address; write it like http://host:4200/api",
        )
    elif isinstance(error, httpx.TransportError):
        words = Words(
            "{where} 没有应答（{kind}）；请启动那里的 Prefect 服务，或核对 PREFECT_API_URL 的主机和端口，再部署一次",
            "{where} does not answer ({kind}); start Prefect's server there, or check the host and port of "
            "PREFECT_API_URL, and deploy again",
        )
    elif status == httpx.codes.UNAUTHORIZED:
        words = Words(
            "{where} 要求密码，或密码不对；请设置 PREFECT_API_AUTH_STRING=用户名:密码，与服务端的相同",
            "{where} asks for a password, or for another one; set PREFECT_API_AUTH_STRING=user:password, "
            "as the server has it",
        )
    elif status is not None and status >= httpx.codes.INTERNAL_SERVER_ERROR:
        words = Words(
            "{where} 出错（{status}）；请查看那里的日志，稍后再部署一次",
            "{where} failed ({status}); look into its log, and deploy again later",
        )
    else:
        words = Words(
            "{where} 的应答不是 Prefect 的（{status}）；请核对主机和端口，网址以 /api 结尾，Prefect 的版本与这里相同",
            "what answers at {where} is not Prefect ({status}); check host and port, that the address ends with /api, "
            "and that its Prefect is of this version",
        )
    return words.format(where=where, kind=type(error).__name__, status=status or type(error).__name__)


if __name__ == "__main__":
    raise SystemExit(main())
