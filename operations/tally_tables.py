"""The table of votes that a platform gives out: whose each row is, how many votes, and what is wrong with it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row

from documents.errors import DocumentError
from documents.findings import with_findings
from documents.tables import Table, read_table
from operations.columns import HEADINGS
from operations.rows import CellFinding
from programs import Words

_COLUMNS: Final = {
    "number": ("编号", "申报编号", "作品编号", "候选人编号"),
    "nominee": (*HEADINGS["nominee"], "名称"),
    "unit": HEADINGS["unit"],
    "votes": ("票数", "得票", "得票数", "投票数", "总票数", "累计票数", "有效票数", "当前票数"),
}
#: The usual heading of each column.
LABELS: Final = {meaning: words[0] for meaning, words in _COLUMNS.items()}

_MEANING: Final = {word: meaning for meaning, words in _COLUMNS.items() for word in words}
_TOTALS: Final = frozenset({"合计", "总计", "共计", "小计"})
_MOST: Final = 2**31 - 1
_LONGEST: Final = 10


class VotesReader:
    """Reads the rows of one table of votes."""

    def __init__(self, table: Table, rows: Sequence[Row[Any]], elsewhere: Mapping[str, str]) -> None:
        self.findings: list[CellFinding] = []
        self._table = table
        self._rows = rows
        self._elsewhere = elsewhere
        self._by_number = {row.number: row for row in rows}
        self._by_name: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in rows:
            self._by_name[row.nominee].append(row)

    def votes(self) -> dict[int, int]:
        """Return the votes by the id of the nomination; what is wrong is found, and stands in `findings`."""
        votes: dict[int, int] = {}
        first: dict[int, int] = {}
        for row_number, cells in self._lines():
            row = self._whose(row_number, cells)
            if row is None:
                continue
            if row.id in first:
                words = Words("“{nominee}”与第 {row} 行重复", "{nominee} stands in row {row} already")
                self._add(row_number, "nominee", cells, words.format(nominee=row.nominee, row=first[row.id]))
                continue
            first[row.id] = row_number
            count = _count(cells.get("votes", ""))
            if isinstance(count, Words):
                self._add(row_number, "votes", cells, count)
            else:
                votes[row.id] = count
        for row in self._rows:
            if row.id not in first:
                words = Words(
                    "表中没有{nominee}（{number}），没有得票的请写 0",
                    "{nominee} ({number}) is missing; write 0 for none",
                )
                self._add(self._table.first, None, {}, words.format(nominee=row.nominee, number=row.number))
        return votes

    def _lines(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield each row that says something, with its number as Excel counts it."""
        columns = {meaning: self._table.column(meaning).tolist() for meaning in self._table.columns}
        for place in range(len(columns["votes"])):
            cells = {meaning: str(values[place]).strip() for meaning, values in columns.items()}
            told = [cells.get(one, "") for one in ("number", "nominee")]
            if any(told) and not _TOTALS.intersection(told):
                yield self._table.first + place + 1, cells
            elif cells["votes"] and not any(told) and not _TOTALS.intersection(self._whole_row(place)):
                self._add(
                    self._table.first + place + 1, "nominee", cells, Words("没有写明是谁", "it is not said whose")
                )

    def _whole_row(self, place: int) -> list[str]:
        return [str(cell).strip() for cell in self._table.cells.iloc[self._table.first + place]]

    def _whose(self, row_number: int, cells: Mapping[str, str]) -> Row[Any] | None:
        number, nominee = cells.get("number", ""), cells.get("nominee", "")
        if number in self._by_number:
            row = self._by_number[number]
            if nominee and nominee != row.nominee:
                words = Words("编号 {number} 是{nominee}", "{number} is {nominee}")
                self._add(row_number, "nominee", cells, words.format(number=number, nominee=row.nominee))
                return None
            return row
        if number in self._elsewhere:
            self._gone(row_number, cells, number)
            return None
        # A column of numbers that are none of ours counts rows or candidates of the platform's own.
        named = [row for row in self._by_name.get(nominee, []) if cells.get("unit", "") in ("", row.unit)]
        if len(named) == 1:
            return named[0]
        if not named and nominee and nominee in self._elsewhere.values():
            self._gone(row_number, cells, nominee)
            return None
        words = (
            Words("有 {count} 位“{nominee}”，请写编号或单位", "there are {count} of this name; give numbers or units")
            if named
            else Words("投票环节没有“{nominee}”", "{nominee} does not stand at the vote")
        )
        self._add(row_number, "nominee", cells, words.format(count=len(named), nominee=nominee or number))
        return None

    def _gone(self, row_number: int, cells: Mapping[str, str], who: str) -> None:
        words = Words("“{who}”已不在投票环节，不计票", "{who} stands at the vote no longer, and is not counted")
        self._add(row_number, "nominee", cells, words.format(who=who), blocks=False)

    def _add(
        self, row: int, column: str | None, cells: Mapping[str, str], words: Words, *, blocks: bool = True
    ) -> None:
        where = "number" if column == "nominee" and "nominee" not in self._table.columns else column
        self.findings.append(CellFinding(row, where, cells.get(where or "", ""), words, blocks))


def _count(text: str) -> int | Words:
    plain = text.replace(",", "").replace("，", "").removesuffix("票").strip()
    if plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST and int(plain) <= _MOST:
        return int(plain)
    return Words("“{text}”不是票数", "{text!r} is no number of votes").format(text=text[:20]) if text else _blank()


def _blank() -> Words:
    return Words("没有填写票数，没有得票的请写 0", "no votes are given; write 0 for none")


def table_of_votes(content: bytes, name: str) -> Table:
    """Find the table of votes in a file; raises `DocumentError` where there is none."""
    wanted = Words(
        f"{name} 里没有找到票数表：须有一行表头，其中有“编号”或“姓名”一栏和“票数”一栏",
        f"there is no table of votes in {name}: it needs headings for numbers or names (编号, 姓名) and votes (票数)",
    )
    table = read_table(content, name, _MEANING.get, "votes", missing=wanted)
    if not {"number", "nominee"} & table.columns.keys():
        raise DocumentError(wanted)
    return table


def noted(table: Table, findings: Sequence[CellFinding]) -> bytes:
    """Return the table with a note on each cell in which something was found."""
    notes: dict[tuple[int, int], list[str]] = defaultdict(list)
    beside = len(table.cells.columns)
    for finding in findings:
        place = table.columns.get(finding.column, beside) if finding.column else beside
        notes[finding.row - 1, place].append(finding.words.zh)
    return with_findings(table.cells, notes)
