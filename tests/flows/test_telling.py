"""Every move told to Prefect as one event, whatever is away meanwhile."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Any

import httpx
import pytest
from prefect import get_client
from sqlalchemy import delete, event, func, select, update

from flows import telling
from flows.telling import EVENT, OUTBOX, PARKED, Telling, Waiting, tell, tell_parked
from operations import telling as positions
from operations.actors import MACHINE
from operations.acts import Act
from operations.messages import Released, release
from operations.settings import open_desk
from store import events_of
from store import tables as t

PROGRAM = "luzhou-chief-technician-2019"


@pytest.fixture
def desk(played, settings):
    played("2019-07-31T09:00+08:00")
    desk = open_desk(settings)
    yield desk
    desk.store.close()


def moves(desk) -> list[dict[str, Any]]:
    with desk.store.read() as connection:
        return [one for one in events_of(connection, PROGRAM) if one["kind"] == "nomination.moved"]


def told(desk) -> int:
    async def go() -> int:
        async with get_client() as client:
            return (await tell(desk, client)).moves

    return asyncio.run(go())


def known(desk) -> list[dict[str, Any]]:
    """What the server has of these nominations."""
    ids = sorted({f"linxuan.nomination.{one['nomination']}" for one in moves(desk)})

    async def go() -> list[dict[str, Any]]:
        wanted = {"event": {"name": [EVENT]}, "resource": {"id": ids}, "occurred": {"since": "2019-01-01T00:00:00Z"}}
        async with get_client() as client:
            page = (await client.request("POST", "/events/filter", json={"filter": wanted})).json()
            found = page["events"]
            while page["next_page"]:
                page = (await client._client.get(page["next_page"])).json()  # noqa: SLF001
                found += page["events"]
        return found

    return asyncio.run(go())


def test_every_move_is_told_once_however_often(desk, monkeypatch):
    monkeypatch.setattr(positions, "BATCH", 7)
    expected = moves(desk)
    assert told(desk) == len(expected) > 10
    assert told(desk) == 0
    # As after a crash between telling and keeping that it was told, or from an older backup.
    with desk.store.write() as transaction:
        transaction.connection.execute(delete(t.telling))
    assert told(desk) == len(expected)
    found = sorted(known(desk), key=lambda one: one["payload"]["position"])
    assert [one["payload"]["position"] for one in found] == [one["position"] for one in expected]
    first, event = expected[0], found[0]
    assert event["resource"] == {
        "prefect.resource.id": f"linxuan.nomination.{first['nomination']}",
        "prefect.resource.name": first["nomination"],
        "linxuan.move": first["move"],
        "linxuan.from": first["from"],
        "linxuan.to": first["to"],
    }
    assert [one["prefect.resource.role"] for one in event["related"]] == ["program", "stage"]
    assert datetime.fromisoformat(event["occurred"]) == datetime.fromisoformat(first["now"])
    # Prefect's pages are no place for whom it was about and why.
    assert not {"actor", "reason", "nominee"} & event["payload"].keys()


class Away:
    """A server that is not there, or one that takes events and forgets them."""

    def __init__(self, *, forgetful: bool) -> None:
        self._forgetful = forgetful

    async def request(self, _method: str, path: str, **_body: object) -> httpx.Response:
        if not self._forgetful:
            raise httpx.ConnectError("refused")
        request = httpx.Request("POST", f"http://server{path}")
        return httpx.Response(200, json={"total": 0}, request=request)


def test_what_a_server_has_not_kept_is_told_later(desk, monkeypatch):
    monkeypatch.setattr(telling, "KEPT_WITHIN", 0.0)
    with pytest.raises(httpx.TransportError):
        asyncio.run(tell(desk, Away(forgetful=False)))
    assert asyncio.run(tell(desk, Away(forgetful=True))) == Telling(lost={PROGRAM})
    with desk.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(t.telling)).scalar_one() == 0


class Particular:
    """A server that takes no events of one program, or loses them, and keeps those of all others."""

    def __init__(self, unlucky: str, status: int = 422, *, loses: bool = False) -> None:
        self._unlucky, self._status, self._loses = unlucky, status, loses
        self.told: Counter[str] = Counter()

    async def request(self, _method: str, path: str, json: Any) -> httpx.Response:
        request = httpx.Request("POST", f"http://server{path}")
        if path == "/events":
            [program] = {one["payload"]["program"] for one in json}
            if program == self._unlucky and not self._loses:
                answer = httpx.Response(self._status, request=request)
                raise httpx.HTTPStatusError("no", request=request, response=answer)
            self.kept = 0 if program == self._unlucky else len(json)
            self.told[program] += self.kept
        return httpx.Response(200, json={"total": self.kept}, request=request)


@pytest.fixture
def another(desk):
    """A second program with the same events, whose id comes first."""
    with desk.store.write() as transaction:
        for table, name in ((t.program, "id"), (t.event, "program_id")):
            rows = transaction.connection.execute(select(table).where(table.c[name] == PROGRAM)).mappings().all()
            transaction.connection.execute(table.insert(), [{**row, name: "another"} for row in rows])
    return "another"


def test_program_whose_events_are_refused_holds_up_no_other(desk, another):
    server, count = Particular(another), len(moves(desk))
    done = asyncio.run(tell(desk, server))
    assert (done, server.told) == (Telling(count, {another}), {PROGRAM: count})
    # It is tried again; a server that is away, or that does not let us in, is waited for as a whole.
    with pytest.raises(httpx.HTTPStatusError):
        asyncio.run(tell(desk, Particular(another, 401)))
    assert asyncio.run(tell(desk, Particular("nobody"))) == Telling(count)


def test_program_whose_events_are_lost_is_told_after_all_others(desk, another, monkeypatch):
    monkeypatch.setattr(telling, "KEPT_WITHIN", 0.0)
    monkeypatch.setattr(positions, "BATCH", 20)
    server, waiting, count = Particular(another, loses=True), Waiting(), len(moves(desk))
    rounds = []
    for _ in range(2):
        rounds.append(asyncio.run(tell(desk, server, waiting.lost)))
        waiting.goes_on(rounds[-1])
    assert rounds == [Telling(0, lost={another}), Telling(count, lost={another})]
    waiting.goes_on(asyncio.run(tell(desk, Particular("nobody"), waiting.lost)))
    assert waiting == Waiting()


@pytest.mark.usefixtures("another")
def test_where_nothing_is_to_be_told_one_statement_asks_for_all_programs(desk):
    asyncio.run(tell(desk, Particular("nobody")))
    asked: list[str] = []
    with desk.store.read() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert positions.to_tell(desk) == []
    assert sum("FROM program" in statement or "FROM event" in statement for statement in asked) == 1


class Keeping:
    """A server that keeps what it is given."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    async def request(self, _method: str, path: str, json: Any) -> httpx.Response:
        if path == "/events":
            self.events += json
        return httpx.Response(200, json={"total": 1}, request=httpx.Request("POST", f"http://server{path}"))


