"""The bodies that nominate, endorse and are written to: what lies below what, and where their messages go.

Who is above another acts for it, so whoever shapes the tree hands out authority. Only somebody who is for all
organizations adds one; others may move what is below their own about within it, which gives nobody above it anything.
"""

from email.errors import MessageError
from email.headerregistry import Address
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import Authority, refuses
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.policy import Deed
from operations.results import Denied, MisstatedError
from operations.tree import Tree
from programs import Words
from programs.naming import is_one_line
from states import Refusal
from store import INSTALLATION, Transaction, hold, insert_new
from store import tables as t

#: The matter of who may do what: one at a time changes people, their roles and the tree.
AUTHORITY = ("authority",)


def add_organization(desk: Desk, name: str, act: Act, *, parent: str | None = None) -> Denied | None:
    """Make an organization known, below another or below none. Raises `MisstatedError` for what is no name."""
    name, parent = named(name), named(parent) if parent else None
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        if refusal := refuses(connection, act.actor, Deed.ADD_ORGANIZATION, Matter(within=(name, parent))):
            return Denied((refusal,))
        if name == parent:
            return Denied((_circle(name, name),))
        if not make_known(transaction, name, act):
            return Denied((_known_already(name),))
        if parent:
            make_known(transaction, parent, act)
            _place(transaction, name, None, parent, act)
    return None


def place_organization(desk: Desk, name: str, parent: str | None, act: Act) -> Denied | None:
    """Place an organization below another, or below none; who is not known yet becomes known.

    A circle is refused. Raises `MisstatedError` for what is no name.
    """
    name, parent = named(name), named(parent) if parent else None
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        authority = Authority(connection, act.actor)
        if refusal := authority.refuses(Deed.PLACE_ORGANIZATION, Matter(within=(name, parent))):
            return Denied((refusal,))
        if parent and authority.tree.is_at_or_above(name, parent):
            return Denied((_circle(name, parent),))
        for one in filter(None, (parent, name)):
            make_known(transaction, one, act)
        before = connection.execute(select(t.organization.c.parent).where(t.organization.c.name == name)).scalar_one()
        if before != parent:
            _place(transaction, name, before, parent, act)
    return None


def set_mail(desk: Desk, name: str, mail: str, act: Act) -> Denied | None:
    """Set an organization's address, and make the organization known if it is not.

    Raises `MisstatedError` for what is no name, or no mail address.
    """
    name = named(name)
    with desk.store.write() as transaction:
        connection = transaction.connection
        if refusal := refuses(connection, act.actor, Deed.SET_MAIL, Matter(within=(name,))):
            return Denied((refusal,))
        address = mail_address(mail)
        hold(connection, [AUTHORITY])
        make_known(transaction, name, act)
        of = t.organization.c
        before = connection.execute(select(of.mail).where(of.name == name)).scalar_one()
        if before != address:
            connection.execute(update(t.organization).where(of.name == name).values(mail=address))
            transaction.record(
                INSTALLATION,
                "organization.addressed",
                subject=name,
                **{"from": before, "to": address},
                **act.signature(),
            )
    return None


def list_organizations(desk: Desk) -> list[dict[str, Any]]:
    """Return every organization that is known, by name."""
    with desk.store.read() as connection:
        return [
            dict(row) for row in connection.execute(select(t.organization).order_by(t.organization.c.name)).mappings()
        ]


def is_registered(desk: Desk, name: str) -> bool:
    """Say whether there is an organization of this name."""
    with desk.store.read() as connection:
        known = select(t.organization.c.name).where(t.organization.c.name == name)
        return connection.execute(known).first() is not None


def make_known(transaction: Transaction, name: str, act: Act) -> bool:
    """Make an organization known, below none; returns whether it was not before."""
    if not insert_new(transaction.connection, t.organization, [{"name": name}]):
        return False
    transaction.record(INSTALLATION, "organization.added", subject=name, **act.signature())
    return True


def named(name: str) -> str:
    """Return a name as it is kept; raises `MisstatedError` for one that is empty or breaks a line."""
    stripped = name.strip()
    if not stripped or not is_one_line(stripped):
        raise MisstatedError(
            Words("名称不能为空，也不能含有换行或控制字符", "a name must neither be empty nor break the line")
        )
    return stripped


def top_of(connection: Connection, name: str) -> str:
    """Return the organization above which there is none, from this one on."""
    return Tree(connection).top_of(name)


def _place(transaction: Transaction, name: str, before: str | None, parent: str | None, act: Act) -> None:
    transaction.connection.execute(update(t.organization).where(t.organization.c.name == name).values(parent=parent))
    # Whose nominations are whose to see is found out anew.
    transaction.connection.execute(update(t.program).values(sides=t.program.c.sides + 1))
    transaction.record(
        INSTALLATION, "organization.placed", subject=name, **{"from": before, "to": parent}, **act.signature()
    )


def mail_address(mail: str) -> str:
    """Return a mail address as it is kept; raises `MisstatedError` for what is none."""
    try:
        address = Address(addr_spec=mail.strip())
    except (ValueError, IndexError, MessageError) as error:
        raise _no_address(mail) from error
    if not address.username or "." not in address.domain:
        raise _no_address(mail)
    return address.addr_spec


def _no_address(mail: str) -> MisstatedError:
    return MisstatedError(
        Words(
            "“{mail}”不是邮箱地址，请写成 office@example.org", "{mail!r} is no mail address; write office@example.org"
        ).format(mail=mail)
    )


def _known_already(name: str) -> Refusal:
    return Refusal(
        "organization-new",
        Words("单位“{name}”已经登记", "{name} is known already").format(name=name),
        Words(
            "请核对名称；调整隶属的，另行调整（linxuan organization place {name} --under 上级单位）",
            "check the name; to place it below another, move it (linxuan organization place {name} --under PARENT)",
        ).format(name=name),
    )


def _circle(name: str, parent: str) -> Refusal:
    reason = (
        Words("{name}不能隶属于自己", "{name} cannot lie below itself")
        if name == parent
        else Words("{parent}本身隶属于{name}", "{parent} lies below {name} itself")
    )
    return Refusal(
        "no-circle",
        reason.format(name=name, parent=parent),
        Words("请先调整{parent}的隶属，或另选上级单位", "place {parent} elsewhere first, or choose another one").format(
            parent=parent
        ),
    )
