"""The bodies that nominate, endorse and are written to, and where their messages go."""

from email.errors import MessageError
from email.headerregistry import Address
from typing import Any

from sqlalchemy import select, update

from operations.actors import RECORDERS, may_act
from operations.acts import Act
from operations.desk import Desk
from operations.results import Denied, UnknownError, denied
from programs import Words
from store import insert_new
from store import tables as t


def set_mail(desk: Desk, name: str, mail: str, act: Act) -> Denied | None:
    """Set an organization's address, and make the organization known if it is not.

    Raises `UnknownError` for what is no mail address.
    """
    refused = denied(may_act(act.actor, Words("登记单位", "register an organization"), RECORDERS))
    if refused:
        return refused
    try:
        address = Address(addr_spec=mail.strip())
    except (ValueError, IndexError, MessageError) as error:
        raise _no_address(mail) from error
    if not address.username or "." not in address.domain:
        raise _no_address(mail)
    with desk.store.write() as transaction:
        insert_new(transaction.connection, t.organization, [{"name": name}])
        transaction.connection.execute(
            update(t.organization).where(t.organization.c.name == name).values(mail=address.addr_spec)
        )
    return None


def list_organizations(desk: Desk) -> list[dict[str, Any]]:
    """Return every organization that is known, by name."""
    with desk.store.read() as connection:
        return [
            dict(row) for row in connection.execute(select(t.organization).order_by(t.organization.c.name)).mappings()
        ]


def _no_address(mail: str) -> UnknownError:
    return UnknownError(
        Words(
            "“{mail}”不是邮箱地址，请写成 office@example.org", "{mail!r} is no mail address; write office@example.org"
        ).format(mail=mail)
    )
