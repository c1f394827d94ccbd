"""Migrations go up: what only a later shape can hold is lost on the way down, so nothing that people use goes there."""

import pytest

from tests.project.test_layout import PACKAGES, ROOT

#: Where a migration is taken back by those who write one.
WRITING = ("store/migrate.py", "store/migrations/")


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_no_command_flow_or_page_takes_a_migration_back(package):
    names = [file.relative_to(ROOT).as_posix() for file in (ROOT / package).rglob("*.py")]
    used = [name for name in names if "downgrade" in (ROOT / name).read_text("utf-8")]
    assert [name for name in used if not name.startswith(WRITING)] == []
