"""The names by which parts of a program refer to each other: each must be there, and mean one part only."""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final

from programs.annexes import SAID
from programs.base import Identified, Unfit, doubled
from programs.nearest import joined, meant
from programs.rules import Agreement, Combination, Exemption, Level, Quantity, Ratio
from programs.stages import Approval, Decision, Review, Tenure, Vote
from programs.words import Words

if TYPE_CHECKING:
    from programs.model import Program

_LISTS: Final = (
    "vocabularies",
    "categories",
    "routes",
    "traits",
    "nominators",
    "seats",
    "quotas",
    "rules",
    "materials",
    "annexes",
    "stages",
    "benefits",
    "disqualifications",
    "rulings",
)

_CATEGORY: Final = Words("类别", "category")
_ROUTE: Final = Words("推荐渠道", "route")
_VOCABULARY: Final = Words("等级体系", "vocabulary")
_GRADE: Final = Words("奖项", "grade")
_TRAIT: Final = Words("特征", "trait")
_TIER: Final = Words("层级", "tier")
_STAGE: Final = Words("环节", "stage")
_NOMINATOR_KIND: Final = Words("推荐单位类型", "nominator kind")
_RULE: Final = Words("条件", "rule")
_ANNEX: Final = Words("附表", "annex")
_COLUMN: Final = Words("栏目", "column")
_FACT: Final = Words("填报项", "fact")


def doubled_ids(program: "Program") -> Iterator[Unfit]:
    """Find ids that two parts of one list share. Each is placed at the second, by its number."""
    return chain.from_iterable(doubled(getattr(program, name), name) for name in _LISTS)


def dangling(program: "Program") -> Iterator[Unfit]:
    """Find names of parts that the program does not have."""
    found = (_scopes, _of_places, _of_benefits, _of_rules, _of_annexes, _of_forms)
    return chain.from_iterable(find(program) for find in found)


def _scopes(program: "Program") -> Iterator[Unfit]:
    categories = _ids(program.categories)
    routes, traits = _ids(program.routes), _ids(program.traits)
    for place, part in program.scoped():
        yield from _unknown(f"{place}.categories", part.categories, categories, _CATEGORY)
        yield from _unknown(f"{place}.routes", part.routes, routes, _ROUTE)
        yield from _unknown(f"{place}.traits", part.traits, traits, _TRAIT)
        yield from _unknown(f"{place}.except_traits", part.except_traits, traits, _TRAIT)


def _of_places(program: "Program") -> Iterator[Unfit]:
    """Find what cuts, quotas and nominators name."""
    grades, kinds = _ids(program.seats), _ids(program.nominators)
    tiers = _ids(tier for _, tier in program.every_tier())
    for stage in program.stages:
        if isinstance(stage, Vote | Review | Decision) and stage.lesser:
            yield from _unknown(f"stages.{stage.id}.lesser", [stage.lesser], grades, _GRADE)
        for field in stage.panel.fields if isinstance(stage, Review) and stage.panel else ():
            place = f"stages.{stage.id}.panel.fields.{field.id}.categories"
            yield from _unknown(place, field.categories, _ids(program.categories), _CATEGORY)
        ballot = stage.ballot if isinstance(stage, Review | Decision | Approval) else None
        if ballot:
            place = f"stages.{stage.id}.ballot"
            yield from _unknown(f"{place}.grades", [one.grade for one in ballot.grades], grades, _GRADE)
            for name, named in (("panel", ballot.panel), ("ranking", ballot.ranking)):
                yield from _unknown(f"{place}.{name}", [named] if named else [], _ids(program.stages), _STAGE)
    for number, wording in enumerate(program.wordings):
        if wording.stage:
            yield from _unknown(f"wordings.{number}.stage", [wording.stage], _ids(program.stages), _STAGE)
    for quota in program.quotas:
        place = f"quotas.{quota.id}"
        yield from _unknown(f"{place}.tier", [quota.tier], tiers, _TIER)
        if quota.nominator_kind:
            yield from _unknown(f"{place}.nominator_kind", [quota.nominator_kind], kinds, _NOMINATOR_KIND)
    for kind in program.nominators:
        if kind.attributed_to:
            yield from _unknown(f"nominators.{kind.id}.attributed_to", [kind.attributed_to], kinds, _NOMINATOR_KIND)


