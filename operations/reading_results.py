"""Who sees scores and rankings: the office and supervisors all, experts their own until a ranking is settled."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from operations.actors import Role
from operations.acts import Act
from operations.authority import matter_at, refuses
from operations.desk import Desk, Running
from operations.evaluated import Score, ranking_stage, scores_of, standing_here, track_of
from operations.experts.sight import Sight
from operations.numbered import find
from operations.policy import Deed
from operations.results import Denied
from programs import Words
from states import Refusal
from states.ranking import exact
from states.scoring import total_of
from store import tables as t


class Reader:
    """What one actor sees of the scores and the ranking of a stage; where nobody is named, it is all.

    `refusal` is why they see nothing at all.
    """

    def __init__(self, connection: Connection, running: Running, stage_id: str, act: Act | None) -> None:
        self._running = running
        self._act = act
        self.refusal: Refusal | None = None
        self._settled: frozenset[int] | None = None
        self._sight: Sight | None = None
        if act is None:
            return
        self.refusal = refuses(connection, act.actor, Deed.SEE_RESULTS, matter_at(running, stage_id))
        self._sight = Sight(connection, act.actor, act.now)
        if self.refusal is None and act.actor.role is Role.EXPERT:
            of = t.ranked.c
            ranked = select(of.nomination_id).join_from(t.ranked, t.nomination).where(of.stage == stage_id)
            ranked = ranked.where(t.nomination.c.program_id == running.program.id)
            self._settled = frozenset(connection.execute(ranked).scalars())

    def sees(self, row: Row[Any], evaluator: str) -> bool:
        """Whether they see what an evaluator gave a nominee."""
        if self._sight is None or self._act is None:
            return True
        if self._sight.recused(self._running, row) is not None:
            return False
        return self._settled is None or evaluator == self._act.actor.name or row.id in self._settled

    @property
    def blind(self) -> bool:
        """Whether they are told no names."""
        return self._sight is not None and self._sight.blind(self._running.program)

    def waits(self, *, settled: bool) -> Refusal | None:
        """Refuse an expert who asks for a ranking before it is settled: it would tell what others gave."""
        if self._settled is None or settled:
            return None
        return Refusal(
            "ranking-settled",
            Words("排序确定之前，专家只能查看自己的评分", "experts see their own scores until the ranking is settled"),
            Words("请用 linxuan review scores 查看自己的评分", "see yours with: linxuan review scores"),
        )


@dataclass(frozen=True, slots=True)
class ShownScore:
    """One evaluator's score, for people: `total` on a scale of 100."""

    number: str
    nominee: str
    score: Score
    total: str


def scores_at(
    desk: Desk,
    program_id: str,
    stage_id: str,
    *,
    act: Act | None = None,
    track_id: str | None = None,
    number: str | None = None,
) -> list[ShownScore] | Denied:
    """Return the scores of those who stand at a stage, or of one nominee who was there, by number, track, evaluator.

    `act` says who looks: an expert sees their own alone until a ranking is settled, and nothing of whom they are
    recused from. Raises `UnknownError` for what is not there.
    """
    with desk.store.read() as connection:
        running = desk.holding(connection, program_id, stage_id)
        stage = ranking_stage(running, stage_id)
        wanted = stage.tracks if track_id is None else (track_of(stage, track_id),)
        tracks = {track.id: track for track in wanted}
        rows = (
            standing_here(connection, program_id, stage_id)
            if number is None
            else [find(connection, number, lock=False)]
        )
        by_id = {row.id: row for row in rows if row.program_id == program_id}
        reader = Reader(connection, running, stage_id, act)
        if reader.refusal:
            return Denied((reader.refusal,))
        found = [
            one
            for one in scores_of(connection, list(by_id), stage_id)
            if one.track in tracks and reader.sees(by_id[one.nomination], one.evaluator)
        ]
        order = list(tracks)
        found.sort(key=lambda one: (by_id[one.nomination].number, order.index(one.track), one.evaluator))
        return [
            ShownScore(
                by_id[one.nomination].number,
                "" if reader.blind else by_id[one.nomination].nominee,
                one,
                exact(total_of(tracks[one.track], one.points)),
            )
            for one in found
        ]


def revisions_of(desk: Desk, stage_id: str, number: str, *, act: Act | None = None) -> list[dict[str, Any]] | Denied:
    """Return every score that a nominee had at a stage, superseded ones too, in the order in which they were entered.

    As `scores_at` shows them to whoever looks.
    """
    with desk.store.read() as connection:
        row = find(connection, number, lock=False)
        running = desk.holding(connection, row.program_id, stage_id)
        ranking_stage(running, stage_id)
        reader = Reader(connection, running, stage_id, act)
        if reader.refusal:
            return Denied((reader.refusal,))
        of = t.score.c
        query = select(t.score).where(of.nomination_id == row.id, of.stage == stage_id).order_by(of.id)
        return [
            {key: value for key, value in one.items() if key not in ("id", "nomination_id")}
            for one in connection.execute(query).mappings()
            if reader.sees(row, one["evaluator"])
        ]
