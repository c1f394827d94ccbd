"""How days are counted: two questions that every period answers. Kept light, for commands that load no model."""

from enum import StrEnum


class Convention(StrEnum):
    """Whether counting begins on the day after publication (民法典 art. 201), or publication itself is day 1."""

    NEXT_DAY = "next-day"
    SAME_DAY = "same-day"


class Unit(StrEnum):
    """What is counted: 工作日, or 日 and 自然日."""

    WORKING = "working"
    CALENDAR = "calendar"
