"""What a notice says: one TOML file per program, its model, loader and checks."""

from programs.amendments import extend
from programs.checks import check_program
from programs.errors import Fault, ProgramError, Severity
from programs.loader import decide, load_program, parse_program, shipped_programs
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
    "decide",
    "extend",
    "load_program",
    "parse_program",
    "shipped_programs",
]
