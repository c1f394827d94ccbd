"""Looking at a nomination as somebody: experts see what they evaluate, and whoever is recused sees nothing."""

from cli.describe import actor_option
from cli.desk import actor_of
from cli.face import Face
from cli.sources import reading_desk
from operations.acts import Act
from operations.desk import Desk
from operations.experts.sight import unseen

#: Gives a command that shows something `--actor`, which may be left out by whoever has the machine.
viewer_option = actor_option("以谁的身份查看", "as whom", required=False)


def viewing_desk(face: Face, number: str, actor: str | None) -> Desk:
    """Open the desk to look at a nomination; somebody who may not see it ends the command as any refusal does."""
    desk = reading_desk(face)
    if actor is not None and (refused := unseen(desk, number, actor_of(face, desk, actor), face.now)):
        face.refuse(refused.refusals, number=number)
    return desk


def looking(face: Face, actor: str | None) -> tuple[Desk, Act]:
    """Open the desk to look at results, with who looks; once people are registered, somebody must be named."""
    desk = reading_desk(face)
    return desk, Act(actor_of(face, desk, actor, any_role=True), face.now)
