"""Tables of nominees in Excel as notices ask for them: a list (汇总表), and an overview on one page (一览表).

Text stays what it is: a number keeps its zeros, and a name that begins with = never becomes a formula. The same content
gives the same bytes.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import xlsxwriter

from documents.errors import DocumentError
from documents.forms import Blank, Filled
from documents.layout import BODY_FONT, HEADING_FONT, TITLE_FONT
from documents.sealing import NEVER
from programs import Words
from programs.forms import Boxes, Datum, Entry, Grid, Rows

_AS_TEXT: Final = {
    "in_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}

#: Excel's own numbers of paper sizes.
_PAPERS: Final = {"A4": 9, "A3": 8}

#: How wide columns are, in half-width characters, by what stands in them; anything else is told by its label.
_WIDTHS: Final = {
    Datum.RANK: 5,
    Datum.SEX: 5,
    Datum.AGE: 5,
    Datum.NAME: 9,
    Datum.BIRTH: 10,
    Datum.IDENTITY: 19,
    Datum.UNIT: 16,
    Datum.NOMINATOR: 12,
    Datum.PHONE: 14,
    Datum.BANK_ACCOUNT: 22,
    Datum.HONORS: 24,
}
_OVERVIEW_COLUMNS: Final = 12
_LEAST_BLANK_LINES: Final = 5
#: Characters that the name of a sheet must not have, and how long it may be.
_NOT_IN_NAMES: Final = str.maketrans("", "", "[]:*?/\\'")
_LONGEST_NAME: Final = 28


@contextmanager
def workbook() -> Iterator[tuple[xlsxwriter.Workbook, io.BytesIO]]:
    """Open a workbook that is written into the buffer as this ends."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, dict(_AS_TEXT))
    book.set_properties({"created": NEVER})
    yield book, buffer
    book.close()


def summary(blank: Blank, nominees: Sequence[Filled], *, nominator: str, dated: str = "") -> bytes:
    """Return a list with a line for each nominee, in the order given, as an `.xlsx` that is one page wide."""
    columns = blank.content.columns
    last = len(columns) - 1
    with workbook() as (book, buffer):
        sheet = book.add_worksheet("汇总表")
        formats = _Formats(book)
        sheet.merge_range(0, 0, 0, last, _title(blank), formats.title)
        sheet.set_row(0, 40)
        sheet.merge_range(1, 0, 1, last, f"推荐单位（盖章）：{nominator}", formats.note)
        sheet.set_row(1, 22)
        for place, column in enumerate(columns):
            sheet.write_string(2, place, column.label, formats.heading)
            sheet.set_column(place, place, _width(column))
        sheet.set_row(2, 36)
        for at, one in enumerate(nominees, 3):
            sheet.set_row(at, 48)
            for place, column in enumerate(columns):
                sheet.write_string(at, place, one.value(column), formats.cell)
        end = 3 + max(len(nominees), _LEAST_BLANK_LINES)
        for at in range(3 + len(nominees), end):
            sheet.set_row(at, 48)
            for place in range(len(columns)):
                sheet.write_blank(at, place, None, formats.cell)
        foot = f"填表人：　　　　　　　　联系电话：　　　　　　　　填表日期：{dated}"
        sheet.merge_range(end, 0, end, last, foot, formats.note)
        for more, remark in enumerate(blank.content.remarks, 1):
            sheet.merge_range(end + more, 0, end + more, last, f"{more}．{remark}", formats.note)
        _print(sheet, blank, pages_high=0)
        sheet.repeat_rows(0, 2)
        sheet.set_footer("&C第 &P 页，共 &N 页")
    return buffer.getvalue()


def overview(blank: Blank, nominees: Sequence[tuple[str, Filled]], *, nominator: str) -> bytes:
    """Return an `.xlsx` with one sheet for each nominee, by name, that is printed on one page lying on its side.

    Raises `DocumentError` where there are none.
    """
    if not nominees:
        raise DocumentError(Words("没有可填表的申报", "there is no nomination to fill the form in for"))
    with workbook() as (book, buffer):
        formats = _Formats(book)
        for place, (name, filled) in enumerate(nominees, 1):
            sheet = book.add_worksheet(_sheet_name(name, place))
            _overview(sheet, formats, blank, filled, nominator)
            _print(sheet, blank, pages_high=1)
    return buffer.getvalue()


def plain_table(
    title: str, sheet_name: str, headings: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]
) -> bytes:
    """Return an `.xlsx` of one table: a title, headings with their widths in half-width characters, and the rows."""
    last = len(headings) - 1
    with workbook() as (book, buffer):
        sheet = book.add_worksheet(sheet_name)
        formats = _Formats(book)
        sheet.merge_range(0, 0, 0, last, title, formats.title)
        sheet.set_row(0, 40)
        for place, (heading, width) in enumerate(headings):
            sheet.write_string(1, place, heading, formats.heading)
            sheet.set_column(place, place, width)
        sheet.set_row(1, 30)
        for at, row in enumerate(rows, 2):
            sheet.set_row(at, 26)
            for place, text in enumerate(row):
                sheet.write_string(at, place, text, formats.cell)
        sheet.autofilter(1, 0, max(len(rows) + 1, 2), last)
        sheet.freeze_panes(2, 0)
        sheet.set_paper(_PAPERS["A4"])
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_margins(left=0.6, right=0.6, top=0.75, bottom=0.75)
        sheet.repeat_rows(0, 1)
        sheet.set_footer("&C第 &P 页，共 &N 页")
    return buffer.getvalue()


