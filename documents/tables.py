"""Tables as offices send them: `.xlsx`, `.xls` and `.csv`, with titles above, headings over two rows, and notes below.

Every cell is read as text; what a column means is for others to say.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from documents.errors import DocumentError
from documents.extents import MOST_CELLS, require_bounded
from programs import Words

#: How far down a heading is looked for: titles and who fills the table in stand above it.
_DEEPEST: Final = 20

#: How large a file may be, in bytes; a table of a hundred thousand rows takes some ten million.
LARGEST: Final = 50_000_000

#: Excel keeps 15 digits of a number; a longer one has lost some, and is shown in powers of ten.
_EXACT: Final = 1e15

_OF_NAMES: Final = Words("“姓名”或候选单位", "names")

#: Gives a heading its meaning, or none.
Meaning = Callable[[str], str | None]


#: Cells that are one: the first and the last of each, by row and column, counted from 0.
_Merged = list[tuple[tuple[int, int], tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file: `columns` are the meanings of its columns by their places, counted from 0.

    `cells` are all cells of the sheet as text, blank ones empty; the table's rows are those from `first` on. `above`
    says what labels above the table give, by their meanings.
    """

    sheet: str
    cells: pd.DataFrame
    columns: dict[str, int]
    unknown: tuple[str, ...]
    first: int
    above: dict[str, str]

    def column(self, meaning: str) -> pd.Series:
        """Return the cells of a column, from the table's first row on; raises `KeyError`."""
        return self.cells[self.columns[meaning]].iloc[self.first :]

    def value(self, row: int, meaning: str) -> str:
        """Return a cell by its row, as Excel counts it, and its meaning; empty where there is no such column."""
        return str(self.cells.iloc[row - 1, self.columns[meaning]]) if meaning in self.columns else ""

    def address(self, row: int, meaning: str | None) -> str:
        """Return where a cell is, as Excel says it: `F4`; the row alone, `4`, where the table has no such column."""
        place = self.columns.get(meaning or "")
        return f"{_letters(place)}{row}" if place is not None else str(row)


def read_table(
    content: bytes,
    name: str,
    meaning: Meaning,
    needed: str,
    *,
    heading: Words = _OF_NAMES,
    missing: Words | None = None,
) -> Table:
    """Find the table in a file that has the most columns with a meaning, the `needed` one among them: its `heading`.

    Raises `DocumentError` for what is no table, is too large, or has no such column; `missing` says so otherwise.
    """
    if len(content) > LARGEST:
        raise DocumentError(Words(f"{name} 超过 50 MB，请拆开", f"{name} is larger than 50 MB; take it apart"))
    found = [
        table
        for sheet, cells, merged in _sheets(content, name)
        if (table := _table(sheet, cells, meaning)) is not None
        and needed in table.columns
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


def _letters(place: int) -> str:
    """Return the letters of a column, counted from 0: A, …, Z, AA."""
    letters = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        letters = chr(ord("A") + rest) + letters
        place -= 1
    return letters


def folded(text: str) -> str:
    """Return a heading without what makes no difference: spaces, line breaks, width, and what stands in brackets."""
    plain = re.sub(r"[（(［\[【].*?[)）\]］】]", "", text)
    return "".join(plain.split()).strip("：:*＊").casefold()


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


def sheets_of(content: bytes, name: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every sheet of a file by its name, all cells as text; raises `DocumentError` for what is no table."""
    for sheet, cells, _ in _sheets(content, name):
        yield sheet, cells


def _sheets(content: bytes, name: str) -> Iterator[tuple[str, pd.DataFrame, _Merged]]:
    ending = PurePath(name).suffix.lower()
    if ending == ".csv":
        yield name, _csv(content, name), []
        return
    if ending not in (".xlsx", ".xls", ".xlsm", ".et"):
        raise DocumentError(
            Words(f"{name} 不是表格文件，请用 .xlsx、.xls 或 .csv", f"{name} is no table; use .xlsx, .xls or .csv")
        )
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


def _csv(content: bytes, name: str) -> pd.DataFrame:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        lines = text.splitlines()
        width = max((line.count(",") for line in lines), default=0) + 1
        if width * len(lines) > MOST_CELLS:
            raise DocumentError(
                Words(f"{name} 有一行多达 {width} 栏，无法读取", f"a row of {name} has {width} columns: too many")
            )
        try:
            read = pd.read_csv(
                io.StringIO(text), header=None, dtype=str, keep_default_na=False, names=range(width), engine="c"
            )
        except ValueError:
            break
        return _cleaned(read)
    raise DocumentError(Words(f"{name} 读不出来，请另存为 .xlsx", f"{name} cannot be read; save it as .xlsx"))


def _cleaned(cells: pd.DataFrame) -> pd.DataFrame:
    told: pd.DataFrame = cells.fillna("").astype(str).apply(lambda column: column.str.strip())
    return told


def _table(sheet: str, cells: pd.DataFrame, meaning: Meaning) -> Table | None:
    """Take the row of headings that means the most, one row or two that belong together."""
    rows = [list(map(str, row)) for row in cells.head(_DEEPEST).to_numpy()]
    best: tuple[int, int, dict[str, int]] | None = None
    for place, row in enumerate(rows):
        below = rows[place + 1] if place + 1 < len(rows) else []
        for height, headings in ((1, row), (2, _joined(row, below))):
            columns = _meant(headings, meaning)
            # Two rows only where the second adds a meaning, or it is the first one of what is told.
            if best is None or len(columns) > len(best[2]):
                best = (place, height, columns)
    if best is None or not best[2]:
        return None
    place, height, columns = best
    headings = rows[place] if height == 1 else _joined(rows[place], rows[place + 1])
    unknown = tuple(heading for at, heading in enumerate(headings) if heading and at not in columns.values())
    return Table(sheet, cells, columns, unknown, place + height, _labels(rows[:place], meaning))


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """Write each heading with the one above it; a merged cell stands over all columns to its right."""
    headings: list[str] = []
    over = ""
    for place, below in enumerate(lower):
        above = upper[place] if place < len(upper) else ""
        over = above or (over if below else "")
        headings.append(f"{above or over}{below}")
    return headings


def _meant(headings: list[str], meaning: Meaning) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, heading in enumerate(headings):
        meant = meaning(folded(heading)) if heading else None
        if meant is not None:
            columns.setdefault(meant, place)
    return columns


def _labels(rows: list[list[str]], meaning: Meaning) -> dict[str, str]:
    """Read what stands above a table as `推荐单位（盖章）：江阳区`, in one cell or in two."""
    told: dict[str, str] = {}
    for row in rows:
        filled = [cell for cell in row if cell]
        for place, cell in enumerate(filled):
            label, colon, value = cell.replace("：", ":").partition(":")
            meant = meaning(folded(label)) if colon else None
            if meant is not None:
                following = filled[place + 1] if place + 1 < len(filled) else ""
                said = value.strip() or (following if ":" not in following.replace("：", ":") else "")
                if said:
                    told.setdefault(meant, said)
    return told
