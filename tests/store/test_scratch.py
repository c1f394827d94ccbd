"""Folders in which something lies while it is worked on: what a killed process has left is cleared."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from deadlines import SHANGHAI
from store.scratch import clear, take_away

NOW = datetime(2026, 5, 8, 10, tzinfo=SHANGHAI)


def test_what_is_left_is_cleared_once_nobody_can_be_at_it(tmp_path: Path) -> None:
    incoming = tmp_path / "incoming"
    left = (("away-", 3), ("mended-", 3), ("coming-", 25), ("unpacked-", 25))
    for name, hours in (*left, ("away-new", 1), ("coming-new", 23), ("unpacked-new", 23), ("x", 99)):
        (incoming / name).mkdir(parents=True)
        (incoming / name / "0").write_bytes(b"x")
        os.utime(incoming / name, ((NOW - timedelta(hours=hours)).timestamp(),) * 2)
    clear(incoming, NOW)
    assert sorted(one.name for one in incoming.iterdir()) == ["away-new", "coming-new", "unpacked-new", "x"]


def test_copies_are_taken_away_from_beside_the_kept_files_by_their_owner_alone(tmp_path: Path) -> None:
    folder = take_away(tmp_path / "incoming")
    assert (folder.parent, folder.stat().st_mode & 0o777) == (tmp_path / "incoming", 0o700)
    clear(tmp_path / "nowhere", NOW)
