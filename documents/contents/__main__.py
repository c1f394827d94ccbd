"""The process that reads files for another: what it is asked for a line each, until no more is."""

import json
import resource
import sys
from pathlib import Path
from typing import Final

from documents.contents.apart import copy_json
from documents.errors import DocumentError

#: How much memory reading may take.
_MEMORY: Final = 3 * 1024**3


def confine() -> None:
    """Take so much memory and no more, and write no file."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read files as they are asked for."""
    confine()
    # Only after the limits are set: what reads files is heavy, and not all of it is Python.
    from documents.contents.reading import read_copy  # noqa: PLC0415

    for line in sys.stdin:
        file, name = json.loads(line)
        try:
            told = copy_json(read_copy(Path(file), name))
        except DocumentError as error:
            told = {"refused": list(error.words)}
        print(json.dumps(told), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
