"""`linxuan remind`: deliver what is owed."""

from dataclasses import asdict

import click

from cli.desk import settings_of
from cli.face import Face, Spoken, command_face, say
from cli.sources import reading_desk, standing_desk
from operations.remind import pending, remind
from operations.settings import open_channel


@click.command(cls=Spoken, help=say("发送所有应发的提醒。", "Deliver every reminder that is owed."))
@click.option("--dry-run", is_flag=True, help=say("只显示将要发送的内容", "only show what would be sent"))
@command_face
def command(face: Face, dry_run: bool) -> None:
    """Deliver reminders."""
    if dry_run:
        letters = pending(reading_desk(face), face.now)
        face.answer(
            [{"recipient": one.recipient, "subject": one.subject, "body": one.body} for one in letters],
            [f"{one.recipient}　{one.subject}\n{one.body}" for one in letters]
            or [say("现在没有要发的提醒", "nothing is owed now")],
        )
        return
    done = remind(standing_desk(face), open_channel(settings_of(face)), face.now)
    face.answer(
        asdict(done),
        say(
            f"发送 {done.sent} 封（提醒 {done.gathered} 条），暂缓 {done.put_off} 封，搁置 {done.parked} 封，"
            f"已无须发送 {done.moot} 条",
            f"{done.sent} sent ({done.gathered} reminders), {done.put_off} put off, {done.parked} parked, "
            f"{done.moot} no longer needed",
        ),
    )
