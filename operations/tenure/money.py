"""Money, exactly: whole fen within, yuan with two decimal places for people."""

import re
from typing import Final
from unicodedata import normalize

from operations.results import UnknownError
from programs import Words

_YUAN: Final = re.compile(r"([0-9][0-9,，]*)(?:\.([0-9]{1,2}))?(万)?元?")

#: No sum is larger: what 53 bits hold is exact everywhere.
_MOST: Final = 2**53


def read_yuan(text: str) -> int:
    """Return an amount in fen: `10000`, `9,999.50`, `1万`, in either width. Raises `UnknownError`, also for none."""
    text = normalize("NFKC", text)
    if not text.strip():
        raise UnknownError(
            Words(
                "没有填写金额，请填写，如 10000 或 9999.50（元）",
                "the amount is missing; write 10000 or 9999.50 (yuan)",
            )
        )
    found = _YUAN.fullmatch(text.strip())
    if found is None or (found[3] and found[2]):
        raise _unread(text)
    whole = int(re.sub(r"[,，]", "", found[1])) * (10_000 if found[3] else 1)
    fen = whole * 100 + int((found[2] or "0").ljust(2, "0"))
    if fen > _MOST:
        raise _unread(text)
    return fen


def yuan(fen: int) -> str:
    """Write an amount: `10,000.00`."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def _unread(text: str) -> UnknownError:
    return UnknownError(
        Words(
            "“{text}”不是金额，请写成 10000 或 9999.50（元）", "{text} is no amount; write 10000 or 9999.50 (yuan)"
        ).format(text=text)
    )
