"""What the read side answers with: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deadlines.keydates import KeyDate
from programs import Program, Words
from programs.rulings import Decision, Ruling
from states import End


@dataclass(frozen=True, slots=True)
class StandingCount:
    """How many nominations stand at one place of a stage."""

    key: str
    name: Words
    count: int


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many nominations stand in one stage, in all and at each of its places."""

    id: str
    name: Words
    standings: tuple[StandingCount, ...]

    @property
    def count(self) -> int:
        """How many stand in the stage."""
        return sum(one.count for one in self.standings)


@dataclass(frozen=True, slots=True)
class EndCount:
    """How many nominations came to one end."""

    end: End
    count: int


@dataclass(frozen=True, slots=True)
class ProgramState:
    """A program at a glance. `rulings_left` are still to be confirmed before it can be opened.

    `astray` counts nominations at a place that the program, as it is ruled now, no longer has.
    """

    program: Program
    opened_at: datetime | None
    rulings_left: int
    stages: tuple[StageCount, ...]
    ends: tuple[EndCount, ...]
    astray: int

    @property
    def under_way(self) -> int:
        """How many nominations stand in the pipeline."""
        return sum(stage.count for stage in self.stages)

    @property
    def total(self) -> int:
        """How many nominations there are."""
        return self.under_way + sum(one.count for one in self.ends) + self.astray


@dataclass(frozen=True, slots=True)
class Dated:
    """A key date of a program, as of now.

    `working_days_left` counts from tomorrow through the last day; none once it has closed, while it is open when it
    closes, and beyond the calendar. `provisional` covers the date and the days left.
    """

    program: Program
    key: KeyDate
    working_days_left: int | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, to one nomination or in one stroke to many.

    `count` says to how many; there may be more where `and_more`. `number`, and `nominee` where one program is looked
    at, are of the newest of them. `source` and `destination` name where a move led; `subject` names what else it was
    about: a stage, a tier, a track, a ruling. `facts` is what was recorded.
    """

    program: Program
    position: int
    at: datetime
    kind: str
    actor: str
    role: Words
    number: str | None
    nominee: str | None
    count: int
    and_more: bool
    source: Words | None
    destination: Words | None
    subject: Words | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything in the store at a glance.

    `dates` are those that close after now, the next one first. `overdue` nominations wait for a sweep; of those that
    the last one could not move, `stuck` are the first few, by their numbers. `schedule_missing` is the year of which
    the holiday schedule should be known by now.
    """

    now: datetime
    programs: tuple[ProgramState, ...]
    dates: tuple[Dated, ...]
    events: tuple[Event, ...]
    waiting: int
    parked: int
    overdue: int
    stuck: tuple[str, ...]
    schedule_missing: int | None


@dataclass(frozen=True, slots=True)
class RulingState:
    """A ruling with what was decided; the shipped default, by nobody, while it is not confirmed."""

    ruling: Ruling
    decision: Decision | None
    confirmed_by: str | None
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """A limit of the program, and how many places of it are taken: by all owners together, and most by any one."""

    key: str
    taken: int
    owners: int
    most: int


@dataclass(frozen=True, slots=True)
class Issued:
    """A numbered document that honored somebody, of a stage."""

    number: str
    stage: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class ProgramOverview:
    """One program with all its dates.

    `places` holds every limit of which a place is taken, by its key; nothing for those who see only some nominations.
    """

    now: datetime
    state: ProgramState
    dates: tuple[Dated, ...]
    rulings: tuple[RulingState, ...]
    places: Mapping[str, PlaceCount] | None
    documents: tuple[Issued, ...]
    events: tuple[Event, ...]
    overdue: int
