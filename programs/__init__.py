"""What a notice says: one TOML file per program, its model, loader and checks.

The names below are loaded when they are first used: the model takes 0.4 s to build, which commands that only need
`programs.words`, such as `linxuan deadline`, do not pay.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from programs.amendments import extend
    from programs.checks import check_program
    from programs.errors import Fault, ProgramError, Severity
    from programs.loader import date_program, decide, load_program, parse_program, shipped_programs
    from programs.model import Path, Program
    from programs.words import Words

__all__ = [
    "Fault",
    "Path",
    "Program",
    "ProgramError",
    "Severity",
    "Words",
    "check_program",
    "date_program",
    "decide",
    "extend",
    "load_program",
    "parse_program",
    "shipped_programs",
]

_HOMES: Final = {
    "Fault": "errors",
    "Path": "model",
    "Program": "model",
    "ProgramError": "errors",
    "Severity": "errors",
    "Words": "words",
    "check_program": "checks",
    "date_program": "loader",
    "decide": "loader",
    "extend": "amendments",
    "load_program": "loader",
    "parse_program": "loader",
    "shipped_programs": "loader",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - type checkers see the imports above
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found
