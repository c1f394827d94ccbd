"""The rows of a nominators' table as drafts: what each cell says, and what is wrong with it before anybody is asked."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from deadlines.zone import shanghai_day
from documents.tables import Table
from operations.columns import label_of
from operations.fact_fields import facts_asked
from operations.nominate import Draft, identity_invalid, is_identity_number, name_in, route_not_accepted
from operations.personal import PersonalKind, normalised
from operations.verdicts import born_and_sex
from programs import Path, Program, Words
from programs.base import Identified
from programs.model import NomineeKind
from programs.nearest import meant
from states import Refusal, Sex

#: Facts of which there may be several in one cell.
_LISTS: Final = ("honor", "applied", "competition", "apprentice", "grant")
_SEPARATORS: Final = re.compile(r"[、；;，,\n]+")
_SERIAL: Final = re.compile(r"\d{5}(\.0)?")
#: Day 0 of Excel's calendar, which believes that 1900 was a leap year.
_DAY_ZERO: Final = date(1899, 12, 30)
_COUNTED: Final = re.compile(r"(\d+)(?:\.0)?\s*[个名人年月项]*")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")

#: Of a table of which every row is passed over: what a row must say to be one.
NO_ROWS: Final = Words(
    "表头读到了，但没有可登记的行：一行至少要写两格，其中有姓名（或候选单位）、身份证号码或单位；只写了一格的行当作说明，不读",
    "there are headings, and no row to take in: a row fills two cells at least, one of them a name, an identity number "
    "or a unit; one with a single cell is a note and is not read",
)


@dataclass(frozen=True, slots=True)
class CellFinding:
    """Something found in a table: `row` as Excel counts it, `column` by its meaning, none for the whole row.

    One that `blocks` keeps the whole table out; another is for whoever screens. `remedy` says what to do about it,
    where that is more than to mend the cell.
    """

    row: int
    column: str | None
    value: str
    reason: Words
    blocks: bool
    remedy: Words | None = None

    @property
    def words(self) -> Words:
        """What was found and what to do about it, in one sentence."""
        if self.remedy is None:
            return self.reason
        return Words(f"{self.reason.zh}；{self.remedy.zh}", f"{self.reason.en}; {self.remedy.en}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row: its number as Excel counts it, its cells by meaning, the draft, its path, and the facts it states."""

    row: int
    cells: Mapping[str, str]
    draft: Draft
    path: Path
    facts: tuple[tuple[str, str], ...]


