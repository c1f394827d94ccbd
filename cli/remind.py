"""`linxuan remind`: deliver what is owed; list what was not delivered, and let go of what was parked."""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

import click

from cli.describe import actor_option
from cli.desk import acting, settings_of
from cli.face import Face, Group, command_face, say
from cli.sources import reading_desk, standing_desk
from operations.messages import acknowledge, list_held, list_messages, release
from operations.remind import pending, remind
from operations.results import Denied
from operations.settings import open_channel

_STATES = {
    "waiting": say("待发", "waiting"),
    "sent": say("已发", "sent"),
    "parked": say("搁置", "parked"),
    "moot": say("已无须发送", "no longer needed"),
}
_WHY = {
    None: say("未到时间", "not due yet"),
    "hours": say("等到工作时间", "until working hours"),
    "digest": say("今日已发过一封，并入下一工作日", "today's digest is out"),
}


@click.group(
    cls=Group, invoke_without_command=True, help=say("发送所有应发的提醒。", "Deliver every reminder that is owed.")
)
@click.option("--dry-run", is_flag=True, help=say("只显示将要发送的内容", "only show what would be sent"))
@command_face
def command(face: Face, dry_run: bool) -> None:
    """Deliver reminders."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    if dry_run:
        letters = pending(reading_desk(face), face.now)
        face.answer(
            [{"recipient": one.recipient, "subject": one.subject, "body": one.body} for one in letters],
            [f"{one.recipient}　{one.subject}\n{one.body}" for one in letters]
            or [say("现在没有要发的提醒", "nothing is owed now")],
        )
        return
    done = remind(standing_desk(face), open_channel(settings_of(face)), face.now, clock=ticking(face.now))
    face.answer(
        asdict(done),
        say(
            f"发送 {done.sent} 封（提醒 {done.gathered} 条），暂缓 {done.put_off} 封，搁置 {done.parked} 封，"
            f"留待稍后 {done.held} 条，已无须发送 {done.moot} 条",
            f"{done.sent} sent ({done.gathered} reminders), {done.put_off} put off, {done.parked} parked, "
            f"{done.held} held back, {done.moot} no longer needed",
        ),
    )


def ticking(now: datetime) -> Callable[[], datetime]:
    """Return a clock that goes on from an instant."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


@command.command("list", help=say("列出信函和留待发送的提醒", "list messages, and reminders that wait"))
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(list(_STATES)),
    help=say("只列这些状态的信函，可多次", "messages of these states only; repeatable"),
)
@command_face
def list_them(face: Face, states: tuple[str, ...]) -> None:
    """List messages and what waits."""
    desk = reading_desk(face)
    messages, held = list_messages(desk, states), [] if states else list_held(desk)
    lines = [
        f"{one.id}　{one.recipient}　{_STATES[one.state]}　{one.subject}" + (f"　{one.problem}" if one.problem else "")
        for one in messages
    ]
    lines += [
        f"{one.recipient}　{one.program}　{one.send_at:%Y-%m-%d %H:%M}　"
        + say(f"{one.count} 条，{_WHY[one.why]}", f"{one.count}, {_WHY[one.why]}")
        for one in held
    ]
    face.answer(
        {"messages": [asdict(one) for one in messages], "held": [asdict(one) for one in held]},
        lines or [say("没有信函，也没有待发的提醒", "there are no messages, and nothing waits")],
    )


@command.command("acknowledge", help=say("登记信函已收到", "note that a message was received"))
@click.argument("message", metavar="MESSAGE")
@actor_option()
@command_face
def acknowledge_one(face: Face, message: str, actor: str) -> None:
    """Note that a message was received."""
    desk, act = acting(face, actor)
    if refused := acknowledge(desk, message, act):
        face.refuse(refused.refusals, message=message)
    face.answer({"message": message}, say(f"已登记信函 {message} 收到", f"{message} was received"))


@command.command("release", help=say("重新发送搁置的信函", "try parked messages again"))
@click.argument("messages", metavar="MESSAGE", nargs=-1)
@click.option("--all", "every", is_flag=True, help=say("所有搁置的信函", "all that are parked"))
@actor_option()
@command_face
def release_them(face: Face, messages: tuple[str, ...], every: bool, actor: str) -> None:
    """Let go of parked messages."""
    if bool(messages) == every:
        raise click.UsageError(say("请写明信函编号，或 --all", "name messages, or give --all"))
    desk, act = acting(face, actor)
    done = release(desk, messages, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals)
    face.answer(
        {"released": done},
        say(f"已放行 {len(done)} 封：", f"{len(done)} released: ") + "、".join(done)
        if done
        else say("没有搁置的信函", "nothing is parked"),
    )
