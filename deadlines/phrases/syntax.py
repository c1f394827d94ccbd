"""What a phrase says, before anything is known of issue dates and calendars. None is what the text leaves out."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from programs.counting import Convention, Unit


class Token(NamedTuple):
    """A terminal of the grammar with its place in the plain text."""

    kind: str
    text: str
    start: int
    end: int


class Part(Enum):
    """A part of a month as its first and last day; None is the month's end."""

    WHOLE = (1, None)
    FIRST_TEN = (1, 10)
    SECOND_TEN = (11, 20)
    LAST_TEN = (21, None)
    FIRST_TWENTY = (1, 20)
    LAST_TWENTY = (11, None)
    FIRST_HALF = (1, 15)
    SECOND_HALF = (16, None)
    END = (None, None)


@dataclass(frozen=True, slots=True)
class Year:
    """A year by its number, or by its distance from the year of issue (今年 0, 明年 1); `next_one` is 次年."""

    number: int | None = None
    shift: int | None = None
    next_one: bool = False
    two_digits: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month by its number, or by its distance from the month of issue (本月 0, 下月 1)."""

    number: int | None = None
    shift: int | None = None


@dataclass(frozen=True, slots=True)
class DayOf:
    """A day of a month; `dotted` where it is written like a fraction, 12.2."""

    year: Year | None
    month: Month
    day: int
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class MonthOf:
    """A month or a part of one."""

    year: Year | None
    month: Month
    part: Part = Part.WHOLE


@dataclass(frozen=True, slots=True)
class MonthsOf:
    """Months that are a unit of the year: quarters and halves. `end`: only their last day is meant."""

    year: Year | None
    first: int
    last: int
    end: bool = False


@dataclass(frozen=True, slots=True)
class QuarterOf:
    """A quarter by its distance from that of the issue; `end`: only its last day is meant."""

    shift: int
    end: bool


@dataclass(frozen=True, slots=True)
class MonthList:
    """Months that are told one by one: 7、8、9月."""

    year: Year | None
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BareDay:
    """A day without its month."""

    day: int


@dataclass(frozen=True, slots=True)
class BareNumber:
    """A number whose unit comes later, as the 5 of 5-6月, or is left out, as in 9月18日-24前 (`day_left_out`)."""

    year: Year | None
    number: int
    day_left_out: bool = False


@dataclass(frozen=True, slots=True)
class FromToday:
    """A day by its distance from the day of issue: 即日 and 今天 0, 明天 1."""

    shift: int


@dataclass(frozen=True, slots=True)
class WeekdayOf:
    """A weekday (Monday 0), in this week (0), the next (1), or where no week is named, None."""

    weekday: int
    week: int | None


@dataclass(frozen=True, slots=True)
class VagueDate:
    """A time that has no first or last day: 9月初, 年中."""

    words: str


Date = VagueDate | DayOf | MonthOf | MonthsOf | QuarterOf | MonthList | BareDay | BareNumber | FromToday | WeekdayOf


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as written. `office` is 下班, which needs office hours where no hour stands by. `part` is 上午."""

    hour: int | None = None
    minute: int = 0
    second: int = 0
    part: str | None = None
    office: bool = False
    before: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A place in time, with the weekdays that the text adds to check it by.

    `that_day`: it is told as the day of something, 2023年8月1日之日, from which the law counts the day after.
    """

    date: Date | None
    weekdays: tuple[WeekdayOf, ...] = ()
    clock: Clock | None = None
    that_day: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """The words around a point that say how it closes."""

    marked: bool = False
    before: bool = False
    closing: bool = False
    included: bool | None = None
    approximate: bool = False
    after: bool = False
    tentative: bool = False
    superseding: bool = False
    within: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A day that the text names by what happens on it. `published`: the issue of the text itself may be meant."""

    published: bool
    convention: Convention | None


@dataclass(frozen=True, slots=True)
class Span:
    """A number of days, months or hours; `bound` is 'least' or 'most' where the text states only that.

    `convention` stands where the text says whether the first day counts: 含当日.
    """

    count: int
    unit: Unit
    months: bool = False
    hours: bool = False
    half_a_month: bool = False
    bound: str | None = None
    approximate: bool = False
    backwards: bool = False
    marked: bool = False
    convention: Convention | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something closes at a point."""

    point: Point
    edge: Edge


@dataclass(frozen=True, slots=True)
class Range:
    """Something is open from a point or an event until another point; `daily_hours`: at hours told besides."""

    start: Point | Event
    end: Point
    edge: Edge
    daily_hours: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of days from an anchor. `after`: the anchor's own day does not count.

    `alone` is False where a length without a beginning stands among words that say nothing of a period.
    """

    anchor: Point | Event | None
    span: Span
    after: bool = False
    alone: bool = True

    @property
    def bare(self) -> bool:
        """Whether there is a length and not a word that says of what."""
        return self.anchor is None and not (self.span.marked or self.span.bound or self.span.backwards)


@dataclass(frozen=True, slots=True)
class Yearly:
    """A deadline or range that recurs every year. `subsequent`: 今后每年, after a first one told before."""

    item: Deadline | Range
    subsequent: bool


@dataclass(frozen=True, slots=True)
class Recurring:
    """Something that recurs more often than yearly; `marked` where words say that it closes."""

    marked: bool


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of the day without a date, and when the last of them end."""

    end: Clock


@dataclass(frozen=True, slots=True)
class Beginning:
    """Something begins; nothing says when it closes."""

    point: Point


@dataclass(frozen=True, slots=True)
class Record:
    """A date on which something was issued or takes effect: no deadline."""


@dataclass(frozen=True, slots=True)
class Named:
    """A day or time by the name of a holiday; `marked` where words say that something closes then."""

    name: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on what stands beside it, by its terminal in small letters; 'original' is what no longer holds."""

    kind: str


@dataclass(frozen=True, slots=True)
class Several:
    """What a list tells: each of its items stands for itself."""

    items: "tuple[Item, ...]"


Item = Deadline | Range | Counted | Yearly | Recurring | Hours | Beginning | Record | Named | Note | Several


@dataclass(frozen=True, slots=True)
class Found:
    """An item with its place: how many sentences end before it, and the plain text since the item before, its `gap`.

    `leftover` quotes a telling word beside the item that is no part of it. `fills_a_line`: nothing else stands there.
    """

    item: Item
    quote: str
    sentence: int
    gap: str = ""
    leftover: str | None = None
    fills_a_line: bool = False
