"""Sentences for people, in both languages side by side.

Whoever writes a message writes it twice in one place, so neither language can fall behind. The faces
(`cli`, `console`, `flows`) choose; everything below them hands on the pair.
"""

from datetime import datetime, time, timedelta
from typing import NamedTuple


class Words(NamedTuple):
    """One sentence in Chinese and in English."""

    zh: str
    en: str

    def format(self, **values: object) -> "Words":
        """Fill the same named places in both sentences; a value that is itself `Words` gives each its own language."""
        return Words(
            self.zh.format(**{name: _side(value, 0) for name, value in values.items()}),
            self.en.format(**{name: _side(value, 1) for name, value in values.items()}),
        )

    def in_language(self, language: str) -> str:
        """Return the English sentence for `en`, else the Chinese one."""
        return self.en if language == "en" else self.zh


def _side(value: object, index: int) -> object:
    return value[index] if isinstance(value, Words) else value


def closing_clock(closes: datetime) -> str:
    """Write the first instant too late as people say it: `2019-07-30 24:00`, or `2023-08-31 18:00` within a day.

    It is read in the zone that it is given in.
    """
    if closes.time() == time.min:
        return f"{closes - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{closes:%Y-%m-%d %H:%M}"
