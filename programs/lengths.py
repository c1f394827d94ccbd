"""How long a text is: notices state a number of characters (字) and seldom say what counts as one."""

import re
import unicodedata
from enum import StrEnum

from programs.words import Words


class Counting(StrEnum):
    """What counts as one character. The first is the default: it is what Word calls 字符数（不计空格）."""

    CHARACTERS = "characters"
    WITH_SPACES = "with-spaces"
    WORDS = "words"
    HAN = "han"

    @property
    def label(self) -> Words:
        """How it is told to people."""
        return _LABELS[self]


_LABELS = {
    Counting.CHARACTERS: Words("标点计入，空格不计", "punctuation counts, spaces do not"),
    Counting.WITH_SPACES: Words("标点、空格都计入", "punctuation and spaces count"),
    Counting.WORDS: Words("按 Word 的“字数”", "as Word counts words"),
    Counting.HAN: Words("只计汉字", "only Chinese characters count"),
}

#: A character of the ideographs (with extensions), which every way of counting counts as one.
_HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
#: East Asian punctuation and full-width forms: Word counts each as a word of its own.
_EAST_ASIAN = re.compile(
    rf"{_HAN.pattern}|[\u2014\u2018-\u201d\u2026\u3001-\u303f\u3040-\u30ff\uac00-\ud7af\uff00-\uffef]"
)


def count_characters(text: str, counting: Counting) -> int:
    """Return how many characters a text has. Line ends, and what is not printed, never count."""
    text = "".join(one for one in text if one.isspace() or unicodedata.category(one) not in ("Cc", "Cf"))
    match counting:
        case Counting.HAN:
            return len(_HAN.findall(text))
        case Counting.WORDS:
            return len(_EAST_ASIAN.findall(text)) + len(_EAST_ASIAN.sub(" ", text).split())
        case Counting.CHARACTERS:
            return sum(not one.isspace() for one in text)
        case Counting.WITH_SPACES:
            return sum(one in " \u3000\u00a0" or not one.isspace() for one in text)
