"""How far terms have come: what was reported and assessed, what is open, what has stopped, what was paid."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, Table, select
from sqlalchemy.engine import Connection

from deadlines.duties import Duty, DutyKind, outstanding
from deadlines.keydates import term_closes
from deadlines.zone import shanghai_day
from operations.desk import Running
from operations.placing import documents_of
from programs.stages import Tenure
from states import End
from store import among
from store import tables as t

#: Ends of those who were honored once and are not any more, or never were.
LOST = frozenset(End) - {End.HONORED, End.COMPLETED}


@dataclass(frozen=True, slots=True)
class Round:
    """One assessment; `number` 2 is the one after a rectification, which had until `rectify_by` (the first instant)."""

    period: int
    number: int
    result: str
    passed: bool
    rectify_by: datetime | None
    assessed_at: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """Benefits that stopped on a day, and ran again on another, if they did."""

    ordinal: int
    ground: str
    since: date
    resumed: date | None

    def covers(self, first: date, last: date) -> bool:
        """Whether nothing ran on any of these days."""
        return self.since <= first and (self.resumed is None or last < self.resumed)


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that was paid, in fen; of a benefit that is paid once the period is 0, and the term's `stage` is empty."""

    id: int
    stage: str
    benefit: str
    period: int
    instalment: int
    fen: int
    recovered: int
    document: str
    paid_at: datetime
    past: int | None

    @property
    def standing(self) -> int:
        """What was paid and not paid back."""
        return self.fen - self.recovered


@dataclass(frozen=True, slots=True)
class Term:
    """The term of one nomination. Without a tenure it begins with the document and has no end.

    `key` is the tenure's id as it was when the term began, `at` the standing. `begun` is its first day, none before an
    appointment or a document.
    """

    at: str
    stage: Tenure | None
    key: str
    begun: date | None
    honored_at: datetime | None
    reported: frozenset[int] = frozenset()
    rounds: tuple[Round, ...] = ()
    stops: tuple[Stop, ...] = ()
    payments: tuple[Paid, ...] = ()

    @property
    def mark(self) -> str:
        """Another text once anything was recorded in the term."""
        rounds = [(one.period, one.number) for one in self.rounds]
        stops = [(one.ordinal, one.resumed) for one in self.stops]
        payments = [(one.id, one.recovered) for one in self.payments]
        recorded = (self.at, self.key, self.begun, sorted(self.reported), rounds, stops, payments)
        return sha256(repr(recorded).encode()).hexdigest()[:16]

    @property
    def closes(self) -> datetime | None:
        """The first instant after the term; none where it has no end, or has not begun."""
        if self.stage is None or self.stage.years is None or self.begun is None:
            return None
        return term_closes(self.begun, self.stage.years)

    @property
    def is_over(self) -> bool:
        """Whether the nomination is at an end that a term does not survive."""
        return self.at in LOST or self.at == End.COMPLETED

    @property
    def last(self) -> Round | None:
        """The last assessment."""
        return self.rounds[-1] if self.rounds else None

    @property
    def is_rectifying(self) -> bool:
        """Whether a failed assessment is to be made good."""
        return self.stage is not None and not self.is_over and self.at.endswith(".rectification")

    @property
    def stop(self) -> Stop | None:
        """What stops the benefits now."""
        return next((stop for stop in self.stops if stop.resumed is None), None)

    @property
    def paid(self) -> int:
        """What was paid and not paid back, in fen, in all terms."""
        return sum(one.standing for one in self.payments)

    def passed(self, period: int) -> bool:
        """Whether the assessment of a period was passed in the end."""
        of_period = [one for one in self.rounds if one.period == period]
        return bool(of_period) and of_period[-1].passed

    def rectified_by(self, now: datetime) -> datetime | None:
        """Return until when a failed assessment may still be made good, and was not checked; none where it may not."""
        last = self.last
        if not self.is_rectifying or last is None or last.number > 1 or last.rectify_by is None:
            return None
        return last.rectify_by if last.rectify_by > now else None

    def is_to_end(self, now: datetime) -> bool:
        """Whether the next sweep takes the title away: the program says so, and it was not made good."""
        last = self.last
        if self.stage is None or self.stage.unrectified != "sweep" or not self.is_rectifying or last is None:
            return False
        return last.number > 1 or (last.rectify_by is not None and last.rectify_by <= now)

    def open_duties(self, now: datetime) -> tuple[tuple[Duty, ...], datetime | None]:
        """Return what is to be done now, the earliest due first, and the next instant at which that changes."""
        if self.stage is None or self.begun is None or self.is_over:
            return (), None
        done = {(DutyKind.REPORT.value, period) for period in self.reported}
        done |= {(DutyKind.ASSESSMENT.value, one.period) for one in self.rounds}
        opened, later = outstanding(self.stage, self.begun, done, now)
        last = self.last
        timed = next(((one.assessed_at, one.rectify_by) for one in reversed(self.rounds) if one.rectify_by), None)
        if not self.is_rectifying or last is None or timed is None:
            # Who failed before assessments were kept here has no time by which it is to be made good.
            return opened, later
        made_good = Duty(DutyKind.RECTIFICATION, last.period, *timed)
        ahead = [at for _, at in made_good.rungs() if at > now]
        return tuple(sorted((made_good, *opened), key=lambda one: one.due)), min(
            [*ahead, *([later] if later else [])], default=None
        )


