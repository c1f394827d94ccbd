"""What the facts of one nominee answer to each kind of rule. Combinations and reviewers are `states.verdicts`' part."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import singledispatch
from types import MappingProxyType
from typing import NamedTuple

from programs import Program, Words
from programs.facts import Facts
from programs.rules import Age, Agreement, Attestation, CompetitionRank, History, Level, Quantity, RuleBase, Title
from states.annexes import Annexes, counted_in, differences, places_in
from states.case import Bar


class Result(StrEnum):
    """The answer to one rule."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NEEDS_EVIDENCE = "needs-evidence"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _LABELS[self]


_LABELS = {
    Result.PASS: Words("符合", "pass"),
    Result.FAIL: Words("不符合", "fail"),
    Result.NEEDS_EVIDENCE: Words("待查验", "needs evidence"),
}


class Sex(StrEnum):
    """What the identity number says."""

    MAN = "man"
    WOMAN = "woman"


class Answer(NamedTuple):
    """An answer, and what it rests on; `lines` has it one by one where that is many things."""

    result: Result
    words: Words
    lines: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What rules are asked of.

    `annexes` are the tables that came with the nomination, by id, and `said` what it says of itself, as
    `programs.annexes.SAID` names it. `attested` are reviewers' own answers by rule; `found` says for a rule on the past
    what there is; `days` are the key dates by id, as Shanghai days, and `as_of` the day at which ages are taken where a
    rule names none.
    """

    facts: Facts = field(default_factory=Facts)
    annexes: Annexes = field(default_factory=lambda: MappingProxyType({}))
    said: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    born: date | None = None
    sex: Sex | None = None
    attested: Mapping[str, Result] = field(default_factory=lambda: MappingProxyType({}))
    found: Mapping[str, tuple[Bar, ...]] = field(default_factory=lambda: MappingProxyType({}))
    days: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    as_of: date | None = None


@singledispatch
def answer(_rule: RuleBase, _program: Program, _evidence: Evidence) -> Answer:
    """Answer a rule of one program. A kind that asks nothing of a single nominee is met."""
    return Answer(Result.PASS, Words("", ""))


def full_years(born: date, day: date) -> int:
    """Return somebody's age in full years: on a birthday, one more. Who is born on 29 February has it on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@answer.register
def _attestation(rule: Attestation, _program: Program, _evidence: Evidence) -> Answer:
    if rule.evidence:
        return _open(Words("须查验：{evidence}", "to be seen: {evidence}").format(evidence=rule.evidence))
    return _open(Words("须由审查人员认定", "a reviewer has to judge it"))


@answer.register
def _age(rule: Age, _program: Program, evidence: Evidence) -> Answer:
    if evidence.born is None:
        return _open(Words("没有身份证号码，不知出生日期", "without an identity number the birthday is not known"))
    return _birthday(rule, evidence.born) or _full_years(rule, evidence.born, evidence)


def _birthday(rule: Age, born: date) -> Answer | None:
    """Answer where the day of birth itself decides: out of its bounds, or there are no others."""
    words = Words("出生于 {born}", "born on {born}").format(born=born)
    if (rule.born_from and born < rule.born_from) or (rule.born_until and born > rule.born_until):
        return Answer(Result.FAIL, words)
    bounded = any(bound is not None for bound in (rule.men, rule.women, rule.at_least))
    return None if bounded else Answer(Result.PASS, words)


def _full_years(rule: Age, born: date, evidence: Evidence) -> Answer:
    day = evidence.days.get(rule.as_of) if isinstance(rule.as_of, str) else rule.as_of or evidence.as_of
    if day is None:
        return _open(Words("年龄计算到哪一天还不知道", "the day at which the age is taken is not known yet"))
    age = full_years(born, day)
    told = Words("截至 {day} {age} 周岁", "{age} years old on {day}").format(day=day, age=age)
    highest = {Sex.MAN: rule.men, Sex.WOMAN: rule.women}.get(evidence.sex) if evidence.sex else None
    if highest is not None and age > highest:
        words = Words("{told}，不得超过 {bound}", "{told}, at most {bound}").format(told=told, bound=highest)
        return Answer(Result.FAIL, words)
    if rule.at_least is not None and age < rule.at_least:
        words = Words("{told}，须满 {bound}", "{told}, at least {bound}").format(told=told, bound=rule.at_least)
        return Answer(Result.FAIL, words)
    return Answer(Result.PASS, told)


@answer.register
def _level(rule: Level, program: Program, evidence: Evidence) -> Answer:
    vocabulary = program.known_vocabularies[rule.vocabulary]
    stated = evidence.facts.levels.get(rule.vocabulary)
    if stated is None:
        return _open(_not_stated(vocabulary.name))
    rank, least = vocabulary.rank(stated), vocabulary.rank(rule.at_least)
    if rank is None or least is None:
        words = Words("“{stated}”不是{name}的规范名称：{levels}", "“{stated}” is no level of {name}: {levels}")
        levels = "、".join(level.name for level in vocabulary.levels)
        return _open(words.format(stated=stated, name=vocabulary.name, levels=levels))
    words = Words("填报为{stated}，须{least}以上", "stated: {stated}; needed: {least} or above")
    return _met(words.format(stated=vocabulary.levels[rank].name, least=rule.at_least), holds=rank >= least)


