"""`python -m console`: serves the console until it is told to stop."""

import argparse
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from ipaddress import ip_address
from types import FrameType
from typing import Final

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from typing_extensions import override

from console.app import create_app
from console.guard import LOOPBACK_HOSTS
from console.signing import Doors
from deadlines.zone import SHANGHAI
from operations.identity_provider import IdentityProvider
from operations.providers import provided_by
from operations.results import UnknownError
from operations.settings import Settings, open_channel, open_desk
from programs import Words

#: How many requests are worked on side by side; the others wait their turn, in which no deadline passes for them
#: (`console.arriving`). More would only wait for each other.
THREADS: Final = 12

#: Exit codes, as those of the command line.
_WRONG_USAGE, _FAILED_OUTSIDE = 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; returns the exit code."""
    language = "en" if os.environ.get("LINXUAN_LANG", "").lower().startswith("en") else "zh"
    given = _parse(arguments, language)
    settings = Settings()
    if given.database:
        settings = settings.model_copy(update={"database": given.database})
    try:
        required = settings.second_factor_roles
        provided = provided_by(settings)
        desk = open_desk(settings)
        listener = _listen(given.host, given.port)
    except UnknownError as error:
        return _fail(error.words, language, _FAILED_OUTSIDE if error.outside else _WRONG_USAGE)
    except OSError as error:
        words = Words("不能在 {host} 端口 {port} 提供控制台：{error}", "cannot serve at {host} port {port}: {error}")
        return _fail(words.format(host=given.host, port=given.port, error=error), language, _FAILED_OUTSIDE)
    desk.clear_scratch(datetime.now(SHANGHAI))
    host = f"[{given.host}]" if ":" in given.host else given.host
    app = create_app(
        desk,
        lambda: datetime.now(SHANGHAI),
        language=language,
        hosts=LOOPBACK_HOSTS | {host} if _is_loopback(given.host) else None,
        address=settings.console_url,
        second_factor=required,
        doors=Doors(settings.password_sign_in, IdentityProvider(provided) if provided else None),
        channel=open_channel(settings),
    )
    print(f"http://{host}:{listener.getsockname()[1]}", flush=True)  # noqa: T201 - whoever starts it reads the address here
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="off",
            # Who tries passwords is told apart by address, which a server in front would hide.
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=settings.proxies or None,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
    # uvicorn finishes what it is answering, then raises the signal again: a stop that was asked for is no failure.
    signal.signal(signal.SIGTERM, _stop)
    try:
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    finally:
        desk.store.close()
    return 0


class _Server(uvicorn.Server):
    """Answers as many requests side by side as helps: they share one interpreter, and each needs a connection."""

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        current_default_thread_limiter().total_tokens = THREADS
        await super().startup(sockets)


def _parse(arguments: Sequence[str] | None, language: str) -> argparse.Namespace:
    def say(zh: str, en: str) -> str:
        return Words(zh, en).in_language(language)

    parser = argparse.ArgumentParser(prog="python -m console", description=say("启动控制台。", "Serve the console."))
    parser.add_argument("--host", default="127.0.0.1", help=say("监听地址，默认只限本机", "default: this machine only"))
    parser.add_argument("--port", type=int, default=8000, help=say("端口，0 为任意空闲端口", "0 takes any free one"))
    parser.add_argument("--database", metavar="URL", help=say("数据库地址，默认内置库", "default: the embedded one"))
    return parser.parse_args(arguments)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _fail(words: Words, language: str, code: int) -> int:
    print(words.in_language(language), file=sys.stderr)  # noqa: T201 - the reason, to whoever started it
    return code


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
