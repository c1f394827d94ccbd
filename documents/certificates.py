"""Certificates: one page for each honoree, with its number and a QR code that leads to where it can be verified."""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import segno

from documents.errors import DocumentError
from documents.filling import SHIPPED, Picture, fill
from documents.notices import in_words, require_public
from programs import Words
from programs.model import NomineeKind

#: How each kind of nominee is addressed, and called within the sentence.
_ADDRESSED: Final = {
    NomineeKind.PERSON: ("同志", "您"),
    NomineeKind.UNIT: ("", "你单位"),
    NomineeKind.STUDIO: ("", "你工作室"),
    NomineeKind.TEAM: ("", "你团队"),
}
#: How wide the QR code is printed, in millimetres: an address of 60 letters still has dots of half a millimetre.
_QR_WIDTH: Final = 26

#: The path below the console's address under which a certificate is verified.
VERIFY: Final = "/verify"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate. `honor` is what is printed above, `grade` what is conferred; `last_day` ends its term."""

    number: str
    code: str
    honor: str
    name: str
    employer: str
    grade: str
    dated: date
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """The certificates of one program, sealed by these issuers. `address` is where people reach the console."""

    edition: str
    nominee: NomineeKind
    issuers: tuple[str, ...]
    address: str


def certificates(series: Series, printed: Iterable[Certificate], template: Path | None = None) -> bytes:
    """Return the certificates as one `.docx`, a page each, in the order given.

    Raises `DocumentError` where there are none, where personal numbers stand in one, for an address that cannot be
    reached by a browser, and for a template that cannot be filled.
    """
    require_address(series.address)
    pages = [_values(series, one) for one in printed]
    if not pages:
        raise DocumentError(
            Words(
                "没有可打印的证书；请先发文，再用 linxuan certificate number 编号",
                "there are no certificates; issue the document, then number them with linxuan certificate number",
            )
        )
    return fill(
        template or SHIPPED / "certificate.docx",
        {"edition": series.edition, "issuers": list(series.issuers), "certificates": pages},
    )


def require_address(address: str) -> None:
    """Raise `DocumentError` unless it is the address of a web page."""
    parts = urlsplit(address) if re.fullmatch(r"https?://[\x21-\x7e]+", address) else None
    if parts is None or not parts.hostname or parts.query or parts.fragment:
        raise DocumentError(
            Words(
                f"核验网址“{address}”不对；请用 --address 或 LINXUAN_PUBLIC_URL 写明公众打开控制台的网址，"
                "如 https://linxuan.example.cn",
                f"“{address}” is no address to verify at; say with --address or LINXUAN_PUBLIC_URL where the public "
                "reaches the console, such as https://linxuan.example.cn",
            )
        )


def verification_address(address: str, code: str) -> str:
    """Return where a certificate of this code is verified."""
    return f"{address.rstrip('/')}{VERIFY}/{code}"


def qr_code(text: str) -> bytes:
    """Return a QR code as a PNG, readable with a tenth and a half of it damaged."""
    buffer = io.BytesIO()
    segno.make_qr(text, error="m").save(buffer, kind="png", scale=8, border=2)
    return buffer.getvalue()


def _values(series: Series, one: Certificate) -> dict[str, object]:
    require_public(one.name, (one.name, one.employer, one.grade))
    addressed, whom = _ADDRESSED[series.nominee]
    return {
        "number": one.number,
        "code": shown_code(one.code),
        "honor": one.honor,
        "name": one.name,
        "addressed": addressed,
        "whom": whom,
        "employer": "" if series.nominee is NomineeKind.UNIT else one.employer,
        # A grade such as “最美巴渝工匠”提名 has its own marks.
        "grade": one.grade if "“" in one.grade else f"“{one.grade}”",
        "dated": in_words(one.dated),
        "term": f"{in_words(one.dated)}至{in_words(one.last_day)}" if one.last_day else "",
        "qr": Picture(qr_code(verification_address(series.address, one.code)), _QR_WIDTH),
    }


def shown_code(code: str) -> str:
    """Write a code in groups of four, as people read it out."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
