"""Delivering letters over several connections at once, each going on only after what it delivered was noted."""

import logging
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import NamedTuple, Self

from notifications.channels import Channel, DeliveryFailed
from operations.outbox import Claimed, Delivered
from programs import Words

_log = logging.getLogger(__name__)


class Round(NamedTuple):
    """What came back of messages, and those that begin as soon as that is noted."""

    delivered: Sequence[Delivered]
    beginning: Sequence[Claimed] = ()


class Post:
    """Delivers over a channel and those beside it. Hold it in a `with` block: connections stay open until its end."""

    def __init__(self, channel: Channel) -> None:
        self._channels = [channel, *channel.beside()]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for channel in self._channels:
            close_quietly(channel)

    def deliver(self, messages: Sequence[Claimed], has_time: Callable[[], bool]) -> Iterator[Round]:
        """Yield what became of messages, as it comes back; whoever iterates notes it before asking on.

        Yielded with it are those that begin once they ask on. A message is begun only while there is time.
        """
        if len(self._channels) == 1 or len(messages) == 1:
            yield from _one_by_one(self._channels[0], messages, has_time)
            return
        with _Lanes(self._channels[: len(messages)]) as lanes:
            yield from lanes.deliver(messages, has_time)


def _one_by_one(channel: Channel, messages: Sequence[Claimed], has_time: Callable[[], bool]) -> Iterator[Round]:
    back: list[Delivered] = []
    for one in messages:
        if not has_time():
            break
        yield Round(back, [one])
        back = [_deliver(channel, one)]
    if back:
        yield Round(back)


class _Lanes:
    """A thread for each channel, which waits for a message, delivers it and waits for the next."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        self._back: SimpleQueue[tuple[int, Delivered | BaseException]] = SimpleQueue()
        self._given: list[SimpleQueue[Claimed | None]] = [SimpleQueue() for _ in channels]
        # They are given up with the process: one may wait for a server that has gone silent.
        self._threads = [
            Thread(target=self._run, args=(lane, channel), daemon=True) for lane, channel in enumerate(channels)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for given in self._given:
            given.put(None)
        if error is None:
            for thread in self._threads:
                thread.join()

    def deliver(self, messages: Sequence[Claimed], has_time: Callable[[], bool]) -> Iterator[Round]:
        """Yield what comes back; a lane gets its next message after that."""
        waiting = iter(messages)
        free = list(range(len(self._given)))
        back: list[Delivered] = []
        busy = 0
        while True:
            beginning: list[tuple[int, Claimed]] = []
            while free and has_time() and (one := next(waiting, None)) is not None:
                beginning.append((free.pop(), one))
            if back or beginning:
                yield Round(back, [one for _, one in beginning])
            for lane, one in beginning:
                self._given[lane].put(one)
            busy += len(beginning)
            if not busy:
                return
            came = self._came_back(busy)
            busy -= len(came)
            free += [lane for lane, _ in came]
            back = [_raised(found) for _, found in came]

    def _came_back(self, busy: int) -> list[tuple[int, Delivered | BaseException]]:
        """Wait for one of the busy lanes, and return what has come back by then."""
        came = [self._back.get()]
        while len(came) < busy:
            try:
                came.append(self._back.get_nowait())
            except Empty:
                break
        return came

    def _run(self, lane: int, channel: Channel) -> None:
        while (message := self._given[lane].get()) is not None:
            try:
                self._back.put((lane, _deliver(channel, message)))
            except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it
                self._back.put((lane, error))


def _raised(found: Delivered | BaseException) -> Delivered:
    if isinstance(found, BaseException):
        raise found
    return found


def _deliver(channel: Channel, message: Claimed) -> Delivered:
    try:
        return Delivered(message, answer=channel.deliver(message.letter))
    except DeliveryFailed as failure:
        return Delivered(message, failure)
    except Exception as error:  # noqa: BLE001 - one letter holds up none: it is noted, tried again and parked like any
        _log.error("letter %s: %s", message.letter.message_id, type(error).__name__)
        close_quietly(channel)
        return Delivered(message, unforeseen(error))


def unforeseen(error: Exception) -> DeliveryFailed:
    """Return what failed as nobody has thought of as a failure like any other, to be tried again."""
    words = Words("通知没有发出，程序出错（{kind}）", "the letter was not sent: the program failed ({kind})")
    return DeliveryFailed(words.format(kind=type(error).__name__), permanent=False, unsure=True)


def close_quietly(channel: Channel) -> None:
    """Close a channel; what fails of that, when all it was given is noted, concerns no letter."""
    try:
        channel.close()
    except Exception as error:  # noqa: BLE001 - a plugin's, of whatever kind
        _log.warning("a channel did not close: %s", type(error).__name__)
