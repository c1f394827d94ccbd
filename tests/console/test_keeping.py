"""Forms that are refused come back as they were filled in."""

import pytest

from console.keeping import refilled

PAGE = """<form action="/one"><input name="day" type="date" required><select name="result">
<option>合格</option><option value="bad" selected>不合格</option></select>
<label><input type="checkbox" name="sure" value="yes"></label><input type="radio" name="as" value="unit" checked>
<input type="radio" name="as" value="person"><textarea id="why" name="reason" required></textarea>
<input type="hidden" name="version" value=""><input name="identity" value=""><input name="kept" value="其他"></form>
<form action="/two"><textarea name="reason"></textarea></form>"""


def test_form_that_is_refused_comes_back_as_it_was_filled_in() -> None:
    sent = [
        ("day", "2026-05-08"),
        ("result", "合格"),
        ("sure", "yes"),
        ("as", "person"),
        ("reason", "<1>"),
        ("version", "3"),
        ("identity", "510502199001010012"),
        ("kept", "一样"),
    ]
    assert (
        refilled(PAGE, "/one", sent)
        == """<form action="/one"><input name="day" type="date" required value="2026-05-08"><select name="result">
<option selected>合格</option><option value="bad">不合格</option></select>
<label><input type="checkbox" name="sure" value="yes" checked></label><input type="radio" name="as" value="unit">
<input type="radio" name="as" value="person" checked><textarea id="why" name="reason" required>&lt;1&gt;</textarea>
<input type="hidden" name="version" value=""><input name="identity" value=""><input name="kept" value="其他"></form>
<form action="/two"><textarea name="reason"></textarea></form>"""
    )


@pytest.mark.parametrize(("page", "path"), [(PAGE, "/three"), (PAGE + PAGE, "/one")])
def test_page_with_no_such_form_or_several_stays_as_it_is(page: str, path: str) -> None:
    assert refilled(page, path, [("day", "2026-05-08"), ("reason", "说明")]) == page
