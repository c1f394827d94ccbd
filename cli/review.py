"""`linxuan review`: what a review is made of, from the draw of its experts to the ranking, or to a ballot."""

import click

from cli import ballot, panel, ranking, score
from cli.face import Group, say


@click.group(
    cls=Group,
    help=say(
        "评审：抽取和分配专家、回避、评分、排序、表决。",
        "Reviews: draws and assignments of experts, recusals, scores, rankings, ballots.",
    ),
)
def command() -> None:
    """Everything about reviews."""


for part in (*panel.COMMANDS, *score.COMMANDS, *ranking.COMMANDS, *ballot.COMMANDS):
    command.add_command(part)
