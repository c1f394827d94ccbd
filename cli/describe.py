"""How programs and nominations are put into lines: every part by its id and its name, as commands ask for them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

import click

from cli.face import LANGUAGE, Mistake, say
from operations.actors import OF_PEOPLE
from operations.dossiers import KeptAnnex
from operations.fact_fields import facts_asked
from operations.lookup import Confirmed, InForce
from operations.objection_list import STATES
from programs import Program, Words
from programs.base import Scoped
from programs.materials import Material, Medium
from programs.model import Seats
from programs.panels import Panel
from programs.rules import Rule
from programs.rulings import Decision, Ruling
from programs.stages import Recommendation, Review, Stage, Vote
from states import Verdict
from states.scales import scale_of

F = TypeVar("F", bound=Callable[..., Any])

#: The clock acts by itself; nobody gives it as an actor.
_ROLES = OF_PEOPLE

ACTOR = say(
    "姓名，或 姓名:角色，或 姓名:角色@单位；角色：" + "、".join(f"{role} {role.label.zh}" for role in _ROLES),
    "NAME, or NAME:ROLE, or NAME:ROLE@ORGANIZATION; roles: " + ", ".join(_ROLES),
)

MEDIA = {medium.value: medium.label.in_language(LANGUAGE) for medium in Medium}
RESULTS = {
    "pass": say("通过", "pass"),
    "fail": say("不通过", "fail"),
    "needs-evidence": say("待补证据", "needs evidence"),
}
OUTCOMES = {None: say("未办结", "open")} | {key: words.in_language(LANGUAGE) for key, words in STATES.items()}


def actor_option(
    zh: str = "办理人", en: str = "who does it", *, default: str | None = None, required: bool = True
) -> Callable[[F], F]:
    """Give a command `--actor`, with how an actor is written; without a default it must be given where required."""
    purpose = say(f"{zh}：{ACTOR}", f"{en}: {ACTOR}")
    if default is None:
        return click.option("--actor", required=required, help=purpose)
    return click.option("--actor", default=default, show_default=True, help=purpose)


def receipt(text: str) -> tuple[str, Medium | None]:
    """Read a material as commands take it, `ID` or `ID:MEDIUM`; raises `Mistake` for a medium that is none."""
    material, _, medium = text.partition(":")
    if not medium:
        return material, None
    try:
        return material, next((one for one in Medium if one.label.zh == medium), None) or Medium(medium)
    except ValueError as error:
        media = "、".join(f"{one.value}（{one.label.zh}）" for one in Medium)
        raise Mistake(
            Words(f"“{text}”的介质应为 {media}", f"the medium in {text!r} is one of {', '.join(Medium)}")
        ) from error


def reason_of_one(text: str) -> tuple[str, str]:
    """Read the reason of one nomination as commands take it, `NUMBER=WHY`; raises `Mistake` for what is none."""
    number, equals, why = text.partition("=")
    if not equals:
        raise Mistake(Words(f"“{text}”应写成 编号=理由", f"write {text!r} as NUMBER=WHY"))
    return number.strip(), why.strip()


def named(part_id: str, names: Mapping[str, str]) -> str:
    """Return `名称（id）`; the id alone where the program no longer has the part."""
    return _beside(names[part_id], part_id) if part_id in names else part_id


def listed(media: Iterable[str]) -> str:
    """Name media in the language of this run."""
    return say("、", ", ").join(MEDIA[medium] for medium in media)


def program_lines(program: Program, in_force: InForce) -> Iterator[str]:
    """Yield what a program says, every part that a command asks for with its id."""
    yield f"{program.id}　{program.award}（{program.edition}）　{program.document_number or ''}".rstrip()
    yield say("印发：", "issued: ") + (program.issued.isoformat() if program.issued else say("未写明", "not stated"))
    yield say("发文机关：", "issuers: ") + "、".join(program.issuers)
    yield say("状态：", "state: ") + (
        say(f"已开通（{_at(in_force.opened_at)}）", f"open (since {_at(in_force.opened_at)})")
        if in_force.opened_at
        else say("未开通", "not open")
    )
    if in_force.version > 1:
        yield say(f"版次：第 {in_force.version} 版", f"version: {in_force.version}")
    yield from _section(say("环节", "stages"), [row for stage in program.held_stages for row in _stage_rows(stage)])
    yield from _section(
        say("名额（奖项）", "seats (grades)"),
        [(seats.id, f"{seats.award}　{_count(seats)}") for seats in program.seats],
    )
    yield from _section(
        say("推荐渠道", "routes"),
        [
            (route.id, route.name if route.accepted else _beside(route.name, say("不受理", "not accepted")))
            for route in program.routes
        ],
    )
    yield from _section(say("类别", "categories"), [(one.id, one.name) for one in program.categories])
    yield from _section(say("特征", "traits"), [(one.id, one.name) for one in program.traits])
    yield from _section(say("推荐单位类型", "nominator kinds"), [(one.id, one.name) for one in program.nominators])
    yield from _section(say("材料", "materials"), [_material_row(one) for one in program.materials])
    yield from _section(say("附表", "annexes"), [(one.id, one.name) for one in program.annexes])
    judged = {rule.id for path in program.paths() for rule in program.rules_for(path)}
    yield from _section(say("审查条件", "rules"), [_rule_row(one) for one in program.rules if one.id in judged])
    yield from _section(
        say("不单独填写结论的条件", "rules without a verdict of their own"),
        [_rule_row(one) for one in program.rules if one.id not in judged],
    )
    yield from _section(
        say("裁定", "rulings"),
        [(one.id, _ruling_text(program, one, in_force.confirmed.get(one.id))) for one in program.rulings],
    )


def nomination_lines(program: Program, facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is known of a nomination, and what it still lacks."""
    materials = {one.id: one.name for one in program.materials}
    rules = {one.id: one.name for one in program.rules}
    tracks = {
        (stage.id, track.id): track.name
        for stage in program.stages
        if isinstance(stage, Review | Vote)
        for track in stage.tracks
    }
    kinds = {one.id: one.name for one in program.nominators}
    if facts["nominator_kind"]:
        yield say("推荐单位类型：", "kind of nominator: ") + named(facts["nominator_kind"], kinds)
    if facts["host"]:
        yield say("占用名额的单位：", "whose quota it uses: ") + facts["host"]
    if facts["traits"]:
        traits = {one.id: one.name for one in program.traits}
        yield say("特征：", "traits: ") + say("、", ", ").join(named(one, traits) for one in facts["traits"])
    asked = {word: one for path in program.paths() for word, one in facts_asked(program, path).items()}
    if asked:
        names = {word: one.name.in_language(LANGUAGE) for word, one in asked.items()}
        none, apart = say("无", "none"), say("、", ", ")
        yield from _list(
            say("填报情况", "what the form states"),
            (f"{named(word, names)}　{apart.join(values) or none}" for word, values in facts["stated"].items()),
        )
    received: dict[str, list[str]] = {}
    for one in facts["materials"]:
        received.setdefault(one["material"], []).append(one["medium"])
    yield from _list(
        say("已收材料", "materials received"),
        (
            f"{named(one, materials)}　{listed(medium for medium in MEDIA if medium in media)}"
            for one, media in received.items()
        ),
    )
    yield from _list(
        say("已交文件", "files handed in"),
        (f"{named(one['material'], materials)}　{one['name']}（{one['format']}）" for one in facts["files"]),
    )
    yield from _list(
        say("尚缺材料", "materials missing"),
        (f"{_beside(one['name'], one['id'])}　{listed(one['media'])}" for one in facts["missing"]),
    )
    yield from _list(
        say("审查结论", "verdicts"),
        (_joined(named(one["rule"], rules), RESULTS[one["result"]], one["note"]) for one in facts["verdicts"]),
    )
    yield from _list(
        say("评议", "evaluations"),
        (
            _joined(
                named(one["track"], {track: name for (stage, track), name in tracks.items() if stage == one["stage"]}),
                "" if one["points"] is None else say(f"{one['points']} 分", f"{one['points']} points"),
                one["opinion"],
            )
            for one in facts["reports"]
        ),
    )
    yield from _list(
        say("异议", "objections"),
        (
            _joined(str(one["id"]), one["objector"] or say("匿名", "anonymous"), OUTCOMES[one["outcome"]])
            for one in facts["objections"]
        ),
    )


