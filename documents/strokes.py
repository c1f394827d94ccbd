"""Names in the order of strokes (姓氏笔画为序).

Characters are told apart by their number of strokes; those of as many stand as in the 通用规范汉字表, which within each
of its levels goes by the strokes themselves (横竖撇点折). Those of a lower level follow, then those in none.
"""

from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from typing import Final, TypeVar

T = TypeVar("T")

#: Behind every character whose strokes are known.
_UNKNOWN: Final = 1_000


@cache
def _places() -> dict[str, tuple[int, int]]:
    """Return the number of strokes of each character, and its place among those of as many."""
    text = files("documents").joinpath("strokes.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {
        character: (strokes, place) for strokes, line in enumerate(lines, 1) for place, character in enumerate(line)
    }


def stroke_key(name: str) -> tuple[tuple[int, int], ...]:
    """Return what names are ordered by: character after character, the surname first; a shorter name comes first."""
    places = _places()
    return tuple(places.get(character, (_UNKNOWN, ord(character))) for character in name if not character.isspace())


def by_strokes(things: Iterable[T], name: Callable[[T], str]) -> list[T]:
    """Return things in the order of their names' strokes."""
    return sorted(things, key=lambda one: stroke_key(name(one)))
