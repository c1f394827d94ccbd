"""What a notice says: one TOML file per program, its model, loader and checks."""

from programs.errors import Fault, ProgramError
from programs.loader import decide, load_program, parse_program, shipped_programs
from programs.model import Path, Program
from programs.words import Words

__all__ = [
    "Fault",
    "Path",
    "Program",
    "ProgramError",
    "Words",
    "decide",
    "load_program",
    "parse_program",
    "shipped_programs",
]
