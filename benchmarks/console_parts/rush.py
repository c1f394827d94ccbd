"""Many submissions at once, as in the last minute before a deadline."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context

from benchmarks.console_parts.asking import Browser
from benchmarks.console_parts.filling import STEPS

CONNECTIONS = 60


@dataclass(frozen=True)
class Rush:
    """What came of it: how long all of it took, each answer in seconds, and those that were not taken."""

    lasted: float
    seconds: list[float]
    failed: list[str]


def rush(port: int, name: str, password: str, numbers: Sequence[str]) -> Rush:
    """Submit these nominations over many connections at once, from a process of its own."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_apart, (port, name, password, list(numbers)))


def _apart(port: int, name: str, password: str, numbers: list[str]) -> Rush:
    return asyncio.run(_all(port, name, password, numbers))


async def _all(port: int, name: str, password: str, numbers: list[str]) -> Rush:
    first = Browser(port)
    await first.post("/sign-in", {"name": name, "password": password})
    browsers = [Browser(port, first.cookies) for _ in range(CONNECTIONS)]
    seconds: list[float] = []
    failed: list[str] = []
    waiting = iter(numbers)

    async def submit(browser: Browser) -> None:
        for number in waiting:
            before = time.perf_counter()
            answer = await browser.post(f"/nominations/{number}/moves/submit", {"version": str(STEPS)})
            seconds.append(time.perf_counter() - before)
            if answer.status != 303:
                failed.append(f"{number}: {answer.status}")

    start = time.perf_counter()
    await asyncio.gather(*map(submit, browsers))
    lasted = time.perf_counter() - start
    for browser in (first, *browsers):
        browser.close()
    return Rush(lasted, seconds, failed)
