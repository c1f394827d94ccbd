"""Tables, transactions, the event chain, the outbox, migrations."""

from store.chain import Audit, Break, Head, verify
from store.store import Store, Transaction
from store.vault import Vault, masked

__all__ = ["Audit", "Break", "Head", "Store", "Transaction", "Vault", "masked", "verify"]
