"""Reading the history as the bytes that the database holds, past every layer that would convert them.

A changed byte must be found even where it no longer makes valid text, or a number; and a history of any length must be
read in the same little memory. So this asks the driver itself, within the transaction of the connection given.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

#: An event as it is read: position, nomination, payload, digest. Only whoever tampered leaves out one of the last two.
RawEvent = tuple[int, bytes | None, bytes | None, bytes | None]

#: A link as it is read: sequence, first position, last position, digest.
RawLink = tuple[int, int, int, bytes | None]

#: How many rows a server hands over at once.
_ROWS = 2000

_CURSORS = count()


class RawProgram(NamedTuple):
    """The id of a program as it is kept, and what SQLite calls its type: who writes to the file chooses both.

    The installation has a chain of its own, in tables of its own, where no row names a program or a nomination.
    """

    raw: bytes
    kind: str = "text"
    tables: str = ""

    @property
    def name(self) -> str:
        """The id as people read it."""
        return self.raw.decode(errors="replace")


class RawHistory:
    """The events and links of one database."""

    def __init__(self, connection: Connection) -> None:
        # SQLAlchemy begins the transaction; the driver's own cursors then read within it.
        connection.exec_driver_sql("SELECT 1").close()
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._driver: Any = connection.connection.driver_connection

    def programs(self) -> list[RawProgram]:
        """Return every program that has an event or a link, in the order of their ids."""
        kind = "typeof(program_id)" if self._is_sqlite else "'text'"
        one = f"SELECT {self._bytes('program_id')}, {kind} FROM"
        found = self._driver.cursor().execute(f"{one} event UNION {one} link ORDER BY 1")
        return [RawProgram(bytes(raw or b""), kind) for raw, kind in found.fetchall()]

    def events(self, program: RawProgram, after: int | None = None) -> Iterator[RawEvent]:
        """Read a program's events in the order of their positions, all or those behind a position."""
        nomination = "NULL" if program.tables else self._bytes("nomination")
        columns = f"{self._number('position')}, {nomination}, {self._bytes('payload')}, {self._bytes('digest')}"
        return self._read(columns, "event", "position", program, after)

    def links(self, program: RawProgram, after: int | None = None) -> Iterator[RawLink]:
        """Read a program's links in the order of their sequence, all or those behind one."""
        numbers = ", ".join(map(self._number, ("sequence", "first_position", "last_position")))
        return self._read(f"{numbers}, {self._bytes('digest')}", "link", "sequence", program, after)

    def _read(self, columns: str, table: str, order: str, program: RawProgram, after: int | None) -> Iterator[Any]:
        behind = "" if after is None else f" AND {order} > {int(after)}"
        source = f"{program.tables}{table}"
        query = f"SELECT {columns} FROM {source} WHERE {{key}}{behind} ORDER BY {order}"  # noqa: S608 - no user's word
        if program.tables:
            return self._read_whole(query.format(key="true"))
        if not self._is_sqlite:
            return self._read_from_server(query.format(key="program_id = %s"), program.name)
        key = "program_id = CAST(? AS TEXT)" if program.kind == "text" else "program_id IS ?"
        values = (None if program.kind == "null" else program.raw,)
        found: Iterator[Any] = self._driver.cursor().execute(query.format(key=key), values)
        return found

    def _read_whole(self, query: str) -> Iterator[Any]:
        found: Iterator[Any] = (
            self._driver.cursor().execute(query) if self._is_sqlite else self._read_from_server(query)
        )
        return found

    def _read_from_server(self, query: str, *values: str) -> Iterator[Any]:
        # Only a named cursor leaves on the server what is not read yet.
        with self._driver.cursor(f"linxuan_history_{next(_CURSORS)}", binary=True) as cursor:
            cursor.itersize = _ROWS
            cursor.execute(query, values)
            yield from cursor

    def _bytes(self, column: str) -> str:
        return f"CAST({column} AS BLOB)" if self._is_sqlite else f"convert_to({column}, 'UTF8')"

    def _number(self, column: str) -> str:
        """Read a number; what somebody else has put into its place on SQLite reads as 0, which no number here is."""
        return f"ifnull(CAST({column} AS INTEGER), 0)" if self._is_sqlite else column
