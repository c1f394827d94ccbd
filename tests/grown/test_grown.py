"""PostgreSQL for both, Redis, two API servers, the background apart, three workers and the console behind the proxy.

All of it is killed under load: a whole machine, PostgreSQL, Redis and the background.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import URL

from cli.ports import answers, choose_port
from notifications.channels import MemoryChannel
from operations.audit import audit
from operations.desk import Desk
from operations.lookup import list_nominations
from operations.rehearse import rehearse
from operations.safekeeping import bring_back, keep
from operations.settings import Settings, open_desk
from programs import Program, load_program
from store import events_of
from tests.cli.test_supervisor import wait_until
from tests.grown.installation import LOCALHOST, Installation, Process, make_databases, runs_of
from tests.grown.loading import ADMINISTRATOR, Operating, by_api, by_hand, draw_up, due, register, small
from tests.postgres import ADMINISTRATOR as OF_SERVER
from tests.postgres import PASSWORD, NoServerError, Server, serving
from tests.proxy import CONSOLE, PUBLIC, Proxy, proxying
from tests.redis_server import Redis, redis_serving

PROGRAM = "bayu-craftsman-2022"
#: Everybody who was chosen is published, and nobody's days are over.
PUBLISHED = "2022-08-01T12:00+08:00"
#: Programs whose nominations lapse, each on a day of its own, and how many each has.
LAPSING = [small(f"lapsing-{day}", f"4月{day}日") for day in range(11, 17)]
OF_EACH = 30
#: The program whose nominations are submitted meanwhile, until far in the future.
OPEN = small("open", "2035年4月15日")
#: Seconds that anything may take on a machine that has other work; on one that has none it takes a tenth.
PATIENCE = 180
#: Seconds without a sign of life after which a run is taken for dead here: one that lives gives one every thirty.
SILENCE = 35


@dataclass
class Grown:
    """The installation, its history, and what administrators are written."""

    parts: Installation
    desk: Desk
    owner: URL
    postgresql: Server
    redis: Redis
    proxy: Proxy
    drawn: dict[str, list[str]]
    token: str

    @property
    def ports(self) -> tuple[int, int]:
        return self.proxy.ports[4201], self.proxy.ports[4202]

    def letters(self) -> list[str]:
        files = sorted((Path(self.parts.environment["LINXUAN_DATA"]) / "outbox").glob("alert-*.eml"))
        return [str(message_from_bytes(file.read_bytes(), policy=policy.default)["Subject"]) for file in files]

    def standing(self, stage: str, program: str = PROGRAM) -> list[str]:
        return sorted(one.number for one in list_nominations(self.desk, program_id=program) if one.stage == stage)

    def moves(self) -> list[dict[str, Any]]:
        assert audit(self.desk).breaks == 0
        with self.desk.store.read() as connection:
            return [
                one | {"program": program}
                for program in sorted(self.drawn)
                for one in events_of(connection, program)
                if one["kind"] == "nomination.moved"
            ]

    def told(self) -> list[tuple[str, int]]:
        """The moves that Prefect was told of, by program and position, each as often as it has it."""
        query = (
            "SELECT payload->>'program', (payload->>'position')::int FROM events "
            "WHERE event = 'linxuan.nomination.moved' ORDER BY 1, 2"
        )
        with self.connected("prefect") as connection:
            return connection.execute(query).fetchall()

    def connected(self, database: str, role: str = OF_SERVER) -> psycopg.Connection[Any]:
        return psycopg.connect(host=self.postgresql.folder, port=self.postgresql.port, user=role, dbname=database)

    @contextmanager
    def head_held(self, program: str) -> Iterator[psycopg.Connection[Any]]:
        """Hold the head of a program's chain: whoever moves something waits, with its batch not yet committed."""
        connection = self.connected("linxuan")
        try:
            connection.execute("SELECT id FROM program WHERE id = %s FOR NO KEY UPDATE", [program])
            yield connection
        finally:
            # The server may be gone meanwhile.
            connection.close()


