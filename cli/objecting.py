"""`linxuan publicity object`, and all that is done with an objection from then on until it is settled."""

from datetime import date
from pathlib import Path

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, DayType, Face, LineType, Number, Spoken, command_face, say
from cli.screening import stated_fact
from cli.sources import reading_desk
from documents.certificates import shown_code
from operations.investigating import investigate, prolong
from operations.lookup import running_of
from operations.materials import Offered
from operations.objection_evidence import Evidence, take_evidence
from operations.objection_list import (
    RAISED_BY,
    STATES,
    ListedObjection,
    awaits_admission,
    list_objections,
    reveal_contact,
)
from operations.objection_progress import receipt_code
from operations.objections import Admitted, Outcome, RaisedBy, admit, lodge, refuse, settle
from operations.results import Denied, Moved
from programs.words import closing_clock

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_evidence_option = click.option(
    "--evidence",
    "files",
    multiple=True,
    type=_FILE,
    metavar="FILE",
    help=say("证据文件，可多次", "a file that it rests on; may be repeated"),
)
_reason_option = click.option("--reason", required=True, help=say("理由", "why"))
_told_reason_option = click.option(
    "--reason",
    required=True,
    help=say("理由；异议人凭查询码可以看到，不要写个人信息", "why; whoever objects can read it: nothing personal"),
)


@click.command(
    "object", cls=Spoken, help=say("登记异议；只暂停被反映人", "take an objection; only this nominee is held back")
)
@click.argument("number", metavar="NUMBER")
@click.option("--objector", type=LineType(), help=say("异议人（单位盖章或实名）", "who objects"))
@click.option(
    "--as",
    "raised_by",
    type=click.Choice([one.value for one in RaisedBy]),
    default=RaisedBy.UNIT.value,
    show_default=True,
    help=say("以单位（盖章）、个人（实名）提出，或匿名", "as a unit with its seal, a person by name, or unsigned"),
)
@click.option("--contact", default="", help=say("个人的联系方式，加密保存", "how to reach a person; kept sealed"))
@click.option("--grounds", required=True, help=say("异议内容", "the grounds"))
@_evidence_option
@click.option("--described", default="", help=say("不是文件的证据", "evidence that is no file"))
@actor_option(en="who takes it")
@command_face
def object_to(
    face: Face,
    number: str,
    objector: str | None,
    raised_by: str,
    contact: str,
    grounds: str,
    files: tuple[Path, ...],
    described: str,
    actor: str,
) -> None:
    """Take an objection."""
    desk, act = acting(face, actor)
    evidence = Evidence(_offered(files), described)
    kind = RaisedBy(raised_by)
    done = lodge(desk, number, objector or "", grounds, act, raised_by=kind, contact=contact, evidence=evidence)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    code = shown_code(receipt_code(desk, done) or "")
    face.answer(
        {"number": number, "objection": done, "code": code},
        say(
            f"已登记，异议编号 {done}；查询码 {code}，请交给异议人，可在公示网页查询办理情况",
            f"recorded as objection {done}; with its code {code} whoever objects can ask how it stands",
        ),
    )


@click.command("admit", cls=Spoken, help=say("受理异议，开始核查", "admit an objection, which is then looked into"))
@click.argument("objection", type=Number, metavar="OBJECTION")
@click.option("--handler", type=LineType(), help=say("承办人，默认办理人", "who looks into it; default: who admits it"))
@actor_option()
@_reason_option
@command_face
def admit_it(face: Face, objection: int, handler: str | None, actor: str, reason: str) -> None:
    """Admit an objection."""
    desk, act = acting(face, actor, reason)
    _tell_admitted(face, objection, admit(desk, objection, act, handler=handler))


@click.command("refuse", cls=Spoken, help=say("异议不予受理", "do not admit an objection"))
@click.argument("objection", type=Number, metavar="OBJECTION")
@click.option(
    "--scope", help=say("属于哪一类不作为异议的事项", "what it is, of what the program names as no objection")
)
@actor_option()
@_told_reason_option
@command_face
def refuse_it(face: Face, objection: int, scope: str | None, actor: str, reason: str) -> None:
    """Refuse an objection."""
    desk, act = acting(face, actor, reason)
    done = refuse(desk, objection, act, scope=scope)
    if isinstance(done, Denied):
        face.refuse(done.refusals, objection=objection)
    _tell_outcome(face, objection, "refused", done, say("不予受理", "not admitted"))


@click.command("investigate", cls=Spoken, help=say("登记核查情况", "note what was found"))
@click.argument("objection", type=Number, metavar="OBJECTION")
@click.option("--finding", required=True, help=say("核查情况", "what was found"))
@_evidence_option
@actor_option()
@command_face
def investigate_it(face: Face, objection: int, finding: str, files: tuple[Path, ...], actor: str) -> None:
    """Note a finding."""
    desk, act = acting(face, actor)
    refused = investigate(desk, objection, finding, act, evidence=Evidence(_offered(files)))
    if refused:
        face.refuse(refused.refusals, objection=objection)
    face.answer({"objection": objection, "files": len(files)}, say("已登记核查情况", "noted"))


@click.command("prolong", cls=Spoken, help=say("延长核查期限", "give an investigation more time"))
@click.argument("objection", type=Number, metavar="OBJECTION")
@click.option("--until", "last_day", type=DayType(), required=True, help=say("核查的最后一日", "the last day"))
@actor_option()
@_reason_option
@command_face
def prolong_it(face: Face, objection: int, last_day: date, actor: str, reason: str) -> None:
    """Prolong an investigation."""
    desk, act = acting(face, actor, reason)
    _tell_admitted(face, objection, prolong(desk, objection, last_day, act))