@answer.register
def _title(rule: Title, _program: Program, evidence: Evidence) -> Answer:
    stated = evidence.facts.applied if rule.exactly_one else evidence.facts.honors
    if stated is None:
        return _open(_not_stated(_APPLIED if rule.exactly_one else _HONORS))
    told = Words("填报为：{stated}", "stated: {stated}").format(stated="、".join(stated) or "—")
    if rule.exactly_one:
        return _met(told, holds=len(stated) == 1 and stated[0] in rule.any_of)
    return _met(told, holds=bool(set(stated) & set(rule.any_of)))


@answer.register
def _quantity(rule: Quantity, program: Program, evidence: Evidence) -> Answer:
    stated = evidence.facts.numbers.get(rule.of)
    counted = counted_in(program, evidence.annexes, rule.of)
    if stated is None and counted is None:
        return _open(_not_stated(rule.name))
    in_annex = Words("附表中最少的为 {counted}", "the fewest in the annex: {counted}").format(counted=counted)
    if stated is None:
        return _met(in_annex, holds=_within(rule, counted))
    words = Words("填报为 {stated}", "stated: {stated}").format(stated=stated)
    if counted is not None and _within(rule, stated) != _within(rule, counted):
        return _open(Words("{words}，{counted}，请核实", "{words}; {counted}").format(words=words, counted=in_annex))
    return _met(words, holds=_within(rule, stated))


def _within(rule: Quantity, number: int | None) -> bool:
    return (
        number is not None
        and (rule.at_least is None or number >= rule.at_least)
        and (rule.at_most is None or number <= rule.at_most)
    )


@answer.register
def _rank(rule: CompetitionRank, program: Program, evidence: Evidence) -> Answer:
    listed = places_in(program, evidence.annexes, rule.achieved_by)
    stated = evidence.facts.places_of(rule.achieved_by)
    if stated is None and listed is None:
        return _open(_not_stated(_PLACES if rule.achieved_by == "nominee" else _PLACES_OF_APPRENTICES))
    mine = list(dict.fromkeys((*(stated or ()), *(listed or ()))))
    told = Words(
        "、".join(f"{one.level}第 {one.place} 名" for one in mine) or "无",
        ", ".join(f"{one.level}: place {one.place}" for one in mine) or "none",
    )
    words = Words("填报为：{told}", "stated: {told}").format(told=told)
    return _met(words, holds=any(one.place <= rule.places.get(one.level, 0) for one in mine))


@answer.register
def _agreement(rule: Agreement, program: Program, evidence: Evidence) -> Answer:
    """Answer whether an annex agrees: what differs fails, what is missing is for a reviewer to find out."""
    filled = evidence.annexes.get(rule.annex)
    if filled is None:
        name = next(one.name for one in program.annexes if one.id == rule.annex)
        return _open(Words("没有导入《{name}》", "“{name}” was not taken in").format(name=name))
    found = list(differences(rule, program, filled, evidence.facts, evidence.said))
    wrong, missing = (sum(one.is_open is is_open for one in found) for is_open in (False, True))
    count = len(filled.rows)
    if not found:
        return Answer(Result.PASS, Words("{count} 行均与申报一致", "{count} rows agree").format(count=count))
    words = Words(
        "{count} 行中 {wrong} 处与申报不一致，{missing} 处没有写明",
        "{count} rows; {wrong} cells differ from the nomination, {missing} say nothing",
    ).format(count=count, wrong=wrong, missing=missing)
    return Answer(Result.FAIL if wrong else Result.NEEDS_EVIDENCE, words, tuple(one.line for one in found))


@answer.register
def _past(rule: History, _program: Program, evidence: Evidence) -> Answer:
    found = evidence.found.get(rule.id, ())
    told = Words("；".join(bar.found.zh for bar in found), "; ".join(bar.found.en for bar in found))
    if found:
        return Answer(Result.FAIL if rule.bars else Result.PASS, told)
    if rule.bars:
        return Answer(Result.PASS, Words("没有查到既往记录", "nothing is known"))
    return _open(Words("没有查到既往记录，请凭证书认定", "nothing is known; judge it by the certificate"))


def _open(words: Words) -> Answer:
    return Answer(Result.NEEDS_EVIDENCE, words)


def _met(words: Words, *, holds: bool) -> Answer:
    return Answer(Result.PASS if holds else Result.FAIL, words)


def _not_stated(what: Words | str) -> Words:
    return Words("没有填报{what}", "not stated: {what}").format(what=what)


_APPLIED = Words("申报称号", "the honor applied for")
_HONORS = Words("称号", "honors")
_PLACES = Words("竞赛名次", "places in competitions")
_PLACES_OF_APPRENTICES = Words("徒弟的竞赛名次", "apprentices' places in competitions")