def waits(connection: psycopg.Connection[Any]) -> bool:
    """Whether somebody waits for what this connection holds."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    return connection.execute(query).fetchone() != (0,)


@pytest.fixture(scope="module")
def grown(tmp_path_factory) -> Iterator[Grown]:
    folder = tmp_path_factory.mktemp("grown")
    console = choose_port(LOCALHOST, 4700, None)
    behind = [choose_port(LOCALHOST, 4720, None)]
    behind += [choose_port(LOCALHOST, behind[0] + 1, None)]
    settings = {"default_transaction_isolation": "read committed", "max_connections": "200", "synchronous_commit": "on"}
    try:
        with (
            serving(**settings) as postgresql,
            redis_serving() as redis,
            proxying(console, behind) as proxy,
        ):
            names = ("LINXUAN_OWNER_PASSWORD", "LINXUAN_PASSWORD", "PREFECT_DATABASE_PASSWORD")
            make_databases(postgresql, **dict.fromkeys(names, PASSWORD))
            yield from _installed(folder, console, postgresql, redis, proxy)
    except NoServerError as missing:
        pytest.skip(str(missing))


def _installed(folder: Path, console: int, postgresql: Server, redis: Redis, proxy: Proxy) -> Iterator[Grown]:
    owner = postgresql.url("linxuan", tcp=True, role="linxuan_owner")
    prefect = postgresql.url("prefect", tcp=True, role="prefect").set(drivername="postgresql+asyncpg")
    parts = Installation(
        folder,
        {
            "LINXUAN_DATABASE": postgresql.url("linxuan", tcp=True).render_as_string(hide_password=False),
            "LINXUAN_DATA": str(folder),
            "LINXUAN_KEY_FILE": str(folder / "linxuan.key"),
            "LINXUAN_FILES": str(folder / "files"),
            "LINXUAN_BACKUPS": str(folder / "backups"),
            "LINXUAN_ADMINISTRATORS": "it@example.com",
            "LINXUAN_CONSOLE_URL": f"https://{CONSOLE}/",
            "LINXUAN_PUBLIC_URL": f"https://{PUBLIC}/",
            "LINXUAN_PROXIES": LOCALHOST,
            **dict.fromkeys(
                [f"LINXUAN_SMTP_{one}" for one in ("HOST", "PORT", "USER", "PASSWORD", "SECURITY", "SENDER")]
            ),
            "LINXUAN_REDIS": redis.url,
            "PREFECT_API_URL": proxy.api,
            "PREFECT_API_AUTH_STRING": "admin:secret-of-the-tests",
            "PREFECT_SERVER_API_AUTH_STRING": "admin:secret-of-the-tests",
            "PREFECT_API_DATABASE_CONNECTION_URL": prefect.render_as_string(hide_password=False),
        },
        {"LINXUAN_DATABASE": owner.render_as_string(hide_password=False)},
        console,
    )
    upgraded = parts.start("linxuan-prefect-database")
    migrated = parts.start("linxuan-database")
    assert migrated.wait() == 0, parts.logs("linxuan-database")
    desk = open_desk(
        Settings(database=parts.environment["LINXUAN_DATABASE"], data=folder, key_file=folder / "linxuan.key")
    )
    until = datetime.fromisoformat(PUBLISHED)
    rehearse(desk, load_program(PROGRAM), MemoryChannel(), nominations=60, seed=1, until=until)
    drawn = {program.id: draw_up(desk, program, OF_EACH) for program in LAPSING}
    drawn |= {OPEN.id: draw_up(desk, OPEN, 300), PROGRAM: []}
    try:
        assert upgraded.wait() == 0, parts.logs("linxuan-prefect-database")
        yield Grown(parts, desk, owner, postgresql, redis, proxy, drawn, register(desk))
    finally:
        parts.end()
        desk.store.close()


def test_what_runs_can_take_no_guard_of_the_history_away(grown, tmp_path):
    guards = {
        "DROP TRIGGER event_append_only ON event": "42501",
        "ALTER TABLE link DISABLE TRIGGER ALL": "42501",
        "SET session_replication_role = replica": "42501",
        "DROP FUNCTION event_is_append_only": "42501",
        "TRUNCATE installation_link": "42501",
        "ALTER TABLE event RENAME TO other": "42501",
        "CREATE TABLE event2 (id int)": "42501",
        "UPDATE event SET position = 0": "P0001",
        "DELETE FROM link": "P0001",
    }
    assert {statement: refused(grown, statement) for statement in guards} == guards
    assert refused(grown, "SELECT 1", role="prefect") == "no connection"
    # It can back all of it up; only the owner puts it back, and what runs goes on with it.
    given = {"data": tmp_path, "key_file": grown.parts.folder / "linxuan.key", "files": tmp_path / "files"}
    running = Settings(database=grown.parts.environment["LINXUAN_DATABASE"], **given)
    keep(running, tmp_path / "one.backup")
    owning = Settings(database=grown.owner.render_as_string(hide_password=False), **given)
    grown.desk.store.close()
    bring_back(owning, tmp_path / "one.backup", datetime.fromisoformat(PUBLISHED), replace=True)
    assert grown.moves()
    assert {statement: refused(grown, statement) for statement in guards} == guards


def refused(grown: Grown, statement: str, role: str = "linxuan") -> str | None:
    """How PostgreSQL refuses a statement of a role."""
    try:
        connection = grown.connected("linxuan", role)
    except psycopg.OperationalError:
        return "no connection"
    with connection, pytest.raises(psycopg.Error) as told:
        connection.execute(statement)
    return told.value.sqlstate


def test_what_is_killed_under_load_loses_nothing_and_does_nothing_twice(grown):
    parts = grown.parts
    begin_work(grown)
    published = grown.standing("publicity.running")
    byhand, byapi = iter(grown.drawn[OPEN.id][:150]), iter(grown.drawn[OPEN.id][150:])
    with grown.proxy.browser() as browser:
        operators = [Operating(byhand, by_hand(grown.desk)), Operating(byapi, by_api(browser, grown.token))]
        try:
            kill_postgresql(grown)
            kill_redis_and_the_background(grown)
            killed = kill_a_machine(grown, published)
            withdrawn = published[:6]
            batch = parts.begin(
                "batch", numbers=withdrawn, move="withdraw", actor=ADMINISTRATOR, reason="本人放弃", dry_run=False
            )
            finish(parts, "batch", batch)
        finally:
            for one in operators:
                one.stop()

    # The dead run is found out, its place is free, somebody is written to, and the next one finishes.
    assert wait_until(lambda: parts.runs("close-publicity")[killed]["state_name"] == "Crashed", PATIENCE)
    assert parts.runs("close-publicity")[killed]["state"]["message"] == "进程没有音讯，可能已被杀死"
    finish(parts, "close-publicity", parts.begin("close-publicity"))
    assert parts.linxuan("sweep").wait() == 0
    assert wait_until(lambda: any("公示期满" in subject for subject in grown.letters()), PATIENCE)

    history = grown.moves()
    expected = {number: "withdraw" if number in withdrawn else "close" for number in published}
    expected |= {number: "lapse" for program in LAPSING for number in grown.drawn[program.id]}
    submitted = [number for one in operators for number in one.done]
    assert len(submitted) == len(set(submitted)) > 20
    expected |= dict.fromkeys(submitted, "submit")
    concerned = {*expected, *grown.drawn[OPEN.id]}
    made = Counter((one["nomination"], one["move"]) for one in history if one["nomination"] in concerned)
    late = {"withdraw", "close", "lapse", "submit"}
    before = Counter((number, "submit") for number in published)
    found = {key: count for key, count in made.items() if key[1] in late and not before[key]}
    assert found == dict.fromkeys(expected.items(), 1)
    assert grown.standing("publicity.running") == []
    # What the background had taken and not written down is told again once Redis has forgotten it.
    grown.redis.let_time_pass()
    assert wait_until(lambda: len(grown.told()) >= len(history), PATIENCE)
    assert grown.told() == sorted((one["program"], one["position"]) for one in history)


def begin_work(grown: Grown) -> None:
    """Start everything, with no schedule of its own that might move something before it is meant to."""
    parts = grown.parts
    # Whoever tells listens, too; and what is said is written down within half a second, else within five.
    parts.environment["LINXUAN_SILENCE"] = str(SILENCE)
    parts.environment["PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL"] = "0.5"
    parts.start("linxuan-console")
    for port in grown.ports:
        parts.start("linxuan-prefect@", str(port))
    assert wait_until(lambda: all(answers(LOCALHOST, port, "/api/health") for port in grown.ports), PATIENCE)
    assert parts.linxuan("deploy").wait() == 0
    for deployment in ("close-publicity", "deadline-sweep"):
        parts.ask(f"/deployments/{parts.known(deployment)}/pause_deployment")
    # Only now: it schedules what it has seen unpaused, though that is paused meanwhile.
    parts.start("linxuan-prefect-services")
    for place in range(3):
        parts.start("linxuan-worker@", str(place))
    parts.start("linxuan-telling")


def kill_a_machine(grown: Grown, published: Sequence[str]) -> str:
    """Kill a machine whose worker has moved a batch that is not committed; returns the run that died with it."""
    parts = grown.parts
    # What has ended since, for want of what was killed before.
    parts.restart()
    workers = [parts.process("linxuan-worker@", str(place)) for place in range(3)]
    with grown.head_held(PROGRAM) as held:
        killed = parts.begin("close-publicity")
        assert wait_until(lambda: waits(held), PATIENCE), parts.runs("close-publicity")
        assert wait_until(lambda: parts.has_event("prefect.flow-run.heartbeat", f"prefect.flow-run.{killed}"), PATIENCE)
        busy = [one for one in workers if killed in runs_of(one.pid)]
        idle = [one for one in workers if one not in busy]
        machine: list[Process] = [*busy, idle[0], parts.process("linxuan-telling")]
        parts.kill(*machine, parts.process("linxuan-prefect@", str(grown.ports[0])))
    assert len(busy) == 1
    assert parts.runs("close-publicity")[killed]["state_name"] in {"Running", "Crashed"}
    assert grown.standing("publicity.running") == published
    swept(grown, LAPSING[5])
    assert len(parts.restart()) == len(machine) + 1
    return killed


def kill_postgresql(grown: Grown) -> None:
    """Kill PostgreSQL while a sweep of a worker has moved a batch that is not committed."""
    parts, program = grown.parts, LAPSING[0]
    with grown.head_held(program.id) as held:
        run = parts.begin("deadline-sweep", now=(due(program) + timedelta(seconds=1)).isoformat())
        assert wait_until(lambda: waits(held), PATIENCE), parts.runs("deadline-sweep")
        grown.postgresql.kill()
    grown.postgresql.start_again()
    assert grown.standing("recommendation.unit", program.id) == grown.drawn[program.id]
    swept(grown, LAPSING[1], LAPSING[2])
    parts.restart()
    # It tries again by itself, or has failed with its server: whatever it is, it holds nothing up.
    assert wait_until(
        lambda: parts.runs("deadline-sweep")[run]["state_type"] in {"COMPLETED", "FAILED", "CRASHED"}, PATIENCE
    )


def kill_redis_and_the_background(grown: Grown) -> None:
    """Kill Redis, and the background of the servers, which has taken events from it that it has not written down."""
    parts = grown.parts
    parts.kill(parts.process("linxuan-prefect-services"))
    grown.redis.kill()
    swept(grown, LAPSING[3])
    grown.redis.start_again()
    parts.restart()
    # The rest is swept by a worker.
    finish(
        parts, "deadline-sweep", parts.begin("deadline-sweep", now=(due(LAPSING[4]) + timedelta(seconds=1)).isoformat())
    )


def swept(grown: Grown, *programs: Program) -> None:
    """Sweep by command at the instants at which these programs' nominations are too late, all at once."""
    at = [(program, (due(program) + timedelta(seconds=1)).isoformat()) for program in programs]
    sweeping = [grown.parts.linxuan("sweep", "--program", program.id, "--now", one) for program, one in at]
    assert [one.wait() for one in sweeping] == [0] * len(programs)


def finish(parts: Installation, deployment: str, run: str) -> None:
    """Wait until a run is over, and as it should be."""

    def state() -> str:
        return parts.runs(deployment)[run]["state_type"]

    assert wait_until(lambda: state() not in {"SCHEDULED", "PENDING", "RUNNING"}, PATIENCE)
    assert state() == "COMPLETED"
