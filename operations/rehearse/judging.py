"""What the experts and the public of a rehearsal give, and the ranking made of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from operations.actors import Player, Role
from operations.acts import Act
from operations.desk import Desk
from operations.rankings import ranking_at, resolve_tie, settle_ranking
from operations.results import Denied
from operations.scores import Scored, enter_score
from operations.tallying import Tallied, import_tally
from programs.evaluations import Criterion, Track
from programs.stages import Vote
from states.ranking import Ranking
from states.scales import plain

OPINION: Final = "材料属实，业绩突出"

#: What the best of all would be worth.
_BEST: Final = Decimal(1000)


def score(
    desk: Desk, number: str, track: Track, points: int, act: Act, names: Sequence[str] = ()
) -> Iterator[Scored | Denied]:
    """As many experts as the track asks for give what a nominee is worth (0 to 1000), each of them alike.

    `names` are those whom it is assigned to, where experts are drawn.
    """
    panels: list[str | None] = [group.id for group in track.groups] or [None]
    for panel in panels:
        for place in range(1, track.scoring.at_least + 1):
            name = names[(place - 1) % len(names)] if names else f"{act.actor.name}{panel or ''}{place}"
            expert = Player(name, Role.EXPERT, act.actor.organization)
            given = {criterion.id: _given(criterion, points / _BEST) for criterion in track.criteria}
            mine = replace(act, actor=expert)
            yield enter_score(desk, number, track.id, given, mine, opinion=OPINION, panel=panel)


class Worth(NamedTuple):
    """What a nominee is worth (0 to 1000), and the `turn` that tells those apart who are worth the same."""

    points: int
    turn: int


def worth_of(here: Sequence[tuple[str, int]], keep: int | None) -> dict[str, Worth]:
    """Return what nominees (number, points) are worth: no two the same, but the last before a cut and the next one."""
    worth = {number: Worth(points, turn) for turn, (number, points) in enumerate(here, start=1)}
    best = sorted(worth, key=lambda number: (-worth[number].points, worth[number].turn))
    if keep and keep < len(best):
        worth[best[keep]] = worth[best[keep - 1]]
    return worth


def count_votes(
    desk: Desk, program_id: str, stage: Vote, worth: Mapping[str, Worth], act: Act
) -> Iterator[Tallied | Denied]:
    """Every platform counts for nominees (by number): the best have the most everywhere."""
    for place, platform in enumerate(stage.platforms or (None,), start=1):
        lines = [f"{number},{1000 * place * points - turn}" for number, (points, turn) in worth.items()]
        content = "\n".join(["编号,票数", *lines]).encode()
        name = f"演练票数{place}.csv"
        yield import_tally(desk, program_id, content, name, act, stage_id=stage.id, platform=platform)


def rank_them(desk: Desk, program_id: str, stage_id: str, act: Act) -> Ranking | Denied:
    """Settle the ranking; where some are level at the cut, they are put in the order of their numbers."""
    now = ranking_at(desk, program_id, stage_id)
    if isinstance(now, Denied):
        return now
    for level in now.ranking.open_ties:
        order = {number: len(level) - place for place, number in enumerate(sorted(level))}
        done = resolve_tie(desk, program_id, stage_id, order, act)
        if isinstance(done, Denied):
            return done
    settled = settle_ranking(desk, program_id, stage_id, act)
    return settled if isinstance(settled, Denied) else settled.ranking


def level_at_the_cut(ranking: Ranking) -> int:
    """Return how many had the same total as the last before the cut, if somebody behind it had, too; else none."""
    totals, left = [line.total for line in ranking.lines if line.total is not None], ranking.rules.left
    if left is None or not 0 < left < len(totals) or totals[left - 1] != totals[left]:
        return 0
    return totals.count(totals[left])


def _given(criterion: Criterion, share: Decimal) -> str:
    """Write what somebody gives who thinks so much of a nominee, from 0 to 1: within the scale, at a step of it."""
    if criterion.grades:
        grades = sorted(criterion.grades, key=lambda grade: grade.points)
        return grades[min(int(share * len(grades)), len(grades) - 1)].name
    return plain(criterion.full_marks * share // criterion.step * criterion.step)
