"""A rehearsal that is killed again and again ends as if nothing had happened, and nobody is written to twice."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from store import Break, Store, verify
from store import tables as t
from tests.conftest import SECRET, on
from tests.databases import POSTGRESQL, SQLITE, Databases
from tests.operations.office import CRAFTSMAN_2017, LUZHOU

KILLS = 10
NOMINATIONS = 20


@dataclass(frozen=True)
class Theatre:
    """A database and an outbox of their own for one rehearsal."""

    program: str
    database: str
    outbox: Path
    facts: dict[str, Any] = field(default_factory=lambda: {"nominations": NOMINATIONS, "seed": 1})


Perform = Callable[..., dict[str, int]]
Undisturbed = Callable[[Databases, str], tuple[Theatre, int]]


@pytest.fixture(scope="module")
def perform() -> Iterator[Perform]:
    """Perform a rehearsal in a process of its own; returns its exit code and how many statements it took."""
    command = [sys.executable, "-m", "tests.operations.performances"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as stage:

        def performed(theatre: Theatre, killed_before: int | None = None) -> dict[str, int]:
            request = {
                "program": theatre.program,
                "database": theatre.database,
                "outbox": str(theatre.outbox),
                "secret": SECRET.hex(),
                "killed_before": killed_before,
                **theatre.facts,
            }
            stage.stdin.write(json.dumps(request) + "\n")
            stage.stdin.flush()
            return json.loads(stage.stdout.readline())

        yield performed
        stage.stdin.close()


@pytest.fixture(scope="module")
def undisturbed(perform, tmp_path_factory) -> Iterator[Undisturbed]:
    """Gives a program as it ends when nobody disturbs it, once for each kind, and how many statements that took."""
    made: dict[tuple[str, str], tuple[Databases, Theatre, int]] = {}

    def ended(databases: Databases, program: str) -> tuple[Theatre, int]:
        key = databases.kind, program
        if key not in made:
            theatre = Theatre(program, databases.new(), tmp_path_factory.mktemp("undisturbed") / "outbox")
            made[key] = databases, theatre, perform(theatre)["statements"]
        return made[key][1:]

    yield ended
    for databases, theatre, _ in made.values():
        databases.drop(theatre.database)


@pytest.fixture
def theatre_of(new_database, tmp_path) -> Callable[[str], Theatre]:
    made_before = count(1)

    def made(program: str) -> Theatre:
        return Theatre(program, new_database(), tmp_path / f"outbox-{next(made_before)}")

    return made


#: Columns that are different every time: what is sealed, and the code by which whoever objected asks how it stands.
BY_CHANCE = {"identity", "code"}

#: Columns that name a row of another table by its id.
NAMED = {"nomination_id": "nomination", "vacated_id": "nomination", "publicity_id": "publicity"}


def contents(theatre: Theatre) -> dict[str, list[dict[str, Any]]]:
    """All that the database holds, but the key, and what is made by chance every time.

    PostgreSQL gives no row's id twice, also not those of a process that was killed, so there an id is told by its place
    among the ids.
    """
    with closing(Store(theatre.database)) as store, store.read() as connection:
        found = {
            table.name: [
                {column: value for column, value in row.items() if column not in BY_CHANCE}
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in t.metadata.sorted_tables
            if table is not t.vault_key
        }
        # The log of deliveries numbers its lines as they come, which says nothing of a message.
        for row in found["delivery"]:
            del row["id"]
        found["delivery"].sort(key=lambda row: (row["message_id"], row["tried_at"]))
        if connection.dialect.name == "postgresql":
            places = {
                name: {row["id"]: place for place, row in enumerate(found[name], start=1)}
                for name in ("nomination", "publicity", "reminder", "payment")
            }
            for name, rows in found.items():
                for row in rows:
                    if name in places:
                        row["id"] = places[name][row["id"]]
                    for column, named in NAMED.items():
                        if row.get(column) is not None:
                            row[column] = places[named][row[column]]
    return found


def breaks(theatre: Theatre) -> tuple[Break, ...]:
    with closing(Store(theatre.database)) as store, store.read() as connection:
        return verify(connection).broken


def mails(theatre: Theatre) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in theatre.outbox.iterdir()}


def assert_the_same_end(theatre: Theatre, undisturbed: Theatre) -> None:
    found, expected = contents(theatre), contents(undisturbed)
    for table, rows in expected.items():
        assert found[table] == rows, table
    assert breaks(theatre) == ()
    assert mails(theatre) == mails(undisturbed)
    assert len(mails(theatre)) == len(found["message"])


#: Every kind of database is killed under; the programs differ in what they do, not in how it is written.
KILLED = [(SQLITE, CRAFTSMAN_2017), (POSTGRESQL, LUZHOU)]


@pytest.mark.parametrize(("databases", "program"), KILLED, indirect=["databases"])
def test_rehearsal_killed_at_random_points_ends_like_an_undisturbed_one(
    program, databases, perform, undisturbed, theatre_of
):
    whole, statements = undisturbed(databases, program)
    killed = theatre_of(program)
    random = Random(program)  # noqa: S311 - any point will do
    kills = 0
    while perform(killed, random.randrange(20, statements // (KILLS // 2)))["code"] == -9:
        kills += 1
        assert breaks(killed) == ()
        if kills == KILLS:
            assert perform(killed)["code"] == 0
            break
    assert kills >= 10
    assert_the_same_end(killed, whole)


@pytest.mark.parametrize(("databases", "program"), KILLED, indirect=["databases"])
def test_rehearsal_that_is_over_is_performed_again_without_a_change(program, databases, perform, undisturbed):
    theatre, _ = undisturbed(databases, program)
    before, sent = contents(theatre), mails(theatre)
    perform(theatre)
    assert (contents(theatre), mails(theatre)) == (before, sent)


@on(SQLITE)
def test_rehearsal_on_the_command_line_killed_from_outside_is_run_on(databases, undisturbed, theatre_of, tmp_path):
    whole, _ = undisturbed(databases, CRAFTSMAN_2017)
    killed = theatre_of(CRAFTSMAN_2017)
    key = tmp_path / "key"
    key.write_text(SECRET.hex(), "ascii")
    environment = os.environ | {"LINXUAN_KEY_FILE": str(key), "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-c", "from cli import main; main()", "rehearse", CRAFTSMAN_2017]
    command += ["--database", killed.database, "--outbox", str(killed.outbox), "--nominations", str(NOMINATIONS)]
    random = Random(1)  # noqa: S311 - any moment will do
    with closing(Store(killed.database)) as watching:
        for _ in range(2):
            before = scenes(watching)
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as process:
                while scenes(watching) < before + 3:
                    time.sleep(0.01)
                time.sleep(random.uniform(0, 0.05))
                process.kill()
            assert process.returncode == -9
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    assert_the_same_end(killed, whole)


def scenes(store: Store) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(t.scene)).scalar_one()
