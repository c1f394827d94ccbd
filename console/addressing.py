"""Addresses beside the mailbox, as the pages of organizations and people change them."""

from typing import Final

from console.acting import number_in
from console.forms import Form
from notifications.kinds import ChannelKind
from operations.acts import Act
from operations.addresses import add_address, prefer_address, remove_address
from operations.desk import Desk
from operations.results import Denied, UnknownError
from programs import Words

#: What those pages do with an address, by the end of the path.
ADDRESSING: Final = ("address", "prefer-address", "remove-address")


def addressed(desk: Desk, deed: str, form: Form, act: Act) -> Denied | None:
    """Do what a form asks with an address; raises `UnknownError` for what is none."""
    name = form.get("name")
    if deed == "address":
        kind = next((one for one in ChannelKind if one == form.get("channel")), None)
        if kind is None:
            raise UnknownError(Words("请选择通知方式", "choose how"))
        done = add_address(desk, name, kind, form.get("address"), act, first=bool(form.get("first")))
        return done if isinstance(done, Denied) else None
    number = number_in(form.get("number"))
    return (prefer_address if deed == "prefer-address" else remove_address)(desk, name, number, act)
