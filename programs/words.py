"""Sentences for people, in both languages side by side.

Whoever writes a message writes it twice in one place, so neither language can fall behind. The faces
(`cli`, `console`, `flows`) choose; everything below them hands on the pair.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple


class Words(NamedTuple):
    """One sentence in Chinese and in English."""

    zh: str
    en: str

    def format(self, **values: object) -> "Words":
        """Fill the same named places in both sentences; each gets `Words` and days in its own language."""
        own, others = values, values
        for name, value in values.items():
            if isinstance(value, Words | date):
                zh, en = _sides(value)
                own, others = {**own, name: zh}, {**others, name: en}
        return Words(self.zh.format_map(own), self.en.format_map(others))

    def in_language(self, language: str) -> str:
        """Return the English sentence for `en`, else the Chinese one."""
        return self.en if language == "en" else self.zh


def _sides(value: "Words | date") -> tuple[object, object]:
    # An instant is written in the zone of whoever tells it, and stays as it is.
    if isinstance(value, datetime):
        return value, value
    return day_in_words(value) if isinstance(value, date) else value


def day_in_words(day: date) -> Words:
    """Write a day as sentences name it: `2019年7月30日`, `2019-07-30`."""
    return Words(f"{day.year}年{day.month}月{day.day}日", day.isoformat())


def moment_in_words(moment: datetime) -> Words:
    """Write an instant to the minute, as sentences name it; it is read in the zone that it is given in."""
    day = day_in_words(moment.date())
    return Words(f"{day.zh} {moment:%H:%M}", f"{day.en} {moment:%H:%M}")


def closing_in_words(closes: datetime) -> Words:
    """Write the first instant too late as sentences name it: `2019年7月30日 24:00`; as `closing_clock` does else."""
    if closes.time() == time.min:
        day = day_in_words(closes.date() - timedelta(days=1))
        return Words(f"{day.zh} 24:00", f"{day.en} 24:00")
    return moment_in_words(closes)


def closing_clock(closes: datetime) -> str:
    """Write the first instant too late as columns have it: `2019-07-30 24:00`, or `2023-08-31 18:00` within a day.

    It is read in the zone that it is given in.
    """
    if closes.time() == time.min:
        return f"{closes - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{closes:%Y-%m-%d %H:%M}"
