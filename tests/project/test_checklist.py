"""The page that leads from the checklist's rows to clauses and tests says what the files say."""

from tests.acceptance.page import PAGE, named_after_rows, page, rows


def test_every_row_has_a_test_that_bears_its_name():
    every = [row for places in rows().values() for row in places]
    assert (len(every), len(set(every))) == (131, 131)
    assert sorted(set(every) - named_after_rows().keys()) == []


def test_no_test_bears_the_name_of_a_row_that_is_none():
    assert sorted(named_after_rows().keys() - {row for places in rows().values() for row in places}) == []


def test_page_is_what_the_files_say():
    """Write it anew with: python -m tests.acceptance.page."""
    assert PAGE.read_text("utf-8") == page()
