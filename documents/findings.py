"""A table as it was sent, with a note on every cell in which something was found."""

import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final
from unicodedata import east_asian_width

from documents.sealing import NEVER

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_NOTE: Final = 2000
#: The narrowest and the widest column, in digits as Excel counts them, and by how many rows it is measured.
_WIDTHS: Final = (8, 32)
_MEASURED: Final = 500
#: A Chinese character is as wide as two digits; a row with fewer cells is a title or a remark.
_WIDE: Final = 2
_A_ROW: Final = 2


def with_findings(
    cells: "pd.DataFrame",
    notes: Mapping[tuple[int, int], Iterable[str]],
    *,
    came_of: Mapping[int, str] | None = None,
) -> bytes:
    """Return an `.xlsx` of all cells as text, with the notes on cells given by row and column, counted from 0.

    A note beyond the last column stands beside its row, and behind it what has come of the row, where something has.
    """
    import pandas as pd  # noqa: PLC0415 - takes as long as half of all else that is imported

    buffer = io.BytesIO()
    as_text = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": as_text}) as writer:
        cells.to_excel(writer, sheet_name="核对结果", header=False, index=False)
        book, sheet = writer.book, writer.sheets["核对结果"]
        book.set_properties({"created": NEVER})
        filled = (cells.iloc[:_MEASURED] != "").sum(axis=1).tolist()
        marked = book.add_format({"bg_color": "#FDE9E7", "num_format": "@", "font_color": "#9C0006"})
        beside = len(cells.columns)
        for (row, column), said in sorted(notes.items()):
            told = "\n".join(said)
            sheet.write_string(row, column, str(cells.iloc[row, column]) if column < beside else told, marked)
            sheet.write_comment(row, column, told[:_LONGEST_NOTE], {"x_scale": 2, "y_scale": 1.5})
        for row, told in (came_of or {}).items():
            sheet.write_string(row, beside + any(column == beside for _, column in notes), told)
        sheet.set_column(beside, beside + 1, _WIDTHS[1])
        for column in range(beside):
            sheet.set_column(column, column, _width(cells.iloc[:_MEASURED, column].tolist(), filled))
    return buffer.getvalue()


def _width(texts: Iterable[str], filled: Iterable[int]) -> int:
    """Return how wide a column is to be for what stands in it, but for titles, which stand alone in their rows."""
    alone = [count < _A_ROW for count in filled]
    widths = (
        sum(_WIDE if east_asian_width(one) in "WF" else 1 for one in text)
        for text, is_title in zip(texts, alone, strict=True)
        if not is_title
    )
    narrowest, widest = _WIDTHS
    return min(max([narrowest, *(width + 2 for width in widths)]), widest)