class RowReader:
    """Reads the rows of one table for one program. `findings` and `rows` fill as the candidates are read.

    `defaults` are values by the meanings of missing columns. With `now`, the instant at which the rows are to be
    nominated, whatever would then be refused of a row by itself is found with everything else that is wrong in it.
    Raises `DocumentError` where it is unclear what a label above the table says.
    """

    def __init__(
        self, program: Program, table: Table, defaults: Mapping[str, str], now: datetime | None = None
    ) -> None:
        for meaning in ("nominator", "unit", "nominee", "host", "category", "route", "nominator_kind", "traits"):
            if meaning not in defaults:
                table.require_clear(meaning, label_of(meaning))
        self._program = program
        self._table = table
        self._defaults = {**table.above, **defaults}
        self._now = now
        self._vocabularies = program.known_vocabularies
        #: People write the same few levels over and over.
        self._levels: dict[tuple[str, str], str | None] = {}
        self._asked: dict[Path, frozenset[str]] = {}
        #: The ids of a column's parts by their names.
        self._named: dict[str, dict[str, str]] = {}
        self.findings: list[CellFinding] = []
        self.rows = 0

    def candidates(self) -> Iterator[Candidate]:
        """Yield every row that names somebody; what lies between, such as an example or a note, is passed over."""
        columns = {meaning: self._table.column(meaning).tolist() for meaning in self._table.columns}
        count = len(next(iter(columns.values()))) if columns else 0
        for place in range(count):
            cells = {meaning: values[place] for meaning, values in columns.items() if values[place]}
            cells |= {"nominee": name_in(cells["nominee"])} if "nominee" in cells else {}
            if not _names_somebody(cells):
                continue
            self.rows += 1
            row = self._table.first + place + 1
            candidate = self._candidate(row, cells)
            if candidate is not None:
                yield candidate

    def _candidate(self, row: int, cells: dict[str, str]) -> Candidate | None:
        before = len(self.findings)
        full = {**self._defaults, **cells}
        path = Path(
            self._one_of(row, cells, "category", full.get("category"), self._program.categories),
            self._one_of(row, cells, "route", full.get("route"), self._program.routes) or self._usual_route(),
            frozenset(self._traits(row, cells, full.get("traits", ""))),
        )
        kind_of_nominee = self._program.nominee_of(path.category)
        if kind_of_nominee is not NomineeKind.PERSON and "nominee" not in full and "unit" in full:
            full["nominee"] = full["unit"]
        for needed in ("nominee", "unit", "nominator"):
            if not full.get(needed):
                self._found(row, needed, cells, _MISSING[needed])
        if self._now is not None and self._program.categories and not full.get("category"):
            known = "、".join(one.name for one in self._program.categories)
            self._found(row, "category", cells, _NO_CATEGORY.format(known=known))
        identity = self._identity(row, cells)
        if self._now is not None:
            self._refused(row, cells, route_not_accepted(self._program, path.route), "route")
            if identity is not None or not identity_in(cells.get("identity", "")):
                refusal = identity_invalid(self._program, path.category, identity, self._now)
                self._refused(row, cells, refusal, "identity")
            if (month := _month(cells.get("born", ""))) and month > _month_of(shanghai_day(self._now)):
                self._found(row, "born", cells, Words("出生年月还没有到", "this birthday is still to come"))
        kind = self._one_of(row, cells, "nominator_kind", full.get("nominator_kind"), self._program.nominators)
        facts = tuple(self._facts(row, cells, full, self._asked_on(path)))
        details = {
            name: self._personal(row, cells, name, which)
            for name, which in (("phone", PersonalKind.PHONE), ("bank_account", PersonalKind.BANK_ACCOUNT))
        }
        if any(finding.blocks for finding in self.findings[before:]):
            return None
        draft = Draft(
            nominee=full["nominee"],
            unit=full["unit"],
            nominator=full["nominator"],
            route=path.route,
            category=path.category,
            nominator_kind=kind,
            identity=identity,
            host=full.get("host"),
            traits=path.traits,
            **details,
        )
        return Candidate(row, cells | ({"identity": identity} if identity else {}), draft, path, facts)

    def _refused(self, row: int, cells: Mapping[str, str], refusal: Refusal | None, column: str) -> None:
        """Find what drawing the row up would refuse, before anything else in it is mended."""
        if refusal is not None:
            value = cells.get(column, "")
            self.findings.append(CellFinding(row, column, value, refusal.reason, blocks=True, remedy=refusal.remedy))

    def _usual_route(self) -> str:
        return next(route.id for route in self._program.routes if route.accepted)

    def _identity(self, row: int, cells: Mapping[str, str]) -> str | None:
        """Read an identity number, and hold sex and birthday against it."""
        text = identity_in(cells.get("identity", ""))
        if not text:
            return None
        if not is_identity_number(text):
            self._found(row, "identity", cells, _DAMAGED if _is_damaged(text) else _WRONG_IDENTITY)
            return None
        born, sex = born_and_sex(text)
        if self._now is not None and born > shanghai_day(self._now):
            return text  # told as that; a birthday that contradicts it is none the wiser
        said = {"男": Sex.MAN, "女": Sex.WOMAN}.get(cells.get("sex", ""))
        if said is not None and said is not sex:
            self._found(row, "sex", cells, Words("与身份证号码不符", "it contradicts the identity number"))
        told = _month(cells.get("born", ""))
        if told is not None and told != _month_of(born):
            words = Words("与身份证号码不符：{born}", "it contradicts the identity number: {born}")
            self._found(row, "born", cells, words.format(born=f"{born:%Y-%m}"))
        return text

    def _one_of(
        self, row: int, cells: Mapping[str, str], column: str, said: str | None, parts: Iterable[Identified]
    ) -> str | None:
        """Return the id of the part that is named by its id or its name."""
        if not said:
            return None
        if column not in self._named:
            by_name = {str(getattr(part, "name", part.id)): part.id for part in parts}
            self._named[column] = by_name | {part.id: part.id for part in parts}
        named = self._named[column]
        if said in named:
            return named[said]
        words = Words("“{said}”不在本项目之内；可填：{known}", "{said} is none of: {known}").format(
            said=said, known="、".join(dict.fromkeys(name for name in named if name not in named.values())) or "无"
        )
        self._found(row, column, cells, words)
        return None

    def _traits(self, row: int, cells: Mapping[str, str], said: str) -> Iterator[str]:
        for one in filter(None, _SEPARATORS.split(said)):
            trait = self._one_of(row, cells, "traits", one.strip(), self._program.traits)
            if trait:
                yield trait

    def _personal(self, row: int, cells: Mapping[str, str], column: str, kind: PersonalKind) -> str | None:
        text = _plain(cells.get(column, ""))
        if not text or (kind is PersonalKind.PHONE and _MOBILE.fullmatch(text)):
            return text or None
        value = normalised(kind, text)
        if isinstance(value, Refusal):
            self._refused(row, cells, value, column)
            return None
        return value

    def _asked_on(self, path: Path) -> frozenset[str]:
        """Return the facts that rules on a path ask for: nothing else is stated, nor found fault with."""
        if path not in self._asked:
            self._asked[path] = frozenset(facts_asked(self._program, path))
        return self._asked[path]

    def _facts(
        self, row: int, cells: Mapping[str, str], full: Mapping[str, str], asked: frozenset[str]
    ) -> Iterator[tuple[str, str]]:
        for word in asked & full.keys():
            text = full[word]
            vocabulary = self._vocabularies.get(word)
            if vocabulary is not None:
                level = self._level(word, text)
                if level is not None:
                    yield word, level
                elif word in cells and _says_something(text):
                    levels = "、".join(one.name for one in vocabulary.levels)
                    words = Words(
                        "“{text}”不是规范名称，没有采用；规范名称：{levels}{meant}",
                        "{text!r} is no standard name and was not taken; the names are: {levels}{meant}",
                    )
                    near = meant(text, (one.name for one in vocabulary.levels))
                    self._found(row, word, cells, words.format(text=text, levels=levels, meant=near), blocks=False)
            elif word in _LISTS:
                yield from ((word, one.strip()) for one in _SEPARATORS.split(text) if _says_something(one))
            elif number := _COUNTED.fullmatch(text):
                yield word, number[1]
            elif word in cells and _says_something(text):
                words = Words(
                    "“{text}”不是整数，没有采用；请写数字，如 12", "{text!r} is no whole number and was not taken"
                )
                self._found(row, word, cells, words.format(text=text), blocks=False)

    def _level(self, word: str, text: str) -> str | None:
        if (word, text) not in self._levels:
            found = self._vocabularies[word].find(text)
            self._levels[word, text] = found.name if found else None
        return self._levels[word, text]

    def _found(self, row: int, column: str, cells: Mapping[str, str], words: Words, *, blocks: bool = True) -> None:
        self.findings.append(CellFinding(row, column, cells.get(column, ""), words, blocks))


