"""A panel as it is read, and what is found of one that serves nobody."""

from programs import Program, Severity, check_program
from programs.panels import ANY, Ground, Panel

CATEGORIES = [{"id": one, "name": one, "clause": "一"} for one in ("craft", "heritage")]
FIELDS = [
    {"id": "mechanics", "name": "机械", "size": 3, "categories": ["craft"]},
    {"id": "heritage", "name": "非遗", "size": 2, "categories": ["heritage"]},
]


def with_panel(build, **panel) -> Program:
    review = {"id": "review", "kind": "review", "name": "评议", "clause": "三", "panel": {"clause": "三", **panel}}
    plain = build().model_dump(mode="json")
    stages = [*plain["stages"][:2], review, *(one for one in plain["stages"][2:] if one["kind"] != "review")]
    return Program.model_validate(plain | {"categories": CATEGORIES, "stages": stages})


def test_panel_as_it_is_read(build):
    panel = with_panel(build, size=3).panels()["review"]
    assert panel == Panel(clause="三", size=3)
    assert panel.recusal == (Ground.EMPLOYER, Ground.KINSHIP, Ground.PROJECT, Ground.NOMINATOR)
    assert [(urn.id, urn.size, urn.categories) for urn in panel.urns()] == [(ANY, 3, ())]
    assert [urn.id for urn in with_panel(build, size=5, fields=FIELDS).panels()["review"].urns()] == [
        "mechanics",
        "heritage",
    ]


def found(program: Program) -> list[tuple[Severity, str]]:
    return [(fault.severity, fault.place) for fault in check_program(program) if ".panel" in fault.place]


def test_category_that_too_few_evaluate_is_an_error(build):
    panel = {"size": 5, "fields": FIELDS, "per_nominee": 3}
    assert found(with_panel(build, **panel)) == [(Severity.ERROR, "stages.review.panel.size")]
    assert found(with_panel(build, **panel, assigned=False)) == []
    only = [{**FIELDS[0], "size": 5}]
    assert found(with_panel(build, size=5, fields=only)) == [(Severity.ERROR, "stages.review.panel.size")]


def test_even_number_of_opinions_is_a_warning(build):
    assert found(with_panel(build, size=5, per_nominee=2)) == [(Severity.WARNING, "stages.review.panel.per_nominee")]
    assert found(with_panel(build, size=5, per_nominee=3)) == []


def test_field_that_evaluates_nobody_who_comes_there_is_an_error(build):
    program = with_panel(build, size=5, fields=FIELDS)
    stages = [
        one.model_copy(update={"categories": ("craft",)}) if one.id == "review" else one for one in program.stages
    ]
    narrowed = program.model_copy(update={"stages": tuple(stages)})
    assert found(narrowed) == [(Severity.ERROR, "stages.review.panel.fields.heritage.categories")]
