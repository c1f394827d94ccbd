"""Deadlines extended and corrected."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from programs import ProgramError, extend, load_program

CLOSES = datetime(2019, 8, 6, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def program():
    return load_program("luzhou-chief-technician-2019")


def test_extend_moves_one_deadline_and_names_the_authority(program):
    deadline = extend(program, "recommendation.office", CLOSES, " 泸市人社办〔2019〕101号 ").deadline(
        "recommendation.office"
    )
    assert (deadline.closes, deadline.authority) == (CLOSES, "泸市人社办〔2019〕101号")
    assert deadline.phrase == "2019年7月30日"


def test_extend_leaves_the_program_it_was_given_alone(program):
    extend(program, "recommendation.office", CLOSES, "决定")
    assert program.deadline("recommendation.office").closes is None


def test_extend_lists_the_deadlines_when_there_is_none_of_that_name(program):
    with pytest.raises(ProgramError, match=r"recommendation\.office") as refused:
        extend(program, "recommendation.moon", CLOSES, "决定")
    assert refused.value.faults[0].place == "recommendation.moon"


def test_extend_refuses_an_instant_without_an_offset(program):
    with pytest.raises(ProgramError, match="UTC offset"):
        extend(program, "recommendation.office", CLOSES.replace(tzinfo=None), "决定")


def test_extend_refuses_to_act_without_an_authority(program):
    with pytest.raises(ProgramError, match="rests on"):
        extend(program, "recommendation.office", CLOSES, "  ")
