"""An `.xlsx` as a spreadsheet program sees it: what its cells say, what may be typed where, and typing into it."""

import io
import re
import zipfile
from xml.etree import ElementTree as ET

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _parsed(part: bytes) -> ET.Element:
    return ET.fromstring(part)  # noqa: S314 - the product wrote it


def _tag(name: str) -> str:
    return f"{{{_MAIN}}}{name}"


class Workbook:
    """One workbook; sheets by their names, cells as in `D4`."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self._parts = {name: archive.read(name) for name in archive.namelist()}
        self._book = _parsed(self._parts["xl/workbook.xml"])
        names = [(one.get("name"), one.get("state", "visible")) for one in self._book.iter(_tag("sheet"))]
        self.states = dict(names)
        self._files = {name: f"xl/worksheets/sheet{place}.xml" for place, (name, _) in enumerate(names, start=1)}
        self._sheets = {name: _parsed(self._parts[file]) for name, file in self._files.items()}
        shared = _parsed(self._parts["xl/sharedStrings.xml"])
        self._strings = ["".join(text.text or "" for text in one.iter(_tag("t"))) for one in shared]
        styles = _parsed(self._parts["xl/styles.xml"])
        self._locked = [
            (one.find(_tag("protection")) is None or one.find(_tag("protection")).get("locked") != "0")
            for one in styles.find(_tag("cellXfs"))
        ]

    def rows(self, sheet: str, first: int) -> list[list[str | float | None]]:
        """What the cells of each row say, from this row on."""
        rows = [row for row in self._sheets[sheet].iter(_tag("row")) if int(row.get("r")) >= first]
        return [[self._value(cell) for cell in row] for row in rows]

    def locked(self, sheet: str, row: int) -> list[bool]:
        """Which cells of a row are locked."""
        return [self._locked[int(cell.get("s"))] for cell in self._row(sheet, row)]

    def is_protected(self, sheet: str) -> bool:
        return self._sheets[sheet].find(_tag("sheetProtection")) is not None

    def validations(self, sheet: str) -> list[tuple[str | None, ...]]:
        """Where what may be typed: the cells, the kind, and its two bounds."""
        return sorted(
            (
                one.get("sqref"),
                one.get("type", "none"),
                *(one.findtext(_tag(name)) for name in ("formula1", "formula2")),
            )
            for one in self._sheets[sheet].iter(_tag("dataValidation"))
        )

    def comments(self) -> list[str]:
        """Which cells bear a note."""
        text = b"".join(part for name, part in self._parts.items() if re.match(r"xl/comments\d+\.xml", name))
        return re.findall(r'<comment ref="([A-Z]+\d+)"', text.decode())

    def type(self, sheet: str, row: int, first: int, values: tuple[object, ...]) -> None:
        """Type values into a row's cells, from this one on, counted from 0."""
        for cell, value in zip(list(self._row(sheet, row))[first:], values, strict=False):
            for child in list(cell):
                cell.remove(child)
            cell.attrib.pop("t", None)
            if isinstance(value, str):
                cell.set("t", "inlineStr")
                ET.SubElement(ET.SubElement(cell, _tag("is")), _tag("t")).text = value
            elif value is not None:
                ET.SubElement(cell, _tag("v")).text = str(value)

    def remove(self, sheet: str) -> None:
        """Take a sheet out."""
        sheets = self._book.find(_tag("sheets"))
        gone = next(one for one in sheets if one.get("name") == sheet)
        sheets.remove(gone)
        del self._sheets[sheet]

    def saved(self) -> bytes:
        """The workbook as a file."""
        parts = {**self._parts, "xl/workbook.xml": ET.tostring(self._book)}
        parts |= {self._files[name]: ET.tostring(sheet) for name, sheet in self._sheets.items()}
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        return out.getvalue()

    def _row(self, sheet: str, row: int) -> ET.Element:
        return next(one for one in self._sheets[sheet].iter(_tag("row")) if one.get("r") == str(row))

    def _value(self, cell: ET.Element) -> str | float | None:
        text = cell.findtext(_tag("v"))
        if text is None:
            return cell.findtext(f"{_tag('is')}/{_tag('t')}")
        return self._strings[int(text)] if cell.get("t") == "s" else float(text)
