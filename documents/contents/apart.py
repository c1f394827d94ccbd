"""Files are read by a process of its own: whatever is wrong with one, it takes only so much memory and time."""

import json
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from documents.errors import DocumentError
from programs import Words
from programs.copies import Copy, FileFormat
from programs.lengths import Counting

#: How long one file may take.
_SECONDS: float = 60

#: The process that reads: isolated from the folder and the variables of whoever starts it.
_COMMAND: Sequence[str] = ("-I", "-m", "documents.contents")


def read_copies(files: Sequence[tuple[Path, str]]) -> Iterator[Copy | DocumentError]:
    """Tell what each file is and how much it holds, in their order; `files` are paths with the names to call them by.

    One that cannot be read, or that takes too much memory or time, gives a `DocumentError` in its place.
    """
    left = list(files)
    while left:
        for read in _by_one_process(tuple(left)):
            left.pop(0)
            yield read
        if left:
            # It has died, or was too slow, over this one; another process goes on with the rest.
            yield _too_much(left.pop(0)[1])


def _by_one_process(files: Sequence[tuple[Path, str]]) -> Iterator[Copy | DocumentError]:
    """Yield what was read until one file is too much."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, *_COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    ) as process:
        if process.stdin is None or process.stdout is None:  # pragma: no cover - both are pipes
            raise RuntimeError("a process without pipes")
        try:
            for file, name in files:
                line = _asked(process.stdin, process.stdout, str(file.resolve()), name)
                if not line:
                    return
                yield _read(json.loads(line))
        finally:
            process.kill()


def _asked(to: IO[str], back: IO[str], file: str, name: str) -> str:
    """Ask for one file; returns nothing where no answer comes."""
    try:
        to.write(json.dumps([file, name]) + "\n")
        to.flush()
    except BrokenPipeError:
        return ""
    # `select.select` knows no more than 1,024 files, and a console can have more open.
    waits = select.poll()
    waits.register(back, select.POLLIN)
    return back.readline() if waits.poll(_SECONDS * 1000) else ""


def _read(told: dict[str, Any]) -> Copy | DocumentError:
    if "refused" in told:
        return DocumentError(Words(*told["refused"]))
    return copy_from(told)


def copy_from(told: dict[str, Any]) -> Copy:
    """Return a copy from its JSON object, as `copy_json` wrote it."""
    counts = told["characters"]
    return Copy(
        **told
        | {
            "format": FileFormat(told["format"]),
            "characters": counts and {Counting(key): count for key, count in counts.items()},
            "pixels": told["pixels"] and tuple(told["pixels"]),
        }
    )


def copy_json(copy: Copy) -> dict[str, Any]:
    """Return a copy as a JSON object."""
    return asdict(copy)


def _too_much(name: str) -> DocumentError:
    return DocumentError(
        Words(
            f"{name} 无法读取：过于复杂或已损坏；请重新生成再交",
            f"{name} cannot be read: it is too intricate, or damaged; make it anew",
        )
    )
