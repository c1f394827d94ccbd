"""A backup holds what the database held at one instant, and is put back whole or not at all."""

import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, make_url, select, text

from programs import Words
from store import Store, verify
from store import tables as t
from store.backups import back_up, restore
from store.dumps import programs_for
from store.migrate import downgrade, is_empty, migrate, newest_revision, revisions
from store.problems import BackupError
from tests.conftest import on
from tests.databases import POSTGRESQL, SQLITE


def rows(store: Store) -> dict[str, list[tuple]]:
    """Everything that a database holds."""
    with store.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in t.metadata.sorted_tables
        }


def heads(store: Store):
    with store.read() as connection:
        audit = verify(connection)
    assert audit.broken == ()
    return audit.heads


def nothing() -> None:
    """What is to be done before a change: here, nothing."""


@pytest.fixture
def backup(rehearsed_store, tmp_path) -> Path:
    file = tmp_path / "backups" / "linxuan.backup"
    file.parent.mkdir()
    back_up(rehearsed_store, file)
    return file


@pytest.fixture
def empty(empty_database):
    with closing(Store(empty_database)) as store:
        yield store


def test_restored_backup_has_the_same_rows_and_the_same_heads(rehearsed_store, backup, empty):
    assert restore(empty, backup, before_change=nothing) == (newest_revision(), newest_revision())
    assert rows(empty) == rows(rehearsed_store)
    assert heads(empty) == heads(rehearsed_store)


def test_backup_says_what_it_holds_and_is_one_file_for_its_owner(rehearsed_store, tmp_path):
    (tmp_path / "here").mkdir()
    contents = back_up(rehearsed_store, tmp_path / "here" / "backup")
    held = rows(rehearsed_store)
    assert (contents.programs, contents.events) == (len(held["program"]), len(held["event"]))
    assert contents.revision == newest_revision()
    assert [file.name for file in (tmp_path / "here").iterdir()] == ["backup"]
    assert (tmp_path / "here" / "backup").stat().st_mode & 0o777 == 0o600


def test_restored_history_is_append_only_and_goes_on(backup, empty):
    restore(empty, backup, before_change=nothing)
    (before,) = heads(empty)
    with empty.write() as transaction:
        transaction.record(before.program, "thing.happened")
    (after,) = heads(empty)
    assert (after.sequence, after.events) == (before.sequence + 1, before.events + 1)
    with pytest.raises(Exception, match="append-only"), empty.write() as transaction:
        transaction.connection.execute(text("DELETE FROM event"))


def test_backup_while_others_write_verifies(prepared, empty, tmp_path):
    """Writers go on from before the backup to its end; what it holds is one of the states in between."""
    stop, begun = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            with prepared.write() as transaction:
                name = f"organization {number:06d}"
                transaction.connection.execute(insert(t.organization).values(name=name))
                transaction.record("small-2026", "organization.added", name=name, padding="遴选" * 500)
            number += 1
            if number == 20:
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(60)
        contents = back_up(prepared, tmp_path / "backup")
    finally:
        stop.set()
        writer.join()
    restore(empty, tmp_path / "backup", before_change=nothing)
    (head,) = heads(empty)
    held = rows(empty)
    assert (head.events, len(held["event"]), len(held["organization"])) == (contents.events,) * 3
    assert contents.events >= 20
    assert held["event"] == rows(prepared)["event"][: contents.events]


def test_backup_of_an_earlier_version_is_upgraded(rehearsed_store, empty, tmp_path):
    downgrade(rehearsed_store, revisions()[-2])
    back_up(rehearsed_store, tmp_path / "backup")
    assert restore(empty, tmp_path / "backup", before_change=nothing) == (revisions()[-2], newest_revision())
    migrate(rehearsed_store)
    assert heads(empty) == heads(rehearsed_store)


def test_empty_or_foreign_database_is_not_backed_up(empty, tmp_path):
    for statement in (None, "CREATE TABLE theirs (id INTEGER)"):
        if statement:
            with empty.write() as transaction:
                transaction.connection.execute(text(statement))
        with pytest.raises(BackupError) as refused:
            back_up(empty, tmp_path / "backup")
        assert refused.value.words.zh == "数据库里没有遴选的数据，无可备份"
    assert list(tmp_path.iterdir()) == []


