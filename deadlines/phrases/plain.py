"""Makes a text plain before it is cut into words: half-width signs, one kind of dash, Arabic numerals.

Every plain character remembers where it came from, so that a reading can quote the text as it was written.
"""

import re
from dataclasses import dataclass
from typing import Final

_DASHES: Final = "‐‑‒–—―−－﹣─━~～〜∼∽"
_SIGNS: Final = str.maketrans({
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys("∶﹕︰", ":"),
    **dict.fromkeys("〔［【", "["),
    **dict.fromkeys("〕］】", "]"),
    **dict.fromkeys("\u3000\u00a0\u2002\u2003\u2009\ufeff\t\r", " "),
    "。": "。",
    "．": ".",
    "﹒": ".",
    "／": "/",
    "﹐": ",",
})  # fmt: skip

_DIGITS: Final = {"〇": 0, "○": 0, "零": 0, "O": 0, "o": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4} | {
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_TENS: Final = {"十": 10, "廿": 20, "卅": 30}
_NUMERAL: Final = "[〇○零一二两三四五六七八九十廿卅百][〇○零Oo一二两三四五六七八九十廿卅百]{0,9}"
_UNIT: Final = r"\s*(?:个|年|月|日|号|天|周(?![一二三四五六日天])|星期(?![一二三四五六日天])|时|点|分|工作日|自然日)"
# Spaces may stand between the digits of a year, and of what comes after a unit: 2 0 2 6 年 3 月 3 1 日. Elsewhere two
# digits are two numbers: 附件1 2月5日.
_SPACED: Final = (
    r"(?<!\d)(?:1\s*9|2\s*0)\s*\d\s*\d(?=\s*年)"
    r"|(?<=年)\s*[01]\s+\d(?=\s*月)"
    r"|(?<=月)\s*[0-3]\s+\d(?=\s*[日号])"
    r"|(?<=[日号午晚])\s*[0-2]\s+\d(?=\s*[时点:])"
    r"|(?<=[时点])\s*[0-5]\s+\d(?=\s*分)"
    r"|[〇○零一二三四五六七八九](?:\s+[〇○零一二三四五六七八九]){3}(?=\s*年)"
    r"|(?<=[年月日午])\s*(?:[二三]\s*)?十(?:\s*[一二三四五六七八九])?(?=\s*[月日号时点])"
)
# A numeral is a number where a unit follows it, or a further number that leads to one: 七、八、九月.
# 周一, 第一 and 统一 are words; 元月 is January. A number may stand twice, once in brackets: 5（五）个, 五（5）个.
_NUMBERS: Final = re.compile(
    r"(?<![公纪])元(?=月)"
    rf"|{_SPACED}"
    r"|(?<!星期)(?<!礼拜)(?<![周第统唯万专单同划])"
    rf"{_NUMERAL}(?=(?:\(\d{{1,3}}\)|\))?(?:\s*(?:[至到、-]|和)\s*(?:{_NUMERAL}|\d+)){{0,11}}{_UNIT})"
)
# 五六天 is five or six days, 十五六天 fifteen or sixteen; 一九九八年 is a year, and 二〇 has a zero to tell it by.
_ESTIMATE: Final = re.compile("(.*十|)([一二两三四五六七八九])([一二三四五六七八九])")


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain text, and for each of its characters, and its end, the place in the original."""

    original: str
    text: str
    origins: tuple[int, ...]

    def quote(self, start: int, end: int) -> str:
        """Return the original of a stretch of the plain text."""
        return self.original[self.origins[start] : self.origins[end]].strip()


def make_plain(original: str) -> Plain:
    """Return the plain form of a text."""
    signs = original.translate(_SIGNS)
    pieces: list[str] = []
    origins: list[int] = []
    done = 0
    for match in _NUMBERS.finditer(signs):
        number = _number(match.group(), is_year=signs.startswith("年", match.end()))
        pieces += signs[done : match.start()], number
        origins += range(done, match.start())
        origins += [match.start()] * len(number)
        done = match.end()
    pieces.append(signs[done:])
    origins += range(done, len(signs) + 1)
    return Plain(original, "".join(pieces), tuple(origins))


def _number(written: str, *, is_year: bool) -> str:
    written = "".join(written.split())
    if written == "元":
        return "1"
    if written.isdecimal():
        return written
    estimate = None if is_year else _ESTIMATE.fullmatch(written)
    if estimate is None:
        return arabic(written)
    tens, low, high = estimate.groups()
    return f"{arabic(tens + low)}或{arabic(tens + high)}"


def arabic(numeral: str) -> str:
    """Return a Chinese numeral in Arabic digits: 二〇二三 digit by digit, 三十一 and 一百二十 by value.

    A library for this would take a tenth of a second to load, a quarter of the whole command.
    """
    if not any(sign in numeral for sign in "十廿卅百"):
        return "".join(str(_DIGITS[sign]) for sign in numeral)
    total = 0
    digit: int | None = None
    for sign in numeral:
        if sign == "百":
            total, digit = total + (1 if digit is None else digit) * 100, None
        elif sign in _TENS:
            total, digit = total + (1 if digit is None else digit) * _TENS[sign], None
        else:
            digit = _DIGITS[sign]
    return str(total + (digit or 0))
