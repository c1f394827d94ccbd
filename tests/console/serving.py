"""The console as its own process, as `linxuan up` starts it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Served:
    process: subprocess.Popen[str]
    address: str


@contextmanager
def serving(database: str, host: str = "127.0.0.1", **environment: str) -> Iterator[Served]:
    """Serve on a free port of a host until the block ends; the address is what the process printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "console", "--host", host, "--port", "0", "--database", database],
        cwd=ROOT,
        # One process, but where several are what is tested: each costs its own.
        env={**os.environ, "LINXUAN_LANG": "zh", "LINXUAN_CONSOLE_WORKERS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield Served(process, process.stdout.readline().strip())
    finally:
        process.terminate()
        process.communicate(timeout=20)
