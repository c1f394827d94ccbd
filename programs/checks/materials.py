"""Whether what is to be handed in can be handed in, and be received as the file says."""

from collections.abc import Iterator

from programs.checks.reach import concerns_somebody
from programs.checks.rules import bounds
from programs.checks.sentences import fault
from programs.errors import Fault
from programs.materials import Material, Medium
from programs.model import Program


def materials(program: Program) -> Iterator[Fault]:
    """Find lengths and numbers that exclude each other, and demands on a medium that is not received."""
    for material in program.materials:
        place = f"materials.{material.id}"
        if not concerns_somebody(program, material):
            yield fault("material_in_vain", place, name=material.name)
        yield from bounds(material, place, "at_least_characters", "at_most_characters")
        yield from _forms(material, place)
        yield from _media(material, place)
    if program.archive and program.materials and not _any_electronic(program):
        yield fault("archive_in_vain", "archive")


def _forms(material: Material, place: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, form in enumerate(material.forms):
        if form.id in seen:
            yield fault("doubled_part", f"{place}.forms.{index}", name=material.name, id=form.id)
        seen.add(form.id)
        yield from bounds(form, f"{place}.forms.{form.id}", "at_least_pieces", "at_most_pieces")
        yield from bounds(form, f"{place}.forms.{form.id}", "at_least_minutes", "at_most_minutes")


def _media(material: Material, place: str) -> Iterator[Fault]:
    if Medium.PAPER not in material.media:
        for field in ("marks", "sheet", "duplex"):
            if getattr(material, field):
                yield fault("not_on_paper", f"{place}.{field}", name=material.name, field=field)
    if Medium.ELECTRONIC not in material.media and material.formats:
        yield fault("not_electronic", f"{place}.formats", name=material.name)


def _any_electronic(program: Program) -> bool:
    return any(Medium.ELECTRONIC in material.media for material in program.materials)
