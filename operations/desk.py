"""What every operation works with: the store, the calendar, the vault, and the programs as they stand, compiled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from deadlines.calendar import WorkCalendar
from deadlines.course import Close, Course
from deadlines.keydates import KeyDates, calendar_of, count_period, key_dates
from deadlines.periods import Period
from deadlines.schedules import parse_schedule
from deadlines.zone import last_day_before, shanghai_day
from operations.results import UnknownError
from programs import Path, Program, Words
from programs.dates import Period as SaidPeriod
from programs.stages import Publicity, Recommendation, Screening
from states import Pipeline, Refusal, compile_pipeline
from store import Store, Vault, hold
from store import tables as t
from store.types import document_text


def program_columns(
    program: Program, version: int = 1, announced: Mapping[str, Close] = MappingProxyType({})
) -> dict[str, Any]:
    """Return what a program's row keeps of what it says, and of the closes that were announced."""
    definition = program.model_dump(mode="json")
    closes = {key: close.to_json() for key, close in announced.items()} or None
    digest = definition_digest(document_text(definition), document_text(closes) if closes else None)
    return {"definition": definition, "closes": closes, "version": version, "digest": digest}


def definition_digest(definition: str, closes: str | None) -> str:
    """Return the SHA-256, in hexadecimal, of what a program says and of the closes announced, as the store has them."""
    return sha256(f"{definition}\n{closes or ''}".encode()).hexdigest()


def definition(program_id: str) -> tuple[str, str]:
    """Name the matter that whoever changes a program holds alone, and whoever relies on it shares."""
    return "definition", program_id


@dataclass(frozen=True)
class Running:
    """A program as it stands in the store: its effective definition, compiled, with its key dates.

    `announced` are the closes of its intakes as they were announced when it was opened and changed since; before that
    there are none, and the calendar says what they would be.
    """

    program: Program
    version: int
    opened_at: datetime | None
    national: WorkCalendar
    announced: Mapping[str, Close] = field(default_factory=dict)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The calendar that the program counts by."""
        return calendar_of(self.program, self.national)

    @cached_property
    def columns(self) -> dict[str, Any]:
        """What the program's row keeps of it."""
        return program_columns(self.program, self.version, self.announced)

    @property
    def digest(self) -> str:
        """What tells this definition, with its announced closes, from any other."""
        return str(self.columns["digest"])

    @cached_property
    def pipeline(self) -> Pipeline:
        """The program's state machine."""
        return compile_pipeline(self.program)

    @cached_property
    def dates(self) -> KeyDates:
        """The program's key dates, without what its lists and its document make of them."""
        return key_dates(self.program, self.national, Course(self.announced))

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
        return count_period(self.calendar, period, start)

    def is_provisional(self, stage: str, since: datetime, due: datetime | None) -> bool:
        """Whether what is due at a standing, reached at `since`, was counted over days that may still change."""
        standing = self.pipeline.standings[stage]
        if due is None or standing.ended:
            return False
        held = self.program.stage(standing.stage)
        if isinstance(held, Recommendation):
            return due in self._provisional_closes
        counted = isinstance(held, Publicity | Screening)
        return counted and self.calendar.is_provisional(shanghai_day(since), last_day_before(due))

    @cached_property
    def _provisional_closes(self) -> frozenset[datetime]:
        return frozenset(closes for key, closes in self.closes.items() if self.dates[key].provisional)

    def due_at_tier(self, stage: str, path: Path) -> datetime | None:
        """Return when a nomination standing at a tier is too late for what lies ahead of it."""
        ahead = (self.closes.get(key) for key in self.pipeline.intakes_ahead(stage, path))
        return min((closes for closes in ahead if closes is not None), default=None)


def with_schedules(calendar: WorkCalendar, connection: Connection) -> WorkCalendar:
    """Return the calendar with the schedules that were loaded into the database, a year's own before its revisions."""
    of = t.schedule.c
    for content in connection.execute(select(of.content).order_by(of.year, of.revision, of.id)).scalars():
        calendar = calendar.with_schedule(parse_schedule(content))
    return calendar


@dataclass
class Desk:
    """One for a process. Compiled programs are kept by their version and digest, so a changed one is compiled once.

    The version alone would not do: one that a transaction has made, and then failed, comes again with another content.
    `calendar` takes in every schedule that is loaded into the database, whoever loads it, before it next counts.
    """

    store: Store
    calendar: WorkCalendar
    keeper: Vault | Callable[[], Vault]
    _running: dict[tuple[str, int, str], Running] = field(default_factory=dict)
    _base: WorkCalendar | None = None
    _used: str | None = ""  # the calendar that the database counts by, as this desk saw it last; at first it saw none

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
        of = t.program.c
        used = select(t.calendar_used.c.fingerprint).scalar_subquery()
        row = connection.execute(
            select(of.version, of.digest, of.opened_at, used.label("used")).where(of.id == program_id)
        ).one_or_none()
        if row is None:
            raise UnknownError(
                Words(
                    "数据库里没有项目 {id}；请先用 linxuan program open {id} 开通",
                    "the database has no program {id}; open it first with: linxuan program open {id}",
                ).format(id=program_id)
            )
        if row.used != self._used:
            self.learn(connection)
            self._used = row.used
        key = (program_id, row.version, row.digest)
        known = self._running.get(key)
        if known is None or known.opened_at != row.opened_at:
            kept = connection.execute(select(of.definition, of.closes).where(of.id == program_id)).one()
            announced = {key: Close.from_json(close) for key, close in (kept.closes or {}).items()}
            known = Running(
                Program.model_validate(kept.definition), row.version, row.opened_at, self.calendar, announced
            )
            self._running[key] = known
        return known

    def learn(self, connection: Connection) -> None:
        """Take the schedules of the database into the calendar.

        They are looked at again the next time that a program is asked for: this transaction may yet fail.
        """
        self._base = self._base or self.calendar
        learned = with_schedules(self._base, connection)
        # At once: other threads may be counting with this desk, and keep what they compile in the old place.
        self.calendar, self._running, self._used = learned, {}, ""

    def behind(self, connection: Connection) -> Refusal | None:
        """Refuse to announce dates where the database has been counted with a calendar that knows more years."""
        through = connection.execute(select(t.calendar_used.c.published_through)).scalar()
        if through is None or through <= self.calendar.published_through:
            return None
        return Refusal(
            "calendar-current",
            Words(
                "本机的放假安排只到 {own}，数据库已按到 {used} 的安排计算",
                "this machine knows holiday schedules through {own}, the database was counted with them through {used}",
            ).format(own=self.calendar.published_through, used=through),
            Words(
                "请升级本机的程序，或用 linxuan calendar load 导入放假安排后再办理",
                "upgrade the product on this machine, or load the schedule with: linxuan calendar load",
            ),
        )
