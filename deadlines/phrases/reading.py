"""What a phrase was read as."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from deadlines.findings import Finding
from programs.counting import Unit


class Kind(StrEnum):
    """What a phrase turned out to be. `unresolved`: its findings say what is missing or was not understood."""

    INSTANT = "instant"
    DATE = "date"
    RANGE = "range"
    PERIOD = "period"
    YEARLY = "yearly"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Reading:
    """One deadline, window or period as the text has it.

    `opens` and `closes` are aware instants in Shanghai; `closes` is the first one too late and `last_day` the last day
    before it. `unit` and `count` stand where the text counts days. `window`: a month or a part of one is named, a plan
    rather than a limit to the day. `all` holds every reading of the text in its order; the reading that holds them
    repeats the first.
    """

    text: str
    kind: Kind
    opens: datetime | None = None
    closes: datetime | None = None
    last_day: date | None = None
    unit: Unit | None = None
    count: int | None = None
    findings: tuple[Finding, ...] = ()
    window: bool = False
    all: "tuple[Reading, ...]" = ()

    @property
    def provisional(self) -> bool:
        """Whether the date rests on a holiday schedule that is not published yet."""
        return self.has("provisional")

    @property
    def resolved(self) -> bool:
        """Whether there is an answer."""
        return self.kind is not Kind.UNRESOLVED

    def has(self, code: str) -> bool:
        """Say whether there is a finding of that code."""
        return any(finding.code == code for finding in self.findings)

    def to_json(self, language: str = "zh") -> dict[str, object]:
        """Return the shape that `linxuan deadline parse` prints; the readings in `all` are told without their own."""
        return self._told(language) | {"all": [reading._told(language) for reading in self.all]}  # noqa: SLF001 - its own kind

    def _told(self, language: str) -> dict[str, object]:
        return {
            "text": self.text,
            "kind": self.kind.value,
            "opens": self.opens and self.opens.isoformat(),
            "closes": self.closes and self.closes.isoformat(),
            "last_day": self.last_day and self.last_day.isoformat(),
            "unit": self.unit and self.unit.value,
            "count": self.count,
            "findings": [finding.to_json(language) for finding in self.findings],
        }
