"""Whether the experts of a review are enough for those whom they evaluate."""

from collections.abc import Iterator

from programs.checks.reach import OnPath, once
from programs.checks.sentences import fault
from programs.errors import Fault
from programs.model import Path, Program
from programs.panels import Panel
from programs.stages import Review


def panels_to_serve(program: Program) -> Iterator[Fault]:
    """Find nominees whom too few experts evaluate, or others than are asked for; fields for nobody; even numbers."""
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
        if panel.assigned and isinstance(stage, Review):
            yield from _evaluators(panel, stage)


def _evaluators(panel: Panel, stage: Review) -> Iterator[Fault]:
    """Find tracks that ask for another number of evaluators than each nominee is assigned to."""
    assigned = panel.per_nominee or panel.size
    for track in stage.tracks:
        asked = track.scoring.at_least * max(len(track.groups), 1)
        if track.criteria and asked != assigned and (asked > assigned or panel.per_nominee):
            code = "evaluators_missing" if asked > assigned else "evaluators_beyond"
            place = f"stages.{stage.id}.tracks.{track.id}.scoring.at_least"
            yield fault(code, place, name=track.name, asked=asked, assigned=assigned)


def _too_few(panel: Panel, path: Path, place: str) -> Iterator[OnPath]:
    wanted = (panel.per_nominee or 1) if panel.assigned else 1
    found = sum(urn.size for urn in panel.urns() if not urn.categories or path.category in urn.categories)
    if found < wanted:
        yield path, "experts_too_few", f"{place}.size", {"wanted": wanted, "found": found}
