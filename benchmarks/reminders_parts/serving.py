"""A mail server in a process of its own, which can write down whose letters it has accepted."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP, Envelope, Session


class _Writing:
    """Writes each Message-ID down before it says that it has accepted the letter."""

    def __init__(self, accepted: Path) -> None:
        self._file = os.open(accepted, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        name = message_from_bytes(bytes(envelope.content or b""))["Message-ID"].strip("<>")
        os.write(self._file, f"{name}\n".encode())
        return "250 OK"


@contextmanager
def server(accepted: Path | None = None) -> Iterator[int]:
    """Run a mail server in a process of its own, writing down what it accepted; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "benchmarks.reminders_parts.serving", str(port), str(accepted or "")]
    with subprocess.Popen(  # noqa: S603 - our own
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as serving:
        try:
            if not serving.stdout or not serving.stdout.readline():
                raise SystemExit("the mail server did not start")
            yield port
        finally:
            serving.terminate()


def _serve(port: int, accepted: str) -> None:
    """Take mail in until whoever started this closes the door."""
    controller = Controller(_Writing(Path(accepted)) if accepted else Sink(), "127.0.0.1", port)
    controller.start()
    print("serving", flush=True)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2])
