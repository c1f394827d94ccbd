"""Tables as offices send them: `.xlsx`, `.xls`, `.csv` and `.txt`, with titles, groups of headings, and notes.

Every cell is read as text; what a column means is for others to say.
"""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from python_calamine import CalamineError, CalamineWorkbook

from documents.errors import DocumentError
from documents.extents import MOST_CELLS, require_bounded
from documents.headings import Elsewhere, Meaning, find_headings
from documents.labels import labels_above
from programs import Words

if TYPE_CHECKING:
    import pandas as pd

#: How far down a heading is looked for: titles and who fills the table in stand above it.
_DEEPEST: Final = 20

#: How many columns are looked at for headings; no table of people has as many.
_WIDEST: Final = 1000

#: How large a file may be, in bytes; a table of a hundred thousand rows takes some ten million.
LARGEST: Final = 50_000_000

#: Excel keeps 15 digits of a number; a longer one has lost some, and is shown in powers of ten.
_EXACT: Final = 1e15

#: Tables that are text.
_TEXTS: Final = (".csv", ".txt")

_OF_NAMES: Final = Words("“姓名”或候选单位", "names")

#: Cells that are one: the first and the last of each, by row and column, counted from 0.
_Merged = list[tuple[tuple[int, int], tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file: `columns` are the meanings of its columns by their places, counted from 0.

    `cells` are all cells of the sheet as text, blank ones empty; the table's rows are those from `first` on. `above`
    says what labels above the table give, by their meanings; of those `unclear`, cells by row and column, both counted
    from 0, no reader can say where what they give ends.
    """

    sheet: str
    cells: "pd.DataFrame"
    columns: dict[str, int]
    unknown: tuple[str, ...]
    first: int
    above: dict[str, str]
    unclear: dict[str, tuple[int, int]] = field(default_factory=dict)

    def column(self, meaning: str) -> "pd.Series":
        """Return the cells of a column, from the table's first row on; raises `KeyError`."""
        return self.cells[self.columns[meaning]].iloc[self.first :]

    def value(self, row: int, meaning: str) -> str:
        """Return a cell by its row, as Excel counts it, and its meaning; empty where there is no such column."""
        return str(self.cells.iloc[row - 1, self.columns[meaning]]) if meaning in self.columns else ""

    def address(self, row: int, meaning: str | None) -> str:
        """Return where a cell is, as Excel says it: `F4`; the row alone, `4`, where the table has no such column."""
        place = self.columns.get(meaning or "")
        return f"{column_letters(place)}{row}" if place is not None else str(row)

    def require_clear(self, meaning: str, label: str) -> None:
        """Raise `DocumentError` where a label above the table does not say clearly what a column would: its `label`."""
        if meaning in self.columns or meaning not in self.unclear:
            return
        row, place = self.unclear[meaning]
        raise DocumentError(
            Words(
                "“{sheet}”{cell} 格分不清“{label}”写到哪里为止，请把它单独写在一格里",
                "in cell {cell} of {sheet} it is unclear where {label} ends; write it into a cell of its own",
            ).format(sheet=self.sheet, cell=f"{column_letters(place)}{row + 1}", label=label)
        )


def read_table(  # noqa: PLR0913 - what a table must have, each by name
    content: bytes,
    name: str,
    meaning: Meaning,
    needed: str,
    *,
    heading: Words = _OF_NAMES,
    missing: Words | None = None,
    elsewhere: Elsewhere = lambda _group, _meaning: False,
) -> Table:
    """Find the table in a file that has the most columns with a meaning, the `needed` one among them: its `heading`.

    Raises `DocumentError` for what is no table, is too large, or has no such column; `missing` says so otherwise. Of a
    heading below a group, `elsewhere` says whether it is about somebody else.
    """
    if len(content) > LARGEST:
        raise DocumentError(Words(f"{name} 超过 50 MB，请拆开", f"{name} is larger than 50 MB; take it apart"))
    found = [
        table
        for sheet, cells, merged in _sheets(content, name)
        if (table := _table(sheet, cells, merged, meaning, elsewhere, needed)) is not None
        and (table := _filled_down(table, merged, needed))
    ]
    if not found:
        raise DocumentError(
            missing
            or Words(
                f"{name} 里没有找到表格：须有一行表头，其中有{heading.zh}一栏",
                f"there is no table in {name}: it needs a row of headings, and a column of {heading.en}",
            )
        )
    return max(found, key=lambda table: len(table.columns))


def column_letters(place: int) -> str:
    """Return the letters of a column, counted from 0: A, …, Z, AA."""
    letters = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        letters = chr(ord("A") + rest) + letters
        place -= 1
    return letters


def _filled_down(table: Table, merged: _Merged, needed: str) -> Table:
    """Have a cell that is merged downwards stand in each row that is one of its own: that has the needed column."""
    own = (table.cells[table.columns[needed]] != "").tolist()
    for (top, left), (bottom, _right) in merged:
        if table.first <= top < len(own) and left < len(table.cells.columns):
            value = str(table.cells.iloc[top, left])
            for row in range(top + 1, min(bottom + 1, len(own))):
                if own[row]:
                    table.cells.iloc[row, left] = value
    return table


def sheets_of(content: bytes, name: str) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """Yield every sheet of a file by its name, all cells as text; raises `DocumentError` for what is no table."""
    for sheet, cells, _ in _sheets(content, name):
        yield sheet, cells


def _sheets(content: bytes, name: str) -> Iterator[tuple[str, "pd.DataFrame", _Merged]]:
    import pandas as pd  # noqa: PLC0415 - takes as long as half of all else that is imported

    ending = PurePath(name).suffix.lower()
    if ending not in (*_TEXTS, ".xlsx", ".xls", ".xlsm", ".et"):
        raise DocumentError(
            Words(f"{name} 不是表格文件，请用 .xlsx、.xls 或 .csv", f"{name} is no table; use .xlsx, .xls or .csv")
        )
    if not content:
        raise DocumentError(Words(f"{name} 是空文件", f"{name} is an empty file"))
    if ending in _TEXTS:
        yield name, _text_table(content, name), []
        return
    require_bounded(content, name)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for sheet in book.sheet_names:
                found = book.get_sheet_by_name(sheet)
                rows = found.to_python(skip_empty_area=False)
                # Most cells are text: a call for each would take as long as reading them.
                texts = [[cell.strip() if type(cell) is str else _text(cell) for cell in row] for row in rows]
                cells = pd.DataFrame(texts, dtype=object)
                yield sheet, cells, found.merged_cell_ranges or []
    except (CalamineError, ValueError, OSError) as error:
        raise DocumentError(
            Words(f"{name} 打不开，可能已损坏或加了密码", f"{name} cannot be opened: damaged, or locked by a password")
        ) from error


def _text(value: object) -> str:
    """Return a cell as the text that Excel shows of it; a whole number has no point."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return str(value)


def _text_table(content: bytes, name: str) -> "pd.DataFrame":
    """Read a table that is text, with commas or tabs: `.csv`, and what Excel calls Unicode text."""
    import pandas as pd  # noqa: PLC0415 - takes as long as half of all else that is imported

    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        lines = text.splitlines()
        between = "\t" if text.count("\t") > text.count(",") else ","
        width = max((line.count(between) for line in lines), default=0) + 1
        if width * len(lines) > MOST_CELLS:
            raise DocumentError(
                Words(f"{name} 有一行多达 {width} 栏，无法读取", f"a row of {name} has {width} columns: too many")
            )
        try:
            read = pd.read_csv(
                io.StringIO(text),
                sep=between,
                header=None,
                dtype=str,
                keep_default_na=False,
                names=range(width),
                engine="c",
            )
        except ValueError:
            break
        return _cleaned(read)
    raise DocumentError(Words(f"{name} 读不出来，请另存为 .xlsx", f"{name} cannot be read; save it as .xlsx"))


def _cleaned(cells: "pd.DataFrame") -> "pd.DataFrame":
    told: pd.DataFrame = cells.fillna("").astype(str).apply(lambda column: column.str.strip())
    return told


def _table(
    sheet: str, cells: "pd.DataFrame", merged: _Merged, meaning: Meaning, elsewhere: Elsewhere, needed: str
) -> Table | None:
    rows = [list(map(str, row)) for row in cells.iloc[:_DEEPEST, :_WIDEST].to_numpy()]
    headings = find_headings(rows, merged, meaning, elsewhere, needed)
    if headings is None:
        return None
    above, unclear = labels_above(rows[: headings.place], meaning)
    first = headings.place + headings.height
    return Table(sheet, cells, headings.columns, headings.unknown, first, above, unclear)
