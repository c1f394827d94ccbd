"""Personal data of a nominee beside the identity number: kept sealed, shown masked, and in full only for a reason."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, delete, insert, select
from sqlalchemy.engine import Connection
from stdnum import luhn

from operations.acts import Act
from operations.authority import Authority, matter_of, refuses
from operations.desk import Desk
from operations.experts.sight import Sight
from operations.numbered import find
from operations.policy import Deed
from operations.results import Denied, UnknownError
from programs import Words
from states import Refusal
from store import INSTALLATION, Vault, masked
from store import tables as t


class PersonalKind(StrEnum):
    """What is kept of a nominee that concerns nobody else."""

    IDENTITY = "identity"
    PHONE = "phone"
    BANK_ACCOUNT = "bank-account"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _LABELS[self]


_LABELS = {
    PersonalKind.IDENTITY: Words("身份证号码", "identity number"),
    PersonalKind.PHONE: Words("联系电话", "phone"),
    PersonalKind.BANK_ACCOUNT: Words("银行账号", "bank account"),
}

_ACCOUNT = re.compile(r"\d{8,30}")
#: Cards of China UnionPay end with a check digit; accounts of enterprises have none that all banks share.
_CARD = re.compile(r"62\d{14,17}")


class Told(NamedTuple):
    """One value as it may be told: masked, or in full."""

    kind: PersonalKind
    value: str


def normalised(kind: PersonalKind, text: str) -> str | Refusal:
    """Return a phone or an account in the one form in which it is kept and found; a refusal for what is none."""
    if kind is PersonalKind.PHONE:
        return _phone(text)
    digits = re.sub(r"[\s-]", "", text)
    if _ACCOUNT.fullmatch(digits) and (not _CARD.fullmatch(digits) or luhn.is_valid(digits)):
        return digits
    return Refusal(
        "bank-account",
        Words("银行账号不对", "this is no bank account"),
        Words(
            "请核对：8 至 30 位数字；62 开头的卡号末位是校验码",
            "check it: 8 to 30 digits; a card that begins with 62 ends with a check digit",
        ),
    )


def _phone(text: str) -> str | Refusal:
    import phonenumbers  # noqa: PLC0415 - its tables take a tenth of a second, which most commands need not pay

    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Refusal(
        "phone",
        Words("联系电话不对", "this is no phone number"),
        Words("请写手机号码，或带区号的固定电话", "write a mobile number, or a landline with its area code"),
    )


def seal_details(
    connection: Connection, vault: Vault, nomination_id: int, details: Mapping[PersonalKind, str]
) -> Denied | None:
    """Keep values of a nomination, each in the place of the one before; all or none."""
    fit: dict[PersonalKind, str] = {}
    for kind, text in details.items():
        value = normalised(kind, text)
        if isinstance(value, Refusal):
            return Denied((value,))
        fit[kind] = value
    of = t.personal.c
    for kind, value in fit.items():
        connection.execute(delete(t.personal).where(of.nomination_id == nomination_id, of.kind == kind.value))
        connection.execute(
            insert(t.personal).values(
                nomination_id=nomination_id,
                kind=kind.value,
                sealed=vault.seal(value),
                fingerprint=vault.fingerprint(f"{kind}:{value}"),
            )
        )
    return None


def keep_details(desk: Desk, number: str, details: Mapping[PersonalKind, str], act: Act) -> Denied | None:
    """Keep a nominee's phone or bank account. The event names what was kept, never its value.

    Raises `UnknownError` for a number that is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        vault, row, refusal = _asked(desk, connection, number, Deed.KEEP_DETAILS, act)
        refused = Denied((refusal,)) if refusal else seal_details(connection, vault, row.id, details)
        if refused:
            transaction.abandon()
            return refused
        transaction.record(row.program_id, "details.kept", nomination=number, kinds=sorted(details), **act.signature())
    return None


def reveal(desk: Desk, number: str, act: Act) -> list[Told] | Denied:
    """Return a nominee's personal data in full. That somebody has seen it is an event, with their reason.

    Raises `UnknownError` for a number that is not there, and where the key is missing.
    """
    told = reveal_all(desk, [number], act)
    return told if isinstance(told, Denied) else told[number]


