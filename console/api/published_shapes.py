"""What the API takes and answers with about publicities: lists, who waits for one, reserves, and vacated places."""

from datetime import date

from pydantic import AwareDatetime

from console.api.shapes import Asked, Day, Line, MovedShape, RefusalShape, Shape, Text


class ListShape(Shape):
    """A list that was published, and how many are on it now. `closes` and `objections_close` are the first too late.

    `working_days_left` are those on which objections to it are still taken; none once they are not.
    """

    id: int
    stage: str
    name: str
    venue: str | None
    published_at: AwareDatetime
    first_day: date
    last_day: date
    closes: AwareDatetime
    objections_close: AwareDatetime
    working_days_left: int | None
    provisional: bool
    count: int


class ToPublishShape(Shape):
    """A publicity at which some wait. Published now the list would stay from `first_day` until `closes`, if known.

    `refusals` say why the asker does not publish it.
    """

    stage: str
    name: str
    count: int
    venue: str | None
    first_day: date | None
    last_day: date | None
    closes: AwareDatetime | None
    provisional: bool
    refusals: list[RefusalShape]


class StandbyShape(Shape):
    """A reserve, of which `ordinal` is its place, or somebody chosen who fell out and whose place nobody has taken.

    `refusals` say why the asker does not let the reserve go, or give the place to the next one.
    """

    number: str
    nominee: str
    unit: str
    award: str
    ordinal: int | None
    standing: str
    refusals: list[RefusalShape]


class PublicityShape(Shape):
    """What a program has published and is to publish, its reserves in their order, and places that were vacated."""

    lists: list[ListShape]
    waiting: list[ToPublishShape]
    reserves: list[StandbyShape]
    vacated: list[StandbyShape]


class PublishAsked(Asked):
    """A list to be published: where, unless the program says, and until when, where it is to stay longer."""

    venue: Line | None = None
    last_day: Day | None = None


class PublishedShape(Shape):
    """A list was published, of whom, and what is to be known of its days."""

    stage: str
    venue: str | None
    first_day: date
    last_day: date
    closes: AwareDatetime
    objections_close: AwareDatetime
    provisional: bool
    moved: list[MovedShape]
    findings: list[str]


class ReplaceAsked(Asked):
    """Whose place the next reserve takes, and why."""

    vacated: Line
    reason: Text


class MovedList(Shape):
    """Nominations that were moved."""

    moved: list[MovedShape]
