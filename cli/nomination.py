"""`linxuan nomination`: draw up nominations, look them up, move them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from click.core import ParameterSource

from cli import inviting, personal, recommending, screening, undoing
from cli.dates import due_words
from cli.describe import actor_option, annex_lines, nomination_lines, receipt
from cli.desk import acting, actor_of
from cli.face import LANGUAGE, Face, Group, InstantType, LineType, Mistake, command_face, say
from cli.histories import history_lines
from cli.possible import possible_lines
from cli.sources import reading_desk
from cli.viewing import viewer_option, viewing_desk
from operations.actors import Actor, Role
from operations.acts import Act
from operations.dossiers import annexes_of, differences_of
from operations.experts.sight import unseen
from operations.lookup import (
    Listed,
    history_of,
    list_nominations,
    possible_moves,
    running_of,
    show_nomination,
)
from operations.materials import receive, vouched_for
from operations.move import move
from operations.nominate import Draft, nominate
from operations.personal import masked_details
from operations.results import Denied
from operations.tenure.precedence import precedences_of
from programs import Words
from states import Endorsement, Move


@click.group(cls=Group, help=say("登记、查看和办理申报。", "Draw up, look up and move nominations."))
def command() -> None:
    """Everything about nominations."""


@command.command("list", help=say("列出申报", "list nominations"))
@click.option("--program", metavar="ID", help=say("只列这个项目", "only this program"))
@click.option("--stage", metavar="STAGE", help=say("只列这个环节", "only this stage"))
@click.option(
    "--due-before", type=InstantType(), help=say("只列此刻之前到期的", "only what is due before this instant")
)
@viewer_option
@command_face
def list_them(
    face: Face, program: str | None, stage: str | None, due_before: datetime | None, actor: str | None
) -> None:
    """List nominations."""
    desk = reading_desk(face)
    seen_by = Act(actor_of(face, desk, actor), face.now) if actor is not None else None
    found = list(list_nominations(desk, program_id=program, stage=stage, due_before=due_before, seen_by=seen_by))
    lines = [_line(one) for one in found] or [say("没有符合条件的申报", "nothing matches")]
    face.answer([_json(one) for one in found], lines)


@command.command(help=say("查看一件申报", "show a nomination"))
@click.argument("number", metavar="NUMBER")
@viewer_option
@command_face
def show(face: Face, number: str, actor: str | None) -> None:
    """Show one nomination."""
    desk = viewing_desk(face, number, actor)
    found, facts = show_nomination(desk, number)
    lines = [_line(found), say(f"推荐单位：{found.nominator}", f"nominator: {found.nominator}")]
    lines.append(say(f"按项目第 {found.program_version} 版办理", f"judged by version {found.program_version}"))
    if found.holder:
        lines.append(say(f"待办单位：{found.holder}", f"to act: {found.holder}"))
    if facts["organizer"]:
        lines.append(say(f"组织推荐：{facts['organizer']}", f"organized by: {facts['organizer']}"))
    lines += nomination_lines(running_of(desk, number).program, facts)
    annexes, differing = annexes_of(desk, number), differences_of(desk, number, face.now)
    lines += annex_lines(annexes, differing)
    flags = precedences_of(desk, number, face.now)
    lines += [
        say(
            f"优先：{one.name}（{one.award}，{one.nomination}）",
            f"precedence: {one.name} ({one.award}, {one.nomination})",
        )
        for one in flags
    ]
    details = masked_details(desk, number)
    lines += [personal.detail_line(one) for one in details]
    known = {one.kind.value: one.value for one in details}
    more = {
        "annexes": [asdict(one) for one in annexes],
        "differences": [one.to_json(LANGUAGE) for one in differing],
        "personal": known,
        "precedences": [asdict(one) for one in flags],
    }
    face.answer({**_json(found), **facts, **more}, lines)


@command.command(help=say("查看办理记录", "a nomination's history"))
@click.argument("number", metavar="NUMBER")
@viewer_option
@command_face
def history(face: Face, number: str, actor: str | None) -> None:
    """Show who did what, when, why."""
    desk = viewing_desk(face, number, actor)
    events = history_of(desk, number)
    face.answer(events, history_lines(events, running_of(desk, number).pipeline.standings))


@command.command(help=say("列出现在可办和不可办的操作", "what can be done now, and what cannot and why"))
@click.argument("number", metavar="NUMBER")
@actor_option("以谁的身份", "as whom", default="经办人:operator")
@command_face
def moves(face: Face, number: str, actor: str) -> None:
    """Show the moves that lead on; to somebody who is not named, as to any operator."""
    desk = reading_desk(face)
    named = click.get_current_context().get_parameter_source("actor") is not ParameterSource.DEFAULT
    if named and (refused := unseen(desk, number, actor_of(face, desk, actor), face.now)):
        face.refuse(refused.refusals, number=number)
    as_whom = actor_of(face, desk, actor) if named else Actor("经办人", Role.OPERATOR)
    found = possible_moves(desk, number, as_whom, face.now)
    face.answer(
        [
            {
                "move": one.move,
                "label": one.move.label.in_language(LANGUAGE),
                "to": one.destination,
                "refusals": [refusal.to_json(LANGUAGE) for refusal in one.refusals],
                "asked": [refusal.to_json(LANGUAGE) for refusal in one.asked],
            }
            for one in found
        ],
        possible_lines(found),
    )


@command.command("move", help=say("办理一个操作", "make a move"))
@click.argument("number", metavar="NUMBER")
@click.argument("what", metavar="MOVE", type=click.Choice([one.value for one in Move]))
@actor_option()
@click.option(
    "--from",
    "seen_stage",
    metavar="STAGE",
    help=say("只在仍处此环节时办理，重复运行不会多走一步", "only while it stands there, so that twice is once"),
)
@click.option("--reason", default="", help=say("理由", "why"))
@click.option("--grade", help=say("授予的奖项（评审确定时）", "the grade, when the seats are filled"))
@click.option(
    "--ground", help=say("通知规定的取消情形的代号（取消申报资格时）", "the ground's id, of a disqualification")
)
@click.option("--document-number", help=say("发文字号（发文时）", "the document's number, at issuance"))
@click.option("--sealed", is_flag=True, help=say("已在表上盖章（推荐各层级）", "the tier's seal is on the form"))
@click.option(
    "--opinion",
    "opinion",
    metavar="要点=意见" if LANGUAGE == "zh" else "POINT=OPINION",
    multiple=True,
    help=say("对一个要点的意见，可多次（推荐各层级）", "a tier's opinion on a point; may be repeated"),
)
@click.option("--form-number", help=say("表上的编号（由受理的层级编）", "the number that the tier gives the form"))
@command_face
def move_one(
    face: Face,
    number: str,
    what: str,
    actor: str,
    seen_stage: str | None,
    reason: str,
    grade: str | None,
    ground: str | None,
    document_number: str | None,
    sealed: bool,
    opinion: tuple[str, ...],
    form_number: str | None,
) -> None:
    """Make one move."""
    given = Endorsement(dict(map(_point, opinion)), sealed, form_number)
    desk, act = acting(face, actor, reason)
    done = move(
        desk,
        number,
        Move(what),
        act,
        grade=grade,
        document_number=document_number,
        ground=ground,
        endorsement=given if given != Endorsement() else None,
        seen_stage=seen_stage,
    )
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number, move=what)
    standings = running_of(desk, number).pipeline.standings
    source, destination = (standings[key].name.in_language(LANGUAGE) for key in (done.source, done.destination))
    due = due_words(done.due_at, provisional=done.provisional)
    if done.move is Move.DISQUALIFY and ground is None:
        due += say("；没有写明情形（--ground），不留禁报", "; no --ground was named, so it leaves no ban")
    face.answer(
        asdict(done),
        say(
            f"{number}　{done.move.label.zh}：{source} → {destination}{due}",
            f"{number}: {done.move.label.en}, {source} → {destination}{due}",
        ),
    )


def _point(text: str) -> tuple[str, str]:
    point, mark, said = text.replace("＝", "=", 1).partition("=")
    if not mark or not said.strip():
        raise Mistake(Words(f"“{text}”应写成 要点=意见", f"{text!r} should be POINT=OPINION"))
    return point.strip(), said.strip()


for part in (
    screening.state,
    screening.verdicts,
    screening.judge_it,
    screening.concur_it,
    screening.report_it,
    recommending.rank_them,
    undoing.undo_it,
    personal.keep_detail,
    personal.reveal_it,
    personal.find_them,
    inviting.invite_nominee,
    inviting.release_nominee,
):
    command.add_command(part)


@command.command(
    "add",
    help=say(
        "登记一件申报。推荐单位类型、推荐渠道和类别的 id 见 linxuan program show ID",
        "draw up a nomination; for the ids of kinds, routes and categories see: linxuan program show ID",
    ),
)
@click.argument("program", metavar="ID")
@click.option("--nominee", type=LineType(), required=True, help=say("候选人或候选单位", "the nominee"))
@click.option("--unit", type=LineType(), required=True, help=say("所在单位", "the nominee's employer"))
@click.option("--nominator", type=LineType(), required=True, help=say("推荐单位", "the nominating body"))
@click.option("--nominator-kind", help=say("推荐单位类型的 id", "the id of its kind"))
@click.option(
    "--host",
    type=LineType(),
    help=say("推荐单位没有自己的名额时，占用哪一家的（属地）", "whose quota it uses, where it has none of its own"),
)
@click.option("--route", default="organization", show_default=True, help=say("推荐渠道的 id", "the route's id"))
@click.option("--category", help=say("类别的 id", "the category's id"))
@click.option("--trait", "traits", multiple=True, help=say("候选人特征的 id，可多次", "a trait's id; may be repeated"))
@click.option("--identity", help=say("身份证号码", "the identity number"))
@click.option("--phone", help=say("联系电话", "a phone number"))
@click.option("--bank-account", help=say("银行账号", "a bank account"))
@actor_option()
@command_face
def add(
    face: Face,
    program: str,
    nominee: str,
    unit: str,
    nominator: str,
    nominator_kind: str | None,
    host: str | None,
    route: str,
    category: str | None,
    traits: tuple[str, ...],
    identity: str | None,
    phone: str | None,
    bank_account: str | None,
    actor: str,
) -> None:
    """Draw up one nomination."""
    draft = Draft(
        nominee,
        unit,
        nominator,
        route,
        category,
        nominator_kind,
        identity,
        phone,
        bank_account,
        host,
        frozenset(traits),
    )
    desk, act = acting(face, actor)
    done = nominate(desk, program, draft, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program)
    face.answer(asdict(done), say(f"已登记，编号 {done.number}", f"drawn up as {done.number}"))


@command.command("receive", help=say("登记收到的材料", "record materials as received"))
@click.argument("number", metavar="NUMBER")
@click.argument("materials", nargs=-1, required=True, metavar="MATERIAL[:paper|:electronic|:scan]...")
@click.option(
    "--seen",
    is_flag=True,
    help=say(
        "已核对通知对这些材料的要求：公章、签字、“与原件相符”字样、页数等",
        "what the notice asks of them has been looked at: seals, signatures, phrases, pages",
    ),
)
@actor_option("收件人", "who received them")
@command_face
def receive_them(face: Face, number: str, materials: tuple[str, ...], seen: bool, actor: str) -> None:
    """Record receipts; without a medium, in all that the material is taken in."""
    desk, act = acting(face, actor)
    receipts = [receipt(one) for one in materials]
    vouched = vouched_for(desk, number, receipts) if seen else []
    refused = receive(desk, number, receipts, act, seen=seen)
    if refused:
        face.refuse(refused.refusals, number=number)
    face.answer(
        {
            "number": number,
            "received": list(materials),
            "seen": [{"material": one.id, "demand": what.in_language(LANGUAGE)} for one, what in vouched],
        },
        [
            say("已登记收件", "recorded"),
            *(
                say(f"　{actor} 已核对{one.name}：{what.zh}", f"  {actor} has looked at {one.name}: {what.en}")
                for one, what in vouched
            ),
        ],
    )


def _line(one: Listed) -> str:
    due = due_words(one.due_at, provisional=one.provisional)
    return f"{one.number}　{one.nominee}　{one.unit}　{one.standing.in_language(LANGUAGE)}{due}"


def _json(one: Listed) -> dict[str, Any]:
    fields = asdict(one) | {"standing": one.standing.in_language(LANGUAGE)}
    return fields | {"due_at": one.due_at.isoformat() if one.due_at else None}
