"""Where a nomination lands: who must act on it there, until when, and which limited places it holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.engine import Connection

from deadlines.keydates import term_closes
from deadlines.zone import shanghai_day
from operations.desk import NEVER, Due, Running
from operations.paths import path_of
from programs import Path, Program
from programs.dates import Duration
from programs.model import Quota
from programs.stages import Issuance, Publicity, Recommendation, Screening, Tenure
from states import Limit, Move
from store import among, hold
from store import tables as t

#: A body by its name, or the column that holds it.
_Body = TypeVar("_Body")


def holder_at(running: Running, key: str, path: Path, unit: _Body, nominator: _Body) -> _Body | str | None:
    """Return who must act at a standing on a path: of these two, or an office by its name; nobody at an end."""
    standing = running.pipeline.standings[key]
    if standing.ended:
        return None
    stage = running.program.stage(standing.stage)
    if isinstance(stage, Recommendation):
        tiers = [f"{stage.id}.{tier.id}" for tier in stage.tiers if tier.concerns(*path)]
        place = tiers.index(key)
        return unit if place == 0 else standing.office if place == len(tiers) - 1 else nominator
    if isinstance(stage, Screening) and key != stage.id:
        return nominator
    return standing.office


def is_held_by_side(running: Running, key: str) -> bool:
    """Whether who must act at a standing is on every path the nominee's own unit or nominator, and no named office."""
    standing = running.pipeline.standings[key]
    if standing.ended:
        return False
    stage = running.program.stage(standing.stage)
    if isinstance(stage, Recommendation):
        tiers = [f"{stage.id}.{tier.id}" for tier in stage.tiers]
        return key in tiers and any(tier.concerns_all for tier in stage.tiers[tiers.index(key) + 1 :])
    return isinstance(stage, Screening) and key != stage.id


class Landing:
    """Answers for one transaction who holds a nomination at a standing, and when time moves it on from there."""

    def __init__(self, connection: Connection, running: Running, now: datetime) -> None:
        self._connection = connection
        self._running = running
        self._now = now
        self._newest: dict[str, int | None] = {}
        self._closes: dict[int | None, Due] = {}
        self._honored_at: dict[int, datetime] | None = None

    def holder(self, key: str, row: Row[Any]) -> str | None:
        """Return the organization that must act.

        The first tier is the nominee's own unit, the last one the office that takes in, those between nominate. A
        correction is the nominator's to hand in.
        """
        return holder_at(self._running, key, path_of(row), str(row.unit), str(row.nominator))

    def due(self, key: str, row: Row[Any]) -> Due:
        """Return when time moves the nomination on."""
        standing = self._running.pipeline.standings[key]
        if standing.ended:
            return NEVER
        stage = self._running.program.stage(standing.stage)
        if isinstance(stage, Recommendation):
            return self._running.due_at_tier(key, path_of(row))
        if said := self.correction(key):
            period = self._running.count(said, self._now)
            return Due(period.closes, period.provisional)
        if isinstance(stage, Publicity) and key == f"{stage.id}.running":
            return self._list_closes(self.publicity(key, row))
        return Due(self._term_closes(stage, row)) if isinstance(stage, Tenure) else NEVER

    def correction(self, key: str) -> Duration | None:
        """Return how the time to correct is counted that begins at a standing, if one does."""
        standing = self._running.pipeline.standings[key]
        stage = None if standing.ended else self._running.program.stage(standing.stage)
        return stage.correction if isinstance(stage, Screening) and key != stage.id else None

    def publicity(self, key: str, row: Row[Any]) -> int | None:
        """Return the list that a nomination is on: the newest of a stage where it was published just now, or its own.

        Another list may have been published since the one that an objector held a nominee back from.
        """
        standing = self._running.pipeline.standings[key]
        if standing.ended or row.stage != standing.stage or key != f"{standing.stage}.running":
            own: int | None = row.publicity_id
            return own
        return self._newest_list(standing.stage)

    def _newest_list(self, stage: str) -> int | None:
        if stage not in self._newest:
            self._newest[stage] = self._connection.execute(
                select(func.max(t.publicity.c.id)).where(
                    t.publicity.c.program_id == self._running.program.id, t.publicity.c.stage == stage
                )
            ).scalar()
        return self._newest[stage]

    def _list_closes(self, publicity: int | None) -> Due:
        """Return when a list lets its nominees go: it must be over, and the time to object as well."""
        if publicity not in self._closes:
            of = t.publicity.c
            listed = self._connection.execute(
                select(of.objections_close_at, of.provisional).where(of.id == publicity)
            ).one_or_none()
            self._closes[publicity] = Due(*listed) if listed else NEVER
        return self._closes[publicity]

    def _term_closes(self, stage: Tenure, row: Row[Any]) -> datetime | None:
        # A term runs from its own document, whatever was issued since.
        if self._running.pipeline.standings[row.stage].stage == stage.id:
            own: datetime | None = row.due_at
            return own
        first = self._first_day(stage, row)
        return term_closes(first, stage.years) if first and stage.years else None

    def _first_day(self, stage: Tenure, row: Row[Any]) -> date | None:
        """Return the first day of a term that begins: that of its own document, none before an appointment."""
        if stage.begins == "appointment":
            return None
        here = self._running.pipeline.standings[row.stage]
        if not here.ended and isinstance(self._running.program.stage(here.stage), Issuance):
            return shanghai_day(self._now)
        if self._honored_at is None:
            self._honored_at = documents_of(self._connection, self._running.program.id)
        issued_at = self._honored_at.get(row.id)
        return shanghai_day(issued_at) if issued_at else None


