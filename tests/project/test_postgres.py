"""The PostgreSQL server of the tests: found, or named as missing; and gone when the tests are, however they end."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.postgres import NoServerError, programs_folder

ROOT = Path(__file__).parents[2]


def test_server_that_is_not_installed_is_named_with_its_package(tmp_path):
    with pytest.raises(NoServerError, match="install the Debian package postgresql"):
        programs_folder(str(tmp_path), tmp_path)


def test_newest_of_several_versions_is_taken(tmp_path):
    for version in ("9", "13", "15"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        for name in ("initdb", "postgres"):
            (folder / name).touch()
    assert programs_folder(str(tmp_path), tmp_path) == tmp_path / "15" / "bin"


@pytest.mark.usefixtures("postgresql_server")
def test_server_of_tests_that_were_killed_is_gone_with_its_folder():
    with subprocess.Popen(
        [sys.executable, "-m", "tests.postgres"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as tests:
        folder = Path(make_url(tests.stdout.readline().strip()).query["host"])
        server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        assert Path(f"/proc/{server}").exists()
        tests.kill()
    until = time.monotonic() + 30
    while (folder.exists() or Path(f"/proc/{server}").exists()) and time.monotonic() < until:
        time.sleep(0.05)
    assert (folder.exists(), Path(f"/proc/{server}").exists()) == (False, False)


def test_continuous_integration_installs_the_server_without_a_cluster_of_debian_s_own():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "missing+=(postgresql)" in script
    assert "create_main_cluster = false" in script
