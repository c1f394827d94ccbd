"""Workbooks of any length, written row by row: what is behind the pen is on the disk, not in memory."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from documents.errors import DocumentError
from documents.printing import print_on_a4
from programs import Words

#: What Excel may take for a formula, or others that read the sheet as text.
_BEGIN_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")

#: Excel has no more rows than this in a sheet; title, remark and headings take three.
MOST_ROWS: Final = 1_048_576 - 3

_TITLE_ROW, _REMARK_ROW, _HEADING_ROW, _FIRST_ROW = range(4)


class Column(NamedTuple):
    """A column: its heading, and its width in half-width characters."""

    heading: str
    width: int


def stream_table(
    file: Path,
    title: str,
    remark: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    *,
    most: int = MOST_ROWS,
) -> int:
    """Write rows of text to an `.xlsx` of one sheet, as they come; returns how many there were.

    Every cell stays the text that it is. What is written meanwhile lies beside the file, for its owner only, and is
    gone at the end. Raises `DocumentError` for more rows than a sheet has.
    """
    with TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as scratch:
        options = {"constant_memory": True, "tmpdir": scratch}
        with closing(Workbook(file, options)) as book:
            sheet = book.add_worksheet("名册")
            _head(book, sheet, title, remark, columns)
            cell = book.add_format({"num_format": "@", "border": 1, "valign": "vcenter"})
            guarded = book.add_format({"num_format": "@", "border": 1, "valign": "vcenter", "quote_prefix": True})
            count = _write(sheet, rows, cell, guarded, most)
            if count:
                sheet.autofilter(_HEADING_ROW, 0, _HEADING_ROW + count, len(columns) - 1)
    return count


def _head(book: Workbook, sheet: Worksheet, title: str, remark: str, columns: Sequence[Column]) -> None:
    """Write what stands above the rows. In constant memory no row can be gone back to, so this comes first."""
    banner = book.add_format({"font_size": 18, "align": "center", "valign": "vcenter"})
    plain = book.add_format({"text_wrap": True, "valign": "vcenter", "font_color": "#666666"})
    heading = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#F2F2F2"}
    )
    print_on_a4(sheet, _HEADING_ROW)
    sheet.freeze_panes(_FIRST_ROW, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    last = len(columns) - 1
    sheet.set_row(_TITLE_ROW, 36)
    sheet.merge_range(_TITLE_ROW, 0, _TITLE_ROW, last, title, banner)
    sheet.merge_range(_REMARK_ROW, 0, _REMARK_ROW, last, remark, plain)
    for place, column in enumerate(columns):
        sheet.write_string(_HEADING_ROW, place, column.heading, heading)


def _write(sheet: Worksheet, rows: Iterable[Sequence[str]], cell: Format, guarded: Format, most: int) -> int:
    count = 0
    for row in rows:
        if count == most:
            raise DocumentError(
                Words(
                    f"超过一张表的 {most} 行，请按环节或类别分开导出",
                    f"there are more than the {most} rows of a sheet; write stages or categories apart",
                )
            )
        for place, text in enumerate(row):
            shape = guarded if text.startswith(_BEGIN_FORMULAS) else cell
            sheet.write_string(_FIRST_ROW + count, place, text, shape)
        count += 1
    return count
