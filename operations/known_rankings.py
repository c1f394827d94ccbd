"""Rankings that were worked out, kept between looks: of thousands one is looked at a page at a time."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from operations.fingerprints import Fingerprint
from operations.ranked import Ranked
from states.ranking import RankingRules, Resolution

#: So many lines are kept, of whatever stages: some 10 MB. A longer ranking is not kept.
_MOST: Final = 10_000


class Inputs(NamedTuple):
    """All that a ranking is made of: who stands there, and which scores, imports of votes and decisions count.

    `how` they are ranked: by rules, or as a settled ranking says, by its id and digest. What a score or an import says
    is never changed; another takes its place.
    """

    program: str
    stage: str
    how: RankingRules | tuple[int, str]
    resolutions: Sequence[Resolution]
    standing: Fingerprint
    scores: Fingerprint
    tallies: Sequence[tuple[int, datetime]]


class KnownRankings:
    """The rankings that were worked out last, one of each stage. One for a process; for reads alone."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[Inputs, Ranked]] = {}

    def of(self, inputs: Inputs, ranked: Callable[[], Ranked]) -> Ranked:
        """Return the ranking of these inputs, `ranked` where it is not known; its nominees are named by nobody."""
        place = (inputs.program, inputs.stage)
        known = self._kept.get(place)
        if known is not None and known[0] == inputs:
            return known[1]
        found = ranked()
        if len(found.ranking.lines) > _MOST:
            return found
        # Another in its place, since others are reading this one; the oldest go first.
        kept = {**{other: one for other, one in self._kept.items() if other != place}, place: (inputs, found)}
        while sum(len(one.ranking.lines) for _, one in kept.values()) > _MOST:
            del kept[next(iter(kept))]
        self._kept = kept
        return found
