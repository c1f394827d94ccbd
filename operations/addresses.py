"""Where those are reached who are written to: the mailbox of an organization or an expert, and further addresses.

They have an order of preference, in which a letter tries them. The mailbox is kept with the organization or the expert,
as ever; the others are sealed like identity numbers, and shown masked: a telephone number is somebody's own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection

from notifications.kinds import ChannelKind, shown_address
from operations.acts import Act
from operations.authority import Authority
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.organizations import AUTHORITY, mail_address, named
from operations.personal import PersonalKind, no_reason, normalised
from operations.policy import Deed
from operations.results import Denied, MisstatedError, NothingHereError, UnknownError
from programs import Words
from states import Refusal
from store import INSTALLATION, among_names, hold
from store import tables as t

#: So many addresses somebody can have beside the mailbox.
MOST = 8


@dataclass(frozen=True, slots=True)
class Route:
    """An address that a letter may take. `key` tells it from the others of its recipient, and from a later one.

    `value` is None where a recipient has no address at all: letters that are kept as files need none.
    """

    key: str
    by: ChannelKind
    value: str | None = field(repr=False)
    shown: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """An address as it is listed: `number` names it in commands, 0 is the mailbox; what it is, masked."""

    number: int
    channel: ChannelKind
    shown: str


#: What a recipient has of whom no address is known.
NOWHERE = (Route("", ChannelKind.MAIL, None, None),)


def routes(desk: Desk, connection: Connection, names: Iterable[str]) -> Mapping[str, Sequence[Route]]:
    """Return the addresses of these recipients, of those who have any, in the order in which letters try them."""
    asked = sorted(set(names))
    found: dict[str, list[tuple[int, Route]]] = defaultdict(list)
    for name, mail in mailboxes(connection, asked).items():
        key = sha256(mail.encode()).hexdigest()[:8]
        shown = shown_address(ChannelKind.MAIL, mail)
        found[name].append((0, Route(f"mailbox-{key}", ChannelKind.MAIL, mail, shown)))
    of = t.address.c
    query = select(of.id, of.recipient, of.place, of.channel, of.sealed, of.shown).where(
        among_names(of.recipient, asked, connection.dialect.name)
    )
    rows = connection.execute(query).all() if asked else ()
    vault = desk.reading(connection) if rows else None
    for row in rows:
        value = vault.unseal(row.sealed) if vault else None
        found[row.recipient].append((row.place, Route(str(row.id), ChannelKind(row.channel), value, row.shown)))
    return {name: [route for _, route in sorted(some, key=lambda one: one[0])] for name, some in found.items()}


def mailboxes(connection: Connection, names: Sequence[str]) -> Mapping[str, str]:
    """Return the mail addresses on record of these: an organization's, or that of an expert of the pool."""
    found: dict[str, str] = {}
    for table in (t.expert, t.organization):
        some = select(table.c.name, table.c.mail).where(
            among_names(table.c.name, names, connection.dialect.name), table.c.mail.is_not(None)
        )
        found |= {name: mail for name, mail in connection.execute(some) if mail} if names else {}
    return found


def list_addresses(desk: Desk, names: Sequence[str] | None = None) -> dict[str, list[Listed]]:
    """Return the addresses of these, or of everybody who has one, in the order of preference, masked."""
    with desk.store.read() as connection:
        of = t.address.c
        query = select(of.id, of.recipient, of.place, of.channel, of.shown).order_by(of.recipient, of.place)
        rows = connection.execute(
            query if names is None else query.where(among_names(of.recipient, names, connection.dialect.name))
        ).all()
        asked = names
        if asked is None:
            asked = [
                name
                for table in (t.expert, t.organization)
                for name in connection.execute(select(table.c.name).where(table.c.mail.is_not(None))).scalars()
            ]
        found: dict[str, list[tuple[int, Listed]]] = defaultdict(list)
        for name, mail in mailboxes(connection, asked).items():
            found[name].append((0, Listed(0, ChannelKind.MAIL, shown_address(ChannelKind.MAIL, mail))))
        for row in rows:
            found[row.recipient].append((row.place, Listed(row.id, ChannelKind(row.channel), row.shown)))
    return {name: [one for _, one in sorted(found[name], key=lambda one: one[0])] for name in sorted(found)}


