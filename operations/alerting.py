"""Telling those who look after the product that it needs them.

An alert goes out at once and by itself, not through the outbox: the outbox may be what is held up. Whoever tries it
again sends the same letter under the same Message-ID.
"""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from notifications.channels import Channel, DeliveryFailed
from notifications.kinds import ChannelKind
from notifications.letters import Letter
from operations.delivering import close_quietly, unforeseen

#: Who is written to; letters that are kept as files are addressed to nobody else.
RECIPIENT = "系统管理员"


def alert(channel: Channel, mails: tuple[str, ...], subject: str, body: str, now: datetime, *, matter: str) -> int:
    """Write to every administrator; returns how many letters that were. The same `matter` gives the same letters.

    Without an address, one letter goes out that only a channel of files can deliver. An address that fails keeps nobody
    else from being written to. Raises `DeliveryFailed` where nobody was reached, which is for good if all failed so.
    """
    sent, failed = 0, []
    try:
        for mail in mails or (None,):
            name = sha256(f"{matter}|{mail or ''}".encode()).hexdigest()[:32]
            try:
                letter = Letter(f"alert-{name}@linxuan", RECIPIENT, mail, f"【遴选】{subject}", body, now)
                channel.deliver(_by_its_channel(letter))
                sent += 1
            except DeliveryFailed as error:
                failed.append(error)
            except Exception as error:  # noqa: BLE001 - one address holds up no other, whatever is wrong with it
                failed.append(unforeseen(error))
    finally:
        close_quietly(channel)
    if failed and not sent:
        raise min(failed, key=lambda error: error.permanent)
    return sent


def way_to(told: str) -> tuple[ChannelKind, str]:
    """Return the channel and the address of an administrator, as in `sms:+8613800138000`; a mailbox by itself else."""
    before, _, address = told.partition(":")
    by = next((kind for kind in ChannelKind if kind == before), None)
    return (by, address) if by and address else (ChannelKind.MAIL, told)


def _by_its_channel(letter: Letter) -> Letter:
    by, address = way_to(letter.address or "")
    return letter if address == letter.address or not address else replace(letter, by=by, address=address)
