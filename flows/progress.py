"""How far a run has come, as a bar in Prefect's pages, and how much time it has left."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar
from uuid import UUID

from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.logging import get_run_logger

#: Seconds between two looks at how far the work has come.
LOOK_EVERY = 0.5

#: So many seconds before Prefect breaks a run off it stops by itself, at the next place where it can, and tells of it.
MARGIN: Final = 300

#: Said of work that goes on with the next run.
OUT_OF_TIME: Final = "；时间到了，其余的由下一次运行接着办"

T = TypeVar("T")


class OutOfTimeError(Exception):
    """A run has no time left. What it had committed stays, and nothing is half done."""


class Progress:
    """What the work says of itself, from its own thread: `percent` done, from 0 to 100, and what it is at.

    `only_long`: what is done before anybody looks gets no bar, as most runs of a sweep find nothing to do. `limit` is
    after how many seconds Prefect breaks the run off; counted from here.
    """

    def __init__(self, *, only_long: bool = False, limit: float = math.inf) -> None:
        self.only_long = only_long
        self.percent = 0.0
        self.words = "开始"
        self._until = time.monotonic() + limit - MARGIN

    def has_time(self) -> bool:
        """Say whether there is time to go on."""
        return time.monotonic() < self._until

    def goes_on(self, percent: float, words: str) -> None:
        """Say how far the work has come, where it may stop; raises `OutOfTimeError` where it must."""
        self.says(percent, words)
        if not self.has_time():
            raise OutOfTimeError

    def says(self, percent: float, words: str) -> None:
        """Say how far the work has come. It never goes back."""
        self.percent, self.words = max(self.percent, min(percent, 100.0)), words


@asynccontextmanager
async def shown(progress: Progress | None, key: str) -> AsyncIterator[None]:
    """Show progress while the block runs, and where it ended."""
    if progress is None:
        yield
        return
    bar = _Bar(progress, key)
    if not progress.only_long:
        await bar.draw()
    following = asyncio.create_task(bar.follow())
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        if bar.begun:
            await bar.draw()


class _Bar:
    """The bar of one run, which is there once it has been drawn."""

    def __init__(self, progress: Progress, key: str) -> None:
        self._progress, self._key = progress, key
        self._id: UUID | None = None
        self._drawn = 0.0
        self.begun = False

    async def follow(self) -> None:
        """Draw how far the work has come, for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self._progress.percent != self._drawn:
                await self.draw()

    async def draw(self) -> None:
        """Draw the bar as it is now; one that the server did not take is not tried again."""
        self._drawn, words = self._progress.percent, self._progress.words
        if not self.begun:
            self.begun = True
            new = acreate_progress_artifact(self._drawn, key=f"{self._key}-progress", description=words)
            self._id = await _tried(new)
        elif self._id is not None:
            await _tried(aupdate_progress_artifact(self._id, self._drawn, description=words))


async def _tried(call: Awaitable[Any]) -> Any:  # noqa: ANN401 - whatever the call answers
    """Wait for an answer of the server; where it fails, the work goes on: the bar is only for looking at."""
    try:
        return await call
    except Exception as error:  # noqa: BLE001 - whatever it is, what is done matters more than its bar
        get_run_logger().warning("进度没有显示出来：%s", type(error).__name__)
        return None
