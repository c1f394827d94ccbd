"""The published holiday schedules that were loaded on this machine, and the calendar that they make.

They are files, so that reading a deadline or a calendar needs no database. Kept light: nothing here imports the store.
"""

import hashlib
import os
from pathlib import Path

from deadlines.calendar import WorkCalendar
from deadlines.schedules import Schedule, parse_schedule


def data_folder() -> Path:
    """Return the folder of everything that is kept on this machine: `LINXUAN_DATA`, else the user's data folder."""
    data = os.environ.get("LINXUAN_DATA")
    if data:
        return Path(data)
    from platformdirs import user_data_path  # noqa: PLC0415 - not needed where the folder is set

    return user_data_path("linxuan", appauthor=False)


def open_calendar(data: Path | None = None) -> WorkCalendar:
    """Return the calendar with every schedule that was loaded, a year's own before its revisions.

    Raises `ScheduleError` for a kept file that somebody has damaged since.
    """
    calendar = WorkCalendar.china()
    folder = _folder(data)
    for file in sorted(folder.glob("[0-9]*-*.*"), key=_place) if folder.is_dir() else ():
        calendar = calendar.with_schedule(parse_schedule(file.read_bytes()))
    return calendar


def keep_schedule(schedule: Schedule, content: bytes, data: Path | None = None) -> None:
    """Keep a schedule's file where `open_calendar` finds it; a whole year replaces the one that was there.

    Raises `OSError` where it cannot be written.
    """
    folder = _folder(data)
    folder.mkdir(parents=True, exist_ok=True)
    ending = "json" if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") else "toml"
    if not schedule.revision:
        replaced = list(folder.glob(f"{schedule.year}-0-*.*"))
        kept = folder / f"{schedule.year}-0-whole.{ending}"
    else:
        digest = hashlib.sha256(content).hexdigest()[:8]
        revisions = sorted(folder.glob(f"{schedule.year}-*-revision-*.*"), key=_place)
        replaced = [known for known in revisions if digest in known.name]
        # Loaded once more, it is the newest.
        number = _place(revisions[-1])[1] + 1 if revisions else 1
        kept = folder / f"{schedule.year}-{number}-revision-{digest}.{ending}"
    # Whole before it has its name: a process that is killed here leaves what was there.
    draft = folder / f".{kept.name}"
    draft.write_bytes(content)
    draft.replace(kept)
    for file in replaced:
        if file != kept:
            file.unlink(missing_ok=True)


def _place(file: Path) -> tuple[int, int]:
    """Return a kept schedule's year and its place among those of the year."""
    year, number, *_ = file.name.split("-")
    return int(year), int(number)


def _folder(data: Path | None) -> Path:
    return (data or data_folder()) / "schedules"
