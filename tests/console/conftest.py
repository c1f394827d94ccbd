import gc
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from console import create_app
from operations.desk import Desk
from tests.console.asking import Client
from tests.console.filled import NOW, fill, new_desk
from tests.console.people import hash_quickly, register


@pytest.fixture(autouse=True, scope="module")
def _apps_are_let_go() -> Iterator[None]:
    """Close the files of the apps that a module has made: each holds its own until it is collected."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def quick_passwords() -> Iterator[None]:
    """Make passwords quick to compare, where a module signs many people in."""
    with pytest.MonkeyPatch.context() as patched:
        hash_quickly(patched)
        yield


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The filled store; the console only reads, so all tests share it."""
    found = new_desk(tmp_path_factory.mktemp("console"))
    fill(found)
    yield found
    found.store.close()


@pytest.fixture(scope="session")
def filled_with_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the filled store with people of every role: made once, and only ever copied."""
    folder = tmp_path_factory.mktemp("staffed")
    with pytest.MonkeyPatch.context() as patched:
        hash_quickly(patched)
        made = new_desk(folder)
        fill(made)
        register(made)
        made.store.close()
    return folder


@pytest.fixture
def own_desk(filled_with_people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A copy of the filled store with people, for a test that changes it."""
    hash_quickly(monkeypatch)
    copytree(filled_with_people, tmp_path / "own")
    found = new_desk(tmp_path / "own")
    yield found
    found.store.close()


@pytest.fixture
def client(desk: Desk) -> Client:
    return Client(create_app(desk, lambda: NOW))


@pytest.fixture
def empty_client(tmp_path: Path) -> Iterator[Client]:
    empty = new_desk(tmp_path)
    yield Client(create_app(empty, lambda: NOW))
    empty.store.close()
