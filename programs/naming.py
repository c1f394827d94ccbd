"""Names of people and bodies, told apart by what makes a difference."""

import unicodedata
from typing import Final

#: Brackets of every kind that are no others after their width is gone.
_BRACKETS: Final = frozenset("()[]{}<>【】〔〕〖〗「」『』《》〈〉")


def plain_name(text: str) -> str:
    """Return a name without what makes no difference: width, spaces, capitals and brackets, but not what is in them.

    某某(泸州)公司, 某某（泸州） 公司 and 某某泸州公司 are one name; 某某公司 is another.
    """
    wide = unicodedata.normalize("NFKC", text)
    return "".join(one for one in wide if not one.isspace() and one not in _BRACKETS).casefold()
