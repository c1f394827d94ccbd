"""Twenty people at work: each signs in, looks at pages as they lead on from each other, and moves now and then.

Run as a process of its own, so that the server's processor time is the server's.
"""

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from multiprocessing import get_context
from typing import Final

from benchmarks.console_parts.asking import Answer, Browser

#: How long somebody looks at a page before the next, in seconds: between these two.
THINKING: Final = (1.0, 2.0)

#: How often each kind of page is asked for.
_MIX: Final[dict[str, int]] = {
    "first page": 14, "program": 9, "list": 10, "list, filtered": 8, "list, searched": 6, "list, waiting longest": 6,
    "next page": 12, "nomination": 20, "move": 5, "publicity": 4, "calendar": 3, "public list": 3, "board": 2,
    "ranking": 1, "honors": 2, "intake": 2, "evaluations": 2, "messages": 2, "audit": 1, "organizations": 2,
    "people": 2, "experts": 2,
}  # fmt: skip
#: Pages that are not everybody's to see; to those whose they are not they are told as not there.
_NOT_EVERYBODYS: Final = frozenset(
    {
        *(
            "nomination",
            "program",
            "publicity",
            "board",
            "ranking",
            "honors",
            "intake",
            "evaluations",
            "messages",
            "audit",
        ),
        *("organizations", "people", "experts"),
    }
)
_STAGES: Final = ("screening", "recommendation", "review", "decision", "recommendation.district", "rejected", "lapsed")
_NUMBER: Final = re.compile(rb'href="/nominations/([a-z0-9-]+)"')
_FOLLOWING: Final = re.compile(rb'rel="next" href="([^"]+)"')
_PROGRAM: Final = re.compile(rb'href="/programs/([a-z0-9-]+)"')
_VERSION: Final = re.compile(rb'name="version" value="(\d+)"')
_MOVES: Final = re.compile(rb'action="/nominations/[^"/]+/moves/([a-z]+)"')
#: What is done where it can be, the first of these.
_DONE: Final = ("accept", "endorse", "submit", "advance", "withdraw")


