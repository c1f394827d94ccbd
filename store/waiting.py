"""Files that wait for their owner to look at what was found in them: bounded, each its owner's alone, and not for long.

They lie in a folder of their own, beside the files that are kept, and in no backup.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from tempfile import NamedTemporaryFile
from typing import Any, Final

from programs import Words
from store.files import write_whole
from store.types import UnfitError

#: How long a file waits.
PATIENCE: Final = timedelta(hours=2)
#: How many wait for one person, of whom the oldest give way; and how many bytes wait for everybody.
MOST: Final = 10
MOST_BYTES: Final = 4 * 1024 * 1024 * 1024

#: Beside how many of those that were mended their owner is led on to the newest.
MOST_MENDED: Final = 50

_TOLD, _TAKEN, _THEN = "told.json", "taken", "then"
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Waits:
    """A file that waits: its token, what it is called, where it lies, and what was told of it (any JSON)."""

    token: str
    name: str
    file: Path
    facts: Mapping[str, Any]
    kept_at: datetime


class Waiting:
    """A folder of such files. A token of 256 bits of chance finds one, for its owner and nobody else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, file: Path, name: str, owner: str, facts: Mapping[str, Any], now: datetime) -> Waits:
        """Keep a file, which is moved there. Raises `UnfitError` where too much waits already, and `OSError`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._forget(owner, now)
        size = file.stat().st_size
        if size + sum(map(_size, self._folder.rglob("*"))) > MOST_BYTES:
            raise UnfitError(
                Words("等待处理的文件过多，请稍后再试", "too many files wait to be looked at; try again later")
            )
        token = token_urlsafe(32)
        place = self._place(token)
        place.mkdir(mode=0o700)
        # The name keeps its ending, by which tables and archives are told apart.
        kept = place / f"_{name[-_LONGEST_NAME:]}"
        shutil.move(file, kept)
        told = {"owner": owner, "name": name, "file": kept.name, "facts": dict(facts), "kept_at": now.isoformat()}
        write_whole(place / _TOLD, json.dumps(told, ensure_ascii=False).encode())
        return Waits(token, name, kept, facts, now)

    def find(self, token: str, owner: str, now: datetime) -> Waits | None:
        """Return a file that waits for this owner; none where there is none, or no longer."""
        told = _told(self._place(token))
        if told is None or told["owner"] != owner or _THEN in told:
            return None
        kept_at = datetime.fromisoformat(told["kept_at"])
        if now >= kept_at + PATIENCE:
            return None
        return Waits(token, told["name"], self._place(token) / told["file"], told["facts"], kept_at)

    def follow(self, waits: Waits, then: Waits) -> None:
        """Forget a file in whose place another one waits; its token leads on to that."""
        place = self._place(waits.token)
        told = _told(place)
        if told is not None:
            write_whole(place / _TOLD, json.dumps(told | {_THEN: then.token}, ensure_ascii=False).encode())
        waits.file.unlink(missing_ok=True)

    def newest(self, token: str, owner: str) -> str:
        """Return the token of the file that waits in the place of an earlier one, which is its own where none does."""
        told = _told(self._place(token))
        while told is not None and told["owner"] == owner and _THEN in told:
            token = told[_THEN]
            told = _told(self._place(token))
        return token

    def note(self, waits: Waits, **facts: Any) -> None:  # noqa: ANN401 - any JSON value
        """Add to what is told of a file."""
        place = self._place(waits.token)
        told = _told(place)
        if told is not None:
            told["facts"] |= facts
            write_whole(place / _TOLD, json.dumps(told, ensure_ascii=False).encode())

    def beside(self, waits: Waits, name: str) -> Path:
        """Return the place of another file that is kept and forgotten with this one."""
        return self._place(waits.token) / name

    @contextmanager
    def taking(self, waits: Waits) -> Iterator[bool]:
        """Say whether this is the first to take the file in; it may be tried again where the block raises.

        The mark is held until the block ends: of a process that is killed the system lets go.
        """
        place = self._place(waits.token)
        mark = place / _TAKEN
        with NamedTemporaryFile(dir=place, prefix=_TAKEN) as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            try:
                os.link(held.name, mark)
            except FileExistsError:
                yield False
                return
            try:
                yield True
            except BaseException:
                mark.unlink(missing_ok=True)
                raise

    def is_taken(self, waits: Waits) -> bool:
        """Whether somebody has begun to take a file in."""
        return (self._place(waits.token) / _TAKEN).exists()

    @contextmanager
    def left(self, waits: Waits) -> Iterator[bool]:
        """Say whether whoever had begun to take a file in is no more; then nobody begins anew before the block ends."""
        mark = self._place(waits.token) / _TAKEN
        with ExitStack() as opened:
            is_left = False
            with suppress(FileNotFoundError, BlockingIOError):
                held = opened.enter_context(mark.open("rb"))
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Somebody else may have said so and begun anew meanwhile.
                is_left = os.path.samestat(os.fstat(held.fileno()), mark.stat())
            yield is_left

    def untaken(self, waits: Waits) -> None:
        """Say that a file was not taken in after all."""
        (self._place(waits.token) / _TAKEN).unlink(missing_ok=True)

    def drop(self, waits: Waits) -> None:
        """Forget a file."""
        shutil.rmtree(self._place(waits.token), ignore_errors=True)

    def forget(self, now: datetime) -> None:
        """Forget what has waited too long by now, and what was left half written."""
        if self._folder.exists():
            self._forget("", now)

    def _place(self, token: str) -> Path:
        # Whatever was asked for, this is a name within the folder.
        return self._folder / sha256(token.encode()).hexdigest()

    def _forget(self, owner: str, now: datetime) -> None:
        """Forget what has waited too long, what was left half written, and the oldest of somebody's many."""
        mine: list[tuple[datetime, Path]] = []
        mended: list[tuple[datetime, Path]] = []
        for place in self._folder.iterdir():
            told = _told(place)
            if told is None:
                with suppress(OSError):
                    if now.timestamp() - place.stat().st_mtime > PATIENCE.total_seconds():
                        shutil.rmtree(place, ignore_errors=True)
                continue
            kept_at = datetime.fromisoformat(told["kept_at"])
            if now >= kept_at + PATIENCE:
                shutil.rmtree(place, ignore_errors=True)
            elif told["owner"] == owner:
                (mended if _THEN in told else mine).append((kept_at, place))
        for _, place in [*sorted(mine, reverse=True)[MOST - 1 :], *sorted(mended, reverse=True)[MOST_MENDED:]]:
            shutil.rmtree(place, ignore_errors=True)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except OSError:
        # Somebody has forgotten it meanwhile.
        return 0


def _told(place: Path) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads((place / _TOLD).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return told
