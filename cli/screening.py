"""`linxuan nomination state|verdicts|judge|report`: what is found out about a nomination without moving it."""

from collections.abc import Iterable, Iterator, Mapping

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, Face, Mistake, Number, Spoken, command_face, once, say
from cli.viewing import viewer_option, viewing_desk
from operations.acts import Act
from operations.desk import Desk
from operations.dossiers import state_facts, verdicts_of_nomination
from operations.jointly import give_opinion
from operations.results import Denied
from operations.screen import judge, report
from programs import Words
from states import Result, Verdict, each


@click.command(
    "state",
    cls=Spoken,
    help=say(
        "填报候选人情况，供条件自动审查：skill=技师 competition=国家一类:3，也可写名称；值留空即删，写错会列出可填的",
        "state what rules judge by, as FACT=VALUE; an empty value takes one back",
    ),
)
@click.argument("number", metavar="NUMBER")
@click.argument("facts", nargs=-1, required=True, metavar="FACT=VALUE...")
@actor_option("填报人", "who states it")
@command_face
def state(face: Face, number: str, facts: tuple[str, ...], actor: str) -> None:
    """State facts."""
    stated = [stated_fact(text) for text in facts]
    desk, act = acting(face, actor)
    done = state_facts(desk, number, stated, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    document = done.model_dump(mode="json", exclude_defaults=True)
    face.answer({"number": number, "facts": document}, say("已填报", "stated"))


@click.command(
    "verdicts", cls=Spoken, help=say("逐条列出条件的审查结论和理由", "list the verdict on every rule, and why")
)
@click.argument("number", metavar="NUMBER")
@viewer_option
@command_face
def verdicts(face: Face, number: str, actor: str | None) -> None:
    """List verdicts."""
    found = verdicts_of_nomination(viewing_desk(face, number, actor), number, face.now)
    face.answer(
        [one.to_json(LANGUAGE) for one in found], list(_lines(found)) or [say("没有条件", "there are no rules")]
    )


@click.command("judge", cls=Spoken, help=say("填写审查结论", "record verdicts on rules"))
@click.argument("number", metavar="NUMBER")
@click.argument("verdicts", nargs=-1, required=True, metavar="RULE=pass|fail|needs-evidence...")
@click.option("--note", default="", help=say("说明", "a note"))
@actor_option("审查人", "the reviewer")
@command_face
def judge_it(face: Face, number: str, verdicts: tuple[str, ...], note: str, actor: str) -> None:
    """Record verdicts."""
    found = dict(once(_verdict(text) for text in verdicts))
    desk, act = acting(face, actor)
    refused = judge(desk, number, found, act, note=note)
    if refused:
        face.refuse(refused.refusals, number=number)
    face.answer(
        {"number": number, "verdicts": found}, [say("已填写", "recorded"), *_otherwise(desk, number, found, act)]
    )


@click.command("report", cls=Spoken, help=say("填写一项评议", "record an evaluation"))
@click.argument("number", metavar="NUMBER")
@click.argument("track", metavar="TRACK")
@click.option("--points", type=Number, help=say("得分", "points"))
@click.option("--opinion", default="", help=say("评议意见", "the opinion"))
@actor_option("评议人", "who evaluated")
@command_face
def report_it(face: Face, number: str, track: str, points: int | None, opinion: str, actor: str) -> None:
    """Record an evaluation."""
    desk, act = acting(face, actor)
    refused = report(desk, number, track, act, points=points, opinion=opinion)
    if refused:
        face.refuse(refused.refusals, number=number)
    face.answer({"number": number, "track": track, "points": points}, say("已填写", "recorded"))


@click.command(
    "concur",
    cls=Spoken,
    help=say("登记联合初审或征求意见中一家的意见", "record what a body says that screens jointly or is consulted"),
)
@click.argument("number", metavar="NUMBER")
@click.argument("body", metavar="BODY")
@click.option("--disagree", is_flag=True, help=say("不同意", "it does not agree"))
@click.option("--note", default="", help=say("意见；不同意的须写明理由", "its opinion; why it does not agree"))
@actor_option()
@command_face
def concur_it(face: Face, number: str, body: str, disagree: bool, note: str, actor: str) -> None:
    """Record a body's opinion."""
    desk, act = acting(face, actor)
    if refused := give_opinion(desk, number, body, act, agrees=not disagree, note=note):
        face.refuse(refused.refusals, number=number)
    face.answer({"number": number, "body": body, "agrees": not disagree}, say("已登记", "recorded"))


def _otherwise(desk: Desk, number: str, given: Mapping[str, Result], act: Act) -> Iterator[str]:
    """Tell which of the verdicts that were given do not stand, since what is stated says otherwise."""
    for one in each(verdicts_of_nomination(desk, number, act.now)):
        wanted = given.get(one.rule) or given.get(one.name)
        if wanted and one.result is not wanted:
            stands = say(f"仍为“{one.result.label.zh}”", f"is “{one.result.label.en}” still")
            yield f"※ {one.name}　{stands}　{one.words.in_language(LANGUAGE)}"


def stated_fact(text: str) -> tuple[str, str]:
    """Return a fact as `FACT=VALUE` states it; raises `Mistake`."""
    word, equals, value = text.partition("=")
    if not equals:
        raise Mistake(Words(f"“{text}”应写成 项目=内容，如 skill=技师", f"write {text!r} as FACT=VALUE"))
    return word.strip(), value.strip()


def _lines(found: Iterable[Verdict], indent: str = "") -> Iterator[str]:
    for one in found:
        why = f"　{one.words.in_language(LANGUAGE)}" if one.words.zh else ""
        yield f"{indent}{one.result.label.in_language(LANGUAGE)}　{one.name}（{one.clause}，{one.rule}）{why}"
        yield from (f"{indent}　　※ {line.in_language(LANGUAGE)}" for line in one.lines)
        yield from _lines(one.parts, indent + "　　")


def _verdict(text: str) -> tuple[str, Result]:
    rule, _, result = text.partition("=")
    try:
        return rule, next((one for one in Result if one.label.zh == result), None) or Result(result)
    except ValueError as error:
        raise Mistake(
            Words(
                f"“{text}”应写成 条件=pass、条件=fail 或 条件=needs-evidence",
                f"write {text!r} as RULE=pass, RULE=fail or RULE=needs-evidence",
            )
        ) from error
