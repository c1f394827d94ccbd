"""What every operation works with: the store, the calendar, the vault, and the programs as they stand, compiled."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from io import BytesIO
from os import PathLike
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.engine import Connection

from deadlines.calendar import WorkCalendar
from deadlines.course import Close, Course
from deadlines.errors import OutsideCalendarError
from deadlines.keydates import KeyDates, calendar_of, count_period, key_dates
from deadlines.periods import Period
from notifications.letters import Letterhead
from operations.definitions import defined, program_columns
from operations.known_rankings import KnownRankings
from operations.known_scores import KnownScores
from operations.reach import behind, generation, with_schedules
from operations.results import UnknownError
from operations.sides import KnownSides
from programs import Path, Program, Words
from programs.dates import Duration
from programs.versions import as_shared
from states import Pipeline, Refusal, Standing, compile_pipeline
from store import Contents, Store, Vault, hold, once
from store import tables as t
from store.scratch import clear


def definition(program_id: str) -> tuple[str, str]:
    """Name the matter that whoever changes a program holds alone, and whoever relies on it shares."""
    return "definition", program_id


class Due(NamedTuple):
    """When time moves a nomination on: the first instant too late (aware), none where time moves nothing.

    `provisional`: it was counted over days whose holiday schedule is not published yet.
    """

    at: datetime | None
    provisional: bool = False


NEVER = Due(None)

#: What tells whether a program, or what is known of the calendar, has changed.
_EVERYTHING = select(
    t.program.c.id,
    t.program.c.version,
    t.program.c.digest,
    t.program.c.opened_at,
    t.program.c.revision,
    select(func.max(t.schedule.c.id)).scalar_subquery().label("generation"),
).order_by(t.program.c.opened_at.desc().nulls_last(), t.program.c.id)
_NEWEST = _EVERYTHING.where(t.program.c.id == bindparam("program"))


@dataclass(frozen=True)
class Running:
    """A version of a program as it stands in the store: its effective definition, compiled, with its key dates.

    `announced` are the closes of its intakes as they were announced when it was opened and changed since; before that
    there are none, and the calendar says what they would be. `version` counts the changes of this definition;
    `revision` is the number of the program's version that this is. Of an earlier version `own` is what it says itself:
    in `program` the newest version's seats, quotas, cuts and lists have taken the place of its own.
    """

    program: Program
    version: int
    opened_at: datetime | None
    national: WorkCalendar
    announced: Mapping[str, Close] = field(default_factory=dict)
    revision: int = 1
    own: Program | None = None

    @property
    def stated(self) -> Program:
        """What this version says itself, and what is kept of it."""
        return self.own or self.program

    @property
    def is_newest(self) -> bool:
        """Whether this is the program's newest version, by which nominations are drawn up now."""
        return self.own is None

    def stating(self, program: Program, newest: Program | None = None) -> "Running":
        """Return this version with another text, after one more change; an earlier one beside the newest text."""
        if newest is None:
            return replace(self, program=program, version=self.version + 1)
        return replace(self, program=as_shared(program, newest), own=program, version=self.version + 1)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The calendar that the program counts by."""
        return calendar_of(self.program, self.national)

    @cached_property
    def columns(self) -> dict[str, Any]:
        """What its row keeps of it."""
        return program_columns(self.stated, self.version, self.announced)

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

    def count(self, period: Duration, start: datetime) -> Period:
        """Count a period of the program from an instant, as the program says it is counted."""
        return count_period(self.calendar, period, start)

    def may_change(self, first: date, last: date) -> bool:
        """Say whether the number of working days from one day to another may still change; where it is known."""
        try:
            return self.calendar.is_provisional(first, max(first, last))
        except OutsideCalendarError:
            return False

    def due_at_tier(self, stage: str, path: Path) -> Due:
        """Return when a nomination standing at a tier is too late for what lies ahead of it."""
        ahead = [
            Due(closes, self.dates[key].provisional)
            for key in self.pipeline.intakes_ahead(stage, path)
            if (closes := self.closes.get(key)) is not None
        ]
        return min(ahead, key=lambda due: due.at, default=NEVER)  # type: ignore[arg-type, return-value]


#: What tells whether an earlier version has changed, the newest of them first.
_EARLIER = (
    select(t.revision.c.number, t.revision.c.version, t.revision.c.digest)
    .where(t.revision.c.program_id == bindparam("program"))
    .order_by(t.revision.c.number.desc())
)


def _has(running: Running, place: str) -> bool:
    standings = running.pipeline.standings
    return place in standings or any(stage.id == place for stage in running.program.held_stages)


_PLAIN: Final = Letterhead()


@dataclass(frozen=True)
class _Known:
    """What a desk has learned from its database: the calendar with schedules through `generation`, and programs."""

    generation: int
    calendar: WorkCalendar
    programs: dict[tuple[str, int, str], Running] = field(default_factory=dict)
    earlier: dict[tuple[str, int, str, str], Running] = field(default_factory=dict)


class Desk:
    """One for a process. Compiled programs are kept by their version and digest, so a changed one is compiled once.

    The version alone would not do: one that a transaction has made, and then failed, comes again with another content.
    The desk takes in every schedule that is loaded into the database, whoever loads it, before it counts anything.
    """

    def __init__(
        self,
        store: Store,
        calendar: WorkCalendar,
        keeper: Vault | Callable[[], Vault],
        contents: Contents | None = None,
        letterhead: Letterhead = _PLAIN,
        templates: PathLike[str] | None = None,
    ) -> None:
        self.store = store
        self.letterhead, self.templates = letterhead, templates
        self._contents = contents
        self.known_sides, self.known_scores, self.known_rankings = KnownSides(), KnownScores(), KnownRankings()
        self._own = calendar
        self._keeper = keeper
        self._vault: Vault | None = keeper if isinstance(keeper, Vault) else None
        self._known = _Known(0, calendar)

    @property
    def calendar(self) -> WorkCalendar:
        """The calendar as far as this desk has learned."""
        return self._known.calendar

    @property
    def contents(self) -> Contents:
        """Where files are kept. Raises `UnknownError` for a desk that only looks things up."""
        if self._contents is None:
            raise UnknownError(Words("这里不能存放文件", "no files can be kept here"))
        return self._contents

    def clear_scratch(self, now: datetime) -> None:
        """Remove what is about people and has lain beside the kept files for longer than it is worked on."""
        if self._contents is not None:
            clear(self._contents.incoming, now)

    def keep(self, content: bytes) -> None:
        """Keep the file that something was taken in from; a rehearsal keeps none. Raises `OSError`."""
        if self._contents is not None:
            self._contents.keep(BytesIO(content), at_most=len(content))

    @property
    def vault(self) -> Vault:
        """The vault, opened when it is first needed: reading and verifying a copy of a database needs no key."""
        if self._vault is None:
            self._vault = self._opened()
        return self._vault

    def reading(self, connection: Connection) -> Vault:
        """Return the vault with the key that the database has now: it may have been exchanged since.

        Raises `UnknownError` where that key is not at hand.
        """
        vault = self.vault
        name = connection.execute(select(t.vault_key.c.fingerprint)).scalar()
        if name not in (None, vault.name) and not isinstance(self._keeper, Vault):
            vault = self._vault = self._opened()
        return vault

    def sealing(self, connection: Connection) -> Vault:
        """Return the vault with the key that the database has until this transaction ends."""
        hold(connection, [("vault-key",)], shared=True)
        return self.reading(connection)

    def _opened(self) -> Vault:
        return self._keeper if isinstance(self._keeper, Vault) else self._keeper()

    def relied_on(self, connection: Connection, program_id: str, place: str = "") -> Running:
        """Return a program whose definition stays as it is until this transaction ends.

        With a `place`, the newest version that has it, as `holding` finds it. For writing what follows from it and from
        no nomination's row; raises `UnknownError` where there is none.
        """
        hold(connection, [definition(program_id)], shared=True)
        return self.holding(connection, program_id, place) if place else self.running(connection, program_id)

    def running(self, connection: Connection, program_id: str) -> Running:
        """Return the newest version of a program of the store.

        Raises `UnknownError` where there is none, `DamagedError` where nobody can read it; so do all below.
        """
        return once(connection, (self, program_id), lambda: self._running(connection, program_id))

    def _running(self, connection: Connection, program_id: str) -> Running:
        row = connection.execute(_NEWEST, {"program": program_id}).one_or_none()
        if row is None:
            raise UnknownError(
                Words(
                    "数据库里没有项目 {id}；请先用 linxuan program open {id} 开通",
                    "the database has no program {id}; open it first with: linxuan program open {id}",
                ).format(id=program_id)
            )
        return self._compiled(connection, row)

    def everything(self, connection: Connection) -> tuple[Running, ...]:
        """Return the newest version of every program of the store, those opened last first."""
        return once(connection, self, lambda: self._everything(connection))

    def _everything(self, connection: Connection) -> tuple[Running, ...]:
        found = tuple(self._compiled(connection, row) for row in connection.execute(_EVERYTHING).all())
        for running in found:
            once(connection, (self, running.program.id), lambda running=running: running)  # type: ignore[misc]
        return found

    def _compiled(self, connection: Connection, row: Row[Any]) -> Running:
        """Return a program from its row of `_NEWEST`, compiled once."""
        of, program_id = t.program.c, row.id
        known = self._learned(connection, row.generation or 0)
        key = (program_id, row.version, row.digest)
        running = known.programs.get(key)
        if running is None or running.opened_at != row.opened_at or running.revision != row.revision:
            same = (of.id == program_id, of.version == row.version, of.digest == row.digest)
            kept = connection.execute(select(of.definition, of.closes).where(*same)).one_or_none()
            if kept is None:
                # Somebody has changed it since the statement before.
                return self.running(connection, program_id)
            program, announced = defined(program_id, kept.definition, kept.closes)
            running = Running(program, row.version, row.opened_at, known.calendar, announced, row.revision)
            known.programs[key] = running
        return running

    def running_for(self, connection: Connection, nomination: Any) -> Running:  # noqa: ANN401 - a row of any statement
        """Return the version of its program by which a nomination is judged: that of its row.

        Raises `UnknownError` where there is none.
        """
        return self.version_of(connection, nomination.program_id, nomination.revision)

    def running_by_version(
        self, connection: Connection, newest: Running, nominations: Iterable[Any]
    ) -> dict[int, Running]:
        """Return the versions by which these nominations of a program are judged, by their numbers."""
        numbers = sorted({row.revision for row in nominations})
        return {number: self._version(connection, newest, number) for number in numbers}

    def version_of(self, connection: Connection, program_id: str, number: int) -> Running:
        """Return a version of a program by its number; raises `UnknownError`."""
        return self._version(connection, self.running(connection, program_id), number)

    def _version(self, connection: Connection, newest: Running, number: int) -> Running:
        if number == newest.revision:
            return newest
        program_id = newest.program.id
        found = {one.revision: one for one in self.versions(connection, program_id)}
        if number not in found:
            raise UnknownError(
                Words(
                    "项目 {id} 没有第 {number} 版；现有版本：{known}", "{id} has no version {number}; it has {known}"
                ).format(id=program_id, number=number, known="、".join(str(one) for one in sorted(found)))
            )
        return found[number]

    def versions(self, connection: Connection, program_id: str) -> tuple[Running, ...]:
        """Return every version of a program, the newest first; raises `UnknownError` for an unknown program."""
        return self.versions_of(connection, self.running(connection, program_id))

    def versions_of(self, connection: Connection, newest: Running) -> tuple[Running, ...]:
        """Return every version of a program of which this is the newest one."""
        program_id = newest.program.id
        if newest.revision == 1:
            return (newest,)
        return once(connection, (self, program_id, newest.version), lambda: self._all_versions(connection, newest))

    def _all_versions(self, connection: Connection, newest: Running) -> tuple[Running, ...]:
        program_id, of = newest.program.id, t.revision.c
        rows = connection.execute(_EARLIER, {"program": program_id}).all()
        known = self._learned(connection, generation(connection))
        missing = [row for row in rows if (program_id, row.version, row.digest, newest.digest) not in known.earlier]
        for row in missing:
            kept = connection.execute(
                select(t.revision).where(of.program_id == program_id, of.number == row.number)
            ).one()
            own, announced = defined(program_id, kept.definition, kept.closes)
            shared = as_shared(own, newest.program)
            running = Running(shared, kept.version, newest.opened_at, known.calendar, announced, kept.number, own)
            known.earlier[program_id, kept.version, kept.digest, newest.digest] = running
        keys = [(program_id, row.version, row.digest, newest.digest) for row in rows]
        if any(key not in known.earlier for key in keys):
            # Somebody has changed one since the statement before.
            return self.versions(connection, program_id)
        return (newest, *(known.earlier[key] for key in keys))

    def holding(self, connection: Connection, program_id: str, place: str) -> Running:
        """Return the newest version in which there is a stage or a standing of this key; else the newest of all.

        Nominations of an earlier version still come to stages that an amendment has taken out.
        """
        return self.newest_that(connection, program_id, lambda one: _has(one, place))

    def newest_that(self, connection: Connection, program_id: str, has: Callable[[Running], bool]) -> Running:
        """Return the newest version of which this is true; else the newest of all."""
        newest = self.running(connection, program_id)
        if newest.revision == 1 or has(newest):
            return newest
        return next((one for one in self.versions(connection, program_id) if has(one)), newest)

    def standing(self, connection: Connection, program_id: str, key: str) -> Standing:
        """Return a standing of a program, in whichever version there is one of this key; raises `KeyError`."""
        return self.holding(connection, program_id, key).pipeline.standings[key]

    def learn(self, connection: Connection) -> WorkCalendar:
        """Return the calendar with every schedule that the database has now."""
        return self._learned(connection, generation(connection)).calendar

    def behind(self, connection: Connection) -> Refusal | None:
        """Refuse to announce dates where the database has been counted with a calendar that knows more."""
        return behind(self.learn(connection), connection)

    def _learned(self, connection: Connection, newest: int) -> _Known:
        known = self._known
        if known.generation != newest:
            # A value in the place of another: other threads may be counting with what this desk knew before.
            known = self._known = _Known(newest, with_schedules(self._own, connection))
        return known
