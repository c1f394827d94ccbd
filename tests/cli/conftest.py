import os
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from tests.cli.command_line import CommandLine, Run
from tests.cli.selection import Office

Linxuan = Callable[..., Run]


@pytest.fixture(scope="session")
def command_line() -> CommandLine:
    return CommandLine()


@pytest.fixture(scope="session")
def _open_for_nominations(command_line: CommandLine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("opened") / "data"
    with pytest.MonkeyPatch.context() as patch:
        _settle_in(folder, patch)
        Office(command_line.run).opens()
    return folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a fresh installation, not made yet, and nothing else set."""
    folder = tmp_path / "data"
    _settle_in(folder, monkeypatch)
    return folder


@pytest.fixture
def linxuan(command_line: CommandLine, data: Path) -> Linxuan:  # noqa: ARG001 - settles the environment
    """Run a command on the fresh installation."""
    return command_line.run


@pytest.fixture
def office(linxuan: Linxuan, data: Path, _open_for_nominations: Path) -> Office:
    """An office whose program is open."""
    copytree(_open_for_nominations, data)
    return Office(linxuan)


def _settle_in(folder: Path, patch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("LINXUAN_")]:
        patch.delenv(name)
    patch.setenv("LINXUAN_DATA", str(folder))
