"""Whether the experts of a review are enough for those whom they evaluate."""

from collections.abc import Iterator

from programs.errors import Fault, Severity
from programs.model import Program
from programs.panels import Panel
from programs.words import Words


def panels_to_serve(program: Program) -> Iterator[Fault]:
    """Find nominees whom too few experts evaluate, fields that evaluate nobody, and even numbers of opinions."""
    for stage_id, panel in program.panels().items():
        place = f"stages.{stage_id}.panel"
        stage = program.stage(stage_id)
        reaching = {path.category for path in program.paths() if stage.concerns(*path)}
        for category in sorted(reaching, key=str):
            named = next((f"“{one.name}”" for one in program.categories if one.id == category), "")
            yield from _too_few(panel, category, named, place)
        for field in panel.fields:
            if field.categories and reaching.isdisjoint(field.categories):
                words = Words(
                    "专业“{field}”没有可评的类别，请核对 categories",
                    "the field “{field}” evaluates nobody; check its categories",
                )
                yield Fault(f"{place}.fields.{field.id}", words.format(field=field.name))
        if panel.assigned and panel.per_nominee and panel.per_nominee % 2 == 0:
            words = Words(
                "每件由 {count} 名专家评议，为双数，意见可能相持",
                "{count} experts evaluate each nominee, an even number, so that they may stand level",
            )
            yield Fault(f"{place}.per_nominee", words.format(count=panel.per_nominee), Severity.WARNING)


def _too_few(panel: Panel, category: str | None, named: str, place: str) -> Iterator[Fault]:
    wanted = (panel.per_nominee or 1) if panel.assigned else 1
    found = sum(urn.size for urn in panel.urns() if not urn.categories or category in urn.categories)
    if found < wanted:
        yield Fault(
            place,
            Words(
                "{named}每件应由 {wanted} 名专家评议，只抽取 {found} 名可评的，请增加人数",
                "{named} needs {wanted} experts each, and {found} of those drawn may evaluate it; draw more",
            ).format(named=named, wanted=wanted, found=found),
        )