_MISSING: Final[Mapping[str, Words]] = {
    "nominee": Words("没有写姓名或候选单位", "the nominee is missing"),
    "unit": Words("没有写工作单位", "the employer is missing"),
    "nominator": Words(
        "没有写推荐单位；表中没有这一栏的，请用 --nominator 写明",
        "the nominator is missing; where the table has no such column, use --nominator",
    ),
}
_NO_CATEGORY: Final = Words("没有写类别；可填：{known}", "the category is missing; it is one of: {known}")
_WRONG_IDENTITY: Final = Words("身份证号码校验不符，请核对 18 位", "the identity number fails its check digit")
_DAMAGED: Final = Words(
    "身份证号码被 Excel 当作数字存坏了（只留 15 位），请把此列设为文本后重新录入",
    "Excel has kept this as a number, of which 15 digits are left; make the column text and type it again",
)


def _names_somebody(cells: Mapping[str, str]) -> bool:
    """Whether a row is about somebody: it has a name or a number, and says something more than that."""
    return bool(cells.get("nominee") or cells.get("identity") or cells.get("unit")) and len(cells) > 1


def identity_in(cell: str) -> str:
    """Return what a cell has for an identity number, in the one form in which it is kept."""
    return _plain(cell).upper().removeprefix("'")


def _plain(text: str) -> str:
    """Return a number without what Excel and people put into it: full width, spaces, `.0`."""
    if not text.isalnum() or not text.isascii():
        text = "".join(text.translate(_HALVED).split())
    return text.removesuffix(".0")


_HALVED: Final = {ord("０") + digit: str(digit) for digit in range(10)} | {
    ord("Ｘ"): "X",
    ord("ｘ"): "X",
    ord("－"): "-",
}


def _is_damaged(text: str) -> bool:
    """Whether a number has gone through Excel's numbers of 15 digits: in powers of ten, or with zeros at its end."""
    if "E+" in text:
        return True
    if not re.fullmatch(r"\d{18}", text):
        return False
    return text.endswith("000") or int(float(f"{float(text):.15g}")) == int(text)


def _month(text: str) -> tuple[int, int] | None:
    """Read the year and month of a birthday, written 1975.01, 1975年1月, 1975-01-01, or as Excel numbers days."""
    plain = _plain(text)
    if _SERIAL.fullmatch(plain):
        day = _DAY_ZERO + timedelta(days=int(plain))
        return day.year, day.month
    found = re.match(r"(19\d\d|20\d\d)[年./-]?(1[0-2]|0?[1-9])(?!\d{3})", plain)
    return (int(found[1]), int(found[2])) if found else None


def _month_of(day: date) -> tuple[int, int]:
    return day.year, day.month


def _says_something(text: str) -> bool:
    return text.strip() not in ("", "无", "/", "-", "—", "——")
