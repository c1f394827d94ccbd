"""What every stage of a pipeline has, whatever its kind."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from programs.base import Clause, Name, Scoped, unfit
from programs.dates import Window
from programs.undo import Undo
from programs.words import Words


class StageBase(Scoped):
    """What every stage has. A skipped one stays in the file, so that a ruling can bring it back."""

    label: ClassVar[Words]
    undoable: ClassVar[frozenset[str]] = frozenset()
    """The moves of this kind of stage that can be taken back, where the program says so."""

    name: Name
    clause: Clause
    window: Window | None = None
    office: Name | None = Field(default=None, description="who acts; the program's office when left out")
    remarks: str | None = None
    skipped: bool = Field(default=False, description="left out by a ruling")
    undo: Undo | None = Field(default=None, description="which moves may be taken back, and for how long")

    @model_validator(mode="after")
    def _takes_back_what_it_offers(self) -> Self:
        others = [move for move in (self.undo.moves if self.undo else ()) if move not in self.undoable]
        if others:
            raise unfit(
                Words(
                    f"“{self.label.zh}”没有可以撤销的操作：{'、'.join(others)}",
                    f"at a stage of the kind “{self.label.en}” nobody takes back: {', '.join(others)}",
                ),
                Words(
                    f"可写：{'、'.join(sorted(self.undoable)) or '无'}",
                    f"it may name {', '.join(sorted(self.undoable)) or 'none'}",
                ),
                at="undo.moves",
            )
        return self
