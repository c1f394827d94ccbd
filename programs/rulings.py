"""What the notice leaves open, and how a decision on it changes the program.

A ruling names the places of the program that it settles. A decision is written to each of them and the whole program
is validated again, so a decision can never make a program that could not have been written by hand.
"""

from datetime import date
from typing import Any

from pydantic import Field

from programs.base import Clause, Identified, Name

Decision = bool | int | date | str


class Ruling(Identified):
    """One question that the notice leaves open, with the shipped default and its basis.

    `settles` holds dotted paths into the program; list entries are found by their id, for example
    `stages.recommendation.tiers.city.deadline.inclusive`. Without a path the decision is recorded in words.
    `decision` is left out where no default would be honest; the program then stays closed until somebody decides.
    """

    question: str = Field(min_length=1)
    clause: Clause
    decision: Decision | None = None
    basis: str = Field(min_length=1)
    otherwise: str = Field(min_length=1, description="what changes if it is decided otherwise")
    settles: tuple[Name, ...] = ()


def read_place(document: dict[str, Any], path: str) -> Any:  # noqa: ANN401 - a program's value may be of any kind
    """Return the value at a dotted path of a dumped program.

    Raises `KeyError` with the first step that does not exist.
    """
    value: Any = document
    for step in path.split("."):
        value = _step(value, step)
    return value


def write_place(document: dict[str, Any], path: str, value: object) -> None:
    """Put a value at a dotted path of a dumped program. Raises `KeyError` as `read_place` does."""
    *parents, last = path.split(".")
    holder: Any = document
    for step in parents:
        holder = _step(holder, step)
    if not isinstance(holder, dict) or last not in holder:
        raise KeyError(last)
    holder[last] = value


def _step(value: Any, step: str) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, dict):
        return value[step]
    if isinstance(value, list | tuple):
        for item in value:
            if isinstance(item, dict) and item.get("id") == step:
                return item
    raise KeyError(step)
