"""The page that leads from each row of the checklist to its clause, its part of the program and its tests.

Written with `python -m tests.acceptance.page`; a test holds the page to what the files say.
"""

import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

from programs import Program, load_program
from programs.rulings import read_place

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "checklist.md"
ROWS = Path(__file__).with_name("rows.toml")

_HEAD = """# The checklist

Each row of the checklist of the five notices: where it stands in the program's file, by which clause, and which tests
hold it. Tests in bold ask it of nominations, dates, documents or commands; the others only of the file. The page is
written by `python -m tests.acceptance.page`.
"""

#: Where tests only look at what a program's file says.
_OF_FILES = "tests/programs/"


def rows() -> dict[str, dict[str, str]]:
    """Return the places of each row, by program and row."""
    return tomllib.loads(ROWS.read_text("utf-8"))


def named_after_rows() -> dict[str, list[tuple[str, str]]]:
    """Return the tests that bear the id of each row: their files and their names."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and (named := re.match(r"test_((?:[TZGJS]\d\d_)+)", node.name)):
                for row in named[1].rstrip("_").split("_"):
                    found[row].append((str(file.relative_to(ROOT)), node.name))
    return found


def page() -> str:
    """Return the page."""
    named = named_after_rows()
    parts = [_HEAD]
    for program_id, places in rows().items():
        program = load_program(program_id)
        parts.append(
            f"\n## {program.award}（{program.edition}）\n\n| row | clause | part | tests |\n|---|---|---|---|\n"
        )
        for row, paths in places.items():
            told = "<br>".join(_told(*one) for one in named.get(row, ()))
            clauses = "；".join(dict.fromkeys(filter(None, (_clause(program, path) for path in paths.split()))))
            parts.append(f"| {row} | {clauses} | {'<br>'.join(f'`{path}`' for path in paths.split())} | {told} |\n")
    return "".join(parts)


def _told(file: str, name: str) -> str:
    return f"`{name}`" if file.startswith(_OF_FILES) else f"**`{name}`**"


def _clause(program: Program, path: str) -> str:
    place: Any = read_place(program.model_dump(), path)
    return str(place.get("clause", "")) if isinstance(place, dict) else ""


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
