"""The kinds of databases that the tests run on: how each makes a new one, copies one, and takes them away."""

from abc import ABC, abstractmethod
from contextlib import closing
from pathlib import Path
from shutil import copyfile

from sqlalchemy.engine import make_url

from store import Store
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
        """Have a database hold what another one does; nobody is connected to either."""

    @abstractmethod
    def drop(self, url: str) -> None:
        """Take a database away."""

    def new(self) -> str:
        """Make a migrated database."""
        if self._migrated is None:
            self._migrated = self.empty()
            with closing(Store(self._migrated)) as store:
                migrate(store)
        return self.copy(self._migrated)


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

    def drop(self, url: str) -> None:
        file = Path(make_url(url).database)
        for one in file.parent.glob(f"{file.name}*"):
            one.unlink()
        file.parent.rmdir()

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

    def empty(self) -> str:
        return self._url(self.server.create())

    def copy(self, url: str) -> str:
        return self._url(self.server.create(template=make_url(url).database))

    def replace(self, url: str, other: str) -> None:
        name = make_url(url).database
        self.server.drop(name)
        self.server.create(name=name, template=make_url(other).database)

    def drop(self, url: str) -> None:
        self.server.drop(make_url(url).database)

    def _url(self, name: str) -> str:
        return self.server.url(name).render_as_string()
