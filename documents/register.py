"""The register of a program's nominations (汇总表) as a workbook to read, to filter and to print."""

import io
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from deadlines import SHANGHAI
from deadlines.zone import last_day_before
from documents.printing import print_on_a4
from documents.sealing import NEVER

if TYPE_CHECKING:
    import pandas as pd

_HEADINGS: Final = {
    "number": "编号",
    "nominator": "推荐单位",
    "nominee": "姓名/单位",
    "employer": "工作单位",
    "category": "类别",
    "route": "推荐渠道",
    "stage": "环节",
    "due": "期限",
    "award": "奖项",
}

#: Text stays what it is: a number keeps its zeros, and a name that begins with = never becomes a formula.
_AS_TEXT: Final = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}

_TITLE_ROW: Final = 0
_HEADING_ROW: Final = 1
_FIRST_ROW: Final = 2
#: Column widths are counted in half-width characters.
_NARROWEST: Final = 8
_WIDEST: Final = 40


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One nomination in the register; every text is for people.

    `due` is the first instant too late (aware); `provisional`: it rests on a schedule that is not published yet.
    """

    number: str
    nominator: str
    nominee: str
    employer: str
    category: str = ""
    route: str = ""
    stage: str = ""
    due: datetime | None = None
    award: str = ""
    provisional: bool = False


def register(rows: Iterable[RegisterRow], title: str) -> bytes:
    """Return the register as an `.xlsx` of one sheet: title, headings, then the nominations in the order given."""
    import pandas as pd  # noqa: PLC0415 - takes as long as half of all else that is imported

    frame = pd.DataFrame(
        [asdict(row) | {"due": _deadline(row)} for row in rows], columns=list(_HEADINGS), dtype="str"
    ).rename(columns=_HEADINGS)
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": _AS_TEXT}) as writer:
        frame.to_excel(writer, sheet_name="汇总表", startrow=_FIRST_ROW, header=False, index=False)
        _lay_out(writer, frame, title)
    return buffer.getvalue()


def _lay_out(writer: "pd.ExcelWriter", frame: "pd.DataFrame", title: str) -> None:
    book, sheet = writer.book, writer.sheets["汇总表"]
    # The moment of its making would make two files of one content.
    book.set_properties({"created": NEVER})
    heading = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#F2F2F2"}
    )
    cell = book.add_format({"num_format": "@", "valign": "vcenter", "text_wrap": True})
    banner = book.add_format({"font_name": "方正小标宋简体", "font_size": 22, "align": "center", "valign": "vcenter"})
    last_row, last_column = _FIRST_ROW + max(len(frame), 1) - 1, len(frame.columns) - 1

    sheet.merge_range(_TITLE_ROW, 0, _TITLE_ROW, last_column, title, banner)
    sheet.set_row(_TITLE_ROW, 42)
    for column, name in enumerate(frame.columns):
        sheet.write_string(_HEADING_ROW, column, name, heading)
        sheet.set_column(column, column, _width([name, *frame[name]]), cell)
    # A border in the column's own format would run on to the last row of the sheet.
    sheet.conditional_format(
        _FIRST_ROW, 0, last_row, last_column, {"type": "no_errors", "format": book.add_format({"border": 1})}
    )
    sheet.autofilter(_HEADING_ROW, 0, last_row, last_column)
    sheet.freeze_panes(_FIRST_ROW, 0)
    print_on_a4(sheet, _HEADING_ROW)


def _width(texts: Iterable[str]) -> int:
    """Return the width that fits the longest text: a Chinese character is twice as wide as a Latin one."""
    longest = max(sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text) for text in texts)
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _deadline(row: RegisterRow) -> str:
    """Write the first instant too late as 24:00 of the last day, in a form that sorts by time."""
    if row.due is None:
        return ""
    day, local = last_day_before(row.due), row.due.astimezone(SHANGHAI)
    clock = "24:00" if day < local.date() else f"{local:%H:%M}"
    return f"{day:%Y-%m-%d} {clock}{'（暂定）' if row.provisional else ''}"
