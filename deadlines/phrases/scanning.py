"""Finds the items in a text: cuts it into the grammar's terminals and takes the longest item that begins at each.

What a text says about time stands in islands in a sea of other words. An island that leaves a word of time beside it
over was not understood as a whole, and says so: half an understanding is a guess.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from deadlines.phrases.parser import phrase_parser
from deadlines.phrases.plain import make_plain
from deadlines.phrases.syntax import (
    Counted,
    Deadline,
    Event,
    Found,
    Item,
    Point,
    Range,
    Token,
    WeekdayOf,
    Yearly,
)

_LONGEST_ITEM: Final = 64
"""In terminals; far more than any real one has, and a bound on what a text of nonsense costs."""

_LONGEST_EVENT: Final = 24
"""In characters: a longer event is quoted by its end."""

_SENTENCE_ENDS: Final = frozenset("。;!?\n")
# fmt: off
_TELLING: Final = frozenset({
    "FULL_DATE", "YEAR", "MONTH", "MONTH_WORD", "PART", "QUARTER", "END", "MONTH_END", "YEAR_END", "VAGUE", "DAY",
    "SHORT_DAY", "CLOCK", "HOUR", "ZONE", "NUMBERED_DAYS", "TO", "ABOUT", "POSTPONED", "EARLIEST", "EVERY",
    "EVERY_YEAR", "LEAST", "MOST", "COUNT_BACK", "EXTENSION", "ORDINAL", "EITHER", "NOT", "PAST", "EXCEPT",
    "OTHER_CALENDAR", "ODD_YEAR", "ODD_CLOCK", "NUMERAL", "BLANK",
})
"""Terminals that change what stands beside them, so that none may be left over there."""
# fmt: on

_TELLING_AFTER: Final = frozenset({"BEFORE", "AFTER", "AROUND", "WITHIN", "SINCE", "ABOVE"})
"""Terminals that change what stands before them, and a number of days that stands after: 前5个工作日."""

_DAYS_END: Final = frozenset({"FULL_DATE", "MONTH_DOT_DAY", "DAY", "SHORT_DAY"})
_DATES_END: Final = _DAYS_END | {"END", "MONTH_END", "PART", "VAGUE"}
_DATES_BEGIN: Final = _DAYS_END | {"YEAR", "YEAR_WORD", "MONTH", "MONTH_WORD"}
"""Terminals that end a date and begin one. Two dates run together are not two dates: 9月15日9.30前."""

_GREATEST: Final = {"MONTH": 12, "DAY": 31, "SHORT_DAY": 31, "HOUR": 24, "CLOCK": 24}
"""What the two digits that a text writes apart may be at most, by the terminal that the second one begins."""

_HOUR_AFTER: Final = re.compile(r"(\d+|\s+(?:1\d|2[0-4]|\d)(?![\d.、)月年日号天个时点:/-]))")
"""What looks like an hour right after a day. After a space it is one only where it numbers no item of a list."""

_BAN_AFTER: Final = re.compile(
    r"\s*,?((?:一律|均|暂|将|起)*(?:不(?:予|再|得|能|可以?|准|开放|接受|接收|受理)|停止|关闭|暂停)[^,。;]{0,4})"
)
"""What turns 'before' around: nothing is taken until then."""

_WHICH_WEEKDAY: Final = re.compile(r"((?:第|最后)[^,。;\n]{0,8})$")

_CLAUSE_ENDS: Final = _SENTENCE_ENDS | {"、", ","}
_CLAUSE_SIGNS: Final = frozenset("()[]{}:《》")


def scan(original: str) -> Iterator[Found]:
    """Yield the items of a text in its order."""
    plain = make_plain(original)
    done = 0
    for before, run, after in _runs(plain.text):
        islands = list(_islands(run))
        taken = {place for start, end, _ in islands for place in range(start, end)}
        for start, end, item in islands:
            first, last = run[start].start, run[end - 1].end
            leftover = (
                _leftover(run, taken, start, end, item)
                or _lost_digits(plain.text, run, start, end)
                or _lost_words(plain.text, first, last, item)
            )
            if isinstance(item, Counted) and item.bare:
                words = (before if start == 0 else None, after if end == len(run) else None)
                item = replace(item, alone=not _words_beside(plain.text, first, last, words))  # noqa: PLW2901
            yield Found(
                item,
                plain.quote(_event_begins(plain.text, done, first, item), last),
                sum(plain.text.count(sign, 0, first) for sign in _SENTENCE_ENDS),
                plain.text[done:first],
                leftover and plain.quote(leftover.start, leftover.end),
                _fills_a_line(plain.text, first, last),
            )
            done = last


def _event_begins(text: str, done: int, first: int, item: Item) -> int:
    """Return where to quote from: what days are counted from stands before them, 自收到通知 之日起5日内."""
    anchor = item.anchor if isinstance(item, Counted) else item.start if isinstance(item, Range) else None
    if not isinstance(anchor, Event):
        return first
    begin = first
    while begin > max(done, first - _LONGEST_EVENT) and text[begin - 1] not in _CLAUSE_ENDS | _CLAUSE_SIGNS:
        begin -= 1
    return begin


def _runs(text: str) -> Iterator[tuple[Token | None, list[Token], Token | None]]:
    """Yield the stretches of terminals that no other word interrupts, each with the words that it stands between."""
    run: list[Token] = []
    before: Token | None = None
    for token in phrase_parser().cut(text):
        if token.kind == "OTHER":
            if run:
                yield before, run, token
            run, before = [], token
        else:
            run.append(token)
    if run:
        yield before, run, None


def _fills_a_line(text: str, first: int, last: int) -> bool:
    """Say whether nothing else stands on the line, in a text of several."""
    begin, end = text.rfind("\n", 0, first) + 1, text.find("\n", last)
    line = text[begin : end if end >= 0 else len(text)].strip()
    return line == text[first:last] and line != text.strip()


def _words_beside(text: str, first: int, last: int, words: tuple[Token | None, Token | None]) -> bool:
    """Say whether a mere length of time stands in one clause with other words: 周期从30天缩短 is no period of ours."""
    before, after = words
    return (
        before is not None and before.text not in _CLAUSE_ENDS and not _CLAUSE_SIGNS & set(text[before.end : first])
    ) or (after is not None and after.text not in _CLAUSE_ENDS and not _CLAUSE_SIGNS & set(text[last : after.start]))


def _leftover(run: list[Token], taken: set[int], start: int, end: int, item: Item) -> Token | None:
    """Return a telling word beside an item that is no part of any."""
    before, after = (run[place] if 0 <= place < len(run) and place not in taken else None for place in (start - 1, end))
    telling_before = _TELLING | _TELLING_AFTER if isinstance(item, Counted) else _TELLING
    if before is not None and before.kind in telling_before:
        return before
    telling_after = _TELLING | _TELLING_AFTER
    if start and _run_together(run[start - 1], run[start]):
        return run[start - 1]
    if end < len(run) and _run_together(run[end - 1], run[end]):
        return run[end]
    if run[end - 1].kind in {"BEFORE", "CLOSING"}:
        # What is closed already goes on to no end: 18日前到科室.
        telling_after -= {"TO"}
    if isinstance(item, Range) and end < len(run) and run[end].text == "到":
        # What has its end is not open until another: 6月20日至21日到会务组报到.
        telling_after -= {"TO"}
    if isinstance(item, Yearly):
        telling_after |= {"LISTED"}
    listed = [token.kind for token in run[end : end + 3]]
    if run[end - 1].kind in {"END", "MONTH_END"} and listed == ["LISTED", "MONTH", "VAGUE"]:
        # 8月底、9月初 is one time, and none to the day.
        return run[end + 2]
    return after if after is not None and after.kind in telling_after else None


def _lost_digits(text: str, run: list[Token], start: int, end: int) -> Token | None:
    """Return a number that the item was read without.

    A day after its month, 6月30曰; an hour after its day, 5月31日17.30前, and before one that is taken for a date,
    下午5.30前; or a digit, 3 1日.
    """

    def beside(one: Token, other: Token) -> bool:
        return not text[one.end : other.start].strip(" ")

    if end < len(run) and (run[end - 1].kind, run[end].kind) == ("MONTH", "NUMBER") and beside(run[end - 1], run[end]):
        return run[end]
    before, first = run[start - 1] if start else None, run[start]
    if before is not None and before.kind == "DAYPART" and first.kind == "MONTH_DOT_DAY":
        return before
    if run[end - 1].kind in _DAYS_END and (after := _HOUR_AFTER.match(text, run[end - 1].end)):
        return Token("NUMBER", after[1], after.start(1), after.end(1))
    greatest = _GREATEST.get(first.kind)
    if before is None or greatest is None or before.kind != "NUMBER" or len(before.text) > 1:
        return None
    number = re.fullmatch(r"(\d\d)\D.*|\d\d", before.text + first.text)
    fits = number is not None and 10 <= int(number.group()[:2]) <= greatest
    return before if fits and beside(before, first) else None


def _lost_words(text: str, first: int, last: int, item: Item) -> Token | None:
    """Return words around an item that make it another thing: 第三个星期五, 6月1日前不予受理."""
    if isinstance(item, Deadline) and item.edge.before and (ban := _BAN_AFTER.match(text, last)):
        return Token("OTHER", ban[1], ban.start(1), ban.end(1))
    match item:
        case Deadline(Point(WeekdayOf(week=None))):
            which = _WHICH_WEEKDAY.search(text[max(0, first - _LONGEST_EVENT) : first])
            return Token("OTHER", which[1], first - len(which[1]), first) if which else None
    return None


def _run_together(one: Token, other: Token) -> bool:
    return one.kind in _DATES_END and other.kind in _DATES_BEGIN and one.end == other.start


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