@click.command("settle", cls=Spoken, help=say("办结异议", "settle an objection"))
@click.argument("objection", type=Number, metavar="OBJECTION")
@click.argument("outcome", type=click.Choice([one.value for one in Outcome]))
@click.option("--answer", required=True, help=say("核查结论", "what was found"))
@click.option("--clause", type=LineType(), help=say("依据的条款，默认公示的条款", "the rule that it rests on"))
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="NAME=VALUE",
    help=say("更正的情况，可多次", "a fact that is put right; may be repeated"),
)
@actor_option(en="who settles it")
@command_face
def settle_it(
    face: Face, objection: int, outcome: str, answer: str, clause: str | None, facts: tuple[str, ...], actor: str
) -> None:
    """Settle an objection."""
    if facts and outcome != Outcome.CORRECTED:
        raise click.UsageError(say("--fact 只用于 corrected", "--fact is for “corrected” only"))
    desk, act = acting(face, actor)
    unjudged = awaits_admission(desk, objection)
    done = settle(
        desk, objection, Outcome(outcome), answer, act, clause=clause, facts=[stated_fact(one) for one in facts]
    )
    if isinstance(done, Denied):
        face.refuse(done.refusals, objection=objection)
    told = say("此前没有受理，已一并受理并办结", "admitted by the same act, and settled") if unjudged else ""
    _tell_outcome(face, objection, outcome, done, told or say("已办结", "settled"))


@click.command(
    "objections", cls=Spoken, help=say("列出异议，不显示异议人", "list the objections, without who raised them")
)
@click.argument("program", metavar="ID")
@command_face
def list_them(face: Face, program: str) -> None:
    """List the objections."""
    found = list_objections(reading_desk(face), program, face.now)
    face.answer([one.to_json() for one in found], [_line(one) for one in found] or [say("没有异议", "no objections")])


@click.command("contact", cls=Spoken, help=say("查看异议人的联系方式；记入办理记录", "see how to reach who objects"))
@click.argument("objection", type=Number, metavar="OBJECTION")
@actor_option()
@_reason_option
@command_face
def contact(face: Face, objection: int, actor: str, reason: str) -> None:
    """See a contact."""
    desk, act = acting(face, actor, reason)
    done = reveal_contact(desk, objection, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, objection=objection)
    face.answer({"objection": objection, "contact": done}, done or say("没有留下联系方式", "no contact was given"))


@click.command(
    "evidence", cls=Spoken, help=say("取出证据文件的副本；记入办理记录", "take copies of an objection's files")
)
@click.argument("objection", type=Number, metavar="OBJECTION")
@click.option(
    "--out",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=say("存放副本的文件夹", "the folder for the copies"),
)
@actor_option()
@command_face
def evidence(face: Face, objection: int, out: Path, actor: str) -> None:
    """Take copies."""
    desk, act = acting(face, actor)
    taken = take_evidence(desk, objection, out, act)
    if isinstance(taken, Denied):
        face.refuse(taken.refusals, objection=objection)
    face.answer({"objection": objection, "files": [str(one) for one in taken]}, [str(one) for one in taken])


COMMANDS = (
    object_to,
    admit_it,
    refuse_it,
    investigate_it,
    prolong_it,
    settle_it,
    list_them,
    contact,
    evidence,
)


def _offered(files: tuple[Path, ...]) -> tuple[Offered, ...]:
    return tuple(Offered(file.name, file) for file in files)


def _tell_admitted(face: Face, objection: int, done: Admitted | Denied) -> None:
    if isinstance(done, Denied):
        face.refuse(done.refusals, objection=objection)
    due = closing_clock(done.due_at) if done.due_at else None
    mark = say("（暂定）", " (provisional)") if done.provisional else ""
    until = say(f"，核查至 {due}{mark}", f", until {due}{mark}") if due else ""
    document = {
        "objection": objection,
        "handler": done.handler,
        "due_at": done.due_at.isoformat() if done.due_at else None,
        "provisional": done.provisional,
    }
    face.answer(document, say(f"承办人 {done.handler}{until}", f"with {done.handler}{until}"))


def _tell_outcome(face: Face, objection: int, outcome: str, done: Moved | None, told: str) -> None:
    to = done.destination if done else None
    others = say("；还有其他异议未办结", "; others are still open")
    standings = running_of(reading_desk(face), done.number).pipeline.standings if done else {}
    where = f" → {standings[done.destination].name.in_language(LANGUAGE)}" if done else others
    face.answer({"objection": objection, "outcome": outcome, "to": to}, told + where)


def _line(one: ListedObjection) -> str:
    parts = [
        str(one.id),
        f"{one.number} {one.nominee}",
        RAISED_BY[one.raised_by].in_language(LANGUAGE) if one.raised_by else "",
        f"{one.lodged_at:%Y-%m-%d}",
        STATES[one.state].in_language(LANGUAGE),
    ]
    if one.due_at and one.settled_at is None:
        due = closing_clock(one.due_at)
        parts.append(say(f"逾期（{due}）", f"overdue ({due})") if one.overdue else say(f"至 {due}", f"until {due}"))
    return "　".join(part for part in parts if part)
