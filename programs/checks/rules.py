"""Whether the rules and materials of a program can be met at all, and leave alone what they must not judge."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from programs.errors import Fault
from programs.model import Program
from programs.rules import Age, Combination, Exemption, Level, Quantity, Ratio, Rule
from programs.stages import Publicity
from programs.words import Words


def rules_that_cannot_work(program: Program) -> Iterator[Fault]:
    """Find rules that nobody can meet, that go in circles, or that judge by what the notice leaves free."""
    dates = _key_dates(program)
    for rule in program.rules:
        place = f"rules.{rule.id}"
        if isinstance(rule, Combination):
            yield from _combination(program, rule)
        if isinstance(rule, Quantity) and not _bounds(rule.at_least, rule.at_most):
            yield Fault(place, _bad_bounds(rule.name))
        if isinstance(rule, Age):
            yield from _ages(rule)
        if isinstance(rule, Level):
            yield from _level(program, rule)
        if isinstance(rule, Ratio) and not _bounds(rule.at_least_percent, rule.at_most_percent):
            yield Fault(place, _bad_bounds(rule.name))
        if isinstance(rule, Age) and rule.as_of is not None and rule.as_of not in dates:
            words = Words("没有 {id} 这个日期；可用：{known}", "there is no key date {id}; use one of {known}").format(
                id=rule.as_of, known="、".join(dates)
            )
            yield Fault(f"{place}.as_of", words)
        yield from _judges_by_what_is_free(program, rule)
    yield from _counts_that_nobody_asks_for(program)
    for material in program.materials:
        least, most = material.characters()
        if (least or most) and not _bounds(least, most):
            yield Fault(f"materials.{material.id}", _bad_bounds(material.name))


def _counts_that_nobody_asks_for(program: Program) -> Iterator[Fault]:
    asked = {rule.of for rule in program.rules if isinstance(rule, Quantity)}
    for annex in program.annexes:
        for column in annex.columns:
            if column.counts is not None and column.counts not in asked:
                words = Words(
                    "没有条件用到“{counts}”；用到的：{asked}", "no rule asks for {counts}; they ask for: {asked}"
                )
                told = words.format(counts=column.counts, asked="、".join(sorted(asked)) or "—")
                yield Fault(f"annexes.{annex.id}.{column.id}.counts", told)


def _bounds(least: int | None, most: int | None) -> bool:
    """Tell whether at least one bound is given, and that some number lies within them."""
    return not (least is None and most is None) and (least is None or most is None or least <= most)


def _bad_bounds(name: str) -> Words:
    return Words(
        "“{name}”的上下限不成立：至少写一个，且下限不大于上限",
        "the bounds of “{name}” do not hold: give at least one, and the least not above the most",
    ).format(name=name)


def _ages(rule: Age) -> Iterator[Fault]:
    place = f"rules.{rule.id}"
    said = (rule.men, rule.women, rule.at_least, rule.born_from, rule.born_until)
    if all(one is None for one in said):
        words = Words("“{name}”没有年龄，请补 men 或 women", "“{name}” has no age; add `men` or `women`")
        yield Fault(place, words.format(name=rule.name))
    highest = [one for one in (rule.men, rule.women) if one is not None]
    backwards = rule.born_from and rule.born_until and rule.born_from > rule.born_until
    if backwards or (rule.at_least is not None and highest and rule.at_least > min(highest)):
        yield Fault(place, _bad_bounds(rule.name))


def _level(program: Program, rule: Level) -> Iterator[Fault]:
    vocabulary = program.known_vocabularies[rule.vocabulary]
    if vocabulary.rank(rule.at_least) is not None:
        return
    names = [level.name for level in vocabulary.levels]
    meant = get_close_matches(rule.at_least, names, n=1, cutoff=0.3)
    words = Words(
        "“{name}”的等级“{level}”不在“{vocabulary}”之内{meant}；可用：{names}",
        "“{name}” asks for the level “{level}”, which is not among “{vocabulary}”{meant}; use one of: {names}",
    ).format(
        name=rule.name,
        level=rule.at_least,
        vocabulary=vocabulary.name,
        meant=Words(f"（是否指“{meant[0]}”）", f" (did you mean “{meant[0]}”)") if meant else Words("", ""),
        names="、".join(names),
    )
    yield Fault(f"rules.{rule.id}.at_least", words)


def _combination(program: Program, rule: Combination) -> Iterator[Fault]:
    place = f"rules.{rule.id}"
    if rule.need and rule.need > len(rule.of):
        words = Words(
            "“{name}”要求{need}项，只列了{count}项，永远不会通过",
            "“{name}” needs {need} of only {count} rules, so it can never pass",
        )
        yield Fault(f"{place}.need", words.format(name=rule.name, need=rule.need, count=len(rule.of)))
    members = {one.id: one for one in program.rules}
    if any(isinstance(members[one], Exemption) for one in rule.of):
        words = Words("“{name}”里列了免除规则，请列被免除的规则", "“{name}” lists an exemption; list the rule it lifts")
        yield Fault(f"{place}.of", words.format(name=rule.name))
    if _leads_back(members, rule.id):
        words = Words("“{name}”绕回自身，请拆开", "“{name}” leads back to itself; take it apart")
        yield Fault(f"{place}.of", words.format(name=rule.name))


def _leads_back(rules: dict[str, Rule], start: str) -> bool:
    """Tell whether a combination contains itself, however far down."""
    ahead, seen = [start], set[str]()
    while ahead:
        rule = rules[ahead.pop()]
        for member in rule.of if isinstance(rule, Combination) else ():
            if member == start:
                return True
            if member not in seen:
                seen.add(member)
                ahead.append(member)
    return False


_FREE: Final = {
    "sex": Words("性别", "sex"),
    "education": Words("学历", "education"),
    "seniority": Words("资历", "seniority"),
}


def _judges_by_what_is_free(program: Program, rule: Rule) -> Iterator[Fault]:
    """Find a rule whose kind rests on a fact that the notice declares no condition."""
    if program.ungated is None:
        return
    fact = None
    if isinstance(rule, Age) and rule.men != rule.women:
        fact = "sex"
    if isinstance(rule, Quantity) and rule.of.startswith("years-"):
        fact = "seniority"
    if isinstance(rule, Level) and rule.vocabulary == "education":
        fact = "education"
    if fact in program.ungated.facts:
        words = Words(
            "“{name}”以{fact}为条件，而条款{clause}不许；请删去",
            "“{name}” judges by {fact}, which clause {clause} forbids; remove it",
        )
        yield Fault(f"rules.{rule.id}", words.format(name=rule.name, fact=_FREE[fact], clause=program.ungated.clause))


def _key_dates(program: Program) -> tuple[str, ...]:
    return (
        "issued",
        *program.deadlines(),
        *(stage.id for stage in program.held_stages if stage.window),
        *(f"{stage.id}.period" for stage in program.held_stages if isinstance(stage, Publicity)),
    )
