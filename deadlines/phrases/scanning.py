"""Finds the items in a text: cuts it into the grammar's terminals and takes the longest item that begins at each.

What a text says about time stands in islands in a sea of other words. An island that leaves a word of time beside it
over was not understood as a whole, and says so: half an understanding is a guess.
"""

from collections.abc import Iterator
from typing import Final

from deadlines.phrases.parser import phrase_parser
from deadlines.phrases.plain import make_plain
from deadlines.phrases.syntax import Counted, Found, Item, Token, Yearly

_LONGEST_ITEM: Final = 64
"""In terminals; far more than any real one has, and a bound on what a text of nonsense costs."""

_SENTENCE_ENDS: Final = frozenset("。;!?\n")
# fmt: off
_TELLING: Final = frozenset({
    "FULL_DATE", "YEAR", "MONTH", "MONTH_WORD", "PART", "QUARTER", "END", "MONTH_END", "YEAR_END", "VAGUE", "DAY",
    "SHORT_DAY", "CLOCK", "HOUR", "ZONE", "NUMBERED_DAYS", "TO", "ABOUT", "POSTPONED", "EARLIEST", "EVERY",
    "EVERY_YEAR", "LEAST", "MOST", "COUNT_BACK", "EXTENSION", "ORDINAL", "EITHER",
})
"""Terminals that change what stands beside them, so that none may be left over there."""
# fmt: on

_TELLING_AFTER: Final = frozenset({"BEFORE", "AFTER", "AROUND", "WITHIN", "SINCE", "ABOVE"})
"""Terminals that change what stands before them, and a number of days that stands after: 前5个工作日."""


def scan(original: str) -> Iterator[Found]:
    """Yield the items of a text in its order."""
    plain = make_plain(original)
    done = 0
    for run in _runs(plain.text):
        islands = list(_islands(run))
        taken = {place for start, end, _ in islands for place in range(start, end)}
        for start, end, item in islands:
            leftover = _leftover(run, taken, start, end, item)
            first, last = run[start].start, run[end - 1].end
            yield Found(
                item,
                plain.quote(first, last),
                sum(plain.text.count(sign, 0, first) for sign in _SENTENCE_ENDS),
                plain.text[done:first],
                leftover and plain.quote(leftover.start, leftover.end),
            )
            done = last


def _runs(text: str) -> Iterator[list[Token]]:
    """Yield the stretches of terminals that no other word interrupts."""
    run: list[Token] = []
    for token in phrase_parser().cut(text):
        if token.kind == "OTHER":
            if run:
                yield run
            run = []
        else:
            run.append(token)
    if run:
        yield run


def _leftover(run: list[Token], taken: set[int], start: int, end: int, item: Item) -> Token | None:
    """Return a telling word beside an item that is no part of any."""
    before, after = (run[place] if 0 <= place < len(run) and place not in taken else None for place in (start - 1, end))
    telling_before = _TELLING | _TELLING_AFTER if isinstance(item, Counted) else _TELLING
    if before is not None and before.kind in telling_before:
        return before
    telling_after = _TELLING | _TELLING_AFTER
    if run[end - 1].kind in {"BEFORE", "CLOSING"}:
        # What is closed already goes on to no end: 18日前到科室.
        telling_after -= {"TO"}
    if isinstance(item, Yearly):
        telling_after |= {"LISTED"}
    return after if after is not None and after.kind in telling_after else None


def _islands(run: list[Token]) -> Iterator[tuple[int, int, Item]]:
    start = 0
    while start < len(run):
        longest = phrase_parser().longest(run[start : start + _LONGEST_ITEM])
        if longest is None:
            start += 1
            continue
        item, size = longest
        yield start, start + size, item
        start += size
