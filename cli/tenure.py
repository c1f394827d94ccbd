"""`linxuan tenure`: what follows an award: terms, reports, assessments, benefits, revocation."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import DayType, Face, Group, LineType, command_face, say
from cli.honors import honor_document, honor_line, honor_lines
from cli.sources import reading_desk
from deadlines.zone import last_day_before
from operations.materials import Offered
from operations.results import Denied
from operations.tenure.assessing import Assessed, appoint, assess, receive_report, rectify
from operations.tenure.listing import honor_of, honors_of, table_of
from operations.tenure.money import read_yuan, yuan
from operations.tenure.paying import pay, recover
from operations.tenure.report_files import attach_report, take_reports
from operations.tenure.revoking import revoke, take_certificate_back
from operations.tenure.stopping import resume_benefits, stop_benefits
from store.files import write_whole

F = TypeVar("F", bound=Callable[..., object])


@click.group(
    cls=Group,
    help=say(
        "聘期：履职报告、考核、整改、待遇、停发和取消。",
        "Terms: reports of duties, assessments, rectification, benefits, revocation.",
    ),
)
def command() -> None:
    """Everything that follows an award."""


def _of_one(function: F) -> F:
    """Give a command the number of a nomination, and who acts."""
    return click.argument("number", metavar="NUMBER")(actor_option()(function))


_reason = click.option("--reason", default="", help=say("理由", "why"))
_note = click.option("--note", default="", help=say("说明", "what is worth noting"))
_year = click.option(
    "--year",
    type=click.IntRange(1, 99),
    help=say("聘期第几年，省略为当前年度", "the year of the term; this one if left out"),
)


@command.command("list", help=say("列出一个项目的聘期和待办", "list a program's terms and what they ask for"))
@click.argument("program", metavar="ID")
@click.option("--overdue", is_flag=True, help=say("只列有逾期的", "only those where something is overdue"))
@command_face
def list_them(face: Face, program: str, overdue: bool) -> None:
    """List terms."""
    found = honors_of(reading_desk(face), program, face.now)
    found = [one for one in found if not overdue or one.is_overdue(face.now)]
    lines = [honor_line(face, one) for one in found] or [say("没有聘期", "nobody has a term")]
    face.answer([honor_document(face, one) for one in found], lines)


@command.command(help=say("查看一人的聘期", "show somebody's term"))
@click.argument("number", metavar="NUMBER")
@command_face
def show(face: Face, number: str) -> None:
    """Show one term."""
    one = honor_of(reading_desk(face), number, face.now)
    face.answer(honor_document(face, one), [honor_line(face, one), *honor_lines(one)])


@command.command(help=say("导出聘期一览表（.xlsx）", "write all terms of a program to an .xlsx"))
@click.argument("program", metavar="ID")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help=say("存到", "where to"))
@command_face
def export(face: Face, program: str, out: Path) -> None:
    """Write the table."""
    content = table_of(reading_desk(face), program, face.now)
    write_whole(out, content)
    face.answer({"out": str(out), "bytes": len(content)}, str(out))


_files = click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=say("报告文件，可多次", "a file of it; may be repeated"),
)


@command.command("report", help=say("登记收到的履职报告", "record that a report of duties was received"))
@_of_one
@_note
@_files
@command_face
def report_it(face: Face, number: str, note: str, files: tuple[Path, ...], actor: str) -> None:
    """Record a report."""
    desk, act = acting(face, actor)
    done = receive_report(desk, number, act, note=note, files=_offered(files))
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    late = say("（逾期）", " (late)") if done.late else ""
    document = {"number": number, "period": done.period, "late": done.late}
    face.answer(
        document, say(f"{number}　已登记第{done.period}期履职报告{late}", f"{number}: period {done.period}{late}")
    )


@command.command("attach", help=say("给已登记的履职报告补充文件", "add files to a report that was received before"))
@_of_one
@click.argument("period", type=click.IntRange(1, 99), metavar="PERIOD")
@_files
@command_face
def attach_it(face: Face, number: str, period: int, files: tuple[Path, ...], actor: str) -> None:
    """Add files to a report."""
    if not files:
        raise click.UsageError(say("请用 --file 写明文件", "name the files with --file"))
    desk, act = acting(face, actor)
    done = attach_report(desk, number, period, _offered(files), act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    face.answer({"number": number, "period": period, "files": done}, say(f"已补充 {done} 份", f"{done} added"))


@command.command("reports", help=say("取出履职报告文件的副本；记入办理记录", "take copies of the reports of duties"))
@_of_one
@click.option(
    "--period", type=click.IntRange(1, 99), help=say("第几期，省略为全部", "of which period; all if left out")
)
@click.option(
    "--out",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=say("存放副本的文件夹", "the folder for the copies"),
)
@command_face
def take_them(face: Face, number: str, period: int | None, out: Path, actor: str) -> None:
    """Take copies of reports."""
    desk, act = acting(face, actor)
    done = take_reports(desk, number, out, act, period=period)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    face.answer({"number": number, "files": [str(one) for one in done]}, [str(one) for one in done])


@command.command("assess", help=say("登记考核结果；每期一次", "record an assessment, once for each period"))
@_of_one
@click.argument("result", metavar="RESULT")
@_reason
@_note
@command_face
def assess_it(face: Face, number: str, result: str, reason: str, note: str, actor: str) -> None:
    """Record an assessment."""
    desk, act = acting(face, actor, reason)
    _tell(face, number, assess(desk, number, result, act, note=note))


@command.command("rectify", help=say("登记整改复核的结果", "record what the check of a rectification found"))
@_of_one
@click.argument("result", metavar="RESULT")
@_reason
@_note
@command_face
def rectify_it(face: Face, number: str, result: str, reason: str, note: str, actor: str) -> None:
    """Record the check."""
    desk, act = acting(face, actor, reason)
    _tell(face, number, rectify(desk, number, result, act, note=note))


@command.command("appoint", help=say("登记起聘（聘期从聘书起算的）", "begin a term with a letter of appointment"))
@_of_one
@click.option("--on", "day", type=DayType(), required=True, help=say("起聘日", "the first day"))
@click.option("--document", type=LineType(), required=True, help=say("聘书文号", "the letter's number"))
@command_face
def appoint_it(face: Face, number: str, day: date, document: str, actor: str) -> None:
    """Begin a term."""
    desk, act = acting(face, actor)
    done = appoint(desk, number, day, document, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    last = last_day_before(done).isoformat() if done else None
    until = say(f"，至 {last}", f", until {last}") if last else ""
    document_ = {"number": number, "begun": day.isoformat(), "last_day": last}
    face.answer(document_, say(f"{number}　自 {day} 起聘{until}", f"{number}: from {day} on{until}"))


@command.command("pay", help=say("登记待遇发放", "record that a benefit was paid"))
@_of_one
@click.argument("benefit", metavar="BENEFIT")
@click.argument("amount", metavar="YUAN")
@click.option("--document", type=LineType(), required=True, help=say("拨付文号或凭证号", "the document behind it"))
@_year
@command_face
def pay_it(face: Face, number: str, benefit: str, amount: str, document: str, year: int | None, actor: str) -> None:
    """Record a payment."""
    desk, act = acting(face, actor)
    done = pay(desk, number, benefit, read_yuan(amount), act, document=document, period=year)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    told = {"number": number, "benefit": done.benefit, "year": done.period or None, "yuan": yuan(done.fen)}
    told |= {"instalment": done.instalment}
    of_year = say(f"第{done.period}年 ", f"year {done.period} ") if done.period else ""
    of_year += say(f"第{done.instalment}期 ", f"instalment {done.instalment} ") if done.instalment > 1 else ""
    words = say(
        f"{number}　已发放 {done.benefit} {of_year}{yuan(done.fen)} 元",
        f"{number}: {done.benefit} {of_year}{yuan(done.fen)} yuan paid",
    )
    face.answer(told, words)


@command.command("recover", help=say("登记追回的款项", "record that money was paid back"))
@_of_one
@click.argument("benefit", metavar="BENEFIT")
@click.argument("amount", metavar="YUAN")
@_year
@click.option("--instalment", type=click.IntRange(1, 12), help=say("第几期（分期发放的）", "of which instalment"))
@click.option("--term", type=LineType(), help=say("哪个聘期环节，省略为当前的", "of which term; this one if left out"))
@click.option("--reason", required=True, type=LineType(), help=say("理由，如缴款凭证", "why, such as a receipt"))
@command_face
def recover_it(
    face: Face,
    number: str,
    benefit: str,
    amount: str,
    year: int | None,
    instalment: int | None,
    term: str | None,
    reason: str,
    actor: str,
) -> None:
    """Record a recovery."""
    desk, act = acting(face, actor, reason)
    fen = read_yuan(amount)
    done = recover(desk, number, benefit, fen, act, period=year, instalment=instalment, term=term)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    told = {"number": number, "benefit": done.benefit, "yuan": yuan(done.fen), "left": yuan(done.left)}
    words = say(
        f"{number}　已追回 {yuan(done.fen)} 元，尚有 {yuan(done.left)} 元",
        f"{number}: {yuan(done.fen)} yuan paid back, {yuan(done.left)} left",
    )
    face.answer(told, words)


@command.command("suspend", help=say("保留称号，停发待遇", "stop the benefits; the title stays"))
@_of_one
@click.option("--ground", required=True, type=LineType(), help=say("情形：原文或序号", "the ground, or its place"))
@click.option("--since", type=DayType(), help=say("自哪天起，省略为今天", "from which day on; today if left out"))
@_reason
@command_face
def suspend_it(face: Face, number: str, ground: str, since: date | None, reason: str, actor: str) -> None:
    """Stop benefits."""
    desk, act = acting(face, actor, reason)
    done = stop_benefits(desk, number, ground, act, since=since)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    face.answer(
        {"number": number, "ground": done.ground, "since": done.since.isoformat()},
        say(f"{number}　自 {done.since} 起停发待遇：{done.ground}", f"{number}: benefits stop on {done.since}"),
    )


@command.command("resume", help=say("恢复待遇", "let the benefits run again"))
@_of_one
@click.option("--on", "day", type=DayType(), help=say("自哪天起，省略为今天", "from which day on; today if left out"))
@click.option("--reason", required=True, type=LineType(), help=say("理由", "why"))
@command_face
def resume_it(face: Face, number: str, day: date | None, reason: str, actor: str) -> None:
    """Let benefits run again."""
    desk, act = acting(face, actor, reason)
    done = resume_benefits(desk, number, act, on=day)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    face.answer(
        {"number": number, "resumed": done.isoformat()},
        say(f"{number}　自 {done} 起恢复待遇", f"{number}: benefits run again from {done}"),
    )


@command.command("revoke", help=say("取消称号", "take a title away"))
@_of_one
@click.option("--ground", required=True, type=LineType(), help=say("情形：原文或序号", "the ground, or its place"))
@click.option("--approval", default="", help=say("批准文件或会议纪要", "the decision that approves it"))
@click.option("--recover", "to_recover", help=say("应追回的金额（元）", "how much is to be paid back (yuan)"))
@click.option(
    "--despite-rectification",
    is_flag=True,
    help=say("整改期未满也取消（与考核无关的情形），须写理由", "though it may still be made good, with the reason"),
)
@_reason
@command_face
def revoke_it(
    face: Face,
    number: str,
    ground: str,
    approval: str,
    to_recover: str | None,
    despite_rectification: bool,
    reason: str,
    actor: str,
) -> None:
    """Revoke a title."""
    desk, act = acting(face, actor, reason)
    fen, despite = None if to_recover is None else read_yuan(to_recover), despite_rectification
    done = revoke(desk, number, ground, act, approval=approval, to_recover=fen, despite_rectification=despite)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    until = done.barred_until.isoformat() if done.barred_until else None
    lines = [say(f"{number}　称号已取消：{done.ground}", f"{number}: revoked, {done.ground}")]
    lines += [f"　{effect}" for effect in done.effects]
    if done.paid:
        paid, back = yuan(done.paid), yuan(done.to_recover)
        lines.append(
            say(f"　已发放 {paid} 元，应追回 {back} 元", f"  {paid} yuan were paid, {back} are to be paid back")
        )
    if until:
        lines.append(say(f"　至 {until} 不得申报", f"  not to be nominated until {until}"))
    document = {
        "number": number,
        "ground": done.ground,
        "approved_by": done.approved_by,
        "effects": list(done.effects),
        "paid": yuan(done.paid),
        "to_recover": yuan(done.to_recover),
        "barred_until": until,
    }
    face.answer(document, lines)


@command.command("returned", help=say("登记证书收回", "record that a revoked certificate came back"))
@_of_one
@command_face
def returned_it(face: Face, number: str, actor: str) -> None:
    """Record a certificate's return."""
    desk, act = acting(face, actor)
    if refused := take_certificate_back(desk, number, act):
        face.refuse(refused.refusals, number=number)
    face.answer({"number": number, "returned": True}, say(f"{number}　证书已收回", f"{number}: it came back"))


def _offered(files: tuple[Path, ...]) -> tuple[Offered, ...]:
    return tuple(Offered(file.name, file) for file in files)


def _tell(face: Face, number: str, done: Assessed | Denied) -> None:
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    until = last_day_before(done.rectify_by).isoformat() if done.rectify_by else None
    document = {
        "number": number,
        "period": done.period,
        "result": done.result,
        "passed": done.passed,
        "rectify_until": until,
    }
    mend = say(f"，限 {until} 前整改", f", to be made good by {until}") if until else ""
    words = say(
        f"{number}　第{done.period}期考核：{done.result}{mend}", f"{number}: period {done.period}, {done.result}{mend}"
    )
    face.answer(document, words)
