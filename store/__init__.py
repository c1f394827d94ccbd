"""Tables, transactions, the event chain, the outbox, migrations."""

from store.chain import INSTALLATION, Audit, Break, Head, Watch, compare_heads, verify, verify_tails
from store.contents import Contents, Kept
from store.history import events_of, moves_about, newest_about, newest_of
from store.locks import hold, hold_heads
from store.remembered import is_remembering, once
from store.sql import among, among_names, id_list, joined, json_object
from store.store import Store, Transaction, insert_from, insert_new
from store.vault import Vault, masked

__all__ = [
    "INSTALLATION",
    "Audit",
    "Break",
    "Contents",
    "Head",
    "Kept",
    "Store",
    "Transaction",
    "Vault",
    "Watch",
    "among",
    "among_names",
    "compare_heads",
    "events_of",
    "hold",
    "hold_heads",
    "id_list",
    "insert_from",
    "insert_new",
    "is_remembering",
    "joined",
    "json_object",
    "masked",
    "moves_about",
    "newest_about",
    "newest_of",
    "once",
    "verify",
    "verify_tails",
]
