"""What a run tells an administrator: a sentence, the programs it touched, and tables of what moved and what did not."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from threading import Thread
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx
from prefect import State, get_client
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.context import FlowRunContext
from prefect.exceptions import PrefectHTTPStatusError
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed, Failed
from sqlalchemy.exc import DBAPIError

from documents.errors import DocumentError
from flows.progress import OutOfTimeError, Progress, shown
from notifications.channels import DeliveryFailed
from operations.desk import Desk
from operations.results import DamagedError, Denied, Moved, UnknownError
from operations.settings import Settings, open_desk
from programs import Words
from programs.words import closing_clock
from store.failures import failure_of
from store.file_failures import words_of_file
from store.problems import BackupError
from store.types import UnfitError

Row = Mapping[str, str | int | None]

_Result = TypeVar("_Result")

#: After how many seconds, each time, what may be done twice is tried again while a database or a mail server is away.
PATIENTLY = (5, 30, 120)

#: After how many seconds, each time, what was done is told again while the server is away.
TELL_AGAIN = (5, 15, 30, 60, 120)

#: Seconds between the tries after that, for as long as nobody answers: less than what marks a silent run as crashed.
WHILE_AWAY: Final = 45

#: So many seconds before Prefect breaks a run off it is told no more.
_TOLD_BY: Final = 60

#: What a proxy answers for a server that is away, and a server that is too busy.
_AWAY: Final = frozenset({502, 503, 504})

#: A table is read by a person. The store keeps every move; the table says how many more there were.
MOST_ROWS = 500

#: So many nominations of a run, and so many programs, are linked to one by one.
_MOST_LINKS: Final = 10


@dataclass(frozen=True)
class Table:
    """Rows for an administrator. `key` ends the artifact's key: lowercase ASCII letters, digits and dashes.

    `count` is how many there are in all, where the rows are the first of them. `refused` is how many nominations
    the rows are about, where each may have several.
    """

    key: str
    title: str
    rows: Sequence[Row]
    count: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Page:
    """A page in Markdown for an administrator; `key` as of a table."""

    key: str
    text: str


@dataclass(frozen=True)
class Account:
    """What one run did. `facts` is the run's result, for whoever calls the flow.

    `programs` and `stages` are the ids of those it touched, which it is tagged with.

    `failed`: nothing came of what was asked for, and somebody has to mend something.
    """

    summary: str
    facts: Mapping[str, Any]
    programs: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    tables: Sequence[Table] = field(default_factory=tuple)
    pages: Sequence[Page] = field(default_factory=tuple)
    failed: bool = False


async def carry_out(
    key: str, work: Callable[[Desk], Account], progress: Progress | None = None, *, again_after: Sequence[float] = ()
) -> State[Mapping[str, Any]]:
    """Do this run's work at a desk of its own, and tell of it. Returns the state in which the run ends.

    The work blocks, so it has a thread to itself; what it tells `progress` is shown meanwhile. What cannot be
    understood ends the run as failed, in a sentence. `again_after` says after how many seconds each time the work is
    tried again where something outside of the product failed; only work that may be done twice says so. What is done
    is done, whether or not the server is there to be told.
    """
    until = time.monotonic() + _time_left()
    waits = iter(again_after)
    while True:
        try:
            async with shown(progress, key):
                account = await apart(partial(at_desk, work))
            break
        except OutOfTimeError:
            return Failed(message="时间到了，没有做完；已经办理的仍然有效，其余的没有办理")
        except (UnknownError, DocumentError, UnfitError, BackupError) as error:
            sentence, outside = error.words.zh, getattr(error, "outside", False)
        except DamagedError as error:
            # Nobody mends that within minutes.
            sentence, outside = error.words.zh, False
        except DeliveryFailed as error:
            sentence, outside = error.words.zh, not error.permanent
        except DBAPIError as error:
            failure = failure_of(error)
            if failure is None:
                raise
            sentence, outside = failure.words.zh, failure.outside
        except OSError as error:
            if isinstance(error, (ConnectionError, TimeoutError)):
                raise
            sentence, outside = words_of_file(error).zh, True
        wait = next(waits, None) if outside and (progress is None or progress.has_time()) else None
        if wait is None:
            return Failed(message=sentence)
        get_run_logger().warning("%s；%d 秒后再试", sentence, wait)
        await asyncio.sleep(wait)
    get_run_logger().info(account.summary)
    await _tell(_told(key, account), until)
    if account.failed:
        return Failed(message=account.summary)
    return Completed(message=account.summary, data=account.facts)


async def apart(work: Callable[[], _Result]) -> _Result:
    """Do some work that blocks in a thread that holds nobody up: where the run is broken off, its process ends with it.

    What the work has not committed by then is as before.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[_Result] = loop.create_future()

    def settle(result: _Result | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(result)  # type: ignore[arg-type] # it is what the work returned
        else:
            done.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001 - whoever waits raises it
            error = raised
        # Where nobody waits any more, the loop is closed.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    Thread(target=copy_context().run, args=(run,), name="work", daemon=True).start()
    return await done


def _told(key: str, account: Account) -> list[Callable[[], Awaitable[object]]]:
    """Return what tells of a run, each to be tried by itself; in the end that the server is there for its state."""
    links = console_links(account, Settings().console_url)
    tags = account.programs | {f"环节:{stage}" for stage in account.stages}
    return [
        *([partial(_tag, tags)] if tags else []),
        *(
            partial(
                acreate_table_artifact,
                key=f"{key}-{table.key}",
                table=[dict(row) for row in table.rows[:MOST_ROWS]],
                description="\n\n".join(filter(None, (_description(table, account.summary), links))),
            )
            for table in account.tables
            if table.rows
        ),
        *(
            partial(acreate_markdown_artifact, page.text, key=f"{key}-{page.key}", description=account.summary)
            for page in account.pages
        ),
        _is_there,
    ]


async def _tell(parts: Iterable[Callable[[], Awaitable[object]]], until: float) -> None:
    """Tell one thing after the other, again while the server is away; what it never takes is left.

    An answer that it fails is waited for in vain after some minutes; nobody's answer is, by the clock of `until` only.
    """
    waits = iter(TELL_AGAIN)
    for part in parts:
        while True:
            try:
                await part()
                break
            except Exception as error:  # noqa: BLE001 - whatever it is, what was done is done
                wait = _again_after(error, waits, until)
                if wait is None:
                    get_run_logger().warning("没有全部告知 Prefect：%s", type(error).__name__)
                    break
            await asyncio.sleep(wait)


class UnansweredError(Exception):
    """The server did not answer what a run has to know; `words` says so."""

    def __init__(self, cause: Exception) -> None:
        self.words = Words(
            "Prefect 服务器没有答复（{kind}），请看它是否在运行",
            "Prefect's server did not answer ({kind}); see whether it runs",
        ).format(kind=type(cause).__name__)
        super().__init__(self.words.en)


async def answer_to(ask: Callable[[], Awaitable[_Result]]) -> _Result:
    """Ask the server what a run has to know before its work, again while it is away.

    Raises `UnansweredError` where it does not answer, or not as it should.
    """
    until, waits = time.monotonic() + _time_left(), iter(TELL_AGAIN)
    while True:
        try:
            return await ask()
        except Exception as error:
            wait = _again_after(error, waits, until)
            if wait is None:
                raise UnansweredError(error) from error
        await asyncio.sleep(wait)


def _again_after(error: Exception, waits: Iterator[float], until: float) -> float | None:
    status = error.response.status_code if isinstance(error, PrefectHTTPStatusError) else None
    if status is not None and status < httpx.codes.INTERNAL_SERVER_ERROR:
        return None
    away = isinstance(error, httpx.TransportError) or status in _AWAY
    return next(waits, WHILE_AWAY if away and time.monotonic() + WHILE_AWAY < until else None)


def _time_left() -> float:
    """Return in how many seconds a run that begins now has to have told all; none without a limit of its own."""
    running = FlowRunContext.get()
    limit = running.flow.timeout_seconds if running and running.flow else None
    return limit - _TOLD_BY if limit else 0


def moved_table(desk: Desk, moved: Iterable[Moved], count: int = 0) -> Table:
    """Return the table of what moved, each standing by its name; `count` says of how many these are the first."""
    rows: list[Row] = []
    with desk.store.read() as connection:
        for one in moved:
            source, destination = (
                desk.standing(connection, program_of(one.number), key) for key in (one.source, one.destination)
            )
            rows.append(
                {
                    "编号": one.number,
                    "申报对象": one.nominee,
                    "申报单位": one.unit,
                    "操作": one.move.label.zh,
                    "原环节": source.name.zh,
                    "现环节": destination.name.zh,
                    "下一步由谁办理": one.holder or "—",
                    "期限": _due(one),
                }
            )
    return Table("moved", "已办理", rows, count)


def _due(one: Moved) -> str:
    return f"{closing_clock(one.due_at)}{'（暂定）' if one.provisional else ''}" if one.due_at else "—"


def refused_table(refused: Iterable[Denied]) -> Table:
    """Return the table of what was refused: every reason, what would help, and the clause behind it."""
    refused = tuple(refused)
    return Table(
        "refused",
        "未能办理",
        [
            {
                "编号": one.number or "—",
                "关口": refusal.gate,
                "原因": refusal.reason.zh,
                "怎么办": refusal.remedy.zh,
                "依据": refusal.clause or "—",
            }
            for one in refused
            for refusal in one.refusals
        ],
        refused=len(refused),
    )


def program_of(number: str) -> str:
    """Return the program of a nomination: a number is the program's id, a dash and a count."""
    return number.rpartition("-")[0]


def programs_of(refused: Iterable[Denied]) -> frozenset[str]:
    """Return the programs of what was refused."""
    return frozenset(program_of(one.number) for one in refused if one.number)


def at_desk(work: Callable[[Desk], _Result]) -> _Result:
    """Do some work at a desk of its own, which is left afterwards."""
    desk = open_desk(Settings())
    try:
        return work(desk)
    finally:
        desk.store.close()


async def _tag(tags: frozenset[str]) -> None:
    """Tag this run, which has begun already, with the programs and stages it turned out to touch."""
    async with get_client() as client:
        await client.update_flow_run(flow_run.id, tags={*flow_run.tags, *tags})


async def _is_there() -> None:
    async with get_client() as client:
        await client.hello()


def console_links(account: Account, console: str | None) -> str:
    """Return the way from a run to the console's pages of what it touched; nothing where no address is set."""
    if not console:
        return ""
    root = console.rstrip("/")
    numbers = sorted(
        {str(row["编号"]) for table in account.tables for row in table.rows if row.get("编号", "—") != "—"}
    )
    ways = [f"[{program}]({root}/programs/{quote(program)})" for program in sorted(account.programs)[:_MOST_LINKS]]
    if len(numbers) <= _MOST_LINKS:
        ways += [f"[{number}]({root}/nominations/{quote(number)})" for number in numbers]
    return f"控制台：{' · '.join(ways or [f'[{root}]({root}/)'])}"


def _description(table: Table, summary: str) -> str:
    count = max(table.count, len(table.rows))
    left_out = count - min(MOST_ROWS, len(table.rows))
    more = f"\n\n另有 {left_out} 行未列出，请在控制台查看。" if left_out > 0 else ""
    counted = f"{table.refused} 件，原因 {count} 条" if table.refused not in (0, count) else f"{count}"
    return f"**{table.title}**（{counted}）：{summary}{more}"
