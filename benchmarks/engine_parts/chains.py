"""Reading the whole history: verified, and in a bare loop that reads and hashes the same bytes."""

from contextlib import closing
from hashlib import sha256

from store import Store, verify


def verified(store: Store) -> int:
    """Verify everything; returns how many events there are."""
    with store.read() as connection:
        audit = verify(connection)
    if audit.broken:
        raise SystemExit(f"the history is broken: {audit.broken[0]}")
    return audit.events


def bare_loop(store: Store) -> int:
    """Read every event and link, hash every payload and every chain of digests, and compare nothing."""
    events = 0
    with closing(store.engine.raw_connection()) as connection:
        # A name makes the cursor one of the server's: rows come as they are asked for.
        named = store.url.get_backend_name() == "postgresql"
        cursor = connection.cursor("bare") if named else connection.cursor()
        cursor.execute("SELECT payload, digest FROM event ORDER BY program_id, position")
        chained = sha256()
        while some := cursor.fetchmany(1000):
            for payload, digest in some:
                sha256(payload.encode()).hexdigest()
                chained.update(digest.encode())
                events += 1
        cursor.close()
        cursor = connection.cursor()
        for (digest,) in cursor.execute("SELECT digest FROM link") or cursor:
            chained.update(digest.encode())
        connection.rollback()
    return events
