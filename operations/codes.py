"""Codes that let whoever has one ask: drawn by chance, printed once, and in no event."""

import secrets
import unicodedata
from typing import Final

#: Letters and digits that nobody takes for one another (no I, L, O and U).
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: 80 bits of chance: guessing a hundred codes a second for a century finds none of a million.
CODE_LENGTH: Final = 16

#: What is read for a letter that looks like it.
_LIKE: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", "-": None, " ": None})


def make_code() -> str:
    """Draw a code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def read_code(text: str) -> str:
    """Return a code as it is kept: without what parts it, and with what looks alike read as what it must be.

    Characters of full width, as Chinese keyboards type them, are read as what they stand for.
    """
    return unicodedata.normalize("NFKC", text).strip().upper().translate(_LIKE)
