"""What evaluators gave, kept between reads: a ranking of thousands is looked at again and again, a page at a time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from states.scoring import Evaluated

#: So many scores are kept, of whatever stages: some 15 MB.
_MOST: Final = 20_000


class ScoreRow(NamedTuple):
    """A score by its row: whose it is and when it was given tell, should a backup be brought back under it."""

    id: int
    nomination: int
    entered_at: datetime


class Given(NamedTuple):
    """What a score says, and on which track, by its id."""

    track: str
    evaluated: Evaluated


class KnownScores:
    """Scores by their rows. One for a process; of a transaction that writes, which may never be, nothing is kept.

    A row is never changed, but for that another takes its place: which of them count is asked each time.
    """

    def __init__(self) -> None:
        self._kept: dict[ScoreRow, Given] = {}

    def of(
        self, rows: Sequence[ScoreRow], read: Callable[[Sequence[ScoreRow]], Mapping[ScoreRow, Given]]
    ) -> Mapping[ScoreRow, Given]:
        """Return what these scores say, those that are not known as they are `read`; maybe with others."""
        kept = self._kept
        missing = [row for row in rows if row not in kept]
        if len(kept) + len(missing) > _MOST:
            kept, missing = {}, list(rows)
        if missing:
            # Another in its place, since others are reading this one.
            kept = {**kept, **read(missing)}
            if len(kept) <= _MOST:
                self._kept = kept
        return kept
