"""`linxuan program check`: what is wrong with a program before anybody is nominated, by file and line."""

import click

from cli.errors import words_of
from cli.face import LANGUAGE, REFUSED, Face, Spoken, command_face, fail, say
from cli.sources import calendar_of, is_file, program_of
from operations.checking import Checked, check_whole
from programs import Fault, ProgramError, Severity, shipped_programs
from programs.loader import file_name, parse_program, program_text

_SEVERITIES = {
    Severity.ERROR: say("错误", "error"),
    Severity.WARNING: say("警告", "warning"),
    Severity.NOTE: say("说明", "note"),
}


@click.command(cls=Spoken, help=say("核对项目文件有无矛盾", "check a program for contradictions"))
@click.argument("program", metavar="ID|FILE")
@command_face
def check(face: Face, program: str) -> None:
    """Check a program; exit code 1 where it has an error, 2 where it is no program at all."""
    try:
        checked = _checked(face, program)
    except ProgramError as error:
        if face.as_json:
            faults = [fault.to_json(LANGUAGE) for fault in error.faults]
            face.answer({"program": None, "passed": False, "faults": faults, "findings": []}, "")
        fail(*words_of(error))
    lines = [line for fault in checked.everything for line in fault_lines(fault)]
    face.answer(checked.to_json(LANGUAGE), [*lines, f"{checked.program.id}：{_verdict(checked)}"])
    if not checked.passed:
        raise SystemExit(REFUSED)


def _checked(face: Face, source: str) -> Checked:
    """Check the program in a file, or with an id; then the lines are those of the file that ships under it."""
    if is_file(source):
        text, file = program_text(source), file_name(source)
        return check_whole(parse_program(text, file), calendar_of(face), text, file)
    program = program_of(face, source)
    if program.id in shipped_programs():
        return check_whole(program, calendar_of(face), program_text(program.id), file_name(program.id))
    return check_whole(program, calendar_of(face))


def fault_lines(fault: Fault) -> list[str]:
    """Tell one fault: where, what is wrong with which clause, and what to do."""
    clause = say(f"（依据：{fault.clause}）", f" (clause: {fault.clause})") if fault.clause else ""
    lines = [f"{_SEVERITIES[fault.severity]}　{fault.told().in_language(LANGUAGE)}{clause}"]
    if fault.remedy:
        lines.append(say("　怎么办：", "  Remedy: ") + fault.remedy.in_language(LANGUAGE))
    return lines


def _verdict(checked: Checked) -> str:
    count = {severity: sum(one.severity is severity for one in checked.everything) for severity in Severity}
    errors, warnings = count[Severity.ERROR], count[Severity.WARNING]
    if not checked.passed:
        return say(
            f"未通过：{errors} 处错误、{warnings} 处警告，请修改后再核对",
            f"failed: {errors} error(s), {warnings} warning(s); mend it and check again",
        )
    passed = say("核对通过", "passed")
    if warnings:
        passed += say(f"；有 {warnings} 处警告，请看一看", f"; {warnings} warning(s) to look at")
    if checked.waiting:
        passed += say(f"；有 {checked.waiting} 处日期待裁定", f"; {checked.waiting} date(s) wait for a ruling")
    return passed
