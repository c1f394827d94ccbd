"""Whether the rulings and the rest of the file say the same, and whether every gap has its ruling."""

from collections.abc import Iterator
from typing import Any

from programs.errors import Fault, ProgramError, Severity
from programs.loader import decide
from programs.model import Program
from programs.rulings import Decision, Ruling, read_place, write_place
from programs.words import Words


def rulings_and_their_places(program: Program) -> Iterator[Fault]:
    """Find rulings that settle what does not exist, what another settles, or what stands otherwise in the file."""
    document = program.model_dump()
    settled: dict[str, str] = {}
    for ruling in program.rulings:
        place = f"rulings.{ruling.id}"
        gone = [path for path in ruling.settles if not _exists(document, path)]
        for path in gone:
            words = Words(
                "项目里没有 {path} 这个位置，请核对拼写", "the program has no place {path}; check the spelling"
            )
            yield Fault(f"{place}.settles", words.format(path=path))
        for path in ruling.settles:
            other = settled.setdefault(path, ruling.id)
            if other != ruling.id:
                words = Words("{path} 已由裁定 {other} 决定", "{path} is settled by the ruling {other} already")
                yield Fault(f"{place}.settles", words.format(path=path, other=other))
        if ruling.decision is None:
            words = Words(
                "待裁定，项目不能启用：{question}",
                "is open, and the program stays closed until it is decided: {question}",
            )
            yield Fault(place, words.format(question=ruling.question), Severity.NOTE)
        elif not gone:
            yield from _default(program, ruling, ruling.decision)


def gaps_without_ruling(program: Program) -> Iterator[Fault]:
    """Find what is missing or left out without anybody having to answer for it."""
    settled = {path for ruling in program.rulings for path in ruling.settles}
    if program.issued is None and "issued" not in settled:
        words = Words(
            '没有印发日期，也没有裁定它的条目；请写 issued，或加一条 settles = ["issued"] 的裁定',
            'has no date and no ruling on it; write `issued`, or add a ruling with settles = ["issued"]',
        )
        yield Fault("issued", words)
    for stage in program.stages:
        place = f"stages.{stage.id}.skipped"
        if stage.skipped and place not in settled:
            words = Words(
                "“{name}”被略去而没有裁定，请加裁定或删去该环节",
                "“{name}” is left out without a ruling; add one, or remove the stage",
            )
            yield Fault(place, words.format(name=stage.name), Severity.WARNING)


def _exists(document: dict[str, Any], path: str) -> bool:
    """Tell whether a decision can be written there, by writing what stands there already."""
    try:
        write_place(document, path, read_place(document, path))
    except KeyError:
        return False
    return True


def _default(program: Program, ruling: Ruling, decision: Decision) -> Iterator[Fault]:
    """A shipped default is what the file says: taking that decision must change nothing."""
    try:
        decided = decide(program, {ruling.id: decision})
    except ProgramError as error:
        for fault in error.faults:
            yield Fault(f"rulings.{ruling.id}.decision", fault.words)
        return
    if decided != program:
        words = Words(
            "默认裁定是{decision}，与 {places} 现有的值不同；请改成一致",
            "the default is {decision}, but {places} says otherwise; make them agree",
        )
        yield Fault(f"rulings.{ruling.id}.decision", words.format(decision=decision, places="、".join(ruling.settles)))
