"""The last moments before a deadline: whoever was in time is in, whoever was late is told so, and nobody is lost."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import httpx
import pytest
from anyio.to_thread import current_default_thread_limiter
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from console import create_app
from console.arriving import arriving, by_arrival
from console.forms import LARGEST
from console.uploads import FileForm, uploading
from deadlines import SHANGHAI, WorkCalendar
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.intakes import extend_deadline
from operations.nominate import Draft, nominate
from operations.opening import open_program
from operations.people import add_person
from operations.rehearse.people import make_identity
from operations.results import Denied
from operations.sweep import sweep
from programs import Program
from programs.words import closing_in_words
from store import Contents, Store, Vault, events_of, verify
from store import tables as t
from tests.conftest import on
from tests.console.asking import Client
from tests.console.filled import small_program
from tests.console.people import PASSWORD, hash_quickly
from tests.console.serving import serving
from tests.databases import SQLITE

SUBMISSIONS = 300
CONNECTIONS = 60
#: For how long before and after the deadline they are sent, in seconds.
AROUND = 1.0
PROGRAM = "small-2026"
OFFICE = "某市人社局"
TIER = "recommendation.city"
KEY = bytes(range(32))


def _now() -> datetime:
    return datetime.now(SHANGHAI)


def _program() -> Program:
    """Two tiers, a deadline that is a year away, and nothing to hand in."""
    later = _now() + timedelta(days=300)
    document = small_program(quotas=[]).model_dump(mode="json")
    document["issued"] = f"{_now() - timedelta(days=60):%Y-%m-%d}"
    document["stages"][0]["tiers"][1]["deadline"]["phrase"] = f"{later:%Y年%-m月%-d日}"
    del document["stages"][-1]["window"]
    return Program.model_validate(document)


def _open(url: str, count: int, files: Path) -> Desk:
    """Draw up nominations that have only to be submitted, and register who submits them."""
    desk = Desk(Store(url), WorkCalendar.china(), Vault(KEY), Contents(files))
    begun = Act(Actor("总管理"), _now() - timedelta(days=1))
    with desk.store.write():
        assert not isinstance(open_program(desk, _program(), begun), Denied)
        for place in range(count):
            draft = Draft(f"候选人{place}", "第1公司", "江阳区", nominator_kind="district", identity=_identity(place))
            assert not isinstance(nominate(desk, PROGRAM, draft, begun), Denied)
    assert add_person(desk, "总管理", Role.ADMINISTRATOR, None, begun, password=PASSWORD) is None
    return desk


def _identity(place: int) -> str:
    return make_identity(place, Random(place))  # noqa: S311 - made-up people need no secrets


def _close_at(desk: Desk, closes: datetime) -> None:
    act = Act(Actor("总管理", Role.ADMINISTRATOR), _now())
    assert not isinstance(extend_deadline(desk, PROGRAM, TIER, closes, "测试", act), Denied)


def _number(place: int) -> str:
    return f"{PROGRAM}-{place + 1:04d}"


def _submitted(desk: Desk) -> dict[str, datetime]:
    """When each nomination was submitted, as its event says."""
    with desk.store.read() as connection:
        return {
            one["nomination"]: datetime.fromisoformat(one["now"])
            for one in events_of(connection, PROGRAM)
            if one.get("move") == "submit"
        }


def _stages(desk: Desk) -> dict[str, str]:
    with desk.store.read() as connection:
        return dict(connection.execute(select(t.nomination.c.number, t.nomination.c.stage)).tuples().all())


@pytest.fixture
def opened(new_database, tmp_path, monkeypatch) -> Any:
    """A program with three nominations to submit, whose intake closes in ten seconds, in the office's own process."""
    hash_quickly(monkeypatch)
    desk = _open(new_database(), 3, tmp_path)
    closes = _now().replace(microsecond=0) + timedelta(seconds=10)
    _close_at(desk, closes)
    yield desk, closes
    desk.store.close()


def _browser(desk: Desk, clock: Any) -> Client:
    client = Client(create_app(desk, clock))
    assert client.post("/sign-in", {"name": "总管理", "password": PASSWORD}).status_code == 303
    return client


def _submit(client: Client, place: int) -> httpx.Response:
    return client.post(f"/nominations/{_number(place)}/moves/submit", {"version": "1"})


@on(SQLITE)
def test_submission_that_waits_for_its_turn_is_judged_by_when_it_came(opened):
    desk, closes = opened
    at, asked = [closes - timedelta(seconds=1)], Event()

    def clock() -> datetime:
        asked.set()
        return at[0]

    client = _browser(desk, clock)
    asked.clear()
    with ThreadPoolExecutor(1) as pool, desk.store.write():
        # Whoever writes waits for this transaction; the deadline passes meanwhile.
        answer = pool.submit(_submit, client, 0)
        assert asked.wait(20)
        at[0] = closes + timedelta(seconds=5)
    assert answer.result(30).status_code == 303
    assert _submitted(desk) == {_number(0): closes - timedelta(seconds=1)}
    late = _submit(client, 1)
    assert (late.status_code, closing_in_words(closes).zh in late.text) == (409, True)


