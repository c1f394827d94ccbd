"""Whether the experts of a review are enough for those whom they evaluate."""

from collections.abc import Iterator

from programs.checks.reach import OnPath, once
from programs.checks.sentences import fault
from programs.errors import Fault
from programs.model import Path, Program
from programs.panels import Panel


def panels_to_serve(program: Program) -> Iterator[Fault]:
    """Find nominees whom too few experts evaluate, fields that evaluate nobody, and even numbers of opinions."""
    for stage_id, panel in program.panels().items():
        place = f"stages.{stage_id}.panel"
        stage = program.stage(stage_id)
        reaching = [path for path in program.paths() if stage.concerns(*path)]
        yield from once(program, (found for path in reaching for found in _too_few(panel, path, place)))
        for field in panel.fields:
            if field.categories and not any(path.category in field.categories for path in reaching):
                yield fault("field_evaluates_nobody", f"{place}.fields.{field.id}.categories", field=field.name)
        if panel.assigned and panel.per_nominee and panel.per_nominee % 2 == 0:
            yield fault("opinions_even", f"{place}.per_nominee", count=panel.per_nominee)


def _too_few(panel: Panel, path: Path, place: str) -> Iterator[OnPath]:
    wanted = (panel.per_nominee or 1) if panel.assigned else 1
    found = sum(urn.size for urn in panel.urns() if not urn.categories or path.category in urn.categories)
    if found < wanted:
        yield path, "experts_too_few", f"{place}.size", {"wanted": wanted, "found": found}