def refused(store: Store, file: Path) -> Words:
    """Restore what must be refused without anything having changed; returns why."""
    changes: list[str] = []
    with pytest.raises(BackupError) as error:
        restore(store, file, before_change=lambda: changes.append("changed"))
    assert (changes, is_empty(store)) == ([], True)
    return error.value.words


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.99])
def test_backup_that_was_cut_short_is_refused(backup, empty, kept):
    content = backup.read_bytes()
    backup.write_bytes(content[: int(len(content) * kept)])
    assert refused(empty, backup).zh == f"{backup} 已损坏或不完整，没有恢复；请换一份备份"


@pytest.mark.parametrize("content", [b"", b"PG", "这不是备份".encode() * 100])
def test_what_is_no_backup_is_refused(empty, tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    assert refused(empty, tmp_path / "file").zh == f"{tmp_path / 'file'} 不是备份文件"


def test_backup_of_the_other_kind_of_database_is_refused(databases, empty, tmp_path):
    other = {SQLITE: b"PGDMP\1\16", POSTGRESQL: b"SQLite format 3\0"}[databases.kind]
    (tmp_path / "file").write_bytes(other + bytes(4096))
    assert "不能恢复到" in refused(empty, tmp_path / "file").zh


def test_backup_by_a_later_version_is_refused(rehearsed_store, empty, tmp_path):
    with rehearsed_store.write() as transaction:
        transaction.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    back_up(rehearsed_store, tmp_path / "backup")
    assert "由更新的版本备份（9999" in refused(empty, tmp_path / "backup").zh


@on(SQLITE)
def test_another_program_s_sqlite_database_is_refused(empty, tmp_path):
    with closing(sqlite3.connect(tmp_path / "file")) as other:
        other.execute("CREATE TABLE theirs (id INTEGER)")
    assert "是别的程序的数据" in refused(empty, tmp_path / "file").zh


@on(POSTGRESQL)
def test_another_program_s_dump_is_refused(databases, empty, tmp_path):
    database = databases.server.create()
    databases.server.run("CREATE TABLE theirs (id integer)", database=database)
    dump_of(databases.server, database, tmp_path / "theirs")
    databases.server.drop(database)
    assert "是别的程序的数据" in refused(empty, tmp_path / "theirs").zh


def dump_of(server, database: str, file: Path) -> None:
    where = ["--host", str(server.folder), "--port", str(server.port), "--username", "postgres"]
    subprocess.run(["pg_dump", "--format=custom", f"--file={file}", *where, database], check=True)


@on(POSTGRESQL)
def test_programs_of_postgresql_that_are_missing_are_named(rehearsed_store, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("store.dumps.DEBIAN", tmp_path / "nowhere")
    with pytest.raises(BackupError) as missing:
        back_up(rehearsed_store, tmp_path / "backup")
    assert "apt install postgresql-client-" in missing.value.words.zh
    assert missing.value.outside is True
    assert not (tmp_path / "backup").exists()


@on(POSTGRESQL)
def test_password_reaches_the_programs_and_no_command_line(databases, rehearsed_database, tmp_path, monkeypatch):
    """Programs that note how they were called and hand over to the real ones."""
    name = make_url(rehearsed_database).database
    with closing(Store(databases.server.url(name, tcp=True))) as store:
        real = programs_for(databases.server.version // 10000)
        log = tmp_path / "log"
        for program in ("pg_dump", "pg_restore", "psql"):
            script = tmp_path / "bin" / program
            script.parent.mkdir(exist_ok=True)
            script.write_text(f'#!/bin/sh\necho "$0 $@" >> {log}\nexec {real / program} "$@"\n')
            script.chmod(0o755)
        monkeypatch.setattr("store.dumps.DEBIAN", tmp_path / "nowhere")
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
        back_up(store, tmp_path / "backup")
        restore(store, tmp_path / "backup", before_change=nothing)
    told = log.read_text()
    assert {line.split()[0].rpartition("/")[2] for line in told.splitlines()} == {"pg_dump", "pg_restore", "psql"}
    assert databases.server.url(name, tcp=True).password not in told
