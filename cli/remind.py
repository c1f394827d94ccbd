"""`linxuan remind`: deliver what is owed; list what was not delivered, and let go of what was parked."""

from dataclasses import asdict
from datetime import datetime

import click

from cli.describe import actor_option
from cli.desk import acting, settings_of
from cli.face import LANGUAGE, Face, Group, LineType, command_face, say
from cli.sources import calendar_of, program_of, reading_desk, standing_desk
from operations.channels import open_channel
from operations.desk import Running
from operations.letters_ahead import letters_ahead
from operations.messages import acknowledge, list_held, list_messages, release
from operations.parked import Way, deliver_otherwise, drop
from operations.remind import pending, remind
from operations.results import Denied
from operations.subscriptions import list_unsubscribed, subscribe, unsubscribe
from operations.ticking import ticking
from operations.tracing import OUTCOMES, STATES, awaited_from, trace

_STATES = {state: words.in_language(LANGUAGE) for state, words in STATES.items()}
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
    left = [] if states else list_unsubscribed(desk)
    lines = [
        f"{one.id}　{one.recipient}　{_STATES[one.state]}　{one.subject}"
        + (f"　{one.problem}" if one.problem else "")
        + (_received(one.received_at) if one.received_at else "")
        for one in messages
    ]
    lines += [
        f"{one.recipient}　{one.program}　{one.send_at:%Y-%m-%d %H:%M}　"
        + say(f"{one.count} 条，{_WHY[one.why]}", f"{one.count}, {_WHY[one.why]}")
        for one in held
    ]
    lines += [
        f"{one.recipient}　{one.program}　"
        + say(f"{one.since:%Y-%m-%d} 起退订办理结果通知", f"no news of outcomes since {one.since:%Y-%m-%d}")
        for one in left
    ]
    face.answer(
        {
            "messages": [asdict(one) for one in messages],
            "held": [asdict(one) for one in held],
            "unsubscribed": [asdict(one) for one in left],
        },
        lines or [say("没有信函，也没有待发的提醒", "there are no messages, and nothing waits")],
    )


def _received(at: datetime) -> str:
    return say(f"　{at:%m-%d %H:%M} 确认收到", f"  received {at:%m-%d %H:%M}")


@command.command(
    "preview",
    help=say(
        "列出项目会发出的全部信函：何时、发给谁、内容；开通前即可查看",
        "every letter that a program can send: when, to whom and what it says; before it opens",
    ),
)
@click.argument("program", metavar="ID|FILE")
@click.option("--full", is_flag=True, help=say("连同全文", "with their texts"))
@command_face
def preview(face: Face, program: str, full: bool) -> None:
    """Show every letter that a program can send."""
    found = program_of(face, program)
    running = Running(found, 0, None, calendar_of(face))
    ahead = letters_ahead(running, face.now, "en" if LANGUAGE == "en" else "zh")
    lines = []
    for one in ahead:
        days = "、".join(f"{at:%Y-%m-%d %H:%M}" for at in one.dates)
        when, to = one.when.in_language(LANGUAGE), one.to.in_language(LANGUAGE)
        lines.append(f"{when}" + (f"（{days}）" if days else "") + f"　→ {to}　{one.letter.subject}")
        lines += [f"    {line}" for line in one.letter.body.splitlines()] if full else []
    face.answer(
        [
            {
                "kind": one.kind.value,
                "stage": one.stage,
                "to": one.to.in_language(LANGUAGE),
                "when": one.when.in_language(LANGUAGE),
                "dates": [at.isoformat() for at in one.dates],
                "subject": one.letter.subject,
                "body": one.letter.body,
            }
            for one in ahead
        ],
        lines,
    )


@command.command(
    "acknowledge",
    help=say(
        "登记信函已收到：写信函编号，或用 --from 写收件人（其待确认的信函全部登记）",
        "note that a message was received: name it, or all that somebody is yet to confirm with --from",
    ),
)
@click.argument("message", metavar="[MESSAGE]", required=False)
@click.option("--from", "recipient", type=LineType(), help=say("来电或回复的收件人", "who has called or answered"))
@click.option("--reason", default="", help=say("何时、怎样得知", "when and how it became known"))
@actor_option()
@command_face
def acknowledge_some(face: Face, message: str | None, recipient: str | None, reason: str, actor: str) -> None:
    """Note that messages were received."""
    if (message is None) == (recipient is None):
        raise click.UsageError(say("请写信函编号，或 --from 收件人", "name a message, or give --from"))
    desk, act = acting(face, actor, reason)
    ids = [message] if message else awaited_from(desk, recipient or "", face.now)
    for one in ids:
        if refused := acknowledge(desk, one, act):
            face.refuse(refused.refusals, message=one)
    face.answer(
        {"message": message} if message else {"recipient": recipient, "messages": ids},
        [say(f"已登记信函 {one} 收到", f"{one} was received") for one in ids]
        or [say("没有待确认的信函", "nothing is yet to be confirmed")],
    )


