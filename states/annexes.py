"""What the annexes of one nomination say: where a row differs from the nomination, and what its rows come to."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from programs import Program, Words
from programs.annexes import AnnexColumn, FilledAnnex
from programs.facts import Achiever, Competition, Facts
from programs.naming import plain_name
from programs.rules import Agreement

_NUMBER: Final = re.compile(r"(\d+)\D*")

#: Stands between several places in one cell.
SEPARATOR: Final = "；"

#: Annexes by their ids.
Annexes = Mapping[str, FilledAnnex]


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that does not say what the nomination says: `stated`, where it says something else; it may be missing.

    `row` as Excel counts it, 0 where the whole column is missing.
    """

    row: int
    named: str
    column: str
    heading: str
    stated: str
    kept: str

    @property
    def is_open(self) -> bool:
        """Whether it says nothing at all, so that somebody has to find out."""
        return not self.stated

    @property
    def words(self) -> Words:
        """What differs, where the row is known."""
        if not self.row:
            return Words(f"表中没有“{self.heading}”一栏", f"the table has no column {self.heading}")
        if self.is_open:
            return Words(f"没有写{self.heading}", f"{self.heading} is missing")
        return Words(
            f"{self.heading}为“{self.stated}”，申报为“{self.kept}”",
            f"{self.heading} is {self.stated}, the nomination says {self.kept}",
        )

    @property
    def line(self) -> Words:
        """What differs, with its row."""
        if not self.row:
            return self.words
        where = Words(f"第 {self.row} 行 {self.named}：", f"row {self.row}, {self.named}: ")
        return Words(where.zh + self.words.zh, where.en + self.words.en)


def differences(
    rule: Agreement, program: Program, filled: FilledAnnex, facts: Facts, said: Mapping[str, str]
) -> Iterator[Difference]:
    """Yield every cell that does not say what the nomination says, row by row, behind the columns that are missing.

    What the nomination does not say is held against none. `said` has its own `nominee`, `unit` and `nominator`.
    """
    annex = next(one for one in program.annexes if one.id == rule.annex)
    held: list[tuple[AnnexColumn, str, str]] = []
    for column in annex.columns:
        field = rule.same.get(column.id, "")
        kept = _kept(field, facts, said)
        if kept is None:
            continue
        if column.id in filled.columns:
            held.append((column, field, kept))
        else:
            yield Difference(0, "", column.id, column.name, "", kept)
    for row in filled.rows:
        for column, field, kept in held:
            stated = row.cells.get(column.id, "")
            if not stated or not _alike(program, column, field, stated, kept):
                named = row.cells.get(annex.columns[0].id, "")
                yield Difference(row.row, named, column.id, column.name, stated, kept)


def counted_in(program: Program, annexes: Annexes, of: str) -> int | None:
    """Return the fewest rows that say the same in a column that counts this; none where there is no such column."""
    counts: list[int] = []
    for filled, column in _columns(program, annexes):
        if column.counts == of:
            said = Counter(row.cells[column.id] for row in filled.rows if column.id in row.cells)
            counts.append(min(said.values(), default=0))
    return min(counts, default=None)


def places_in(program: Program, annexes: Annexes, by: Achiever) -> tuple[Competition, ...] | None:
    """Return the places in competitions that annexes have of these people; none where no annex has such a column."""
    found: list[Competition] | None = None
    for filled, column in _columns(program, annexes):
        if column.places_of == by:
            found = found or []
            cells = (row.cells.get(column.id, "") for row in filled.rows)
            found += [place for cell in cells for one in cell.split(SEPARATOR) if (place := read_place(one, by))]
    return None if found is None else tuple(found)


_PLACE: Final = re.compile(r"\s*([^:：]*[^\d:：,，\s第])\s*[:：,，]?\s*第?\s*(\d{1,4})\s*名?\s*")


def read_place(text: str, by: Achiever) -> Competition | None:
    """Read a place, written 国家一类:3 or 国家一类第3名; none for what is no place."""
    found = _PLACE.fullmatch(text)
    if not found or not int(found[2]) or len(found[1]) > 120:
        return None
    return Competition(level=found[1], place=int(found[2]), by=by)


def _columns(program: Program, annexes: Annexes) -> Iterator[tuple[FilledAnnex, AnnexColumn]]:
    """Yield the columns that the annexes of a nomination really have."""
    for annex in program.annexes:
        filled = annexes.get(annex.id)
        if filled:
            yield from ((filled, column) for column in annex.columns if column.id in filled.columns)


def _kept(field: str, facts: Facts, said: Mapping[str, str]) -> str | None:
    if field in said:
        return said[field]
    if field in facts.levels:
        return facts.levels[field]
    return str(facts.numbers[field]) if field in facts.numbers else None


def _alike(program: Program, column: AnnexColumn, field: str, stated: str, kept: str) -> bool:
    vocabulary = program.known_vocabularies.get(column.vocabulary or field)
    if vocabulary is not None:
        one, other = vocabulary.find(stated), vocabulary.find(kept)
        if one is not None or other is not None:
            return one == other
    number = _NUMBER.fullmatch(stated)
    if number and kept.isdecimal():
        return int(number[1]) == int(kept)
    return plain_name(stated) == plain_name(kept)
