"""The servers that are asked: the console as its unit starts it, and a bare page of the same size as the floor."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

ROOT: Final = Path(__file__).parents[2]
_KEY: Final = bytes(range(32)).hex()

#: FastAPI and uvicorn with a page that is ready: no database, no template, no session.
_BARE: Final = """
import socket, sys
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

app = FastAPI(openapi_url=None)

@app.get("/{size}")
def page(size: int) -> HTMLResponse:
    return HTMLResponse("x" * size)

listener = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
uvicorn.Server(config).run(sockets=[listener])
"""


@contextmanager
def console(url: URL, data: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Serve the console by its own command, as `linxuan up` and its systemd unit do. Gives its port."""
    address = url.render_as_string(hide_password=False)
    with _serving([sys.executable, "-m", "console", "--port", "0", "--database", address], data) as served:
        yield served


@contextmanager
def bare() -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Serve pages of a size that the address names. Gives the port."""
    with _serving([sys.executable, "-c", _BARE], None) as served:
        yield served


@contextmanager
def _serving(command: list[str], data: Path | None) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    own = {"LINXUAN_DATA": str(data), "LINXUAN_FILES": str(data / "files"), "LINXUAN_KEY": _KEY} if data else {}
    environment = {**os.environ, "LINXUAN_LANG": "zh", **own}
    process = subprocess.Popen(  # noqa: S603 - our own commands
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        address = process.stdout.readline().strip()
        if not address:
            raise SystemExit("the server did not start")
        yield int(address.rpartition(":")[2]), process
    finally:
        process.terminate()
        process.wait(30)


def memory_of(process: subprocess.Popen[str]) -> list[float]:
    """Return the most memory that each process of a server held that serves, in MiB, where Linux tells it."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    serving = children.read_text().split() if children.exists() else []
    found = []
    for one in serving or [str(process.pid)]:
        status = Path(f"/proc/{one}/status")
        lines = status.read_text().splitlines() if status.exists() else []
        found += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")]
    return found
