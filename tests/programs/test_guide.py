"""The guide's example is a program that works."""

import re
import tomllib
from pathlib import Path

from programs import check_program, parse_program
from programs.stages import Review

GUIDE = Path(__file__).parents[2] / "docs" / "programs.md"


def test_the_guides_program_loads_without_a_fault():
    whole, *_ = re.findall(r"```toml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert check_program(parse_program(whole)) == ()


def test_the_guides_review_with_criteria_and_groups_is_one():
    blocks = re.findall(r"```toml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    (block,) = [one for one in blocks if "criteria = [" in one]
    (stage,) = tomllib.loads(block)["stages"]
    review = Review.model_validate(stage)
    assert [len(track.criteria) for track in review.tracks] == [2, 1]
    assert [str(one) for one in review.tie_break] == ["defence.skill", "votes"]
