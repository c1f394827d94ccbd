"""Processes that live and die together: started one by one, watched, and stopped in reverse order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

from cli.face import FAILED_OUTSIDE, Mistake
from programs import Words

#: Seconds between two looks at the children.
_GLANCE = 0.1


@dataclass(frozen=True)
class Child:
    """A process of the product: what people call it, where it writes, and whether it is ready."""

    name: Words
    log: Path
    process: subprocess.Popen[bytes]
    ready: Callable[[], bool]


class Supervisor:
    """Holds the children, each in a process group of its own. However the block ends, none of them goes on running.

    While it is entered, the first SIGINT, SIGTERM or SIGHUP raises `KeyboardInterrupt`; the next kills what is left.
    A child has `patience` seconds to become ready, and `grace` seconds to stop by itself.
    """

    def __init__(self, logs: Path, environment: Mapping[str, str], *, patience: float = 180, grace: float = 6) -> None:
        self._logs = logs
        self._environment = dict(environment)
        self._patience = patience
        self._grace = grace
        self._children: list[Child] = []
        self._stopping = False

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
            signal.signal(signal.SIGHUP, self._on_signal)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping = True
        while self._children:
            child = self._children[-1]
            child.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(self._grace)
            _kill(child)
            child.process.wait()
            self._children.pop()

    def start(
        self,
        name: Words,
        log: str,
        module: Sequence[str],
        ready: Callable[[], bool],
        told: Mapping[str, str] | None = None,
    ) -> Child:
        """Start `python -m module …`. Its output goes to a log of its own; the last one stays beside it.

        `told` are variables that it is given beside the environment of all.
        """
        file = self._logs / f"{log}.log"
        if file.exists():
            file.replace(self._logs / f"{log}.log.1")
        with file.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - the product's own modules
                [sys.executable, "-m", "cli.tether", str(os.getpid()), sys.executable, "-m", *module],
                env=self._environment | dict(told or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches us alone, so that the children stop in order.
                start_new_session=True,
            )
        child = Child(name, file, process, ready)
        self._children.append(child)
        return child

    def await_ready(self, child: Child) -> None:
        """Wait until the child is ready; raises `Mistake` when one of them ends instead, or it takes too long."""
        patience = time.monotonic() + self._patience
        while not child.ready():
            self._look()
            if time.monotonic() > patience:
                raise _mistake(child, Words("{name}迟迟没有就绪，见 {log}", "{name} did not get ready; see {log}"))
            time.sleep(_GLANCE)

    def watch(self, seconds: float | None = None) -> None:
        """Wait for a signal, or for so many seconds; raises `Mistake` when a child ends by itself."""
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            self._look()
            time.sleep(_GLANCE)

    def _look(self) -> None:
        for child in self._children:
            if child.process.poll() is not None:
                words = Words(
                    "{name}意外停止，其余部分也已停止；原因见 {log}",
                    "{name} stopped unexpectedly, so everything was stopped; see {log}",
                )
                raise _mistake(child, words)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            raise KeyboardInterrupt
        for child in self._children:
            _kill(child)


def _mistake(child: Child, words: Words) -> Mistake:
    return Mistake(words.format(name=child.name, log=child.log), FAILED_OUTSIDE)


def _kill(child: Child) -> None:
    """Kill what is left of the child's group: itself, and whatever it has started."""
    with suppress(ProcessLookupError):
        os.killpg(child.process.pid, signal.SIGKILL)