@dataclass
class Told:
    """What came of a run: seconds by kind of page, how large the pages were, refusals of moves, and errors."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    sizes: dict[str, list[int]] = field(default_factory=dict)
    refused: int = 0
    errors: list[str] = field(default_factory=list)
    lasted: float = 0.0
    #: Processor seconds of the client itself.
    spent: float = 0.0

    def note(self, kind: str, taken: float, answer: Answer) -> None:
        """Note one answer."""
        self.seconds.setdefault(kind, []).append(taken)
        self.sizes.setdefault(kind, []).append(len(answer.body))


@dataclass
class _Somebody:
    """One person at work."""

    browser: Browser
    name: str
    watched: Sequence[str]
    told: Told
    chance: random.Random
    numbers: list[str] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    following: str = ""

    async def enter(self, password: str) -> None:
        """Sign in."""
        answer = await self.browser.post("/sign-in", {"name": self.name, "password": password})
        if answer.status != 303:
            self.told.errors.append(f"{self.name} signs in: {answer.status}")
        await self._see("first page", "/", noted=False)
        await self._see("list", "/nominations", noted=False)

    async def work(self, until: float, thinking: tuple[float, float]) -> None:
        """Look at pages until an instant of the monotonic clock."""
        if thinking[1]:
            await asyncio.sleep(self.chance.uniform(0, thinking[1]))
        while time.monotonic() < until:
            kind = self.chance.choices(list(_MIX), list(_MIX.values()))[0]
            await self._step(kind)
            if thinking[1]:
                await asyncio.sleep(self.chance.uniform(*thinking))

    async def _step(self, kind: str) -> None:
        if kind == "move":
            await self._move()
        else:
            await self._see(kind, self.chance.choice(list(self._paths(kind))))

    def _paths(self, kind: str) -> Iterator[str]:
        """Yield where a page of this kind may be."""
        program = self.chance.choice(self.programs) if self.programs else "artisan-0"
        stage = self.chance.choice(_STAGES)
        place = f"program={program}&stage={stage}"
        match kind:
            case "first page":
                yield "/"
            case "program":
                yield f"/programs/{program}"
            case "list":
                yield from ("/nominations", "/nominations?mine=1", "/nominations?sort=newest")
            case "list, filtered":
                yield from (f"/nominations?{place}{more}" for more in ("", "&late=1", "&mine=1", "&sort=due"))
            case "list, searched":
                texts = (f"赵某{self.chance.randrange(1000)}", "某某有限公司17", "区县3", program, "孙")
                yield from (f"/nominations?q={text}" for text in texts)
            case "list, waiting longest":
                wheres = ("mine=1", place, f"program={program}&mine=1")
                yield from (f"/nominations?{where}&sort=waiting" for where in wheres)
            case "next page":
                yield self.following or "/nominations"
            case "nomination":
                yield f"/nominations/{self._number()}"
            case "publicity":
                yield from (f"/programs/{program}/publicity", "/objections")
            case "calendar":
                yield "/calendar"
            case "public list":
                yield from ("/publicity", "/publicity/1")
            case _:
                yield from self._rarer(kind, program)

    def _rarer(self, kind: str, program: str) -> Iterator[str]:
        match kind:
            case "board":
                yield from (f"/programs/{program}/stages/{one}" for one in ("review", "decision"))
            case "ranking":
                yield f"/programs/{program}/stages/review/ranking"
            case "honors":
                yield from (f"/programs/{program}/{one}" for one in ("honors", "issuance"))
            case "organizations":
                yield from ("/organizations", f"/organizations?q=区县{self.chance.randrange(40)}")
            case _:
                yield f"/{kind}"

    def _number(self) -> str:
        return self.chance.choice(self.numbers or self.watched)

    async def _see(self, kind: str, path: str, *, noted: bool = True) -> Answer | None:
        answer = await self._timed(kind, self.browser.get(path), noted=noted)
        if answer is None:
            return None
        if answer.status not in ((200, 404) if kind in _NOT_EVERYBODYS else (200,)):
            self.told.errors.append(f"{self.name} {path}: {answer.status}")
        if kind.startswith(("list", "next")):
            self.numbers = [one.decode() for one in _NUMBER.findall(answer.body)] or self.numbers
            found = _FOLLOWING.search(answer.body)
            self.following = unescape(found[1].decode()) if found else ""
        elif kind == "first page":
            self.programs = [one.decode() for one in _PROGRAM.findall(answer.body)]
        return answer

    async def _move(self) -> None:
        number = self._number()
        page = await self._see("nomination", f"/nominations/{number}")
        version = _VERSION.search(page.body) if page and page.status == 200 else None
        moves = {one.decode() for one in _MOVES.findall(page.body)} if page else set()
        what = next((one for one in _DONE if one in moves), None)
        if version is None or what is None:
            return
        form = {"version": version[1].decode(), "reason": "情况属实，按规定办理"}
        answer = await self._timed("move", self.browser.post(f"/nominations/{number}/moves/{what}", form))
        if answer and answer.status == 409:
            self.told.refused += 1
        elif answer and answer.status != 303:
            self.told.errors.append(f"{self.name} {what} {number}: {answer.status}")

    async def _timed(self, kind: str, asked: Awaitable[Answer], *, noted: bool = True) -> Answer | None:
        start = time.perf_counter()
        try:
            answer = await asked
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            self.told.errors.append(f"{self.name} {kind}: {type(error).__name__}: {error}")
            self.browser.close()
            return None
        if noted:
            self.told.note(kind, time.perf_counter() - start, answer)
        return answer


@dataclass(frozen=True)
class Run:
    """What a run asks: of which server, as whom, for how long, thinking how long between two pages."""

    port: int
    names: Sequence[str]
    password: str
    watched: Sequence[str]
    seconds: float
    thinking: tuple[float, float] = THINKING
    seed: int = 1


def at_work(run: Run) -> Told:
    """Let everybody work, from a process of its own; returns what came of it."""
    return _apart(_work, run)


def floor(run: Run, sizes: Sequence[int]) -> Told:
    """Ask a bare server for pages of these sizes, as many people and as long; returns what came of it."""
    return _apart(_bare, (run, list(sizes)))


def _apart(way: Callable[[object], Told], asked: object) -> Told:
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(way, (asked,))


def _work(run: object) -> Told:
    assert isinstance(run, Run)
    return asyncio.run(_all_work(run))


async def _all_work(run: Run) -> Told:
    told = Told()
    people = [
        _Somebody(Browser(run.port), name, run.watched, told, random.Random(f"{run.seed} {name}"))  # noqa: S311
        for name in run.names
    ]
    for one in people:
        await one.enter(run.password)
    start, spent = time.monotonic(), time.process_time()
    await asyncio.gather(*(one.work(start + run.seconds, run.thinking) for one in people))
    told.lasted, told.spent = time.monotonic() - start, time.process_time() - spent
    for one in people:
        one.browser.close()
    return told


def _bare(asked: object) -> Told:
    assert isinstance(asked, tuple)
    run, sizes = asked
    return asyncio.run(_all_bare(run, sizes))


async def _all_bare(run: Run, sizes: list[int]) -> Told:
    told, chance = Told(), random.Random(run.seed)  # noqa: S311 - no secret
    start, spent = time.monotonic(), time.process_time()

    async def one(browser: Browser) -> None:
        if run.thinking[1]:
            await asyncio.sleep(chance.uniform(0, run.thinking[1]))
        while time.monotonic() < start + run.seconds:
            before = time.perf_counter()
            answer = await browser.get(f"/{chance.choice(sizes)}")
            told.note("bare page", time.perf_counter() - before, answer)
            if run.thinking[1]:
                await asyncio.sleep(chance.uniform(*run.thinking))
        browser.close()

    await asyncio.gather(*(one(Browser(run.port)) for _ in run.names))
    told.lasted, told.spent = time.monotonic() - start, time.process_time() - spent
    return told
