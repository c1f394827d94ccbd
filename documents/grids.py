"""Tables whose cells span columns, as the shipped forms are made of. A table has 24 columns that nobody sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from documents.layout import TEXT_WIDTH, Style, text
from documents.ooxml import node

COLUMNS: Final = 24


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell: its paragraphs, how many of the columns it spans, and whether it goes on below."""

    content: str
    span: int
    merge: Literal["restart", "continue"] | None = None
    valign: Literal["center", "top"] = "center"


def grid(rows: Iterable[str], *, width: int = TEXT_WIDTH, ruled: bool = True) -> str:
    """Return a table of rows that `row` and `tag` made."""
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    kind = {"val": "single", "sz": 4, "space": 0, "color": "auto"} if ruled else {"val": "nil"}
    return node(
        "tbl",
        node(
            "tblPr",
            node("tblW", w=width, type="dxa"),
            node("jc", val="center"),
            node("tblBorders", *(node(side, **kind) for side in sides)),
            node("tblLayout", type="fixed"),
            node("tblCellMar", node("left", w=57, type="dxa"), node("right", w=57, type="dxa")),
        ),
        node("tblGrid", *(node("gridCol", w=width // COLUMNS) for _ in range(COLUMNS))),
        *rows,
    )


def row(cells: Iterable[GridCell], *, height: int, width: int = TEXT_WIDTH, heading: bool = False) -> str:
    """Return a row at least so high, in twentieths of a point; a row never breaks across pages unless it must."""
    return node(
        "tr",
        node(
            "trPr", node("cantSplit"), node("trHeight", val=height, hRule="atLeast"), *([node("tblHeader")] * heading)
        ),
        *(
            node(
                "tc",
                node(
                    "tcPr",
                    node("tcW", w=width // COLUMNS * cell.span, type="dxa"),
                    *([node("gridSpan", val=cell.span)] if cell.span > 1 else []),
                    *([node("vMerge", val=cell.merge)] if cell.merge else []),
                    node("vAlign", val=cell.valign),
                ),
                cell.content,
            )
            for cell in cells
        ),
    )


def tag(style: Style, words: str) -> str:
    """Return a row that holds a template's tag and goes when the template is filled."""
    return row([GridCell(text(style, words), COLUMNS)], height=0)


def spans(count: int) -> tuple[int, ...]:
    """Return how many columns each of so many cells spans, as alike as can be."""
    wide, rest = divmod(COLUMNS, count)
    return tuple(wide + (place < rest) for place in range(count))
