"""Backups of a whole installation: what is refused, what is kept, and how the key stands to it."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import DatabaseError

from deadlines.zone import SHANGHAI
from operations.results import UnknownError
from operations.safekeeping import KeyState, bring_back, keep
from operations.settings import Settings
from store import Store, Vault
from store import tables as t
from store.backups import BackupError
from store.migrate import downgrade, newest_revision, revisions
from tests.conftest import SECRET, on
from tests.databases import SQLITE

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)


def settled(url: str, folder: Path) -> Settings:
    return Settings(data=folder / "data", database=url, key_file=folder / "key")


@pytest.fixture
def ours(rehearsed_database, tmp_path) -> Settings:
    """An installation in which a program was rehearsed."""
    return settled(rehearsed_database, tmp_path)


@pytest.fixture
def theirs(empty_database, tmp_path) -> Settings:
    """Another installation, which is empty."""
    return settled(empty_database, tmp_path)


def programs(settings: Settings) -> list[str]:
    store = Store(settings.address)
    with store.read() as connection:
        found = connection.execute(select(t.program.c.id)).scalars().all()
    store.close()
    return list(found)


def change(settings: Settings, *statements) -> None:
    store = Store(settings.address)
    with store.write() as transaction:
        for statement in statements:
            transaction.connection.execute(statement)
    store.close()


def test_backup_tells_what_it_holds_and_where_the_key_is(ours, tmp_path):
    kept = keep(ours, tmp_path / "backup")
    assert (kept.contents.programs, kept.contents.revision) == (1, newest_revision())
    assert (kept.file, kept.size, kept.key_file) == (
        tmp_path / "backup",
        (tmp_path / "backup").stat().st_size,
        tmp_path / "key",
    )


def test_backup_replaces_a_file_only_by_force(ours, tmp_path):
    (tmp_path / "backup").write_text("old")
    with pytest.raises(UnknownError) as refused:
        keep(ours, tmp_path / "backup")
    assert "已存在" in refused.value.words.zh
    assert (tmp_path / "backup").read_text() == "old"
    keep(ours, tmp_path / "backup", replace=True)
    assert (tmp_path / "backup").read_bytes() != b"old"


def test_backup_over_a_file_in_use_is_refused_even_by_force(ours, tmp_path):
    (tmp_path / "key").write_text(SECRET.hex())
    places = [place for place in (ours.database_file, ours.key_path) if place]
    for place in places:
        before = place.read_bytes()
        with pytest.raises(UnknownError) as refused:
            keep(ours, place, replace=True)
        assert "正在使用" in refused.value.words.zh
        assert place.read_bytes() == before


def test_backup_of_a_database_that_is_not_there_makes_none(tmp_path):
    settings = settled(f"sqlite:///{tmp_path}/nowhere.db", tmp_path)
    with pytest.raises(UnknownError):
        keep(settings, tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


def test_restore_verifies_and_finds_the_key(ours, theirs, tmp_path):
    kept = keep(ours, tmp_path / "backup")
    restored = bring_back(theirs, tmp_path / "backup", NOW)
    assert (restored.contents, restored.revision, restored.kept) == (kept.contents, newest_revision(), None)
    assert (restored.verified.breaks, restored.verified.events) == (0, kept.contents.events)
    assert restored.key is KeyState.UNNEEDED


@pytest.mark.parametrize(
    ("key", "state"),
    [
        (SECRET.hex(), KeyState.AGREES),
        ("ab" * 32, KeyState.DIFFERS),
        ("不是密钥", KeyState.DAMAGED),
        (None, KeyState.MISSING),
    ],
)
def test_key_is_held_against_the_restored_database(ours, theirs, tmp_path, key, state):
    fingerprint = Vault(SECRET).fingerprint("linxuan")
    change(ours, delete(t.vault_key), insert(t.vault_key).values(id=1, fingerprint=fingerprint))
    keep(ours, tmp_path / "backup")
    if key:
        (tmp_path / "key").write_text(key)
    assert bring_back(theirs, tmp_path / "backup", NOW).key is state


def test_restore_over_programs_is_refused_and_by_force_keeps_them(ours, new_database, tmp_path):
    keep(ours, tmp_path / "backup")
    other = settled(new_database(), tmp_path)
    change(other, insert(t.program).values(id="other-2026", definition={}, version=1, digest=""))
    with pytest.raises(UnknownError) as refused:
        bring_back(other, tmp_path / "backup", NOW)
    assert "已有 1 个项目" in refused.value.words.zh
    assert programs(other) == ["other-2026"]
    restored = bring_back(other, tmp_path / "backup", NOW, replace=True)
    assert programs(other) == programs(ours)
    assert restored.kept is not None
    assert restored.kept.name.endswith(".before-restore-20260302-093000")
    again = bring_back(other, restored.kept, NOW, replace=True)
    assert (programs(other), again.kept) == (["other-2026"], restored.kept.with_name(f"{restored.kept.name}-"))


def test_restore_into_a_migrated_database_without_programs_keeps_nothing(ours, new_database, tmp_path):
    keep(ours, tmp_path / "backup")
    other = settled(new_database(), tmp_path)
    assert bring_back(other, tmp_path / "backup", NOW).kept is None
    assert programs(other) == programs(ours)


def test_restore_of_an_earlier_version_tells_both_revisions(ours, theirs, tmp_path):
    store = Store(ours.address)
    downgrade(store, revisions()[-2])
    store.close()
    keep(ours, tmp_path / "backup")
    restored = bring_back(theirs, tmp_path / "backup", NOW)
    assert (restored.revision, restored.contents.revision) == (revisions()[-2], newest_revision())


def test_restore_of_a_broken_history_is_done_and_told(ours, theirs, tmp_path):
    change(ours, text("UPDATE nomination SET nominee = '他人'"))
    keep(ours, tmp_path / "backup")
    assert bring_back(theirs, tmp_path / "backup", NOW).verified.breaks == 20


def test_file_that_cannot_be_restored_changes_nothing_even_by_force(ours, tmp_path):
    before = programs(ours)
    (tmp_path / "backup").write_text("这不是备份")
    with pytest.raises(BackupError):
        bring_back(ours, tmp_path / "backup", NOW, replace=True)
    assert programs(ours) == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["backup"]


def test_restore_over_another_program_s_database_is_refused_even_by_force(ours, theirs, tmp_path):
    keep(ours, tmp_path / "backup")
    change(theirs, text("CREATE TABLE theirs (id INTEGER)"))
    with pytest.raises(UnknownError) as refused:
        bring_back(theirs, tmp_path / "backup", NOW, replace=True)
    assert "是别的程序的数据库" in refused.value.words.zh


@on(SQLITE)
def test_damaged_database_is_put_aside_by_force(ours, tmp_path):
    keep(ours, tmp_path / "backup")
    file = tmp_path / "damaged.db"
    file.write_bytes(b"SQLite format 3\0" + b"\xff" * 9000)
    damaged = settled(f"sqlite:///{file}", tmp_path)
    with pytest.raises(DatabaseError):
        bring_back(damaged, tmp_path / "backup", NOW)
    restored = bring_back(damaged, tmp_path / "backup", NOW, replace=True)
    assert programs(damaged) == programs(ours)
    assert restored.kept == tmp_path / "damaged.db.before-restore-20260302-093000"
    assert restored.kept.read_bytes()[:16] == b"SQLite format 3\0"


@on(SQLITE)
def test_restore_of_the_database_itself_is_refused(ours):
    with pytest.raises(UnknownError) as refused:
        bring_back(ours, ours.database_file, NOW, replace=True)
    assert "就是现在的数据库" in refused.value.words.zh
