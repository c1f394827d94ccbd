"""PostgreSQL for both, Redis, two API servers, the background apart, three workers: one of each killed under load."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import URL

from cli.ports import answers, choose_port
from deadlines import SHANGHAI
from notifications.channels import MemoryChannel
from operations.acts import Act
from operations.audit import audit
from operations.authority import identify
from operations.desk import Desk
from operations.lookup import list_nominations
from operations.move import move
from operations.rehearse import rehearse
from operations.results import Moved
from operations.settings import Settings, open_desk
from programs import load_program
from states import Move
from store import events_of
from tests.cli.test_supervisor import wait_until
from tests.grown.balancing import balancing
from tests.grown.installation import LOCALHOST, Installation, runs_of
from tests.postgres import NoServerError, Server, serving
from tests.redis_server import redis_serving

PROGRAM = "bayu-craftsman-2022"
#: Everybody who was chosen is published, and nobody's days are over.
PUBLISHED = "2022-08-01T12:00+08:00"
#: Seconds that anything may take on a machine that has other work; on one that has none it takes a tenth.
PATIENCE = 180
#: Seconds without a sign of life after which a run is taken for dead here.
SILENCE = 20


@dataclass
class Grown:
    """The installation, its history, and what administrators are written."""

    parts: Installation
    desk: Desk
    product: URL
    prefect: URL
    ports: tuple[int, int]

    def letters(self) -> list[str]:
        files = sorted((Path(self.parts.environment["LINXUAN_DATA"]) / "outbox").glob("alert-*.eml"))
        return [str(message_from_bytes(file.read_bytes(), policy=policy.default)["Subject"]) for file in files]

    def standing(self, stage: str) -> list[str]:
        return sorted(one.number for one in list_nominations(self.desk, program_id=PROGRAM) if one.stage == stage)

    def moves(self) -> list[dict[str, Any]]:
        assert audit(self.desk).breaks == 0
        with self.desk.store.read() as connection:
            return [one for one in events_of(connection, PROGRAM) if one["kind"] == "nomination.moved"]

    def told(self) -> list[int]:
        """The positions of the moves that Prefect was told of, each as often as it has it."""
        query = "SELECT (payload->>'position')::int FROM events WHERE event = 'linxuan.nomination.moved' ORDER BY 1"
        with connected(self.prefect) as connection:
            return [position for (position,) in connection.execute(query)]

    @contextmanager
    def head_held(self) -> Iterator[psycopg.Connection[Any]]:
        """Hold the head of the program's chain: whoever moves something waits, with its batch not yet committed."""
        with connected(self.product) as connection:
            connection.execute("SELECT id FROM program WHERE id = %s FOR NO KEY UPDATE", [PROGRAM])
            yield connection


def connected(url: URL) -> psycopg.Connection[Any]:
    where = dict(url.query)
    return psycopg.connect(host=where["host"], port=where["port"], user=url.username, dbname=url.database)


