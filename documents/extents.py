"""How far a workbook reaches, asked before it is read: one cell far off makes its reader run out of memory.

A reader lays a sheet out from its first cell to its last, blank ones included, and a file of five kilobytes can hold a
cell in the last column of the last row: 17 thousand million cells.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

import numpy as np

from documents.errors import DocumentError
from programs import Words

#: How many cells a sheet may reach over, blank ones included; a hundred thousand rows of two hundred columns.
MOST_CELLS: Final = 20_000_000

#: How much a workbook may hold unpacked, in bytes; a hundred thousand rows of twenty columns take some seventy million.
MOST_UNPACKED: Final = 500_000_000

#: Cells that are not among the first 26 columns and 99,999 rows, in sheets as every program writes them.
_FAR: Final = re.compile(rb' r="(?:([A-Z]{2,3})\d+|[A-Z]?(\d{6,}))"')

#: Every cell and row that says where it is, however it is written.
_ANY: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})(\d+)["']""")

#: What every part that is a sheet holds its rows in.
_ROWS: Final = b"sheetData"

#: How a part begins that is written in two bytes a letter, as no program writes it, so that nothing is found in it.
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")

_NEAR_COLUMNS: Final = 26
_NEAR_ROWS: Final = 99_999


def require_bounded(content: bytes, name: str) -> None:
    """Raise `DocumentError` for an `.xlsx` that unpacks to too much, or has a sheet that reaches too far.

    What is no such file is left to whoever reads it.
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    try:
        for part in _parts(content, name):
            rows, columns = _extent(part)
            if rows * columns > MOST_CELLS:
                raise DocumentError(
                    Words(
                        f"{name} 的表格延伸到第 {rows} 行、第 {columns} 列，无法读取；"
                        "请删去远处的单元格，或只复制有内容的部分另存",
                        f"a sheet of {name} reaches to row {rows} and column {columns}, which is too far; "
                        "delete the cells far off, or copy what matters into a new file",
                    )
                )
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        # A reader that looks at fewer parts than this might go on, and is not to. A part that is locked, or packed in a
        # way that is not known, is a `RuntimeError` here.
        raise DocumentError(
            Words(f"{name} 打不开，可能已损坏或加了密码", f"{name} cannot be opened: damaged, or locked by a password")
        ) from error


def _parts(content: bytes, name: str) -> Iterator[bytes]:
    """Yield every part of a workbook that can be a sheet: what a sheet is called is for the workbook to say."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            megabytes = MOST_UNPACKED // 1_000_000
            raise DocumentError(
                Words(
                    f"{name} 解开后超过 {megabytes} MB，请拆开",
                    f"{name} unpacks to more than {megabytes} MB; take it apart",
                )
            )
        for part in parts:
            read = archive.read(part)
            if read[:2] in _WIDE:
                raise zipfile.BadZipFile(part.filename)
            if _ROWS in read:
                yield read


def _extent(sheet: bytes) -> tuple[int, int]:
    """Return at least as many rows and columns as a sheet reaches over; exactly as many where it matters."""
    if not _is_odd(sheet):
        far = _FAR.findall(sheet)
        rows = max((int(row) for _, row in far if row), default=_NEAR_ROWS)
        columns = max((_place(column) for column, _ in far if column), default=_NEAR_COLUMNS)
        if rows * columns <= MOST_CELLS:
            return rows, columns
    rows = columns = 0
    for found in _ANY.finditer(sheet):
        rows = max(rows, int(found[2]))
        columns = max(columns, _place(found[1]))
    return rows, columns


def _is_odd(sheet: bytes) -> bool:
    """Say whether places are written otherwise than ` r="A1"` anywhere: with other spaces, or other quotes."""
    letters = np.frombuffer(sheet, dtype=np.uint8)
    space, equals = letters <= ord(" "), letters[2:-1] == ord("=")
    named = space[:-3] & (letters[1:-2] == ord("r")) & (equals | space[2:-1])
    usual = (letters[:-3] == ord(" ")) & equals & (letters[3:] == ord('"'))
    return bool((named & ~usual).any())


def _place(letters: bytes) -> int:
    """Return the number of a column, counted from 1: AA is 27."""
    place = 0
    for letter in letters.upper():
        place = place * 26 + letter - ord("A") + 1
    return place
