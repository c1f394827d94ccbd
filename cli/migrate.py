"""`linxuan migrate`: bring the database to this version."""

import click

from cli.desk import settings_of
from cli.face import Face, Spoken, command_face, say
from store import Store
from store.migrate import migrate


@click.command(cls=Spoken, help=say("把数据库升级到当前版本。", "Bring the database to this version."))
@command_face
def command(face: Face) -> None:
    """Run the migrations that are missing."""
    settings = settings_of(face)
    settings.prepare_folder()
    store = Store(settings.database_url)
    before, after = migrate(store)
    store.close()
    face.answer(
        {"before": before, "after": after},
        say(f"已是最新（{after}）", f"up to date ({after})")
        if before == after
        else say(f"已升级到 {after}", f"upgraded to {after}"),
    )
