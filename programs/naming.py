"""Names of people and bodies: of what they are written, and told apart by what makes a difference."""

import unicodedata
from typing import Final

#: Brackets of every kind that are no others after their width is gone.
_BRACKETS: Final = frozenset("()[]{}<>【】〔〕〖〗「」『』《》〈〉")

#: Kinds of characters that this Python does not know yet, and that are agreed on elsewhere.
_UNKNOWN: Final = frozenset({"Cn", "Co"})
#: What no office file can hold.
_NO_CHARACTERS: Final = "\ufffe\uffff"


def is_one_line(text: str) -> bool:
    """Whether a text breaks no line and has nothing in it that is never seen, such as control characters."""
    return text.isprintable() or all(map(is_seen, text))


def is_seen(one: str) -> bool:
    """Whether a character is seen, within a line.

    Rare ones in people's names are newer than Python, or of a private use where registers had no other for them.
    """
    return one.isprintable() or (unicodedata.category(one) in _UNKNOWN and one not in _NO_CHARACTERS)


def plain_name(text: str) -> str:
    """Return a name without what makes no difference: width, spaces, capitals and brackets, but not what is in them.

    某某(泸州)公司, 某某（泸州） 公司 and 某某泸州公司 are one name; 某某公司 is another.
    """
    wide = unicodedata.normalize("NFKC", text)
    return "".join(one for one in wide if not one.isspace() and one not in _BRACKETS).casefold()
