"""What was found out within one read: it sees one state, so that nothing of it need be asked twice."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Connection

_Found = TypeVar("_Found")

#: By connection, for as long as a read lasts.
_reads: WeakKeyDictionary[Connection, dict[Hashable, Any]] = WeakKeyDictionary()


@contextmanager
def remembering(connection: Connection) -> Iterator[None]:
    """Remember what `once` finds out by a connection while the block lasts: one that reads, and writes nothing."""
    _reads[connection] = {}
    try:
        yield
    finally:
        _reads.pop(connection, None)


def once(connection: Connection, key: Hashable, find: Callable[[], _Found]) -> _Found:
    """Return what was found out under this key in the same read before, else find it out.

    In a transaction that writes it is found out each time: what it reads may change under its own hands.
    """
    known = _reads.get(connection)
    if known is None:
        return find()
    if key not in known:
        known[key] = find()
    found: _Found = known[key]
    return found


def is_remembering(connection: Connection) -> bool:
    """Whether a connection only reads, so that what it finds out may be kept."""
    return connection in _reads
