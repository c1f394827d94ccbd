"""A table as it was sent, with a note on every cell in which something was found."""

import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from documents.sealing import NEVER

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_NOTE: Final = 2000


def with_findings(cells: "pd.DataFrame", notes: Mapping[tuple[int, int], Iterable[str]]) -> bytes:
    """Return an `.xlsx` of all cells as text, with the notes on cells given by row and column, counted from 0.

    A note beyond the last column stands beside its row.
    """
    import pandas as pd  # noqa: PLC0415 - takes as long as half of all else that is imported

    buffer = io.BytesIO()
    as_text = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": as_text}) as writer:
        cells.to_excel(writer, sheet_name="核对结果", header=False, index=False)
        book, sheet = writer.book, writer.sheets["核对结果"]
        book.set_properties({"created": NEVER})
        marked = book.add_format({"bg_color": "#FDE9E7", "num_format": "@", "font_color": "#9C0006"})
        beside = len(cells.columns)
        for (row, column), said in sorted(notes.items()):
            told = "\n".join(said)
            sheet.write_string(row, column, str(cells.iloc[row, column]) if column < beside else told, marked)
            sheet.write_comment(row, column, told[:_LONGEST_NOTE], {"x_scale": 2, "y_scale": 1.5})
        sheet.set_column(0, beside, 14)
    return buffer.getvalue()
