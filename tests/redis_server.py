"""A Redis server for the tests, which is gone when they are, however they end."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import NoServerError

PASSWORD = "secret-of-the-tests"  # noqa: S105 - the server lives as long as the tests do

#: Runs the server until the pipe from the tests closes: they ended, or were killed. Then nothing of it is left.
_GUARD = """
folder=$1; shift
"$@" </dev/null >"$folder/log" 2>&1 &
server=$!
read -r _
kill -KILL "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"""


@contextmanager
def redis_serving() -> Iterator[str]:
    """Start a Redis of its own and give its URL, then stop it; raises `NoServerError` where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        raise NoServerError("Redis is not installed; install the Debian package redis-server")
    folder = Path(tempfile.mkdtemp(prefix="linxuan-redis-", dir="/tmp"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    command = [program, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", ""]
    command += ["--appendonly", "no", "--requirepass", PASSWORD]
    with subprocess.Popen(
        ["sh", "-c", _GUARD, "guard", folder, *command],
        stdin=subprocess.PIPE,
        # Ctrl-C is for the tests, which then let go of the pipe.
        start_new_session=True,
    ) as guard:
        try:
            yield f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
        finally:
            guard.stdin.close()
            guard.wait(30)
