"""How long a text is, by each way of counting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.lengths import Counting, count_characters

#: characters, with spaces, words as Word counts them, Chinese characters alone
TEXTS = {
    "": (0, 0, 0, 0),
    "技师": (2, 2, 2, 2),
    "技师，工匠。": (6, 6, 6, 4),
    "技 师": (2, 3, 2, 2),
    "技\u3000师": (2, 3, 2, 2),
    "第一段\n第二段\r\n": (6, 6, 6, 6),
    "PLC编程": (5, 5, 3, 2),
    "two words": (8, 9, 2, 0),
    "2023年8月": (7, 7, 4, 2),
    "“匠心”——〇": (7, 7, 7, 3),
    "\u200b\ufeff技\t师": (2, 2, 2, 2),
    "𠮷": (1, 1, 1, 1),
}


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_counted_by_each_way(text):
    assert tuple(count_characters(text, way) for way in Counting) == TEXTS[text]


@given(st.text(), st.text(), st.sampled_from(list(Counting)))
def test_parts_on_lines_of_their_own_count_together_as_each_alone(one, other, way):
    assert count_characters(f"{one}\n{other}", way) == count_characters(one, way) + count_characters(other, way)


@given(st.text())
def test_only_chinese_characters_are_never_more_and_spaces_never_fewer(text):
    han, plain = count_characters(text, Counting.HAN), count_characters(text, Counting.CHARACTERS)
    assert han <= plain <= count_characters(text, Counting.WITH_SPACES)
