"""Setting text in SVG, which neither wraps nor shortens by itself."""

from functools import lru_cache
from typing import Final
from unicodedata import east_asian_width

_MARKS: Final = "、，；： -/"
_CLOSING: Final = "、，。；：）”"


def width_of(text: str, size: float) -> float:
    """Estimate how wide a text is in a common sans-serif: Chinese characters are square, others about half of that."""
    return sum(size if east_asian_width(character) in "WF" else 0.56 * size for character in text)


def shorten(text: str, size: float, width: float) -> str:
    """Return the text, or as much of its beginning as fits with an ellipsis."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text, size) + size > width:
        text = text[:-1]
    return text + "…"


@lru_cache(maxsize=1024)
def in_two(text: str, size: float, width: float) -> tuple[str, ...]:
    """Return the text on one line where it fits, else on two of them, the second shortened to fit."""
    breaks = [at for at in range(1, len(text)) if _may_break(text, at) and width_of(text[:at], size) <= width]
    if width_of(text, size) <= width or not breaks:
        return (shorten(text, size, width),)
    at = _best(text, breaks, size, width)
    return text[:at].strip(), shorten(text[at:].strip(), size, width)


def _best(text: str, breaks: list[int], size: float, width: float) -> int:
    """Return where the second line begins: after a mark if both lines fit then, else where they are most alike."""
    whole = [at for at in breaks if width_of(text[at:], size) <= width]
    marked = [at for at in whole if text[at - 1] in _MARKS]
    if not whole:
        return breaks[-1]
    return min(marked or whole, key=lambda at: abs(width_of(text[:at], size) - width_of(text[at:], size)))


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    return after not in _CLOSING and (before in _MARKS or not (before.isascii() and after.isascii()))