def reveal_addresses(desk: Desk, recipient: str, act: Act) -> Mapping[int, str] | Denied:
    """Return the addresses of an organization or an expert in full, by number, for whoever may change them.

    That somebody has seen them is an event, with their reason. Raises `UnknownError` for somebody who is neither.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        refusal = _may_not(connection, act, recipient)
        if refusal is None and not act.reason.strip():
            refusal = no_reason()
        if refusal:
            return Denied((refusal,))
        transaction.record(INSTALLATION, "addresses.seen", subject=recipient, **act.signature())
        return in_full(desk, connection, recipient)


def in_full(desk: Desk, connection: Connection, recipient: str) -> Mapping[int, str]:
    """Return the addresses of a recipient in full, by number, of which 0 is the mailbox."""
    of = t.address.c
    rows = connection.execute(select(of.id, of.sealed).where(of.recipient == recipient)).all()
    vault = desk.reading(connection) if rows else None
    found = {row.id: vault.unseal(row.sealed) for row in rows if vault}
    mailbox = mailboxes(connection, [recipient]).get(recipient)
    return {0: mailbox, **found} if mailbox else found


def add_address(
    desk: Desk, recipient: str, channel: ChannelKind, value: str, act: Act, *, first: bool = False
) -> int | Denied:
    """Give an organization or an expert one more address, behind those there are or before them; returns its number.

    Again is no change, but for its place. Raises `UnknownError` for somebody who is neither, and for what is no
    address.
    """
    recipient = named(recipient)
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        if refusal := _may_not(connection, act, recipient):
            return Denied((refusal,))
        value = address_as_kept(channel, value)
        of, vault = t.address.c, desk.sealing(connection)
        mark = vault.fingerprint(f"{channel.value}:{value}")
        theirs: Sequence[Row[Any]] = connection.execute(
            select(t.address).where(of.recipient == recipient).order_by(of.place)
        ).all()
        known = next((one for one in theirs if (one.channel, one.fingerprint) == (channel.value, mark)), None)
        if known is None and len(theirs) >= MOST:
            return Denied((_too_many(recipient),))
        if known is not None and not first:
            transaction.abandon()
            return int(known.id)
        places = [0, *(row.place for row in theirs)]
        place = min(places) - 1 if first else max(places) + 1
        shown = shown_address(channel, value)
        if known is not None:
            connection.execute(update(t.address).where(of.id == known.id).values(place=place))
            transaction.record(
                INSTALLATION, "address.preferred", subject=recipient, **_about(channel, shown), **act.signature()
            )
            return int(known.id)
        number: int = connection.execute(
            insert(t.address)
            .values(
                recipient=recipient,
                place=place,
                channel=channel.value,
                sealed=vault.seal(value),
                fingerprint=mark,
                shown=shown,
                added_at=act.now,
            )
            .returning(of.id)
        ).scalar_one()
        transaction.record(
            INSTALLATION, "address.added", subject=recipient, **_about(channel, shown), **act.signature()
        )
        return number


def prefer_address(desk: Desk, recipient: str, number: int, act: Act) -> Denied | None:
    """Let letters try an address before all others of its recipient; 0 is the mailbox.

    Raises `UnknownError` for an address that is not theirs.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        if refusal := _may_not(connection, act, recipient):
            return Denied((refusal,))
        of = t.address.c
        theirs: Sequence[Row[Any]] = connection.execute(
            select(t.address).where(of.recipient == recipient).order_by(of.place)
        ).all()
        if number == 0 and mailboxes(connection, [recipient]):
            # The mailbox stands at 0, so all that is before it goes behind the others, in its order.
            last = max([0, *(row.place for row in theirs)])
            for behind, row in enumerate([row for row in theirs if row.place < 0], start=1):
                connection.execute(update(t.address).where(of.id == row.id).values(place=last + behind))
            transaction.record(
                INSTALLATION,
                "address.preferred",
                subject=recipient,
                **_about(ChannelKind.MAIL, None),
                **act.signature(),
            )
            return None
        found = next((one for one in theirs if one.id == number), None)
        if found is None:
            raise _not_theirs(recipient, number)
        first = min([0, *(one.place for one in theirs)])
        if found.place != first:
            connection.execute(update(t.address).where(of.id == number).values(place=first - 1))
            transaction.record(
                INSTALLATION,
                "address.preferred",
                subject=recipient,
                **_about(ChannelKind(found.channel), found.shown),
                **act.signature(),
            )
    return None