def annex_lines(annexes: Iterable[KeptAnnex], differing: Iterable[Verdict]) -> Iterator[str]:
    """Yield the annexes that came with a nomination, and line by line what they say otherwise, with the clause."""
    kept = [
        _joined(_beside(one.name, one.annex), say(f"{one.rows} 行", f"{one.rows} rows"), _at(one.stated_at))
        for one in annexes
    ]
    if kept:
        yield from _list(say("附表", "annexes"), kept)
    for one in differing:
        heading = _beside(one.name, say("，", ", ").join((one.clause, one.result.label.in_language(LANGUAGE))))
        yield from _list(heading, (f"※ {line.in_language(LANGUAGE)}" for line in one.lines))


def _stage_rows(stage: Stage) -> Iterator[tuple[str, str]]:
    yield stage.id, _beside(stage.name, say("，", ", ").join((stage.label.in_language(LANGUAGE), stage.clause)))
    if isinstance(stage, Recommendation):
        for tier in stage.tiers:
            yield f"  {stage.id}.{tier.id}", _concerning(tier, tier.name)
    if isinstance(stage, Review | Vote):
        for track in stage.tracks:
            yield f"  {track.id}", _beside(track.name, say("评议项", "track"))
            for criterion in track.criteria:
                scale = scale_of(criterion).in_language(LANGUAGE)
                yield f"    {criterion.id}", _beside(criterion.name, say(f"评分项，{scale}", f"criterion, {scale}"))
            for group in track.groups:
                yield f"    {group.id}", _beside(group.name, say("评委组", "group of evaluators"))
    if isinstance(stage, Review) and stage.panel:
        yield f"  {stage.id}.panel", _panel_text(stage.panel)


