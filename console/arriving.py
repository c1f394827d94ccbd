"""When a request has come: the instant that counts for whoever sends it, however long it then waits its turn.

What is sent has come once all of it is here (民法典 137, 电子签名法 11: a message comes when it enters the system that
was named for it). In the last minutes before a deadline many come at once, and wait for a thread and for the database;
none of them is late for that.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, ParamSpec, TypeVar

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync
from starlette.types import Message, Receive, Scope

from console.forms import LARGEST

Clock = Callable[[], datetime]
"""Says what time it is (aware)."""

_Asked = ParamSpec("_Asked")
_Found = TypeVar("_Found")

#: How many uploads are written down side by side.
_UPLOADS: Final = 4


@dataclass
class _Arrival:
    """When a request was here as a whole; none while it is still coming."""

    at: datetime | None = None


_arrival: ContextVar[_Arrival | None] = ContextVar("arrival", default=None)
_threads: RunVar[CapacityLimiter] = RunVar("threads of uploads")


def by_arrival(clock: Clock) -> Clock:
    """Return a clock that says, within a request that has come as a whole, when that was."""

    def said() -> datetime:
        arrival = _arrival.get()
        return (arrival and arrival.at) or clock()

    return said


@asynccontextmanager
async def arriving(scope: Scope, receive: Receive, clock: Clock) -> AsyncIterator[Receive]:
    """Note when a request has come as a whole, and give what gives its messages while it is answered.

    A form is read at once, before anything is asked of it that could take long. Of a longer one, with files, as much as
    a form may be is always read ahead: what is here is not waited for because somebody has yet to look at what came
    before.
    """
    arrival = _Arrival()
    _arrival.set(arrival)
    if not is_long(scope):
        messages: list[Message] = []
        while not messages or messages[-1].get("more_body", False):
            messages.append(await receive())
        arrival.at = clock()
        waiting = iter(messages)

        async def again() -> Message:
            return next(waiting, None) or await receive()

        yield again
        return
    ahead = _Ahead(receive, arrival, clock)
    if not any(name == b"expect" for name, _ in scope["headers"]):
        # Whoever asks first whether to send is answered by the page that takes it.
        ahead.begin()
    try:
        yield ahead.receive
    finally:
        ahead.end()


class _Ahead:
    """Reads what comes of a request before it is asked for, as much as a form may be."""

    def __init__(self, receive: Receive, arrival: _Arrival, clock: Clock) -> None:
        self._receive = receive
        self._arrival = arrival
        self._clock = clock
        self._read: deque[Message] = deque()
        self._bytes = 0
        self._room, self._more = asyncio.Event(), asyncio.Event()
        self._room.set()
        self._reading: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to read."""
        self._reading = self._reading or asyncio.create_task(self._go_on())

    def end(self) -> None:
        """Read no more."""
        if self._reading:
            self._reading.cancel()

    async def receive(self) -> Message:
        """Return the next message."""
        self.begin()
        assert self._reading  # noqa: S101 - it has begun
        while not self._read:
            if self._reading.done():
                self._reading.result()
                return await self._receive()
            self._more.clear()
            await self._more.wait()
        message = self._read.popleft()
        self._bytes -= len(message.get("body", b""))
        self._room.set()
        return message

    async def _go_on(self) -> None:
        try:
            more = True
            while more:
                await self._room.wait()
                message = await self._receive()
                more = message.get("more_body", False)
                if message["type"] == "http.request" and not more:
                    self._arrival.at = self._clock()
                self._read.append(message)
                self._bytes += len(message.get("body", b""))
                if self._bytes >= LARGEST:
                    self._room.clear()
                self._more.set()
        finally:
            self._more.set()


async def beside_pages(function: Callable[_Asked, _Found], *given: _Asked.args, **named: _Asked.kwargs) -> _Found:
    """Run something in a thread that no page takes: an upload is read on while pages wait for each other."""
    try:
        threads = _threads.get()
    except LookupError:
        threads = CapacityLimiter(_UPLOADS)
        _threads.set(threads)

    def run() -> Any:  # noqa: ANN401 - whatever it returns
        return function(*given, **named)

    found: _Found = await run_sync(run, limiter=threads)
    return found


def is_long(scope: Scope) -> bool:
    """Whether a request sends more than a form may be, or does not say how much."""
    said: Final = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return not said.isdigit() or int(said) > LARGEST
