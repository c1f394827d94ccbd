"""姓氏笔画为序: by strokes, then as the 通用规范汉字表 has them, the surname before the given name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.strokes import by_strokes, stroke_key


@pytest.mark.parametrize(
    ("character", "strokes"),
    [("丁", 2), ("王", 4), ("刘", 6), ("李", 7), ("陈", 7), ("欧", 8), ("赵", 9), ("龘", 48)],
)
def test_character_has_its_strokes(character, strokes):
    assert stroke_key(character)[0][0] == strokes


def test_character_without_strokes_stands_behind_every_other():
    assert by_strokes(["a", "龘", "丁"], str) == ["丁", "龘", "a"]


def test_names_stand_by_strokes_of_the_surname_and_then_of_the_given_name():
    names = ["赵六", "周正", "欧阳明", "陈立秋", "张伟", "李强", "李一", "刘洋", "王芳", "王方", "丁一"]
    expected = ["丁一", "王方", "王芳", "刘洋", "李一", "李强", "张伟", "陈立秋", "欧阳明", "周正", "赵六"]
    assert by_strokes(names, str) == expected


def test_shorter_name_and_unknown_letters_have_their_place():
    assert by_strokes(["王五一", "Wang", "王五", "丁 山"], str) == ["丁 山", "王五", "王五一", "Wang"]


@given(st.lists(st.text("一丁王李张欧阳明a ", max_size=4)))
def test_order_is_the_same_whatever_it_was_before(names):
    assert list(map(stroke_key, by_strokes(names, str))) == list(map(stroke_key, by_strokes(reversed(names), str)))
