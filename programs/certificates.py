"""How a program's certificates are numbered."""

import unicodedata
from typing import Final

from pydantic import Field, field_validator

from programs.base import Part, unfit
from programs.words import Words


class Certificate(Part):
    """How the certificates of a program are numbered: the pattern's `{year}` is the document's, `{ordinal}` counts."""

    number: str = Field(default="{year}{ordinal}", min_length=1, max_length=80)
    digits: int = Field(default=4, ge=1, le=8, description="with zeros in front to so many digits")

    @field_validator("number")
    @classmethod
    def _tells_certificates_apart(cls, number: str) -> str:
        plain = number.replace("{ordinal}", "").replace("{year}", "")
        if "{ordinal}" not in number or "{" in plain or "}" in plain or not number.isprintable():
            raise unfit(
                Words(
                    "证书编号里没有 {ordinal}，或有 {year} 以外的花括号、不能打印的字符",
                    "the pattern has no {ordinal}, or other braces than {year}, or what cannot be printed",
                ),
                Words("请写成“证字〔{year}〕{ordinal}号”这样", "write it like “证字〔{year}〕{ordinal}号”"),
            )
        return number

    def numbered(self, year: int, ordinal: int) -> str:
        """Return the number of one certificate."""
        return self.number.replace("{year}", str(year)).replace("{ordinal}", f"{ordinal:0{self.digits}d}")


def spellings(typed: str) -> frozenset[str]:
    """Return how a number may stand on the certificate of which somebody types it so.

    What makes no difference is the width of digits and letters, spaces, whether all letters are capitals or none, and
    which kind of brackets there is.
    """
    plain = "".join(unicodedata.normalize("NFKC", one) if one.isalnum() else one for one in typed if not one.isspace())
    bracketed = {plain} | {plain.translate(_bracketed(*pair)) for pair in _BRACKETS}
    return frozenset({typed.strip()} | {alike for one in bracketed for alike in (one, one.upper(), one.lower())})


#: Kinds of brackets that numbers of documents and certificates have.
_BRACKETS: Final = ("〔〕", "（）", "()", "[]", "【】", "［］")


def _bracketed(opens: str, closes: str) -> dict[int, str]:
    return {ord(one): end for pair in _BRACKETS for one, end in zip(pair, (opens, closes), strict=True)}
