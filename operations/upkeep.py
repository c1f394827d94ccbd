"""What keeps an installation in order by itself: nightly backups, of which the last are kept."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.engine import Connection

from deadlines.zone import ONE_DAY, SHANGHAI, shanghai_day
from operations.checks import Check, State, well
from operations.safekeeping import Kept, keep
from operations.settings import Settings
from operations.ticking import always
from programs import Words
from store import tables as t
from store.files import draft_of, put_in_place

#: When a night without a backup is told: by the afternoon after it.
_LATE: Final = timedelta(hours=36)

_NAME = re.compile(r"linxuan-\d{4}-\d{2}-\d{2}\.backup")


@dataclass(frozen=True, slots=True)
class Backup:
    """What a night's backup did. `files` counts those that were handed in and copied beside it for the first time."""

    kept: Kept
    files: int
    removed: tuple[str, ...]


def back_up_nightly(settings: Settings, now: datetime, *, copies: int, has_time: Callable[[], bool] = always) -> Backup:
    """Back the database up under the day's name, copy the files that are new, and let the oldest backups go.

    The second one of a day replaces the first. Only what such a backup is named is ever removed, and only once the new
    one is whole. No file is begun once there is no time; the next backup goes on with them. Raises as
    `operations.safekeeping.keep` does.
    """
    folder = settings.backup_folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = keep(settings, folder / f"linxuan-{shanghai_day(now)}.backup", replace=True)
    # After the database: whatever it names was there before.
    files = _copy_new(settings.files_path, folder / "files", has_time)
    ours = sorted((file for file in folder.iterdir() if _NAME.fullmatch(file.name)), reverse=True)
    removed = ours[copies:]
    for file in removed:
        file.unlink()
    return Backup(kept, files, tuple(file.name for file in removed))


def last_backup(settings: Settings) -> datetime | None:
    """Return when the newest of the nightly backups was made; none where there is none, or its folder is out of reach.

    A file is as old as its content: a copy that keeps no times passes for newer than it is.
    """
    try:
        made = [file.stat().st_mtime for file in settings.backup_folder.iterdir() if _NAME.fullmatch(file.name)]
    except OSError:
        return None
    return datetime.fromtimestamp(max(made), SHANGHAI) if made else None


def is_night_owed(settings: Settings, now: datetime) -> bool:
    """Say whether a night went by without its work, as on a machine that is off by night: the backup tells."""
    last = last_backup(settings)
    return last is None or now - last > ONE_DAY


def check_backup(settings: Settings, connection: Connection, now: datetime) -> Check:
    """Check that the last night, or the one before it, left a backup of what there is to lose."""
    folder, last = settings.backup_folder, last_backup(settings)
    if not connection.execute(select(exists().where(t.program.c.id.is_not(None)))).scalar_one():
        return well("backup", "还没有项目，没有什么须备份", "there is no program yet, so nothing to back up")
    if last is not None and now - last <= _LATE:
        return well(
            "backup", f"最近一次备份 {last:%Y-%m-%d %H:%M}：{folder}", f"backed up {last:%Y-%m-%d %H:%M}: {folder}"
        )
    message = Words("{folder} 里没有每晚的备份", "there is no nightly backup in {folder}")
    if last is not None:
        message = Words("最近一次备份是 {at}，见 {folder}", "the last backup is of {at}, in {folder}")
    remedy = Words(
        "请启动 linxuan up，开机后自动补上，并核对文件夹的权限和磁盘；备份在别处的，把 LINXUAN_BACKUPS 指到那里",
        "start linxuan up, which makes it good, and check the folder; where backups lie elsewhere, set LINXUAN_BACKUPS",
    )
    at = f"{last:%Y-%m-%d %H:%M}" if last else ""
    return Check("backup", State.WARNING, message.format(folder=folder, at=at), remedy)


def _copy_new(source: Path, target: Path, has_time: Callable[[], bool]) -> int:
    """Copy the files that are not there yet. Nothing in the folder ever changes, so a name tells a content."""
    copied = 0
    for folder, _, names in os.walk(source):
        place = target / Path(folder).relative_to(source)
        there = {file.name for file in place.iterdir()} if place.is_dir() else set()
        for name in names:
            # What is being written begins with a dot.
            if name in there or name.startswith("."):
                continue
            if not has_time():
                return copied
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            with draft_of(place / name) as draft:
                copyfile(Path(folder) / name, draft)
                put_in_place(draft, place / name)
            copied += 1
    return copied
