"""`linxuan program`: what a notice says, and bringing it into force."""

import json
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import select

from cli import allotting, amending, checking, drafting, registering
from cli.dates import dates_lines
from cli.describe import actor_option, decision_words, program_lines
from cli.desk import acting
from cli.face import LANGUAGE, REFUSED, ClosingType, DayType, Face, Group, LineType, Mistake, command_face, say
from cli.findings import told
from cli.sources import calendar_of, existing_desk, is_file, program_of
from deadlines.ics import to_ics
from deadlines.keydates import key_dates
from deadlines.zone import SHANGHAI
from operations.dates import dates_so_far
from operations.intakes import extend_deadline
from operations.lookup import InForce, announced_closes, count_lapsed, in_force
from operations.nominators import register_nominator
from operations.opening import confirm_ruling, open_program
from operations.results import Denied
from programs import Program, Words, date_program, load_program, shipped_programs
from programs.words import closing_clock
from states import compile_pipeline
from states.diagram import mermaid
from store import tables as t


@click.group(cls=Group, help=say("查看、核对、裁定和开通项目。", "Show, check, rule on and open programs."))
def command() -> None:
    """Everything about programs."""


@command.command("list", help=say("列出随附的项目和库中的项目", "the programs that ship, and those in the database"))
@command_face
def list_programs(face: Face) -> None:
    """List the programs."""
    stored: dict[str, tuple[Program, datetime | None]] = {}
    desk = existing_desk(face)
    if desk is not None:
        with desk.store.read() as connection:
            for program_id, opened_at in connection.execute(select(t.program.c.id, t.program.c.opened_at)):
                stored[program_id] = (desk.running(connection, program_id).program, opened_at)
    shipped = {program_id: load_program(program_id) for program_id in shipped_programs()}
    programs = shipped | {program_id: program for program_id, (program, _) in stored.items()}
    rows = [
        {
            "id": program.id,
            "award": program.award,
            "edition": program.edition,
            "issued": program.issued.isoformat() if program.issued else None,
            "opened_at": opened.isoformat() if (opened := stored.get(program.id, (program, None))[1]) else None,
        }
        for program in programs.values()
    ]
    opened_in = say("已开通", "open")
    face.answer(
        rows,
        [
            f"{row['id']:<36}{row['award']}（{row['edition']}）{'　' + opened_in if row['opened_at'] else ''}"
            for row in rows
        ],
    )


@command.command(
    help=say(
        "显示项目的各部分及其 id、裁定和是否开通", "a program's parts with their ids, its rulings, whether it is open"
    )
)
@click.argument("program", metavar="ID")
@command_face
def show(face: Face, program: str) -> None:
    """Show a program."""
    found = program_of(face, program)
    desk = existing_desk(face)
    state = in_force(desk, found.id) if desk else InForce(None, {})
    document = found.model_dump(mode="json", exclude_none=True) | {
        "opened_at": state.opened_at.isoformat() if state.opened_at else None,
        "version": state.version,
        "confirmed": {
            ruling_id: {
                "actor": ruling.actor,
                "decided_at": ruling.decided_at.isoformat(),
                "decision": ruling.decision,
            }
            for ruling_id, ruling in state.confirmed.items()
        },
    }
    face.answer(document, program_lines(found, state))


@command.command(help=say("列出全部期限、时段和公示期", "every deadline, window and period"))
@click.argument("program", metavar="ID|FILE")
@click.option(
    "--issued",
    type=DayType(),
    help=say("印发日期，用于没有写明年份的通知", "the issue date, where the notice has none"),
)
@click.option(
    "--ics", type=click.Path(dir_okay=False, path_type=Path), help=say("另存为日历文件", "also write a calendar file")
)
@command_face
def dates(face: Face, program: str, issued: date | None, ics: Path | None) -> None:
    """Show a program's key dates."""
    found = program_of(face, program)
    desk = None if is_file(program) else existing_desk(face)
    if issued:
        if desk and in_force(desk, found.id).opened_at:
            raise click.UsageError(
                say("项目已开通，日期已确定，不能另给 --issued", "the program is open and dated; leave --issued out")
            )
        found, desk = date_program(found, issued), None
    result = dates_so_far(desk, found) if desk else key_dates(found, calendar_of(face))
    if ics and not any(one.closes for one in result):
        raise Mistake(
            Words("没有可写入日历的日期，未存文件", "there is no date to write, so no file was made"), REFUSED
        )
    if ics:
        ics.write_text(to_ics(result, stamp=face.now, language=LANGUAGE), encoding="utf-8", newline="")
    saved = [say(f"日历文件已存为 {ics}", f"the calendar file is {ics}")] if ics else []
    face.answer(result.to_json(LANGUAGE), [*dates_lines(result), *saved])


@command.command(help=say("用 Mermaid 画出流程图", "the pipeline as a Mermaid diagram"))
@click.argument("program", metavar="ID|FILE")
@command_face
def diagram(face: Face, program: str) -> None:
    """Draw a program's pipeline."""
    drawn = mermaid(compile_pipeline(program_of(face, program)), LANGUAGE)
    face.answer({"program": program, "mermaid": drawn}, drawn.rstrip("\n"))


@command.command(help=say("输出项目文件的 JSON Schema", "the JSON Schema of program files"))
@command_face
def schema(face: Face) -> None:
    """Print the schema; it is JSON either way."""
    document = Program.model_json_schema()
    face.answer(document, json.dumps(document, ensure_ascii=False, indent=2))


