"""Holding the history against itself and against heads noted elsewhere, and the tables against the history."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from heapq import nsmallest
from itertools import chain
from typing import Any

from sqlalchemy.engine import Connection

from operations.desk import Desk
from operations.disagreement import Disagreement
from operations.disagreements import disagreements
from operations.file_disagreements import count_files, damaged_files
from operations.results import UnknownError
from programs import Words
from store import Audit, Contents, Head, Watch, compare_heads, verify
from store.chain import NAMED


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not agree: where, and why. `disagreement` says more where a table is at fault."""

    program: str
    where: str
    words: Words
    disagreement: Disagreement | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What was verified. `breaks` counts all that does not agree; of each sort the first hundred are in `broken`.

    `compared` counts the noted heads that the chains were held against, `files` those that were read, each once.
    """

    events: int
    heads: tuple[Head, ...]
    broken: tuple[Finding, ...]
    breaks: int
    compared: int
    files: int = 0


def audit(
    desk: Desk,
    program_id: str | None = None,
    *,
    noted: Sequence[Head] = (),
    watch: Watch | None = None,
    files: bool = False,
) -> Verification:
    """Verify the history of one program, or of all, against itself and noted heads, and the tables against it.

    With `files`, everything that was handed in is read and held to its digest, too. `watch` is told of every link.
    Raises `UnknownError` for a program that is not in the store.
    """
    with desk.store.read() as connection:
        if program_id is not None:
            desk.running(connection, program_id)
        contents = desk.contents if files else None
        return verification(connection, program_id, noted=noted, watch=watch, contents=contents)


def verification(
    connection: Connection,
    program_id: str | None = None,
    *,
    noted: Sequence[Head] = (),
    watch: Watch | None = None,
    contents: Contents | None = None,
) -> Verification:
    """Verify as `audit` does, whatever the connection sees."""
    chains = verify(connection, program_id, watch=watch)
    noted = [head for head in noted if program_id in (None, head.program)]
    cut = list(compare_heads(connection, noted))
    count = 0

    def counted(found: Iterable[Disagreement]) -> Iterator[Disagreement]:
        nonlocal count
        for one in found:
            count += 1
            yield one

    damaged = damaged_files(connection, contents, program_id) if contents else ()
    # A database may give them in any order.
    everything = counted(chain(disagreements(connection, program_id), damaged))
    tables = nsmallest(NAMED, everything, key=lambda one: (one.program, one.number, one.field))
    broken = (
        *(Finding(one.program, one.where, one.words) for one in (*chains.broken, *cut)),
        *(Finding(one.program, one.number, one.words, one) for one in tables),
    )
    read = count_files(connection, program_id) if contents else 0
    return Verification(chains.events, chains.heads, broken, chains.breaks + len(cut) + count, len(noted), read)


def heads(desk: Desk, program_id: str | None = None, *, watch: Watch | None = None) -> Audit:
    """Verify the chain of one program, or of all, so that its head can be noted; raises `UnknownError`."""
    with desk.store.read() as connection:
        if program_id is not None:
            desk.running(connection, program_id)
        return verify(connection, program_id, watch=watch)


def heads_to_json(found: Sequence[Head], now: datetime) -> list[dict[str, Any]]:
    """Return heads as they are kept elsewhere, each with the instant at which it was noted."""
    return [{**asdict(head), "at": now.isoformat()} for head in found]


_DIGEST = re.compile(r"[0-9a-f]{64}")
_LARGEST = 2**31 - 1


def read_heads(content: bytes) -> list[Head]:
    """Read what `heads_to_json` gave; raises `UnknownError` for anything else, saying what is wrong."""
    try:
        noted = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _malformed(Words("不是 JSON 文档", "it is no JSON document")) from error
    if not isinstance(noted, list):
        raise _malformed(Words("应是链首的列表", "it should be a list of heads"))
    return [_head(place, one) for place, one in enumerate(noted, start=1)]


def _head(place: int, noted: object) -> Head:
    wrong = Words("第 {place} 项的 {field} 不对", "the {field} of entry {place} is wrong")
    if not isinstance(noted, dict):
        raise _malformed(Words("第 {place} 项不是链首", "entry {place} is no head").format(place=place))
    program, digest = noted.get("program"), noted.get("digest")
    if not isinstance(program, str) or not program or "\0" in program or len(program) > 64:
        raise _malformed(wrong.format(place=place, field="program"))
    for name in ("sequence", "events"):
        number = noted.get(name)
        if type(number) is not int or not 0 < number <= _LARGEST:
            raise _malformed(wrong.format(place=place, field=name))
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise _malformed(wrong.format(place=place, field="digest"))
    return Head(program, noted["sequence"], noted["events"], digest)


def _malformed(why: Words) -> UnknownError:
    return UnknownError(
        Words(
            "链首文件读不懂：{why}；请用 linxuan audit export 导出的文件",
            "the file of heads cannot be read: {why}; use one that linxuan audit export has written",
        ).format(why=why)
    )
