"""Faces take everybody from `operations.authority.identify`; none makes an actor of its own that does anything."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FACES = sorted(file for face in ("cli", "console", "flows") for file in (ROOT / face).rglob("*.py"))

#: Whom a face shows what could be done, who is nobody and does nothing.
SHOWN = {"cli/nomination.py": ["Actor('经办人', Role.OPERATOR)"]}


@pytest.mark.parametrize("file", FACES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_face_makes_an_actor(file):
    calls = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]
    made = [call for call in calls if ast.unparse(call.func).split(".")[0] in ("Actor", "Player", "CLOCK")]
    assert [ast.unparse(call) for call in made] == SHOWN.get(str(file.relative_to(ROOT)), [])
