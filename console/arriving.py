"""When a request has come: the instant that counts for whoever sends it, however long it then waits its turn.

What is sent has come once all of it is here (民法典 137, 电子签名法 11: a message comes when it enters the system that
was named for it). In the last minutes before a deadline many come at once, and wait for a thread and for the database;
none of them is late for that.
"""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from typing import Final

from starlette.types import Message, Receive, Scope

from console.forms import LARGEST

Clock = Callable[[], datetime]
"""Says what time it is (aware)."""

_arrived: ContextVar[datetime | None] = ContextVar("arrived", default=None)


def by_arrival(clock: Clock) -> Clock:
    """Return a clock that says, within a request that has come as a whole, when that was."""
    return lambda: _arrived.get() or clock()


async def arriving(scope: Scope, receive: Receive, clock: Clock) -> Receive:
    """Note when a request has come as a whole, and return what gives its messages.

    A form is read at once, before anything is asked of it that could take long. A longer one, with files, has come when
    its last byte was taken.
    """
    if not 0 <= _length(scope) <= LARGEST:
        return _noting(receive, clock)
    messages: list[Message] = []
    while not messages or messages[-1].get("more_body", False):
        messages.append(await receive())
    _arrived.set(clock())
    waiting = iter(messages)

    async def again() -> Message:
        return next(waiting, None) or await receive()

    return again


def _noting(receive: Receive, clock: Clock) -> Receive:
    async def noting() -> Message:
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            _arrived.set(clock())
        return message

    return noting


def _length(scope: Scope) -> int:
    """Return how many bytes a request says that it sends; -1 where it does not say so."""
    said: Final = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(said) if said.isdigit() else -1
