"""Finding free ports, and asking whether somebody answers at one."""

import http.client
import socket
from contextlib import closing

from cli.face import FAILED_OUTSIDE, Mistake
from programs import Words

#: How many ports are tried from the usual one on.
_TRIES = 100

#: Where to ask a server that listens everywhere.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


def choose_port(host: str, usual: int, asked: int | None) -> int:
    """Return the port that was asked for, else the first free one from the usual one on; raises `Mistake`."""
    for port in [asked] if asked else range(usual, usual + _TRIES):
        if _is_free(host, port):
            return port
    words = Words("在 {host} 上没有空闲的端口：{port}", "there is no free port at {host}: {port}")
    raise Mistake(words.format(host=host, port=asked or f"{usual}–{usual + _TRIES - 1}"), FAILED_OUTSIDE)


def address(host: str, port: int) -> str:
    """Return the URL at which a browser on this machine finds a server."""
    seen = _EVERYWHERE.get(host, host)
    return f"http://[{seen}]:{port}" if ":" in seen else f"http://{seen}:{port}"


def answers(host: str, port: int, path: str) -> bool:
    """Whether a server answers there, and not with a failure of its own."""
    with closing(http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=5)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # A port whose last connections are still winding down is free for a server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
