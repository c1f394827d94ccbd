"""What the tests of the core share: the shipped programs, the calendar, and a fresh database to work with."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from shutil import copyfile

import pytest

from deadlines.calendar import WorkCalendar
from notifications.channels import MemoryChannel
from operations.desk import Desk
from operations.rehearse import rehearse
from programs import Program, date_program, load_program
from store import Store, Vault
from store.migrate import migrate

SECRET = bytes(range(32))

#: Gives the URL of a new, migrated database on every call; a second kind of database would be another of these.
NewDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return WorkCalendar.china()


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault(SECRET)


@pytest.fixture(scope="session")
def shipped() -> Callable[[str], Program]:
    """Load a shipped program; the one whose notice bears no date is dated 28 June 2021."""

    def loaded(program_id: str) -> Program:
        program = load_program(program_id)
        return program if program.issued else date_program(program, date(2021, 6, 28))

    return loaded


@pytest.fixture(scope="session")
def _empty_database(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("database") / "empty.db"
    store = Store(f"sqlite:///{file}")
    migrate(store)
    store.close()
    return file


@pytest.fixture
def new_database(_empty_database, tmp_path) -> NewDatabase:
    made: list[Path] = []

    def make() -> str:
        file = tmp_path / f"linxuan-{len(made)}.db"
        copyfile(_empty_database, file)
        made.append(file)
        return f"sqlite:///{file}"

    return make


@pytest.fixture
def store(new_database) -> Iterator[Store]:
    opened = Store(new_database())
    yield opened
    opened.close()


@pytest.fixture
def desk(store, calendar, vault) -> Desk:
    return Desk(store, calendar, vault)


@pytest.fixture(scope="session")
def rehearsed_database(_empty_database, tmp_path_factory, calendar, vault, shipped) -> Path:
    """A database in which a whole program was rehearsed. It is shared: copy it before you change anything."""
    file = tmp_path_factory.mktemp("rehearsed") / "rehearsed.db"
    copyfile(_empty_database, file)
    store = Store(f"sqlite:///{file}")
    program = shipped("luzhou-chief-technician-2019")
    rehearse(Desk(store, calendar, vault), program, MemoryChannel(), nominations=20, seed=1)
    store.close()
    return file


@pytest.fixture
def rehearsed_store(rehearsed_database, tmp_path) -> Iterator[Store]:
    file = tmp_path / "rehearsed.db"
    copyfile(rehearsed_database, file)
    opened = Store(f"sqlite:///{file}")
    yield opened
    opened.close()