def test_upload_has_come_when_its_last_byte_is_here_however_long_it_waits_for_a_thread(tmp_path):
    """It is read while pages hold every thread that they have, and counts from then, whenever it is answered."""
    before, after = _now(), _now() + timedelta(minutes=5)
    at, told = [before], list[tuple[datetime, int]]()

    def answer(_request: Request, form: FileForm) -> Response:
        told.append((by_arrival(lambda: at[0])(), form.files[0].size))
        return Response()

    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    parts = [head, *[b"x" * LARGEST] * 5, b"\r\n--b--\r\n"]
    headers = {"content-type": "multipart/form-data; boundary=b", "content-length": str(sum(map(len, parts)))}
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": named}
    messages = [{"type": "http.request", "body": part, "more_body": part is not parts[-1]} for part in parts]

    async def upload() -> None:
        all_sent, free, coming = asyncio.Event(), Event(), iter(messages)

        async def receive() -> dict[str, Any]:
            if (message := next(coming))["more_body"] is False:
                all_sent.set()
            return message

        current_default_thread_limiter().total_tokens = 1
        page = asyncio.create_task(run_in_threadpool(free.wait, 30))
        route = uploading(answer, tmp_path, 10 * LARGEST, lambda _request: None)
        async with arriving(scope, receive, lambda: at[0]) as arrived:
            answered = asyncio.create_task(route(Request(scope, arrived)))
            await asyncio.wait_for(all_sent.wait(), 20)
            # The deadline passes while it waits to be answered.
            at[0] = after
            free.set()
            await answered
        await page

    asyncio.run(upload())
    assert told == [(before, 5 * LARGEST)]


@on(SQLITE)
def test_sweep_by_the_clock_leaves_what_came_due_a_moment_ago(opened):
    desk, closes = opened
    minute = timedelta(minutes=1)
    assert sweep(desk, closes + timedelta(seconds=59), grace=minute).moved == 0
    client = _browser(desk, lambda: closes + timedelta(hours=1))
    assert sweep(desk, closes + minute, grace=minute).moved == 3
    lapsed = _submit(client, 0)
    assert (lapsed.status_code, closing_in_words(closes).zh in lapsed.text) == (409, True)


def test_rush_before_a_deadline_loses_nobody_and_lets_nobody_in_late(new_database, tmp_path):
    url = new_database()
    with (
        closing((desk := _open(url, SUBMISSIONS, tmp_path)).store),
        serving(url, LINXUAN_DATA=str(tmp_path), LINXUAN_KEY=KEY.hex()) as one,
        serving(url, LINXUAN_DATA=str(tmp_path), LINXUAN_KEY=KEY.hex()) as other,
    ):
        answers, closes = asyncio.run(_rush(desk, [one.address, other.address]))
        submitted, stages = _submitted(desk), _stages(desk)
        with desk.store.read() as connection:
            assert verify(connection).broken == ()
    came = {number for number, (_, status, _) in answers.items() if status == 303}
    late = {
        number for number, (_, status, text) in answers.items() if status == 409 and closing_in_words(closes).zh in text
    }
    assert len(came) + len(late) == len(answers) == SUBMISSIONS, [
        one for one in answers.values() if one[1] not in (303, 409)
    ]
    assert came == submitted.keys()
    assert [at for number, at in submitted.items() if not answers[number][0] <= at < closes] == []
    assert {stages[number] for number in came} == {TIER}
    assert {stages[number] for number in late} <= {"recommendation.unit", "lapsed"}
    assert came
    assert late


async def _rush(desk: Desk, addresses: list[str]) -> tuple[dict[str, tuple[datetime, int, str]], datetime]:
    """Send submissions around a deadline, beside a sweep that closes what was not submitted, again and again.

    Returns when each was sent, and what it was answered, by its number; and the deadline.
    """
    limits = httpx.Limits(max_connections=CONNECTIONS)
    browsers = [httpx.AsyncClient(base_url=one, limits=limits, timeout=60) for one in addresses]
    headers = {"Sec-Fetch-Site": "same-origin"}
    for browser in browsers:
        done = await browser.post("/sign-in", data={"name": "总管理", "password": PASSWORD}, headers=headers)
        assert done.status_code == 303, done.text
    closes = _now() + timedelta(seconds=AROUND + 0.5)
    _close_at(desk, closes)
    over = Event()
    sweeper = Thread(target=_sweep_on, args=(desk, over))
    sweeper.start()
    answers: dict[str, tuple[datetime, int, str]] = {}

    async def send(place: int) -> None:
        # Two of three before the deadline, and the others after it.
        due = closes + timedelta(seconds=AROUND * (1.5 * place / SUBMISSIONS - 1))
        await asyncio.sleep((due - _now()).total_seconds())
        sent = _now()
        path = f"/nominations/{_number(place)}/moves/submit"
        got = await browsers[place % len(browsers)].post(path, data={"version": "1"}, headers=headers)
        answers[_number(place)] = sent, got.status_code, got.text

    try:
        await asyncio.gather(*map(send, range(SUBMISSIONS)))
    finally:
        over.set()
        sweeper.join()
        for browser in browsers:
            await browser.aclose()
    return answers, closes


def _sweep_on(desk: Desk, over: Event) -> None:
    """Sweep again and again, as the clock does, leaving alone what came due a few seconds ago."""
    while not over.wait(0.2):
        sweep(desk, _now(), grace=timedelta(seconds=3))
