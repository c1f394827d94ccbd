"""In continuous integration no test may be skipped."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copyfile

import pytest

ROOT = Path(__file__).parents[2]

_TESTS = {
    "skipped_within": "import pytest\ndef test_it(): pytest.skip('no browser here')\n",
    "skipped_by_a_mark": "import pytest\n@pytest.mark.skip\ndef test_it(): pass\n",
    "skipped_as_a_whole": "import pytest\npytest.skip('no browser here', allow_module_level=True)\n",
    "passed": "def test_it(): pass\n",
}


@pytest.fixture
def run(tmp_path):
    """Run one test file beside the project's own conftest; returns the exit code and what was printed."""
    copyfile(ROOT / "conftest.py", tmp_path / "conftest.py")

    def run(name: str, *options: str, **environment: str) -> tuple[int, str]:
        (tmp_path / f"test_{name}.py").write_text(_TESTS[name])
        kept = {key: value for key, value in os.environ.items() if key != "CI" and not key.startswith("PYTEST_")}
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, str(tmp_path)],
            cwd=tmp_path,
            env={**kept, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout

    return run


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("skipped_within", ()),
        ("skipped_by_a_mark", ("-q", "-n", "1")),
        ("skipped_as_a_whole", ("-q",)),
    ],
)
def test_a_skipped_test_fails_the_run_and_is_named(run, name, options):
    code, told = run(name, *options, CI="true")
    assert code == 1
    assert "skipped tests fail this run" in told
    assert f"test_{name}.py" in told.partition("skipped tests fail this run")[2]


def test_elsewhere_a_skipped_test_is_only_skipped(run):
    code, told = run("skipped_within")
    assert code == 0
    assert "1 skipped" in told


def test_a_run_without_skipped_tests_passes(run):
    assert run("passed", CI="true")[0] == 0
