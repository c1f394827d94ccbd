"""The table of a program for nominators to fill in: headings, what may be chosen, and a sheet that tells how."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import xlsxwriter

from documents.workbooks import workbook

#: How many rows are laid out, as text, so that no identity number is rounded; more may be written below them.
ROWS: Final = 500
_HEADING_ROW: Final = 2
_NARROW, _WIDE = 12, 30
#: How much text a list of choices in a cell may have.
_LONGEST_LIST: Final = 255
_A4: Final = 9
_NUMBER: Final = "序号"
_NOTE: Final = "每行一名，黄色的栏目必填；不要改动表头。各栏怎样填，见“填写说明”。"


@dataclass(frozen=True, slots=True)
class BlankColumn:
    """One column: its heading, how a cell of it is filled in, and the words that may be chosen, if only these may."""

    heading: str
    hint: str
    is_needed: bool = False
    choices: tuple[str, ...] = ()
    #: Whether several of the choices may stand in one cell, which no list in Excel allows.
    many: bool = False


def blank_table(title: str, columns: Sequence[BlankColumn]) -> bytes:
    """Return the table as `.xlsx`: columns that must be filled in are marked, and bound to their choices."""
    with workbook() as (book, buffer):
        _lay_out(book, title, columns)
        _explain(book, columns)
    return buffer.getvalue()


def _lay_out(book: xlsxwriter.Workbook, title: str, columns: Sequence[BlankColumn]) -> None:
    sheet = book.add_worksheet("汇总表")
    edge = {"border": 1, "valign": "vcenter", "text_wrap": True}
    heading = book.add_format({**edge, "bold": True, "align": "center", "bg_color": "#F2F2F2"})
    needed = book.add_format({**edge, "bold": True, "align": "center", "bg_color": "#FFE699"})
    cell = book.add_format({**edge, "num_format": "@"})
    banner = book.add_format({"font_size": 18, "bold": True, "align": "center", "valign": "vcenter"})
    said = book.add_format({"text_wrap": True, "valign": "vcenter"})
    last, first, end = len(columns), _HEADING_ROW + 1, _HEADING_ROW + ROWS
    sheet.merge_range(0, 0, 0, last, title, banner)
    sheet.set_row(0, 36)
    sheet.merge_range(1, 0, 1, last, _NOTE, said)
    sheet.set_row(1, 24)
    sheet.write_string(_HEADING_ROW, 0, _NUMBER, heading)
    sheet.set_column(0, 0, 6)
    for place, column in enumerate(columns, start=1):
        sheet.write_string(_HEADING_ROW, place, column.heading, needed if column.is_needed else heading)
        sheet.set_column(place, place, _width(column))
        if _is_list(column):
            told = {"error_title": "请核对", "error_message": f"请从列表中选择：{column.heading}"}
            sheet.data_validation(
                first, place, end, place, {"validate": "list", "source": list(column.choices), **told}
            )
    for row in range(first, end + 1):
        for place in range(last + 1):
            sheet.write_blank(row, place, None, cell)
    sheet.freeze_panes(first, 2)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, _HEADING_ROW)


def _explain(book: xlsxwriter.Workbook, columns: Sequence[BlankColumn]) -> None:
    sheet = book.add_worksheet("填写说明")
    bold = book.add_format({"bold": True, "border": 1, "bg_color": "#F2F2F2"})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
    for place, (text, width) in enumerate((("栏目", 22), ("是否必填", 10), ("填法", 60), ("可填", 60))):
        sheet.write_string(0, place, text, bold)
        sheet.set_column(place, place, width)
    for row, column in enumerate(columns, start=1):
        choices = "、".join(column.choices)
        for place, text in enumerate((column.heading, "必填" if column.is_needed else "", column.hint, choices)):
            sheet.write_string(row, place, text, cell)


def _is_list(column: BlankColumn) -> bool:
    return bool(column.choices) and not column.many and len(",".join(column.choices)) <= _LONGEST_LIST


def _width(column: BlankColumn) -> int:
    longest = max(map(len, (column.heading, *column.choices)))
    return min(max(2 * longest + 2, _NARROW), _WIDE)
