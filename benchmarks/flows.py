"""What Prefect costs: an idle sweep as a flow run, the memory of server and flows, the growth of Prefect's database.

`python -m benchmarks.flows [--runs N]` starts a server and the flows on a folder of its own. The best and the median of
several runs are told, with what else the machine had to do: on a busy one the medians say more of its other work. A
limit that is not kept ends the run as a failure.
"""

# ruff: noqa: PLC0415 - Prefect reads the environment as it is imported
import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.flows_parts.month import A_DAY, DAYS, written
from benchmarks.parts.limits import Limits
from cli.ports import answers, choose_port

LOCALHOST = "127.0.0.1"


@contextmanager
def process(folder: Path, *module: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module while the block does; its log lies in the folder."""
    log = (folder / f"{module[0]}.log").open("wb")
    started = subprocess.Popen(  # noqa: S603 - the product's own modules
        [sys.executable, "-m", *module], stdout=log, stderr=log, start_new_session=True
    )
    try:
        yield started
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def resident(pid: int) -> float:
    """The MB of memory that a process shares with nobody, and its share of the rest."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000


async def within(runs: int) -> tuple[list[float], list[float]]:
    """Seconds that the flow takes, and the sweep alone, in a process that is up."""
    from flows.clock import instant
    from flows.sweeps import deadline_sweep, swept
    from operations.settings import Settings, open_desk
    from states import Move

    await deadline_sweep()
    flow, alone = [], []
    for _ in range(runs):
        begun = time.perf_counter()
        await deadline_sweep()
        flow.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        desk = open_desk(Settings())
        swept(desk, instant(None), (Move.LAPSE, Move.EXPIRE))
        desk.store.close()
        alone.append(time.perf_counter() - begun)
    return flow, alone


async def served(runs: int) -> list[float]:
    """Seconds from the scheduled instant of a run to its end, each in a process of its own."""
    from prefect import get_client
    from prefect.states import Scheduled

    took = []
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("到期巡检/deadline-sweep")
        while len(took) < runs:
            # Whatever the schedule has begun meanwhile would have the run give way.
            at = datetime.now().astimezone() + timedelta(seconds=12)
            run = await client.create_flow_run_from_deployment(deployment.id, state=Scheduled(scheduled_time=at))
            while not (run.state and run.state.is_final()):
                await asyncio.sleep(0.2)
                run = await client.read_flow_run(run.id)
            if run.state.is_completed():
                took.append((run.end_time - at).total_seconds())
    return took


def told(seconds: Sequence[float]) -> str:
    """Say the best, the median and the worst of several measurements."""
    return f"best {min(seconds):.3f}, median {statistics.median(seconds):.3f}, worst {max(seconds):.3f} s"


def main() -> None:
    """Measure, and print beside what is allowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    limits = Limits()
    load = "{:.1f} {:.1f} {:.1f}".format(*os.getloadavg())
    print(f"{os.cpu_count()} processors, load before: {load}")
    with tempfile.TemporaryDirectory(prefix="linxuan-benchmark-") as name:
        folder = Path(name)
        port = choose_port(LOCALHOST, 4500, None)
        os.environ |= {"LINXUAN_DATA": name, "PREFECT_API_URL": f"http://{LOCALHOST}:{port}/api"}
        from flows.server import server_environment

        os.environ |= server_environment(folder)
        with process(folder, "flows.server", "--port", str(port)) as server:
            while not answers(LOCALHOST, port, "/api/health"):
                time.sleep(0.2)
            marker = folder / "ready"
            with process(folder, "flows", "--ready", str(marker)) as flows:
                # This process alone is quiet: what runs leave in the database, their logs too, is counted below.
                os.environ["PREFECT_LOGGING_LEVEL"] = "WARNING"
                while not marker.exists():
                    time.sleep(0.2)
                took = asyncio.run(served(max(3, options.runs // 4)))
                print(f"idle sweep served, from its instant to its end: {told(took)} (at most 5)")
                limits.at_most("idle sweep served, the slowest", max(took), 5, "s")
                held = [resident(server.pid), resident(flows.pid)]
                print(f"memory: server {held[0]:.0f} MB, flows {held[1]:.0f} MB, both {sum(held):.0f} MB (at most 700)")
                limits.at_most("memory of server and flows", sum(held), 700, "MB")
                time.sleep(8)  # Events are written down in batches.
            flow, alone = asyncio.run(within(options.runs))
            print(f"idle sweep as a flow in a process that is up: {told(flow)}")
            print(f"  the sweep alone: {told(alone)}")
            beyond = statistics.median(flow) - statistics.median(alone)
            print(f"  beyond the sweep: best {min(flow) - min(alone):.3f}, median {beyond:.3f} s (at most 0.3)")
            limits.at_most("a flow beyond its sweep, the median", beyond, 0.3, "s")
        size, used = written(folder / "prefect" / "prefect.db")
        print(
            f"its database after {DAYS} days of {A_DAY} runs, cleaned up each day: "
            f"{size:.0f} MB, {used:.0f} MB of it in use (at most 200)"
        )
        limits.at_most("Prefect's database after a month", size, 200, "MB")
    limits.end()


if __name__ == "__main__":
    main()
