"""Where the headings of a table stand: in one row, or in up to three where groups stand over headings of their own."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

#: How many rows headings stretch over at most: a group, a group within it, and the heading itself.
_TALLEST: Final = 3

#: What a column below a group is called that says the group's own name or level.
_ITS_OWN: Final = frozenset({"名称", "全称", "等级", "级别"})

#: Gives a heading its meaning, or none.
Meaning = Callable[[str], str | None]

#: Says of a group of headings whether what it says of a meaning is about somebody else than the row is.
Elsewhere = Callable[[str, str], bool]

#: Cells that are one: the first and the last of each, by row and column, counted from 0.
Merged = Iterable[tuple[tuple[int, int], tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Headings:
    """The rows of headings: the first, counted from 0, and how many; the columns by their meanings, and the others."""

    place: int
    height: int
    columns: dict[str, int]
    unknown: tuple[str, ...]


def folded(text: str) -> str:
    """Return a heading without what makes no difference: spaces, line breaks, width, and what stands in brackets."""
    plain = re.sub(r"[（(［\[【].*?[)）\]］】]", "", text)
    return "".join(plain.split()).strip("：:*＊").casefold()


def find_headings(
    rows: Sequence[Sequence[str]], merged: Merged, meaning: Meaning, elsewhere: Elsewhere, needed: str
) -> Headings | None:
    """Return the row, or the two or three that belong together, of which the most headings are understood.

    The `needed` one is among them. Of as many, those are taken that tell what is about somebody else, then the fewest
    rows, and of those the first. All rows are equally long.
    """
    spans, depths = _spans(merged, rows, meaning)
    best: tuple[tuple[int, bool, int], Headings] | None = None
    for place in range(len(rows)):
        tallest = min(_TALLEST, len(rows) - place)
        for height in range(min(depths.get(place, 1), tallest), tallest + 1):
            if not all(map(_has_groups, rows[place : place + height - 1])):
                break
            stacks = _stacks(rows, place, height, spans)
            columns, others = _meant(stacks, meaning, elsewhere)
            rank = (len(columns) + len(others), bool(others), -height)
            if needed in columns and (best is None or rank > best[0]):
                unknown = (" ".join(stack) for at, stack in enumerate(stacks) if stack and at not in columns.values())
                best = rank, Headings(place, height, columns, tuple(unknown))
    return best[1] if best else None


def _has_groups(row: Sequence[str]) -> bool:
    """Whether a row can be one of groups: it is no title, which stands alone, and has no labels, `推荐单位：江阳区`."""
    told = [cell for cell in row if cell]
    return len(told) != 1 and not any("：" in cell or ":" in cell for cell in told)


def _spans(
    merged: Merged, rows: Sequence[Sequence[str]], meaning: Meaning
) -> tuple[dict[tuple[int, int], int], dict[int, int]]:
    """Return of cells that are merged sideways where they begin, and how many rows headings reach down from a row."""
    spans: dict[tuple[int, int], int] = {}
    depths: dict[int, int] = {}
    for (top, left), (bottom, right) in merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        if right > left:
            spans |= {(top, column): left for column in range(left, min(right + 1, len(rows[top])))}
        if meaning(folded(rows[top][left])) is not None:
            depths[top] = max(depths.get(top, 1), bottom - top + 1)
    return spans, depths


def _stacks(
    rows: Sequence[Sequence[str]], place: int, height: int, spans: dict[tuple[int, int], int]
) -> list[tuple[str, ...]]:
    """Return what stands in each column from above, with the groups that reach over it."""
    end = place + height
    levels = [_spread(rows, at, end, spans) for at in range(place, end - 1)] + [list(rows[end - 1])]
    stacks: list[tuple[str, ...]] = []
    for column in zip(*levels, strict=True):
        stack: list[str] = []
        for text in column:
            if text and text not in stack[-1:]:
                stack.append(text)
        stacks.append(tuple(stack))
    return stacks


def _spread(rows: Sequence[Sequence[str]], at: int, end: int, spans: dict[tuple[int, int], int]) -> list[str]:
    """Write a group over each of its columns: those that are merged, or, where none are, the next that say nothing."""
    told = list(rows[at])
    has_below = [any(rows[row][column] for row in range(at + 1, end)) for column in range(len(told))]
    for column in range(1, len(told)):
        if told[column]:
            continue
        if (at, column) in spans:
            told[column] = rows[at][spans[at, column]]
        elif (at, column - 1) not in spans and has_below[column - 1] and has_below[column]:
            told[column] = told[column - 1]
    return told


def _meant(
    stacks: Sequence[tuple[str, ...]], meaning: Meaning, elsewhere: Elsewhere
) -> tuple[dict[str, int], frozenset[str]]:
    """Return the columns by their meanings, and what else is told, but of somebody else.

    A heading that is understood with its groups goes before one that is without.
    """
    found: list[tuple[int, int, str]] = []
    others: set[str] = set()
    for place, stack in enumerate(stacks):
        if not stack:
            continue
        told = _read(stack, meaning, elsewhere)
        if told is not None:
            found.append((told[0], place, told[1]))
        elif (meant := meaning(folded(stack[-1]))) is not None:
            others.add(meant)
    columns: dict[str, int] = {}
    for _, place, meant in sorted(found):
        columns.setdefault(meant, place)
    return columns, frozenset(others - columns.keys())


def _read(stack: tuple[str, ...], meaning: Meaning, elsewhere: Elsewhere) -> tuple[int, str] | None:
    """Return how many groups a heading is understood without, and what it means: the most of them first."""
    *groups, own = stack
    for kept in _choices(len(groups)):
        meant = meaning(folded("".join([*(groups[at] for at in kept), own])))
        left_out = [folded(group) for at, group in enumerate(groups) if at not in kept]
        if meant is not None and not any(elsewhere(group, meant) for group in left_out):
            return len(left_out), meant
    if groups and folded(own) in _ITS_OWN and (meant := meaning(folded(groups[-1]))) is not None:
        return 0, meant
    return None


def _choices(count: int) -> Iterator[tuple[int, ...]]:
    for kept in range(count, -1, -1):
        yield from combinations(range(count), kept)
