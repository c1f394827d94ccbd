"""How long pages take, among many nominations and with twenty people at work: `python -m benchmarks.console`.

It fills a database, serves the console by its own command and lets twenty people of several roles and organizations
work: a realistic mix of pages, with a second or two to read each. Beside it, in the same run and from one client, a
bare FastAPI page of the same sizes without a database: the floor. Then the same people without reading, so that twenty
pages are always asked for at once, for what the server does at most; and 300 submissions at once. Client, server and
database share the machine's processors. SQLite with 100,000 nominations, and PostgreSQL with 1,000,000 where its server
is installed. `--quick` asks the same of a tenth, for a tenth of the time.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from benchmarks.console_parts.filling import PASSWORD, PEOPLE, Filled, fill, to_submit
from benchmarks.console_parts.load import THINKING, Run, Told, at_work, floor
from benchmarks.console_parts.rush import CONNECTIONS, Rush, rush
from benchmarks.console_parts.serving import bare, console, memory_of
from benchmarks.engine import SERVER
from deadlines import SHANGHAI
from tests.postgres import NoServerError, serving

#: How many are submitted at once.
SUBMISSIONS = 300

#: What is allowed at the 95th of a hundred, in milliseconds.
ALLOWED = {"SQLite": 150, "PostgreSQL": 100}


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite", type=int, default=100_000, help="nominations on SQLite, 0 for none")
    parser.add_argument("--postgresql", type=int, default=1_000_000, help="nominations on PostgreSQL, 0 for none")
    parser.add_argument("--seconds", type=float, default=60, help="how long everybody works")
    parser.add_argument("--quick", action="store_true", help="a tenth of the nominations, and of the time")
    given = parser.parse_args()
    if given.quick:
        given.sqlite, given.postgresql, given.seconds = given.sqlite // 10, given.postgresql // 10, given.seconds / 4
    machine = f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    print(f"{machine}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        if given.sqlite:
            measure("SQLite", make_url(f"sqlite:///{folder}/console.db"), given.sqlite, given.seconds, Path(folder))
        if given.postgresql:
            try:
                with serving(**SERVER) as server:
                    url = server.url(server.create())
                    measure("PostgreSQL", url, given.postgresql, given.seconds, Path(folder))
            except NoServerError as missing:
                print(missing)


def measure(name: str, url: URL, rows: int, seconds: float, folder: Path) -> None:
    """Fill a database, and let everybody work with it."""
    filled, start = Filled(rows, datetime.now(SHANGHAI)), time.monotonic()
    fill(url, filled)
    print(f"\n== {name}, {rows:,} nominations, filled in {time.monotonic() - start:.0f} s")
    watched = [filled.number(place) for place in range(rows) if filled.watched(place)][:2000]
    names = [who for who, _, _ in PEOPLE]
    with console(url, folder) as (port, process):
        at_work(Run(port, names, PASSWORD, watched, min(seconds, 8.0), seed=0))
        run = Run(port, names, PASSWORD, watched, seconds)
        told = at_work(run)
        sizes = [size for some in told.sizes.values() for size in some]
        with bare() as (bare_port, _):
            least = floor(Run(bare_port, names, "", (), min(seconds, 20.0)), sizes)
        report(told, least, ALLOWED[name])
        busy = at_work(Run(port, names, PASSWORD, watched, min(seconds, 15.0), (0.0, 0.0), seed=2))
        with bare() as (bare_port, _):
            most = floor(Run(bare_port, names, "", (), 5.0, (0.0, 0.0)), sizes)
        saturated(busy, most)
        rushed(rush(port, names[0], PASSWORD, to_submit(url, SUBMISSIONS)))
        held = memory_of(process)
        print(f"{len(held)} processes served, and held {sum(held):.0f} MiB at most")


def report(told: Told, least: Told, allowed: int) -> None:
    """Print what each kind of page took."""
    (bare_times,) = least.seconds.values()
    print(f"{len(PEOPLE)} people, each reading {THINKING[0]:g} to {THINKING[1]:g} s; milliseconds")
    print(f"{'':24}{'count':>7}{'median':>9}{'p95':>9}{'p99':>9}{'kB':>7}{'× bare':>8}")
    least_median = statistics.median(bare_times)
    for kind, times in [*sorted(told.seconds.items()), ("all of them", every(told))]:
        sizes = told.sizes.get(kind) or [0]
        over = "  over" if at(times, 0.95) * 1e3 > allowed else ""
        print(_line(kind, times) + f"{statistics.mean(sizes) / 1e3:7.0f}{at(times, 0.5) / least_median:8.1f}{over}")
    print(_line("bare page, the floor", bare_times))
    print(f"allowed at p95: {allowed}; errors: {len(told.errors)}; moves refused, with the reason: {told.refused}")
    for error in told.errors[:5]:
        print(f"  {error}")


def saturated(busy: Told, most: Told) -> None:
    """Print what the server does at most."""
    times, bare_times = every(busy), every(most)
    pages, pages_bare = len(times) / busy.lasted, len(bare_times) / most.lasted
    print(
        f"{len(PEOPLE)} people without reading, each asking at once for the next: {pages:.0f} pages a second, "
        f"p95 {at(times, 0.95) * 1e3:.0f} ms, errors {len(busy.errors)}; "
        f"bare pages {pages_bare:.0f} a second, {pages_bare / pages:.0f} times as many; "
        f"the client itself took {busy.spent / busy.lasted:.0%} of a processor"
    )


def rushed(done: Rush) -> None:
    """Print what came of many submissions at once."""
    print(
        f"{len(done.seconds)} submissions over {CONNECTIONS} connections at once: {done.lasted:.1f} s in all, "
        f"p95 {at(done.seconds, 0.95):.1f} s, not taken {len(done.failed)}"
    )
    for one in done.failed[:5]:
        print(f"  {one}")


def every(told: Told) -> list[float]:
    """Return the seconds of all pages."""
    return [one for times in told.seconds.values() for one in times]


def _line(kind: str, times: Sequence[float]) -> str:
    shares = "".join(f"{at(times, share) * 1e3:9.1f}" for share in (0.5, 0.95, 0.99))
    return f"{kind:24}{len(times):7}{shares}"


def at(times: Sequence[float], share: float) -> float:
    """Return the value below which this share of them lies."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    main()
