"""A program as a TOML text: what its file would say, for a program of which only the definition is kept."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from pydantic import BaseModel

from programs.model import Program

#: An entry that says no more than so many characters stands on the line of its field.
_SHORT = 100


def program_text_of(program: Program) -> str:
    """Return a text that `parse_program` reads as the same program; what says no more than a default is left out."""
    return "\n".join(_table(_said(program), ())) + "\n"


def _said(part: BaseModel) -> dict[str, Any]:
    """Return what a part says, in the order of its fields; its kind always, which tells it from other kinds."""
    plain, said = part.model_dump(mode="json"), {}
    for name, about in type(part).model_fields.items():
        value = getattr(part, name)
        if value is None or (name != "kind" and value == about.get_default(call_default_factory=True)):
            continue
        said[name] = value if isinstance(value, date) else _inner(value, plain[name])
    return said


def _inner(value: Any, plain: Any) -> Any:  # noqa: ANN401 - a program holds values of any kind
    """Return a value as TOML can hold it; `plain` is it as JSON has it."""
    if isinstance(value, BaseModel):
        return plain if not isinstance(plain, dict) else _said(value)
    if isinstance(value, Mapping):
        return {str(key): _inner(one, plain[key]) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_inner(one, other) for one, other in zip(value, plain, strict=True)]
    return value.value if isinstance(value, Enum) else plain


def _table(said: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a table: its own fields first, then what lies within it."""
    beneath: list[tuple[str, Any]] = []
    for name, value in said.items():
        line = f"{_key(name)} = {_written(value)}"
        if (not path and _has_parts(value)) or (_has_parts(value) and (_is_list(value) or len(line) > _SHORT)):
            beneath.append((name, value))
        else:
            yield line
    for name, value in beneath:
        within = (*path, name)
        for one in value if _is_list(value) else (value,):
            mark = ("[[", "]]") if _is_list(value) else ("[", "]")
            yield ""
            yield f"{mark[0]}{'.'.join(map(_key, within))}{mark[1]}"
            yield from _table(one, within)


def _has_parts(value: Any) -> bool:  # noqa: ANN401 - see `_inner`
    return isinstance(value, dict) or (_is_list(value) and bool(value) and isinstance(value[0], dict))


def _is_list(value: Any) -> bool:  # noqa: ANN401 - see `_inner`
    return isinstance(value, list)


def _written(value: Any) -> str:  # noqa: ANN401 - see `_inner`
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_written(one)}" for name, one in value.items()) + " }"
    if _is_list(value):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, datetime | date):
        return value.isoformat()
    # A JSON string is a TOML one, but for the one character that JSON lets stand.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return (
        name
        if name.isascii() and name.replace("_", "").replace("-", "").isalnum()
        else json.dumps(name, ensure_ascii=False)
    )