def test_letters_that_anybody_has_parked_are_told_once_until_they_are_released(desk):
    server = Keeping()
    assert asyncio.run(tell_parked(desk, server)) == 0
    with desk.store.write() as transaction:
        transaction.connection.execute(update(t.message).values(state="parked"))
        count = transaction.connection.execute(select(func.count()).select_from(t.message)).scalar_one()
    assert asyncio.run(tell_parked(desk, server)) == count > 0
    assert asyncio.run(tell_parked(desk, server)) == 0
    (event,) = server.events
    assert (event["event"], event["resource"]) == (PARKED, {"prefect.resource.id": OUTBOX})
    assert event["payload"] == {"count": count}
    now = datetime.fromisoformat("2019-07-31T10:00+08:00")
    released = release(desk, [], Act(MACHINE, now))
    assert isinstance(released, Released)
    assert len(released.recipients) == count
    with desk.store.write() as transaction:
        transaction.connection.execute(update(t.message).values(state="parked"))
    assert asyncio.run(tell_parked(desk, server)) == count


def test_what_is_told_never_goes_back(desk):
    [waiting] = positions.to_tell(desk)
    positions.has_told(desk, waiting)
    positions.has_told(desk, positions.ToTell(PROGRAM, (), 3))
    with desk.store.read() as connection:
        assert connection.execute(select(t.telling.c.position)).scalar_one() == waiting.through
    with desk.store.write() as transaction:
        transaction.connection.execute(update(t.telling).values(position=waiting.through - 1))
    [again] = positions.to_tell(desk)
    assert again.through == waiting.through


def test_a_move_for_a_later_instant_has_occurred_by_now():
    clock = datetime.fromisoformat("2026-11-20T09:00:00+08:00")
    move = {
        "nomination": "p-0001",
        "move": "submit",
        "from": "recommendation.unit",
        "to": "recommendation.city",
        "now": "2030-01-01T00:00:00+08:00",
        "position": 1,
        "digest": "d",
    }
    event = telling.event_of("p", move, clock)
    assert event["occurred"] == clock.isoformat()
    assert event["payload"]["now"] == move["now"]
    assert event["id"] == telling.event_of("p", dict(move), clock)["id"]
