from collections.abc import Iterator
from pathlib import Path

import pytest

from console import create_app
from operations.desk import Desk
from tests.console.asking import Client
from tests.console.filled import NOW, fill, new_desk


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The filled store; the console only reads, so all tests share it."""
    found = new_desk(tmp_path_factory.mktemp("console"))
    fill(found)
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
