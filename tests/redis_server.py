"""A Redis server for the tests, which is gone when they are, however they end."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from redis import Redis as Client

from tests.postgres import NoServerError

PASSWORD = "secret-of-the-tests"  # noqa: S105 - the server lives as long as the tests do

#: Runs the server until the pipe from the tests closes: they ended, or were killed. Then nothing of it is left. A line
#: through the pipe kills the server, and the next one starts another in its place.
_GUARD = """
folder=$1; shift
while
    "$@" </dev/null >>"$folder/log" 2>&1 &
    server=$!
    read -r _
do
    kill -KILL "$server"
    wait "$server"
    read -r _ || break
done
kill -KILL "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"""


@dataclass
class Redis:
    """A running Redis, which keeps on disk what it is given."""

    url: str
    port: int
    guard: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """Kill it."""
        self._tell()
        while self._answers():
            time.sleep(0.01)

    def start_again(self) -> None:
        """Start it again, with what it had on disk."""
        self._tell()
        self.wait()

    def let_time_pass(self) -> None:
        """Forget which events were seen, as it does by itself after five minutes."""
        with Client.from_url(self.url) as client:
            seen = list(client.scan_iter("message:*:*"))
            assert seen
            client.delete(*seen)

    def wait(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + 30
        while not self._answers():
            assert time.monotonic() < until
            time.sleep(0.01)

    def _tell(self) -> None:
        self.guard.stdin.write(b"\n")
        self.guard.stdin.flush()

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
            return True
        return False


@contextmanager
def redis_serving() -> Iterator[Redis]:
    """Start a Redis of its own, then stop it; raises `NoServerError` where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        raise NoServerError("Redis is not installed; install the Debian package redis-server")
    folder = Path(tempfile.mkdtemp(prefix="linxuan-redis-", dir="/tmp"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    command = [program, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", ""]
    command += ["--appendonly", "yes", "--requirepass", PASSWORD]
    with subprocess.Popen(
        ["sh", "-c", _GUARD, "guard", folder, *command],
        stdin=subprocess.PIPE,
        # Ctrl-C is for the tests, which then let go of the pipe.
        start_new_session=True,
    ) as guard:
        try:
            redis = Redis(f"redis://:{PASSWORD}@127.0.0.1:{port}/0", port, guard)
            redis.wait()
            yield redis
        finally:
            guard.stdin.close()
            guard.wait(30)
