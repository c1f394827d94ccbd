"""The contested ends and turns that a rehearsal is for: which of them were played, and how often."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from programs import Words
from states import Move


class Case(StrEnum):
    """Something that goes otherwise than straight to the award, or to the end of a term."""

    TIED = "tied"
    DISMISSED = "dismissed"
    CORRECTED = "corrected"
    REMOVED = "removed"
    DEFERRED = "deferred"
    REPLACED = "replaced"
    RECTIFIED = "rectified"
    REVOKED = "revoked"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _LABELS[self]


_LABELS: Final = {
    Case.TIED: Words("并列", "level at a cut"),
    Case.DISMISSED: Words("异议不成立", "objection dismissed"),
    Case.CORRECTED: Words("异议后更正", "corrected after an objection"),
    Case.REMOVED: Words("异议成立撤下", "removed after an objection"),
    Case.DEFERRED: Words("暂缓到下届", "deferred to the next edition"),
    Case.REPLACED: Words("候补递补", "replaced from the reserves"),
    Case.RECTIFIED: Words("整改合格", "made good after a failed assessment"),
    Case.REVOKED: Words("取消称号", "revoked"),
}

#: Every case but a tie is a move, and is counted by it.
_MOVES: Final = {
    Move.SETTLE: Case.DISMISSED,
    Move.CORRECT: Case.CORRECTED,
    Move.UPHOLD: Case.REMOVED,
    Move.DEFER: Case.DEFERRED,
    Move.REPLACE: Case.REPLACED,
    Move.RECTIFY: Case.RECTIFIED,
    Move.REVOKE: Case.REVOKED,
}


def cases_of(scenes: Iterable[Mapping[str, Any]]) -> dict[Case, int]:
    """Return how often each case was played, in the order in which a program comes to them; none where it was not."""
    counted: Counter[Case] = Counter()
    for scene in scenes:
        # A rehearsal that was begun before ties were noted has scenes without them.
        counted[Case.TIED] += scene.get("ties", 0)
        for move, times in scene["moved"].items():
            if case := _MOVES.get(Move(move)):
                counted[case] += times
    return {case: counted[case] for case in Case if counted[case]}