def remove_address(desk: Desk, recipient: str, number: int, act: Act) -> Denied | None:
    """Take an address back. Raises `UnknownError` for one that is not theirs, as the mailbox is: that is set anew."""
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [AUTHORITY])
        if refusal := _may_not(connection, act, recipient):
            return Denied((refusal,))
        of = t.address.c
        row = connection.execute(select(t.address).where(of.id == number, of.recipient == recipient)).one_or_none()
        if row is None:
            raise _not_theirs(recipient, number)
        connection.execute(delete(t.address).where(of.id == number))
        transaction.record(
            INSTALLATION,
            "address.removed",
            subject=recipient,
            **_about(ChannelKind(row.channel), row.shown),
            **act.signature(),
        )
    return None


def address_as_kept(channel: ChannelKind, value: str) -> str:
    """Return an address as it is kept. Raises `UnknownError` for what is none of this channel."""
    value = value.strip()
    if channel is ChannelKind.MAIL:
        return mail_address(value)
    if channel is ChannelKind.SMS:
        return _number(value)
    if not value or len(value) > 60 or not value.isprintable() or "://" in value:
        raise MisstatedError(
            Words(
                "请写机器人在配置文件中的名称（不超过 60 字），不要写它的网址：网址就是密钥",
                "write the robot's name in the file of channels, at most 60 characters, not its URL: that is its key",
            )
        )
    return value


def may_address(authority: Authority, recipient: str, *, expert: bool) -> bool:
    """Whether somebody may change the addresses of an organization, or of an expert."""
    return _refusal(authority, recipient, expert=expert) is None


def _number(value: str) -> str:
    """Return a telephone number in its international form."""
    found = normalised(PersonalKind.PHONE, value)
    if isinstance(found, Refusal):
        # What was typed may be somebody's number with a digit wrong, so it is not repeated.
        raise MisstatedError(
            Words("这不是手机号码，请写成 13800138000", "this is no telephone number; write 13800138000 or +86…")
        )
    return found


def _may_not(connection: Connection, act: Act, recipient: str) -> Refusal | None:
    """Refuse whoever may not; raises `UnknownError` for somebody who is not written to."""
    expert, organization = (
        connection.execute(select(table.c.name).where(table.c.name == recipient)).first() is not None
        for table in (t.expert, t.organization)
    )
    authority = Authority(connection, act.actor)
    # Whoever may not look at the pool is answered as of any name: a refusal of another kind would tell who is in it.
    expert = expert and not organization and authority.refuses(Deed.SEE_POOL, Matter()) is None
    refusal = _refusal(authority, recipient, expert=expert)
    if refusal is None and not expert and not organization:
        raise UnknownError(
            Words(
                "没有名为“{name}”的单位或专家；请先用 linxuan organization add 或 linxuan expert add 登记",
                "{name} is neither an organization nor an expert; first use: linxuan organization add, or expert add",
            ).format(name=recipient)
        )
    return refusal


def _refusal(authority: Authority, recipient: str, *, expert: bool) -> Refusal | None:
    if expert:
        return authority.refuses(Deed.KEEP_EXPERT, Matter(expert=recipient))
    return authority.refuses(Deed.SET_MAIL, Matter(within=(recipient,)))


def _about(channel: ChannelKind, shown: str | None) -> dict[str, str | None]:
    """Return what an event says of an address: an address itself is in no history, since none can be taken out."""
    return {"channel": channel.value, "address": shown}


def _not_theirs(recipient: str, number: int) -> NothingHereError:
    return NothingHereError(
        Words(
            "{name}没有第 {number} 号收件地址；用 linxuan address list 查看",
            "{name} has no address {number}; see: linxuan address list",
        ).format(name=recipient, number=number)
    )


def _too_many(recipient: str) -> Refusal:
    return Refusal(
        "addresses-few",
        Words("{name}已有 {most} 个收件地址", "{name} has {most} addresses already").format(name=recipient, most=MOST),
        Words("请先删去不用的", "remove one that is not used"),
    )