class _Formats:
    """How cells look, in the fonts of official documents."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"valign": "vcenter", "text_wrap": True, "num_format": "@", "font_name": BODY_FONT}
        boxed = base | {"border": 1}
        self.title = book.add_format(base | {"font_name": TITLE_FONT, "font_size": 20, "align": "center"})
        self.note = book.add_format(base | {"font_size": 12})
        self.heading = book.add_format(boxed | {"font_name": HEADING_FONT, "font_size": 11, "align": "center"})
        self.cell = book.add_format(boxed | {"font_size": 11, "align": "center"})
        self.room = book.add_format(boxed | {"font_size": 12, "align": "left", "valign": "top"})


def _overview(sheet: Any, formats: _Formats, blank: Blank, filled: Filled, nominator: str) -> None:  # noqa: ANN401 - xlsxwriter has no types
    last = _OVERVIEW_COLUMNS - 1
    sheet.set_column(0, last, 15)
    sheet.merge_range(0, 0, 0, last, _title(blank), formats.title)
    sheet.set_row(0, 40)
    head = f"推荐单位：{nominator}（盖章）　　　　　　　　　　　　　　　　　　填报日期：　　年　　月　　日"
    sheet.merge_range(1, 0, 1, last, head, formats.note)
    sheet.set_row(1, 24)
    at = 2
    for part in blank.content.parts:
        if part.title:
            sheet.merge_range(at, 0, at, last, part.title, formats.heading)
            at += 1
        match part:
            case Grid():
                at = _pairs(sheet, formats, part.entries, filled, at)
            case Boxes():
                for box in part.boxes:
                    sheet.merge_range(at, 0, at, 1, box.label, formats.heading)
                    sheet.merge_range(at, 2, at, last, f"（{box.hint}）" if box.hint else "", formats.room)
                    sheet.set_row(at, 15 * box.lines)
                    at += 1
            case Rows():
                at = _blank_rows(sheet, formats, part, at)
            case _:
                for opinion in part.opinions:
                    sheet.merge_range(at, 0, at, 1, opinion.label, formats.heading)
                    sheet.merge_range(at, 2, at, last, "", formats.room)
                    sheet.set_row(at, 15 * opinion.lines)
                    at += 1
    for place, remark in enumerate(blank.content.remarks, 1):
        sheet.merge_range(at, 0, at, last, f"填表说明{place}：{remark}", formats.note)
        sheet.set_row(at, 34)
        at += 1


def _pairs(sheet: Any, formats: _Formats, entries: Sequence[Entry], filled: Filled, at: int) -> int:  # noqa: ANN401 - as above
    """Write labels above their values, as many side by side as there is room for."""
    for start in range(0, len(entries), _OVERVIEW_COLUMNS):
        some = entries[start : start + _OVERVIEW_COLUMNS]
        wide, rest = divmod(_OVERVIEW_COLUMNS, len(some))
        column = 0
        for place, entry in enumerate(some):
            end = column + wide + (place < rest) - 1
            for row, text, look in ((at, entry.label, formats.heading), (at + 1, filled.value(entry), formats.cell)):
                if end > column:
                    sheet.merge_range(row, column, row, end, text, look)
                else:
                    sheet.write_string(row, column, text, look)
            column = end + 1
        sheet.set_row(at, 34)
        sheet.set_row(at + 1, 40)
        at += 2
    return at


def _blank_rows(sheet: Any, formats: _Formats, part: Rows, at: int) -> int:  # noqa: ANN401 - as above
    wide, rest = divmod(_OVERVIEW_COLUMNS, len(part.columns))
    for line in range(part.blank + 1):
        column = 0
        for place, label in enumerate(part.columns):
            end = column + wide + (place < rest) - 1
            text, look = (label, formats.heading) if line == 0 else ("", formats.cell)
            if end > column:
                sheet.merge_range(at, column, at, end, text, look)
            else:
                sheet.write_string(at, column, text, look)
            column = end + 1
        sheet.set_row(at, 26)
        at += 1
    return at


def _print(sheet: Any, blank: Blank, *, pages_high: int) -> None:  # noqa: ANN401 - as above
    sheet.set_paper(_PAPERS[blank.material.sheet or "A4"])
    sheet.set_landscape()
    sheet.fit_to_pages(1, pages_high)
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.center_horizontally()


def _title(blank: Blank) -> str:
    return blank.title


def _width(column: Entry) -> int:
    return _WIDTHS.get(column.of, 14) if column.of else min(2 * len(column.label) + 2, 12)


def _sheet_name(name: str, place: int) -> str:
    """Return a name that Excel takes, and that no other sheet has."""
    return f"{place} {name.translate(_NOT_IN_NAMES)}"[:_LONGEST_NAME].strip()
