"""The examples in the documents stay true: what they type works, and what they show is what is printed."""

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from cli.main import COMMANDS, linxuan
from tests.cli.command_line import CommandLine

ROOT = Path(__file__).parents[2]
DOCUMENTS = ["README.md", "README.zh-CN.md", *(f"docs/{file.name}" for file in sorted((ROOT / "docs").glob("*.md")))]
ANY_LINES = "…"

_CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROGRAM = re.compile(r'^```toml\n(# .*?^id = "([\w-]+)".*?)^```$', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A command line of a document, and the lines that the document shows as its output."""

    typed: str
    shown: tuple[str, ...]

    @property
    def command(self) -> list[str]:
        return shlex.split(self.typed)


def _examples(document: str) -> list[Example]:
    found: list[Example] = []
    for block in _CONSOLE.findall((ROOT / document).read_text("utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            typed, *shown = part.rstrip("\n").split("\n")
            found.append(Example(typed, tuple(shown)))
    return found


def _matches(shown: tuple[str, ...], printed: str) -> bool:
    pattern = "".join("(?:.*\n)*" if line == ANY_LINES else re.escape(line) + "\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in printed.splitlines())) is not None


WITH_EXAMPLES = [document for document in DOCUMENTS if _examples(document)]


@pytest.fixture
def at_a_desk(tmp_path, monkeypatch):
    """Sit down in a fresh installation, in a folder with the program files that a document holds."""

    def sit_down(document: str) -> None:
        for name in [name for name in os.environ if name.startswith("LINXUAN_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("LINXUAN_DATA", str(tmp_path / "data"))
        monkeypatch.chdir(tmp_path)
        for text, program in _PROGRAM.findall((ROOT / document).read_text("utf-8")):
            (tmp_path / f"{program}.toml").write_text(text, "utf-8")

    return sit_down


@pytest.mark.parametrize("document", WITH_EXAMPLES)
def test_every_linxuan_example_runs_and_prints_what_is_shown(document, at_a_desk):
    at_a_desk(document)
    command_line = CommandLine()
    for example in _examples(document):
        if example.command[0] != "linxuan":
            continue
        run = command_line.run(*example.command[1:])
        printed = run.out + run.err
        assert run.code in (0, 1), (example.typed, printed)
        if example.shown:
            assert _matches(example.shown, printed), f"$ {example.typed}\n{printed}"
        else:
            assert run.code == 0, (example.typed, printed)


@pytest.mark.parametrize("document", WITH_EXAMPLES)
def test_every_make_example_is_a_target(document):
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = [
        target for example in _examples(document) if example.command[0] == "make" for target in example.command[1:]
    ]
    assert set(named) <= targets


@pytest.mark.parametrize("document", WITH_EXAMPLES)
def test_an_example_types_only_what_is_checked_here(document):
    assert {example.command[0] for example in _examples(document)} <= {"linxuan", "make"}


def test_both_readmes_type_the_same():
    english, chinese = (_examples(readme) for readme in ("README.md", "README.zh-CN.md"))
    assert [example.typed for example in english] == [example.typed for example in chinese]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_links_to_is_there(document):
    file = ROOT / document
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text("utf-8"))
    assert [link for link in links if not (file.parent / link).exists()] == []


@pytest.mark.parametrize(("readme", "use"), [("README.md", "## Use it"), ("README.zh-CN.md", "## 使用")])
def test_readme_names_the_commands_that_there_are(readme, use):
    told = (ROOT / readme).read_text("utf-8")
    commands = {name: linxuan.get_command(click.Context(linxuan), name) for name in COMMANDS}
    assert set(re.findall(r"\blinxuan ([a-z]+)\b", told.partition(use)[2])) == commands.keys()
    for name, group in commands.items():
        lines = " ".join(line for line in told.split("\n") if f"linxuan {name}" in line)
        parts = group.list_commands(click.Context(group)) if isinstance(group, click.Group) else []
        assert [part for part in parts if not re.search(rf"(?<![\w-]){part}(?![\w-])", lines)] == [], name
