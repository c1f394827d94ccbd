"""Files that are there whole or not at all: written beside their place, made to last, and only then named."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp

#: What SQLite keeps beside a database.
_BESIDE = ("", "-wal", "-shm", "-journal")


@contextmanager
def draft_of(file: Path) -> Iterator[Path]:
    """Give an empty file beside this one, which is gone when the block ends unless it was put in place.

    Only its owner may read it: what the product writes is about people. Raises `OSError` where nothing can be written.
    """
    try:
        descriptor, name = mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    except OSError as error:
        # Whoever asked for the file knows nothing of what is beside it.
        error.filename = os.fspath(file)
        raise
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        for ending in _BESIDE:
            Path(name + ending).unlink(missing_ok=True)


def put_in_place(draft: Path, file: Path) -> None:
    """Give a finished draft the name of its file, whose old content is gone then; both survive a power cut."""
    _make_last(draft)
    draft.replace(file)
    _make_last(file.parent)


def write_whole(file: Path, content: bytes) -> None:
    """Write a file; raises `OSError` where it cannot be written."""
    with draft_of(file) as draft:
        draft.write_bytes(content)
        put_in_place(draft, file)


def _make_last(place: Path) -> None:
    """Have a file, or the names in a folder, survive a power cut."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
