"""Programs from files: the shipped ones by id, any other by path."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from programs.errors import Fault, ProgramError, faults_of, toml_fault
from programs.model import Program
from programs.rulings import Decision, read_place, write_place
from programs.words import Words


def shipped_programs() -> tuple[str, ...]:
    """Return the ids of the programs that ship with the product, sorted."""
    return tuple(
        sorted(
            entry.name.removesuffix(".toml") for entry in files("programs").iterdir() if entry.name.endswith(".toml")
        )
    )


def load_program(source: str | FilePath) -> Program:
    """Return the program with this id, or the one in this file.

    Raises `ProgramError` where there is none, or where it breaks the model.
    """
    return parse_program(program_text(source), str(source))


def program_text(source: str | FilePath) -> str:
    """Return the text of the program with this id, or of the one in this file; raises `ProgramError` for none."""
    if str(source) in shipped_programs():
        return files("programs").joinpath(f"{source}.toml").read_text("utf-8")
    return _read(FilePath(source))


def parse_program(text: str, source: str = "program") -> Program:
    """Return the program that a TOML text defines; raises `ProgramError` naming `source`."""
    try:
        return Program.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProgramError(source, (toml_fault(error),)) from error
    except ValidationError as error:
        raise ProgramError(source, faults_of(error)) from error


def decide(program: Program, decisions: Mapping[str, Decision]) -> Program:
    """Return the program as these decisions (ruling id → decision) make it.

    Each decision is written to the places that its ruling settles, and stands in the ruling itself. Raises `KeyError`
    for an unknown ruling and `ProgramError` where a decision makes no valid program.
    """
    rulings = {ruling.id: ruling for ruling in program.rulings}
    document = program.model_dump()
    faults: list[Fault] = []
    for ruling_id, decision in decisions.items():
        ruling = rulings[ruling_id]
        value = _YES_NO.get(decision, decision) if isinstance(decision, str) else decision
        for place in ruling.settles:
            write_place(document, place, value)
        write_place(document, f"rulings.{ruling_id}.decision", value)
    try:
        return Program.model_validate(document)
    except ValidationError as error:
        faults.extend(faults_of(error))
        raise ProgramError(program.id, tuple(faults)) from error


def date_program(program: Program, issued: date) -> Program:
    """Return the program as issued on this day, ruled so where a ruling is to settle the date."""
    ruling = next((ruling for ruling in program.rulings if "issued" in ruling.settles), None)
    return decide(program, {ruling.id: issued}) if ruling else program.model_copy(update={"issued": issued})


_YES_NO: dict[str, bool] = {"是": True, "否": False}


def unsettled_places(program: Program) -> Iterator[tuple[str, str]]:
    """Yield ruling id and path for each place that a ruling settles and that the program does not have."""
    document: dict[str, Any] = program.model_dump()
    for ruling in program.rulings:
        for place in ruling.settles:
            try:
                read_place(document, place)
            except KeyError:
                yield ruling.id, place


def _read(path: FilePath) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        known = "、".join(shipped_programs())
        raise ProgramError(
            str(path),
            (
                Fault(
                    "program",
                    Words(
                        f"没有这个项目，也没有这个文件。可用项目：{known}",
                        f"there is no such program and no such file; the shipped programs are {known}",
                    ),
                ),
            ),
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ProgramError(
            str(path), (Fault("program", Words(f"文件读不出来：{error}", f"cannot be read: {error}")),)
        ) from error
