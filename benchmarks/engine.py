"""How fast the engine is, beside its floors and peers, in one run: `python -m benchmarks.engine [--rows N]`.

Times depend on the machine and on what else it does; the ratios hardly do, because what is compared takes turns. SQLite
always, PostgreSQL where its server is installed. With a million rows it takes a quarter of an hour and 3 GB of disk.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event as listen

from benchmarks.engine_parts.chains import bare_loop, verified
from benchmarks.engine_parts.doors import door_moves, memory_of_cases, table_moves
from benchmarks.engine_parts.filling import NOW, Bench, Filled, PostgresqlBench, SqliteBench
from benchmarks.engine_parts.singles import bare_statements, single_moves
from benchmarks.engine_parts.sweeps import floor, machine_each, object_each, ours
from deadlines import WorkCalendar
from store import Store
from tests.postgres import NoServerError, serving

DUE = 10_000
#: How often each is measured. The best counts: nothing but other work makes anything slower, and a server still writes
#: to disk what the turn before has left.
TURNS = 5
WORKERS = 4

#: The ways to sweep. The naive one loads an object and builds a machine for each nomination; objects that share a
#: machine are what somebody writes who has measured.
WAYS = {"floor": floor, "ours": ours, "a machine each": machine_each, "an object each": object_each}

#: A server as an office would run it: nothing is lost in a power cut.
SERVER = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "default_transaction_isolation": "read committed",
}


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="nominations stored")
    rows = parser.parse_args().rows
    doors()
    with benches() as found:
        for bench in found:
            print(f"\n== {bench.name}, {rows:,} nominations")
            single(bench)
            idle(bench, rows)
            sweeps(bench, rows)
            memory(bench, rows)
            chains(bench, rows)
            if isinstance(bench, PostgresqlBench):
                together(bench, rows)


@contextmanager
def benches() -> Iterator[list[Bench]]:
    """Give every database that there is here."""
    calendar = WorkCalendar.china()
    with tempfile.TemporaryDirectory() as folder:
        found: list[Bench] = [SqliteBench(Path(folder), calendar)]
        try:
            with serving(**SERVER) as server:
                yield [*found, PostgresqlBench(server, calendar)]
        except NoServerError as missing:
            print(missing)
            yield found


def doors() -> None:
    """Moves a second without a database, and what a nomination holds."""
    fast, bare = best(door_moves), best(table_moves)
    print(f"a move through the typed door, gates passing: {fast:,.0f} a second; a bare dict table {bare:,.0f}")
    print(f"a nomination held: {memory_of_cases():.0f} bytes")


def single(bench: Bench) -> None:
    """One move by hand, committed, beside the bare statements."""
    made = bench.fill(Filled(10_000, 0, scattered=False))
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(TURNS):
        for name, way in (("ours", single_moves), ("bare statements", bare_statements)):
            with bench.copy(made) as store:
                taken[name].append(way(store))
    mine, bare = (min(taken[name]) for name in ("ours", "bare statements"))
    print(
        f"a single move, committed: {mine * 1e3:.2f} ms; bare statements {bare * 1e3:.2f} ms: {mine / bare:.1f} times"
    )


def idle(bench: Bench, rows: int) -> None:
    """A sweep that finds nothing due, however much is stored."""
    found: dict[int, float] = {}
    asked: dict[int, float] = {}
    for stored in sorted({10_000, 100_000, rows}):
        with bench.copy(bench.fill(Filled(stored, 0, scattered=False))) as store:
            ours(store)
            found[stored] = min(seconds(lambda: ours(store))[0] for _ in range(20))
            asked[stored] = min(database_seconds(store, ours) for _ in range(20))
    told = ", ".join(f"{stored:,}: {taken * 1e3:.2f} ms" for stored, taken in found.items())
    print(
        f"an idle sweep among {told}; {found[rows] / found[10_000]:.2f} times from the fewest to the most; "
        f"{asked[rows] * 1e3:.2f} ms of it in the database"
    )


def sweeps(bench: Bench, rows: int) -> None:
    """Sweep `DUE` rows among all, lying together or scattered, beside the floor, objects and the naive way."""
    for scattered in (True, False):
        made = bench.fill(Filled(rows, DUE, scattered=scattered))
        rates: dict[str, list[float]] = defaultdict(list)
        for _ in range(TURNS):
            for name, way in WAYS.items():
                with bench.copy(made) as store:
                    rates[name].append(rate(way, store))
        top = {name: max(some) for name, some in rates.items()}
        where = "scattered" if scattered else "together"
        told = ", ".join(f"{name} {one:,.0f}" for name, one in top.items())
        print(
            f"{DUE:,} due, {where}: rows a second: {told}; "
            f"ours is {top['ours'] / top['floor']:.2f} of the floor, "
            f"{top['ours'] / top['a machine each']:.1f} times an object and a machine each, "
            f"and {top['ours'] / top['an object each']:.1f} times objects with one machine for all"
        )


def chains(bench: Bench, rows: int) -> None:
    """Verify the whole history, beside a loop that reads and hashes the same."""
    taken: dict[str, list[float]] = defaultdict(list)
    with bench.copy(bench.fill(Filled(rows, 0, scattered=False))) as store:
        for _ in range(TURNS):
            for name, way in (("ours", verified), ("bare", bare_loop)):
                taken[name].append(seconds(lambda: way(store))[0])  # noqa: B023 - called at once
        tracemalloc.start()
        verified(store)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    mine, bare = (min(taken[name]) for name in ("ours", "bare"))
    print(
        f"audit verify: {rows / mine:,.0f} events a second, {mine / bare:.1f} times the bare loop, "
        f"in {most / 1e6:.1f} MB at most"
    )


def together(bench: PostgresqlBench, rows: int) -> None:
    """Several workers that share one sweep."""
    made = bench.fill(Filled(rows, DUE, scattered=True))
    rates: dict[int, float] = defaultdict(float)
    for workers in (1, WORKERS) * TURNS:
        with bench.copy(made) as store:
            address = store.url.render_as_string(hide_password=False)
            with multiprocessing.get_context("spawn").Pool(workers) as pool:
                pool.map(ready, [address] * workers, chunksize=1)
                taken, moved = seconds(lambda: pool.map(swept_at, [address] * workers, chunksize=1))  # noqa: B023
            if sum(moved) != DUE:
                raise SystemExit(f"{workers} workers moved {sum(moved)} of {DUE}")
            rates[workers] = max(rates[workers], DUE / taken)
    print(f"{WORKERS} workers: {rates[WORKERS] / rates[1]:.2f} times one; nothing twice, nothing missed")


def memory(bench: Bench, rows: int) -> None:
    """What a process that sweeps comes to."""
    with bench.copy(bench.fill(Filled(rows, DUE, scattered=True))) as store:
        address = store.url.render_as_string(hide_password=False)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            kibibytes = pool.apply(resident_at, [address])
    print(f"a process that sweeps {DUE:,} takes {kibibytes / 1024:.0f} MiB at most")


def resident_at(address: str) -> int:
    """Sweep, in a process of its own, and return the most memory that it held, in KiB.

    Linux counts `ru_maxrss` from the process that forked on, and `VmHWM` from the program that was started.
    """
    swept_at(address)
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def ready(address: str) -> int:
    """Import everything, connect and compile before the clock runs."""
    store = Store(address)
    try:
        with store.read() as connection:
            return int(connection.exec_driver_sql("SELECT 1").scalar_one())
    finally:
        store.close()


def swept_at(address: str) -> int:
    """Sweep, in a process of its own."""
    store = Store(address)
    try:
        return ours(store)
    finally:
        store.close()


def rate(way: Callable[[Store], int], store: Store) -> float:
    """Return the rows a second of a sweep, which must move something and leave nothing due."""
    taken, moved = seconds(lambda: way(store))
    if not moved or ours(store):
        raise SystemExit(f"{way.__name__} left something due at {NOW}")
    return moved / taken


def seconds(way: Callable[[], object]) -> tuple[float, object]:
    """Return how long it took, and what it gave."""
    start = time.perf_counter()
    gave = way()
    return time.perf_counter() - start, gave


def database_seconds(store: Store, way: Callable[[Store], object]) -> float:
    """Return how long the database worked on the statements of one call, the way there and back included."""
    taken = 0.0

    def begins(*_: object) -> None:
        nonlocal taken
        taken -= time.perf_counter()

    def ends(*_: object) -> None:
        nonlocal taken
        taken += time.perf_counter()

    for happens, do in (("before_cursor_execute", begins), ("after_cursor_execute", ends)):
        listen.listen(store.engine, happens, do)
    try:
        way(store)
    finally:
        for happens, do in (("before_cursor_execute", begins), ("after_cursor_execute", ends)):
            listen.remove(store.engine, happens, do)
    return taken


def best(way: Callable[[], float]) -> float:
    """Return the best of some turns: nothing but other work on the machine makes it slower."""
    return max(way() for _ in range(TURNS))


if __name__ == "__main__":
    main()
