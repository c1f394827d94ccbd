"""`python -m console`: serves the console until it is told to stop."""

import argparse
import gc
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
from console.pages import Pages
from console.signing import Doors
from console.workers import processors, serve_in
from deadlines.zone import SHANGHAI
from operations.channels import open_channel
from operations.desk import Desk
from operations.identity_provider import IdentityProvider
from operations.providers import provided_by
from operations.results import UnknownError
from operations.settings import open_desk, read_settings
from programs import Words

#: How many requests are worked on side by side, by all processes together; the others wait their turn, in which no
#: deadline passes for them (`console.arriving`). More would only wait for each other. A process has `FEWEST` at least.
THREADS: Final = 12
FEWEST: Final = 4
#: How many connections wait to be taken.
BACKLOG: Final = 2048
#: For how many seconds a connection is kept on which nobody asks anything. Clients give theirs up sooner: where both do
#: at the same moment, one asks what the other never reads.
IDLE: Final = 75
#: What each connection to SQLite keeps of the database by itself, in KiB: there are as many as requests side by side.
CACHE: Final = 8192

#: Exit codes, as those of the command line.
_WRONG_USAGE, _FAILED_OUTSIDE = 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; returns the exit code."""
    language = "en" if os.environ.get("LINXUAN_LANG", "").lower().startswith("en") else "zh"
    given = _parse(arguments, language)
    try:
        settings = read_settings()
        if given.database:
            settings = settings.model_copy(update={"database": given.database})
        required = settings.second_factor_roles
        provided = provided_by(settings)
        desk = open_desk(settings, cache=CACHE)
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
        hosts=LOOPBACK_HOSTS | {host.lower()} | settings.hosts if _is_loopback(given.host) else None,
        address=settings.console_url,
        second_factor=required,
        doors=Doors(settings.password_sign_in, IdentityProvider(provided) if provided else None),
        channel=open_channel(settings),
    )
    print(f"http://{host}:{listener.getsockname()[1]}", flush=True)  # noqa: T201 - whoever starts it reads the address here
    workers = given.workers or settings.console_workers or processors()
    if workers > 1:
        Pages().prepare()
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
            timeout_keep_alive=IDLE,
            # One connection is taken at a time, so that a process that is busy leaves the next one to another.
            backlog=1,
        ),
        threads=max(THREADS // workers, FEWEST),
    )
    # What there is now stays: looking through it for what is not needed any more would hold pages up, again and again.
    # And a page makes tens of thousands of objects, nearly all gone with it: they are looked through less often.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    if workers > 1 and hasattr(os, "fork"):
        # It is made once for all processes; but no connection is shared by two.
        desk.store.close()
        return serve_in(workers, lambda: _serve(server, listener, desk))
    # uvicorn finishes what it is answering, then raises the signal again: a stop that was asked for is no failure.
    signal.signal(signal.SIGTERM, _stop)
    with suppress(KeyboardInterrupt):
        _serve(server, listener, desk)
    return 0


def _serve(server: "_Server", listener: socket.socket, desk: Desk) -> None:
    try:
        server.run(sockets=[listener])
    finally:
        desk.store.close()


class _Listener(socket.socket):
    """Takes one connection at a time, as it is told, but has many wait for that, which is one number elsewhere."""

    @override
    def listen(self, backlog: int = BACKLOG, /) -> None:
        super().listen(max(backlog, BACKLOG))


class _Server(uvicorn.Server):
    """Answers as many requests side by side as helps: they share one interpreter, and each needs a connection."""

    def __init__(self, config: uvicorn.Config, threads: int) -> None:
        super().__init__(config)
        self._threads = threads

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        current_default_thread_limiter().total_tokens = self._threads
        await super().startup(sockets)


def _parse(arguments: Sequence[str] | None, language: str) -> argparse.Namespace:
    def say(zh: str, en: str) -> str:
        return Words(zh, en).in_language(language)

    parser = argparse.ArgumentParser(prog="python -m console", description=say("启动控制台。", "Serve the console."))
    parser.add_argument("--host", default="127.0.0.1", help=say("监听地址，默认只限本机", "default: this machine only"))
    parser.add_argument("--port", type=int, default=8000, help=say("端口，0 为任意空闲端口", "0 takes any free one"))
    parser.add_argument("--database", metavar="URL", help=say("数据库地址，默认内置库", "default: the embedded one"))
    workers = say("进程数，默认与处理器数相同，至多 4", "processes; default: one for each processor, up to 4")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help=workers)
    return parser.parse_args(arguments)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.create_server((host, port), family=family, backlog=BACKLOG)
    return _Listener(fileno=made.detach())


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
