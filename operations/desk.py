"""What every operation works with: the store, the calendar, the vault, and the programs as they stand, compiled."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.engine import Connection

from deadlines.calendar import WorkCalendar
from deadlines.keydates import KeyDates, calendar_of, key_dates
from deadlines.periods import Period, publicity_period
from deadlines.zone import last_day_before, shanghai_day
from operations.results import UnknownError
from programs import Path, Program, Words
from programs.dates import Period as SaidPeriod
from programs.stages import Publicity, Screening
from states import Pipeline, compile_pipeline
from store import Store, Vault, hold
from store import tables as t


def definition(program_id: str) -> tuple[str, str]:
    """Name the matter that whoever changes a program holds alone, and whoever relies on it shares."""
    return "definition", program_id


@dataclass(frozen=True)
class Running:
    """A program as it stands in the store: its effective definition, compiled, with its key dates."""

    program: Program
    version: int
    opened_at: datetime | None
    national: WorkCalendar

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The calendar that the program counts by."""
        return calendar_of(self.program, self.national)

    @cached_property
    def pipeline(self) -> Pipeline:
        """The program's state machine."""
        return compile_pipeline(self.program)

    @cached_property
    def dates(self) -> KeyDates:
        """The program's key dates."""
        return key_dates(self.program, self.calendar)

    @cached_property
    def closes(self) -> dict[str, datetime]:
        """The first instant too late for each tier's intake, by the key of its standing."""
        return {key: closes for key in self.program.deadlines() if (closes := self.dates.closes(key)) is not None}

    @cached_property
    def ambiguous_closes(self) -> frozenset[datetime]:
        """The closes of deadlines that say 前, so that whoever is reminded should be done the day before."""
        ambiguous = (key for key, finding in self.dates.findings if finding.code == "before_ambiguous")
        return frozenset(closes for key in ambiguous if (closes := self.dates.closes(key)) is not None)

    def count(self, period: SaidPeriod, start: datetime) -> Period:
        """Count a period of the program from an instant, as the program says it is counted."""
        return publicity_period(
            self.calendar,
            start,
            period.days,
            period.counting,
            period.unit,
            roll=period.roll,
        )

    def is_provisional(self, stage: str, since: datetime, due: datetime | None) -> bool:
        """Whether what is due at a standing, reached at `since`, was counted over days that may still change."""
        standing = self.pipeline.standings[stage]
        counted = not standing.ended and isinstance(self.program.stage(standing.stage), Publicity | Screening)
        return bool(counted and due and self.calendar.is_provisional(shanghai_day(since), last_day_before(due)))

    def due_at_tier(self, stage: str, path: Path) -> datetime | None:
        """Return when a nomination standing at a tier is too late for what lies ahead of it."""
        ahead = (self.closes.get(key) for key in self.pipeline.intakes_ahead(stage, path))
        return min((closes for closes in ahead if closes is not None), default=None)


@dataclass
class Desk:
    """One for a process. Compiled programs are kept by their version, so a changed program is compiled once."""

    store: Store
    calendar: WorkCalendar
    keeper: Vault | Callable[[], Vault]
    _running: dict[tuple[str, int], Running] = field(default_factory=dict)

    @property
    def vault(self) -> Vault:
        """The vault, opened when it is first needed: reading and verifying a copy of a database needs no key."""
        if not isinstance(self.keeper, Vault):
            self.keeper = self.keeper()
        return self.keeper

    def relied_on(self, connection: Connection, program_id: str) -> Running:
        """Return a program whose definition stays as it is until this transaction ends.

        For writing what follows from it and from no nomination's row; raises `UnknownError` where there is none.
        """
        hold(connection, [definition(program_id)], shared=True)
        return self.running(connection, program_id)

    def running(self, connection: Connection, program_id: str) -> Running:
        """Return a program of the store; raises `UnknownError` where there is none."""
        row = connection.execute(
            select(t.program.c.version, t.program.c.opened_at).where(t.program.c.id == program_id)
        ).one_or_none()
        if row is None:
            raise UnknownError(
                Words(
                    "数据库里没有项目 {id}；请先用 linxuan program open {id} 开通",
                    "the database has no program {id}; open it first with: linxuan program open {id}",
                ).format(id=program_id)
            )
        known = self._running.get((program_id, row.version))
        if known is None or known.opened_at != row.opened_at:
            definition = connection.execute(
                select(t.program.c.definition).where(t.program.c.id == program_id)
            ).scalar_one()
            known = Running(Program.model_validate(definition), row.version, row.opened_at, self.calendar)
            self._running[program_id, row.version] = known
        return known
