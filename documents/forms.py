"""Forms that are filled in for a nominee: in Word, part by part, as the program says what they contain."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from documents.filling import SHIPPED, Sheet, fill
from programs.forms import Box, Boxes, Content, Datum, Entry, FormPart, Grid, Opinion, Opinions, Rows
from programs.materials import Material

#: How many lines of a grid a photo stands beside.
_BESIDE_PHOTO: Final = 4


@dataclass(frozen=True, slots=True)
class Filled:
    """What is known of one nominee, as text for people. What is missing stays blank on the form."""

    data: Mapping[Datum, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    def value(self, entry: Entry) -> str:
        """Return what stands beside an entry's label."""
        if entry.of:
            return self.data.get(entry.of, "")
        return self.facts.get(entry.fact, "") if entry.fact else ""


@dataclass(frozen=True, slots=True)
class Blank:
    """A form of a program: what it contains, and the points that the opinion of each tier must make.

    `organizer` is who issues the form, as its cover says.
    """

    material: Material
    content: Content
    organizer: str
    points: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The form's name without its book-title marks."""
        return self.material.name.strip("《》")

    @property
    def sheet(self) -> Sheet:
        """The paper that the notice asks for."""
        return Sheet(self.material.sheet or "A4", landscape=False, duplex=self.material.duplex)


def form(blank: Blank, filled: Filled, template: Path | None = None) -> bytes:
    """Return the form as a `.docx`, filled in. Raises `DocumentError` as `fill` does."""
    content = blank.content
    duplex = ("本表双面打印。",) if blank.material.duplex and not any("双面" in one for one in content.remarks) else ()
    return fill(
        template or SHIPPED / "nominee-form.docx",
        {
            "title": blank.title,
            "office": blank.organizer,
            "cover": [{"label": entry.label, "value": filled.value(entry)} for entry in content.cover],
            "rows": [row for part in content.parts for row in _rows(part, blank, filled)],
            "remarks": [*content.remarks, *duplex],
        },
        blank.sheet,
    )


def _rows(part: FormPart, blank: Blank, filled: Filled) -> Iterator[dict[str, Any]]:
    if part.title:
        yield {"kind": "title", "label": part.title}
    match part:
        case Grid():
            yield from _grid(part, filled)
        case Boxes():
            yield from (_box(box) for box in part.boxes)
        case Rows():
            kind = f"columns-{len(part.columns)}"
            yield {"kind": kind, "cells": list(part.columns)}
            yield from ({"kind": kind, "cells": [""] * len(part.columns)} for _ in range(part.blank))
        case Opinions():
            yield from (_opinion(opinion, blank) for opinion in part.opinions)


def _grid(part: Grid, filled: Filled) -> Iterator[dict[str, Any]]:
    """Lay labels and values side by side; an entry that is wide ends the line before it."""
    line: list[dict[str, str]] = []
    beside = _BESIDE_PHOTO if part.photo else 0
    begun = False
    for entry in part.entries:
        pair = {"label": entry.label, "value": filled.value(entry)}
        if entry.wide and not beside:
            yield from _line(line)
            line = []
            yield {"kind": "wide", **pair}
            continue
        line.append(pair)
        if beside and len(line) == 2:
            yield {"kind": "photo-next" if begun else "photo-first", "cells": line}
            line, begun, beside = [], True, beside - 1
        elif not beside and len(line) == 2:
            yield {"kind": "two", "cells": line}
            line = []
    if beside:
        # The photo is as high as ever, however few the entries are.
        while beside:
            cells = [*line, *[{"label": "", "value": ""}] * (2 - len(line))]
            yield {"kind": "photo-next" if begun else "photo-first", "cells": cells}
            line, begun, beside = [], True, beside - 1
    else:
        yield from _line(line)


def _line(line: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    """End a line that has one pair only."""
    if line:
        yield {"kind": "wide", **line[0]}


def _box(box: Box) -> dict[str, Any]:
    return {"kind": "box", "label": box.label, "hint": box.hint or "", "lines": box.lines}


def _opinion(opinion: Opinion, blank: Blank) -> dict[str, Any]:
    points = blank.points.get(opinion.tier or "", ())
    return {"kind": "opinion", "label": opinion.label, "points": "、".join(points), "lines": opinion.lines}
