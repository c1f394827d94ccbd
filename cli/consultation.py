"""`linxuan consultation`: what bodies say that are consulted or screen jointly, of all who stand at a stage."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cli.describe import actor_option, reason_of_one
from cli.desk import acting
from cli.face import LANGUAGE, REFUSED, Face, Group, LineType, Mistake, command_face, once, say
from cli.viewing import looking
from operations.answering import Answered, Rest, give_opinions
from operations.attachments import copied
from operations.consultations import Asking, ConsultationDesk, Consulted, Letter, Which, consultation_desk, see_letter
from operations.jointly import Answer, KeptLetter
from operations.materials import Offered
from operations.results import Denied
from programs import Words

_program = click.argument("program", metavar="ID")
_stage = click.argument("stage", metavar="STAGE")


@click.group(
    cls=Group,
    help=say(
        "征求意见和联合初审：各部门的答复和复函。",
        "What bodies say that are consulted or screen jointly, and their letters.",
    ),
)
def command() -> None:
    """Everything about what bodies say at a stage."""


@command.command(
    "show",
    help=say(
        "一个环节的各部门答复：谁未答复、谁不同意", "what was said of all who stand at a stage, and who is silent"
    ),
)
@_program
@_stage
@click.option("--body", default="", help=say("只看这一部门", "this body alone"))
@click.option(
    "--which",
    type=click.Choice([one.value for one in Which]),
    default=Which.ALL.value,
    help=say("all 全部，silent 有未答复的，opposed 有不同意的", "all, silent or opposed"),
)
@actor_option("以谁的身份查看", "as whom", required=False)
@command_face
def show(face: Face, program: str, stage: str, body: str, which: str, actor: str | None) -> None:
    """Show what bodies say."""
    desk, act = looking(face, actor)
    found = consultation_desk(desk, program, stage, act.actor, act.now, Asking(Which(which), body))
    face.answer(_document(found), list(_lines(found)))


@command.command(
    "answer",
    help=say(
        "登记一个部门对多件申报的答复：写编号即同意，不同意的用 --disagree 编号=理由；复函用 --letter 一并保存",
        "record what one body says of many: numbers that it agrees to, NUMBER=WHY with --disagree; keep its letter",
    ),
)
@_program
@_stage
@click.argument("body", metavar="BODY")
@click.argument("numbers", metavar="[NUMBER]...", nargs=-1)
@click.option(
    "--disagree", multiple=True, metavar="NUMBER=WHY", help=say("不同意，写明理由", "does not agree, and why")
)
@click.option(
    "--rest", is_flag=True, help=say("其余未答复的都同意", "it agrees to all others of whom it has said nothing")
)
@click.option(
    "--note", default="", help=say("随同意的登记，如复函文号", "kept with what it agrees to, such as a number")
)
@click.option(
    "--letter",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=say("复函文件（PDF、Word、图片等）", "the file of its letter"),
)
@click.option("--kept", type=LineType(), metavar="SHA256", help=say("沿用已存的复函", "a letter that is kept already"))
@actor_option()
@command_face
def answer(
    face: Face,
    program: str,
    stage: str,
    body: str,
    numbers: tuple[str, ...],
    disagree: tuple[str, ...],
    rest: bool,
    note: str,
    letter: Path | None,
    kept: str | None,
    actor: str,
) -> None:
    """Record what a body says."""
    if letter and kept:
        raise Mistake(Words("--letter 和 --kept 只能写一个", "give --letter or --kept, not both"))
    answers = {number: Answer(agrees=True) for number in numbers}
    reasons = dict(once(reason_of_one(text) for text in disagree))
    if both := sorted(answers.keys() & reasons.keys()):
        named = "、".join(both)
        raise Mistake(Words(f"既同意又不同意：{named}", f"both agreed to and not: {named}"))
    answers |= {number: Answer(agrees=False, note=why) for number, why in reasons.items()}
    desk, act = acting(face, actor)
    done = give_opinions(
        desk,
        program,
        stage,
        body,
        answers,
        act,
        rest=Rest() if rest else None,
        note=note,
        letter=Offered(letter.name, letter) if letter else KeptLetter(kept) if kept else None,
    )
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    face.answer(
        {
            "program": program,
            "stage": stage,
            "body": body,
            "recorded": list(done.recorded),
            "denied": [
                {"number": one.number, "refusals": [refusal.to_json(LANGUAGE) for refusal in one.refusals]}
                for one in done.denied
            ],
        },
        list(_told(done)),
    )
    if done.denied:
        raise SystemExit(REFUSED)


@command.command("letter", help=say("取阅一份复函，记入办理记录", "take a copy of a letter, which the history tells"))
@_program
@_stage
@click.argument("digest", metavar="SHA256")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help=say("存到哪个文件夹", "which folder")
)
@actor_option("取阅人", "who takes it")
@command_face
def letter_it(face: Face, program: str, stage: str, digest: str, out: Path, actor: str) -> None:
    """Take a copy of a letter."""
    desk, act = acting(face, actor)
    found = see_letter(desk, program, stage, digest, act)
    if isinstance(found, Denied):
        face.refuse(found.refusals, program=program, stage=stage)
    name, _ = found
    file = copied(desk, digest, name, out, f"letter-{stage}-{digest[:12]}")
    face.answer({"file": str(file)}, say(f"已存到 {file}", f"written to {file}"))


def _told(done: Answered) -> Iterator[str]:
    count = len(done.recorded)
    yield say(f"已登记 {count} 件", f"{count} recorded")
    for one in done.denied:
        (refusal, *_) = one.refusals
        yield f"{one.number}　{refusal.reason.in_language(LANGUAGE)}；{refusal.remedy.in_language(LANGUAGE)}"


def _document(found: ConsultationDesk) -> dict[str, Any]:
    return {
        "program": found.program.id,
        "stage": found.stage.id,
        "standing": found.total,
        "by": found.by.isoformat() if found.by else None,
        "late": found.late,
        "bodies": [
            {"body": one.body, "agreed": one.agreed, "opposed": one.opposed, "silent": one.silent}
            for one in found.heard
        ],
        "nominations": [_consulted(one) for one in found.standing],
        "letters": [_letter(one) for one in found.letters],
    }


def _consulted(one: Consulted) -> dict[str, Any]:
    return {
        "number": one.number,
        "nominee": one.nominee,
        "since": one.since.isoformat(),
        "opinions": [
            {
                "body": said.body,
                "agrees": said.agrees,
                "note": said.note,
                "given_at": said.given_at.isoformat() if said.given_at else None,
                "letter": said.letter,
            }
            for said in one.said
        ],
    }


def _letter(one: Letter) -> dict[str, Any]:
    return {"body": one.body, "sha256": one.digest, "name": one.name, "nominations": one.nominations}


def _lines(found: ConsultationDesk) -> Iterator[str]:
    for one in found.heard:
        yield say(
            f"{one.body}　同意 {one.agreed}，不同意 {one.opposed}，未答复 {one.silent}",
            f"{one.body}: agrees to {one.agreed}, does not to {one.opposed}, silent on {one.silent}",
        )
    for case in found.standing:
        silent = "、".join(one.body for one in case.silent)
        opposed = "；".join(f"{one.body}：{one.note}" for one in case.opposed)
        parts = [case.number, case.nominee]
        parts += [say(f"未答复：{silent}", f"silent: {silent}")] if silent else []
        parts += [say(f"不同意：{opposed}", f"does not agree: {opposed}")] if opposed else []
        yield "　".join(parts)
    for kept in found.letters:
        yield say(
            f"复函　{kept.body}　{kept.name}　{kept.nominations} 件　{kept.digest}",
            f"letter of {kept.body}: {kept.name}, about {kept.nominations}, {kept.digest}",
        )
    if not found.total:
        yield say("现在没有申报在这一环节", "nobody stands there")