@command.command(
    "unsubscribe",
    help=say(
        "不再向收件人发送项目的办理结果通知；待办、期限和邀请照常发送",
        "send a recipient no more news of outcomes of a program; what they have to do still reaches them",
    ),
)
@click.argument("program", metavar="PROGRAM")
@click.argument("recipient", metavar="RECIPIENT")
@actor_option()
@command_face
def unsubscribe_one(face: Face, program: str, recipient: str, actor: str) -> None:
    """Stop news of outcomes."""
    desk, act = acting(face, actor)
    if refused := unsubscribe(desk, program, recipient, act):
        face.refuse(refused.refusals, program=program, recipient=recipient)
    face.answer(
        {"program": program, "recipient": recipient},
        say(
            f"{recipient} 不再收到 {program} 的办理结果通知", f"{recipient} gets no more news of outcomes of {program}"
        ),
    )


@command.command("subscribe", help=say("恢复向收件人发送办理结果通知", "let news of outcomes come again"))
@click.argument("program", metavar="PROGRAM")
@click.argument("recipient", metavar="RECIPIENT")
@actor_option()
@command_face
def subscribe_one(face: Face, program: str, recipient: str, actor: str) -> None:
    """Let news of outcomes come again."""
    desk, act = acting(face, actor)
    if refused := subscribe(desk, program, recipient, act):
        face.refuse(refused.refusals, program=program, recipient=recipient)
    face.answer(
        {"program": program, "recipient": recipient},
        say(f"{recipient} 收到 {program} 的办理结果通知", f"{recipient} gets news of outcomes of {program}"),
    )


@command.command("show", help=say("查看一封信函和每次投递", "show a message, and every try to deliver it"))
@click.argument("message", metavar="MESSAGE")
@actor_option()
@command_face
def show_one(face: Face, message: str, actor: str) -> None:
    """Show a message."""
    desk, act = acting(face, actor)
    found = trace(desk, message, act)
    if isinstance(found, Denied):
        face.refuse(found.refusals, message=message)
    where = "、".join(f"{one.channel.label.in_language(LANGUAGE)} {one.shown}" for one in found.addresses)
    lines = [
        f"{found.recipient}　{where or say('没有登记收件地址', 'no address is known')}",
        _STATES[found.state] + (_received(found.received_at) if found.received_at else ""),
        *([say(f"未送达：{found.problem}", f"not delivered: {found.problem}")] if found.problem else []),
        *(
            [say("※ 可能已经送达：有一次投递结果不明", "※ it may have come: of one try nobody knows")]
            if found.unsure
            else []
        ),
        *([say("待收件人确认收到", "its receipt is yet to be confirmed")] if found.awaits else []),
        found.subject,
        found.body,
    ]
    if found.tries:
        lines.append(say("投递记录：", "Tries:"))
    lines += [
        f"  {one.tried_at:%Y-%m-%d %H:%M:%S}　{one.channel.label.in_language(LANGUAGE)}　{one.address or '—'}　"
        f"{OUTCOMES[one.outcome].in_language(LANGUAGE)}　{one.answer or ''}"
        for one in found.tries
    ]
    face.answer(asdict(found), lines)


@command.command(
    "deliver",
    help=say("登记搁置的信函已另行送达", "note that a parked message reached its recipient in another way"),
)
@click.argument("message", metavar="MESSAGE")
@click.option(
    "--by",
    "way",
    required=True,
    type=click.Choice([one.value for one in Way]),
    help=say(*("；".join(f"{one.value} {one.label[at]}" for one in Way) for at in (0, 1))),
)
@click.option("--reason", default="", help=say("何时、由谁、怎样送达", "when, by whom and how"))
@actor_option()
@command_face
def deliver_one(face: Face, message: str, way: str, reason: str, actor: str) -> None:
    """Note another way of delivery."""
    desk, act = acting(face, actor, reason)
    done = deliver_otherwise(desk, message, Way(way), act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, message=message)
    face.answer({"message": message, "recipient": done}, say(f"已登记另行送达：{done}", f"delivered to {done}"))


@command.command("drop", help=say("不再发送搁置的信函，须写理由", "give a parked message up, with the reason"))
@click.argument("message", metavar="MESSAGE")
@click.option("--reason", default="", help=say("理由", "why"))
@actor_option()
@command_face
def drop_one(face: Face, message: str, reason: str, actor: str) -> None:
    """Give a parked message up."""
    desk, act = acting(face, actor, reason)
    done = drop(desk, message, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, message=message)
    face.answer({"message": message, "recipient": done}, say(f"不再发送：{done}", f"dropped: {done}"))


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
    count, left = len(done.recipients), len(done.left)
    lines = [say(f"已放行 {count} 封：", f"{count} released: ") + "、".join(done.recipients)] if count else []
    if left:
        lines += [
            say(
                f"△ {left} 封所涉项目的定义已损坏，仍搁置，请先从备份中恢复该项目：",
                f"△ {left} tell of a program whose definition is damaged and stay parked; restore that from a backup: ",
            )
            + "、".join(done.left)
        ]
    face.answer(
        {"released": list(done.recipients), "left": list(done.left)},
        "\n".join(lines) or say("没有搁置的信函", "nothing is parked"),
    )
