"""A letter as a mail: RFC 5322 with Chinese headers and a UTF-8 body."""

import re
from email.errors import HeaderParseError
from email.headerregistry import Address, Group
from email.message import EmailMessage
from typing import Literal

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


def mail_of(letter: Letter, sender: Address, encoding: Literal["8bit", "base64"]) -> EmailMessage:
    """Return the letter as a mail from `sender`, its body under this transfer encoding.

    A letter without a usable address is addressed to its recipient's name alone.
    """
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = address_of(letter.recipient, letter.address) or Group(_one_line(letter.recipient), ())
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = letter.written_at.astimezone(SHANGHAI)
    mail["Message-ID"] = f"<{letter.message_id}>"
    # RFC 3834: absence replies and list servers leave such a mail alone.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.body, charset="utf-8", cte=encoding)
    return mail


def _one_line(text: str) -> str:
    return " ".join(text.split())
