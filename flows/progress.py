"""How far a run has come, as a bar in Prefect's pages."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar
from uuid import UUID

from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.logging import get_run_logger

#: Seconds between two looks at how far the work has come.
LOOK_EVERY = 0.5

T = TypeVar("T")


class Progress:
    """What the work says of itself, from its own thread: `percent` done, from 0 to 100, and what it is at."""

    def __init__(self) -> None:
        self.percent = 0.0
        self.words = "开始"

    def says(self, percent: float, words: str) -> None:
        """Say how far the work has come. It never goes back."""
        self.percent, self.words = max(self.percent, min(percent, 100.0)), words


@asynccontextmanager
async def shown(progress: Progress | None, key: str) -> AsyncIterator[None]:
    """Show progress while the block runs, and where it ended."""
    if progress is None:
        yield
        return
    bar = await _tried(acreate_progress_artifact(progress.percent, key=f"{key}-progress", description=progress.words))
    following = asyncio.create_task(_follow(progress, bar))
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        await _draw(progress, bar)


async def _follow(progress: Progress, bar: UUID | None) -> None:
    drawn = progress.percent
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if progress.percent != drawn:
            drawn = progress.percent
            await _draw(progress, bar)


async def _draw(progress: Progress, bar: UUID | None) -> None:
    if bar is not None:
        await _tried(aupdate_progress_artifact(bar, progress.percent, description=progress.words))


async def _tried(call: Awaitable[Any]) -> Any:  # noqa: ANN401 - whatever the call answers
    """Wait for an answer of the server; where it fails, the work goes on: the bar is only for looking at."""
    try:
        return await call
    except Exception as error:  # noqa: BLE001 - whatever it is, what is done matters more than its bar
        get_run_logger().warning("进度没有显示出来：%s", type(error).__name__)
        return None
