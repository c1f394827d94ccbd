"""The part of `linxuan review` that is about the panel of a review, from the draw to who evaluates what."""

from collections.abc import Iterator
from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting, actor_of
from cli.face import LANGUAGE, REFUSED, Face, LineType, Spoken, command_face, say
from cli.sources import reading_desk
from operations.experts.assigning import assign_experts
from operations.experts.listing import Evaluation, list_assignments
from operations.experts.panels import DrawnPanel, Seat, draw_panel, explain_panel, show_panel
from operations.experts.records import panel_of_stage
from operations.experts.recusing import lift_recusal, rankings_with, recuse
from operations.experts.seats import confirm, decline, invite, make_pledge, pledge_text
from operations.results import Denied
from programs.panels import Ground
from programs.words import closing_clock

_STATES = {
    "drawn": say("已抽取", "drawn"),
    "invited": say("已邀请", "invited"),
    "confirmed": say("已确认", "confirmed"),
    "declined": say("已辞邀", "declined"),
}

_program = click.argument("program", metavar="ID")
_stage = click.argument("stage", metavar="STAGE")
_expert = click.argument("expert", metavar="NAME", type=LineType())
_reason = click.option("--reason", default="", help=say("理由", "why"))


@click.command(
    "draw",
    cls=Spoken,
    help=say(
        "从专家库随机抽取一个环节的专家；种子和候选名单的摘要记入办理记录，任何人可以复算",
        "draw the experts of a stage at random, from a seed that is recorded, so that anybody can do it again",
    ),
)
@_program
@_stage
@click.option(
    "--seed",
    type=LineType(),
    help=say(
        "随机种子，如当众产生的数字；不写则由系统产生", "the seed, such as a number drawn in public; else one is made"
    ),
)
@click.option("--again", is_flag=True, help=say("重抽，须写理由；已分配的不能重抽", "draw again, with the reason"))
@_reason
@actor_option()
@command_face
def draw(face: Face, program: str, stage: str, seed: str | None, again: bool, reason: str, actor: str) -> None:
    """Draw a panel."""
    desk, act = acting(face, actor, reason)
    done = draw_panel(desk, program, stage, act, seed=seed, again=again)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    face.answer(_document(done), list(_lines(done)))


@click.command("panel", cls=Spoken, help=say("查看抽取的专家和各人的答复", "show who was drawn, and their answers"))
@_program
@_stage
@command_face
def show(face: Face, program: str, stage: str) -> None:
    """Show a panel."""
    done = show_panel(reading_desk(face), program, stage)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    face.answer(_document(done), list(_lines(done)))


@click.command(
    "explain",
    cls=Spoken,
    help=say(
        "按记录的种子和候选名单复算抽取结果，核对是否一致",
        "compute the draw anew from what is recorded, and hold it against it",
    ),
)
@_program
@_stage
@command_face
def explain(face: Face, program: str, stage: str) -> None:
    """Explain a draw."""
    done = explain_panel(reading_desk(face), program, stage)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    lines = [
        say(
            "抽取办法：各候选专家按 SHA-256（种子|专业|编号）从小到大排列，依次入选",
            "the order of each field is that of SHA-256 over seed|field|number, the least first",
        ),
        say(f"种子：{done.panel.seed}", f"seed: {done.panel.seed}"),
        say(f"候选名单摘要：{done.panel.digest}", f"digest of the candidates: {done.panel.digest}"),
        *(f"{urn}　{'、'.join(f'{one} {name}' for one, name in order)}" for urn, order in done.orders.items()),
        *(f"✗ {words.in_language(LANGUAGE)}" for words in done.wrong),
    ]
    if not done.wrong:
        lines.append(say("复算结果与记录一致", "the record is what comes of it"))
    document = {
        **_document(done.panel),
        "orders": {urn: [{"id": one, "expert": name} for one, name in order] for urn, order in done.orders.items()},
        "agrees": not done.wrong,
        "wrong": [words.in_language(LANGUAGE) for words in done.wrong],
    }
    face.answer(document, lines)
    if done.wrong:
        raise SystemExit(REFUSED)


