"""What the API answers with about programs: where how many stand, their dates, and what waits for whom."""

from datetime import date

from pydantic import AwareDatetime

from console.api.shapes import Shape


class Place(Shape):
    """A place of a program where nominations stand, and how many do."""

    id: str
    name: str
    count: int


class Stage(Shape):
    """A stage of a program, with its places."""

    id: str
    name: str
    count: int
    places: list[Place]


class ProgramShape(Shape):
    """A program at a glance. `ends` counts nominations by how they ended."""

    id: str
    name: str
    office: str
    issued: date | None
    opened_at: AwareDatetime | None
    rulings_left: int
    stages: list[Stage]
    ends: dict[str, int]
    total: int


class ProgramList(Shape):
    """The programs that the asker may know."""

    programs: list[ProgramShape]


class KeyDateShape(Shape):
    """A date. `closes` is the first instant too late; `working_days_left` counts from tomorrow."""

    id: str
    kind: str
    name: str
    opens: AwareDatetime | None
    closes: AwareDatetime | None
    working_days_left: int | None
    provisional: bool
    clause: str | None


class NamedShape(Shape):
    """A part of a program that is asked for by its id."""

    id: str
    name: str


class ProgramDetail(ProgramShape):
    """A program with its dates and the numbers of its documents.

    `routes` (those by which nominations are taken in), `categories`, `nominator_kinds` and `traits` are what a
    nomination is drawn up with, `seats` what it can win.
    """

    routes: list[NamedShape]
    categories: list[NamedShape]
    nominator_kinds: list[NamedShape]
    traits: list[NamedShape]
    seats: list[NamedShape]
    dates: list[KeyDateShape]
    documents: list[str]
    overdue: int


class WaitingShape(Shape):
    """Nominations at one place that wait for the asker's organization."""

    program: str
    stage: str
    standing: str
    count: int
    late: int
    by: AwareDatetime | None
    working_days_left: int | None


class WaitingList(Shape):
    """What waits for the asker: what is late first, then what is due next."""

    waiting: list[WaitingShape]
