"""Other text in some cells of a workbook, with everything else as it was: colors, widths, merged cells, other sheets.

The parts of an `.xlsx` (ISO/IEC 29500-1, 18.3) are edited as the bytes that they are, so nothing is lost that no reader
here knows. What is not written as every program writes it, or cannot be changed by itself, is left to the caller.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from html import unescape
from pathlib import PurePath
from typing import Final
from unicodedata import category
from xml.sax.saxutils import escape

from documents.errors import DocumentError
from documents.tables import column_letters, sheets_of

_SHEET: Final = re.compile(rb"<sheet\b[^>]*>")
_RELATION: Final = re.compile(rb"<Relationship\b[^>]*>")
_ROW: Final = rb'<row\b[^>]*?\sr="%d"[^>]*?(?:/>|>(?P<cells>.*?)</row>)'
_CELL: Final = re.compile(rb'<c\b[^>]*?\sr="(?P<column>[A-Z]+)\d+"[^>]*?(?:/>|>(?P<inside>.*?)</c>)', re.DOTALL)
_STYLE: Final = re.compile(rb'\ss="\d+"')
_MERGED: Final = re.compile(rb'<mergeCell\b[^>]*?\sref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_BASE: Final = 26

#: Characters that XML cannot hold, or that are none: controls, halves of surrogate pairs, and what Unicode leaves out.
_UNWRITTEN: Final = frozenset({"Cc", "Cs", "Cn"})


def mended(content: bytes, name: str, sheet: str, changes: Mapping[tuple[int, int], str]) -> bytes | None:
    """Return an `.xlsx` with these texts in cells of a sheet, by row and column counted from 0.

    None where it is no such file, where a cell has a formula, or is a part of a merged one, in which a text of its own
    would not be seen, and for a text that no workbook can hold.
    """
    if any(category(one) in _UNWRITTEN and one not in "\n\t" for value in changes.values() for one in value):
        return None
    if PurePath(name).suffix.lower() != ".xlsx" or not zipfile.is_zipfile(io.BytesIO(content)):
        return None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = _part_of(archive, sheet)
        text = archive.read(part) if part in archive.namelist() else b""
        for (row, column), value in changes.items():
            changed = None if _is_merged(text, row, column) else _with_cell(text, row, column, value)
            if changed is None:
                return None
            text = changed
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as again:
            for one in archive.infolist():
                again.writestr(one, text if one.filename == part else archive.read(one))
    return written.getvalue() if _says(written.getvalue(), name, sheet, changes) else None


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the part that holds a sheet; an empty name where none is found."""
    try:
        book, relations = archive.read("xl/workbook.xml"), archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return ""
    told = next((one for one in _SHEET.findall(book) if _attribute(one, b"name") == sheet), b"")
    wanted = _attribute(told, b"r:id")
    target = next(
        (_attribute(one, b"Target") for one in _RELATION.findall(relations) if _attribute(one, b"Id") == wanted), ""
    )
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _attribute(element: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + re.escape(name) + rb'="([^"]*)"', element)
    return unescape(found[1].decode()) if found else ""


def _is_merged(sheet: bytes, row: int, column: int) -> bool:
    return any(
        int(top) <= row + 1 <= int(bottom) and _place(left) <= column <= _place(right)
        for left, top, right, bottom in _MERGED.findall(sheet)
    )


def _with_cell(sheet: bytes, row: int, column: int, value: str) -> bytes | None:
    """Return a sheet with a text in a cell of a row that is there; none where it has a formula."""
    found = re.search(_ROW % (row + 1), sheet, re.DOTALL)
    if found is None or found["cells"] is None:
        return None
    start, end = found.span("cells")
    behind = end
    for cell in _CELL.finditer(sheet, start, end):
        place = _place(cell["column"])
        if place == column:
            if b"<f" in (cell["inside"] or b""):
                return None
            style = _STYLE.search(cell[0].partition(b">")[0])
            return sheet[: cell.start()] + _cell(row, column, value, style[0] if style else b"") + sheet[cell.end() :]
        if place > column:
            behind = cell.start()
            break
    return sheet[:behind] + _cell(row, column, value, b"") + sheet[behind:]


def _cell(row: int, column: int, value: str, style: bytes) -> bytes:
    where = f' r="{column_letters(column)}{row + 1}"'.encode() + style
    if not value:
        return b"<c" + where + b"/>"
    told = f' t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return b"<c" + where + told.encode()


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters.decode():
        place = place * _BASE + ord(letter) - ord("A") + 1
    return place - 1


def _says(content: bytes, name: str, sheet: str, changes: Mapping[tuple[int, int], str]) -> bool:
    """Whether a reader finds the texts where they were put: what it does not, was written in another way."""
    try:
        cells = next((cells for told, cells in sheets_of(content, name) if told == sheet), None)
    except DocumentError:
        return False
    return cells is not None and all(
        row < len(cells) and column < len(cells.columns) and str(cells.iloc[row, column]) == value.strip()
        for (row, column), value in changes.items()
    )
