"""The kinds of databases that the tests run on: how each makes a new one, copies one, and takes them away."""

from abc import ABC, abstractmethod
from contextlib import closing
from pathlib import Path
from secrets import token_hex
from shutil import copyfile, rmtree
from typing import Any

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy import event as listen
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.util import LRUCache

from store import Store
from store.engine import open_engine
from store.migrate import migrate
from tests.postgres import Server

SQLITE, POSTGRESQL = KINDS = ("sqlite", "postgresql")


class Databases(ABC):
    """Databases of one kind. Everything is named by its URL; a migrated one is made once and then copied."""

    kind: str

    def __init__(self) -> None:
        self._migrated: str | None = None

    @abstractmethod
    def empty(self) -> str:
        """Make a database that holds nothing."""

    @abstractmethod
    def copy(self, url: str) -> str:
        """Make a database that holds what another one does, which nobody is connected to."""

    @abstractmethod
    def replace(self, url: str, other: str) -> None:
        """Have a database that was new hold what another one does; nobody is connected to either."""

    @abstractmethod
    def drop(self, url: str) -> None:
        """Take a database away."""

    def new(self) -> str:
        """Make a migrated database."""
        return self.copy(self.migrated())

    def migrated(self) -> str:
        """The migrated database of which the others are copies: nobody writes to it."""
        if self._migrated is None:
            self._migrated = self.empty()
            with closing(Store(self._migrated)) as store:
                migrate(store)
        return self._migrated


class SqliteDatabases(Databases):
    """Files in a folder."""

    kind = SQLITE

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._made = 0

    def empty(self) -> str:
        return f"sqlite:///{self._next()}"

    def copy(self, url: str) -> str:
        file = self._next()
        copyfile(make_url(url).database, file)
        return f"sqlite:///{file}"

    def replace(self, url: str, other: str) -> None:
        copyfile(make_url(other).database, make_url(url).database)

    def migrate_empty(self, store: Store) -> None:
        """Make an empty database ready, as `operations.settings.open_desk` does; an embedded one becomes a copy."""
        if store.engine.dialect.name != SQLITE or not store.url.database:
            migrate(store)
            return
        # What the copy would be written under is closed, and with it what SQLite keeps beside the file.
        store.engine.dispose()
        self.replace(store.url.render_as_string(), self.migrated())

    def drop(self, url: str) -> None:
        rmtree(Path(make_url(url).database).parent)

    def _next(self) -> Path:
        # A folder for each: a key, and what SQLite writes beside it, belong to the file.
        self._made += 1
        folder = self._folder / str(self._made)
        folder.mkdir()
        return folder / "linxuan.db"


class PostgresqlDatabases(Databases):
    """Databases of one server."""

    kind = POSTGRESQL

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self._spare: list[str] = []

    def empty(self) -> str:
        return self._url(self.server.create())

    def copy(self, url: str) -> str:
        return self._url(self.server.create(template=make_url(url).database))

    def replace(self, url: str, other: str) -> None:
        name, spare = make_url(url).database, f"spare_{token_hex(6)}"
        # Nothing was written to it: it serves another test as a new one.
        self.server.run("ALTER DATABASE {} RENAME TO {}", name, spare)
        self._spare.append(spare)
        self.server.create(name=name, template=make_url(other).database)

    def new(self) -> str:
        return self._url(self._spare.pop()) if self._spare else super().new()

    def drop(self, url: str) -> None:
        self.server.drop(make_url(url).database)

    def _url(self, name: str) -> str:
        return self.server.url(name).render_as_string()


#: What the product says at the head of a transaction that writes.
_WAITING = frozenset(f"PRAGMA synchronous = {how}" for how in ("FULL", "NORMAL"))
#: What the engines of each kind of database share: a dialect, and the statements compiled for it.
_SHARED: dict[str, tuple[Dialect, "LRUCache[Any, Any]"]] = {}


def open_quickly(url: URL, **how: int) -> Engine:
    """Open an engine that uses the statements others have compiled, and for which SQLite does not wait for the disk.

    A test has an engine of its own, and a rehearsal one more, which would compile every statement anew; and what they
    write need not outlive a power cut.
    """
    engine = open_engine(url, **how)
    kind = engine.dialect.name
    if kind not in _SHARED:
        # A dialect learns of its database with the first connection.
        first = create_engine("sqlite://") if kind == SQLITE else engine
        try:
            first.connect().close()
        except SQLAlchemyError:
            return engine
        first.dispose()
        _SHARED[kind] = first.dialect, LRUCache(6000)
    engine.dialect, compiled = _SHARED[kind]
    engine.update_execution_options(compiled_cache=compiled)
    if kind == SQLITE:
        listen.listen(engine, "before_cursor_execute", _without_waiting, retval=True)
    return engine


def _without_waiting(
    _connection: Connection, _cursor: object, statement: str, parameters: Any, _context: object, _many: object
) -> tuple[str, Any]:
    # Each transaction that writes says how long it waits for the disk, so what it says has to be changed.
    return "PRAGMA synchronous = OFF" if statement in _WAITING else statement, parameters
