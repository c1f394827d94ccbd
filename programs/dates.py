"""What a notice says about time, kept in its own phrase until `deadlines` reads it."""

from pydantic import Field, model_validator

from programs.base import Clause, Clock, Day, Instant, Name, Part, unfit
from programs.counting import Convention, Unit
from programs.words import Words


class Deadline(Part):
    """The last moment for something.

    The phrase is the notice's own. `closes`, the first instant that is too late, overrules it after an extension, a
    correction, or re-dating to a new edition; `authority` then names the document or decision behind the change.
    """

    phrase: Name
    clause: Clause
    inclusive: bool = Field(default=True, description="前/之前: whether the named day still counts")
    clock: Clock = Field(default="24:00", description="when the last day closes, where the phrase names no hour")
    issued: Day | None = Field(
        default=None, description="the date of the notice that bears the phrase, where it is not the program's own"
    )
    closes: Instant | None = None
    authority: str | None = None


class Window(Part):
    """The time span that the notice plans for a stage. It informs and is checked; it ends nothing by itself."""

    phrase: Name
    clause: Clause
    first_day: Day | None = Field(default=None, description="overrules the phrase, together with last_day")
    last_day: Day | None = None

    @model_validator(mode="after")
    def _both_days_or_none(self) -> "Window":
        if (self.first_day is None) != (self.last_day is None):
            raise unfit(
                Words("first_day 和 last_day 只写了一个", "only one of first_day and last_day is given"),
                Words("请两个都写，或都不写", "give both, or neither"),
            )
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise unfit(
                Words("first_day 晚于 last_day", "first_day is after last_day"),
                Words("请核对两个日期", "check the two dates"),
            )
        return self


class LocalDayOff(Part):
    """A day on which the offices of this program do not work although the national schedule does: a local festival."""

    day: Day
    name: Name
    authority: Name = Field(description="the document that gives the day off")


class Duration(Part):
    """A number of days that runs from an event."""

    days: int = Field(gt=0, le=366)
    unit: Unit = Unit.WORKING
    counting: Convention = Convention.NEXT_DAY
    minimum: bool = Field(default=False, description="不少于: the notice states a least length")
    roll: bool = Field(
        default=False, description="民法典 art. 203: an end on a statutory holiday moves to the day after"
    )
