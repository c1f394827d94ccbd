"""Whether the rulings and the rest of the file say the same, and whether every gap has its ruling."""

from collections.abc import Iterator
from typing import Any

from programs.checks.sentences import fault
from programs.errors import Fault, ProgramError
from programs.loader import decide
from programs.model import Program
from programs.nearest import nearest
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
            yield fault("settles_nowhere", f"{place}.settles", path=path, meant=_meant(document, path))
        for path in ruling.settles:
            other = settled.setdefault(path, ruling.id)
            if other != ruling.id:
                yield fault("settled_twice", f"{place}.settles", path=path, other=other)
        if ruling.decision is None:
            yield fault("ruling_open", place, question=ruling.question, program=program.id, id=ruling.id)
        elif not gone:
            yield from _default(program, ruling, ruling.decision)


def gaps_without_ruling(program: Program) -> Iterator[Fault]:
    """Find what is missing or left out without anybody having to answer for it."""
    settled = {path for ruling in program.rulings for path in ruling.settles}
    if program.issued is None and "issued" not in settled:
        yield fault("issue_date_missing", "issued")
    for stage in program.stages:
        place = f"stages.{stage.id}.skipped"
        if stage.skipped and place not in settled:
            yield fault("skipped_without_ruling", place, name=stage.name, place=place)


def _exists(document: dict[str, Any], path: str) -> bool:
    """Tell whether a decision can be written there, by writing what stands there already."""
    try:
        write_place(document, path, read_place(document, path))
    except KeyError:
        return False
    return True


def _meant(document: dict[str, Any], path: str) -> Words:
    """Return the nearest place that there is, step by step; nothing where a step is like none."""
    value: Any = document
    found: list[str] = []
    for step in path.split("."):
        here = _steps(value)
        name = step if step in here else nearest(step, here)
        if name is None:
            return Words("；这里有：" + "、".join(here), "; here are: " + ", ".join(here)) if here else Words("", "")
        found.append(name)
        value = here[name]
    if isinstance(value, dict | list | tuple) and (here := _steps(value)):
        return Words("；请写到字段，如 {path}", "; go on to a field, as {path}").format(
            path=".".join((*found, next((one for one in here if one != "id"), "id")))
        )
    return Words("；是否想写 {path}？", "; did you mean {path}?").format(path=".".join(found))


def _steps(value: object) -> dict[str, Any]:
    """Return what one more step can lead to."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list | tuple):
        return {item["id"]: item for item in value if isinstance(item, dict) and "id" in item}
    return {}


def _default(program: Program, ruling: Ruling, decision: Decision) -> Iterator[Fault]:
    """A shipped default is what the file says: taking that decision must change nothing."""
    place, shown = f"rulings.{ruling.id}.decision", _shown(decision)
    try:
        decided = decide(program, {ruling.id: decision})
    except ProgramError as error:
        for one in error.faults:
            where = one.where or Words(one.place, one.place)
            yield fault("default_invalid", place, decision=shown, place=where, fault=one.words)
        return
    if decided != program:
        yield fault("default_disagrees", place, decision=shown, places="、".join(ruling.settles))


def _shown(decision: Decision) -> Words:
    if isinstance(decision, bool):
        return Words("true（是）" if decision else "false（否）", "true" if decision else "false")
    return Words(str(decision), str(decision))
