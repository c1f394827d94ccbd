"""`linxuan nomination rank`: in which order a nominator recommends (推荐排序)."""

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import Face, LineType, Spoken, command_face, say
from operations.recommending import order
from operations.results import Denied


@click.command(
    "rank",
    cls=Spoken,
    help=say(
        "推荐单位给候选人排序：依次写编号；汇总表按此填推荐排序",
        "rank those whom a nominator recommends: their numbers, the best first",
    ),
)
@click.argument("program", metavar="ID")
@click.argument("nominator", metavar="NOMINATOR", type=LineType())
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@actor_option()
@command_face
def rank_them(face: Face, program: str, nominator: str, numbers: tuple[str, ...], actor: str) -> None:
    """Keep the order."""
    desk, act = acting(face, actor)
    done = order(desk, program, nominator, numbers, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, nominator=nominator)
    face.answer(
        {"program": program, "nominator": done.nominator, "nominations": list(done.numbers)},
        [f"{place}　{number}" for place, number in enumerate(done.numbers, 1)],
    )
