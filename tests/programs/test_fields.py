"""The page of fields describes every field of every table, and what holds where it is left out."""

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from programs import Program
from programs.base import Scoped
from programs.rules import RuleBase
from programs.stages import StageBase
from programs.vocabularies import Level

PAGE = (Path(__file__).parents[2] / "docs" / "fields.md").read_text("utf-8")
SECTIONS = {
    heading: dict(re.findall(r"^\| `(\w+)` \| (.*?) \| .+ \|$", body, re.MULTILINE))
    for heading, body in re.findall(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
}
#: What several tables have, described once.
SHARED = (Scoped, RuleBase, StageBase)


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for part in _parts(field.annotation):
            yield from _models(part)


def _parts(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)


def _heading(model: type[BaseModel]) -> str:
    return "Level of a vocabulary" if model is Level else model.__name__


def _own(model: type[BaseModel]) -> dict[str, FieldInfo]:
    above = [base for base in SHARED if issubclass(model, base) and model is not base]
    return {
        name: field for name, field in model.model_fields.items() if not any(name in one.model_fields for one in above)
    }


def _without(field: FieldInfo) -> str:
    """What the page says in the second column."""
    return "yes" if field.is_required() else _written(field.get_default())


def _written(value: object) -> str:
    if value in (None, ()):
        return "–"
    return f"`{_toml(value)}`"


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case Enum() | str():
            return f'"{value.value if isinstance(value, Enum) else value}"'
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case BaseModel():
            given = (f"{name} = {_toml(getattr(value, name))}" for name in sorted(value.model_fields_set))
            return f"{{ {', '.join(given)} }}" if value.model_fields_set else "{}"
    return str(value)


MODELS = {_heading(model): model for model in (*_models(Program), *SHARED)}


def test_every_table_has_its_section_and_no_other_stands_there():
    assert MODELS.keys() == SECTIONS.keys()
    assert all(get_origin(model) is None for model in MODELS.values())


@pytest.mark.parametrize("heading", MODELS)
def test_a_section_lists_exactly_the_fields_of_its_table(heading):
    assert SECTIONS[heading] == {name: _without(field) for name, field in _own(MODELS[heading]).items()}
