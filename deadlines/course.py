"""What has really come of a program's dates: deadlines as announced, lists as published, the document as issued.

A date that somebody was told stays what it was when it was told, whatever the calendar says since; who keeps the course
counts it again, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from deadlines.periods import Period
from programs.dates import Duration


@dataclass(frozen=True, slots=True)
class Close:
    """When an intake closes: `at` is the first instant too late (aware).

    `provisional`: it was counted over days whose holiday schedule was not published yet.
    """

    at: datetime
    provisional: bool = False

    def to_json(self) -> dict[str, object]:
        """Return what the store keeps."""
        return {"at": self.at.isoformat(), "provisional": self.provisional}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Close":
        """Read what `to_json` gave."""
        return cls(datetime.fromisoformat(kept["at"]), kept["provisional"])


@dataclass(frozen=True, slots=True)
class PublishedList:
    """One list as it was published at a publicity stage. Instants are aware.

    Of a `stated` one the office named the last day itself, no earlier than it is counted. `said` and `said_objections`
    are how its days are counted, as the program said when it was published. `first_day` is the first day that counts
    and `last_day` the last; `closes` and `objections_close` are the first instants too late, to look at it and to
    object.
    """

    stage: str
    published_at: datetime
    said: Duration
    said_objections: Duration | None
    first_day: date
    last_day: date
    closes: datetime
    objections_close: datetime
    provisional: bool
    stated: bool = False
    venue: str | None = None

    @classmethod
    def counted(  # noqa: PLR0913 - what is known of a list when it is published, each by name
        cls,
        stage: str,
        published_at: datetime,
        said: Duration,
        said_objections: Duration | None,
        *,
        period: Period,
        objections: Period | None,
        stated: bool = False,
        venue: str | None = None,
    ) -> "PublishedList":
        """Return a list whose days are counted: the period that it is public for, and the one to object in."""
        days = _days(period, objections)
        return cls(stage, published_at, said, said_objections, **days, stated=stated, venue=venue)

    def counted_again(self, period: Period, objections: Period | None) -> "PublishedList":
        """Return the list with other days."""
        return replace(self, **_days(period, objections))


def _days(period: Period, objections: Period | None) -> dict[str, Any]:
    """Return the days of a list. Objections are taken at least as long as it is public."""
    outlasting = objections if objections and objections.closes > period.closes else period
    return {
        "first_day": period.first_day,
        "last_day": period.last_day,
        "closes": period.closes,
        "objections_close": outlasting.closes,
        "provisional": period.provisional or outlasting.provisional,
    }


@dataclass(frozen=True, slots=True)
class OpenObjection:
    """An objection to somebody on a list of a publicity stage that is due. Instants are aware.

    It is to be admitted or not, or once it is `admitted` looked into, from `since` on; `due_at` is the first instant
    too late. `said` is how that was counted, none where somebody has named the day.
    """

    stage: str
    objection: int
    admitted: bool
    since: datetime
    due_at: datetime
    said: Duration | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """How far a program has come. Nothing in it means that the program is only being looked at.

    `closes` are the announced closes by the id of their deadline; `lists` come in the order of publication;
    `issued` are the instants of the last documents, by the stage that each was issued at: one begins a tenure.
    `objections` are those that are open.
    """

    closes: Mapping[str, Close] = field(default_factory=lambda: MappingProxyType({}))
    lists: tuple[PublishedList, ...] = ()
    issued: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    objections: tuple[OpenObjection, ...] = ()
