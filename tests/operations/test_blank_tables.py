"""An empty table asks for what is read, offers what may be chosen, and is taken in when it is filled in."""

import pytest

from documents.mending import mended
from documents.tables import sheets_of
from operations.blank_tables import blank_of, columns_of
from operations.columns import facts_missing, table_for, unread, words_of
from programs import shipped_programs
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.test_taking_in import found, person, taken
from tests.operations.workbooks import Workbook

pytestmark = on(SQLITE)

SHEET = "汇总表"
ROW = {
    "姓名": "周　敏",
    "工作室名称": "周敏工作室",
    "工作单位": "某某厂",
    "依托单位": "某某厂",
    "身份证号": person(1),
    "联系电话": "023-61234567",
    "推荐单位": "江阳区",
}


def filled(program, **more: str) -> bytes:
    content = blank_of(program)
    (headings,) = next(cells for name, cells in sheets_of(content, "a.xlsx") if name == SHEET).iloc[2:3].values.tolist()
    row = {**ROW, **{one.heading: one.choices[0] for one in columns_of(program) if one.choices}, **more}
    cells = {(3, place): row[heading] for place, heading in enumerate(headings) if heading in row}
    return mended(content, "a.xlsx", SHEET, cells)


@pytest.mark.parametrize("program_id", shipped_programs())
def test_every_column_of_an_empty_table_is_read(program_id, shipped):
    program = shipped(program_id)
    headings = [one.heading for one in columns_of(program)]
    assert len(set(headings)) == len(headings)
    assert set(headings) <= words_of(program).keys()
    table = table_for(program, filled(program), "a.xlsx")
    assert (table.sheet, unread(table), facts_missing(program, table.columns)) == (SHEET, (), ())


@pytest.mark.parametrize("program_id", shipped_programs())
def test_columns_of_an_empty_table_offer_what_may_be_chosen(program_id, shipped):
    program = shipped(program_id)
    offered = {text.strip('"') for _, kind, text, _ in Workbook(blank_of(program)).validations(SHEET) if kind == "list"}
    assert offered >= {",".join(one.name for one in some) for some in (program.categories, program.nominators) if some}


def test_empty_table_that_is_filled_in_is_taken_in(luzhou):
    done = taken(luzhou, filled(luzhou.program, 推荐单位类型=luzhou.program.nominators[0].name), defaults={})
    assert (found(done), len(done.numbers), done.passed_over) == ([], 1, ())
