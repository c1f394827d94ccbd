"""Locks on matters that are no rows: a limit's places, a nominee, a program's definition.

SQLite has one writer at a time, who holds everything. On PostgreSQL writers of different matters go on side by side,
so whoever reads in order to decide what to write holds the matter first, and a second one waits and then sees what the
first has done. To never wait in a circle, a transaction takes what it needs in this order, and each kind at once:

1. the definition of a program, shared by those who rely on it;
2. rows of nominations, in the order of their numbers;
3. limits, nominees and other matters;
4. the program's row, which is the head of its chain: by whoever owes its reminders, and by every commit. The chain of
   the installation has no row of its own, so its head is a matter, held before those of programs.

The key of personal data is shared, after the definition, by whoever seals or looks somebody up by it. Whoever draws
nominations up holds the program's row from the start: nothing that they hold after it is wanted by anybody who moves.
"""

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import BigInteger, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection

from store.chain import INSTALLATION
from store.tables import program

#: What is held: its kind, and what tells it from others of its kind.
Matter = tuple[str, ...]

_KEYS = bindparam("keys", type_=ARRAY(BigInteger))


def hold(connection: Connection, matters: Iterable[Matter], *, shared: bool = False) -> None:
    """Hold these matters until the transaction ends, waiting for others who do; those who share do not wait for others
    who share.
    """  # noqa: D205 - one sentence
    if connection.dialect.name != "postgresql":
        return
    keys = sorted({number_of(matter) for matter in matters})
    if keys:
        lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        each = func.unnest(_KEYS).column_valued("key")
        connection.execute(select(func.count(lock(each))), {"keys": keys})


def hold_heads(connection: Connection, programs: Iterable[str]) -> None:
    """Hold the heads of these chains until the transaction ends; nothing else may be waited for after."""
    if connection.dialect.name != "postgresql":
        return
    heads = set(programs)
    if INSTALLATION in heads:
        hold(connection, [("head", INSTALLATION)])
    for program_id in sorted(heads - {INSTALLATION}):
        # Rows that refer to the program share its key; only a lock that leaves the key alone can be taken beside them,
        # or two writers would wait for each other.
        connection.execute(select(program.c.id).where(program.c.id == program_id).with_for_update(key_share=True))


def number_of(matter: Matter) -> int:
    """Return the 64-bit number (signed) that stands for a matter. Two that share one only wait for each other."""
    parted = "\0".join(matter).encode()
    return int.from_bytes(sha256(parted).digest()[:8], "big", signed=True)
