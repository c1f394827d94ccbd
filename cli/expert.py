"""`linxuan expert`: the pool of experts. What they do at a review is `linxuan review`."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, REFUSED, DayType, Face, Group, LineType, Mistake, command_face, say
from cli.sources import reading_desk
from operations.experts.browsing import InFull, reveal_expert
from operations.experts.importing import import_experts
from operations.experts.pool import (
    Expert,
    ExpertDraft,
    add_expert,
    change_expert,
    declare_tie,
    list_experts,
    masked_expert,
    retire_expert,
    withdraw_tie,
)
from operations.experts.records import DeclaredTie
from operations.results import Denied
from programs import Words
from programs.panels import TIES, Ground
from states.recusals import Tie

_SHOWN = 20

_name = click.argument("name", metavar="NAME", type=LineType())
_born = click.option("--born", type=int, help=say("出生年", "the year of birth"))
_mail = click.option("--mail", help=say("邮箱，邀请发到这里", "where invitations go"))
_title = click.option("--title", type=LineType(), help=say("职称或职务", "title or post"))
_from = click.option("--from", "term_from", type=DayType(), help=say("聘期起始日", "the first day of the term"))
_until = click.option(
    "--until", "term_until", type=DayType(), help=say("聘期截止日，含当日", "the last day of the term")
)
_fields = click.option(
    "--field", "fields", multiple=True, type=LineType(), help=say("专业，可多次", "a field; may be repeated")
)


@click.group(
    cls=Group,
    help=say(
        "专家库：登记、更正、出库和利害关系。抽取、分配和评分见 linxuan review。",
        "The pool of experts and their ties. For draws, assignments and scores see: linxuan review.",
    ),
)
def command() -> None:
    """Everything about the pool."""


@command.command("add", help=say("把一名专家登记入库", "take an expert into the pool"))
@_name
@click.option("--employer", required=True, type=LineType(), help=say("工作单位，据此自动回避", "who employs them"))
@_fields
@_title
@_born
@_mail
@_from
@_until
@actor_option()
@command_face
def add(face: Face, name: str, actor: str, **told: Any) -> None:  # noqa: ANN401 - the options, by name
    """Take an expert into the pool."""
    desk, act = acting(face, actor)
    draft = ExpertDraft(name=name, **told)
    done = add_expert(desk, draft, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, name=name)
    face.answer({"id": done, "name": name}, say(f"已入库，第 {done} 号：{name}", f"{name} is in the pool, as {done}"))


@command.command(
    "import",
    help=say(
        "导入专家名册（.xlsx、.xls、.csv）：有姓名、工作单位、专业等栏；全部无误才入库，否则一名也不入库",
        "take in a table of experts (.xlsx, .xls, .csv), all of them or none",
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=say("只核对，不入库", "only check, and keep nothing"))
@actor_option()
@command_face
def import_them(face: Face, file: Path, dry_run: bool, actor: str) -> None:
    """Take in a table of experts."""
    desk, act = acting(face, actor)
    done = import_experts(desk, file.read_bytes(), file.name, act, dry_run=dry_run)
    if isinstance(done, Denied):
        face.refuse(done.refusals, file=file.name)
    lines = [say(f"✗ 第 {row} 行：{words.zh}", f"✗ row {row}: {words.en}") for row, words in done.findings[:_SHOWN]]
    if len(done.findings) > _SHOWN:
        more = len(done.findings) - _SHOWN
        lines.append(say(f"……另有 {more} 处", f"… and {more} more"))
    if done.passed_over:
        lines.append(say("未读的栏目：", "columns that were not read: ") + "、".join(done.passed_over))
    if done.findings:
        lines.append(
            say(f"{done.rows} 行，有问题须改正，一名也没有入库", f"{done.rows} rows; mend them, none was taken in")
        )
    elif dry_run:
        lines.append(say(f"{done.rows} 行，可以入库（只核对）", f"{done.rows} rows can be taken in; only a check"))
    else:
        lines.append(say(f"{done.rows} 行，入库 {len(done.numbers)} 名", f"{len(done.numbers)} taken into the pool"))
    document = {
        "rows": done.rows,
        "experts": list(done.numbers),
        "findings": [{"row": row, "words": words.in_language(LANGUAGE)} for row, words in done.findings],
        "passed_over": list(done.passed_over),
    }
    face.answer(document, lines)
    if done.findings:
        raise SystemExit(REFUSED)


@command.command("list", help=say("列出专家库，个人信息只露首尾", "list the pool, personal data masked"))
@click.option("--field", type=LineType(), help=say("只列这个专业", "only this field"))
@click.option("--all", "everybody", is_flag=True, help=say("连同已出库的", "those who were taken out of it too"))
@command_face
def list_them(face: Face, field: str | None, everybody: bool) -> None:
    """List the pool."""
    found = [masked_expert(one) for one in list_experts(reading_desk(face), field=field, everybody=everybody)]
    lines = [line for one in found for line in _lines(one)] or [say("没有符合的专家", "nobody matches")]
    face.answer([_document(one) for one in found], lines)


@command.command(
    "show",
    help=say(
        "查看一名专家的完整资料（邮箱、出生年、利害关系）；记入办理记录",
        "see an expert in full, mailbox, year of birth and ties, which goes into the history",
    ),
)
@_name
@click.option("--reason", default="", help=say("查看的理由", "why they are seen"))
@actor_option()
@command_face
def show(face: Face, name: str, reason: str, actor: str) -> None:
    """Show what lists mask of an expert."""
    desk, act = acting(face, actor, reason)
    seen = reveal_expert(desk, name, act)
    if isinstance(seen, Denied):
        face.refuse(seen.refusals, name=name)
    face.answer(
        _told(seen.draft, seen.ties) | {"addresses": [seen.addresses[number] for number in sorted(seen.addresses)]},
        _in_full(seen),
    )


@command.command("change", help=say("更正专家的资料；没有写的不变", "change what the pool has of an expert"))
@_name
@click.option("--employer", type=LineType(), help=say("工作单位", "who employs them"))
@_fields
@_title
@_born
@_mail
@_from
@_until
@actor_option()
@command_face
def change(face: Face, name: str, actor: str, **told: Any) -> None:  # noqa: ANN401 - the options, by name
    """Change an expert."""
    changes = {key: value for key, value in told.items() if value not in (None, ())}
    if not changes:
        raise Mistake(Words("没有写要更正什么", "it is not said what to change"))
    desk, act = acting(face, actor)
    done = change_expert(desk, name, changes, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, name=name)
    masked = masked_expert(done)
    face.answer(_document(masked), list(_lines(masked)))


@command.command(
    "retire", help=say("把专家移出专家库，其记录保留", "take an expert out of the pool; their records stay")
)
@_name
@click.option("--reason", default="", help=say("理由", "why"))
@actor_option()
@command_face
def retire(face: Face, name: str, reason: str, actor: str) -> None:
    """Take an expert out of the pool."""
    desk, act = acting(face, actor, reason)
    if refused := retire_expert(desk, name, act):
        face.refuse(refused.refusals, name=name)
    face.answer({"name": name, "retired": True}, say(f"{name} 已出库", f"{name} is out of the pool"))


@command.command(
    "declare",
    help=say(
        "申报利害关系，凡项目以此为回避事由的，自动回避：" + "，".join(f"{one} {one.label.zh}" for one in TIES),
        "declare a tie, which recuses by itself: " + ", ".join(TIES),
    ),
)
@_name
@click.argument("ground", metavar="GROUND", type=click.Choice([one.value for one in TIES]))
@click.argument("subject", metavar="SUBJECT", type=LineType())
@click.option(
    "--unit", type=LineType(), help=say("亲属所在单位，用以区分同名的人", "where kin work, to tell namesakes apart")
)
@click.option("--until", type=DayType(), help=say("离开原单位之日", "the last day at an employer that they have left"))
@actor_option("本人或专家库管理员", "the expert, or who keeps the pool")
@command_face
def declare(face: Face, name: str, ground: str, subject: str, unit: str | None, until: date | None, actor: str) -> None:
    """Declare a tie."""
    desk, act = acting(face, actor)
    done = declare_tie(desk, name, Tie(Ground(ground), subject, unit, until), act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, name=name)
    face.answer(
        {"name": name, "tie": done, "ground": ground, "subject": subject},
        say(f"已登记，第 {done} 号：{name}　{Ground(ground).label.zh}　{subject}", f"declared as {done}"),
    )


@command.command("withdraw-tie", help=say("撤销申报有误的利害关系", "take a tie back that is none"))
@_name
@click.argument("tie", metavar="ID", type=int)
@click.option("--reason", default="", help=say("理由", "why"))
@actor_option("本人或专家库管理员", "the expert, or who keeps the pool")
@command_face
def withdraw(face: Face, name: str, tie: int, reason: str, actor: str) -> None:
    """Withdraw a tie."""
    desk, act = acting(face, actor, reason)
    if refused := withdraw_tie(desk, name, tie, act):
        face.refuse(refused.refusals, name=name, tie=tie)
    face.answer({"name": name, "tie": tie, "withdrawn": True}, say(f"第 {tie} 号已撤销", f"{tie} is withdrawn"))


def _document(one: Expert) -> dict[str, Any]:
    return {"id": one.id, **_told(one.draft, one.ties), "retired": _iso(one.retired_at)}


def _told(draft: ExpertDraft, ties: Iterable[DeclaredTie]) -> dict[str, Any]:
    return {
        "name": draft.name,
        "employer": draft.employer,
        "fields": list(draft.fields),
        "title": draft.title,
        "born": draft.born,
        "mail": draft.mail,
        "term_from": _iso(draft.term_from),
        "term_until": _iso(draft.term_until),
        "ties": [
            {
                "id": each.id,
                "ground": each.tie.ground.value,
                "subject": each.tie.subject or None,
                "unit": each.tie.unit,
                "until": _iso(each.tie.until),
            }
            for each in ties
        ],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _lines(one: Expert) -> Iterator[str]:
    draft = one.draft
    term = _term(draft.term_from, draft.term_until)
    retired = say("已出库", "out of the pool") if one.retired_at else ""
    parts = (str(one.id), draft.name, draft.employer, draft.title or "", "、".join(draft.fields), term, retired)
    yield _joined(parts)
    yield from _tie_lines(one.ties)


def _in_full(seen: InFull) -> Iterator[str]:
    draft = seen.draft
    born = say(f"{draft.born} 年生", f"born in {draft.born}") if draft.born else ""
    term = _term(draft.term_from, draft.term_until)
    yield _joined((draft.name, draft.employer, draft.title or "", "、".join(draft.fields), born, term))
    for address in (draft.mail, *(seen.addresses[number] for number in sorted(seen.addresses))):
        if address:
            yield f"　　{address}"
    yield from _tie_lines(seen.ties)


def _tie_lines(ties: Iterable[DeclaredTie]) -> Iterator[str]:
    for each in ties:
        until = say(f"至 {each.tie.until}", f"until {each.tie.until}") if each.tie.until else ""
        unit = f"（{each.tie.unit}）" if each.tie.unit else ""
        yield _joined(
            (f"　　{each.id}", each.tie.ground.label.in_language(LANGUAGE), f"{each.tie.subject}{unit}", until)
        )


def _term(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return ""
    return say(f"聘期 {first or ''} 至 {last or '长期'}", f"term {first or ''} to {last or ''}".rstrip())


def _joined(parts: Iterable[str]) -> str:
    return "　".join(part for part in parts if part)
