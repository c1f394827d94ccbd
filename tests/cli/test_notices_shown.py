"""What the notices say of themselves, as commands show it."""

from tests.cli.test_acceptance import LIANGPING, UNDATED


def test_G27_day_of_issue_is_shown(linxuan):
    assert "印发：2023-07-26" in linxuan("program", "show", LIANGPING).out.splitlines()


def test_T23_number_of_seven_digits_is_warned_of_and_keeps_nothing_from_opening(linxuan):
    checked = linxuan("program", "check", UNDATED)
    assert checked.code == 0
    (told,) = [line for line in checked.out.splitlines() if "电话是7位" in line]
    assert told.startswith("警告")
