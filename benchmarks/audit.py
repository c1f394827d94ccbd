"""What it costs to verify a history, against a bare loop that reads the same rows and hashes the same bytes.

Run with `python benchmarks/audit.py [EVENTS] [DATABASE_URL]`; the database must be new. Prints seconds and ratios.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import insert, text

from deadlines import SHANGHAI
from operations.actors import CLOCK
from operations.acts import Act
from operations.disagreements import disagreements
from store import Store, Transaction, verify
from store import tables as t
from store.migrate import migrate

PROGRAMS = 3
#: Moves in the life of one nomination, and transactions' sizes, as a program of many has them.
MOVES = 10
BATCH = 500

SHARE = 4.0


def fill(store: Store, events: int) -> None:
    """Write a history of nominations that were drawn up and then moved on, with the rows that it leads to."""
    start = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
    each = events // PROGRAMS // MOVES
    for program in (f"benchmark-{number}" for number in range(PROGRAMS)):
        with store.write() as transaction:
            transaction.connection.execute(insert(t.program).values(id=program, definition={}, version=1, digest=""))
        for first in range(0, each, BATCH):
            numbers = [f"{program}-{one:06d}" for one in range(first, min(first + BATCH, each))]
            for move in range(MOVES):
                act = Act(CLOCK, start + timedelta(days=move), "依规办理")
                with store.write() as transaction:
                    for number in numbers:
                        _record(transaction, program, number, move, act)
                    if move == MOVES - 1:
                        rows = [_row(program, number, start) for number in numbers]
                        transaction.connection.execute(insert(t.nomination), rows)


def _record(transaction: Transaction, program: str, number: str, move: int, act: Act) -> None:
    facts = {
        "nomination": number,
        "to": f"stage-{move}",
        "due": (act.now + timedelta(days=20)).isoformat(),
        "clause": "四、（二）",
        **act.signature(),
    }
    if move == 0:
        people = {"nominee": "陈立秋", "unit": "第一机械厂", "nominator": "江阳区人社局", "route": "organization"}
        transaction.record(program, "nomination.created", **people, **facts)
    else:
        moved = {"from": f"stage-{move - 1}", "move": "advance", "version": move + 1}
        transaction.record(program, "nomination.moved", **moved, **facts)


def _row(program: str, number: str, at: datetime) -> dict[str, object]:
    return {
        "number": number,
        "program_id": program,
        "route": "organization",
        "nominator": "江阳区人社局",
        "unit": "第一机械厂",
        "nominee": "陈立秋",
        "stage": f"stage-{MOVES - 1}",
        "version": MOVES,
        "moved_at": at,
    }


def bare(store: Store) -> None:
    """Read every event and link through the driver alone, and hash what is read."""
    is_sqlite = store.engine.dialect.name == "sqlite"
    payload = "CAST(payload AS BLOB)" if is_sqlite else "convert_to(payload, 'UTF8')"
    with closing(store.engine.raw_connection()) as connection:
        events = connection.cursor() if is_sqlite else connection.driver_connection.cursor("bare", binary=True)
        if not is_sqlite:
            events.itersize = 2000
        events.execute(
            f"SELECT program_id, position, nomination, {payload}, digest FROM event ORDER BY program_id, position"  # noqa: S608
        )
        for row in events:
            sha256(row[3]).hexdigest()
        links = connection.cursor()
        links.execute("SELECT program_id, sequence, first_position, last_position, digest FROM link ORDER BY 1, 2")
        for row in links:
            sha256(row[4].encode()).hexdigest()


def timed(work: Callable[[], object]) -> float:
    """Return the best of three times, in seconds."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def measure(url: str, events: int) -> None:
    """Fill a database and print what verifying it costs."""
    with closing(Store(url)) as store:
        migrate(store)
        fill(store, events)
        with store.read() as connection:
            assert verify(connection).broken == ()
            assert list(disagreements(connection)) == []
            count = connection.execute(text("SELECT count(*) FROM event")).scalar_one()
            once = timed(lambda: bare(store))
            chain = timed(lambda: verify(connection))
            tables = timed(lambda: list(disagreements(connection)))
        kind = store.engine.dialect.name
        print(
            f"{kind}: {count} events; bare loop {once:.2f} s; chain {chain:.2f} s ({chain / once:.1f} times), ", end=""
        )
        print(f"tables {tables:.2f} s ({(chain + tables) / once:.1f} times together)")
        assert chain / once < SHARE, "verifying costs more than it may"


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    if len(sys.argv) > 2:
        measure(sys.argv[2], wanted)
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure(f"sqlite:///{Path(folder) / 'benchmark.db'}", wanted)
