"""The score sheet of one evaluator: nominees and criteria, locked but for what is given, and bound by a hidden key.

What may be given is written into the sheet as data validation, so that Excel and WPS refuse the rest while it is typed.
Neither is relied on: whoever takes the sheet in checks every cell again.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from documents.errors import DocumentError
from documents.tables import LARGEST, sheets_of
from programs import Words

if TYPE_CHECKING:
    import pandas as pd

_SHEET: Final = "评分表"
_KEY_SHEET: Final = "linxuan"
_KEY: Final = "linxuan-score-sheet"
NUMBER: Final = "编号"
OPINION: Final = "评议意见"
NOMINEE: Final = "姓名（名称）"
_FIXED: Final = (NUMBER, NOMINEE, "工作单位")
_HEADING_ROW: Final = 2
#: How wide the column of a criterion is, in characters, and how high a line of its heading, in points.
_CRITERION: Final = 16
_LINE: Final = 18
#: How much text a list of choices in a cell may have.
_LONGEST_LIST: Final = 255
_AS_TEXT: Final = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
_A4: Final = 9


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One criterion: its heading, its full marks and step, or the words that may be chosen; `hint` says so."""

    heading: str
    full_marks: Decimal
    step: Decimal
    choices: tuple[str, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One nominee, with what the evaluator has given already, empty where nothing."""

    number: str
    nominee: str
    unit: str
    given: tuple[str, ...]
    opinion: str


@dataclass(frozen=True, slots=True)
class FilledRow:
    """One row as it came back: `row` as Excel counts it, whom it names, the criteria's cells in the sheet's order."""

    row: int
    number: str
    nominee: str
    given: tuple[str, ...]
    opinion: str


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """A score sheet as it came back. `headings` are those of the criteria; `places` are the columns of the cells."""

    key: dict[str, Any]
    rows: tuple[FilledRow, ...]
    headings: tuple[str, ...]
    places: Mapping[str, int]
    cells: "pd.DataFrame"


def score_sheet(
    title: str, note: str, columns: Sequence[SheetColumn], rows: Sequence[SheetRow], key: Mapping[str, Any]
) -> bytes:
    """Return the sheet as `.xlsx`; `key` is hidden in it, as JSON, and comes back unchanged."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **_AS_TEXT})
    sheet = book.add_worksheet(_SHEET)
    edge = {"border": 1, "valign": "vcenter", "text_wrap": True}
    heading = book.add_format({**edge, "bold": True, "align": "center", "bg_color": "#F2F2F2"})
    locked = book.add_format({**edge, "num_format": "@"})
    points = book.add_format({**edge, "locked": False, "align": "center", "bg_color": "#FFFBE6"})
    prose = book.add_format({**edge, "locked": False, "num_format": "@", "bg_color": "#FFFBE6"})
    banner = book.add_format({"font_size": 18, "bold": True, "align": "center", "valign": "vcenter"})
    said = book.add_format({"text_wrap": True, "valign": "vcenter"})
    headings = [*_FIXED, *(f"{column.heading}\n（{column.hint}）" for column in columns), OPINION]
    last = len(headings) - 1
    sheet.merge_range(0, 0, 0, last, title, banner)
    sheet.set_row(0, 36)
    sheet.merge_range(1, 0, 1, last, note, said)
    sheet.set_row(1, 32)
    sheet.set_row(_HEADING_ROW, _heading_height(columns))
    for place, text in enumerate(headings):
        sheet.write_string(_HEADING_ROW, place, text, heading)
        sheet.set_column(place, place, 40 if place == last else 22 if place < len(_FIXED) else _CRITERION)
    for offset, row in enumerate(rows, start=1):
        at = _HEADING_ROW + offset
        for place, text in enumerate((row.number, row.nominee, row.unit)):
            sheet.write_string(at, place, text, locked)
        for place, text in enumerate(row.given, start=len(_FIXED)):
            number = _number(text)
            if number is None:
                sheet.write_string(at, place, text, points) if text else sheet.write_blank(at, place, None, points)
            else:
                sheet.write_number(at, place, number, points)
        sheet.write_string(at, last, row.opinion, prose) if row.opinion else sheet.write_blank(at, last, None, prose)
    for place, column in enumerate(columns, start=len(_FIXED)):
        if rows:
            sheet.data_validation(_HEADING_ROW + 1, place, _HEADING_ROW + len(rows), place, _validation(column))
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.freeze_panes(_HEADING_ROW + 1, len(_FIXED))
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, _HEADING_ROW)
    sheet.set_footer("&C第 &P 页，共 &N 页　　评委签名：＿＿＿＿＿＿")
    hidden = book.add_worksheet(_KEY_SHEET)
    hidden.write_string(0, 0, _KEY)
    # A cell holds 32,767 characters.
    written = json.dumps(dict(key), ensure_ascii=False, sort_keys=True)
    for place in range(0, len(written), 30_000):
        hidden.write_string(1 + place // 30_000, 0, f"|{written[place : place + 30_000]}|")
    hidden.very_hidden()
    book.close()
    return buffer.getvalue()


def _heading_height(columns: Sequence[SheetColumn]) -> int:
    """Return the height that the longest heading takes: not every program makes a row as high as its text by itself."""
    texts = [(column.heading, f"（{column.hint}）") for column in columns]
    return _LINE * max((sum(-(-2 * len(text) // _CRITERION) for text in both) for both in texts), default=1)


def _validation(column: SheetColumn) -> dict[str, Any]:
    told = {"error_title": "请核对", "error_message": f"应填：{column.hint}"[:255]}
    if column.choices and len(",".join(column.choices)) <= _LONGEST_LIST:
        return {"validate": "list", "source": list(column.choices), **told}
    if column.choices:
        return {"validate": "length", "criteria": ">", "value": 0, **told}
    whole = column.step == column.step.to_integral_value()
    return {
        "validate": "integer" if whole else "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": f"{column.full_marks.normalize():f}",
        **told,
    }


def _number(text: str) -> float | None:
    try:
        return float(Decimal(text))
    except InvalidOperation:
        return None


def read_score_sheet(content: bytes, name: str) -> FilledSheet:
    """Read a sheet that `score_sheet` made and somebody filled in.

    Raises `DocumentError` for what is no workbook, is too large, or was not made as a score sheet.
    """
    if len(content) > LARGEST:
        raise DocumentError(Words(f"{name} 超过 50 MB", f"{name} is larger than 50 MB"))
    sheets = dict(sheets_of(content, name))
    key = _key_in(sheets.get(_KEY_SHEET))
    cells = sheets.get(_SHEET)
    if key is None or cells is None or len(cells) <= _HEADING_ROW:
        raise DocumentError(_foreign(name))
    headings = [str(text) for text in cells.iloc[_HEADING_ROW]]
    if NUMBER not in headings or OPINION not in headings:
        raise DocumentError(_foreign(name))
    first, last = len(_FIXED), headings.index(OPINION)
    rows = []
    for place in range(_HEADING_ROW + 1, len(cells)):
        line = [str(text) for text in cells.iloc[place]]
        number = line[headings.index(NUMBER)]
        if number or any(line[first : last + 1]):
            rows.append(FilledRow(place + 1, number, line[_FIXED.index(NOMINEE)], tuple(line[first:last]), line[last]))
    named = tuple(text.partition("\n")[0] for text in headings[first:last])
    fixed = {NUMBER: headings.index(NUMBER), NOMINEE: _FIXED.index(NOMINEE), OPINION: last}
    places = {**fixed, **{one: first + at for at, one in enumerate(named)}}
    return FilledSheet(key, tuple(rows), named, places, cells)


def _key_in(cells: "pd.DataFrame | None") -> dict[str, Any] | None:
    if cells is None or cells.empty or str(cells.iloc[0, 0]) != _KEY:
        return None
    written = "".join(str(text).removeprefix("|").removesuffix("|") for text in cells.iloc[1:, 0])
    try:
        key = json.loads(written)
    except ValueError:
        return None
    return key if isinstance(key, dict) else None


def _foreign(name: str) -> Words:
    return Words(
        f"{name} 不是本系统导出的评分表，或表头、标识被改动；请重新导出：linxuan review sheet",
        f"{name} is no score sheet of this product, or its headings or its key were changed; "
        "export it again: linxuan review sheet",
    )
