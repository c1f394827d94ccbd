"""A PostgreSQL server for the tests, which is gone when they are, however they end."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

#: The role that owns the databases: an ordinary one, as an office would give the product.
OWNER = "linxuan"
PASSWORD = "secret-of-the-tests"  # noqa: S105 - the server lives as long as the tests do
#: Who may do everything, for what only an administrator of a server does.
ADMINISTRATOR = "postgres"

_STARTING = 60.0
_ATTEMPTS = 3

#: Runs the server until the pipe from the tests closes: they ended, or were killed. Then nothing of it is left. A line
#: through the pipe starts another one in the place of one that was killed.
_GUARD = """
folder=$1; shift
while
    "$@" </dev/null >>"$folder/log" 2>&1 &
    server=$!
    read -r _
do
    wait "$server"
done
kill -INT "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"""

#: Speed instead of safety: what the tests write need not outlive a power cut.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "jit": "off",
    # Far from everything that the product may assume.
    "timezone": "America/St_Johns",
    "default_transaction_isolation": "serializable",
}


def descendants(pid: int) -> list[int]:
    """All processes that a process has started, and those that these have."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    found, nearer = [], [pid]
    while nearer:
        nearer = [child for child, parent in parents.items() if parent in nearer]
        found += nearer
    return found


class NoServerError(Exception):
    """PostgreSQL is not installed here; the message says what to install."""


class PortTakenError(Exception):
    """Somebody else took the port before the server did."""


@dataclass
class Server:
    """A running server. Tests reach it through a Unix socket without a password, or by TCP with one."""

    folder: Path
    port: int
    guard: "subprocess.Popen[bytes]"
    version: int = 0
    _kept: psycopg.Connection[Any] | None = field(default=None, repr=False)

    def url(self, database: str, *, tcp: bool = False, role: str = OWNER, password: str | None = PASSWORD) -> URL:
        """Return a database's URL, as a user would write it."""
        if tcp:
            return URL.create("postgresql", role, password, "127.0.0.1", self.port, database)
        query = {"host": str(self.folder), "port": str(self.port)}
        return URL.create("postgresql", role, database=database, query=query)

    def run(self, statement: str, *names: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement as the administrator, with names put in for its `{}`."""
        if database != "postgres":
            with self._connect(database) as connection:
                return self._run(connection, statement, names)
        # Databases are made and dropped for every test: a connection for each statement would cost as much as they do.
        if self._kept is None or self._kept.closed:
            self._kept = self._connect(database)
        return self._run(self._kept, statement, names)

    def _connect(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.folder), port=self.port, user=ADMINISTRATOR, dbname=database, autocommit=True
        )

    @staticmethod
    def _run(connection: psycopg.Connection[Any], statement: str, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
        done = connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
        return done.fetchall() if done.description else []

    def kill(self) -> None:
        """Kill the server with all of its processes, so that what it had not written down is gone."""
        self.close()
        first = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        for pid in [first, *descendants(first)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def start_again(self) -> None:
        """Start the server that was killed, which recovers what was committed."""
        self.guard.stdin.write(b"\n")
        self.guard.stdin.flush()
        _await(self, self.guard)

    def close(self) -> None:
        """Let go of the administrator's connection."""
        if self._kept is not None:
            self._kept.close()

    def create(self, *, template: str | None = None, name: str | None = None) -> str:
        """Make a database and return its name: an empty one, or a copy."""
        name = name or f"test_{token_hex(6)}"
        if template:
            # What PostgreSQL 15 and newer do by default, writing the copy to the log, takes three times as long here.
            strategy = "STRATEGY FILE_COPY" if self.version >= 150000 else ""
            self.run(f"CREATE DATABASE {{}} OWNER {{}} TEMPLATE {{}} {strategy}", name, OWNER, template)
        else:
            self.run("CREATE DATABASE {} OWNER {}", name, OWNER)
        return name

    def create_encoded(self, encoding: str) -> str:
        """Make an empty database of another encoding than the server's and return its name."""
        name = f"test_{token_hex(6)}"
        provider = "LOCALE_PROVIDER libc" if self.version >= 150000 else ""
        options = f"TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C' {provider}"
        self.run(f"CREATE DATABASE {{}} OWNER {{}} {options}", name, OWNER)
        return name

    def disconnect(self, name: str) -> None:
        """End every connection to a database, as a server does that is shut down."""
        where = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
        self.run(where)

    @contextmanager
    def on_a_disk_of_its_own(self, name: str, size: str = "64m") -> Iterator[Path]:
        """Put a database on a small disk while the block runs; only root can make one. Gives the disk's folder.

        Nobody may be connected when it begins and when it ends.
        """
        disk = Path(tempfile.mkdtemp(prefix="linxuan-disk-", dir="/tmp"))
        account, space = _account(), f"space_{token_hex(6)}"
        if account is None:
            raise NoServerError("only root can make a disk for the database")
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], check=True)
        try:
            place = disk / "space"
            place.mkdir()
            shutil.chown(place, account.pw_uid, account.pw_gid)
            self.run(f"CREATE TABLESPACE {{}} LOCATION '{place}'", space)
            self.run("ALTER DATABASE {} SET TABLESPACE {}", name, space)
            yield disk
            self.disconnect(name)
            self.run("ALTER DATABASE {} SET TABLESPACE pg_default", name)
            self.run("DROP TABLESPACE {}", space)
        finally:
            subprocess.run(["umount", "--lazy", disk], check=True)
            disk.rmdir()

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def programs_folder(path: str | None = None, debian: Path = Path("/usr/lib/postgresql")) -> Path:
    """Return where the server's programs are: on the path, else Debian's newest; raises `NoServerError`."""
    found = shutil.which("initdb", path=path)
    versions = sorted(debian.glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]), reverse=True)
    places = [*([Path(found).resolve()] if found else []), *versions]
    for place in places:
        if place.with_name("postgres").exists():
            return place.parent
    raise NoServerError("PostgreSQL is not installed; install the Debian package postgresql (initdb and postgres)")


