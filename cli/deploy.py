"""`linxuan deploy`: bring the flows to a Prefect server whose workers run elsewhere."""

import json
import os
import subprocess
import sys

import click

from cli.desk import settings_of
from cli.face import FAILED_OUTSIDE, LANGUAGE, Face, Mistake, Spoken, command_face, say
from programs import Words


@click.command(
    cls=Spoken,
    help=say(
        "把全部定时流程部署到 PREFECT_API_URL 的工作池，由别处的工作进程运行；单机请用 linxuan up。",
        "Deploy all flows to a work pool at PREFECT_API_URL, for workers elsewhere. One machine: linxuan up.",
    ),
)
@click.option(
    "--pool", default="linxuan", metavar="NAME", help=say("工作池，没有则新建", "the work pool; made if absent")
)
@command_face
def command(face: Face, *, pool: str) -> None:
    """Deploy everything that `linxuan up` would serve."""
    if not os.environ.get("PREFECT_API_URL"):
        raise Mistake(
            Words(
                "没有设置 PREFECT_API_URL，例如 http://主机:4200/api",
                "PREFECT_API_URL is not set, such as http://host:4200/api",
            )
        )
    settings = settings_of(face)
    # In a process of its own: Prefect takes a second to import, and reads its settings as it is imported.
    done = subprocess.run(  # noqa: S603 - the product's own module
        [sys.executable, "-m", "flows.deploying", "--pool", pool],
        env=os.environ | {"LINXUAN_DATA": str(settings.data), "LINXUAN_LANG": LANGUAGE, "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [""])[-1]
        raise Mistake(Words("没有部署：{why}", "not deployed: {why}").format(why=why), FAILED_OUTSIDE)
    document = json.loads(done.stdout.splitlines()[-1])
    names = document["deployments"]
    face.answer(
        document,
        [
            say(
                f"已部署 {len(names)} 个流程到工作池 {pool}：{'、'.join(names)}",
                f"{len(names)} flows are deployed to the work pool {pool}: {', '.join(names)}",
            ),
            say(
                f"在每台工作的机器上运行 python -m flows.worker --pool {pool}",
                f"on each machine that works, run: python -m flows.worker --pool {pool}",
            ),
        ],
    )