def reveal_all(desk: Desk, numbers: Iterable[str], act: Act) -> dict[str, list[Told]] | Denied:
    """Return the personal data of all of these in full, by number, or of none: an event for each, as in `reveal`."""
    found: dict[str, list[Told]] = {}
    with desk.store.write() as transaction:
        connection = transaction.connection
        for number in sorted(set(numbers)):
            vault, row, refusal = _asked(desk, connection, number, Deed.SEE_DETAILS, act)
            refusal = Sight(connection, act.actor, act.now).recused(desk.running_for(connection, row), row) or refusal
            if refusal is None and not act.reason.strip():
                refusal = no_reason()
            if refusal:
                transaction.abandon()
                return Denied((refusal,), number)
            found[number] = _details(connection, vault, row)
            transaction.record(
                row.program_id,
                "details.seen",
                nomination=number,
                kinds=[one.kind.value for one in found[number]],
                **act.signature(),
            )
    return found


def masked_details(desk: Desk, number: str) -> list[Told]:
    """Return a nominee's personal data as everybody may see it; hidden altogether where the key is not at hand."""
    with desk.store.read() as connection:
        row = find(connection, number, lock=False)
        kinds = _kinds(connection, row)
        if not kinds:
            return []
        try:
            return [Told(one.kind, masked(one.value)) for one in _details(connection, desk.reading(connection), row)]
        except (UnknownError, InvalidTag):
            return [Told(kind, masked("")) for kind in kinds]


def find_by(desk: Desk, kind: PersonalKind, text: str, act: Act) -> list[str] | Denied:
    """Return the numbers of the nominations with this value, which the store finds by its keyed hash alone.

    Only those are told whose personal data the actor may see. That somebody has asked is an event, without the value.
    """
    value = text.strip().upper() if kind is PersonalKind.IDENTITY else normalised(kind, text)
    if isinstance(value, Refusal):
        return Denied((value,))
    of, kept = t.nomination.c, t.personal.c
    with desk.store.write() as transaction:
        connection = transaction.connection
        vault = desk.sealing(connection)
        if kind is PersonalKind.IDENTITY:
            query = select(t.nomination).where(of.identity_hash == vault.fingerprint(value))
        else:
            matched = select(kept.nomination_id).where(kept.fingerprint == vault.fingerprint(f"{kind}:{value}"))
            query = select(t.nomination).where(of.id.in_(matched))
        authority = Authority(connection, act.actor)
        if refusal := authority.unknown():
            transaction.abandon()
            return Denied((refusal,))
        found = [
            str(row.number)
            for row in connection.execute(query.order_by(of.number))
            if not authority.refuses(Deed.SEE_DETAILS, matter_of(desk.running_for(connection, row).program, row))
        ]
        transaction.record(INSTALLATION, "details.sought", of=kind.value, found=len(found), **act.signature())
        return found


def _asked(
    desk: Desk, connection: Connection, number: str, deed: Deed, act: Act
) -> tuple[Vault, Row[tuple[object, ...]], Refusal | None]:
    """Hold the key and the nomination, in this order, and ask the policy."""
    vault = desk.sealing(connection)
    row = find(connection, number)
    program = desk.running_for(connection, row).program
    return vault, row, refuses(connection, act.actor, deed, matter_of(program, row))


def _kinds(connection: Connection, row: Row[tuple[object, ...]]) -> list[PersonalKind]:
    kept = t.personal.c
    found = set(connection.execute(select(kept.kind).where(kept.nomination_id == row.id)).scalars())
    if row.identity is not None:
        found.add(PersonalKind.IDENTITY.value)
    return [kind for kind in PersonalKind if kind.value in found]


def _details(connection: Connection, vault: Vault, row: Row[tuple[object, ...]]) -> list[Told]:
    kept = t.personal.c
    sealed = dict(
        tuple(one) for one in connection.execute(select(kept.kind, kept.sealed).where(kept.nomination_id == row.id))
    )
    if row.identity is not None:
        sealed[PersonalKind.IDENTITY.value] = row.identity
    return [Told(kind, vault.unseal(sealed[kind.value])) for kind in PersonalKind if kind.value in sealed]


def no_reason() -> Refusal:
    """Refuse to tell what concerns nobody else to somebody who does not say why they ask."""
    return Refusal(
        "reason-stated",
        Words("没有写明查看的理由", "no reason is given for seeing it"),
        Words("请用 --reason 写明，将记入办理记录", "state it with --reason; it goes into the history"),
    )
