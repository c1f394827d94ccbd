"""What is found in a table cell by cell, as a page shows it, and what is typed there to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from console.forms import Form, whole
from operations.columns import label_of
from operations.rows import CellFinding
from operations.sheets import TakenIn
from programs import Words
from store import masked

#: Cells of which only the ends are shown, to be typed anew and not mended.
_HIDDEN: Final = frozenset({"identity", "phone", "bank_account"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A finding as a page shows it: where, whose row it is, what stands there, and the field in which it is mended."""

    address: str
    heading: str
    whose: str
    value: str
    words: Words
    blocks: bool
    field: str | None
    hidden: bool


def cells_of(found: TakenIn) -> list[Cell]:
    """Return the findings as they are shown: what keeps the table out first, then by row."""
    ordered = sorted(found.findings, key=lambda one: (not one.blocks, one.row))
    return [_cell(found, one) for one in ordered]


def _cell(found: TakenIn, one: CellFinding) -> Cell:
    known = one.column is not None and one.column in found.table.columns
    hidden = one.column in _HIDDEN
    value = found.table.value(one.row, one.column) if known and one.column else one.value
    return Cell(
        address=found.table.address(one.row, one.column),
        heading=label_of(one.column) if one.column else "",
        whose=found.table.value(one.row, "nominee") if one.column != "nominee" else "",
        value=masked(value) if hidden and value else value,
        words=one.words,
        blocks=one.blocks,
        field=f"cell.{one.row}.{one.column}" if known else None,
        hidden=hidden,
    )


def changes_in(form: Form) -> Mapping[tuple[int, str], str]:
    """Return what was typed into cells; what was left as it stood, or hidden and left empty, is no change."""
    stood = form.given("was.")
    changes: dict[tuple[int, str], str] = {}
    for where, value in form.given("cell.").items():
        row, _, meaning = where.partition(".")
        number = whole(row)
        if number is not None and value != stood.get(where, ""):
            changes[number, meaning] = value
    return changes
