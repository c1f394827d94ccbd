"""Of what characters names and lines are written."""

import pytest

from programs.naming import is_one_line


@pytest.mark.parametrize("one", ["\u3402", "\U000323af", "\ue863"], ids=["rare", "newer than Python 3.11", "private"])
def test_rare_character_is_of_a_name(one):
    assert is_one_line(f"王{one}")


@pytest.mark.parametrize("one", ["\0", "\n", "\x7f", "\u200b", "\u2028", "\u202e", "\ud800", "\uffff"])
def test_character_that_breaks_a_line_or_is_never_seen_is_of_no_name(one):
    assert not is_one_line(f"王{one}芳")