def documents_of(connection: Connection, program_id: str, ids: Sequence[int] | None = None) -> dict[int, datetime]:
    """Return when the last document that honored each nomination of a program was issued, by the nomination's id."""
    of, document = t.award.c, t.document.c
    query = select(of.nomination_id, func.max(document.issued_at)).select_from(
        t.award.join(t.document, (document.program_id == of.program_id) & (document.number == of.document))
    )
    query = query.where(of.program_id == program_id).group_by(of.nomination_id)
    rows = connection.execute(query if ids is None else query.where(among(of.nomination_id, ids)))
    return dict(rows.tuples().all())


def last_issued(connection: Connection, program_id: str) -> dict[str, datetime]:
    """Return the instants of a program's last documents, from which tenures count, by the stages of issuance."""
    of = t.document.c
    query = select(of.stage, func.max(of.issued_at)).where(of.program_id == program_id).group_by(of.stage)
    return dict(connection.execute(query).tuples().all())


@dataclass(frozen=True, slots=True)
class SharedLanding:
    """Who holds a nomination at a standing, and when time moves it on, where that is the same for all."""

    holder: str | None
    due_at: datetime | None


def shared_landing(running: Running, key: str) -> SharedLanding | None:
    """Return what `Landing` answers at a standing for every nomination alike; none where it differs."""
    standing = running.pipeline.standings[key]
    if standing.ended:
        return SharedLanding(None, None)
    differs = isinstance(running.program.stage(standing.stage), Recommendation | Tenure) or key != standing.stage
    return None if differs else SharedLanding(standing.office, None)


#: Moves after which a nomination no longer holds any place of a limit.
_GIVES_ALL_BACK = frozenset({Move.WITHDRAW, Move.DISQUALIFY, Move.UPHOLD, Move.DEFER})

#: Moves after which it will not be honored, though it was put forward and went on.
_GIVES_SEATS_BACK = frozenset({Move.ELIMINATE, Move.REJECT, Move.LAPSE})


