"""How sheets are printed."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_A4: Final = 9


def print_on_a4(sheet: "Worksheet", heading_row: int) -> None:
    """Have a sheet printed across, as wide as a page, with all rows down to its headings on each."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.6, right=0.6, top=0.75, bottom=0.75)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, heading_row)
    sheet.set_footer("&C第 &P 页，共 &N 页")