@contextmanager
def serving(**settings: str) -> Iterator[Server]:
    """Start a server of its own, and stop it; raises `NoServerError` where none is installed.

    `settings` are the server's, over those that the tests run with.
    """
    programs = programs_folder()
    for attempt in range(_ATTEMPTS):
        try:
            with _serving(programs, _SETTINGS | settings) as server:
                yield server
        except PortTakenError:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


@contextmanager
def _serving(programs: Path, settings: dict[str, str]) -> Iterator[Server]:
    # A socket's path may be 107 bytes long, and the tests' own folders are closed to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="linxuan-postgres-", dir=_roomy()))
    account = _account()
    if account:
        shutil.chown(folder, account.pw_uid, account.pw_gid)
    try:
        _initialize(programs, folder, account)
        with _started(programs, folder, account, settings) as server:
            server.run(f"CREATE ROLE {{}} LOGIN PASSWORD '{PASSWORD}'", OWNER)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _roomy() -> str:
    """Return where databases are quickly made and dropped: each is hundreds of files, which memory takes faster."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it is made for this server alone
    # A container has 64 MB of it unless it is told otherwise.
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 4_000_000_000 else "/tmp"  # noqa: S108


def _account() -> pwd.struct_passwd | None:
    """Return who runs the server where the tests run as root, which it refuses to be."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name: one for one in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _initialize(programs: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
    command = [programs / "initdb", "--pgdata", folder / "data", "--username", ADMINISTRATOR, "--no-sync"]
    command += ["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    version = subprocess.run([programs / "initdb", "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.split()[2].partition(".")[0]) >= 15:
        # A database whose own order of letters is not that of their codes: nothing may depend on it.
        command += ["--locale-provider=icu", "--icu-locale=zh-Hans-CN"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=_environment(), **_as_account(account)
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _started(
    programs: Path, folder: Path, account: pwd.struct_passwd | None, settings: Mapping[str, str]
) -> Iterator[Server]:
    port = _free_port()
    set_to = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [
        programs / "postgres",
        "-D",
        folder / "data",
        "-k",
        folder,
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        *set_to,
    ]
    with subprocess.Popen(
        ["sh", "-c", _GUARD, "guard", folder, *command],
        stdin=subprocess.PIPE,
        cwd=folder,
        env=_environment(),
        # Ctrl-C is for the tests, which then let go of the pipe.
        start_new_session=True,
        **_as_account(account),
    ) as guard:
        server = Server(folder, port, guard)
        try:
            _await(server, guard)
            yield server
        finally:
            server.close()
            guard.stdin.close()
            guard.wait(_STARTING)


def _await(server: Server, guard: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTING
    while True:
        try:
            ((number,),) = server.run("SELECT current_setting('server_version_num')::int")
        except psycopg.OperationalError as error:
            file = server.folder / "log"
            log = file.read_text() if file.exists() else ""
            if "could not create any TCP/IP sockets" in log:
                raise PortTakenError(log) from error
            if guard.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log or "the server did not start") from error
            time.sleep(0.02)
        else:
            server.version = number
            return


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    # For trying things by hand: a server until its input ends, or Ctrl-C.
    with serving() as started:
        print(started.url("postgres", role=ADMINISTRATOR).render_as_string(), flush=True)  # noqa: T201
        sys.stdin.read()