class Places:
    """The limited places of one program, as one transaction sees and takes them."""

    def __init__(self, connection: Connection, program: Program) -> None:
        self._connection = connection
        self._program_id = program.id
        self._quotas = program.quotas
        self._allotted: dict[tuple[str, str], dict[str, int]] = {}
        self._taken: dict[tuple[str, str], set[int]] = {}
        self._new: list[dict[str, object]] = []
        self._going_on: dict[str, int] = {}

    def hold(self, wanted: Iterable[tuple[Row[Any], Iterable[Limit]]]) -> None:
        """Hold these nominations' limits, before any place of them is counted.

        Two could otherwise both find the last place free, and one of them would fail instead of being refused.
        """
        matters = [
            ("limit", self._program_id, limit.key, _owner(limit, row)) for row, limits in wanted for limit in limits
        ]
        hold(self._connection, matters)

    def left(self, limits: Iterable[Limit], row: Row[Any]) -> dict[str, int]:
        """Return how many places each limit still has for this nomination; below 0 where fewer were allotted since."""
        allotted = self.allotted(row)
        return {
            limit.key: max(allotted.get(limit.key, limit.count), self._ranked(limit.key))
            - len(self._ordinals(limit, row))
            for limit in limits
        }

    def _ranked(self, limit: str) -> int:
        """Return how many settled rankings send on from a stage: more than its cut, where all who are level go on."""
        kind, _, stage = limit.partition(".")
        if kind != "keep":
            return 0
        if stage not in self._going_on:
            of = t.ranking.c
            query = select(func.count()).select_from(t.ranked.join(t.ranking, t.ranked.c.ranking_id == of.id))
            self._going_on[stage] = self._connection.execute(
                query.where(of.program_id == self._program_id, of.stage == stage, t.ranked.c.goes_on)
            ).scalar_one()
        return self._going_on[stage]

    def allotted(self, row: Row[Any]) -> dict[str, int]:
        """Return how many places of quotas the nomination's nominator, or unit, has been allotted, by limit."""
        owners = (str(row.host or row.nominator), str(row.unit))
        if owners not in self._allotted:
            of = t.allotment.c
            found = self._connection.execute(
                select(of.quota, of.owner, of.places).where(of.program_id == self._program_id, of.owner.in_(owners))
            ).all()
            per = {quota.id: quota.per for quota in self._quotas}
            own = {"nominator": owners[0], "unit": owners[1]}
            self._allotted[owners] = {
                f"quota.{one.quota}": one.places for one in found if own.get(per.get(one.quota, "")) == one.owner
            }
        return self._allotted[owners]

    def take(self, limits: Iterable[Limit], row: Row[Any]) -> None:
        """Give the nomination the lowest free place of each limit."""
        for limit in limits:
            taken = self._ordinals(limit, row)
            # Reserves stand in the order in which they were named, whoever has left it.
            ordered = limit.key.startswith("reserves.")
            ordinal = (
                max(taken, default=0) + 1
                if ordered
                else next(free for free in range(1, len(taken) + 2) if free not in taken)
            )
            taken.add(ordinal)
            self._new.append(
                {
                    "program_id": self._program_id,
                    "limit_key": limit.key,
                    "owner": _owner(limit, row),
                    "ordinal": ordinal,
                    "nomination_id": row.id,
                }
            )

    def settle(self, what: Move, moved: Mapping[int, str], quotas: Iterable[Quota]) -> None:
        """Write the places taken by a move of these nominations (id → where from), and give back those that it ends."""
        if self._new:
            self._connection.execute(insert(t.place), self._new)
            self._new = []
        if what in _GIVES_ALL_BACK:
            self._connection.execute(delete(t.place).where(among(t.place.c.nomination_id, list(moved))))
        if what in _GIVES_SEATS_BACK:
            # A seat is for whoever is honored in the end; what was used of a quota, or of those who go on, stays used.
            seats = t.place.c.limit_key.startswith("seats.", autoescape=True)
            self._connection.execute(delete(t.place).where(among(t.place.c.nomination_id, list(moved)), seats))
        left_behind = [nomination for nomination, source in moved.items() if source.endswith(".reserve")]
        if left_behind:
            reserves = t.place.c.limit_key.startswith("reserves.", autoescape=True)
            self._connection.execute(delete(t.place).where(among(t.place.c.nomination_id, left_behind), reserves))
        if what is Move.RETURN:
            # Who is sent back to the tier before gives its place here back; a correction leaves no tier.
            for nomination, source in moved.items():
                left = [f"quota.{quota.id}" for quota in quotas if source.partition(".")[2] == quota.tier]
                held = (t.place.c.nomination_id == nomination, t.place.c.limit_key.in_(left))
                self._connection.execute(delete(t.place).where(*held))

    def _ordinals(self, limit: Limit, row: Row[Any]) -> set[int]:
        owner = _owner(limit, row)
        if (limit.key, owner) not in self._taken:
            self._taken[limit.key, owner] = set(
                self._connection.execute(
                    select(t.place.c.ordinal).where(
                        t.place.c.program_id == self._program_id,
                        t.place.c.limit_key == limit.key,
                        t.place.c.owner == owner,
                    )
                ).scalars()
            )
        return self._taken[limit.key, owner]


def _owner(limit: Limit, row: Row[Any]) -> str:
    """Whose places a limit counts for this nomination."""
    if limit.per == "nominator":
        return str(row.host or row.nominator)
    return "" if limit.per == "program" else str(row.unit)
