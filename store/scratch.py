"""Folders beside the kept files in which something about people lies while it is worked on; what is left is cleared."""

import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from store.waiting import PATIENCE, Waiting

#: How folders begin in which files lie while an upload is answered, are put right, are taken away, or are unpacked.
COMING: Final = "coming-"
MENDED: Final = "mended-"
AWAY: Final = "away-"
UNPACKED: Final = "unpacked-"

#: How long each of them is in use at most: whatever is older was left by a process that was killed.
_IN_USE: Final = {COMING: timedelta(hours=24), MENDED: PATIENCE, AWAY: PATIENCE, UNPACKED: timedelta(hours=24)}


def waiting_in(incoming: Path) -> Waiting:
    """Return the files that wait for their owners in the folder for what comes in."""
    return Waiting(incoming / "waiting")


def take_away(incoming: Path) -> Path:
    """Make a folder for copies that somebody takes away; whoever makes it removes it."""
    incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(mkdtemp(prefix=AWAY, dir=incoming))


def clear(incoming: Path, now: datetime) -> None:
    """Remove what waited too long by `now`, and what killed processes have left."""
    waiting_in(incoming).forget(now)
    clear_left(incoming, now.timestamp())


def clear_left(incoming: Path, now: float) -> None:
    """Remove what killed processes have left; `now` in seconds as the disk counts them."""
    for prefix, in_use in _IN_USE.items():
        for left in incoming.glob(f"{prefix}*"):
            with suppress(OSError):
                if now - left.stat().st_mtime > in_use.total_seconds():
                    shutil.rmtree(left, ignore_errors=True)
