"""What came of one scene of a rehearsal."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from operations.results import Batch, Denied, Moved
from states import Move


@dataclass
class Summary:
    """What happened in one scene: moves by kind, cuts at which somebody was level, refusals, and what else is told."""

    moved: Counter[Move] = field(default_factory=Counter)
    ties: int = 0
    refused: list[Denied] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the scene as the store keeps it; its sentences are Chinese and English."""
        return {
            "moved": {move.value: count for move, count in sorted(self.moved.items())},
            "ties": self.ties,
            "refused": [
                {
                    "number": one.number,
                    "refusals": [
                        {"gate": why.gate, "reason": list(why.reason), "remedy": list(why.remedy), "clause": why.clause}
                        for why in one.refusals
                    ],
                }
                for one in self.refused
            ],
            "notes": self.notes,
        }

    def take(self, outcome: object) -> None:
        """Count what came of a use case: a move, several, or a refusal."""
        if isinstance(outcome, Denied):
            self.refused.append(outcome)
        elif isinstance(outcome, Moved):
            self.moved[outcome.move] += 1
        elif isinstance(outcome, Batch):
            self.moved.update(one.move for one in outcome.moved)
            self.refused += outcome.denied