@command.command(
    "open", help=say("开通项目；有未确认的裁定则不予开通", "open a program; refused while a ruling is not confirmed")
)
@click.argument("program", metavar="ID|FILE")
@actor_option()
@command_face
def open_it(face: Face, program: str, actor: str) -> None:
    """Open a program."""
    desk, act = acting(face, actor)
    done = open_program(desk, program_of(face, program), act, named=program)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program)
    over = max(done.closes, default=None) if all(closes <= face.now for closes in done.closes) else None
    told = (
        say(
            f"{done.program} 已开通；各级受理均已截止（最后为 {closing_clock(over)}），不再收件",
            f"{done.program} is open; every intake has closed, the last at {closing_clock(over)}",
        )
        if over
        else say(f"{done.program} 已开通，可以受理申报", f"{done.program} is open")
    )
    face.answer({"program": done.program, "opened_at": done.opened_at.isoformat()}, told)


@command.command(help=say("确认一项裁定", "confirm a ruling"))
@click.argument("program", metavar="ID|FILE")
@click.argument("ruling", metavar="RULING")
@click.option("--decision", metavar="TEXT", help=say("决定", "the decision"))
@click.option("--accept", is_flag=True, help=say("按现在写明的决定确认", "confirm the decision that stands now"))
@actor_option()
@click.option("--reason", default="", help=say("理由", "why"))
@command_face
def rule(
    face: Face,
    program: str,
    ruling: str,
    decision: str | None,
    accept: bool,
    actor: str,
    reason: str,
) -> None:
    """Confirm a ruling."""
    if (decision is None) != accept:
        raise click.UsageError(say("--decision 和 --accept 须二选一", "give either --decision or --accept"))
    desk, act = acting(face, actor, reason)
    named = program_of(face, program)
    before = announced_closes(desk, named.id)
    done = confirm_ruling(desk, named, ruling, decision, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, ruling=ruling)
    confirmed = next(one for one in done.rulings if one.id == ruling)
    after = announced_closes(desk, done.id)
    moved = {key: (before.get(key), closes) for key, closes in after.items() if before and before.get(key) != closes}
    decided = decision_words(confirmed.decision)
    lines = [say(f"{done.id} 裁定 {ruling} 已确认：{decided}", f"{done.id}: {ruling} is {decided}")]
    for key, (was, now) in moved.items():
        shown = closing_clock(was) if was else "—"
        lines.append(
            say(
                f"　期限 {key} 随之改变：原为 {shown}，现为 {closing_clock(now)}",
                f"  {key} changes with it: was {shown}, is now {closing_clock(now)}",
            )
        )
    document = {
        "program": done.id,
        "ruling": confirmed.model_dump(mode="json", exclude_none=True),
        "deadlines": {
            key: {"from": was.isoformat() if was else None, "to": now.isoformat()} for key, (was, now) in moved.items()
        },
    }
    face.answer(document, lines)


@command.command(help=say("凭依据延长或更正期限", "extend or correct a deadline, on an authority"))
@click.argument("program", metavar="ID")
@click.argument("deadline", metavar="DEADLINE")
@click.option(
    "--to",
    "closes",
    type=ClosingType(),
    required=True,
    help=say("新的截止时刻；只写日期即当日24:00", "the new instant; a day alone means 24:00 of it"),
)
@click.option("--authority", required=True, help=say("依据的文件或决定", "the document or decision behind it"))
@actor_option()
@command_face
def extend(face: Face, program: str, deadline: str, closes: datetime, authority: str, actor: str) -> None:
    """Extend a deadline."""
    desk, act = acting(face, actor)
    with desk.store.read() as connection:
        before = desk.running(connection, program).closes.get(deadline)
    done = extend_deadline(desk, program, deadline, closes, authority, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, deadline=deadline)
    was = closing_clock(before.astimezone(SHANGHAI)) if before else "—"
    findings, lapsed = dates_so_far(desk, done)[deadline].findings, count_lapsed(desk, program)
    lines = [
        say(
            f"{done.id} 的期限 {deadline}：原为 {was}，改为 {closing_clock(closes)}",
            f"{deadline} of {done.id}: was {was}, is now {closing_clock(closes)}",
        ),
        *(f"※ {told(finding)}" for finding in findings),
    ]
    if lapsed:
        lines.append(
            say(
                f"已逾期失效的 {lapsed} 件不会自动恢复，可重新登记",
                f"{lapsed} that have lapsed do not come back by themselves; draw them up again",
            )
        )
    face.answer(
        {
            "program": done.id,
            "deadline": deadline,
            "from": before.isoformat() if before else None,
            "closes": closes.isoformat(),
            "authority": authority,
            "findings": [finding.to_json(LANGUAGE) for finding in findings],
        },
        lines,
    )


@command.command("nominator", help=say("登记或更正推荐单位的类型", "say of which kind a nominator is"))
@click.argument("program", metavar="ID")
@click.argument("name", metavar="NAME", type=LineType())
@click.option("--kind", required=True, help=say("推荐单位类型的 id", "the id of its kind"))
@actor_option()
@command_face
def nominator(face: Face, program: str, name: str, kind: str, actor: str) -> None:
    """Register a nominator."""
    desk, act = acting(face, actor)
    if refused := register_nominator(desk, program, name, kind, act):
        face.refuse(refused.refusals, program=program, nominator=name)
    document = {"program": program, "nominator": name, "kind": kind}
    face.answer(document, say(f"已登记“{name}”为 {kind}", f"{name} is of the kind {kind}"))


for part in (
    checking.check,
    drafting.new,
    drafting.new_edition,
    allotting.allot_them,
    amending.amend_it,
    amending.list_versions,
    amending.migrate_them,
    registering.register_them,
):
    command.add_command(part)