def _panel_text(panel: Panel) -> str:
    each = say(f"，每件 {panel.per_nominee} 名", f", {panel.per_nominee} for each") if panel.per_nominee else ""
    fields = say("、", ", ").join(f"{field.name} {field.size}" for field in panel.fields)
    drawn = say(f"抽取 {panel.size} 名专家{each}", f"{panel.size} experts are drawn{each}")
    return _beside(drawn, say("，", ", ").join(part for part in (fields, panel.clause) if part))


def _material_row(material: Material) -> tuple[str, str]:
    extras = [listed(medium.value for medium in material.media)]
    if material.optional:
        extras.append(say("可不交", "optional"))
    if material.per == "nominator":
        extras.append(say("推荐单位统一交一份", "once for each nominator"))
    return material.id, _concerning(material, _beside(material.name, say("；", "; ").join(extras)))


def _rule_row(rule: Rule) -> tuple[str, str]:
    return rule.id, _concerning(rule, rule.name)


def _concerning(part: Scoped, text: str) -> str:
    """Add which categories and routes a part is for, where it is not for all."""
    scope = (*part.categories, *part.routes)
    return f"{text}　{say('仅', 'only')} {say('、', ', ').join(scope)}" if scope else text


def _ruling_text(program: Program, ruling: Ruling, confirmed: Confirmed | None) -> str:
    if confirmed is not None:
        who = say(
            f"已确认（{confirmed.actor}，{_at(confirmed.decided_at)}）",
            f"confirmed ({confirmed.actor}, {_at(confirmed.decided_at)})",
        )
        return f"{ruling.question}　{_decision(program, confirmed.decision)}　{who}"
    if ruling.decision is None:
        return f"{ruling.question}　{say('须作出决定', 'to be decided')}"
    return f"{ruling.question}　{_decision(program, ruling.decision)}　{say('默认，未确认', 'default, not confirmed')}"


def decision_words(decision: Decision | None) -> str:
    """Write a decision as people say it."""
    if isinstance(decision, bool):
        return say("是", "yes") if decision else say("否", "no")
    return str(decision)


def _decision(program: Program, decision: Decision) -> str:
    tiers = {f"{stage.id}.{tier.id}": f"{stage.name}·{tier.name}" for stage, tier in program.tiers()}
    shown = named(decision_words(decision), tiers)
    return say(f"【{shown}】", f"[{shown}]")


def _section(heading: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    if rows:
        width = max(len(part_id) for part_id, _ in rows)
        yield ""
        yield say(f"{heading}：", f"{heading}:")
        yield from (f"  {part_id:<{width}}  {text}" for part_id, text in rows)


def _list(heading: str, entries: Iterable[str]) -> Iterator[str]:
    found = [f"  {entry}" for entry in entries]
    yield say(f"{heading}：", f"{heading}: ") + ("" if found else say("无", "none"))
    yield from found


def _beside(text: str, remark: str) -> str:
    return say(f"{text}（{remark}）", f"{text} ({remark})")


def _joined(*pieces: str | None) -> str:
    return "　".join(piece for piece in pieces if piece)


def _at(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M}" if instant else ""


def _count(seats: Seats) -> str:
    if seats.count is None:
        return say("不限人数", "no limit")
    return f"{seats.count}{'' if seats.kind == 'cap' else say('左右', ' or so')}"
