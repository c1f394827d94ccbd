"""How often one address may ask: for pages that anybody may see, where guessing must not pay.

What was asked is kept in memory that the console's processes share, since any of them may be asked next.
"""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import blake2b
from http import HTTPStatus
from mmap import mmap
from secrets import token_bytes
from tempfile import TemporaryFile
from threading import Lock
from typing import Final
from weakref import finalize

from starlette.exceptions import HTTPException
from starlette.requests import Request

from operations.attempts import place_of

#: An address has so many places where it may be kept, of which the one that was not used for longest gives way.
_WAYS: Final = 8
_BYTES: Final = 8

#: How often one person may ask for what takes a processor for a while.
COMPUTED: Final = 30
COMPUTED_WITHIN: Final = timedelta(minutes=1)


def address_of(request: Request) -> str:
    """Return the network address that a request comes from; empty where none is known."""
    return request.client.host if request.client else ""


def place(request: Request) -> str:
    """Return where a request comes from, as limits count it: an address, or of IPv6 the network of a household."""
    return place_of(address_of(request))


class Limit:
    """At most `most` questions within `within` from one address; of more than `known` the oldest is forgotten.

    Whoever is refused is not counted, so that waiting always helps. Processes that are forked once it is made share it.
    """

    def __init__(self, most: int, within: timedelta, known: int = 10_000) -> None:
        self._most = most
        self._within = within.total_seconds()
        self._ways = min(_WAYS, known)
        self._groups = known // self._ways
        # An address as a number, and when it asked, the last of them first.
        self._kept = struct.Struct(f"={_BYTES}s{most}d")
        # Addresses are people's: they are not kept as they are, not even here.
        self._salt = token_bytes(_BYTES)
        self._lock = Lock()
        with TemporaryFile() as file:
            file.truncate(self._groups * self._ways * self._kept.size)
            self._file = os.dup(file.fileno())
        finalize(self, os.close, self._file)
        self._memory = mmap(self._file, 0)

    def allows(self, address: str, now: datetime) -> bool:
        """Count one question, and say whether it may be answered."""
        name, at = blake2b(address.encode(), digest_size=_BYTES, key=self._salt).digest(), now.timestamp()
        with self._alone():
            place, asked = self._find(name)
            recent = [one for one in asked if one > at - self._within]
            if len(recent) >= self._most:
                return False
            times = [at, *recent]
            times += [0.0] * (self._most - len(times))
            self._kept.pack_into(self._memory, place, name, *times)
            return True

    def bound(self, address: str, now: datetime) -> None:
        """Count one question; an `HTTPException` (429) says that there were too many, and when to ask again."""
        if not self.allows(address, now):
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(int(self._within))})

    def _find(self, name: bytes) -> tuple[int, list[float]]:
        """Return where an address is kept, or is to be, and when it asked."""
        first = int.from_bytes(name, "big") % self._groups * self._ways
        oldest: tuple[float, int] | None = None
        for place in range(first * self._kept.size, (first + self._ways) * self._kept.size, self._kept.size):
            other, *asked = self._kept.unpack_from(self._memory, place)
            if other == name:
                return place, [one for one in asked if one]
            if oldest is None or asked[0] < oldest[0]:
                oldest = asked[0], place
        assert oldest  # noqa: S101 - there is always some place
        return oldest[1], []

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other threads and other processes out; a process that ends lets go by that."""
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
