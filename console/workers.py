"""Several processes that serve one address: what one processor does is not all that there is.

They are forked from one that has made the app and listens, so that they share its memory and its socket, and have no
connection of it; whoever of them is free takes the next one who connects. The one that made them serves nobody: it
waits, begins another for one that has ended, and ends all of them when it is told to.
"""

import os
import signal
import time
import traceback
from collections.abc import Callable
from threading import Thread
from types import FrameType
from typing import Final

#: More than this would rather wait for the database than for each other.
_MOST: Final = 4
#: Where so many end one after the other, each sooner than this (in seconds), none begins again: they would for ever.
_SOON: Final = 2.0
_IN_VAIN: Final = 5


def processors() -> int:
    """Return how many processes serve where nobody says how many."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST)


def serve_in(count: int, serve: Callable[[], None]) -> int:
    """Serve in so many processes until SIGTERM or SIGINT; returns the exit code.

    Whoever calls has no threads and no connections.
    """
    begun: dict[int, float] = {}
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        for process in begun:
            os.kill(process, signal.SIGTERM)

    def begin() -> None:
        process = os.fork()
        if not process:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            # Ctrl-C reaches every process of a terminal: the first one tells the others.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, held)
            os.close(keeping)
            os._exit(_served(serve, kept))
        begun[process] = time.monotonic()

    held = {signal.SIGTERM, signal.SIGINT}
    # Nobody writes into it: it is closed when the first process ends, however that is.
    kept, keeping = os.pipe()
    # Nobody is told to end before they are known.
    signal.pthread_sigmask(signal.SIG_BLOCK, held)
    for wanted in held:
        signal.signal(wanted, stop)
    for _ in range(count):
        begin()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, held)
    in_vain = 0
    while begun:
        process, _ = os.wait()
        began = begun.pop(process, None)
        if began is None or stopping:
            # The first process of a container is also told of others' that nobody else waits for.
            continue
        in_vain = in_vain + 1 if time.monotonic() < began + _SOON else 0
        if in_vain == _IN_VAIN:
            stop(signal.SIGTERM, None)
            continue
        signal.pthread_sigmask(signal.SIG_BLOCK, held)
        if not stopping:
            begin()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, held)
    os.close(kept)
    os.close(keeping)
    return int(in_vain == _IN_VAIN)


def _served(serve: Callable[[], None], kept: int) -> int:
    """Serve in a process that was begun, for as long as the first one is there; returns its exit code."""

    def watch() -> None:
        os.read(kept, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, daemon=True).start()
    try:
        serve()
    except Exception:  # noqa: BLE001 - what the first process did before it forked is not to be gone on with
        traceback.print_exc()
        return 1
    return 0
