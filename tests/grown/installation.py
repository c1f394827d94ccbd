"""A grown installation on one machine: started by the units, with the settings and the proxy that `deploy/` holds."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.postgres import ADMINISTRATOR, Server, descendants
from tests.prefect_api import PrefectApi

DEPLOY = Path(__file__).parents[2] / "deploy"
PROGRAMS = Path(sys.executable).parent
LOCALHOST = "127.0.0.1"

Process = subprocess.Popen[bytes]


class Installation:
    """Its processes, and its Prefect as an administrator sees it.

    `told` has a value for each setting that `deploy/linxuan.env` names, none for what is left out here; `owned` those
    of `deploy/owner.env`. `console` is the port in the place of the console's own.
    """

    def __init__(self, folder: Path, told: Mapping[str, str | None], owned: Mapping[str, str], console: int) -> None:
        self.folder = folder
        assert (names_in("linxuan.env"), names_in("owner.env")) == (sorted(told), sorted(owned))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINXUAN_", "PREFECT_"))}
        given = {name: value for name, value in told.items() if value is not None}
        self.environment = kept | given | {"PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}
        self._owned, self._console = dict(owned), console
        self._started: list[Process] = []
        self._units: dict[tuple[str, str], Process] = {}
        self._prefect: PrefectApi | None = None

    def start(self, unit: str, instance: str = "") -> Process:
        """Start what a unit starts."""
        text = (DEPLOY / "systemd" / f"{unit}.service").read_text("utf-8")
        [command] = re.findall(r"^ExecStart=/opt/linxuan/bin/(.*)$", text, re.MULTILINE)
        command = command.replace("--port 8000", f"--port {self._console}")
        program, *words = command.replace("%i", instance).replace("%H", "here").split()
        environment = self.environment | (self._owned if "EnvironmentFile=/etc/linxuan/owner.env\n" in text else {})
        log = (self.folder / f"{unit}{instance}-{len(self._started)}.log").open("wb")
        process = subprocess.Popen(
            [PROGRAMS / program, *words], env=environment, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        self._started.append(process)
        if "Restart=always\n" in text:
            self._units[unit, instance] = process
        return process

    def process(self, unit: str, instance: str = "") -> Process:
        """The process of a unit that runs."""
        return self._units[unit, instance]

    def restart(self) -> list[str]:
        """Start again whatever has ended, as systemd does; returns the units."""
        ended = [key for key, process in self._units.items() if process.poll() is not None]
        for key in ended:
            self.start(*key)
        return [unit for unit, _ in ended]

    def linxuan(self, *arguments: str) -> Process:
        process = subprocess.Popen(
            [PROGRAMS / "linxuan", *arguments], env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        self._started.append(process)
        return process

    def kill(self, *processes: Process) -> None:
        """Kill processes with all that they have started, at once, as when their machine loses its power."""
        for pid in [pid for process in processes for pid in (process.pid, *descendants(process.pid))]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in processes:
            process.wait()

    def end(self) -> None:
        if self._prefect is not None:
            self._prefect.close()
        self.kill(*(one for one in self._started if one.poll() is None))

    def logs(self, name: str) -> str:
        return "\n".join(file.read_text("utf-8", "replace") for file in sorted(self.folder.glob(f"{name}*.log")))

    def ask(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """Ask Prefect as its own pages do; while nobody answers it is asked again."""
        if self._prefect is None:
            user, _, password = self.environment["PREFECT_API_AUTH_STRING"].partition(":")
            self._prefect = PrefectApi(self.environment["PREFECT_API_URL"], (user, password))
        return self._prefect.ask(path, body, method)

    def begin(self, deployment: str, **parameters: object) -> str:
        """Start a run of a deployment, and return its id."""
        return self.ask(f"/deployments/{self.known(deployment)}/create_flow_run", {"parameters": parameters})["id"]

    def known(self, deployment: str) -> str:
        """The id of a deployment."""
        [found] = self.ask("/deployments/filter", {"deployments": {"name": {"any_": [deployment]}}})
        return found["id"]

    def runs(self, deployment: str) -> dict[str, dict[str, Any]]:
        """The runs of a deployment by their ids."""
        found = self.ask("/flow_runs/filter", {"deployments": {"name": {"any_": [deployment]}}, "limit": 200})
        return {one["id"]: one for one in found}

    def has_event(self, name: str, resource: str) -> bool:
        """Whether the server has written down an event of something."""
        wanted = {"event": {"name": [name]}, "resource": {"id": [resource]}}
        return self.ask("/events/filter", {"filter": wanted, "limit": 1})["total"] > 0


def names_in(file: str) -> list[str]:
    """The settings that a file of `deploy/` names."""
    return sorted(re.findall(r"^(\w+)=", (DEPLOY / file).read_text("utf-8"), re.MULTILINE))


def make_databases(server: Server, **passwords: str) -> None:
    """Have an administrator make the databases and their roles, as the way there says."""
    psql = shutil.which("psql")
    assert psql
    # The server of the tests has a role of this name already.
    server.run("DROP ROLE IF EXISTS {}", "linxuan")
    to = ["-h", str(server.folder), "-p", str(server.port), "-U", ADMINISTRATOR, "-d", "postgres"]
    subprocess.run(
        [psql, "-X", "-q", *to, "-f", DEPLOY / "databases.sql"],
        env=os.environ | passwords,
        check=True,
        stdin=subprocess.DEVNULL,
    )


def runs_of(pid: int) -> set[str]:
    """The ids of the runs that a worker has under way."""
    found = set()
    for child in descendants(pid):
        try:
            told = Path(f"/proc/{child}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        found |= {one.partition(b"=")[2].decode() for one in told if one.startswith(b"PREFECT__FLOW_RUN_ID=")}
    return found
