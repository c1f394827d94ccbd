"""What the tests of the core share: the shipped programs, the calendar, and a fresh database to work with.

Which tests run on both kinds of databases: those of the store; what races, locks, claims or sweeps; what a
constraint, a trigger or ON CONFLICT decides; SQL on JSON, dates, letters or their order; migrations, and whole programs
from beginning to end. Of all else, whose SQL is the same on both, a module says `pytestmark = on(SQLITE)`, and a test
or two of it say `@on(*KINDS)`, so that each operation is tried on PostgreSQL as well.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date
from functools import cache

import pytest

from deadlines.calendar import WorkCalendar
from notifications.channels import MemoryChannel
from operations.desk import Desk
from operations.rehearse import rehearse
from programs import Program, date_program, load_program
from store import Contents, Store, Vault
from tests.databases import KINDS, Databases, PostgresqlDatabases, SqliteDatabases, open_quickly
from tests.postgres import NoServerError, Server, serving

SECRET = bytes(range(32))

#: Gives the URL of a new, migrated database on every call.
NewDatabase = Callable[[], str]


@pytest.fixture(scope="session", autouse=True)
def _quick_stores(sqlite_databases: SqliteDatabases) -> Iterator[None]:
    """Let every store of the tests' own process share what its engine would learn and compile anew.

    Each that opens a new installation would run all migrations: they are tried by tests of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("store.store.open_engine", open_quickly)
        patch.setattr("operations.settings.migrate", sqlite_databases.migrate_empty)
        yield


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return WorkCalendar.china()


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault(SECRET)


@pytest.fixture(scope="session")
def shipped() -> Callable[[str], Program]:
    """Load a shipped program; the one whose notice bears no date is dated 28 June 2021."""

    @cache
    def loaded(program_id: str) -> Program:
        program = load_program(program_id)
        return program if program.issued else date_program(program, date(2021, 6, 28))

    return loaded


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A PostgreSQL server for this run of the tests, or for this worker's part of it."""
    try:
        with serving() as server:
            yield server
    except NoServerError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def postgresql_databases(postgresql_server) -> PostgresqlDatabases:
    return PostgresqlDatabases(postgresql_server)


@pytest.fixture
def databases(request) -> Databases:
    """The kind of database to work with: a test that asks for one runs on each kind, unless it says `on`."""
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
def empty_database(databases) -> Iterator[str]:
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture
def new_database(databases) -> Iterator[NewDatabase]:
    made: list[str] = []

    def make() -> str:
        made.append(databases.new())
        return made[-1]

    yield make
    for url in made:
        databases.drop(url)


@pytest.fixture
def store(new_database) -> Iterator[Store]:
    with closing(Store(new_database())) as opened:
        yield opened


@pytest.fixture
def desk(store, calendar, vault, tmp_path) -> Desk:
    return Desk(store, calendar, vault, Contents(tmp_path / "files"))


@pytest.fixture(scope="session")
def _rehearsed(calendar, vault, shipped) -> Callable[[Databases], str]:
    """A database of each kind in which a whole program was rehearsed; it is shared, and only ever copied."""
    made: dict[str, str] = {}

    def rehearsed(databases: Databases) -> str:
        if databases.kind not in made:
            url = databases.new()
            with closing(Store(url)) as store:
                program = shipped("luzhou-chief-technician-2019")
                rehearse(Desk(store, calendar, vault), program, MemoryChannel(), nominations=20, seed=1)
            made[databases.kind] = url
        return made[databases.kind]

    return rehearsed


@pytest.fixture
def rehearsed_database(databases, _rehearsed) -> Iterator[str]:
    """A database of the test's own in which a whole program was rehearsed."""
    url = databases.copy(_rehearsed(databases))
    yield url
    databases.drop(url)


@pytest.fixture
def rehearsed_store(rehearsed_database) -> Iterator[Store]:
    with closing(Store(rehearsed_database)) as opened:
        yield opened


def on(*kinds: str) -> pytest.MarkDecorator:
    """Run a test, or a module's tests that do not say otherwise, on these kinds of databases only."""
    return pytest.mark.databases(*kinds)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for a database on each kind that it is for."""
    given = [name for mark in metafunc.definition.iter_markers("parametrize") for name in _names(mark.args[0])]
    if "databases" in metafunc.fixturenames and "databases" not in given:
        nearest = metafunc.definition.get_closest_marker("databases")
        metafunc.parametrize("databases", nearest.args if nearest else KINDS, indirect=True)


def _names(names: str | Sequence[str]) -> list[str]:
    return [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
