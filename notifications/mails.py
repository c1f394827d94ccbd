"""A letter as a mail: RFC 5322 with Chinese headers and a UTF-8 body."""

import re
from email.charset import BASE64, Charset
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime, formataddr, quote
from typing import Final, Literal

from deadlines import SHANGHAI
from notifications.letters import Letter


def address_of(name: str, address: str | None) -> Address | None:
    """Return a mailbox with this display name; None where the address is missing or is none."""
    if not address or not address.isascii():
        return None
    try:
        return Address(_one_line(name), addr_spec=address)
    except (ValueError, IndexError, HeaderParseError):
        return None


def mailbox(text: str) -> Address:
    """Read `名称 <mailbox@host>` or `mailbox@host`; raises `ValueError` for anything else."""
    match = re.fullmatch(r"\s*([^<>]*?)\s*<([^<>\s]+)>\s*", text)
    found = address_of(match[1], match[2]) if match else address_of("", text)
    if found is None:
        raise ValueError(f"{text!r} is no mail address; write it as 名称 <mailbox@host>")
    return found


def mail_of(letter: Letter, sender: Address, encoding: Literal["8bit", "base64"]) -> bytes:
    """Return the letter as a mail from `sender`, its body under this transfer encoding.

    Lines end in CRLF, as servers want them, but for 8bit, which is for files.

    A letter without a usable address is addressed to its recipient's name alone.
    """
    # The older of the two ways that the library has: it writes the same mail in a quarter of the time.
    mail: Message[str | Header, str | Header] = Message()
    mail["From"] = _addressed(sender)
    mail["To"] = _addressed(address_of(letter.recipient, letter.address), _one_line(letter.recipient))
    mail["Subject"] = _worded(_one_line(letter.subject))
    mail["Date"] = format_datetime(letter.written_at.astimezone(SHANGHAI))
    mail["Message-ID"] = f"<{letter.message_id}>"
    # RFC 3834: absence replies and list servers leave such a mail alone.
    mail["Auto-Submitted"] = "auto-generated"
    if unsubscribe := letter.links.unsubscribe:
        mail["List-Unsubscribe"] = f"<{unsubscribe}>"
        if unsubscribe.startswith("https:"):
            # RFC 8058, which asks for HTTPS: a mail program does it by itself at its reader's wish.
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_payload(letter.text, _BODIES[encoding])
    return mail.as_bytes(policy=_POLICIES[encoding])


_POLICIES: Final = {"base64": compat32.clone(linesep="\r\n"), "8bit": compat32}


def _body(encoding: int | None) -> Charset:
    charset = Charset("utf-8")
    # The library's types leave out that none means as it is.
    charset.body_encoding = encoding  # type: ignore[assignment]
    return charset


_BODIES: Final = {"base64": _body(BASE64), "8bit": _body(None)}


def _addressed(address: Address | None, name: str = "") -> str | Header:
    """Write an address with its name; a name alone as a group of nobody."""
    shown = address.display_name if address else name
    written = f"<{address.addr_spec}>" if address else ":;"
    if shown.isascii():
        return formataddr((shown, address.addr_spec)) if address else f'"{quote(shown)}":;'
    header = Header(shown, "utf-8")
    header.append(written, "us-ascii")
    return header


def _worded(text: str) -> str | Header:
    return text if text.isascii() else Header(text, "utf-8")


def _one_line(text: str) -> str:
    return " ".join(text.split())
