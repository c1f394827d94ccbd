"""Rankings that are kept: told again while what they are made of is the same, and no more than there is room for."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest

from deadlines import SHANGHAI
from operations.fingerprints import Fingerprint
from operations.known_rankings import Inputs, KnownRankings
from operations.ranked import Ranked
from programs.stages import Vote
from states.ranking import Entry, RankingRules, Resolution, Way, rank

STAGE = Vote(id="vote", name="投票", clause="一")
RULES = RankingRules((), vote_weight=Fraction(1))
SAME = Inputs("泸州", "review", RULES, (), Fingerprint(2, "2.3.5"), Fingerprint(4, "4.10.30"), ())


class Looking:
    """Whoever looks at rankings of so many lines; `worked_out` is how often one was."""

    def __init__(self, lines: int = 1) -> None:
        self.known, self.lines, self.worked_out = KnownRankings(), lines, 0

    def look(self, inputs: Inputs) -> Ranked:
        return self.known.of(inputs, self._ranked)

    def _ranked(self) -> Ranked:
        self.worked_out += 1
        ranking = rank(RULES, [Entry(str(number)) for number in range(self.lines)])
        return Ranked("泸州", STAGE, ranking, {})


def test_ranking_is_told_again_while_it_is_made_of_the_same():
    looking = Looking()
    assert looking.look(SAME) is looking.look(SAME._replace(how=replace(RULES)))
    assert looking.worked_out == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"program": "重庆"},
        {"stage": "vote"},
        {"how": replace(RULES, left=1)},
        {"how": (1, "2f")},
        {"resolutions": (Resolution(Way.PANEL, {"1": 1, "2": 2}),)},
        {"standing": Fingerprint(2, "2.4.10")},
        {"scores": Fingerprint(4, "4.11.35")},
        {"tallies": ((1, datetime(2026, 4, 1, 9, tzinfo=SHANGHAI)),)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_ranking_is_worked_out_anew_once_something_of_it_is_another(changed):
    looking = Looking()
    first = looking.look(SAME)
    assert looking.look(SAME._replace(**changed)) is not first
    assert looking.worked_out == 2


def test_no_more_lines_are_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr("operations.known_rankings._MOST", 5)
    looking = Looking(lines=2)
    three = [SAME._replace(stage=stage) for stage in ("one", "two", "three")]
    kept = [looking.look(one) for one in three]
    assert [looking.look(one) is before for one, before in zip(three[1:], kept[1:], strict=True)] == [True, True]
    assert (looking.look(three[0]) is kept[0], looking.worked_out) == (False, 4)
    # What is too long is not kept, and drives nothing out that is.
    looking.lines = 6
    assert looking.look(SAME) is not looking.look(SAME)
    assert looking.look(three[2]) is kept[2]
