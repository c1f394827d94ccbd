"""The rows of an annex: what each cell says of the columns that are kept, and what is wrong with it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from documents.errors import DocumentError
from documents.headings import folded
from documents.tables import Table, read_table
from operations.columns import HEADINGS
from operations.nominate import is_identity_number
from operations.rows import CellFinding, identity_in
from programs import Program, Words
from programs.annexes import Annex, AnnexColumn, AnnexRow
from states.annexes import SEPARATOR, read_place

#: How many rows an annex may have; somebody with more apprentices has sent another table.
MOST_ROWS: Final = 500

_LONGEST: Final = 120
#: What says whom a row of nominees is about; it is kept of nobody.
IDENTITY: Final = "identity"
#: What may be a phone, an account or an identity number: whoever stands in an annex is not asked for it.
_NUMBER: Final = re.compile(r"\d{11}")
_SEPARATORS: Final = re.compile(r"[、；;，,\n]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table, with whom it is about where it names them."""

    kept: AnnexRow
    identity: str | None


def annex_in(annex: Annex, content: bytes, name: str) -> Table:
    """Find an annex in a file. Raises `DocumentError` for what is no such table."""
    needed, heading = annex.columns[0].id, Words(f"“{annex.columns[0].name}”", annex.columns[0].name)
    if annex.rows == "nominees":
        needed, heading = IDENTITY, Words("“身份证号码”", "identity numbers")
    return read_table(content, name, _meaning(annex), needed, heading=heading)


def _meaning(annex: Annex) -> Callable[[str], str | None]:
    known = {folded(way): column.id for column in annex.columns for way in (column.name, *column.also)}
    if annex.rows == "nominees":
        known |= dict.fromkeys(HEADINGS[IDENTITY], IDENTITY)
    return known.get


class AnnexReader:
    """Reads the rows of an annex. `findings` fill as they are read."""

    def __init__(self, program: Program, annex: Annex, table: Table) -> None:
        self._program = program
        self._annex = annex
        self._table = table
        self._naming = annex.columns[0]
        for column in annex.columns:
            table.require_clear(column.id, column.name)
        self.columns = tuple(one.id for one in annex.columns if one.id in table.columns or one.id in table.above)
        self.findings: list[CellFinding] = []

    def lines(self) -> Iterator[Line]:
        """Yield every row that names somebody. Notes and signatures below are passed over."""
        taken = 0
        for row in range(self._table.first + 1, len(self._table.cells) + 1):
            said = {meaning: self._table.value(row, meaning).strip() for meaning in self._table.columns}
            cells = {meaning: text for meaning, text in said.items() if text}
            if not self._is_a_row(row, cells):
                continue
            taken += 1
            if taken > MOST_ROWS and self._annex.rows == "others":
                raise DocumentError(
                    Words(f"《{self._annex.name}》超过 {MOST_ROWS} 行", f"an annex has at most {MOST_ROWS} rows")
                )
            yield self._line(row, cells)

    def _is_a_row(self, row: int, cells: dict[str, str]) -> bool:
        """Whether a row is about somebody: named, and with something more; or not named, with several things said."""
        named = cells.get(self._naming.id, "")
        if "：" in named or ":" in named:
            return False
        filled = sum(bool(str(cell).strip()) for cell in self._table.cells.iloc[row - 1])
        if self._annex.rows == "nominees":
            return IDENTITY in cells or (bool(named) and len(cells) > 2)
        return filled > 1 if named else bool(cells)

    def _line(self, row: int, cells: dict[str, str]) -> Line:
        if self._naming.id in self.columns and self._naming.id not in cells:
            words = Words("没有写{heading}", "{heading} is missing").format(heading=self._naming.name)
            self._found(row, self._naming.id, "", words, blocks=True)
        kept: dict[str, str] = {}
        for column in self._annex.columns:
            text = cells.get(column.id) or self._table.above.get(column.id, "")
            if text and (value := self._value(row, column, text)):
                kept[column.id] = value
        return Line(AnnexRow(row=row, cells=kept), self._identity(row, cells))

    def _value(self, row: int, column: AnnexColumn, text: str) -> str | None:
        if _NUMBER.search(text):
            words = Words(
                "“{heading}”一栏不能有证件号码、电话或账号", "no identity number, phone or account goes into {heading}"
            ).format(heading=column.name)
            self._found(row, column.id, "", words, blocks=True)
            return None
        if len(text) > _LONGEST:
            words = Words(
                f"“{column.name}”一栏超过 {_LONGEST} 字", f"{column.name} is longer than {_LONGEST} characters"
            )
            self._found(row, column.id, text, words, blocks=True)
            return None
        if column.vocabulary:
            level = self._program.known_vocabularies[column.vocabulary].find(text)
            return level.name if level else text
        return self._places(row, column, text) if column.places_of else text

    def _places(self, row: int, column: AnnexColumn, text: str) -> str | None:
        """Return the places of a cell in the form in which they are kept; what is no place is told, and passed over."""
        places: list[str] = []
        for one in filter(None, (part.strip() for part in _SEPARATORS.split(text))):
            place = read_place(one, column.places_of or "nominee")
            if place:
                places.append(f"{place.level}:{place.place}")
            elif one not in ("无", "/", "-", "—", "——"):
                words = Words(
                    f"“{column.name}”应写成 级别:名次，如 国家一类:3",
                    f"write {column.name} as LEVEL:PLACE, such as 国家一类:3",
                )
                self._found(row, column.id, text, words, blocks=False)
        return SEPARATOR.join(places) or None

    def _identity(self, row: int, cells: dict[str, str]) -> str | None:
        if self._annex.rows != "nominees":
            return None
        text = identity_in(cells.get(IDENTITY, ""))
        if is_identity_number(text):
            return text
        words = Words("身份证号码不对，无法与申报核对", "without a right identity number it cannot be held")
        self._found(row, IDENTITY, "", words, blocks=True)
        return None

    def _found(self, row: int, column: str, value: str, words: Words, *, blocks: bool) -> None:
        self.findings.append(CellFinding(row, column, value, words, blocks))