def waits(connection: psycopg.Connection[Any]) -> bool:
    """Whether somebody waits for what this connection holds."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    return connection.execute(query).fetchone() != (0,)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, str]]:
    try:
        with (
            serving(default_transaction_isolation="read committed", max_connections="200") as postgresql,
            redis_serving() as redis,
        ):
            yield postgresql, redis
    except NoServerError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def grown(servers, tmp_path) -> Iterator[Grown]:
    postgresql, redis = servers
    product, prefect = (postgresql.url(postgresql.create()) for _ in range(2))
    of_servers = postgresql.url(str(prefect.database), tcp=True).set(drivername="postgresql+asyncpg")
    ports = [choose_port(LOCALHOST, 4700, None)]
    ports += [choose_port(LOCALHOST, ports[0] + 1, None)]
    ports += [choose_port(LOCALHOST, ports[1] + 1, None)]
    proxy, *behind = ports
    parts = Installation(
        tmp_path,
        {
            "LINXUAN_DATABASE": product.render_as_string(hide_password=False),
            "LINXUAN_DATA": str(tmp_path),
            "LINXUAN_KEY_FILE": str(tmp_path / "linxuan.key"),
            "LINXUAN_FILES": str(tmp_path / "files"),
            "LINXUAN_BACKUPS": str(tmp_path / "backups"),
            "LINXUAN_ADMINISTRATORS": "it@example.com",
            "LINXUAN_CONSOLE_URL": "https://linxuan.example.com/",
            "LINXUAN_PROXIES": None,
            "LINXUAN_SMTP_HOST": None,
            "LINXUAN_REDIS": redis,
            "PREFECT_API_URL": f"http://{LOCALHOST}:{proxy}/api",
            "PREFECT_API_AUTH_STRING": "admin:secret-of-the-tests",
            "PREFECT_SERVER_API_AUTH_STRING": "admin:secret-of-the-tests",
            "PREFECT_API_DATABASE_CONNECTION_URL": of_servers.render_as_string(hide_password=False),
        },
    )
    upgraded = parts.start("linxuan-prefect-database")
    desk = open_desk(
        Settings(database=parts.environment["LINXUAN_DATABASE"], data=tmp_path, key_file=tmp_path / "linxuan.key")
    )
    rehearse(
        desk, load_program(PROGRAM), MemoryChannel(), nominations=60, seed=1, until=datetime.fromisoformat(PUBLISHED)
    )
    try:
        assert upgraded.wait() == 0, parts.logs("linxuan-prefect-database")
        with balancing(LOCALHOST, proxy, behind):
            yield Grown(parts, desk, product, prefect, (behind[0], behind[1]))
    finally:
        parts.end()
        desk.store.close()


def test_one_of_each_killed_under_load_loses_nothing_and_does_nothing_twice(grown):
    parts = grown.parts
    first, second = (parts.start("linxuan-prefect@", str(port)) for port in grown.ports)
    services = parts.start("linxuan-prefect-services")
    assert wait_until(lambda: all(answers(LOCALHOST, port, "/api/health") for port in grown.ports), PATIENCE)
    assert parts.linxuan("deploy").wait() == 0
    # Its own schedule might close everything before anybody is killed.
    parts.ask(f"/deployments/{parts.known('close-publicity')}/pause_deployment")
    # Whoever tells listens, too.
    parts.environment["LINXUAN_SILENCE"] = str(SILENCE)
    workers = [parts.start("linxuan-worker@", str(place)) for place in range(3)]
    teller = parts.start("linxuan-telling")
    published = grown.standing("publicity.running")
    byhand, bypool = published[:6], published[6:8]
    assert len(published) > 12

    # A worker dies with its run, whose batch is moved and not committed.
    with grown.head_held() as held:
        killed = parts.begin("close-publicity")
        assert wait_until(lambda: waits(held), PATIENCE)
        assert wait_until(lambda: parts.has_event("prefect.flow-run.heartbeat", f"prefect.flow-run.{killed}"), PATIENCE)
        [worker] = [one for one in workers if killed in runs_of(one.pid)]
        parts.kill(worker)
    assert parts.runs("close-publicity")[killed]["state_name"] in {"Running", "Crashed"}
    assert grown.standing("publicity.running") == published

    # Moves go on, by hand and by the pool, while an API server, the background and the teller die and come back.
    parts.kill(teller)
    asked = {number: withdraw_by_pool(parts, number) for number in bypool}
    moved: list[object] = []
    hand = Thread(target=lambda: moved.extend(withdraw(grown.desk, number) for number in byhand))
    hand.start()
    parts.kill(first)
    parts.start("linxuan-worker@", "0")
    parts.kill(services)
    parts.start("linxuan-prefect@", str(grown.ports[0]))
    parts.start("linxuan-prefect-services")
    parts.start("linxuan-telling")
    hand.join()
    assert [type(one) for one in moved] == [Moved] * len(byhand)

    # The dead run is found out, its place is free, somebody is written to, and the next ones finish, several at once.
    assert wait_until(lambda: parts.runs("close-publicity")[killed]["state_name"] == "Crashed", PATIENCE)
    assert parts.runs("close-publicity")[killed]["state"]["message"] == "进程没有音讯，可能已被杀死"
    finish(parts, "transition", set(asked.values()))
    sweeping = [parts.linxuan("sweep") for _ in range(2)]
    next_one = parts.begin("close-publicity")
    finish(parts, "close-publicity", {next_one})
    assert [one.wait() for one in sweeping] == [0, 0]
    assert wait_until(lambda: any("公示期满" in subject for subject in grown.letters()), PATIENCE)

    history = grown.moves()
    told = Counter((one["nomination"], one["move"]) for one in history if one["nomination"] in published)
    assert {key: count for key, count in told.items() if key[1] in {"withdraw", "close"}} == {
        (number, "withdraw" if number in {*byhand, *bypool} else "close"): 1 for number in published
    }
    assert grown.standing("publicity.running") == []
    assert wait_until(lambda: len(grown.told()) >= len(history), PATIENCE)
    assert grown.told() == [one["position"] for one in history]
    assert second.poll() is None


def withdraw(desk: Desk, number: str) -> object:
    now = datetime.now(SHANGHAI)
    return move(desk, number, Move.WITHDRAW, Act(identify(desk, "张三"), now, "本人放弃"))


def withdraw_by_pool(parts: Installation, number: str) -> str:
    return parts.begin("transition", number=number, move="withdraw", actor="张三", reason="本人放弃")


def finish(parts: Installation, deployment: str, wanted: set[str]) -> None:
    """Wait until these runs are over, and as they should be."""

    def states() -> set[str]:
        return {one["state_type"] for key, one in parts.runs(deployment).items() if key in wanted}

    assert wait_until(lambda: not states() & {"SCHEDULED", "PENDING", "RUNNING"}, PATIENCE)
    assert states() == {"COMPLETED"}
