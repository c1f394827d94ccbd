"""Rows written past the operations, as fast as each kind of database takes them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Self

import psycopg
from sqlalchemy.engine import URL

from benchmarks.engine_parts.filling import COUNTED, SIDES
from store import Store


class Writer:
    """Writes rows as fast as a database takes them."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._is_sqlite = url.get_backend_name() == "sqlite"

    def __enter__(self) -> Self:
        if self._is_sqlite:
            self._store = Store(self._url)
            self._lite: Any = self._store.engine.raw_connection()
            self._lite.execute("PRAGMA synchronous = OFF")
            self._lite.execute("BEGIN")
        else:
            plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
            self._connection = psycopg.connect(plain)
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_sqlite:
            self._lite.close()
            self._store.close()
        else:
            self._connection.close()

    def put(self, table: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
        """Write rows of a table."""
        if self._is_sqlite:
            marks = ", ".join("?" * len(columns))
            put = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
            self._lite.executemany(put, (_for_sqlite(row) for row in rows))
            return
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def settle(self) -> None:
        """Count what stands where, commit, and let the database look at what it has."""
        if self._is_sqlite:
            self._lite.execute(COUNTED)
            self._lite.execute(SIDES)
            self._lite.execute("COMMIT")
            self._lite.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        with self._connection.cursor() as cursor:
            cursor.execute(COUNTED)
            cursor.execute(SIDES)
            cursor.execute("SELECT setval('nomination_id_seq', (SELECT max(id) FROM nomination))")
        self._connection.commit()
        self._connection.autocommit = True
        self._connection.execute("VACUUM ANALYZE")


def _for_sqlite(row: tuple[Any, ...]) -> tuple[Any, ...]:
    # The store keeps instants in UTC there.
    return tuple(f"{one.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}" if isinstance(one, datetime) else one for one in row)