@click.command("invite", cls=Spoken, help=say("向抽取的专家发出邀请", "invite those who were drawn"))
@_program
@_stage
@actor_option()
@command_face
def invite_them(face: Face, program: str, stage: str, actor: str) -> None:
    """Invite a panel."""
    desk, act = acting(face, actor)
    done = invite(desk, program, stage, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    named = say("、", ", ").join(done)
    face.answer(
        {"program": program, "stage": stage, "invited": list(done)},
        say(f"已邀请 {len(done)} 名：{named}；用 linxuan remind 发送", f"{len(done)} invited: {named}")
        if done
        else say("都已邀请过", "everybody is invited already"),
    )


@click.command(
    "confirm", cls=Spoken, help=say("确认收到邀请并参加", "confirm that an invitation was received and accepted")
)
@_program
@_stage
@_expert
@actor_option("本人，或主办单位管理员代为登记", "the expert, or the office on their word")
@command_face
def confirm_it(face: Face, program: str, stage: str, expert: str, actor: str) -> None:
    """Confirm an invitation."""
    desk, act = acting(face, actor)
    if refused := confirm(desk, program, stage, expert, act):
        face.refuse(refused.refusals, expert=expert)
    face.answer({"expert": expert, "state": "confirmed"}, say(f"{expert} 已确认参加", f"{expert} takes part"))


@click.command(
    "decline", cls=Spoken, help=say("登记辞邀，由抽取顺序的下一名递补", "record who declines; the next one takes over")
)
@_program
@_stage
@_expert
@_reason
@actor_option("本人，或主办单位管理员代为登记", "the expert, or the office on their word")
@command_face
def decline_it(face: Face, program: str, stage: str, expert: str, reason: str, actor: str) -> None:
    """Decline an invitation."""
    desk, act = acting(face, actor, reason)
    done = decline(desk, program, stage, expert, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, expert=expert)
    face.answer(
        {"expert": expert, "state": "declined", "next": done},
        say(f"{expert} 已辞邀，由 {done} 递补", f"{expert} has declined; {done} takes the place")
        if done
        else say(f"{expert} 已辞邀，抽取顺序中已无人可递补", f"{expert} has declined, and the draw has nobody left"),
    )


@click.command(
    "pledge",
    cls=Spoken,
    help=say("阅读评审承诺；本人加 --agree 签署", "read the pledge, and make it with --agree, yourself"),
)
@_program
@_stage
@click.option("--agree", is_flag=True, help=say("签署", "make it"))
@actor_option("专家本人", "the expert")
@command_face
def pledge(face: Face, program: str, stage: str, agree: bool, actor: str) -> None:
    """Read or make the pledge."""
    desk, act = acting(face, actor)
    with desk.store.read() as connection:
        text = pledge_text(panel_of_stage(desk.running(connection, program).program, stage))
    if agree and (refused := make_pledge(desk, program, stage, act.actor.name, act)):
        face.refuse(refused.refusals, expert=act.actor.name)
    face.answer(
        {"expert": act.actor.name, "text": text, "pledged": agree},
        [text, say("已签署", "made") if agree else say("签署请加 --agree", "to make it, add --agree")],
    )


@click.command(
    "assign",
    cls=Spoken,
    help=say(
        "把在此环节的申报分配给专家：自动回避，件数均衡；不能分配的说明是哪些、为什么",
        "assign what stands at a stage to its experts, evenly and without those who are recused",
    ),
)
@_program
@_stage
@_reason
@actor_option()
@command_face
def assign(face: Face, program: str, stage: str, reason: str, actor: str) -> None:
    """Assign experts."""
    desk, act = acting(face, actor, reason)
    done = assign_experts(desk, program, stage, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    lines = [f"{name}　{say(f'{count} 件', str(count))}" for name, count in done.loads.items()]
    lines.append(
        say(
            f"{done.nominations} 件申报，分配 {done.assigned} 份，回避 {done.recused} 份，收回 {done.released} 份",
            f"{done.nominations} nominations: {done.assigned} assigned, {done.recused} recused, {done.released} back",
        )
    )
    if done.vacant:
        lines.append(say(f"缺 {done.vacant} 名专家", f"{done.vacant} experts are wanting"))
    face.answer(
        {
            "program": program,
            "stage": stage,
            "nominations": done.nominations,
            "assigned": done.assigned,
            "recused": done.recused,
            "released": done.released,
            "vacant": done.vacant,
            "loads": dict(done.loads),
        },
        lines,
    )


@click.command(
    "assignments",
    cls=Spoken,
    help=say("列出分配和回避；专家只看到自己的", "list assignments and recusals; to an expert their own"),
)
@_program
@_stage
@actor_option("以谁的身份", "as whom", required=False)
@command_face
def assignments(face: Face, program: str, stage: str, actor: str | None) -> None:
    """List assignments."""
    desk = reading_desk(face)
    whom = actor_of(face, desk, actor) if actor is not None else None
    found = list_assignments(desk, program, stage, actor=whom, now=face.now)
    if isinstance(found, Denied):
        face.refuse(found.refusals, program=program, stage=stage)
    face.answer(
        [_evaluation(one) for one in found], [_line(one) for one in found] or [say("没有分配", "nothing is assigned")]
    )


@click.command("recuse", cls=Spoken, help=say("一名专家回避一件申报", "recuse an expert from a nomination"))
@click.argument("number", metavar="NUMBER")
@_expert
@click.option(
    "--ground",
    type=click.Choice([one.value for one in Ground]),
    default=Ground.OTHER.value,
    show_default=True,
    help=say("事由：" + "，".join(f"{one} {one.label.zh}" for one in Ground), "the ground: " + ", ".join(Ground)),
)
@click.option("--lift", is_flag=True, help=say("撤销有误的回避", "take a recusal back that rests on an error"))
@_reason
@actor_option("本人，或主办单位", "the expert, or the office")
@command_face
def recuse_it(face: Face, number: str, expert: str, ground: str, lift: bool, reason: str, actor: str) -> None:
    """Recuse an expert, or lift it."""
    desk, act = acting(face, actor, reason)
    done = lift_recusal(desk, number, expert, act) if lift else recuse(desk, number, expert, Ground(ground), act)
    if done:
        face.refuse(done.refusals, number=number, expert=expert)
    label = Ground(ground).label
    ranked = [] if lift else rankings_with(desk, number, expert)
    remarks = [
        say(
            f"※ {stage} 第 {round_} 轮排序已确定，含其评议，未变动；须重排的，由管理员重开：linxuan review reopen",
            f"※ ranking {round_} of {stage} is settled with what they gave, and stays; to make it anew have it opened "
            "again: linxuan review reopen",
        )
        for stage, round_ in ranked
    ]
    face.answer(
        {
            "number": number,
            "expert": expert,
            "recused": not lift,
            "ground": None if lift else ground,
            "rankings": [{"stage": stage, "round": round_} for stage, round_ in ranked],
        },
        [
            say(f"已撤销 {expert} 对 {number} 的回避", f"{expert} is no longer recused from {number}")
            if lift
            else say(f"{expert} 回避 {number}：{label.zh}", f"{expert} is recused from {number}: {label.en}"),
            *remarks,
        ],
    )


COMMANDS = (
    draw,
    show,
    explain,
    invite_them,
    confirm_it,
    decline_it,
    pledge,
    assign,
    assignments,
    recuse_it,
)


def _document(one: DrawnPanel) -> dict[str, Any]:
    return {
        "program": one.program,
        "stage": one.stage,
        "round": one.round,
        "seed": one.seed,
        "digest": one.digest,
        "candidates": dict(one.candidates),
        "drawn_by": one.drawn_by,
        "drawn_at": one.drawn_at.isoformat(),
        "seats": [
            {
                "ordinal": seat.ordinal,
                "expert": seat.name,
                "employer": seat.employer,
                "urn": seat.urn,
                "state": seat.state,
                "replaces": seat.replaces,
                "reason": seat.reason or None,
                "pledged_at": seat.pledged_at.isoformat() if seat.pledged_at else None,
                "answer_by": seat.answer_by.isoformat() if seat.answer_by else None,
            }
            for seat in one.seats
        ],
    }


def _lines(one: DrawnPanel) -> Iterator[str]:
    drawn = sum(one.candidates.values())
    yield say(
        f"第 {one.round} 次抽取，{one.drawn_by} 于 {one.drawn_at:%Y-%m-%d %H:%M}，候选 {drawn} 名，种子 {one.seed}",
        f"draw {one.round} by {one.drawn_by} on {one.drawn_at:%Y-%m-%d %H:%M} of {drawn}, seed {one.seed}",
    )
    yield from (_seat(seat) for seat in one.seats)


def _seat(seat: Seat) -> str:
    urn = "" if seat.urn == "any" else seat.urn
    pledged = say("已承诺", "pledged") if seat.pledged_at else ""
    replaces = say(f"递补 {seat.replaces}", f"for {seat.replaces}") if seat.replaces else ""
    state = _STATES[seat.state]
    if seat.state == "invited" and seat.answer_by:
        by = closing_clock(seat.answer_by)
        state += say(f"（{by} 前答复）", f" (to answer by {by})")
    parts = (str(seat.ordinal), seat.name, seat.employer, urn, state, pledged, replaces, seat.reason)
    return "　".join(part for part in parts if part)


def _evaluation(one: Evaluation) -> dict[str, Any]:
    return {
        "number": one.number,
        "nominee": one.nominee,
        "unit": one.unit,
        "experts": list(one.experts),
        "recused": [
            {"expert": each.expert, "ground": each.ground.value, "declared": each.declared, "note": each.note or None}
            for each in one.recused
        ],
    }


def _line(one: Evaluation) -> str:
    experts = say("、", ", ").join(one.experts)
    recused = say("、", ", ").join(
        f"{each.expert}（{each.ground.label.in_language(LANGUAGE)}）" for each in one.recused
    )
    told = say(f"回避：{recused}", f"recused: {recused}") if recused else ""
    return "　".join(part for part in (one.number, one.nominee, one.unit, experts, told) if part)
