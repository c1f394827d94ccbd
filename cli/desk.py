"""Opening the desk for a command that needs the database."""

import click

from cli.face import Face, Mistake
from operations.actors import Actor
from operations.acts import Act
from operations.authority import identify
from operations.desk import Desk
from operations.results import Denied
from operations.settings import Settings, open_desk, read_settings
from programs import Words


def settings_of(face: Face) -> Settings:
    """Return the settings of this run: the environment's, with `--database` over them."""
    if face.database == "":
        raise Mistake(Words("--database 没有写明地址", "--database names no address"))
    settings = read_settings()
    return settings.model_copy(update={"database": face.database}) if face.database else settings


def desk_of(face: Face) -> Desk:
    """Open the desk, until the command ends. A database that is missing is made."""
    return until_the_end(open_desk(settings_of(face)))


def until_the_end(desk: Desk) -> Desk:
    """Let go of a desk's database when the command ends."""
    click.get_current_context().call_on_close(desk.store.close)
    return desk


def acting(face: Face, actor: str | None, reason: str = "", *, any_role: bool = False) -> tuple[Desk, Act]:
    """Open the desk, and return it with who acts when: `actor` as `operations.authority.identify` reads it.

    Somebody who is not who they say ends the command as any refusal does.
    """
    desk = desk_of(face)
    return desk, Act(actor_of(face, desk, actor, any_role=any_role), face.now, reason)


def actor_of(face: Face, desk: Desk, actor: str | None, *, any_role: bool = False) -> Actor:
    """Return who is meant by `--actor`; somebody who is not who they say ends the command."""
    found = identify(desk, actor, any_role=any_role)
    if isinstance(found, Denied):
        face.refuse(found.refusals, actor=actor)
    return found
