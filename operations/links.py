"""Links in letters, which act without a session: each signed for one purpose and one message, worth nothing elsewhere.

Whoever has the letter has the link, and nobody else can make one: the signature needs the key of personal data. It is
kept nowhere. Links in letters that were sent before that key was exchanged hold no more.
"""

from enum import StrEnum
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.desk import Desk
from operations.results import UnknownError
from store import Vault
from store import tables as t

#: Where the console shows what these links lead to.
LETTERS = "/letters"
#: Where it takes up invitations.
INVITATIONS = "/invitations"

#: What a letter that is only looked at has in the place of a signature.
_UNSIGNED = "…"


class Purpose(StrEnum):
    """What a link is for."""

    RECEIVED = "received"
    UNSUBSCRIBE = "unsubscribe"


class Linking:
    """Writes the links of letters: of those that are to be sent `signed`, else such as lead nowhere.

    There are none without an address of the console, nor where the key is missing: `linxuan doctor` tells of that, and
    what is owed goes out all the same.
    """

    def __init__(self, desk: Desk, connection: Connection, *, signed: bool) -> None:
        self._base = desk.letterhead.public
        self._vault: Vault | None = None
        if self._base and signed:
            try:
                self._vault = desk.reading(connection)
            except UnknownError:
                self._base = None

    def to(self, purpose: Purpose, message_id: str) -> str | None:
        """Return the address that serves a purpose for a message, where there is one."""
        if self._base is None:
            return None
        signature = self._vault.sign(_signed(purpose, message_id)) if self._vault else _UNSIGNED
        return f"{self._base}{LETTERS}/{purpose}/{message_id.partition('@')[0]}/{signature}"


def message_behind(desk: Desk, connection: Connection, purpose: Purpose, name: str, signature: str) -> str | None:
    """Return the id of the message that a link was made for; none where it was not, or serves another purpose."""
    of = t.message.c
    if not (name.isascii() and name.isalnum()):
        return None
    # The name is the id's beginning, and all of it that tells it from others.
    message_id = connection.execute(select(of.id).where(of.id.between(f"{name}@", f"{name}A"))).scalar()
    if message_id is None:
        return None
    expected = desk.reading(connection).sign(_signed(purpose, message_id))
    return message_id if compare_digest(expected.encode(), signature.encode()) else None


def _signed(purpose: Purpose, message_id: str) -> str:
    return f"{purpose}|{message_id}"
