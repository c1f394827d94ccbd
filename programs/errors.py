"""What is wrong with a program file, said so that its author can mend it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from programs.places import clause_of, place_words, steps_of
from programs.positions import Lines, Steps
from programs.words import Words


class Severity(StrEnum):
    """How much a fault matters: an error stops the program, a warning wants a look, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a program: the place as a dotted path, what is wrong there, and the remedy.

    `code` is stable, snake_case, for programs. `where` is the place in words, `clause` what the part around it cites.
    `line` is counted from 1 in `file`; both are missing where a program was not read from a text.
    """

    place: str
    words: Words
    severity: Severity = Severity.ERROR
    remedy: Words | None = None
    code: str = "invalid"
    where: Words | None = None
    clause: str | None = None
    file: str | None = None
    line: int | None = None

    def within(self, document: Mapping[str, Any]) -> "Fault":
        """Return it with its place in words and its clause, as this document has them."""
        return replace(self, where=place_words(document, self.place), clause=clause_of(document, self.place))

    def at_line(self, document: Mapping[str, Any], lines: Lines, file: str, steps: Steps | None = None) -> "Fault":
        """Return it with its file and line; `steps` lead to it where ids do not, as where two parts share one.

        What concerns the whole file, or is missing from its top, stands on its first line.
        """
        return replace(self, file=file, line=lines.of(steps_of(document, self.place) if steps is None else steps) or 1)

    def to_json(self, language: str = "zh") -> dict[str, object]:
        """Return the shape that `linxuan program check --json` prints."""
        where = self.where or Words(self.place, self.place)
        return {
            "code": self.code,
            "severity": self.severity.value,
            "file": self.file,
            "line": self.line,
            "place": self.place,
            "where": where.in_language(language),
            "message": self.words.in_language(language),
            "remedy": self.remedy.in_language(language) if self.remedy else None,
            "clause": self.clause,
        }

    def told(self) -> Words:
        """Return what is wrong and where, in one sentence: `star.toml:12　材料“事迹”（materials.deeds）：…`."""
        where = self.where or Words(self.place, self.place)
        at = f"{self.file}:{self.line}" if self.line else self.file or ""
        return Words(
            f"{at}　{where.zh}：{self.words.zh}" if at else f"{where.zh}：{self.words.zh}",
            f"{at}  {where.en}: {self.words.en}" if at else f"{where.en}: {self.words.en}",
        )


class ProgramError(Exception):
    """The program cannot be used. `faults` says what is wrong and how to mend it; `source` is the file or id."""

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{source}: {'; '.join(f'{fault.place}: {fault.words.en}' for fault in faults)}")
        self.source = source
        self.faults = faults