def terms_of(connection: Connection, running: Mapping[int, Running], rows: Sequence[Row[Any]]) -> dict[int, Term]:
    """Return the term of each nomination row of one program, by its id; `running` are its versions."""
    ids = [row.id for row in rows]
    if not ids:
        return {}
    kept = {one.nomination_id: one for one in _rows(connection, t.tenure, ids)}
    honored = documents_of(connection, rows[0].program_id, ids)
    reports, rounds = _by_nomination(connection, t.duty_report, ids), _by_nomination(connection, t.assessment, ids)
    stops, payments = _by_nomination(connection, t.suspension, ids), _by_nomination(connection, t.payment, ids)
    found: dict[int, Term] = {}
    for row in rows:
        mine, issued_at = kept.get(row.id), honored.get(row.id)
        key = mine.stage if mine else ""
        found[row.id] = Term(
            at=row.stage,
            stage=_stage(running[row.revision], row, key),
            key=key,
            begun=mine.begun if mine else shanghai_day(issued_at) if issued_at else None,
            honored_at=issued_at,
            reported=frozenset(one.period for one in reports[row.id] if one.stage == key),
            rounds=tuple(
                Round(one.period, one.round, one.result, one.passed, one.rectify_by, one.assessed_at)
                for one in rounds[row.id]
                if one.stage == key
            ),
            stops=tuple(Stop(one.ordinal, one.ground, one.since, one.resumed) for one in stops[row.id]),
            payments=tuple(
                Paid(
                    one.id,
                    one.stage,
                    one.benefit,
                    one.period,
                    one.instalment,
                    one.fen,
                    one.recovered,
                    one.document,
                    one.paid_at,
                    one.past_id,
                )
                for one in payments[row.id]
            ),
        )
    return found


def _stage(running: Running, row: Row[Any], key: str) -> Tenure | None:
    """Return the tenure where a nomination stands, or stood."""
    standing = running.pipeline.standings[row.stage]
    stage = None if standing.ended else running.program.stage(standing.stage)
    if isinstance(stage, Tenure):
        return stage
    tenures = [one for one in running.program.held_stages if isinstance(one, Tenure)]
    return next((one for one in tenures if one.id == key), tenures[-1] if tenures else None)


def _rows(connection: Connection, table: Table, ids: Iterable[int]) -> Sequence[Row[Any]]:
    query = select(table).where(among(table.c.nomination_id, list(ids))).order_by(*table.primary_key)
    return connection.execute(query).all()


def _by_nomination(connection: Connection, table: Table, ids: Iterable[int]) -> Mapping[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in _rows(connection, table, ids):
        found[row.nomination_id].append(row)
    return found
