"""Dumps of a PostgreSQL database, by the programs that come with it.

The password goes to them in their environment, never on a command line that others on the machine can see.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from programs import Words
from store.engine import PATIENCE
from store.migrate import EVER
from store.problems import BackupError, damaged, foreign, require_known
from store.store import Store
from store.tables import metadata

#: Where Debian keeps each version's programs.
DEBIAN = Path("/usr/lib/postgresql")

#: Secrets that libpq reads from no environment, and that therefore reach no program of ours.
_UNSPOKEN = frozenset({"password", "sslpassword"})

_REVISION = re.compile(r"^COPY \S*alembic_version \(version_num\) FROM stdin;\n(\S+)\n", re.MULTILINE)
_CLEARING = """
BEGIN;
SET LOCAL lock_timeout = '{patience}s';
SET LOCAL client_min_messages = warning;
DROP TABLE IF EXISTS {tables} CASCADE;
DO $$ DECLARE one regprocedure; BEGIN
    FOR one IN SELECT oid FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND proname ~ '(_is_append_only|_stays_closed)$'
    LOOP EXECUTE 'DROP FUNCTION ' || one; END LOOP;
END $$;
"""

_TABLE = re.compile(r"^\d+; \d+ \d+ TABLE \S+ (\S+) ", re.MULTILINE)


def write(store: Store, draft: Path, snapshot: str) -> None:
    """Dump what the snapshot sees into this file, and read the dump to its end; raises `BackupError`."""
    client = _Client(store)
    options = ("--format=custom", "--no-owner", "--no-privileges", f"--lock-wait-timeout={PATIENCE}s")
    done = client.run("pg_dump", *options, f"--snapshot={snapshot}", f"--file={draft}")
    if done.returncode:
        raise _failed("pg_dump", done.stderr)
    done = client.run("pg_restore", "--file=/dev/null", str(draft))
    if done.returncode:
        raise _failed("pg_restore", done.stderr)


def require_fit(store: Store, file: Path) -> str:
    """Read a dump to its end and return its revision; raises `BackupError` for one that must not be restored."""
    client = _Client(store)
    listed = client.run("pg_restore", "--list", str(file))
    if "unsupported version" in listed.stderr:
        raise _failed("pg_restore", listed.stderr)
    if listed.returncode:
        raise damaged(file)
    if not set(_TABLE.findall(listed.stdout)) >= EVER | {"alembic_version"}:
        raise foreign(file)
    if client.run("pg_restore", "--file=/dev/null", str(file)).returncode:
        raise damaged(file)
    revision = _REVISION.search(
        client.run("pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(file)).stdout
    )
    if revision is None:
        raise foreign(file)
    require_known(revision[1], file)
    return revision[1]


def load(store: Store, file: Path) -> None:
    """Put a dump into the place of the product's tables, in one transaction; raises `BackupError`."""
    client = _Client(store)
    store.close()
    with tempfile.TemporaryFile() as said:
        with (
            client.start("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *client.to, stderr=said) as psql,
            client.start("pg_restore", "--no-owner", "--no-privileges", "--file=-", str(file)) as script,
        ):
            _feed(psql, script)
        if psql.returncode or script.returncode:
            said.seek(0)
            raise _failed("psql", said.read().decode(errors="replace"))


def _feed(psql: subprocess.Popen[bytes], script: subprocess.Popen[bytes]) -> None:
    """Have psql make everything of a script, or nothing: only a script that came to its end is committed."""
    if psql.stdin is None or script.stdout is None:
        raise RuntimeError("the programs were started without pipes")
    try:
        psql.stdin.write(_clearing().encode())
        shutil.copyfileobj(script.stdout, psql.stdin)
        if script.wait() == 0:
            # A server that knows nothing of its new tables yet plans badly.
            psql.stdin.write(b"COMMIT;\nRESET search_path;\nANALYZE event, link, nomination;\n")
        psql.stdin.close()
    except BrokenPipeError:
        # psql has ended at an error, and says which.
        script.kill()


def _clearing() -> str:
    """Begin a transaction and take away what the product has made in this database, and nothing else."""
    tables = ", ".join(f'"{table}"' for table in (*metadata.tables, "alembic_version"))
    return _CLEARING.format(patience=PATIENCE, tables=tables)


class _Client:
    """The programs of PostgreSQL that fit a server, told where the database is."""

    def __init__(self, store: Store) -> None:
        with store.read() as connection:
            version = connection.connection.driver_connection.info.server_version  # type: ignore[union-attr]
        self._folder = programs_for(version // 10000)
        _, given = store.engine.dialect.create_connect_args(store.url)
        known = {option.keyword.decode(): option.envvar for option in Conninfo.get_defaults()}
        told = {name: str(value) for name, value in given.items() if name in known}
        spoken = {name: value for name, value in told.items() if not known[name] and name not in _UNSPOKEN}
        self._environment = os.environ | {
            variable.decode(): told[name] for name, variable in known.items() if variable and name in told
        }
        #: How the programs are told on the command line what no variable tells.
        self.to: Sequence[str] = [f"--dbname={make_conninfo(**spoken)}"] if spoken else []

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program to its end."""
        to = self.to if program == "pg_dump" else ()
        return subprocess.run(  # noqa: S603 - no shell between
            [self._folder / program, "--no-password", *to, *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )

    def start(
        self, program: str, *arguments: str, stderr: IO[bytes] | int = subprocess.DEVNULL
    ) -> "subprocess.Popen[bytes]":
        """Start a program; what psql reads is fed to it, what pg_restore writes is read."""
        reads = program == "psql"
        return subprocess.Popen(  # noqa: S603 - no shell between
            [self._folder / program, "--no-password", *arguments],
            env=self._environment,
            stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if reads else subprocess.PIPE,
            stderr=stderr,
        )


def programs_for(server: int) -> Path:
    """Return the folder of programs that fit a server of this version; raises `BackupError` where none is installed."""
    found = shutil.which("pg_dump")
    places = [DEBIAN / str(server) / "bin", *([Path(found).parent] if found else []), *_newest_first()]
    for place in places:
        if (version := _version_of(place)) and version >= server:
            return place
    raise BackupError(
        Words(
            "没有找到适用于 PostgreSQL {server} 的 pg_dump、pg_restore 和 psql；"
            "请安装 PostgreSQL 客户端，Debian 上为：apt install postgresql-client-{server}",
            "pg_dump, pg_restore and psql for PostgreSQL {server} were not found; install its client programs, "
            "on Debian: apt install postgresql-client-{server}",
        ).format(server=server),
        outside=True,
    )


def _newest_first() -> list[Path]:
    folders = [folder for folder in DEBIAN.glob("*/bin") if folder.parent.name.isdigit()]
    return sorted(folders, key=lambda folder: int(folder.parent.name), reverse=True)


def _version_of(folder: Path) -> int | None:
    """Return the version of the programs in a folder; none where one of them is missing."""
    if not all(os.access(folder / program, os.X_OK) for program in ("pg_dump", "pg_restore", "psql")):
        return None
    told = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r"\) (\d+)", told.stdout)
    return int(version[1]) if version else None


def _failed(program: str, said: str) -> BackupError:
    # Their own sentence, which names what failed; a password is never in it.
    cause = next((line.strip() for line in said.splitlines() if line.strip()), "")
    return BackupError(
        Words("{program} 失败：{cause}", "{program} failed: {cause}").format(program=program, cause=cause), outside=True
    )
