"""`linxuan migrate`: bring the database to this version."""

import click

from cli.desk import settings_of
from cli.face import Face, Mistake, Spoken, command_face, say
from programs import Words
from store import Store
from store.migrate import is_foreign, migrate


@click.command(cls=Spoken, help=say("把数据库升级到当前版本。", "Bring the database to this version."))
@command_face
def command(face: Face) -> None:
    """Run the migrations that are missing."""
    settings = settings_of(face)
    settings.prepare_folder()
    store = Store(settings.address)
    click.get_current_context().call_on_close(store.close)
    if is_foreign(store):
        raise Mistake(
            Words(
                f"{settings.database_file or settings.database_shown} 是别的程序的数据库，不能升级；请核对地址",
                f"{settings.database_file or settings.database_shown} is another program's database; check its address",
            )
        )
    before, after = migrate(store)
    face.answer(
        {"before": before, "after": after},
        say(f"已是最新（{after}）", f"up to date ({after})")
        if before == after
        else say(f"已升级到 {after}", f"upgraded to {after}"),
    )
