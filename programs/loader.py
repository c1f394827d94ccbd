"""Programs from files: the shipped ones by id, any other by path."""

from collections.abc import Iterable, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from programs.errors import Fault, ProgramError
from programs.mistakes import faults_of
from programs.model import Program
from programs.nearest import nearest
from programs.reading import read_document, read_text
from programs.rulings import Decision, Ruling, read_place, write_place
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
    return parse_program(program_text(source), file_name(source))


def program_text(source: str | FilePath) -> str:
    """Return the text of the program with this id, or of the one in this file; raises `ProgramError` for none."""
    if str(source) in shipped_programs():
        return files("programs").joinpath(f"{source}.toml").read_text("utf-8")
    try:
        return read_text(FilePath(source))
    except FileNotFoundError as error:
        raise ProgramError(str(source), (_no_such(str(source)),)) from error


def file_name(source: str | FilePath) -> str:
    """Return what a program's file is called where its lines are told: the path that was given, or its own name."""
    return f"{source}.toml" if str(source) in shipped_programs() else str(source)


def parse_program(text: str, source: str = "program") -> Program:
    """Return the program that a TOML text defines; raises `ProgramError` naming `source`."""
    document, lines = read_document(text, source)
    try:
        return Program.model_validate(document)
    except ValidationError as error:
        raise ProgramError(source, faults_of(error, document, lines, source)) from error


def lined(faults: Iterable[Fault], text: str, file: str) -> tuple[Fault, ...]:
    """Return faults of the program that this text defines with the file and their lines in it."""
    document, lines = read_document(text, file)
    return tuple(fault.at_line(document, lines, file) for fault in faults)


def decide(program: Program, decisions: Mapping[str, Decision]) -> Program:
    """Return the program as these decisions (ruling id → decision) make it.

    Each decision is written to the places that its ruling settles, and stands in the ruling itself. One that was typed
    means what stands there: 是 and 否 are truths, digits a number where one stands. Raises `KeyError` for an unknown
    ruling and `ProgramError` where a decision makes no valid program.
    """
    rulings = {ruling.id: ruling for ruling in program.rulings}
    document = program.model_dump()
    faults: list[Fault] = []
    for ruling_id, decision in decisions.items():
        ruling = rulings[ruling_id]
        value = _as_typed(decision, ruling, document) if isinstance(decision, str) else decision
        for place in ruling.settles:
            write_place(document, place, value)
        write_place(document, f"rulings.{ruling_id}.decision", value)
    try:
        return Program.model_validate(document)
    except ValidationError as error:
        faults.extend(faults_of(error, document))
        raise ProgramError(program.id, tuple(faults)) from error


def date_program(program: Program, issued: date) -> Program:
    """Return the program as issued on this day, ruled so where a ruling is to settle the date."""
    ruling = next((ruling for ruling in program.rulings if "issued" in ruling.settles), None)
    return decide(program, {ruling.id: issued}) if ruling else program.model_copy(update={"issued": issued})


_YES_NO: dict[str, bool] = {"是": True, "否": False}


def _as_typed(text: str, ruling: Ruling, document: dict[str, Any]) -> Decision:
    """Return what somebody means by a decision that they typed."""
    if text in _YES_NO:
        return _YES_NO[text]
    stands = [ruling.decision, *(read_place(document, place) for place in ruling.settles)]
    counts = all(one is None for one in stands) or any(type(one) is int for one in stands)
    return int(text) if counts and text.isascii() and text.isdecimal() and len(text) <= len(str(2**31)) else text


def _no_such(source: str) -> Fault:
    known = shipped_programs()
    found = nearest(source, known)
    remedy = Words("请核对路径；随附的项目：{known}{meant}", "check the path; the shipped programs are {known}{meant}")
    near = Words(f"；是否想用 {found}？", f"; did you mean {found}?") if found else Words("", "")
    return Fault(
        "program",
        Words("没有这个项目，也没有这个文件", "there is no such program and no such file"),
        remedy=remedy.format(known="、".join(known), meant=near),
        code="not_found",
        where=Words("项目", "the program"),
    )
