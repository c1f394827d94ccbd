"""Whether benefits, bans, traits, vocabularies and clauses are used by anything, and say what they should."""

import re
from collections.abc import Iterator
from typing import Any, Final

from programs.checks.reach import concerns_somebody
from programs.checks.sentences import fault
from programs.errors import Fault
from programs.model import Program
from programs.rules import History, Level, Ratio
from programs.stages import Tenure
from programs.terms import Benefit


def terms(program: Program) -> Iterator[Fault]:
    """Find benefits that nobody can receive, and bans that no rule asks for."""
    for benefit in program.benefits:
        yield from _benefit(program, benefit)
    if any(isinstance(rule, History) and rule.bars == "banned" for rule in program.rules):
        return
    for place, effect in _effects(program):
        if _BAN.search(effect):
            yield fault("ban_unasked", place, effect=effect)


def _benefit(program: Program, benefit: Benefit) -> Iterator[Fault]:
    place = f"benefits.{benefit.id}"
    if not concerns_somebody(program, benefit):
        yield fault("benefit_in_vain", place, name=benefit.name)
    if benefit.at_most_yuan and benefit.kind != "money":
        yield fault("yuan_without_money", f"{place}.at_most_yuan", name=benefit.name)
    assessed = any(isinstance(stage, Tenure) and stage.assessed_every_years for stage in program.held_stages)
    terms = [
        stage.years for stage in program.held_stages if isinstance(stage, Tenure) and benefit.tenure in (None, stage.id)
    ]
    longest = max(filter(None, terms), default=None) if None not in terms else None
    if longest and any(year > longest for year in benefit.years):
        yield fault("benefit_beyond_term", f"{place}.years", name=benefit.name, last=max(benefit.years), years=longest)
    if benefit.after == "passed-assessment" and not assessed:
        yield fault("never_assessed", f"{place}.after", name=benefit.name)


#: 三年内不得申报, 禁止申报, 取消以后的参评资格: not the end of this nomination, but of later ones.
_BAN: Final = re.compile(
    r"年内(不得|不再|不予|取消|禁止)|禁报|禁止(申报|参评|参加)|(今后|以后|终身|永久|永远)(不得|不再|不予|取消|禁止)"
)


def _effects(program: Program) -> Iterator[tuple[str, str]]:
    for one in program.disqualifications:
        yield f"disqualifications.{one.id}.effect", one.effect
    for stage in program.held_stages:
        if isinstance(stage, Tenure):
            yield from ((f"stages.{stage.id}.revocation_effects", effect) for effect in stage.revocation_effects)


def names_in_vain(program: Program) -> Iterator[Fault]:
    """Find traits and vocabularies that nothing uses."""
    used = {trait for _, part in program.scoped() for trait in (*part.traits, *part.except_traits)}
    used |= {rule.of for rule in program.rules if isinstance(rule, Ratio)}
    for trait in program.traits:
        if trait.id not in used:
            yield fault("trait_unused", f"traits.{trait.id}", name=trait.name)
    asked = {rule.vocabulary for rule in program.rules if isinstance(rule, Level)}
    for vocabulary in program.vocabularies:
        if vocabulary.id not in asked:
            yield fault("vocabulary_unused", f"vocabularies.{vocabulary.id}", name=vocabulary.name, id=vocabulary.id)


_PLACEHOLDER: Final = re.compile(r"(?i)(无|略|同上|待.{0,3}|见通知|todo|tbd|n/?a|x+|[?？.。…_/\\—-]+|条款号?|第x条)")
_MANY: Final = 8
"""From so many clauses on, all alike are those of a draft."""


def clauses(program: Program) -> Iterator[Fault]:
    """Find clauses that name no place in a notice, and those that are all still what a draft has."""
    cited = dict(_clauses(program.model_dump(), ""))
    for place, clause in cited.items():
        if _PLACEHOLDER.fullmatch(clause):
            yield fault("clause_placeholder", place, clause=clause)
    if len(cited) >= _MANY and len(set(cited.values())) == 1:
        yield fault("clauses_as_drafted", "program", count=len(cited), clause=next(iter(cited.values())))


def _clauses(value: Any, place: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a dump holds values of any kind
    if isinstance(value, dict):
        for key, inner in value.items():
            at = f"{place}.{key}" if place else key
            if key == "clause" and isinstance(inner, str):
                yield at, inner
            else:
                yield from _clauses(inner, at)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            name = inner.get("id", index) if isinstance(inner, dict) else index
            yield from _clauses(inner, f"{place}.{name}")
