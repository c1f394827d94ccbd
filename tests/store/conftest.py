from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import insert

from store import Store
from store import tables as t

PROGRAM = "small-2026"

Prepare = Callable[..., None]


@pytest.fixture
def prepare() -> Prepare:
    """Put bare programs into a store, so that events of theirs can be recorded."""

    def prepared(store: Store, *programs: str) -> None:
        with store.write() as transaction:
            rows = [{"id": program, "definition": {}, "version": 1, "digest": ""} for program in programs or (PROGRAM,)]
            transaction.connection.execute(insert(t.program), rows)

    return prepared


@pytest.fixture
def prepared(store, prepare) -> Iterator[Store]:
    prepare(store, PROGRAM, "other-2026")
    return store
