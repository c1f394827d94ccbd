"""A grown installation on one machine: started by the units and with the settings that `deploy/` holds."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.cli.test_supervisor import wait_until

DEPLOY = Path(__file__).parents[2] / "deploy"
PROGRAMS = Path(sys.executable).parent
LOCALHOST = "127.0.0.1"


class Installation:
    """Its processes, and its Prefect as an administrator sees it.

    `told` has a value for each setting that `deploy/linxuan.env` names, none for what is left out here.
    """

    def __init__(self, folder: Path, told: Mapping[str, str | None]) -> None:
        self.folder = folder
        names = re.findall(r"^(\w+)=", (DEPLOY / "linxuan.env").read_text("utf-8"), re.MULTILINE)
        assert sorted(names) == sorted(told)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINXUAN_", "PREFECT_"))}
        given = {name: value for name, value in told.items() if value is not None}
        self.environment = kept | given | {"PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, unit: str, instance: str = "") -> subprocess.Popen[bytes]:
        """Start what a unit starts."""
        text = (DEPLOY / "systemd" / f"{unit}.service").read_text("utf-8")
        [command] = re.findall(r"^ExecStart=/opt/linxuan/bin/(.*)$", text, re.MULTILINE)
        program, *words = command.replace("%i", instance).replace("%H", "here").split()
        log = (self.folder / f"{unit}{instance}-{len(self._started)}.log").open("wb")
        process = subprocess.Popen(
            [PROGRAMS / program, *words], env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        self._started.append(process)
        return process

    def run(self, unit: str) -> None:
        """Run what a unit runs once."""
        assert self.start(unit).wait() == 0, self.logs(unit)

    def linxuan(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [PROGRAMS / "linxuan", *arguments], env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def kill(self, *processes: subprocess.Popen[bytes]) -> None:
        """Kill a process with all that it has started, as when a machine loses its power."""
        for process in processes:
            for pid in [process.pid, *descendants(process.pid)]:
                if Path(f"/proc/{pid}").exists():
                    os.kill(pid, signal.SIGKILL)
            process.wait()

    def end(self) -> None:
        self.kill(*(one for one in self._started if one.poll() is None))

    def logs(self, name: str) -> str:
        return "\n".join(file.read_text("utf-8", "replace") for file in sorted(self.folder.glob(f"{name}*.log")))

    def ask(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """Ask Prefect as its own pages do; while nobody answers it is asked again."""
        api = self.environment["PREFECT_API_URL"]
        auth = tuple(self.environment["PREFECT_API_AUTH_STRING"].split(":", 1))
        answered: list[httpx.Response] = []

        def asked() -> bool:
            with httpx.Client(auth=auth, timeout=30) as client:
                try:
                    token = client.get(f"{api}/csrf-token", params={"client": "test"}).raise_for_status()
                    headers = {"Prefect-Csrf-Token": token.json()["token"], "Prefect-Csrf-Client": "test"}
                    answered.append(client.request(method, f"{api}{path}", json=body, headers=headers))
                except httpx.HTTPError:
                    return False
            return answered[-1].status_code < 500

        assert wait_until(asked, 60), path
        done = answered[-1].raise_for_status()
        return done.json() if done.content else None

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


def descendants(pid: int) -> list[int]:
    """All processes that a process has started, and those that these have."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    found, nearer = [], [pid]
    while nearer:
        nearer = [child for child, parent in parents.items() if parent in nearer]
        found += nearer
    return found


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
