"""Changes to a program that has been issued: a deadline extended or corrected on somebody's authority."""

from datetime import datetime

from programs.errors import Fault, ProgramError
from programs.model import Program
from programs.rulings import write_place
from programs.words import Words


def extend(program: Program, deadline_id: str, closes: datetime, authority: str) -> Program:
    """Return the program with this deadline (`stage.tier`) moved to `closes`, the first instant that is too late.

    The notice's phrase stays for the record; `authority` names the document or decision behind the change. Raises
    `ProgramError` for an instant without a UTC offset, an empty authority, or a deadline that the program lacks.
    """
    deadlines = program.deadlines()
    if deadline_id not in deadlines:
        raise _refused(
            program,
            deadline_id,
            Words("没有这个期限；可用：{known}", "is no deadline of this program; use one of {known}").format(
                known="、".join(deadlines)
            ),
        )
    if closes.tzinfo is None:
        raise _refused(
            program,
            deadline_id,
            Words(
                "时刻须带时区，如 2023-08-31T18:00+08:00",
                "the instant needs a UTC offset, as in 2023-08-31T18:00+08:00",
            ),
        )
    if not authority.strip():
        raise _refused(
            program,
            deadline_id,
            Words("请写明延期或更正的依据（文号或决定）", "name the document or decision that the change rests on"),
        )
    stage, tier = deadline_id.split(".")
    place = f"stages.{stage}.tiers.{tier}.deadline"
    document = program.model_dump()
    write_place(document, f"{place}.closes", closes)
    write_place(document, f"{place}.authority", authority.strip())
    return Program.model_validate(document)


def _refused(program: Program, place: str, words: Words) -> ProgramError:
    return ProgramError(program.id, (Fault(place, words),))
