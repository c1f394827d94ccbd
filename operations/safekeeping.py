"""备份: a copy of all that the database holds, taken while the product runs, and put back where it is needed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from operations.audit import Verification, verification
from operations.results import UnknownError
from operations.settings import Settings
from programs import Words
from store import Store
from store import tables as t
from store.backups import Contents, back_up, contents_of, restore
from store.migrate import is_empty, is_foreign
from store.vault import vault_of


class KeyState(StrEnum):
    """How the key file stands to the database: `unneeded` while no identity number was ever sealed."""

    AGREES = "agrees"
    MISSING = "missing"
    DAMAGED = "damaged"
    DIFFERS = "differs"
    UNNEEDED = "unneeded"


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup: its file, its size in bytes, and what it holds. `key_file` is not in it."""

    file: Path
    size: int
    contents: Contents
    key_file: Path


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restored database holds, how it verifies, and where what was there before is kept, if there was anything.

    `revision` is the backup's; the contents' is the one after the migrations.
    """

    revision: str | None
    contents: Contents
    verified: Verification
    kept: Path | None
    key_file: Path
    key: KeyState


def keep(settings: Settings, file: Path, *, replace: bool = False) -> Kept:
    """Back the database up to a file. Raises `UnknownError` for a file that is there, unless it may be replaced.

    Raises `BackupError` where there is nothing to back up or it fails, `OSError` where the file cannot be written.
    """
    database = settings.database_file
    if database and not database.exists():
        raise UnknownError(
            Words("没有数据库 {file}，无可备份", "there is no database {file} to back up").format(file=database)
        )
    for ours in (database, settings.key_path):
        if ours and file.exists() and ours.exists() and file.samefile(ours):
            raise UnknownError(
                Words(
                    "{file} 是正在使用的文件，请另取备份文件名", "{file} is in use; name another file for the backup"
                ).format(file=file)
            )
    if file.exists() and not replace:
        raise UnknownError(
            Words(
                "{file} 已存在；请换个文件名，或用 --force 覆盖",
                "{file} exists; name another file, or replace it with --force",
            ).format(file=file)
        )
    store = Store(settings.address)
    try:
        contents = back_up(store, file)
    finally:
        store.close()
    return Kept(file, file.stat().st_size, contents, settings.key_path)


def bring_back(settings: Settings, file: Path, now: datetime, *, replace: bool = False) -> Restored:
    """Restore a backup into an empty database. With `replace`, whatever is there is first kept beside it.

    `now` names what is kept. Raises `UnknownError` for a database that holds programs, or is another program's;
    `BackupError` for a file that cannot be restored; nothing is changed then.
    """
    database = settings.database_file
    if database and database.exists() and file.samefile(database):
        raise UnknownError(Words("{file} 就是现在的数据库", "{file} is the database itself").format(file=file))
    settings.prepare_folder()
    store = Store(settings.address)
    try:
        place = _Place(settings, store, now)
        place.require_free(replace=replace)
        revision, _ = restore(store, file, before_change=place.keep)
        with store.read() as connection:
            contents, verified = contents_of(store, connection), verification(connection)
        return Restored(revision, contents, verified, place.kept, settings.key_path, key_state(settings, store))
    finally:
        store.close()


def key_state(settings: Settings, store: Store) -> KeyState:
    """Say how the key file stands to the database."""
    with store.read() as connection:
        known = connection.execute(select(t.vault_key.c.fingerprint)).scalar()
    if settings.key is None and not settings.key_path.exists():
        return KeyState.UNNEEDED if known is None else KeyState.MISSING
    try:
        vault = vault_of(settings.secrets(), known)
    except ValueError:
        return KeyState.DAMAGED
    return KeyState.AGREES if known in (None, vault.name) else KeyState.DIFFERS


class _Place:
    """The database that a backup comes into, as it is before."""

    def __init__(self, settings: Settings, store: Store, now: datetime) -> None:
        self._settings = settings
        self._store = store
        self._now = now
        self._damaged = False
        self._programs = 0
        self.kept: Path | None = None

    def require_free(self, *, replace: bool) -> None:
        """Raise `UnknownError` where something is in the way."""
        file = self._settings.database_file
        if file and (not file.exists() or not file.stat().st_size):
            return
        try:
            empty, foreign = is_empty(self._store), is_foreign(self._store)
            if not empty and not foreign:
                with self._store.read() as connection:
                    self._programs = connection.execute(select(func.count()).select_from(t.program)).scalar_one()
        except DatabaseError:
            # A server that cannot be asked cannot be restored into either; a file may be past reading.
            if file is None or not replace:
                raise
            self._damaged = True
            return
        where = file or self._settings.database_shown
        if foreign:
            raise UnknownError(
                Words(
                    "{where} 是别的程序的数据库，不能恢复到这里；请核对地址",
                    "{where} is another program's database; nothing is restored there, check the address",
                ).format(where=where)
            )
        if self._programs and not replace:
            raise UnknownError(
                Words(
                    "{where} 里已有 {count} 个项目，没有恢复；确要替换请用 --force，现有数据会先另存一份",
                    "{where} holds {count} program(s), so nothing was restored; --force replaces them after a backup",
                ).format(where=where, count=self._programs)
            )

    def keep(self) -> None:
        """Put aside what is about to be replaced."""
        file = self._settings.database_file
        name = file.name if file else str(self._settings.address.database)
        kept = (file.parent if file else self._settings.data) / f"{name}.before-restore-{self._now:%Y%m%d-%H%M%S}"
        while kept.exists():
            kept = kept.with_name(f"{kept.name}-")
        if self._damaged and file:
            self._store.close()
            for ending in ("", "-wal", "-shm"):
                beside = file.with_name(file.name + ending)
                if beside.exists():
                    beside.rename(kept.with_name(kept.name + ending))
            self.kept = kept
        elif self._programs:
            kept.parent.mkdir(parents=True, exist_ok=True)
            back_up(self._store, kept)
            self.kept = kept
