"""What the engine has to say about a date besides the date itself."""

from datetime import date
from typing import NamedTuple

from programs.words import Words


class Finding(NamedTuple):
    """One remark: a stable snake_case code for programs, a sentence in both languages for people."""

    code: str
    words: Words

    def to_json(self, language: str = "zh") -> dict[str, str]:
        """Return the shape that every `--json` output uses."""
        return {"code": self.code, "message": self.words.in_language(language)}


def schedule_unpublished(day: date) -> Finding:
    """Return the remark that nobody knows yet whether this day, or one close to it, is worked."""
    words = Words(
        "{day}前后的放假安排尚未公布或仍可能调整，是否休息日待定",
        "the holiday schedule around {day} is not published or may change, so whether it is a day off is open",
    )
    return Finding("schedule_unpublished", words.format(day=day))
