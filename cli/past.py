"""`linxuan past`: what is known of people's pasts, and recording what the product cannot know."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import DayType, Face, Group, LineType, command_face, say
from cli.sources import reading_desk
from deadlines.zone import last_day_before, shanghai_day
from operations.recording import Past, PastDraft, PastKind, end_past, list_pasts, record_past, remove_past
from operations.results import Denied

_KINDS = {
    "honor": say("称号", "honor"),
    "studio": say("工作室", "studio"),
    "subsidy": say("补助", "subsidy"),
    "ban": say("禁报", "ban"),
}


@click.group(
    cls=Group,
    help=say(
        "既往记录：谁获过什么称号、领衔什么工作室、享受过什么补助、何时起不得申报。各项目共用。",
        "What is known of pasts, for all programs: honors, studios, subsidies, bans.",
    ),
)
def command() -> None:
    """Everything about pasts."""


@command.command("list", help=say("列出既往记录，新的在前", "list what is known, the newest first"))
@click.option("--name", type=LineType(), help=say("称号、工作室或补助的名称", "the honor, studio or subsidy"))
@click.option("--holder", type=LineType(), help=say("姓名或单位", "the person or unit"))
@click.option("--kind", type=click.Choice(list(_KINDS)), help=say("类型", "the kind"))
@command_face
def list_them(face: Face, name: str | None, holder: str | None, kind: str | None) -> None:
    """List pasts."""
    wanted = PastKind(kind) if kind else None
    found = list(list_pasts(reading_desk(face), name=name, holder=holder, kind=wanted))
    face.answer(
        [_document(one) for one in found],
        [line for one in found for line in _lines(one)] or [say("没有符合的既往记录", "nothing matches")],
    )


@command.command("add", help=say("登记一条既往记录", "record something in somebody's past"))
@click.argument("kind", metavar="KIND", type=click.Choice(list(_KINDS)))
@click.argument("name", metavar="NAME", type=LineType())
@click.option("--holder", required=True, type=LineType(), help=say("姓名或单位", "the person or unit"))
@click.option("--unit", required=True, type=LineType(), help=say("所在单位", "the employer"))
@click.option(
    "--identity",
    help=say("身份证号码；不写的只能按姓名提示，不能自动拦下", "the identity number; without it nobody is barred"),
)
@click.option("--since", required=True, type=DayType(), help=say("起始日", "the day on which it began"))
@click.option("--until", type=DayType(), help=say("截止日，含当日", "the last day of it"))
@click.option("--source", required=True, type=LineType(), help=say("依据，如文号", "the authority, such as a document"))
@actor_option()
@command_face
def add(
    face: Face,
    kind: str,
    name: str,
    holder: str,
    unit: str,
    identity: str | None,
    since: date,
    until: date | None,
    source: str,
    actor: str,
) -> None:
    """Record a past."""
    desk, act = acting(face, actor)
    draft = PastDraft(PastKind(kind), name, holder, unit, since, source, identity, until)
    done = record_past(desk, draft, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, holder=holder, name=name)
    face.answer(
        {"id": done, "kind": kind, "name": name, "holder": holder, "known": identity is not None},
        say(f"已登记为第 {done} 号：{holder}　{_KINDS[kind]}　{name}", f"recorded as {done}: {holder}, {name}"),
    )


@command.command("end", help=say("终止一条记录，如解除禁报", "end what goes on, for instance lift a ban"))
@click.argument("past_id", metavar="ID", type=int)
@click.option("--reason", required=True, type=LineType(), help=say("理由", "why"))
@actor_option()
@command_face
def end(face: Face, past_id: int, reason: str, actor: str) -> None:
    """End a past."""
    desk, act = acting(face, actor, reason)
    if refused := end_past(desk, past_id, act):
        face.refuse(refused.refusals, id=past_id)
    face.answer({"id": past_id, "ended": True}, say(f"第 {past_id} 号已终止", f"{past_id} has ended"))


@command.command("remove", help=say("删去登记有误的记录", "remove what was recorded wrongly"))
@click.argument("past_id", metavar="ID", type=int)
@click.option("--reason", required=True, type=LineType(), help=say("理由", "why"))
@actor_option()
@command_face
def remove(face: Face, past_id: int, reason: str, actor: str) -> None:
    """Remove a past."""
    desk, act = acting(face, actor, reason)
    if refused := remove_past(desk, past_id, act):
        face.refuse(refused.refusals, id=past_id)
    face.answer({"id": past_id, "removed": True}, say(f"第 {past_id} 号已删去", f"{past_id} is removed"))


def _document(one: Past) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "name": one.name,
        "holder": one.holder,
        "unit": one.unit,
        "since": one.since.isoformat() if one.since else None,
        "ended": one.ended_at.isoformat() if one.ended_at else None,
        "nomination": one.number,
        "source": one.source or None,
        "known": one.known,
    }


def _lines(one: Past) -> Iterator[str]:
    since = shanghai_day(one.since).isoformat() if one.since else say("已入选，未发文", "chosen, not honored yet")
    ended = say("　至 ", ", until ") + last_day_before(one.ended_at).isoformat() if one.ended_at else ""
    doubt = "" if one.known else say("　只有姓名", ", by name only")
    yield f"{one.id}　{_KINDS[one.kind.value]}　{one.name}　{one.holder}（{one.unit}）　{since}{ended}{doubt}"
    yield f"　　{one.number or one.source}"
