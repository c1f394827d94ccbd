"""What keeps an installation in order by itself: nightly backups, of which the last are kept."""

import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfile

from deadlines.zone import shanghai_day
from operations.safekeeping import Kept, keep
from operations.settings import Settings
from store.files import draft_of, put_in_place

_NAME = re.compile(r"linxuan-\d{4}-\d{2}-\d{2}\.backup")


@dataclass(frozen=True, slots=True)
class Backup:
    """What a night's backup did. `files` counts those that were handed in and copied beside it for the first time."""

    kept: Kept
    files: int
    removed: tuple[str, ...]


def back_up_nightly(settings: Settings, now: datetime, *, copies: int) -> Backup:
    """Back the database up under the day's name, copy the files that are new, and let the oldest backups go.

    The second one of a day replaces the first. Only what such a backup is named is ever removed, and only once the new
    one is whole. Raises as `operations.safekeeping.keep` does.
    """
    folder = settings.backup_folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = keep(settings, folder / f"linxuan-{shanghai_day(now)}.backup", replace=True)
    # After the database: whatever it names was there before.
    files = _copy_new(settings.files_path, folder / "files")
    ours = sorted((file for file in folder.iterdir() if _NAME.fullmatch(file.name)), reverse=True)
    removed = ours[copies:]
    for file in removed:
        file.unlink()
    return Backup(kept, files, tuple(file.name for file in removed))


def _copy_new(source: Path, target: Path) -> int:
    """Copy the files that are not there yet. Nothing in the folder ever changes, so a name tells a content."""
    copied = 0
    for folder, _, names in os.walk(source):
        place = target / Path(folder).relative_to(source)
        there = {file.name for file in place.iterdir()} if place.is_dir() else set()
        for name in names:
            # What is being written begins with a dot.
            if name in there or name.startswith("."):
                continue
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            with draft_of(place / name) as draft:
                copyfile(Path(folder) / name, draft)
                put_in_place(draft, place / name)
            copied += 1
    return copied
