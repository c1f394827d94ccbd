"""On which line of a TOML text each of its keys stands.

`tomllib` forgets positions, and so do the maintained writers; forks of it that keep them follow no standard library.
The text is one that `tomllib` has accepted, so reading it a second time for positions has no error to find.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Final

Steps = tuple[str | int, ...]
"""A way into a document: keys of tables, and indexes of lists counted from 0."""

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN: Final = re.compile(r"[^,\]}\r\n#]+")
#: A string from its first quote to its last; the long forms come first, and may end in up to two quotes of their own.
_STRING: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'", re.DOTALL
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
_ESCAPED: Final = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


class Lines:
    """The lines of one text, counted from 1, by the way to what stands there."""

    def __init__(self, text: str) -> None:
        """Read a text that is valid TOML."""
        self._known: dict[Steps, int] = _Reader(text).lines()

    def __iter__(self) -> Iterator[Steps]:
        return iter(self._known)

    def of(self, steps: Steps) -> int | None:
        """Return the line of what these steps lead to, or of the nearest thing around it; none for the whole text."""
        while steps:
            if steps in self._known:
                return self._known[steps]
            steps = steps[:-1]
        return None


class _Reader:
    """One pass over a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [match.end() for match in re.finditer("\n", text)]
        self._found: dict[Steps, int] = {}
        self._tables: Counter[Steps] = Counter()  # how many tables an array of tables has so far

    def lines(self) -> dict[Steps, int]:
        base: Steps = ()
        while True:
            self._skip(_BLANK)
            if self._at >= len(self._text):
                return self._found
            if self._text[self._at] == "[":
                base = self._header()
            else:
                self._pair(base)

    def _header(self) -> Steps:
        line = self._line()
        doubled = self._text.startswith("[[", self._at)
        self._at += 2 if doubled else 1
        *before, last = self._keys()
        self._at += 2 if doubled else 1
        steps: Steps = ()
        for key in before:
            steps = self._newest((*steps, key), line)
        steps = (*steps, last)
        if doubled:
            self._tables[steps] += 1
        return self._newest(steps, line)

    def _newest(self, steps: Steps, line: int) -> Steps:
        """Note where something is named first, and step into the newest table of it where it is an array of tables."""
        self._found.setdefault(steps, line)
        if steps not in self._tables:
            return steps
        steps = (*steps, self._tables[steps] - 1)
        self._found.setdefault(steps, line)
        return steps

    def _pair(self, base: Steps) -> None:
        line = self._line()
        steps = base
        for key in self._keys():
            steps = (*steps, key)
            self._found.setdefault(steps, line)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(steps)

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip(_SPACE)
            if self._text[self._at] in "\"'":
                keys.append(_unquoted(self._take(_STRING)))
            else:
                keys.append(self._take(_BARE))
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return keys
            self._at += 1

    def _value(self, steps: Steps) -> None:
        first = self._text[self._at]
        if first in "\"'":
            self._take(_STRING)
        elif first == "[":
            self._list(steps)
        elif first == "{":
            self._inline(steps)
        else:
            self._take(_PLAIN)

    def _list(self, steps: Steps) -> None:
        self._at += 1
        for index in count():
            self._skip(_BLANK)
            if self._text[self._at] == "]":
                break
            self._found[*steps, index] = self._line()
            self._value((*steps, index))
            self._skip(_BLANK)
            if self._text[self._at] == ",":
                self._at += 1
        self._at += 1

    def _inline(self, steps: Steps) -> None:
        self._at += 1
        while True:
            self._skip(_BLANK)
            if self._text[self._at] == "}":
                break
            self._pair(steps)
            self._skip(_BLANK)
            if self._text[self._at] == ",":
                self._at += 1
        self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:  # only what is no TOML comes here; it is stepped over, so that reading always ends
            self._at += 1
            return ""
        self._at = found.end()
        return found[0]

    def _line(self) -> int:
        return bisect_right(self._ends, self._at) + 1


def _unquoted(written: str) -> str:
    """Return the text of a key that is written in quotes; a key is never a long string."""
    if written.startswith("'"):
        return written[1:-1]
    return _ESCAPE.sub(_character, written[1:-1])


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _ESCAPED.get(escape[3], escape[3])
