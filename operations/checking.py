"""Everything that can be found wrong with a program before anybody is nominated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deadlines.calendar import WorkCalendar
from deadlines.checking import date_faults
from programs import Fault, Program, Severity, check_program
from programs.checks import in_order
from programs.loader import lined
from states.reaching import unreachable


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: `faults` of the parts of a program, `dates` of its key dates, each with the key date's id."""

    program: Program
    faults: tuple[Fault, ...]
    dates: tuple[tuple[str, Fault], ...]

    @property
    def everything(self) -> tuple[Fault, ...]:
        """All that was found, errors first, then warnings, then notes."""
        order = list(Severity)
        found = (*self.faults, *(fault for _, fault in self.dates))
        return tuple(sorted(found, key=lambda fault: order.index(fault.severity)))

    @property
    def passed(self) -> bool:
        """Whether the program can be used: warnings and notes do not stop it."""
        return all(fault.severity is not Severity.ERROR for fault in self.everything)

    @property
    def waiting(self) -> int:
        """How many dates wait for a ruling on the date of issue."""
        return sum(fault.code == "unresolved" and fault.severity is Severity.NOTE for _, fault in self.dates)

    def to_json(self, language: str = "zh") -> Mapping[str, Any]:
        """Return the document that `linxuan program check --json` prints."""
        return {
            "program": self.program.id,
            "passed": self.passed,
            "faults": [fault.to_json(language) for fault in self.faults],
            "findings": [{"id": key_date, **fault.to_json(language)} for key_date, fault in self.dates],
        }


def check_whole(program: Program, calendar: WorkCalendar, text: str | None = None, file: str | None = None) -> Checked:
    """Check a program: its parts, its dates, and the ways of its machine.

    With the text that defines it, and the name of its file, every fault says its line. Raises `ProgramError` for a text
    that is no TOML.
    """
    faults = check_program(program)
    if all(fault.severity is not Severity.ERROR for fault in faults):
        faults = in_order(program, (*faults, *unreachable(program)))
    ids, dates = _apart(date_faults(program, calendar))
    dates = tuple(fault.within(program.model_dump()) for fault in dates)
    if text is not None and file is not None:
        faults, dates = lined(faults, text, file), lined(dates, text, file)
    return Checked(program, faults, tuple(zip(ids, dates, strict=True)))


def _apart(found: tuple[tuple[str, Fault], ...]) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    return tuple(key_date for key_date, _ in found), tuple(fault for _, fault in found)