def _of_benefits(program: "Program") -> Iterator[Unfit]:
    """Find the tenures that benefits are paid in."""
    tenures = _ids(stage for stage in program.stages if isinstance(stage, Tenure))
    for benefit in program.benefits:
        if benefit.tenure:
            yield from _unknown(f"benefits.{benefit.id}.tenure", [benefit.tenure], tenures, _STAGE)


def _of_rules(program: "Program") -> Iterator[Unfit]:
    rules, traits = _ids(program.rules), _ids(program.traits)
    for rule in program.rules:
        place = f"rules.{rule.id}"
        match rule:
            case Combination():
                yield from _unknown(f"{place}.of", rule.of, rules, _RULE)
            case Exemption():
                yield from _unknown(f"{place}.lifts", [rule.lifts], rules, _RULE)
            case Ratio():
                yield from _unknown(f"{place}.of", [rule.of], traits, _TRAIT)
            case Level():
                known = tuple(program.known_vocabularies)
                yield from _unknown(f"{place}.vocabulary", [rule.vocabulary], known, _VOCABULARY)
            case _:
                pass


def _of_annexes(program: "Program") -> Iterator[Unfit]:
    """Find what columns of annexes, and the rules that look at them, name."""
    known = {annex.id: annex for annex in program.annexes}
    vocabularies = tuple(program.known_vocabularies)
    counted = tuple(rule.of for rule in program.rules if isinstance(rule, Quantity))
    for annex in program.annexes:
        for column in annex.columns:
            if column.vocabulary:
                place = f"annexes.{annex.id}.columns.{column.id}.vocabulary"
                yield from _unknown(place, [column.vocabulary], vocabularies, _VOCABULARY)
    for rule in program.rules:
        if isinstance(rule, Agreement):
            place = f"rules.{rule.id}"
            yield from _unknown(f"{place}.annex", [rule.annex], tuple(known), _ANNEX)
            if rule.annex in known:
                yield from _unknown(f"{place}.same", rule.same, _ids(known[rule.annex].columns), _COLUMN)
            yield from _unknown(f"{place}.same", rule.same.values(), (*SAID, *vocabularies, *counted), _FACT)


def _of_forms(program: "Program") -> Iterator[Unfit]:
    """Find the tiers and facts that forms ask for."""
    tiers = _ids(tier for _, tier in program.every_tier())
    counted = (rule.of for rule in program.rules if isinstance(rule, Quantity))
    stated = (*program.known_vocabularies, *counted)
    for material in program.materials:
        if material.content:
            place = f"materials.{material.id}.content"
            yield from _unknown(place, material.content.tiers(), tiers, _TIER)
            facts = [entry.fact for entry in material.content.entries() if entry.fact]
            yield from _unknown(place, facts, stated, _FACT)


def _ids(parts: Iterable[Identified]) -> tuple[str, ...]:
    return tuple(part.id for part in parts)


def _unknown(place: str, names: Iterable[str], known: Collection[str], what: Words) -> Iterator[Unfit]:
    for name in names:
        if name not in known:
            words = Words("本项目没有定义{what} {name}", "{what} '{name}' is not defined in this program")
            have = Words(
                "已有：{known}" if known else "本项目还没有任何{what}",
                "there are: {known}" if known else "there is none",
            )
            remedy = Words("请核对拼写，或补上定义（{have}）{meant}", "check the spelling or define it ({have}){meant}")
            yield Unfit(
                place,
                words.format(what=what, name=name),
                remedy.format(have=have.format(known=joined(known), what=what), meant=meant(name, known)),
                "unknown_name",
            )
