"""The guide's example is a program that works."""

import re
from pathlib import Path

from programs import check_program, parse_program

GUIDE = Path(__file__).parents[2] / "docs" / "programs.md"


def test_the_guides_program_loads_without_a_fault():
    whole, *_ = re.findall(r"```toml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert check_program(parse_program(whole)) == ()
