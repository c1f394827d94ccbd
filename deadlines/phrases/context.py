"""What is known besides the phrase itself."""

from dataclasses import dataclass
from datetime import date, time

from deadlines.calendar import WorkCalendar
from programs.counting import Convention


@dataclass(frozen=True, slots=True)
class Context:
    """The facts and the choices that a phrase is read with. None is what nobody has told.

    `issued` is the day of the text itself, `event` the day that it counts from, `told` the last day that the text has
    named before. `before_included`: whether 前 includes its day. `roll`: whether the program moves days off forward.
    """

    calendar: WorkCalendar
    issued: date | None = None
    event: date | None = None
    told: date | None = None
    office_closes: time | None = None
    convention: Convention = Convention.NEXT_DAY
    before_included: bool = True
    roll: bool = False
