"""The key that personal data is sealed with: found, made when it is first needed, and exchanged for a new one.

A database remembers the name of its key, so that another is refused. Keys come from `LINXUAN_KEY`, else from the key
file; each holds the newest first. Older ones open backups that were made before a rotation.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, bindparam, select, update
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import refuses
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.policy import Deed
from operations.results import Denied, UnknownError
from operations.settings import Settings
from programs import Words
from store import INSTALLATION, Vault, hold
from store import tables as t
from store.vault import new_secret, read_secrets, vault_of, write_secrets

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many values were sealed anew, and the names of the keys before and after."""

    values: int
    before: str | None
    after: str


def rotate_key(desk: Desk, settings: Settings, act: Act) -> Rotated | Denied:
    """Seal all personal data with a new key: the first of `LINXUAN_KEY`, or one that is made and put into the key file.

    The file holds both before the database changes, so a process killed at any moment leaves data that can be read.
    Raises `UnknownError` where there is no new key, or the old one is missing; `OSError` where the file is not written.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        if refusal := refuses(connection, act.actor, Deed.ROTATE_KEY, Matter()):
            transaction.abandon()
            return Denied((refusal,))
        hold(connection, [("vault-key",)])
        before = desk.sealing(connection)
        after = _next_vault(settings, before)
        values = _reseal(connection, before, after)
        connection.execute(update(t.vault_key).values(fingerprint=after.name))
        transaction.record(INSTALLATION, "key.rotated", **{"from": before.name, "to": after.name}, **act.signature())
    return Rotated(values, before.name, after.name)


def _next_vault(settings: Settings, before: Vault) -> Vault:
    """Return the newest key where the database does not use it yet; the file is given one more otherwise."""
    if settings.key is not None:
        newest = vault_of(settings.secrets(), None)
        if newest.name == before.name:
            raise UnknownError(
                Words(
                    "LINXUAN_KEY 里没有新的密钥：请把新密钥写在最前，旧密钥放在后面，再运行一次",
                    "LINXUAN_KEY holds no new key: put it first, the old one behind it, and run this again",
                )
            )
        return newest
    secrets = read_secrets(settings.key_path)
    if vault_of(secrets, None).name == before.name:
        # One that an interrupted rotation has left is used before another is made.
        secrets.insert(0, new_secret())
        write_secrets(settings.key_path, secrets)
    return vault_of(secrets, None)


def _reseal(connection: Connection, before: Vault, after: Vault) -> int:
    """Seal and fingerprint every value anew, in batches, within this one transaction."""
    return sum(
        (
            _reseal_identities(connection, before, after),
            _reseal_details(connection, before, after),
            _reseal_pasts(connection, before, after),
            _reseal_column(connection, t.objection.c.id, t.objection.c.contact, before, after),
            _reseal_column(connection, t.second_factor.c.person_id, t.second_factor.c.secret, before, after),
            _reseal_addresses(connection, before, after),
        )
    )


def _reseal_identities(connection: Connection, before: Vault, after: Vault) -> int:
    of = t.nomination.c
    # In the order of their numbers, as everybody takes nominations who takes many.
    identities = select(of.number, of.identity).where(of.identity.is_not(None)).order_by(of.number)
    resealed, last = 0, ""
    while rows := connection.execute(identities.where(of.number > last).limit(_BATCH)).all():
        values = [(row.number, before.unseal(row.identity)) for row in rows]
        connection.execute(
            update(t.nomination)
            .where(of.number == bindparam("row"))
            .values(identity=bindparam("sealed"), identity_hash=bindparam("hash")),
            [{"row": row, "sealed": after.seal(value), "hash": after.fingerprint(value)} for row, value in values],
        )
        last, resealed = rows[-1].number, resealed + len(rows)
    return resealed


def _reseal_details(connection: Connection, before: Vault, after: Vault) -> int:
    kept = t.personal.c
    others = select(kept.id, kept.kind, kept.sealed).order_by(kept.id)
    resealed = last = 0
    while rows := connection.execute(others.where(kept.id > last).limit(_BATCH)).all():
        told = [(row.id, row.kind, before.unseal(row.sealed)) for row in rows]
        connection.execute(
            update(t.personal)
            .where(kept.id == bindparam("row"))
            .values(sealed=bindparam("value"), fingerprint=bindparam("hash")),
            [
                {"row": row, "value": after.seal(value), "hash": after.fingerprint(f"{kind}:{value}")}
                for row, kind, value in told
            ],
        )
        last, resealed = rows[-1].id, resealed + len(rows)
    return resealed


def _reseal_pasts(connection: Connection, before: Vault, after: Vault) -> int:
    """Do the same with the pasts, and with what nobody has twice: both know a person by the keyed hash."""
    of = t.past.c
    known = select(of.id, of.identity).where(of.identity.is_not(None)).order_by(of.id)
    resealed = last = 0
    while rows := connection.execute(known.where(of.id > last).limit(_BATCH)).all():
        values = [(row.id, before.unseal(row.identity)) for row in rows]
        hashed = [{"row": row, "hash": after.fingerprint(value)} for row, value in values]
        sealed = [{**one, "sealed": after.seal(value)} for one, (_, value) in zip(hashed, values, strict=True)]
        owned = update(t.past).where(of.id == bindparam("row"))
        connection.execute(owned.values(identity=bindparam("sealed"), owner=bindparam("hash")), sealed)
        claimed = update(t.claim).where(t.claim.c.past_id == bindparam("row"))
        connection.execute(claimed.values(owner=bindparam("hash")), hashed)
        last, resealed = rows[-1].id, resealed + len(rows)
    return resealed


def _reseal_column(connection: Connection, key: Column[Any], sealed: Column[Any], before: Vault, after: Vault) -> int:
    """Do the same with a column of a table, that nothing is found by."""
    rows = connection.execute(select(key, sealed).where(sealed.is_not(None)).order_by(key)).all()
    if rows:
        connection.execute(
            update(sealed.table).where(key == bindparam("row")).values({sealed.name: bindparam("value")}),
            [{"row": row, "value": after.seal(before.unseal(value))} for row, value in rows],
        )
    return len(rows)


def _reseal_addresses(connection: Connection, before: Vault, after: Vault) -> int:
    of = t.address.c
    rows = [
        (row.id, row.channel, before.unseal(row.sealed))
        for row in connection.execute(select(of.id, of.channel, of.sealed).order_by(of.id))
    ]
    if rows:
        connection.execute(
            update(t.address)
            .where(of.id == bindparam("row"))
            .values(sealed=bindparam("value"), fingerprint=bindparam("hash")),
            [
                {"row": row, "value": after.seal(value), "hash": after.fingerprint(f"{channel}:{value}")}
                for row, channel, value in rows
            ],
        )
    return len(rows)
